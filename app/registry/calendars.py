"""The work calendar: the shipped one (State Council notices 2004–2026) and the one a database keeps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from sqlalchemy import Connection, text

from models.rules.worktime import Calendar, CalendarDay, build, is_published

_HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


@cache
def shipped() -> Calendar:
    """The calendar without a database; years past the last notice are unpublished."""
    return build(_notices(), shipped_years())


def shipped_years() -> range:
    """Years whose notices are shipped."""
    from chinese_calendar import constants

    return range(min(constants.holidays).year, max(constants.holidays).year + 1)


def kept(connection: Connection) -> Calendar:
    """The database's calendar, all of it: some 20,000 days."""
    rows = connection.execute(text("SELECT day, working, why, published FROM calendar_day ORDER BY day"))
    return Calendar([CalendarDay(*row) for row in rows])


def kept_for(connection: Connection, starts: Iterable[tuple[date, int]]) -> Calendar:
    """As much of the database's calendar as some deadlines need: (start, working days after it).

    Twice the working days and a month hold them, whatever weekends and holidays lie between.
    """
    spans = [(start, start + timedelta(days=2 * days + 31)) for start, days in starts]
    bounds = {"first": min(first for first, _ in spans), "last": max(last for _, last in spans)}
    rows = connection.execute(
        text(
            "SELECT day, working, why, published FROM calendar_day WHERE day BETWEEN :first AND :last ORDER BY day"
        ),
        bounds,
    )
    return Calendar([CalendarDay(*row) for row in rows])


def days_to_keep() -> list[dict[str, object]]:
    """The shipped calendar as rows of `calendar_day`."""
    calendar, rows = shipped(), []
    for number, day in calendar.numbered():
        rows.append(
            {
                "day": day.day,
                "working": day.working,
                "why": day.why,
                "published": is_published(day.day, frozenset(shipped_years())),
                "working_no": number,
            }
        )
    return rows


def _notices() -> list[CalendarDay]:
    from chinese_calendar import constants

    off = [CalendarDay(d, False, f"{_HOLIDAYS.get(n, n)}假期", True) for d, n in constants.holidays.items()]
    on = [CalendarDay(d, True, f"{_HOLIDAYS.get(n, n)}调休上班", True) for d, n in constants.workdays.items()]
    return off + on
