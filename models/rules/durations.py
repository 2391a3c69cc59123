"""How long things took, in working days: median, what nine of ten kept to, the longest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from models.rules.scoring import shown


@dataclass(frozen=True, slots=True)
class Spread:
    """Of `count` durations. `ninetieth`: the shortest time within which at least nine of ten were done."""

    count: int
    median: Fraction
    ninetieth: int
    longest: int

    @property
    def median_shown(self) -> Decimal:
        """3 or 3.5."""
        value = shown(self.median)
        return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def spread(counts: Mapping[int, int]) -> Spread | None:
    """From durations with how often each occurred; None without any."""
    ordered = sorted((days, number) for days, number in counts.items() if number > 0)
    total = sum(number for _, number in ordered)
    if not total:
        return None
    low, high = _nth(ordered, (total + 1) // 2), _nth(ordered, total // 2 + 1)
    return Spread(total, Fraction(low + high, 2), _nth(ordered, -(-9 * total // 10)), ordered[-1][0])


def _nth(ordered: list[tuple[int, int]], place: int) -> int:
    """The duration at a place of the sorted row, counted from 1."""
    for days, number in ordered:
        place -= number
        if place <= 0:
            return days
    raise ValueError(place)
