"""Numbers of papers: gapless within the year, taken with the act, the same at every reprint, never given twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from app.clock import SHANGHAI
from models.rules.lifecycle import Action
from tests.databases import MONDAY, Database
from tests.store.acting import act


@pytest.fixture
def desk(database: Database) -> Database:
    database.freeze(MONDAY)
    database.agency("甲镇")
    return database


def dispatched(desk: Database) -> int:
    ticket = desk.ticket("甲镇")
    act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    return ticket


def number(desk: Database, ticket: int, login: str = "officer") -> int:
    return int(desk.raw(login, "SELECT pd.number_dispatch(%s)", ticket)[0][0])


def papers(desk: Database, kind: str) -> list[tuple[Any, ...]]:
    return desk.rows("SELECT year, number, ticket_id FROM pd.paper WHERE kind = %s ORDER BY id", kind)


def test_a_dispatch_is_numbered_when_first_printed_and_then_keeps_it(desk: Database) -> None:
    first, second = dispatched(desk), dispatched(desk)
    assert [number(desk, t) for t in (second, first, second, first)] == [1, 2, 1, 2]
    assert papers(desk, "dispatch") == [(2026, 1, second), (2026, 2, first)]


def test_a_number_is_on_record_once(desk: Database) -> None:
    ticket = dispatched(desk)
    number(desk, ticket), number(desk, ticket)
    facts = desk.rows("SELECT facts FROM pd.event WHERE action = 'numbered' AND ticket_id = %s", ticket)
    assert facts == [({"paper": "dispatch", "year": 2026, "number": 1, "round": 1},)]


def test_a_number_taken_back_by_undo_is_not_given_again(desk: Database) -> None:
    ticket = dispatched(desk)
    number(desk, ticket)
    act(desk, ticket, Action.RECALL)
    with pytest.raises(psycopg.Error, match="还没有转办单"):
        number(desk, ticket)
    act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    assert number(desk, ticket) == 2


def test_each_supervision_has_its_number_with_the_act(desk: Database) -> None:
    ticket = dispatched(desk)
    for _ in range(2):
        act(desk, ticket, Action.SUPERVISE, reason="请三日内报结果")
    assert papers(desk, "supervise") == [(2026, 1, ticket), (2026, 2, ticket)]
    linked = "SELECT count(*) FROM pd.paper p JOIN pd.event e ON e.id = p.event_id AND e.action = 'supervise'"
    assert desk.one(linked) == 2


def test_a_repeated_command_takes_no_second_number(desk: Database) -> None:
    ticket = dispatched(desk)
    version, command = desk.one("SELECT version FROM pd.ticket WHERE id = %s", ticket), uuid4()
    for _ in range(2):
        act(desk, ticket, Action.SUPERVISE, reason="请速办", version=version, command_id=command)
    assert len(papers(desk, "supervise")) == 1


def test_what_fails_leaves_no_gap(desk: Database) -> None:
    ticket = dispatched(desk)
    with psycopg.connect(desk.conninfo("officer")) as connection:
        connection.execute("SELECT pd.number_dispatch(%s)", (ticket,))
        connection.rollback()
    assert number(desk, dispatched(desk)) == 1


def test_each_year_begins_with_one(desk: Database) -> None:
    number(desk, dispatched(desk))
    desk.freeze(datetime(2027, 1, 4, 9, tzinfo=SHANGHAI))
    assert number(desk, dispatched(desk)) == 1
    assert [row[:2] for row in papers(desk, "dispatch")] == [(2026, 1), (2027, 1)]


def test_a_year_begins_at_midnight_of_the_county(desk: Database) -> None:
    desk.freeze(datetime(2027, 1, 1, 0, 30, tzinfo=SHANGHAI))
    number(desk, dispatched(desk))
    desk.freeze(datetime(2027, 1, 1, 0, 0, tzinfo=SHANGHAI) - timedelta(minutes=1))
    number(desk, dispatched(desk))
    assert [row[0] for row in papers(desk, "dispatch")] == [2027, 2026]


def test_only_officers_number_and_agencies_read_what_is_theirs(desk: Database) -> None:
    mine, other = desk.liaison("jia", "甲镇"), desk.liaison("yi", "乙镇")
    ticket = dispatched(desk)
    with pytest.raises(psycopg.Error, match="permission denied"):
        number(desk, ticket, mine)
    number(desk, ticket)
    assert desk.raw(mine, "SELECT number FROM pd.paper") == [(1,)]
    assert desk.raw(other, "SELECT number FROM pd.paper") == []


def test_names_are_changed_by_the_head_alone_and_on_record(desk: Database) -> None:
    change = "SELECT pd.set_body('centre', ' 廉江市政务服务中心 ', '罗州街道1号', '0759-6600000')"
    with pytest.raises(psycopg.Error, match="只有中心负责人"):
        desk.raw("officer", change)
    desk.rows("UPDATE pd.app_user SET is_head = true WHERE login = 'officer'")
    desk.raw("officer", change)
    assert desk.one("SELECT name FROM pd.body WHERE kind = 'centre'") == "廉江市政务服务中心"
    assert (
        desk.one("SELECT count(*) FROM pd.event WHERE action = 'configured' AND facts ->> 'table' = 'body'")
        == 1
    )
    for wrong in ("'centre', ' ', '', ''", "'centre', E'甲\\n乙', '', ''", "'nobody', '甲', '', ''"):
        with pytest.raises(psycopg.Error, match=r"请填写|没有这一类"):
            desk.raw("officer", f"SELECT pd.set_body({wrong})")
