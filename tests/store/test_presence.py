"""Who looks at a ticket now: told to whoever may see it, forgotten after a minute, and nobody's to misuse."""

from __future__ import annotations

import psycopg
import pytest

from app.errors import UserError
from app.tickets import presence
from models.rules.lifecycle import Action
from tests.databases import MONDAY, Database
from tests.store.acting import act


@pytest.fixture
def ticket(database: Database) -> int:
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    database.liaison("liaison-02", "乙镇")
    made = database.ticket("甲镇")
    act(database, made, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    return made


def look(database: Database, login: str, ticket: int, *, typing: bool = False) -> dict[str, bool]:
    """Name → typing, of the others."""
    store = database.person(login)
    try:
        with store.write() as connection:
            return {one.name: one.typing for one in presence.look(connection, ticket, typing=typing)}
    finally:
        store.close()


def look_away(database: Database, login: str, ticket: int) -> None:
    store = database.person(login)
    try:
        with store.write() as connection:
            presence.look_away(connection, ticket)
    finally:
        store.close()


def pass_by(database: Database, seconds: int) -> None:
    """So much time goes by."""
    database.rows(
        "UPDATE pd.looking SET since = since - make_interval(secs => %s), seen_at = seen_at - make_interval(secs => %s)",
        seconds, seconds,
    )  # fmt: skip


def test_each_sees_the_other_and_what_they_do(database: Database, ticket: int) -> None:
    name = database.one("SELECT name FROM pd.app_user WHERE login = 'officer'")
    assert look(database, "officer", ticket) == {}
    assert look(database, "liaison-01", ticket, typing=True) == {name: False}
    assert look(database, "officer", ticket) == {"甲镇责任人": True}
    look_away(database, "liaison-01", ticket)
    assert look(database, "officer", ticket) == {}


def test_since_stays_while_somebody_looks_and_begins_anew_after_a_minute(
    database: Database, ticket: int
) -> None:
    look(database, "liaison-01", ticket)
    pass_by(database, 50)
    look(database, "liaison-01", ticket)
    kept = "SELECT since < clock_timestamp() - INTERVAL '45 seconds' FROM pd.looking"
    assert database.one(kept)
    pass_by(database, 70)
    assert look(database, "officer", ticket) == {}
    look(database, "liaison-01", ticket)
    assert not database.one(f"{kept} WHERE login = 'liaison-01'")


def test_whoever_is_gone_leaves_no_trace(database: Database, ticket: int) -> None:
    other = database.ticket("甲镇")
    look(database, "officer", ticket)
    pass_by(database, 400)
    look(database, "officer", other)
    assert database.rows("SELECT login, ticket_id FROM pd.looking") == [("officer", other)]


def test_nobody_looks_at_what_they_may_not_see_nor_speaks_for_others(database: Database, ticket: int) -> None:
    look(database, "officer", ticket)
    for login in ("liaison-02", "auditor"):
        with pytest.raises(UserError) as refused:
            look(database, login, ticket)
        assert refused.value.code == "forbidden"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.raw(login, "SELECT * FROM pd.looking")
    look_away(database, "liaison-01", ticket)
    assert database.rows("SELECT login FROM pd.looking") == [("officer",)]


def test_a_ticket_taken_away_shows_its_onlookers_no_more(database: Database, ticket: int) -> None:
    look(database, "liaison-01", ticket)
    act(database, ticket, Action.REDISPATCH, lead="乙镇", reason="改由乙镇主办")
    with pytest.raises(UserError):
        look(database, "liaison-01", ticket)
    assert look(database, "liaison-02", ticket) == {}
