"""The five rates of the Guide (7.1.1) for each agency, from the counts of the ranking."""

from __future__ import annotations

from collections.abc import Mapping

from app.rankings.queries import History, Period
from models.rules.indicators import RATES, Value
from models.rules.rates import RateCounts
from models.rules.ratings import is_bad


def rate_counts(history: History, period: Period) -> dict[int, RateCounts]:
    """Agency → its counts, pooled over the period's months."""
    pooled: dict[int, RateCounts] = {}
    for (month, agency), counted in history.counted.months.items():
        if period.first <= month <= period.last:
            levels = [pair for by_level in counted.levels.values() for pair in by_level.items()]
            pooled[agency] = pooled.get(agency, RateCounts()) + RateCounts(
                ratings=sum(number for _, number in levels),
                good=sum(number for level, number in levels if not is_bad(level)),
                defaults=sum(counted.defaults.values()),
                tickets=sum(counted.tickets.values()),
                answered=_tickets(counted.tickets, rectified=False),
                rectified=_tickets(counted.tickets, rectified=True),
            )
    return pooled


def _tickets(counted: Mapping[tuple[bool, bool, bool], int], *, rectified: bool) -> int:
    """Those rectified, or those answered as well: handed in."""
    return sum(n for (done, sent, _), n in counted.items() if done or (sent and not rectified))


def values(counts: RateCounts) -> dict[str, Value]:
    """Rate → its value as an indicator; a rate without anything to divide by is left out."""
    found: dict[str, Value] = {}
    for one in RATES:
        rate = counts.rate(one.code)
        if rate.exact is not None:
            exact = 100 - rate.exact if one.lower else rate.exact
            found[one.code] = Value(exact, rate.numerator, rate.denominator)
    return found
