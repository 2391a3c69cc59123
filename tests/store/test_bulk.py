"""Many tickets at once: each in a unit of work of its own, each with its own result; what failed is tried again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection

from app.database.engine import Store
from app.errors import EnvironmentProblem, UserError
from app.tickets import bulk
from app.tickets.rows import Order, TicketFilter, TicketRow
from app.workspace import Person
from models.rules.lifecycle import Action, State
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.store.acting import act

OFFICER = Person("officer", "李伟", Group.OFFICER, None, None, False)


@pytest.fixture
def county(database: Database) -> Database:
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    return database


def rows_of(county: Database, chosen: list[int]) -> tuple[TicketRow, ...]:
    with county.store.read() as connection:
        return bulk.rows(connection, chosen)


def dispatch(county: Database, chosen: list[int], lead: str = "甲镇") -> tuple[bulk.Outcome, ...]:
    acts = [bulk.act_on(r, Action.VERIFY_AND_DISPATCH, {"lead": lead}) for r in rows_of(county, chosen)]
    return bulk.carry_out(county.store, acts)


def test_each_is_done_or_says_why_and_stands_in_nobodys_way(county: Database) -> None:
    chosen = [county.ticket() for _ in range(3)]
    stale = rows_of(county, chosen)
    act(county, chosen[1], Action.REJECT, reason="重复", reason_code="duplicate")
    told: list[bulk.Progress] = []
    acts = [bulk.act_on(row, Action.VERIFY_AND_DISPATCH, {"lead": "甲镇"}) for row in stale]
    outcomes = bulk.carry_out(county.store, acts, tell=told.append)
    assert [o.done is not None for o in outcomes] == [True, False, True]
    assert "刚刚被别人办理过" in outcomes[1].why_not
    assert [county.state(t) for t in chosen] == ["dispatched", "rejected", "dispatched"]
    assert [(p.done, p.total) for p in told] == [(1, 3), (2, 3), (3, 3)]
    assert bulk.changes(outcomes).tickets == {chosen[0], chosen[2]}


def test_what_was_refused_is_tried_on_the_ticket_as_it_is_now(county: Database) -> None:
    one = county.ticket()
    acts = [bulk.act_on(row, Action.VERIFY_AND_DISPATCH, {"lead": "甲镇"}) for row in rows_of(county, [one])]
    act(county, one, Action.REJECT, reason="重复", reason_code="duplicate")
    act(county, one, Action.RESTORE, reason="误操作")
    refused = bulk.carry_out(county.store, acts)
    with county.store.read() as connection:
        anew = bulk.again(connection, refused)
    assert anew[0].command_id != acts[0].command_id
    assert bulk.carry_out(county.store, anew)[0].done is not None


@dataclass
class Answerless:
    """A store whose line breaks after the commit of the act of that number."""

    store: Store
    breaks: int
    done: int = 0

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self.store.write() as connection:
            yield connection
        self.done += 1
        if self.done >= self.breaks:
            raise EnvironmentProblem("连接断了", code="gone")


def test_a_lost_answer_ends_the_run_and_happens_once(county: Database) -> None:
    chosen = [county.ticket() for _ in range(3)]
    acts = [bulk.act_on(r, Action.VERIFY_AND_DISPATCH, {"lead": "甲镇"}) for r in rows_of(county, chosen)]
    outcomes = bulk.carry_out(Answerless(county.store, 2), acts)
    assert [o.unsure for o in outcomes] == [False, True, True]
    assert [county.state(t) for t in chosen] == ["dispatched", "dispatched", "pending"]
    with county.store.read() as connection:
        anew = bulk.again(connection, outcomes[1:])
    assert [a.command_id for a in anew] == [a.command_id for a in acts[1:]]
    assert all(o.done for o in bulk.carry_out(county.store, anew))
    events = county.one("SELECT count(*) FROM pd.event WHERE action = 'verify_and_dispatch'")
    assert events == 3


def test_a_cancelled_run_leaves_the_rest_untouched(county: Database) -> None:
    chosen = [county.ticket() for _ in range(3)]
    seen: list[Any] = []
    acts = [bulk.act_on(r, Action.VERIFY_AND_DISPATCH, {"lead": "甲镇"}) for r in rows_of(county, chosen)]
    outcomes = bulk.carry_out(county.store, acts, tell=seen.append, cancelled=lambda: bool(seen))
    assert [o.done is not None for o in outcomes] == [True, False, False]
    assert not outcomes[2].unsure
    assert county.state(chosen[2]) == "pending"


def test_a_bulk_dispatch_is_taken_back_where_nobody_signed(county: Database) -> None:
    chosen = [county.ticket() for _ in range(2)]
    outcomes = dispatch(county, chosen)
    act(county, chosen[0], Action.ACKNOWLEDGE, login="liaison-01")
    back = bulk.carry_out(county.store, bulk.recalls(outcomes))
    assert [o.done is not None for o in back] == [False, True]
    assert [county.state(t) for t in chosen] == ["rectifying", "pending"]
    assert bulk.recalls(back) == ()


def test_where_each_should_go_is_what_one_alone_is_told(county: Database) -> None:
    from app.tickets import queries

    county.liaison("liaison-02", "乙镇")
    act(county, county.ticket("甲镇"), Action.VERIFY_AND_DISPATCH, lead="乙镇")
    chosen = [county.ticket("甲镇"), county.ticket("乙镇"), county.ticket("甲镇")]
    with county.store.read() as connection:
        many = bulk.proposals(connection, chosen)
        alone = [queries.propose_dispatch(connection, one) for one in chosen]
    assert [(p.id, p.agency, p.why) for p in many.lines] == [
        (one, p.agency, p.why) for one, p in zip(chosen, alone, strict=True)
    ]
    assert many.lines[0].agency == "乙镇"
    assert many.due_on == alone[0].due_on
    with county.store.read() as connection:
        assert bulk.proposals(connection, []) == bulk.Proposals(())


def test_all_that_match_are_chosen_and_too_many_are_refused(
    county: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = {county.ticket() for _ in range(3)}
    running = max(chosen)
    act(county, running, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    with county.store.read() as connection:
        assert set(bulk.ids(connection, TicketFilter(), person=OFFICER)) == chosen
        # The list by deadline shows running clocks only, and no more than it shows is chosen.
        assert bulk.ids(connection, TicketFilter(), person=OFFICER, order=Order.DEADLINE) == (running,)
        wanted = TicketFilter(states=frozenset({State.CLOSED}))
        assert bulk.ids(connection, wanted, person=OFFICER) == ()
        monkeypatch.setattr(bulk, "MOST", 2)
        with pytest.raises(UserError, match="一次最多选 2 件"):
            bulk.ids(connection, TicketFilter(), person=OFFICER)


def test_a_liaison_chooses_only_what_the_agency_holds(county: Database) -> None:
    chosen = [county.ticket() for _ in range(2)]
    dispatch(county, chosen[:1])
    person = Person("liaison-01", "罗敏", Group.LIAISON, 1, "甲镇", False)
    store = county.person("liaison-01")
    with store.read() as connection:
        assert bulk.ids(connection, TicketFilter(), person=person) == (chosen[0],)
        seen = bulk.rows(connection, chosen)
    assert [row.id for row in seen] == [chosen[0]]
    assert set(bulk.possible(seen, person)) == {Action.ACKNOWLEDGE}
    assert bulk.carry_out(store, [bulk.act_on(seen[0], Action.ACKNOWLEDGE)])[0].done is not None
    store.close()


def test_what_can_be_done_follows_the_states(county: Database) -> None:
    waiting, sent = county.ticket(), county.ticket()
    dispatch(county, [sent])
    found = bulk.possible(rows_of(county, [waiting, sent]), OFFICER)
    assert {action: [r.id for r in rows] for action, rows in found.items()} == {
        Action.VERIFY_AND_DISPATCH: [waiting],
        Action.REMIND: [sent],
        Action.SUPERVISE: [sent],
        Action.REJECT: [waiting],
        Action.RECALL: [sent],
    }
