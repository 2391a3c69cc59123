"""The work calendar year by year: what each day is and why, what changes it, and what a change would move."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.errors import UserError
from app.intake.results import ChangedDay, MovedDeadline
from models.rules.people import Group
from models.rules.worktime import FIRST_DAY, LAST_DAY, ordinary

#: Who reads the log, where the changes of the calendar stand.
READS_LOG = frozenset({Group.OFFICER, Group.AUDITOR})
#: Who may change the calendar.
MAY_CHANGE = frozenset({Group.OFFICER, Group.ADMIN})
#: Years there are.
YEARS = range(FIRST_DAY.year, LAST_DAY.year + 1)
LONGEST_REASON = 100


class DayKind(StrEnum):
    """What a day is; the values name its colour."""

    WORKDAY = "workday"
    REST = "rest"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    LOCAL = "local"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _LABELS[self.value]


_LABELS = {
    "workday": "工作日",
    "rest": "周末",
    "holiday": "法定节假日",
    "make_up": "调休上班",
    "local": "本地安排",
}


@dataclass(frozen=True, slots=True)
class LocalDay:
    """A day of the county's own: why, who entered it and when; what the notices say of it."""

    reason: str
    entered_by: str
    entered_at: datetime
    notice_working: bool
    notice_why: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day. `published`: whether a notice has settled it."""

    day: date
    working: bool
    why: str
    published: bool
    local: LocalDay | None

    @property
    def kind(self) -> DayKind:
        """What it is."""
        if self.local is not None:
            return DayKind.LOCAL
        usual, why = ordinary(self.day)
        if self.working:
            return DayKind.WORKDAY if usual else DayKind.MAKE_UP
        return DayKind.HOLIDAY if usual or self.why != why else DayKind.REST


@dataclass(frozen=True, slots=True)
class YearView:
    """A year's days in order; `source` and `imported_at` of its notice, none while there is none."""

    year: int
    days: tuple[DayRow, ...]
    source: str | None
    imported_at: datetime | None

    @property
    def working_days(self) -> int:
        """How many days are worked."""
        return sum(day.working for day in self.days)

    def day(self, wanted: date) -> DayRow | None:
        """The row of a day, none where it is of another year."""
        return next((row for row in self.days if row.day == wanted), None)


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """What a change comes to, or would: the days that differ, and the due dates that move."""

    days: tuple[ChangedDay, ...]
    moved: tuple[MovedDeadline, ...]

    @property
    def changes(self) -> Changes:
        """What pages have to read again."""
        return Changes(Kind.CALENDAR | Kind.TICKETS | Kind.TALLY)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A change of the calendar in the log. `op`: notice, local or taken_back; `reason`: of a local day."""

    at: datetime
    person: str
    op: str
    first: date | None
    last: date | None
    days: int
    moved: int
    reason: str | None


class Store(Protocol):
    """What a preview needs of a workspace."""

    def read(self) -> AbstractContextManager[Connection]:
        """A connection to read with."""

    def write(self) -> AbstractContextManager[Connection]:
        """A transaction."""


class _TakenBackError(Exception):
    """Ends the transaction of a preview without keeping anything."""


_YEAR = text("""
SELECT c.day, c.working, c.why, c.published, l.reason, coalesce(u.name, l.entered_by), l.entered_at,
       l.notice_working, l.notice_why
FROM calendar_day c
LEFT JOIN local_day l ON l.day = c.day AND l.taken_back_at IS NULL
LEFT JOIN app_user u ON u.login = l.entered_by
WHERE c.day BETWEEN make_date(:year, 1, 1) AND make_date(:year, 12, 31) ORDER BY c.day""")

_LOG = text("""
SELECT e.at, coalesce(u.name, e.actor), coalesce(e.facts ->> 'calendar', 'notice'),
       (e.facts ->> 'first')::date, (e.facts ->> 'last')::date,
       coalesce((e.facts ->> 'days')::integer, 0), coalesce((e.facts ->> 'moved')::integer, 0),
       (SELECT l.reason FROM local_day l WHERE l.day = (e.facts ->> 'first')::date
        AND e.at IN (l.entered_at, l.taken_back_at) ORDER BY l.id DESC LIMIT 1)
FROM event e LEFT JOIN app_user u ON u.login = e.actor
WHERE e.action = 'calendar_imported' ORDER BY e.id DESC LIMIT :limit""")


def year(connection: Connection, wanted: int) -> YearView:
    """A year of the calendar; raises UserError outside of it."""
    if wanted not in YEARS:
        raise UserError(f"工作日历从 {YEARS[0]} 年到 {YEARS[-1]} 年。", code="out_of_calendar")
    notice = connection.execute(
        text("SELECT source, imported_at FROM calendar_year WHERE year = :year"), {"year": wanted}
    ).one_or_none()
    days = tuple(map(_day, connection.execute(_YEAR, {"year": wanted})))
    return YearView(wanted, days, *(notice or (None, None)))


def _day(row: Any) -> DayRow:
    day, working, why, published, *local = row
    return DayRow(day, working, why, published, LocalDay(*local) if local[0] is not None else None)


def log(connection: Connection, group: Group, *, limit: int = 30) -> tuple[LogLine, ...] | None:
    """The latest changes; None for a group that does not read the log."""
    if group not in READS_LOG:
        return None
    return tuple(LogLine(*row) for row in connection.execute(_LOG, {"limit": limit}))


def set_local_day(connection: Connection, day: date, *, working: bool, reason: str) -> CalendarChange:
    """Sets a day of the county's own, off or on. Raises UserError."""
    answer = connection.scalar(
        text("SELECT pd.set_local_day(:day, :working, :reason)"),
        {"day": day, "working": working, "reason": reason},
    )
    return _change(answer)


def take_back(connection: Connection, day: date) -> CalendarChange:
    """The day is again what the notices say. Raises UserError."""
    return _change(connection.scalar(text("SELECT pd.take_back_local_day(:day)"), {"day": day}))


def _change(answer: Any) -> CalendarChange:
    return CalendarChange(
        tuple(map(ChangedDay.from_json, answer["changed"])),
        tuple(map(MovedDeadline.from_json, answer["moved"])),
    )


def preview(workspace: Store, change: Callable[[Connection], CalendarChange]) -> CalendarChange:
    """What a change would come to: it is carried out, and taken back. Nothing is written, logged or told."""
    found: list[CalendarChange] = []
    try:
        with workspace.write() as connection:
            found.append(change(connection))
            raise _TakenBackError
    except _TakenBackError:
        return found[0]


def notice(
    workspace: Store, path: Path, *, dry_run: bool, cancelled: Callable[[], bool] | None = None
) -> CalendarChange:
    """Imports a file with a year's notice, or only says what that would come to. Raises UserError."""
    from app.intake import commands  # with the readers of workbooks, which the page does not need

    if commands.inspect(path, cancelled=cancelled).kind.value != "calendar":
        raise UserError(
            "这个文件不是放假安排：要有日期、上班或放假、说明三列。其他文件请到“数据导入”。",
            code="other_kind",
        )
    result = commands.load(workspace, path, dry_run=dry_run, cancelled=cancelled)
    if dry_run and result.refused:
        raise UserError(f"有 {result.refused} 行读不出日期，请改正后再导入。", code="refused_rows")
    return CalendarChange(result.days, result.moved)
