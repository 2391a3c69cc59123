"""The calendar year by year, its changes, and previews that leave nothing behind."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from app.clock import SHANGHAI
from app.errors import UserError
from app.intake.results import MovedDeadline
from app.registry import calendar_days
from app.registry.calendar_days import DayKind
from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import Database
from tests.store.acting import act

NOTICE = "日期,安排,说明\n2027-01-01至2027-01-03,休,元旦\n2026-12-31,休,元旦\n"


@pytest.fixture
def december(database: Database) -> Database:
    database.freeze(datetime(2026, 12, 21, 10, tzinfo=SHANGHAI))
    database.liaison("liaison-01", "甲镇")
    ticket = database.ticket(opened=datetime(2026, 12, 20, 9, tzinfo=SHANGHAI))
    act(database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    return database


def _standing(database: Database) -> list[tuple[object, ...]]:
    """Everything that a preview must leave as it is."""
    return [
        row
        for table in ("calendar_day", "calendar_year", "local_day", "ticket", "assignment", "event", "change",
                      "tally_ticket", "event_link")
        for row in database.rows(f"SELECT '{table}', x::text FROM pd.{table} x ORDER BY 2")
    ]  # fmt: skip


def _kinds(database: Database, *days: date) -> list[DayKind]:
    with database.store.read() as connection:
        found = [calendar_days.year(connection, day.year).day(day) for day in days]
    return [row.kind for row in found if row is not None]


def test_every_day_of_a_year_is_told_apart(december: Database) -> None:
    with december.store.write() as connection:
        calendar_days.set_local_day(connection, date(2026, 12, 3), working=False, reason="停电检修")
    wanted = [date(2026, 12, 2), date(2026, 12, 5), date(2026, 10, 1), date(2026, 10, 10), date(2026, 12, 3)]
    assert _kinds(december, *wanted) == [
        DayKind.WORKDAY,
        DayKind.REST,
        DayKind.HOLIDAY,
        DayKind.MAKE_UP,
        DayKind.LOCAL,
    ]
    with december.store.read() as connection:
        view = calendar_days.year(connection, 2026)
        empty = calendar_days.year(connection, 2027)
    assert len(view.days) == 365 and view.source and view.imported_at
    assert view.working_days == sum(day.working for day in view.days) > 240
    unsettled = [day.day for day in view.days if not day.published]
    assert unsettled == [date(2026, 12, number) for number in range(24, 32)]
    assert empty.source is None and not any(day.published for day in empty.days)
    local = view.day(date(2026, 12, 3))
    assert local and local.local and local.local.reason == "停电检修" and local.local.notice_working


def test_a_year_outside_of_the_calendar_is_refused(december: Database) -> None:
    with december.store.read() as connection, pytest.raises(UserError, match="从 2004 年到 2060 年"):
        calendar_days.year(connection, 2061)


def test_a_preview_says_what_would_move_and_writes_nothing(december: Database) -> None:
    before = _standing(december)

    def change(connection: object) -> calendar_days.CalendarChange:
        return calendar_days.set_local_day(connection, date(2026, 12, 23), working=False, reason="停电检修")  # type: ignore[arg-type]

    seen = calendar_days.preview(december.store, change)
    assert [(d.day, d.was_working, d.working) for d in seen.days] == [(date(2026, 12, 23), True, False)]
    assert [(m.old_due, m.new_due) for m in seen.moved] == [(date(2027, 1, 4), date(2027, 1, 5))]
    assert _standing(december) == before
    with december.store.write() as connection:
        assert change(connection) == seen
    assert _standing(december) != before


def test_a_refused_change_is_refused_in_the_preview_too(december: Database) -> None:
    with pytest.raises(UserError, match="没有本地安排"):
        calendar_days.preview(december.store, lambda c: calendar_days.take_back(c, date(2026, 12, 23)))


def test_a_notice_file_is_previewed_and_imported(december: Database, tmp_path: Path) -> None:
    file = tmp_path / "2027年放假安排.csv"
    file.write_text(NOTICE, encoding="utf-8")
    before = _standing(december)
    seen = calendar_days.notice(december.store, file, dry_run=True)
    assert {d.day for d in seen.days} == {date(2026, 12, 31), *(date(2027, 1, n) for n in (1, 2, 3))}
    assert [(m.old_due, m.new_due) for m in seen.moved] == [(date(2027, 1, 4), date(2027, 1, 6))]
    assert isinstance(seen.moved[0], MovedDeadline) and seen.moved[0].number
    assert _standing(december) == before
    assert calendar_days.notice(december.store, file, dry_run=False) == seen
    with december.store.read() as connection:
        assert calendar_days.year(connection, 2027).source == file.name


def test_other_files_and_rows_without_a_day_are_refused(december: Database, tmp_path: Path) -> None:
    other = tmp_path / "x.csv"
    other.write_text("统计月份,机构,办件数\n2026-10,甲镇,3\n", encoding="utf-8")
    with pytest.raises(UserError):
        calendar_days.notice(december.store, other, dry_run=True)
    broken = tmp_path / "y.csv"
    broken.write_text(NOTICE + "某天,休,不知道\n", encoding="utf-8")
    with pytest.raises(UserError, match="1 行读不出"):
        calendar_days.notice(december.store, broken, dry_run=True)


def test_the_log_tells_officers_and_auditors(december: Database) -> None:
    with december.store.write() as connection:
        calendar_days.set_local_day(connection, date(2026, 12, 23), working=False, reason="停电检修")
    december.freeze(datetime(2026, 12, 21, 11, tzinfo=SHANGHAI))
    with december.store.write() as connection:
        calendar_days.take_back(connection, date(2026, 12, 23))
    with december.store.read() as connection:
        lines = calendar_days.log(connection, Group.OFFICER)
        assert calendar_days.log(connection, Group.ADMIN) is None
    assert lines is not None
    assert [(line.op, line.first, line.days, line.moved, line.reason) for line in lines] == [
        ("taken_back", date(2026, 12, 23), 1, 1, "停电检修"),
        ("local", date(2026, 12, 23), 1, 1, "停电检修"),
    ]
    auditor = december.person("auditor")
    with auditor.read() as connection:
        assert calendar_days.log(connection, Group.AUDITOR) == lines
    auditor.close()
