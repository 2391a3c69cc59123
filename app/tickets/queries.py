"""What is shown of tickets. Every query obeys the database's policies: a liaison reads the same way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from app.tickets import filters
from app.tickets.detail import causes, ticket
from app.tickets.facets import VALUES
from app.tickets.filters import CALL_BACK, conditions
from app.tickets.proposing import propose_dispatch
from app.tickets.rows import (
    AtClose,
    Clock,
    Feedback,
    FollowUp,
    Order,
    Page,
    PageKey,
    Proposal,
    RectificationRow,
    Returned,
    Revision,
    Round,
    TicketDetail,
    TicketFilter,
    TicketRow,
    TimeLineEntry,
    Waiting,
)
from app.tickets.saved import SavedFilter, saved_filters
from app.tickets.selection import ROW, row_of
from app.workspace import Person
from models.rules.people import Group

__all__ = [
    "CALL_BACK",
    "VALUES",
    "AtClose",
    "Clock",
    "Feedback",
    "FollowUp",
    "Order",
    "Page",
    "PageKey",
    "Proposal",
    "RectificationRow",
    "Returned",
    "Revision",
    "Round",
    "SavedFilter",
    "TicketDetail",
    "TicketFilter",
    "TicketRow",
    "TimeLineEntry",
    "Waiting",
    "causes",
    "conditions",
    "count",
    "page",
    "propose_dispatch",
    "saved_filters",
    "ticket",
]


def page(
    connection: Connection,
    wanted: TicketFilter,
    *,
    person: Person,
    order: Order = Order.NEWEST,
    after: PageKey | None = None,
    limit: int = 100,
) -> Page:
    """One page by key, so that page 1,000 costs what page 1 does. Deadline order: running clocks only."""
    where, values = filters.conditions(wanted, person, order)
    source, position, direction = _order(order, person)
    if after is not None:
        sign = "<" if direction == "DESC" else ">"
        where.append(f"({position}, {_identity(source)}) {sign} (:after_position, :after_id)")
        values |= {"after_position": after.position, "after_id": after.id}
    # The page is chosen by ids first: names and labels are fetched for its rows alone.
    chosen = (
        f"SELECT t.id, {position} AS position FROM {source}{_where(where)}"
        f" ORDER BY {position} {direction}, {_identity(source)} {direction} LIMIT :limit"
    )
    statement = (
        f"WITH chosen AS MATERIALIZED ({chosen}) {ROW} FROM chosen JOIN ticket t ON t.id = chosen.id"
        f" ORDER BY chosen.position {direction}, t.id {direction}"
    )
    found = connection.execute(text(statement), values | {"limit": limit + 1}).all()
    rows = tuple(row_of(r) for r in found[:limit])
    more = len(found) > limit
    return Page(rows, _key(rows[-1], order) if more else None)


def count(
    connection: Connection, wanted: TicketFilter, *, person: Person, order: Order = Order.NEWEST
) -> int:
    """How many tickets match: all that this person may see. Deadline order: running clocks only."""
    where, values = filters.conditions(wanted, person, order)
    return int(connection.execute(text(f"SELECT count(*) FROM ticket t{_where(where)}"), values).scalar_one())


def _order(order: Order, person: Person) -> tuple[str, str, str]:
    """Table, position and direction. A liaison pages the assignments of the agency, which has the index."""
    if order is Order.DEADLINE:
        return "ticket t", "t.runs_until", "ASC"
    if person.group is Group.LIAISON:
        own = "(SELECT ticket_id, opened_at FROM assignment WHERE current AND agency_id = (SELECT pd.my_agency()))"
        return f"{own} a JOIN ticket t ON t.id = a.ticket_id", "a.opened_at", "DESC"
    return "ticket t", "t.opened_at", "DESC"


def _identity(source: str) -> str:
    return "a.ticket_id" if " a JOIN " in source else "t.id"


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _key(row: TicketRow, order: Order) -> PageKey:
    position: Any = row.runs_until if order is Order.DEADLINE else row.opened_at
    return PageKey(position, row.id)
