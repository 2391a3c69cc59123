"""工作台: each count opens exactly its rows, for officers and liaisons, and what ran out comes first."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Connection

from app.clock import SHANGHAI
from app.desk import queries
from app.tickets import queries as tickets
from app.tickets.queries import TicketFilter, TicketRow, Waiting
from app.workspace import Person
from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.store.acting import MATERIAL, act

#: How far a ticket is brought, on which day of November.
_WAYS: tuple[tuple[str, int, tuple[Action, ...]], ...] = (
    ("甲镇", 2, ()),
    ("甲镇", 2, (Action.VERIFY_AND_DISPATCH,)),
    ("甲镇", 3, (Action.VERIFY_AND_DISPATCH, Action.ACKNOWLEDGE)),
    ("甲镇", 4, (Action.VERIFY_AND_DISPATCH, Action.ACKNOWLEDGE, Action.SUBMIT)),
    ("甲镇", 9, (Action.VERIFY_AND_DISPATCH, Action.ACKNOWLEDGE, Action.SUBMIT, Action.APPROVE)),
    ("乙镇", 9, (Action.VERIFY_AND_DISPATCH,)),
    ("乙镇", 17, (Action.VERIFY_AND_DISPATCH, Action.ACKNOWLEDGE)),
    ("乙镇", 17, (Action.VERIFY_AND_DISPATCH, Action.DECLINE)),
    ("乙镇", 18, (Action.VERIFY_AND_DISPATCH, Action.ACKNOWLEDGE, Action.SUBMIT, Action.APPROVE, Action.REPORT)),
)  # fmt: skip
_LOGINS = {"甲镇": "liaison-01", "乙镇": "liaison-02"}
_BY_LIAISON = frozenset({Action.ACKNOWLEDGE, Action.SUBMIT, Action.DECLINE})


@pytest.fixture
def county(database: Database) -> Database:
    """Tickets on every stage, on the 20th of November."""
    for agency, login in _LOGINS.items():
        database.liaison(login, agency)
    for agency, day, way in _WAYS:
        database.freeze(MONDAY.replace(day=day))
        _bring(database, database.ticket(agency), agency, way)
    # By 12345, one of them bad and one rejected: Art. 15.
    database.rows("UPDATE pd.ticket SET platform = 'hotline' WHERE id IN (SELECT max(id) FROM pd.ticket)")
    database.freeze(datetime(2026, 11, 20, 9, tzinfo=SHANGHAI))
    return database


def _bring(database: Database, ticket: int, agency: str, way: tuple[Action, ...]) -> None:
    for action in way:
        given: dict[str, object] = {"login": _LOGINS[agency]} if action in _BY_LIAISON else {}
        if action is Action.VERIFY_AND_DISPATCH:
            given["lead"] = agency
        elif action is Action.SUBMIT:
            given["payload"] = MATERIAL
        elif action is Action.DECLINE:
            given["reason"] = "不属于本单位"
        act(database, ticket, action, **given)  # type: ignore[arg-type]


def _person(login: str) -> Person:
    group = Group.OFFICER if login == "officer" else Group.LIAISON
    return Person(login, login, group, None, None, is_head=False)


def _listed(connection: Connection, wanted: TicketFilter, person: Person) -> list[TicketRow]:
    """All rows that the filter lists, read by pages of two."""
    rows: list[TicketRow] = []
    key = None
    while True:
        page = tickets.page(connection, wanted, person=person, after=key, limit=2)
        rows += page.rows
        if (key := page.next) is None:
            return rows


@pytest.mark.parametrize("login", ["officer", "liaison-01", "liaison-02"])
def test_each_count_opens_exactly_its_rows(county: Database, login: str) -> None:
    store, person = county.person(login), _person(login)
    with store.read() as connection:
        lines = {line.waiting: line for line in queries.waiting(connection, person=person)}
        for line in lines.values():
            listed = _listed(connection, line.filter, person)
            assert len({row.id for row in listed}) == len(listed) == line.count, line.waiting
        seen = {row.id for row in _listed(connection, TicketFilter(), person)}
        overdue = _listed(connection, lines[Waiting.OVERDUE].filter, person)
        soon = _listed(connection, lines[Waiting.DUE_SOON].filter, person)
        today = _listed(connection, lines[Waiting.TODAY].filter, person)
    store.close()
    assert all(row.days_left is not None and row.days_left < 0 for row in overdue)
    assert all(row.days_left is not None and 0 <= row.days_left <= 2 for row in soon)
    assert today == [row for row in soon if row.days_left == 0]
    if person.group is Group.LIAISON:
        own = county.rows(
            "SELECT ticket_id FROM pd.assignment WHERE current AND agency_id ="
            " (SELECT agency_id FROM pd.app_user WHERE login = %s)", login,
        )  # fmt: skip
        assert seen == {ticket for (ticket,) in own}


def test_the_counts_are_those_of_the_county(county: Database) -> None:
    with county.store.read() as connection:
        lines = queries.waiting(connection, person=_person("officer"))
        duties = queries.duties(connection, person=_person("officer"))
    counts = {line.waiting: line.count for line in lines}
    assert counts[Waiting.VERIFY] == 2  # one of them was sent back
    assert counts[Waiting.SIGN] == 2 and counts[Waiting.RECTIFY] == 2
    assert counts[Waiting.REVIEW] == 1 and counts[Waiting.REPORT] == 1
    assert counts[Waiting.OVERDUE] and counts[Waiting.DUE_SOON]
    assert {line.name: line.count for line in duties} == {
        "申诉待决定": 0, "回访待办": 1, "不满意待处理": 0, "修正待备案": 0, "备案被退回": 0,
    }  # fmt: skip


@pytest.mark.parametrize("login", ["officer", "liaison-01"])
def test_what_ran_out_comes_first(county: Database, login: str) -> None:
    store, person = county.person(login), _person(login)
    with store.read() as connection:
        order = [line.waiting for line in queries.waiting(connection, person=person)]
        first = tickets.page(
            connection, TicketFilter(), person=person, order=tickets.Order.DEADLINE, limit=50
        )
    store.close()
    assert order[:3] == [Waiting.OVERDUE, Waiting.TODAY, Waiting.DUE_SOON]
    until = [row.runs_until for row in first.rows]
    assert until == sorted(until, key=str) and None not in until
