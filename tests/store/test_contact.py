"""The rater's number: masked everywhere, shown to who must call, and never without a record."""

from __future__ import annotations

import psycopg
import pytest

from models.rules.lifecycle import Action
from tests.databases import MONDAY, Database
from tests.store.acting import act

WHY = "回访核实诉求"


@pytest.fixture
def ticket(database: Database) -> int:
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    database.liaison("liaison-02", "乙镇")
    database.liaison("liaison-03", "丙镇")
    made = database.ticket("甲镇")
    act(database, made, Action.VERIFY_AND_DISPATCH, lead="甲镇", co=["乙镇"])
    return made


def reveal(database: Database, login: str, ticket: int, reason: str = WHY) -> tuple[str, str]:
    number = database.raw(login, "SELECT pd.reveal_contact(%s, %s)", ticket, reason)[0][0]
    return database.raw(login, "SELECT name, phone FROM pd.revealed_contact(%s)", number)[0]


@pytest.mark.parametrize("login", ["officer", "head", "liaison-01"])
def test_who_must_call_sees_the_number_and_leaves_a_trace(
    database: Database, ticket: int, login: str
) -> None:
    assert reveal(database, login, ticket) == ("杨秀敏", "13384382025")
    seen = database.raw(
        "auditor",
        "SELECT e.actor, e.ticket_id, w.text FROM pd.event e JOIN pd.event_text w ON w.event_id = e.id"
        " WHERE e.action = 'reveal_contact'",
    )
    assert seen == [(login, ticket, WHY)]
    assert database.raw(
        "officer", "SELECT 1 FROM pd.event WHERE action = 'reveal_contact' AND ticket_id = %s", ticket
    )


@pytest.mark.parametrize("login", ["liaison-02", "liaison-03", "admin", "auditor", "bureau"])
def test_nobody_else_does(database: Database, ticket: int, login: str) -> None:
    with pytest.raises(psycopg.Error):
        reveal(database, login, ticket)
    assert database.rows("SELECT 1 FROM pd.event WHERE action = 'reveal_contact'") == []


@pytest.mark.parametrize("reason", ["", "　 ", "x", None, "长" * 501])
def test_a_reason_is_written(database: Database, ticket: int, reason: str | None) -> None:
    with pytest.raises(psycopg.Error, match="理由"):
        database.raw("officer", "SELECT pd.reveal_contact(%s, %s)", ticket, reason)


def test_nothing_is_seen_before_the_record_is_committed(database: Database, ticket: int) -> None:
    with psycopg.connect(database.conninfo("officer")) as connection:
        number = connection.execute("SELECT pd.reveal_contact(%s, %s)", [ticket, WHY]).fetchone()[0]  # type: ignore[index]
        with pytest.raises(psycopg.Error, match="先写明理由"):
            connection.execute("SELECT * FROM pd.revealed_contact(%s)", [number])
        connection.rollback()
        connection.execute("SAVEPOINT a")
        number = connection.execute("SELECT pd.reveal_contact(%s, %s)", [ticket, WHY]).fetchone()[0]  # type: ignore[index]
        connection.execute("SAVEPOINT b")
        with pytest.raises(psycopg.Error, match="先写明理由"):
            connection.execute("SELECT * FROM pd.revealed_contact(%s)", [number])
        connection.rollback()


def test_a_record_is_its_own_persons_and_grows_old(database: Database, ticket: int) -> None:
    number = database.raw("officer", "SELECT pd.reveal_contact(%s, %s)", ticket, WHY)[0][0]
    for other in ("head", "liaison-01"):
        with pytest.raises(psycopg.Error, match="先写明理由"):
            database.raw(other, "SELECT * FROM pd.revealed_contact(%s)", number)
    database.rows("UPDATE pd.reveal SET at = at - INTERVAL '11 minutes'")
    with pytest.raises(psycopg.Error, match="先写明理由"):
        database.raw("officer", "SELECT * FROM pd.revealed_contact(%s)", number)


def test_a_liaison_loses_sight_with_the_ticket(database: Database, ticket: int) -> None:
    number = database.raw("liaison-01", "SELECT pd.reveal_contact(%s, %s)", ticket, WHY)[0][0]
    act(database, ticket, Action.RECALL)
    with pytest.raises(psycopg.Error):
        database.raw("liaison-01", "SELECT pd.reveal_contact(%s, %s)", ticket, WHY)
    with pytest.raises(psycopg.Error):
        database.raw("liaison-01", "SELECT * FROM pd.revealed_contact(%s)", number)


def test_where_nothing_was_left_it_says_so(database: Database, ticket: int) -> None:
    database.rows("DELETE FROM pd.rater")
    with pytest.raises(psycopg.Error, match="没有留下联系方式"):
        database.raw("officer", "SELECT pd.reveal_contact(%s, %s)", ticket, WHY)
