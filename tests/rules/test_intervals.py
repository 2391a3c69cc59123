"""The interval of a mean: Student's, by hand and against the definition."""

from __future__ import annotations

from decimal import Decimal
from statistics import stdev

from hypothesis import given
from hypothesis import strategies as st

from models.rules.intervals import half_width
from models.rules.ratings import POINTS


def test_nothing_is_said_of_one_rating_or_of_all_alike() -> None:
    assert half_width({}, POINTS) is None
    assert half_width({5: 1}, POINTS) is None
    assert half_width({5: 300}, POINTS) is None


@given(st.lists(st.sampled_from(sorted(POINTS)), min_size=2, max_size=31))
def test_it_is_the_quantile_times_the_standard_error(levels: list[int]) -> None:
    half = half_width({level: levels.count(level) for level in set(levels)}, POINTS)
    spread = stdev([float(POINTS[level]) for level in levels])
    if half is None:
        assert spread == 0
    else:
        error = spread / len(levels) ** 0.5
        assert 2.042 <= float(half) / error + 1e-9
        assert float(half) / error <= 12.706 + 1e-9


def test_two_ratings_by_hand() -> None:
    # 10 and 0 points: mean 5, standard deviation √50, standard error 5.
    assert half_width({5: 1, 1: 1}, POINTS) == Decimal("12.706") * 5
