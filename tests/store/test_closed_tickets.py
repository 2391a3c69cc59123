"""Tickets of a closed month: listed as its close counted them, whatever is done with them afterwards."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from app.clock import SHANGHAI
from app.rankings import queries as rankings
from app.rankings.explaining import unhandled
from app.rankings.queries import GROUPS, Period
from app.statistics import queries as statistics
from app.statistics.rows import Figures, Scope
from app.tickets import queries
from app.tickets.facets import Facet, Side
from app.tickets.queries import AtClose, TicketFilter
from app.workspace import Person
from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import Database
from tests.store.acting import MATERIAL, act

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
SPANS = (Period.month(SEPTEMBER), Period.month(OCTOBER), Period.month(NOVEMBER), Period(SEPTEMBER, NOVEMBER))
OFFICER = Person("officer", "赵明", Group.OFFICER, None, None, is_head=False)
AGENCIES = ("甲镇", "乙镇", "丙局")


@pytest.fixture
def tickets(database: Database) -> dict[str, int]:
    """甲镇 and 乙镇 hold tickets of three months, some handled; October is closed; then it goes on."""
    database.freeze(datetime(2026, 11, 9, 10, tzinfo=SHANGHAI))
    for number, name in enumerate(AGENCIES, start=1):
        database.agency(name, "township" if name.endswith("镇") else "department")
        database.liaison(f"liaison-{number:02}", name)
    made = {
        f"{name}{month}{n}": database.ticket(name, opened=datetime(2026, month, 5 + n, 9, tzinfo=SHANGHAI))
        for name in AGENCIES[:2] for month in (9, 10, 11) for n in range(3)
    }  # fmt: skip
    for key, ticket in made.items():
        if not key.endswith("0"):
            act(database, ticket, Action.VERIFY_AND_DISPATCH, lead=key[:2])
    finish(database, made["甲镇102"])
    return made


def finish(database: Database, ticket: int, login: str = "liaison-01") -> None:
    act(database, ticket, Action.ACKNOWLEDGE, login=login)
    act(database, ticket, Action.SUBMIT, login=login, payload=MATERIAL)
    act(database, ticket, Action.APPROVE)


def close_and_go_on(database: Database, made: dict[str, int]) -> None:
    """After the close one is handled, one rejected, one goes to another agency, one comes in late."""
    database.raw("officer", "SELECT pd.close_month('2026-10-01', '')")
    database.freeze(datetime(2026, 11, 9, 10, tzinfo=SHANGHAI) + timedelta(days=1))
    finish(database, made["甲镇101"])
    act(database, made["乙镇100"], Action.REJECT, reason="重复", payload={"reason_code": "duplicate"})
    act(database, made["甲镇100"], Action.VERIFY_AND_DISPATCH, lead="丙局")
    act(database, made["甲镇110"], Action.REJECT, reason="重复", payload={"reason_code": "duplicate"})
    made["late"] = database.ticket("乙镇", opened=datetime(2026, 10, 30, 9, tzinfo=SHANGHAI))


def listed(database: Database, person: Person, wanted: TicketFilter) -> set[int]:
    """The rows of a list, which are as many as are counted."""
    with closing(database.person(person.login)) as store, store.read() as connection:
        rows = queries.page(connection, wanted, person=person).rows
        assert queries.count(connection, wanted, person=person) == len(rows)
    return {row.id for row in rows}


def check_ranking(database: Database) -> None:
    """Every agency's tickets, and those it did not handle, are listed as they were counted."""
    for span, group in ((s, g) for s in SPANS for g in GROUPS):
        with database.store.read() as connection:
            view = rankings.ranking(connection, span, group=group)
        for facts in view.facts:
            at_close = AtClose.COUNTED if view.closed else None
            wanted = TicketFilter(
                agency=facts.agency, month=span.first, last_month=span.last, counted=True, at_close=at_close
            )
            number = sum(g.count for g in facts.tickets)
            assert len(listed(database, OFFICER, wanted)) == number, (facts.agency, span)
            if view.closed:
                open_ = sum(g.count for g in facts.tickets if not g.rectified)
                assert len(listed(database, OFFICER, unhandled(view, facts))) == open_
                put_in = sum(g.count for g in facts.tickets if g.submitted)
                waiting = listed(database, OFFICER, replace(wanted, at_close=AtClose.UNSUBMITTED))
                assert len(waiting) == number - put_in


def check_statistics(database: Database) -> None:
    """The numbers of tickets of the page, each with the list it opens, and those of the rates beside them."""
    for scope in (
        Scope(s, group=g, agency=a)
        for s in SPANS
        for g, a in ((None, None), ("township", None), (None, "甲镇"))
    ):
        with database.store.read() as connection:
            found: Figures = statistics.figures(connection, scope, OFFICER)
        assert found.tickets is not None and found.tickets.number == found.total.tickets, scope
        assert len(listed(database, OFFICER, found.scope.tickets())) == found.tickets.number
        before = listed(database, OFFICER, found.scope.tickets(period=scope.period.before))
        assert len(before) == found.tickets.before
        for side in (Side.ITEM, Side.PLATFORM, Side.LABEL):
            for one in found.tickets.slices(side):
                assert len(listed(database, OFFICER, found.scope.of(side, one.key, one.name))) == one.number
        for one in found.agencies:
            own = Scope(scope.period, agency=one.agency, closed=found.scope.closed)
            assert len(listed(database, OFFICER, own.tickets())) == one.counts.tickets


def test_a_closed_months_figures_equal_their_lists_whatever_is_done_later(
    database: Database, tickets: dict[str, int]
) -> None:
    check_ranking(database)
    check_statistics(database)
    close_and_go_on(database, tickets)
    check_ranking(database)
    check_statistics(database)
    wanted = TicketFilter(agency="甲镇", month=OCTOBER, counted=True, at_close=AtClose.COUNTED)
    assert listed(database, OFFICER, wanted) == {tickets[f"甲镇10{n}"] for n in range(3)}
    span = replace(wanted, last_month=NOVEMBER)
    assert listed(database, OFFICER, span) == {
        tickets[k] for k in ("甲镇100", "甲镇101", "甲镇102", "甲镇111", "甲镇112")
    }
    assert listed(database, OFFICER, replace(wanted, at_close=AtClose.UNHANDLED)) == {
        tickets["甲镇100"],
        tickets["甲镇101"],
    }
    other = Facet(Side.GROUP, "department", "部门")
    assert listed(database, OFFICER, replace(wanted, agency=None, facets=(other,))) == set()
    database.rows("UPDATE pd.agency SET name = '甲镇（改）' WHERE name = '甲镇'")
    assert len(listed(database, OFFICER, wanted)) == 3
    database.raw("officer", "SELECT pd.reopen_month('2026-10-01', '有更正')")
    assert len(listed(database, OFFICER, replace(wanted, agency="甲镇（改）"))) == 2


def test_a_liaison_lists_what_they_may_see_of_it(database: Database, tickets: dict[str, int]) -> None:
    close_and_go_on(database, tickets)
    wanted = TicketFilter(agency="甲镇", month=OCTOBER, counted=True, at_close=AtClose.COUNTED)
    own, other = (
        Person(f"liaison-0{n}", "钟娟洋", Group.LIAISON, n, a, is_head=False)
        for n, a in ((1, "甲镇"), (3, "丙局"))
    )
    assert listed(database, own, wanted) == {tickets["甲镇101"], tickets["甲镇102"]}
    # What came to them after the close counted for the other, and still does.
    assert listed(database, other, wanted) == {tickets["甲镇100"]}
    assert listed(database, other, replace(wanted, agency="丙局")) == set()
