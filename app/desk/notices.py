"""What runs out, told once: two working days before, on the day, and when it is over; in working hours only.

A saved filter that somebody watches is told when its count rises above what they set; once it has fallen and rises
again, it is told again.

A notice names numbers and items, never the person who rated. What was told is remembered on this computer.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, text

from app.clock import local
from app.desk.queries import watched
from app.documents.numerals import paper_number
from app.settings import NOTICE_HOURS, default_folder
from app.tickets.queries import SavedFilter
from app.workspace import Person

log = logging.getLogger(__name__)

#: Tickets that one look takes in, those that ran out last first; a message counts them and lists none.
_MOST = 2000
#: Working hours, from and up to; days are those of the work calendar.
Hours = tuple[tuple[time, time], ...]


class Threshold(StrEnum):
    """What a deadline has come to, the most pressing first."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class Due:
    """A ticket whose deadline has come to a threshold."""

    ticket: int
    number: str | None
    item: str | None
    until: date
    threshold: Threshold

    @property
    def mark(self) -> str:
        """What it is remembered by: a deadline that moved is told anew."""
        return f"{self.ticket}:{self.threshold.value}:{self.until.isoformat()}"


@dataclass(frozen=True, slots=True)
class Crossed:
    """A watched filter whose count is above what its watcher set."""

    saved: SavedFilter
    count: int

    @property
    def mark(self) -> str:
        """What it is remembered by, as long as the count stays above."""
        return f"filter:{self.saved.id}"


@dataclass(frozen=True, slots=True)
class DueOrder:
    """An order to improve whose deadline has come to a threshold."""

    order: int
    number: str
    subject: str
    until: date
    threshold: Threshold

    @property
    def mark(self) -> str:
        """What it is remembered by: a deadline that moved is told anew."""
        return f"order:{self.order}:{self.threshold.value}:{self.until.isoformat()}"


#: What a notice can be about.
Notable = Due | DueOrder | Crossed

_WORKING = text("SELECT pd.now(), (SELECT working FROM calendar_day WHERE day = pd.today())")
_DUE = text("""
SELECT t.id, t.number, (SELECT name FROM service_item WHERE id = t.item_id), t.runs_until,
       CASE WHEN t.runs_until < pd.today() THEN 'overdue' WHEN t.runs_until = pd.today() THEN 'today' ELSE 'soon' END
FROM ticket t
WHERE t.runs_until <= pd.due(pd.today(), pd.rule_number('due_soon_days', pd.today()))
ORDER BY t.runs_until DESC, t.id LIMIT :most""")


_DUE_ORDERS = text("""
SELECT o.id, o.year, o.number, o.subject, o.due_on,
       CASE WHEN o.due_on < pd.today() THEN 'overdue' WHEN o.due_on = pd.today() THEN 'today' ELSE 'soon' END
FROM improvement_order o
WHERE o.state = 'issued' AND o.due_on <= pd.due(pd.today(), pd.rule_number('due_soon_days', pd.today()))
ORDER BY o.due_on DESC, o.id LIMIT :most""")


def hours_of(written: str) -> Hours:
    """`08:30-12:00 14:30-17:30` as hours; the usual ones where that cannot be read, none where it is empty."""
    try:
        spans = [span.split("-") for span in written.split()]
        return tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in spans)
    except ValueError:
        return hours_of(NOTICE_HOURS)


def found(connection: Connection, person: Person, hours: Hours) -> tuple[Notable, ...] | None:
    """The tickets and orders this person sees that are due soon, today or no more, and the watched filters that are
    above their number; None outside of working hours."""
    now, working = connection.execute(_WORKING).one()
    if not working or not within(now, hours):
        return None
    rows = connection.execute(_DUE, {"most": _MOST})
    due = (Due(ticket, number, item, until, Threshold(at)) for ticket, number, item, until, at in rows)
    crossed = (Crossed(line.saved, line.count) for line in watched(connection, person=person))
    return (*due, *_due_orders(connection), *crossed)


def _due_orders(connection: Connection) -> tuple[DueOrder, ...]:
    return tuple(
        DueOrder(order, paper_number("限改", year, number), subject, until, Threshold(at))
        for order, year, number, subject, until, at in connection.execute(_DUE_ORDERS, {"most": _MOST})
    )


def within(now: datetime, hours: Hours) -> bool:
    """Whether an instant lies in the hours, by the local clock."""
    clock = local(now).time()
    return any(begin <= clock < end for begin, end in hours)


@dataclass(slots=True)
class Told:
    """What was told on this computer, for each place (a person in a database): one JSON file."""

    folder: Path = field(default_factory=default_folder)

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.folder / "told.json"

    def fresh(self, place: str, found: Iterable[Notable]) -> tuple[Notable, ...]:
        """Those not told before, which count as told from now on; what is no longer found is forgotten."""
        known, found = self._read(), tuple(found)
        told = set(known.get(place, ()))
        fresh = tuple(one for one in found if one.mark not in told)
        marks = sorted(one.mark for one in found)
        if set(marks) != told:
            self._write(known | {place: marks})
        return fresh

    def _read(self) -> dict[str, list[str]]:
        try:
            facts = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}  # told once more: better than never
        return facts if isinstance(facts, dict) else {}

    def _write(self, facts: dict[str, list[str]]) -> None:
        draft = self.path.with_suffix(".new")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(facts), encoding="utf-8")
            draft.replace(self.path)
        except OSError as error:
            log.info("what was told is not remembered: %s", error)
