"""Histories at random through the one door: no event is lost, no clock restarts by rework, figures equal lists."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from models.rules import lifecycle
from models.rules.lifecycle import NEEDS_LEAD, NEEDS_REASON, Action, State
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.store.acting import CLOSED, MATERIAL

_TICKETS, _STEPS = 12, 220


@pytest.mark.parametrize("seed", range(4))
def test_a_walk_keeps_every_promise(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    database.freeze(MONDAY)
    agencies = {name: database.agency(name) for name in ("甲镇", "乙镇", "丙镇")}
    for number, name in enumerate(agencies, start=1):
        database.liaison(f"liaison-{number:02}", name)
    tickets = [
        database.ticket(chance.choice(list(agencies)), opened=MONDAY - timedelta(days=i * 9))
        for i in range(_TICKETS)
    ]
    people = {
        login: _connect(database, login) for login in ("officer", "liaison-01", "liaison-02", "liaison-03")
    }
    events = 0
    for step in range(_STEPS):
        if step % 20 == 0:
            database.freeze(MONDAY + timedelta(days=step // 20))
        login = chance.choice([*people, "officer"])
        events += _step(database, people[login], login, chance, chance.choice(tickets), agencies)
    assert database.one("SELECT count(*) FROM pd.event WHERE ticket_id IS NOT NULL") == events
    assert database.rows("SELECT id FROM pd.event ORDER BY id") == database.rows(
        "SELECT unnest(events) FROM pd.event_link ORDER BY 1"
    )
    _check_clocks(database)
    _check_figures(database, people)
    for connection in people.values():
        connection.close()


def _connect(database: Database, login: str) -> psycopg.Connection[Any]:
    return psycopg.connect(database.conninfo(login), autocommit=True)


def _step(
    database: Database,
    connection: Any,
    login: str,
    chance: random.Random,
    ticket: int,
    agencies: dict[str, int],
) -> int:
    """One try; returns the events it must have left: one where it was allowed, none where it was not."""
    state, version, declined = database.rows(
        "SELECT state, version, declined FROM pd.ticket WHERE id = %s", ticket
    )[0]
    if chance.random() < 0.01:
        return _withdraw(database, ticket, State(state))
    action = chance.choice(list(Action))
    group = Group.OFFICER if login == "officer" else Group.LIAISON
    payload: dict[str, Any] = dict(MATERIAL) if action is Action.SUBMIT else dict(CLOSED)
    if action in NEEDS_REASON:
        payload["reason"] = "理由"
    if action in NEEDS_LEAD:
        lead, *co = chance.sample(list(agencies.values()), chance.choice([1, 1, 2]))
        payload |= {"lead": lead, "co": co}
    before = database.one("SELECT due_on FROM pd.ticket WHERE id = %s", ticket)
    try:
        answer = connection.execute(
            "SELECT pd.act(%s, %s, %s, %s, %s)", [ticket, version, action.value, Jsonb(payload), uuid4()]
        ).fetchone()[0]
    except psycopg.Error as error:
        assert error.sqlstate in ("PD001", "PD003"), error
        target = lifecycle.target(action, State(state), group)
        if group is Group.OFFICER:
            withdrawn = database.rows(
                "SELECT 1 FROM pd.event WHERE ticket_id = %s AND action = 'withdraw'", ticket
            )
            assert (
                target is None
                or (action is Action.INSIST and not declined)
                or (action is Action.RESTORE and withdrawn)
            )
        return 0
    assert answer["state"] == lifecycle.target(action, State(state), group)
    if action in (
        Action.RETURN_FOR_REWORK,
        Action.REPORT_REFUSED,
        Action.INSIST,
        Action.SUBMIT,
        Action.DECLINE,
    ):
        assert database.one("SELECT due_on FROM pd.ticket WHERE id = %s", ticket) == before
    return 1


def _withdraw(database: Database, ticket: int, state: State) -> int:
    """What an appeal's decision does; the owner's functions alone may."""
    if state not in lifecycle.OPEN:
        with pytest.raises(psycopg.Error, match="不再因申诉撤销"):
            database.rows("SELECT pd.withdraw_ticket(%s, '申诉成立')", ticket)
        return 0
    answer = database.one("SELECT pd.withdraw_ticket(%s, '申诉成立')", ticket)
    assert answer["state"] == State.REJECTED
    return 1


def _check_clocks(database: Database) -> None:
    assert (
        database.rows("""
        SELECT t.id FROM pd.ticket t WHERE t.received_on IS NOT NULL
        AND t.due_on <> pd.due(t.received_on, 10)""")
        == []
    )
    assert (
        database.rows("""
        SELECT ticket_id FROM pd.assignment WHERE current AND part = 'lead' GROUP BY ticket_id HAVING count(*) > 1""")
        == []
    )
    assert (
        database.rows("""
        SELECT t.id FROM pd.ticket t WHERE (t.state IN ('dispatched', 'rectifying', 'submitted', 'approved'))
        <> (t.runs_until IS NOT NULL) AND NOT (t.state = 'pending' AND t.declined)""")
        == []
    )
    assert (
        database.rows(
            "SELECT id FROM pd.assignment WHERE NOT current AND (ended_at IS NULL OR used_days < 0)"
        )
        == []
    )


def _check_figures(database: Database, people: dict[str, Any]) -> None:
    before = database.rows("SELECT * FROM pd.tally_ticket ORDER BY 1, 2, 3, 4, 5")
    assert people["officer"].execute("SELECT pd.rebuild_tally()").fetchone()[0]["changed"] == 0
    counted = database.rows("""
        SELECT pd.local_day(opened_at), holder_id, coalesce(submitted_on, '9999-12-31'), coalesce(handled_on, '9999-12-31'),
               coalesce(due_on, '9999-12-31'), count(*)::int
        FROM pd.ticket WHERE state <> 'rejected' GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5""")
    assert before == counted
    for login, connection in people.items():
        assert connection.execute("TABLE pd.tally_ticket ORDER BY 1, 2, 3, 4, 5").fetchall() == before
        if login != "officer":
            seen = connection.execute("SELECT id FROM pd.ticket ORDER BY id").fetchall()
            held = database.rows(
                "SELECT DISTINCT x.ticket_id FROM pd.assignment x JOIN pd.app_user u ON u.agency_id = x.agency_id"
                " WHERE x.current AND u.login = %s ORDER BY 1",
                login,
            )
            assert seen == held
