"""Filters of the ticket list that are kept under a name: one's own, and those an officer shares with everyone.

What is kept are conditions, never rows, so that everyone counts and lists under their own rights. A condition that
this program does not know (a newer one wrote it, or it was typed with `psql`) has no effect, is said, and stays.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.tickets.facets import Facet, Side
from app.tickets.rows import AtClose, Order, TicketFilter, Waiting
from models.rules.lifecycle import State

#: The form in which conditions are written; a newer one is read as far as it is known.
VERSION = 1
#: Characters of a name, as the database holds it.
LONGEST_NAME = 20
CHANGED = Changes(Kind.FILTERS)


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filter under a name. `owner`: the name of whoever keeps it; `own`: the reader does; `conditions`: as they
    are written, with what this program does not know; `above`: the reader is told of more tickets than this;
    `trouble`: what the reader has to know of it, as a sentence."""

    id: int
    name: str
    owner: str
    own: bool
    shared: bool
    filter: TicketFilter
    order: Order
    conditions: str
    above: int | None = None
    trouble: str = ""
    known: bool = True

    def fits(self, wanted: TicketFilter, order: Order) -> bool:
        """Whether a list shows just what is kept."""
        return (self.filter, self.order) == (wanted, order)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a command came to: the filter's id, and that filters were changed."""

    id: int
    changes: Changes = CHANGED


# conditions -----------------------------------------------------------------------------------------------


def _states(value: Any) -> frozenset[State]:
    if not isinstance(value, list):
        raise TypeError(value)
    return frozenset(State(one) for one in value)


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _month(value: Any) -> date:
    return date.fromisoformat(_words(value)).replace(day=1)


def _level(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 5:
        raise ValueError(value)
    return value


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _facets(value: Any) -> tuple[Facet, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(Facet(Side(_words(side)), _words(is_), _words(said)) for side, is_, said in value)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "states": _states,
    "agency": _words,
    "month": _month,
    "last_month": _month,
    "search": _words,
    "level": _level,
    "waiting": Waiting,
    "counted": _yes,
    "facets": _facets,
    "at_close": AtClose,
}


def written(wanted: TicketFilter, order: Order, before: str = "{}") -> str:
    """A filter as JSON; what this program does not know of the conditions `before` is kept."""
    old = json.loads(before)
    facts: dict[str, Any] = {key: old[key] for key in _unknown(old)}
    newest = _number(old.get("version"))
    facts |= {"version": max(VERSION, newest)}
    if wanted.states:
        facts["states"] = sorted(state.value for state in wanted.states)
    for name in ("agency", "search", "level", "waiting", "counted", "at_close"):
        if value := getattr(wanted, name):
            facts[name] = value
    if wanted.facets:
        facts["facets"] = [[facet.side.value, facet.value, facet.said] for facet in wanted.facets]
    for name in ("month", "last_month"):
        if month := getattr(wanted, name):
            facts[name] = month.isoformat()
    if order is not Order.NEWEST:
        facts["order"] = order.value
    return json.dumps(facts, ensure_ascii=False)


def understood(conditions: Mapping[str, Any]) -> tuple[TicketFilter, Order]:
    """The conditions as far as this program knows them."""
    unknown = _unknown(conditions)
    known = {
        name: read(conditions[name])
        for name, read in _READERS.items()
        if name in conditions and name not in unknown
    }
    order = Order.NEWEST if "order" in unknown else Order(conditions.get("order", Order.NEWEST))
    return TicketFilter(**known), order


def _unknown(conditions: Mapping[str, Any]) -> frozenset[str]:
    """The keys that say nothing to this program."""
    readers = {**_READERS, "order": Order, "version": _number}
    return frozenset(key for key, value in conditions.items() if not _reads(readers.get(key), value))


def _reads(read: Callable[[Any], Any] | None, value: Any) -> bool:
    try:
        return read is not None and read(value) is not None
    except (TypeError, ValueError):
        return False


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


# what is kept ---------------------------------------------------------------------------------------------

_ALL = text("""
SELECT f.id, f.name, coalesce(u.name, f.owner) AS owner, f.owner = session_user AS own, f.shared, f.conditions, n.above,
       EXISTS (SELECT FROM agency a WHERE a.name = f.conditions ->> 'agency') AS agency_stands
FROM saved_filter f
LEFT JOIN app_user u ON u.login = f.owner
LEFT JOIN filter_notice n ON n.filter_id = f.id AND n.login = session_user
ORDER BY f.owner = session_user DESC, f.id""")


def saved_filters(connection: Connection) -> tuple[SavedFilter, ...]:
    """One's own filters, then those that others share, each in the order in which they were first kept."""
    return tuple(_saved(row) for row in connection.execute(_ALL))


def _saved(row: Any) -> SavedFilter:
    wanted, order = understood(row.conditions)
    known = not _unknown(row.conditions) and _number(row.conditions.get("version")) <= VERSION
    return SavedFilter(
        id=row.id, name=row.name, owner=row.owner, own=row.own, shared=row.shared, filter=wanted, order=order,
        conditions=json.dumps(row.conditions, ensure_ascii=False), above=row.above,
        trouble=_trouble(row.name, wanted, known=known, agency_stands=row.agency_stands), known=known,
    )  # fmt: skip


def _trouble(name: str, wanted: TicketFilter, *, known: bool, agency_stands: bool) -> str:
    if not known:
        return f"“{name}”里有本版本不认识的条件，没有起作用，已原样保留；更新程序后再用它提醒和计数。"
    if wanted.agency and not agency_stands:
        return f"名录里已没有“{wanted.agency}”，“{name}”暂时列不出工单。"
    return ""


# commands -------------------------------------------------------------------------------------------------


def save(connection: Connection, name: str, wanted: TicketFilter, order: Order) -> Kept:
    """Keeps a filter under a new name, for oneself. Raises UserError."""
    return _save(connection, None, name, written(wanted, order), shared=False)


def update(connection: Connection, kept: SavedFilter, wanted: TicketFilter, order: Order) -> Kept:
    """Keeps other conditions under the same name. Raises UserError."""
    return _save(connection, kept.id, kept.name, written(wanted, order, kept.conditions), shared=kept.shared)


def rename(connection: Connection, kept: SavedFilter, name: str) -> Kept:
    """Gives a filter another name. Raises UserError."""
    return _save(connection, kept.id, name, kept.conditions, shared=kept.shared)


def share(connection: Connection, kept: SavedFilter, *, shared: bool) -> Kept:
    """Shares a filter with everyone who handles tickets, or ends it. Raises UserError."""
    return _save(connection, kept.id, kept.name, kept.conditions, shared=shared)


def drop(connection: Connection, kept: SavedFilter) -> Kept:
    """Forgets a filter. Raises UserError."""
    connection.execute(text("SELECT pd.drop_filter(:filter)"), {"filter": kept.id})
    return Kept(kept.id)


def bring_back(connection: Connection, kept: SavedFilter) -> Kept:
    """Keeps a dropped filter again, as it was, with one's own notice; it belongs to whoever brings it back."""
    made = _save(connection, None, kept.name, kept.conditions, shared=kept.shared)
    return watch(connection, replace(kept, id=made.id), kept.above) if kept.above is not None else made


def watch(connection: Connection, kept: SavedFilter, above: int | None) -> Kept:
    """Asks to be told once more than `above` tickets match; None ends it. Raises UserError."""
    connection.execute(text("SELECT pd.watch_filter(:filter, :above)"), {"filter": kept.id, "above": above})
    return Kept(kept.id)


def _save(connection: Connection, kept: int | None, name: str, conditions: str, *, shared: bool) -> Kept:
    facts = {"filter": kept, "name": name, "conditions": conditions, "shared": shared}
    statement = "SELECT pd.save_filter(:filter, :name, CAST(:conditions AS jsonb), :shared)"
    return Kept(int(connection.execute(text(statement), facts).scalar_one()))
