"""Saved filters: what is kept is what is listed, nothing of a newer program's is lost, and each sees their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk import queries as desk
from app.errors import UserError
from app.tickets import queries, saved
from app.tickets.queries import AtClose, Order, SavedFilter, TicketFilter, Waiting
from app.workspace import Person
from models.rules.lifecycle import Action, State
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.store.acting import act

OVERDUE = TicketFilter(waiting=Waiting.OVERDUE, agency="甲镇")
FILTERS = st.builds(
    TicketFilter,
    states=st.frozensets(st.sampled_from(State)),
    agency=st.none() | st.just("甲镇"),
    month=st.none() | st.just(date(2026, 10, 1)),
    last_month=st.none() | st.just(date(2026, 11, 1)),
    search=st.text(max_size=5),
    level=st.none() | st.integers(1, 5),
    waiting=st.none() | st.sampled_from(Waiting),
    counted=st.booleans(),
    at_close=st.none() | st.sampled_from(AtClose),
)


@dataclass
class Desk:
    """Somebody with the filters they see."""

    database: Database
    login: str
    made: list[int] = field(default_factory=list)

    @contextmanager
    def unit(self) -> Iterator:
        store = self.database.person(self.login)
        try:
            with store.write() as connection:
                yield connection
        finally:
            store.close()

    def save(self, name: str, wanted: TicketFilter = OVERDUE, order: Order = Order.NEWEST) -> SavedFilter:
        with self.unit() as connection:
            saved.save(connection, name, wanted, order)
        return self[name]

    def do(self, what, *given, **named) -> None:
        with self.unit() as connection:
            what(connection, *given, **named)

    def all(self) -> tuple[SavedFilter, ...]:
        with self.unit() as connection:
            return saved.saved_filters(connection)

    def __getitem__(self, name: str) -> SavedFilter:
        return next(one for one in self.all() if one.name == name)


@pytest.fixture
def desks(database: Database) -> tuple[Desk, Desk, Desk]:
    """Two officers and a liaison."""
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    return Desk(database, "officer"), Desk(database, "head"), Desk(database, "liaison-01")


@given(FILTERS, st.sampled_from(Order))
def test_what_is_written_is_read_back(wanted: TicketFilter, order: Order) -> None:
    assert saved.understood(json.loads(saved.written(wanted, order))) == (wanted, order)


@pytest.mark.parametrize(
    "odd",
    [
        {"weather": "rain"}, {"states": ["pending", "frozen"]}, {"level": True}, {"month": "soon"}, {"states": "x"},
        {"waiting": {"deep": [1]}}, {"order": "size"}, {"search": 7}, {"version": "two"}, {"level": None},
    ],
)  # fmt: skip
def test_what_is_not_understood_has_no_effect_and_stays(odd: dict) -> None:
    before = {"version": 1, "agency": "甲镇", **odd}
    assert saved.understood(before) == (TicketFilter(agency="甲镇"), Order.NEWEST)
    after = json.loads(saved.written(TicketFilter(agency="乙镇"), Order.NEWEST, json.dumps(before)))
    kept = {key: value for key, value in odd.items() if key != "version"}
    assert after == {"version": 1, "agency": "乙镇", **kept}


def test_each_sees_their_own_and_what_is_shared(desks) -> None:
    officer, head, liaison = desks
    officer.save("甲镇超期", order=Order.DEADLINE)
    assert head.all() == liaison.all() == ()
    officer.do(saved.share, officer["甲镇超期"], shared=True)
    mine = liaison.save("我的")
    assert [(f.name, f.own, f.shared) for f in liaison.all()] == [
        ("我的", True, False), ("甲镇超期", False, True)]  # fmt: skip
    seen = liaison["甲镇超期"]
    assert (
        seen.owner == "李伟" and seen.fits(OVERDUE, Order.DEADLINE) and not seen.fits(OVERDUE, Order.NEWEST)
    )
    liaison.do(saved.watch, seen, 3)
    assert liaison["甲镇超期"].above == 3 and officer["甲镇超期"].above is None
    with pytest.raises(UserError, match="只有中心责任人"):
        liaison.do(saved.share, mine, shared=True)
    with pytest.raises(UserError, match="别人保存的"):
        liaison.do(saved.rename, replace(seen, shared=False), "改了")
    officer.do(saved.share, officer["甲镇超期"], shared=False)
    assert [f.name for f in liaison.all()] == ["我的"]


def test_a_filter_is_renamed_updated_dropped_and_brought_back_whole(desks) -> None:
    officer, _, _ = desks
    officer.save("甲")
    officer.database.rows("UPDATE pd.saved_filter SET conditions = conditions || '{\"weather\": 1}'")
    officer.do(saved.rename, officer["甲"], " 乙 ")
    officer.do(saved.update, officer["乙"], TicketFilter(level=1), Order.DEADLINE)
    officer.do(saved.watch, officer["乙"], 0)
    kept = officer["乙"]
    assert kept.filter == TicketFilter(level=1) and json.loads(kept.conditions)["weather"] == 1
    assert not kept.known and "不认识的条件" in kept.trouble
    officer.do(saved.drop, kept)
    assert officer.all() == ()
    officer.do(saved.bring_back, kept)
    again = officer["乙"]
    assert (again.conditions, again.above, again.shared) == (kept.conditions, 0, False)
    officer.save("丙")
    with pytest.raises(UserError, match="换个名字"):
        officer.do(saved.rename, officer["丙"], "乙")
    officer.do(saved.watch, again, None)
    assert officer["乙"].above is None


def test_an_agency_that_is_gone_is_said(desks) -> None:
    officer, _, _ = desks
    assert officer.save("好").trouble == ""
    gone = officer.save("坏", TicketFilter(agency="没有镇"))
    assert gone.trouble == "名录里已没有“没有镇”，“坏”暂时列不出工单。" and gone.filter.agency == "没有镇"


def test_a_watched_filter_is_a_line_of_the_desk_that_counts_its_rows(desks) -> None:
    """Counted under the rights and the order of who looks; not while it is at the number or not understood."""
    officer, _, liaison = desks
    database = officer.database
    person = Person("officer", "李伟", Group.OFFICER, None, None, is_head=False)
    kept = officer.save("在走的", TicketFilter(agency="甲镇"), Order.DEADLINE)
    officer.do(saved.share, kept, shared=True)
    for login in (officer, liaison):
        login.do(saved.watch, login["在走的"], 1)
    tickets = [database.ticket() for _ in range(3)]
    other = database.ticket("乙镇")
    for ticket in (tickets[0], other):
        act(database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇" if ticket != other else "乙镇")

    def lines(who: Desk, as_whom: Person) -> list[tuple[str, int]]:
        with who.unit() as connection:
            found = desk.watched(connection, person=as_whom)
            for line in found:
                page = queries.page(connection, line.saved.filter, person=as_whom, order=line.saved.order)
                assert len(page.rows) == line.count
            return [(line.saved.name, line.count) for line in found]

    assert lines(officer, person) == []
    act(database, tickets[1], Action.VERIFY_AND_DISPATCH, lead="甲镇")
    assert lines(officer, person) == [("在走的", 2)]
    assert lines(liaison, Person("liaison-01", "x", Group.LIAISON, None, None, False)) == [("在走的", 2)]
    database.rows("UPDATE pd.saved_filter SET conditions = conditions || '{\"weather\": 1}'")
    assert lines(officer, person) == []
