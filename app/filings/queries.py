"""What is shown of filings. The database's policies decide who reads them: officers and the bureau."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from app.documents.numerals import paper_number
from app.errors import UserError
from app.filings.rows import (
    Candidate,
    Counts,
    FilingDetail,
    FilingFilter,
    FilingRow,
    Line,
    Page,
    StepLine,
)
from models.rules import events
from models.rules.appeals import Effect
from models.rules.filings import WAITING, Kind, State, Step, allowed
from models.rules.lifecycle import State as TicketState
from models.rules.people import Group

_ROW = """
    SELECT f.id, f.year, f.number AS sequence, f.kind, f.first_month AS first, f.last_month AS last, f.recipient, f.state, f.version,
           f.lines, f.filed_on, coalesce((SELECT u.name FROM app_user u WHERE u.login = f.filed_by), f.filed_by) AS filed_by
    FROM filing f"""
#: A number as people type it, whole or in part, or one of the words of a line.
_SOUGHT = """(strpos(format('备案〔%s〕%s号', f.year, f.number), :sought) > 0 OR strpos(f.recipient, :sought) > 0
    OR EXISTS (SELECT FROM filing_line l WHERE l.filing_id = f.id AND strpos(concat_ws(' ', l.facts ->> 'agency', l.facts ->> 'item',
        l.facts ->> 'case_number', l.facts ->> 'ticket_number', l.facts ->> 'appellant',
        format('申诉〔%s〕%s号', l.facts ->> 'appeal_year', l.facts ->> 'appeal_number')), :sought) > 0))"""


def page(connection: Connection, wanted: FilingFilter, *, after: int | None = None, limit: int = 100) -> Page:
    """One page, the newest first."""
    where, values = _conditions(wanted)
    if after is not None:
        where.append("f.id < :after")
    found = connection.execute(
        text(f"{_ROW} WHERE {' AND '.join(where)} ORDER BY f.id DESC LIMIT :limit"),
        {**values, "after": after, "limit": limit + 1},
    )
    rows = tuple(_row(dict(one._mapping)) for one in found)
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def counts(connection: Connection, wanted: FilingFilter) -> Counts:
    """The counts behind the chips."""
    where, values = _conditions(wanted)
    matching = connection.execute(
        text(f"SELECT count(*) FROM filing f WHERE {' AND '.join(where)}"), values
    ).scalar_one()
    states = connection.execute(text("SELECT state, count(*) FROM filing GROUP BY state"))
    return Counts(matching, {State(state): number for state, number in states})


def _conditions(wanted: FilingFilter) -> tuple[list[str], dict[str, Any]]:
    where, values = ["true"], {}
    for name, given in (("state", wanted.state), ("kind", wanted.kind)):
        if given is not None:
            where.append(f"f.{name} = :{name}")
            values[name] = given.value
    if sought := wanted.search.strip():
        where.append(_SOUGHT)
        values["sought"] = sought
    return where, values


def _row(facts: dict[str, Any]) -> FilingRow:
    return FilingRow(**facts | {"kind": Kind(facts["kind"]), "state": State(facts["state"])})


def filing(connection: Connection, number: int, *, group: Group) -> FilingDetail:
    """One with its lines; `group`: whose steps are offered. Raises UserError where there is none for this person."""
    found = connection.execute(text(f"{_ROW} WHERE f.id = :id"), {"id": number}).one_or_none()
    if found is None:
        raise UserError("没有这份备案，或您无权查看。", code="not_found")
    row = _row(dict(found._mapping))
    more = connection.execute(
        text("""
            SELECT f.note, encode(f.lines_hash, 'hex') AS hash, f.chain_no, encode(f.chain_hash, 'hex') AS head,
                   f.lines_hash = (SELECT sha256(convert_to(string_agg(l.facts::text, E'\\n' ORDER BY l.line), 'UTF8'))
                                   FROM filing_line l WHERE l.filing_id = f.id) AS intact
            FROM filing f WHERE f.id = :id"""),
        {"id": number},
    ).one()
    said = _said(connection, number)
    return FilingDetail(
        row, more.note, more.hash, bool(more.intact), more.chain_no, more.head, _lines(connection, number),
        _steps(connection, number), allowed(row.state, group), said.get(Step.RETURN), said.get(Step.RESUBMIT),
    )  # fmt: skip


def _lines(connection: Connection, number: int) -> tuple[Line, ...]:
    rows = connection.execute(
        text("SELECT line, facts FROM filing_line WHERE filing_id = :id ORDER BY line"), {"id": number}
    )
    return tuple(Line(r.line, r.facts) for r in rows)


def _steps(connection: Connection, number: int) -> tuple[StepLine, ...]:
    rows = connection.execute(
        text("""
            SELECT p.at, coalesce(u.name, p.actor) AS actor, p.action, p.text
            FROM filing_step p LEFT JOIN app_user u ON u.login = p.actor WHERE p.filing_id = :id ORDER BY p.event_id DESC"""),
        {"id": number},
    )
    return tuple(StepLine(r.at, r.actor, events.label(r.action), r.text) for r in rows)


def _said(connection: Connection, number: int) -> dict[Step, str]:
    """What was said last when it was returned, and when it was sent again."""
    rows = connection.execute(
        text("""
            SELECT DISTINCT ON (action) action, text FROM filing_step
            WHERE filing_id = :id AND action IN ('filing_return', 'filing_resubmit') ORDER BY action, event_id DESC"""),
        {"id": number},
    )
    return {Step(r.action): r.text or "" for r in rows}


def candidates(connection: Connection, kind: Kind, first: date, last: date) -> tuple[Candidate, ...]:
    """What a filing of these months would hold, in its order; officers only."""
    if kind is Kind.CORRECTIONS:
        rows = connection.execute(
            text("""
                SELECT a.id, a.year, a.number, g.name AS agency, coalesce(i.name, '') AS item, a.effect AS result
                FROM unnest(pd.to_file(:kind, :first, :last)) WITH ORDINALITY AS k (id, n) JOIN appeal a ON a.id = k.id
                     JOIN agency g ON g.id = a.agency_id LEFT JOIN service_item i ON i.id = a.item_id ORDER BY k.n"""),
            {"kind": kind.value, "first": first, "last": last},
        )
        return tuple(
            Candidate(r.id, paper_number("申诉", r.year, r.number), r.agency, r.item, Effect(r.result).label)
            for r in rows
        )
    rows = connection.execute(
        text("""
            SELECT t.id, coalesce(t.number, '无省工单编号') AS number, g.name AS agency, coalesce(i.name, '') AS item, t.state AS result
            FROM unnest(pd.to_file(:kind, :first, :last)) WITH ORDINALITY AS k (id, n) JOIN ticket t ON t.id = k.id
                 JOIN agency g ON g.id = t.holder_id LEFT JOIN service_item i ON i.id = t.item_id ORDER BY k.n"""),
        {"kind": kind.value, "first": first, "last": last},
    )
    return tuple(Candidate(r.id, r.number, r.agency, r.item, TicketState(r.result).label) for r in rows)


def unfiled(connection: Connection) -> int:
    """Corrected appeals that no filing records yet."""
    return int(connection.scalar(text("SELECT count(*) FROM appeal WHERE state = 'corrected'")) or 0)


def first_unfiled(connection: Connection) -> date | None:
    """The month of the oldest decision that no filing records yet."""
    return connection.scalar(  # type: ignore[no-any-return]
        text("SELECT date_trunc('month', min(decided_on))::date FROM appeal WHERE state = 'corrected'")
    )


def waiting(connection: Connection, *, group: Group) -> int:
    """Filings with which a group has something to do."""
    states = [state.value for state in WAITING.get(group, ())]
    found = connection.scalar(
        text("SELECT count(*) FROM filing WHERE state = ANY (:states)"), {"states": states}
    )
    return int(found or 0)
