"""How sure a mean of ratings is: Student's interval of 95 % (W. S. Gosset, 1908; GB/T 4889-2008).

Few ratings, or ratings that differ, make it wide. It explains a score and never changes one.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

#: Quantiles of Student's t at 0.975 by degrees of freedom; between two rows the smaller number of degrees counts,
#: which makes the interval wider and never too narrow.
_QUANTILES = {
    1: "12.706", 2: "4.303", 3: "3.182", 4: "2.776", 5: "2.571", 6: "2.447", 7: "2.365", 8: "2.306", 9: "2.262",
    10: "2.228", 11: "2.201", 12: "2.179", 13: "2.160", 14: "2.145", 15: "2.131", 16: "2.120", 17: "2.110",
    18: "2.101", 19: "2.093", 20: "2.086", 21: "2.080", 22: "2.074", 23: "2.069", 24: "2.064", 25: "2.060",
    26: "2.056", 27: "2.052", 28: "2.048", 29: "2.045", 30: "2.042", 40: "2.021", 60: "2.000", 120: "1.980",
    1000: "1.962",
}  # fmt: skip


def half_width(counts: Mapping[int, int], points: Mapping[int, Decimal]) -> Decimal | None:
    """Half of the interval of the mean points, unrounded; None for fewer than two ratings, or where all are alike
    and nothing can be said about their spread.

    `counts`: ratings by level; `points`: what a level counts (Art. 6).
    """
    number = sum(counts.values())
    if number < 2:
        return None
    mean = Fraction(sum((points[level] * count for level, count in counts.items()), Decimal(0))) / number
    squares = sum(
        ((Fraction(points[level]) - mean) ** 2 * count for level, count in counts.items()), Fraction(0)
    )
    if not squares:
        return None
    error = squares / (number - 1) / number
    return _quantile(number - 1) * (Decimal(error.numerator) / error.denominator).sqrt()


def _quantile(degrees: int) -> Decimal:
    return Decimal(_QUANTILES[max(known for known in _QUANTILES if known <= degrees)])
