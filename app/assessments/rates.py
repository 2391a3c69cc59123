"""The five rates of the Guide (7.1.1) for each agency, from the counts of the ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.rankings.queries import History, Period
from models.rules import indicators
from models.rules.indicators import RATES, Value


@dataclass(frozen=True, slots=True)
class RateCounts:
    """Rate → (numerator, denominator); callbacks are not recorded yet, so that 满意率 has no value."""

    pairs: Mapping[str, tuple[int, int]] | None = None

    def values(self) -> dict[str, Value]:
        """The rates that can be computed."""
        found: dict[str, Value] = {}
        for one in RATES:
            value = indicators.rate(one, *(self.pairs or {}).get(one.code, (0, 0)))
            if value is not None:
                found[one.code] = value
        return found


def rate_counts(history: History, period: Period) -> dict[int, RateCounts]:
    """Agency → its counts, pooled over the period's months."""
    pooled: dict[int, dict[str, tuple[int, int]]] = {}
    for (month, agency), counted in history.counted.months.items():
        if not period.first <= month <= period.last:
            continue
        parts = pooled.setdefault(agency, {})
        ratings = good = 0
        for levels in counted.levels.values():
            ratings += sum(levels.values())
            good += sum(number for level, number in levels.items() if level >= 3)
        tickets = sum(counted.tickets.values())
        rectified = sum(n for (done, _, _), n in counted.tickets.items() if done)
        answered = sum(n for (done, sent, _), n in counted.tickets.items() if done or sent)
        for code, more in (
            ("good", (good, ratings)),
            ("default_good", (sum(counted.defaults.values()), good)),
            ("answered", (answered, tickets)),
            ("rectified", (rectified, tickets)),
        ):
            before = parts.get(code, (0, 0))
            parts[code] = (before[0] + more[0], before[1] + more[1])
    return {agency: RateCounts(parts) for agency, parts in pooled.items()}
