"""Days and times as people say them; the one place where they are put into words."""

from __future__ import annotations

from datetime import date, datetime

from app.clock import local

_WEEKDAYS = "一二三四五六日"


def day(value: date | None, today: date) -> str:
    """今天, 昨天, 明天, 11月3日; with the year where it is another one; — where there is none."""
    if value is None:
        return "—"
    near = {0: "今天", -1: "昨天", 1: "明天"}.get((value - today).days)
    if near:
        return near
    return plain_day(value, today)


def plain_day(value: date, today: date) -> str:
    """11月3日, or 2025年11月3日 where the year is another one."""
    year = f"{value.year}年" if value.year != today.year else ""
    return f"{year}{value.month}月{value.day}日"


def day_with_weekday(value: date, today: date) -> str:
    """12月4日（周五）."""
    return f"{plain_day(value, today)}（周{_WEEKDAYS[value.weekday()]}）"


def deadline(value: date, today: date) -> str:
    """The end of a day as a deadline: 12月4日（周五）24:00."""
    return f"{day_with_weekday(value, today)}24:00"


def moment(value: datetime | None, today: date) -> str:
    """今天 14:20, 昨天 09:03, 11月3日 09:12; other years without the time."""
    if value is None:
        return "—"
    here = local(value)
    said = day(here.date(), today)
    return said if here.year != today.year else f"{said} {here:%H:%M}"


def short_moment(value: datetime | None) -> str:
    """10-30 13:25, for columns of one month."""
    return "—" if value is None else f"{local(value):%m-%d %H:%M}"


def log_moment(value: datetime) -> str:
    """2026-10-30 13:25, for a log of many years."""
    return f"{local(value):%Y-%m-%d %H:%M}"


def exact(value: datetime | None) -> str:
    """2026年11月3日 09:12:45（周二）, for hovering."""
    if value is None:
        return ""
    here = local(value)
    return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M:%S}（周{_WEEKDAYS[here.weekday()]}）"


def exact_day(value: date | None) -> str:
    """2026年11月3日（周二）, for hovering."""
    if value is None:
        return ""
    return f"{value.year}年{value.month}月{value.day}日（周{_WEEKDAYS[value.weekday()]}）"


def month(value: date) -> str:
    """2026年10月."""
    return f"{value.year}年{value.month}月"


def duration(seconds: float) -> str:
    """About how long: 约 5 秒, 约 3 分钟."""
    if seconds < 60:
        return f"约 {max(1, round(seconds))} 秒"
    return f"约 {round(seconds / 60)} 分钟"
