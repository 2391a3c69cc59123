"""Ratings of the staff of an agency (Art. 5, 6; Guide 8.2 a): their rank within the agency, and months in a row at its bottom.

A rank compares the shown means, so that a printed table agrees with itself. Being last says something only among enough
people with enough ratings: the Guide leaves the numbers open, they are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from models.rules.ratings import is_bad
from models.rules.rulesets import RuleSet
from models.rules.scoring import mean_points, shown

#: A month has a bottom where so many people have so many ratings each (ours).
LEAST_PEOPLE, LEAST_RATINGS = 3, 10
#: So many months in a row at the bottom call for an order with a date (Guide 8.2 a; the number is ours).
MONTHS_IN_A_ROW = 3
#: So many bad ratings in a period are repeated ones, offered for an accountability record (Guide 8.2 b; ours).
REPEATED = 3


class Standing(StrEnum):
    """Whether something is to be done about somebody."""

    FINE = "fine"
    BOTTOM = "bottom"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"fine": "正常", "bottom": "连续末位"}[self.value]


@dataclass(frozen=True, slots=True)
class Tallied:
    """Ratings by level, and their points; corrections are counted."""

    levels: Mapping[int, int]
    points: Decimal

    @property
    def ratings(self) -> int:
        """All of them."""
        return sum(self.levels.values())

    @property
    def bad(self) -> int:
        """不满意 and 非常不满意."""
        return sum(number for level, number in self.levels.items() if is_bad(level))

    @property
    def mean(self) -> Decimal | None:
        """Mean points 0–10 (Art. 6), as shown; None without ratings."""
        return shown(Fraction(self.points) / self.ratings) if self.ratings else None

    @property
    def bad_rate(self) -> Decimal | None:
        """差评率 in percent, as shown."""
        return shown(Fraction(100 * self.bad, self.ratings)) if self.ratings else None


def tallied(levels: Mapping[int, int], rules: RuleSet) -> Tallied:
    """Counts by level with the points that the rules give."""
    return Tallied(dict(levels), mean_points(levels, rules)[0])


def pooled(months: Sequence[Mapping[int, int]]) -> dict[int, int]:
    """Counts of several months together: facts are pooled, means never averaged."""
    return {level: sum(one.get(level, 0) for one in months) for level in (5, 4, 3, 2, 1)}


def ranks(people: Mapping[int, Tallied]) -> dict[int, int]:
    """Person → rank within the agency by the shown mean; equal ones share it (1, 2, 2, 4). Without ratings: none."""
    means = {who: mean for who, one in people.items() if (mean := one.mean) is not None}
    return {who: 1 + sum(other > mean for other in means.values()) for who, mean in means.items()}


def at_bottom(people: Mapping[int, Tallied]) -> frozenset[int]:
    """Who shares the last place of a month, among those with enough ratings; nobody where all are equal."""
    compared = {who: one for who, one in people.items() if one.ratings >= LEAST_RATINGS}
    if len(compared) < LEAST_PEOPLE:
        return frozenset()
    means = {who: mean for who, one in compared.items() if (mean := one.mean) is not None}
    if len(set(means.values())) == 1:
        return frozenset()
    worst = min(means.values())
    return frozenset(who for who, mean in means.items() if mean == worst)


def runs(latest_first: Iterable[frozenset[int]]) -> dict[int, int]:
    """Person → how many months in a row, up to the latest, they were at the bottom. A month in which they were not, or had
    too few ratings to be compared, breaks the row. Months before the last row that breaks are not looked at."""
    found: dict[int, int] = {}
    going: frozenset[int] | None = None
    for length, month in enumerate(latest_first, 1):
        going = month if going is None else going & month
        if not going:
            break
        found |= dict.fromkeys(going, length)
    return found
