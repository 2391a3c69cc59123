"""Rates carry what they were divided from; durations and shares are those of a plain second reckoning."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.durations import spread
from models.rules.rates import FIVE, Rate, RateCounts, of_levels, pareto


def test_a_rate_says_its_counts_and_article() -> None:
    counts = of_levels({5: 5_000, 4: 900, 3: 81, 2: 9, 1: 10}, 2_060) + RateCounts(
        tickets=20, answered=8, rectified=5
    )
    assert (counts.active, counts.bad) == (3_940, 19)
    assert {rate.code: rate.text for rate in counts.five()} == {
        "good": "99.68%", "default_good": "34.44%", "answered": "40.00%", "rectified": "25.00%", "satisfied": "尚无回访记录",
    }  # fmt: skip
    assert counts.rate("good").counted == "好评 5,981 / 全部评价 6,000"
    assert {rate.article for rate in counts.five()} == {"指南第7.1.1条"}


@pytest.mark.parametrize("code", [*FIVE, "participation"])
def test_nothing_to_divide_by_is_never_nought_per_cent(code: str) -> None:
    rate = RateCounts(rectified=0).rate(code)
    assert (rate.exact, rate.percent, rate.counted) == (None, None, "")
    assert "%" not in rate.text


def test_satisfaction_has_a_value_once_people_are_called() -> None:
    counts = RateCounts(rectified=8, called=4, satisfied=3)
    assert [counts.rate(code).percent for code in ("satisfied", "called")] == [
        Decimal("37.50"),
        Decimal("50.00"),
    ]


def test_percentages_are_rounded_half_up() -> None:
    assert Rate("good", 1, 800).percent == Decimal("0.13")


@given(st.lists(st.integers(0, 60), min_size=1, max_size=200))
def test_a_spread_is_that_of_the_sorted_row(days: list[int]) -> None:
    found, row = spread(Counter(days)), sorted(days)
    assert found is not None
    middle = len(row) // 2
    assert found.median == (row[middle] if len(row) % 2 else Fraction(row[middle - 1] + row[middle], 2))
    assert found.ninetieth == row[math.ceil(Fraction(9, 10) * len(row)) - 1]
    assert (found.count, found.longest) == (len(row), row[-1])


def test_no_duration_has_no_spread() -> None:
    assert spread({}) is None
    assert spread({3: 0}) is None


@given(st.dictionaries(st.text("甲乙丙丁", min_size=1, max_size=3), st.integers(1, 500), max_size=12))
def test_shares_fall_and_add_up_to_all(counts: dict[str, int]) -> None:
    found = pareto(counts, {})
    assert [one.number for one in found] == sorted(counts.values(), reverse=True)
    assert sum((one.share for one in found), Fraction(0)) == (100 if counts else 0)
    assert not found or found[-1].cumulative == 100
