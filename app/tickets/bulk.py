"""Many tickets at once: one command a ticket, each with its own number, each with a result of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from app.changes import Changes
from app.database import retry
from app.errors import EnvironmentProblem, UserError
from app.tickets import commands, filters
from app.tickets.commands import Done
from app.tickets.proposing import KIND, propose_dispatch
from app.tickets.rows import Order, Proposal, TicketFilter, TicketRow
from app.tickets.selection import EACH, ROW, row_of
from app.workspace import Person
from models.rules.lifecycle import Action, allowed

#: Tickets chosen at once.
MOST = 5_000
#: What can be done to many at once; the rest asks for something else on every ticket.
ACTIONS = (
    Action.VERIFY_AND_DISPATCH,
    Action.ACKNOWLEDGE,
    Action.APPROVE,
    Action.REPORT,
    Action.REMIND,
    Action.SUPERVISE,
    Action.REJECT,
    Action.RECALL,
)
#: How far work is, as a stage in Chinese.
STAGE = "正在逐件办理"
_AWAY = "数据库连接中断，没有确认；恢复后请重试，已办的不会重复。"
_STOPPED = "已取消，没有办理。"


@dataclass(frozen=True, slots=True)
class Progress:
    """Acts done, of how many."""

    stage: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """Where one of many tickets should go, and why."""

    row: TicketRow
    agency: str
    why: str

    @property
    def id(self) -> int:
        """The ticket's."""
        return self.row.id


@dataclass(frozen=True, slots=True)
class Proposals:
    """Where many tickets should go; they all fall due on one day if they go today."""

    lines: tuple[Proposed, ...]
    due_on: date | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """One action on one ticket, as `commands.act` takes it. `id`: the ticket's."""

    id: int
    version: int
    number: str
    action: Action
    values: Mapping[str, Any] = field(default_factory=dict)
    command_id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an act: done, or why not. `unsure`: its answer was lost, so that it is tried under its own number."""

    act: Act
    done: Done | None = None
    why_not: str = ""
    unsure: bool = False

    @property
    def id(self) -> int:
        """The ticket's."""
        return self.act.id


def ids(
    connection: Connection, wanted: TicketFilter, *, person: Person, order: Order = Order.NEWEST
) -> tuple[int, ...]:
    """The tickets that a list in that order shows, newest first, at most `MOST`; raises UserError where there are
    more."""
    where, values = filters.conditions(wanted, person, order)
    matching = f"SELECT t.id FROM ticket t{' WHERE ' + ' AND '.join(where) if where else ''}"
    found = connection.execute(
        text(f"{matching} ORDER BY t.opened_at DESC, t.id DESC LIMIT :limit"), values | {"limit": MOST + 1}
    ).scalars()
    chosen = tuple(found)
    if len(chosen) > MOST:
        raise UserError(f"一次最多选 {MOST:,} 件，请先用筛选条件缩小范围。", code="too_many")
    return chosen


def rows(connection: Connection, chosen: Sequence[int]) -> tuple[TicketRow, ...]:
    """The tickets as they are now, in the order given; those that this person may no longer see are left out."""
    found = connection.execute(text(f"{ROW} FROM {EACH}"), {"ids": list(chosen)})
    by_id = {row.id: row_of(row) for row in found}
    return tuple(by_id[one] for one in chosen if one in by_id)


def possible(chosen: Iterable[TicketRow], person: Person) -> dict[Action, tuple[TicketRow, ...]]:
    """Which of the tickets allow which action to this person, as far as their states tell."""
    found: dict[Action, list[TicketRow]] = {}
    for row in chosen:
        for action in allowed(row.state, person.group):
            if action in ACTIONS and not (action is Action.VERIFY_AND_DISPATCH and row.declined):
                found.setdefault(action, []).append(row)
    return {action: tuple(found[action]) for action in ACTIONS if action in found}


def proposals(connection: Connection, chosen: Sequence[int]) -> Proposals:
    """Where each should go: asked once for all that are alike in what decides."""
    found = connection.execute(text(f"SELECT t.id, {KIND} FROM {EACH}"), {"ids": list(chosen)})
    kinds = {one: tuple(kind) for one, *kind in found}
    known: dict[tuple[Any, ...], Proposal] = {}
    for one, kind in kinds.items():
        if kind not in known:
            known[kind] = propose_dispatch(connection, one)
    lines = tuple(
        Proposed(row, known[kinds[row.id]].agency, known[kinds[row.id]].why)
        for row in rows(connection, chosen)
        if row.id in kinds
    )
    first = next(iter(known.values()), None)
    return Proposals(lines, first.due_on, first.provisional) if first else Proposals(())


def act_on(row: TicketRow, action: Action, values: Mapping[str, Any] | None = None) -> Act:
    """An act on a ticket as it is shown."""
    return Act(row.id, row.version, row.number or row.case_number or str(row.id), action, values or {})


def carry_out(
    store: retry.Store,
    acts: Sequence[Act],
    *,
    tell: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    wait: Callable[[float], object] = time.sleep,
) -> tuple[Outcome, ...]:
    """Each act in a unit of work of its own, so that one refused stands in nobody's way.

    Never raises for an act: what was not done says why. When the database stays away, the rest is not tried.
    """
    outcomes: list[Outcome] = []
    away = False
    for number, one in enumerate(acts, 1):
        if away or cancelled():
            outcomes.append(Outcome(one, why_not=_AWAY if away else _STOPPED, unsure=away))
            continue
        outcomes.append(_carry_out(store, one, wait))
        away = outcomes[-1].unsure
        if tell is not None:
            tell(Progress(STAGE, number, len(acts)))
    return tuple(outcomes)


def _carry_out(store: retry.Store, one: Act, wait: Callable[[float], object]) -> Outcome:
    def unit(connection: Connection) -> Done:
        return commands.act(
            connection, one.id, one.version, one.action, command_id=one.command_id, **one.values
        )

    try:
        done = retry.in_unit(store, unit, wait=wait)
    except UserError as refusal:
        return Outcome(one, why_not=refusal.message)
    except EnvironmentProblem as problem:
        return Outcome(one, why_not=f"{problem.message}（没有确认，请重试）", unsure=True)
    return Outcome(one, done)


def again(connection: Connection, failed: Iterable[Outcome]) -> tuple[Act, ...]:
    """The acts to try again: the unsure ones as they were, the refused ones on the ticket as it is now."""
    kept = tuple(failed)
    now = {row.id: row for row in rows(connection, [o.id for o in kept])}
    return tuple(_renewed(o, now.get(o.id)) for o in kept)


def _renewed(outcome: Outcome, now: TicketRow | None) -> Act:
    if outcome.unsure or now is None:
        return outcome.act
    return replace(outcome.act, version=now.version, command_id=uuid4())


def recalls(outcomes: Iterable[Outcome]) -> tuple[Act, ...]:
    """What takes a bulk dispatch back, for every ticket that was dispatched and not touched since."""
    return tuple(
        Act(o.id, o.done.version, o.act.number, Action.RECALL)
        for o in outcomes
        if o.done is not None and o.act.action is Action.VERIFY_AND_DISPATCH
    )


def changes(outcomes: Iterable[Outcome]) -> Changes:
    """What all of them changed."""
    together = Changes()
    for outcome in outcomes:
        if outcome.done is not None:
            together |= outcome.done.changes
    return together
