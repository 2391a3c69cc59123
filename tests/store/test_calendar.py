"""Deadlines that touch unpublished days are provisional; a year's notice moves them, and says so."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import psycopg
import pytest

from app.clock import SHANGHAI
from app.errors import UserError
from app.registry import calendars
from models.rules.lifecycle import Action
from tests.databases import Database
from tests.store.acting import act

_NOTICE = [
    {"day": "2027-01-01", "working": False, "why": "元旦假期"},
    {"day": "2027-01-02", "working": False, "why": "元旦假期"},
    {"day": "2027-01-03", "working": True, "why": "元旦调休上班"},
    {"day": "2026-12-31", "working": False, "why": "元旦假期"},
]


def _import(
    database: Database, login: str = "officer", notice: list[dict[str, object]] | None = None
) -> dict[str, object]:
    return database.raw(
        login, "SELECT pd.import_notice(%s::jsonb, '国办通知')", json.dumps(notice or _NOTICE)
    )[0][0]  # type: ignore[no-any-return]


@pytest.fixture
def december(database: Database) -> Database:
    database.freeze(datetime(2026, 12, 21, 10, tzinfo=SHANGHAI))
    database.liaison("liaison-01", "甲镇")
    return database


def test_a_notice_moves_what_it_touches_and_logs_it(december: Database) -> None:
    ticket = december.ticket(opened=datetime(2026, 12, 20, 9, tzinfo=SHANGHAI))
    assert act(december, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇").due_on == date(2027, 1, 4)
    assert december.one("SELECT provisional FROM pd.ticket WHERE id = %s", ticket) is True
    answer = _import(december)
    assert answer["moved"] == [
        {"ticket": ticket, "number": answer["moved"][0]["number"], "from": "2027-01-04", "to": "2027-01-05"}
    ]
    kept = december.rows("SELECT due_on, runs_until, provisional FROM pd.ticket WHERE id = %s", ticket)
    assert kept == [(date(2027, 1, 5), date(2027, 1, 5), False)]
    assert (
        december.one(
            "SELECT count(*) FROM pd.event WHERE action = 'deadline_moved' AND ticket_id = %s", ticket
        )
        == 1
    )
    assert december.one("SELECT facts ->> 'moved' FROM pd.event WHERE action = 'calendar_imported'") == "1"


def test_after_a_notice_numbers_run_on_and_the_next_december_is_open(december: Database) -> None:
    _import(december)
    gaps = december.rows("""
        SELECT day FROM (SELECT day, working_no, sum(working::int) OVER (ORDER BY day) AS n FROM pd.calendar_day) x
        WHERE working_no <> n""")
    assert gaps == []
    open_days = december.rows("SELECT min(day) FROM pd.calendar_day WHERE NOT published")
    assert open_days == [(date(2027, 12, 24),)]


def test_the_same_notice_again_moves_nothing(december: Database) -> None:
    first = _import(december)
    assert {c["day"] for c in first["changed"]} == {d["day"] for d in _NOTICE}  # type: ignore[attr-defined]
    assert _import(december) == {"changed": [], "moved": []}


def test_a_list_changes_the_days_it_names_and_no_others(december: Database) -> None:
    """A county's own day, or a notice in whatever order, never takes another notice back."""
    _import(december, notice=[{"day": "2026-12-03", "working": False, "why": "本地停电"}])
    with december.store.read() as connection:
        calendar = calendars.kept(connection)
    assert not calendar.is_working(date(2026, 12, 3)) and not calendar.is_working(date(2026, 10, 1))
    assert calendar.deadline(date(2026, 9, 30), 1).due == date(2026, 10, 8)
    _import(december)
    _import(december, notice=[{"day": "2026-12-03", "working": True, "why": ""}])
    with december.store.read() as connection:
        calendar = calendars.kept(connection)
    assert calendar[date(2026, 12, 3)].why == "周四，工作日" and not calendar.is_working(date(2026, 12, 31))


def test_a_list_without_the_new_year_settles_no_year(december: Database) -> None:
    _import(december, notice=[{"day": "2027-03-03", "working": False, "why": "本地"}])
    assert december.rows("SELECT 1 FROM pd.calendar_year WHERE year = 2027") == []


def test_a_liaison_imports_no_notice(december: Database) -> None:
    store = december.person("liaison-01")
    with pytest.raises(UserError, match="权限"), store.write() as connection:
        connection.exec_driver_sql("SELECT pd.import_notice('[]', 'x')")
    store.close()


# --- the county's own days ----------------------------------------------------------------------------


def _local(database: Database, day: str, *, working: bool = False, login: str = "officer") -> Any:
    return database.raw(login, "SELECT pd.set_local_day(%s, %s, '冼夫人诞')", day, working)[0][0]


def _stands(database: Database, day: str) -> tuple[bool, str]:
    return database.rows("SELECT working, why FROM pd.calendar_day WHERE day = %s", day)[0]  # type: ignore[return-value]


def test_a_local_day_moves_deadlines_and_taking_it_back_restores_them(december: Database) -> None:
    ticket = december.ticket(opened=datetime(2026, 12, 20, 9, tzinfo=SHANGHAI))
    act(december, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    before = december.rows("SELECT * FROM pd.calendar_day ORDER BY day")
    answer = _local(december, "2026-12-23")
    assert [(m["from"], m["to"]) for m in answer["moved"]] == [("2027-01-04", "2027-01-05")]
    assert [(c["was_working"], c["working"]) for c in answer["changed"]] == [(True, False)]
    assert _stands(december, "2026-12-23") == (False, "本地放假：冼夫人诞")
    back = december.raw("officer", "SELECT pd.take_back_local_day('2026-12-23')")[0][0]
    assert [(m["from"], m["to"]) for m in back["moved"]] == [("2027-01-05", "2027-01-04")]
    assert december.rows("SELECT * FROM pd.calendar_day ORDER BY day") == before
    ops = december.rows(
        "SELECT facts ->> 'calendar', facts ->> 'first', facts ->> 'moved' FROM pd.event"
        " WHERE action = 'calendar_imported' ORDER BY id"
    )
    assert ops == [("local", "2026-12-23", "1"), ("taken_back", "2026-12-23", "1")]
    assert december.rows("SELECT reason, entered_by, taken_back_by FROM pd.local_day") == [
        ("冼夫人诞", "officer", "officer")
    ]


def test_a_notice_leaves_a_local_day_standing_and_holds_beneath_it(december: Database) -> None:
    _local(december, "2027-01-04", login="admin")
    notice = [*_NOTICE, {"day": "2027-01-04", "working": False, "why": "元旦假期"}]
    changed = _import(december, notice=notice)["changed"]
    assert "2027-01-04" not in {c["day"] for c in changed}  # type: ignore[attr-defined]
    assert _stands(december, "2027-01-04") == (False, "本地放假：冼夫人诞")
    december.raw("officer", "SELECT pd.take_back_local_day('2027-01-04')")
    assert _stands(december, "2027-01-04") == (False, "元旦假期")


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("SELECT pd.set_local_day('2026-12-23', false, ' ')", "请写明哪一天、为什么"),
        ("SELECT pd.set_local_day('2026-12-23', false, repeat('长', 101))", "不超过 100 字"),
        ("SELECT pd.set_local_day(NULL, false, '停电')", "请写明哪一天"),
        ("SELECT pd.set_local_day('2026-12-23', true, '加班')", "本来就是这样"),
        ("SELECT pd.set_local_day('1990-01-01', true, '加班')", "不在工作日历内"),
        ("SELECT pd.set_local_day('2026-12-22', false, '停电')", "请先撤回"),
        ("SELECT pd.take_back_local_day('2026-12-23')", "没有本地安排"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    december: Database, statement: str, sentence: str
) -> None:
    _local(december, "2026-12-22")
    with pytest.raises(psycopg.Error, match=sentence):
        december.raw("officer", statement)


def test_a_liaison_sets_no_local_day(december: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _local(december, "2026-12-23", login="liaison-01")
