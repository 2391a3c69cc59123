"""Days and times as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from views import dates

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (TODAY, "今天"),
        (date(2026, 11, 1), "昨天"),
        (date(2026, 11, 3), "明天"),
        (date(2026, 10, 9), "10月9日"),
        (date(2025, 12, 31), "2025年12月31日"),
        (None, "—"),
    ],
)
def test_days(day, said):
    assert dates.day(day, TODAY) == said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 11, 2, 6, 20, tzinfo=UTC), "今天 14:20"),
        (datetime(2026, 11, 1, 15, 59, tzinfo=UTC), "昨天 23:59"),
        (datetime(2026, 11, 1, 16, 0, tzinfo=UTC), "今天 00:00"),
        (datetime(2026, 10, 3, 1, 5, tzinfo=UTC), "10月3日 09:05"),
        (datetime(2025, 10, 3, 1, 5, tzinfo=UTC), "2025年10月3日"),
        (None, "—"),
    ],
)
def test_moments_are_local(moment, said):
    assert dates.moment(moment, TODAY) == said


def test_the_rest():
    moment = datetime(2026, 11, 3, 1, 12, 45, tzinfo=UTC)
    assert dates.exact(moment) == "2026年11月3日 09:12:45（周二）"
    assert dates.exact(None) == dates.exact_day(None) == ""
    assert dates.exact_day(TODAY) == "2026年11月2日（周一）"
    assert dates.short_moment(moment) == "11-03 09:12"
    assert dates.short_moment(None) == "—"
    assert dates.deadline(date(2026, 12, 4), TODAY) == "12月4日（周五）24:00"
    assert dates.month(TODAY) == "2026年11月"
    assert dates.duration(0.2) == "约 1 秒"
    assert dates.duration(150) == "约 2 分钟"
