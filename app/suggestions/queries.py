"""What is shown of suggestions. The database's policies decide which: a liaison reads the same way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from app.errors import UserError
from app.registry.queries import calendar
from models.rules import events
from models.rules.people import Group
from models.rules.suggestions import Source, State, Step, Topic, allowed
from models.rules.worktime import ExplainedDay


@dataclass(frozen=True, slots=True)
class SuggestionFilter:
    """All given conditions hold at once; `overdue`: dispatched and past its due day."""

    state: State | None = None
    overdue: bool = False
    search: str = ""


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One line of the list. `agency`: who has it, None at the centre; `days_left`: while it is dispatched."""

    id: int
    source: Source
    topic: Topic
    received_on: date
    place: str | None
    words: str
    state: State
    version: int
    agency: str | None
    due_on: date | None
    provisional: bool
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and the id after which the next page begins, None at the end."""

    rows: tuple[SuggestionRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class StepLine:
    """One thing that was done, in words for the screen."""

    at: datetime
    actor_name: str
    action: str
    agency: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class SuggestionDetail:
    """Everything the panel shows of one. `contact_refused`: why this person may not look now; `days`: from the
    day it was sent until it is due, each with why it counts."""

    row: SuggestionRow
    answer: str | None
    contact_name: str | None
    contact_phone: str | None
    contact_refused: str | None
    steps: tuple[StepLine, ...]
    allowed: tuple[Step, ...]
    days: tuple[ExplainedDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many match, how many stand in each state, how many are overdue."""

    matching: int
    states: dict[State, int]
    overdue: int


@dataclass(frozen=True, slots=True)
class Due:
    """When a suggestion would be due that is sent today."""

    due_on: date
    provisional: bool


_ROW = """
    SELECT s.id, s.source, s.topic, s.received_on, s.place, s.words, s.state, s.version,
           (SELECT name FROM agency WHERE id = s.holder_id) AS agency, s.due_on, s.provisional,
           CASE WHEN s.state = 'dispatched' THEN pd.days_left(s.due_on, pd.today()) END AS days_left
    FROM suggestion s"""


def page(
    connection: Connection, wanted: SuggestionFilter, *, after: int | None = None, limit: int = 100
) -> Page:
    """One page, the newest first."""
    where, values = _conditions(wanted)
    if after is not None:
        where.append("s.id < :after")
        values["after"] = after
    statement = f"{_ROW}{_where(where)} ORDER BY s.id DESC LIMIT :limit"
    found = connection.execute(text(statement), values | {"limit": limit + 1}).all()
    rows = tuple(_row(r) for r in found[:limit])
    return Page(rows, rows[-1].id if len(found) > limit else None)


def counts(connection: Connection, wanted: SuggestionFilter) -> Counts:
    """The counts behind the chips."""
    where, values = _conditions(wanted)
    matching = connection.execute(
        text(f"SELECT count(*) FROM suggestion s{_where(where)}"), values
    ).scalar_one()
    states = connection.execute(text("SELECT state, count(*) FROM suggestion GROUP BY state"))
    late, nothing = _conditions(SuggestionFilter(overdue=True))
    overdue = connection.execute(
        text(f"SELECT count(*) FROM suggestion s{_where(late)}"), nothing
    ).scalar_one()
    return Counts(int(matching), {State(state): int(number) for state, number in states}, int(overdue))


def _conditions(wanted: SuggestionFilter) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    values: dict[str, Any] = {}
    if wanted.state:
        where.append("s.state = :state")
        values["state"] = wanted.state.value
    if wanted.overdue:
        where.append("s.state = 'dispatched' AND s.due_on < pd.today()")
    if wanted.search.strip().isascii() and wanted.search.strip().isdecimal():
        where.append("(CAST(s.id AS text) = :number OR position(:number IN s.search) > 0)")
        values["number"] = wanted.search.strip()
    elif wanted.search.strip():
        where.append("s.grams @@ pd.gram_query(:search)")
        values["search"] = wanted.search
        for number, word in enumerate(wanted.search.lower().split()):
            where.append(f"position(:word_{number} IN s.search) > 0")
            values[f"word_{number}"] = word
    return where, values


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _row(found: Any) -> SuggestionRow:
    facts = dict(found._mapping)
    return SuggestionRow(
        **facts
        | {"source": Source(facts["source"]), "topic": Topic(facts["topic"]), "state": State(facts["state"])}
    )


def suggestion(connection: Connection, suggestion_id: int) -> SuggestionDetail:
    """One with all about it; raises UserError where there is none or this person may not see it."""
    found = connection.execute(text(f"{_ROW} WHERE s.id = :id"), {"id": suggestion_id}).first()
    if found is None:
        raise UserError("没有这件意见，或您无权查看。", code="not_found")
    row = _row(found)
    more = connection.execute(
        text(
            "SELECT answer, contact_name, contact_phone, pd.my_group() AS mine,"
            " CASE WHEN due_on IS NOT NULL THEN dispatched_on END AS sent FROM suggestion WHERE id = :id"
        ),
        {"id": suggestion_id},
    ).one()
    group = Group(more.mine)
    left = bool(more.contact_name or more.contact_phone)
    return SuggestionDetail(
        row,
        more.answer,
        more.contact_name,
        more.contact_phone,
        _why_not(row, group, left=left),
        _steps(connection, suggestion_id),
        allowed(row.state, group),
        _days(connection, more.sent) if more.sent else (),
    )


def _days(connection: Connection, sent: date) -> tuple[ExplainedDay, ...]:
    days = connection.execute(
        text("SELECT pd.rule_number('rectification_days', :day)"), {"day": sent}
    ).scalar_one()
    return calendar(connection, [(sent, days)]).explain(sent, days)


def _why_not(row: SuggestionRow, group: Group, *, left: bool) -> str | None:
    if not left:
        return "提出人没有留下联系方式"
    if group is Group.OFFICER or row.state is State.DISPATCHED:
        return None
    return "承办单位在办理期间可以查看联系方式"


def _steps(connection: Connection, suggestion_id: int) -> tuple[StepLine, ...]:
    rows = connection.execute(
        text("""
            SELECT p.at, coalesce(u.name, p.actor) AS name, p.action, a.name AS agency, p.text
            FROM suggestion_step p LEFT JOIN app_user u ON u.login = p.actor LEFT JOIN agency a ON a.id = p.agency_id
            WHERE p.suggestion_id = :id ORDER BY p.event_id"""),
        {"id": suggestion_id},
    )
    return tuple(StepLine(r.at, r.name, events.label(r.action), r.agency, r.text) for r in rows)


def due_if_sent(connection: Connection) -> Due:
    """When it would be due if it were sent today: as long as for a bad rating (ours)."""
    today, days = connection.execute(
        text("SELECT pd.today(), pd.rule_number('rectification_days', pd.today())")
    ).one()
    deadline = calendar(connection, [(today, days)]).deadline(today, days)
    return Due(deadline.due, deadline.provisional)


def contact(connection: Connection, record_number: int) -> tuple[str | None, str | None]:
    """Name and telephone of one's own recorded look, for ten minutes."""
    row = connection.execute(
        text("SELECT name, phone FROM pd.revealed_suggestion(:number)"), {"number": record_number}
    ).one()
    return row.name, row.phone
