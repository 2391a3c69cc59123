"""Levels, points, platforms and when a rating stands (Art. 5–7, 22–23)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from models.rules.ratings import (
    CHANNELS,
    POINTS,
    Platform,
    Satisfaction,
    is_bad,
    is_called_back,
    label_level,
    lacks_reason,
)


@pytest.mark.parametrize(
    ("label", "level", "points", "bad"),
    [
        ("非常满意", 5, 10, False),
        ("满意", 4, 8, False),
        ("基本满意", 3, 6, False),
        ("不满意", 2, 3, True),
        ("非常不满意", 1, 0, True),
    ],
)
def test_the_five_levels_of_article_6(label: str, level: int, points: int, bad: bool) -> None:
    assert Satisfaction(level).label == label
    assert POINTS[level] == Decimal(points)
    assert is_bad(level) is bad


def test_there_are_five_levels() -> None:
    assert len(Satisfaction) == len(POINTS) == 5


@pytest.mark.parametrize("level", Satisfaction)
@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize("reason", [True, False])
def test_only_a_bad_rating_needs_a_label_or_a_reason(level: int, labels: bool, reason: bool) -> None:
    expected = level in (1, 2) and not (labels or reason)
    assert lacks_reason(level, labels=labels, reason=reason) is expected


@pytest.mark.parametrize(("code", "level"), [("101", 1), ("215", 2), ("399", 3), ("400", 4), ("510", 5)])
def test_a_label_code_begins_with_its_level(code: str, level: int) -> None:
    assert label_level(code) == level


@pytest.mark.parametrize("code", ["", "1", "12", "1234", "001", "601", "1a2", "abc", "-12"])
def test_other_text_is_no_label_code(code: str) -> None:
    assert label_level(code) is None


def test_platforms_have_chinese_names_of_their_own() -> None:
    assert len({p.label for p in Platform}) == len(Platform)
    assert [Platform.PORTAL.label, Platform.HALL.label, Platform.APP.label] == [
        "政务服务网",
        "实体大厅",
        "政务APP",
    ]


def test_there_are_seven_channels_and_the_last_is_the_default() -> None:
    assert list(CHANNELS) == [1, 2, 3, 4, 5, 6, 7]
    assert CHANNELS[7] == "系统默认"


def test_bad_ratings_by_hotline_are_called_back() -> None:
    """Art. 15."""
    assert [is_called_back(Platform.HOTLINE, level) for level in (1, 2, 3, 4, 5, None)] == [
        True, True, False, False, False, False
    ]  # fmt: skip
    assert not any(is_called_back(p, 1) for p in (*Platform, None) if p is not Platform.HOTLINE)
