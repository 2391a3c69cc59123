"""From a kind and its months to a draft, and from a draft to what is issued: facts, template and text brought together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.circulars import commands, compose, facts, queries, templates
from app.circulars.commands import Done
from app.circulars.draft import Draft, bound
from app.circulars.facts import Facts
from app.circulars.rows import CircularDetail, Rendered
from app.circulars.templates import Template
from app.errors import UserError
from app.rankings.queries import Period
from app.registry.queries import BodyKind, body
from app.workspace import Person
from models.rules.circulars import OF_MONTHS, Kind

#: Makes the files of a draft, given its facts, its number and its day.
Files = Callable[[Draft, Facts | None, str, date], Sequence[Rendered]]


def period_of(kind: Kind, month: date) -> Period:
    """The months that a kind's circular of a month is about: that one, of the annual one the year up to it."""
    return Period(month.replace(month=1), month) if kind is Kind.ANNUAL else Period.month(month)


def template(connection: Connection, kind: Kind) -> Template:
    """The centre's template of a kind, the shipped one where it has none."""
    _version, kept = queries.template(connection, kind)
    return templates.shipped(kind) if kept is None else templates.from_json(kind, kept)


def read_facts(connection: Connection, kind: Kind, first: date, last: date, person: Person) -> Facts | None:
    """The facts of a circular; none of one that says no figures."""
    return facts.read(connection, kind, Period(first, last), person) if kind in OF_MONTHS else None


def compose_draft(connection: Connection, kind: Kind, period: Period, person: Person) -> tuple[Draft, Facts]:
    """The draft that writes itself, with its facts. Raises UserError."""
    found = facts.read(connection, kind, period, person)
    return compose.compose(found, template(connection, kind)), found


def create(connection: Connection, kind: Kind, period: Period, person: Person, command_id: UUID) -> Done:
    """Keeps a new draft of a period. Raises UserError."""
    draft, _found = compose_draft(connection, kind, period, person)
    return commands.create(connection, kind, period.first, period.last, draft, command_id=command_id)


def opened(connection: Connection, circular_id: int, person: Person) -> tuple[CircularDetail, Facts | None]:
    """A circular with the facts of its months as they stand now. Raises UserError."""
    detail = queries.circular(connection, circular_id)
    row = detail.row
    return detail, read_facts(connection, row.kind, row.first, row.last, person)


def issue(connection: Connection, circular_id: int, version: int, person: Person, files: Files) -> Done:
    """Issues a draft as it was kept, its figures as the closed months have them. Raises UserError."""
    detail, found = opened(connection, circular_id, person)
    if not detail.may_be_issued:
        raise UserError("这段时间还有没封账的月份，只能打印草稿；请先封账。", code="month_open")
    draft = bound(detail.draft, found.shown) if found is not None else detail.draft
    return commands.issue(
        connection, circular_id, version, draft, lambda number, on: files(draft, found, number, on)
    )


def withdraw(connection: Connection, circular_id: int, command_id: UUID) -> Done:
    """Keeps the draft of the circular that takes an issued one back. Raises UserError."""
    row = queries.circular(connection, circular_id).row
    if row.number_text is None or row.issued_on is None:
        raise UserError("只有已经印发的通报可以撤销。", code="refused")
    centre = body(connection, BodyKind.CENTRE).name
    draft = compose.withdrawal(
        row.title, row.number_text, row.issued_on, centre, template(connection, row.kind)
    )
    return commands.create(
        connection,
        Kind.WITHDRAWAL,
        row.first,
        row.last,
        draft,
        command_id=command_id,
        withdraws=circular_id,
    )
