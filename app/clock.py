"""Time as people here count it: instants are stored in UTC and shown in Asia/Shanghai."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

#: Asia/Shanghai has had no other offset since 1992; a fixed one needs no time-zone files on Windows.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def local(instant: datetime) -> datetime:
    """The instant on a local clock."""
    return instant.astimezone(SHANGHAI)


def local_day(instant: datetime) -> date:
    """The local day of an instant; a day ends at 24:00 local time."""
    return local(instant).date()


def month_start(day: date) -> date:
    """The 1st of the day's month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The 1st of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def parse_month(text: str) -> date:
    """`YYYY-MM` → its 1st; raises ValueError."""
    year, _, month = text.partition("-")
    if len(year) != 4 or len(month) != 2:
        raise ValueError(f"not a month: {text}")
    return date(int(year), int(month), 1)
