"""Sentences are honest: few cases are not percentages, equal is called equal, nothing is compared with nothing."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from app.rankings.queries import Period
from app.statistics import wording
from models.rules.durations import spread
from models.rules.rates import Rate


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (Rate("good", 999, 1000), Rate("good", 990, 1000), "，比上月上升0.90个百分点"),
        (Rate("good", 990, 1000), Rate("good", 999, 1000), "，比上月下降0.90个百分点"),
        (Rate("good", 990, 1000), Rate("good", 99, 100), "，与上月持平"),
        (Rate("good", 99_001, 100_000), Rate("good", 99_000, 100_000), "，与上月基本持平"),
        (Rate("good", 20, 29), Rate("good", 990, 1000), ""),
        (Rate("good", 990, 1000), Rate("good", 20, 29), ""),
        (Rate("good", 0, 0), Rate("good", 0, 0), ""),
        (Rate("good", 990, 1000), None, ""),
    ],
)
def test_a_change(now: Rate, before: Rate | None, said: str) -> None:
    assert wording.change(now, before, 30, "上月") == said


def test_few_are_told_as_numbers() -> None:
    assert wording.named(Rate("rectified", 3, 12), 30) == "差评整改率不计百分比（基数不足30，12中3）"
    assert wording.named(Rate("rectified", 0, 0), 30) == "差评整改率不计（没有差评工单）"
    assert wording.named(Rate("rectified", 30, 40), 30) == "差评整改率75.00%"


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [((2026, 10), (2026, 10), "上月"), ((2026, 7), (2026, 9), "上季度"), ((2026, 8), (2026, 10), "上期"), ((2025, 1), (2025, 12), "上年")],
)  # fmt: skip
def test_the_period_before_has_its_name(first: tuple[int, int], last: tuple[int, int], name: str) -> None:
    assert wording.before_name(Period(date(*first, 1), date(*last, 1))) == name


def test_times_of_one_and_of_none_taken() -> None:
    one, none, many = spread({4: 1}), spread({0: 9}), spread(Counter([1, 2, 3, 8]))
    assert one is not None
    assert none is not None
    assert many is not None
    assert wording.lasted("签收", one) == "签收4个工作日（仅1件）"
    assert wording.lasted("签收", none) == "签收均在当日完成（9件）"
    assert wording.lasted("签收", many) == "签收中位数2.5个工作日、九成在8个工作日内、最长8个工作日（4件）"
