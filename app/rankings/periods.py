"""Periods in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.rankings.queries import Period

_QUARTERS = ("一", "二", "三", "四")


def period_text(period: Period) -> str:
    """2026年10月, 2026年第三季度, 2026年上半年, 2026年, 2026年8月至10月, 2025年11月至2026年2月."""
    first, last = period.first, period.last
    year = f"{first.year}年"
    if period.length == 1:
        return _month(first)
    if period.length == 3 and first.month % 3 == 1:
        return f"{year}第{_QUARTERS[first.month // 3]}季度"
    if period.length == 6 and first.month in (1, 7):
        return f"{year}{'上' if first.month == 1 else '下'}半年"
    if period.length == 12 and first.month == 1:
        return year
    if first.year == last.year:
        return f"{year}{first.month}月至{last.month}月"
    return f"{_month(first)}至{_month(last)}"


def _month(month: date) -> str:
    return f"{month.year}年{month.month}月"
