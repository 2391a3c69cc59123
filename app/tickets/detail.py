"""One ticket with all that belongs to it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from app.cases import queries as cases
from app.clock import local_day
from app.documents.numerals import paper_number
from app.errors import UserError
from app.registry import queries
from app.tickets import attachments, contacts, contributions
from app.tickets.allowed import judge
from app.tickets.rows import (
    Clock,
    Feedback,
    FollowUp,
    Notice,
    RectificationRow,
    Returned,
    Revision,
    Round,
    TicketDetail,
    TicketRow,
    TimeLineEntry,
)
from app.tickets.selection import ROW, row_of
from models.rules import events
from models.rules.lifecycle import REJECT_REASONS, State
from models.rules.people import Group
from models.rules.worktime import Calendar


def ticket(connection: Connection, ticket_id: int) -> TicketDetail:
    """The ticket; raises UserError where there is none or this person may not see it."""
    found = connection.execute(text(f"{ROW} FROM ticket t WHERE t.id = :id"), {"id": ticket_id}).first()
    if found is None:
        raise UserError("没有这张工单，或您无权查看。", code="not_found")
    row = row_of(found)
    more = connection.execute(
        text(
            "SELECT reason, contact_name, contact_phone, province_created_at, rating_id, submitted_on"
            " FROM ticket WHERE id = :id"
        ),
        {"id": ticket_id},
    ).one()
    group, leads = _role(connection, ticket_id)
    allowed, refused = judge(row, group, leads)
    left = bool(more.contact_name or more.contact_phone)
    files = attachments.of_ticket(connection, ticket_id)
    return TicketDetail(
        row=row,
        reason=more.reason,
        label_texts=_labels(connection, row),
        contact_name=more.contact_name,
        contact_phone=more.contact_phone,
        contact_refused=contacts.why_not(row, group, leads, left=left),
        province_created_at=more.province_created_at,
        rounds=_rounds(connection, ticket_id),
        time_line=_time_line(connection, ticket_id),
        revisions=_revisions(connection, ticket_id, more.rating_id),
        follow_ups=_follow_ups(connection, ticket_id),
        rectifications=_rectifications(connection, ticket_id),
        clocks=_clocks(connection, row, more.submitted_on),
        allowed=allowed,
        refused=refused,
        attachments=files,
        returned=_returned(connection, row),
        contributions=contributions.of_ticket(connection, ticket_id, files),
        counted_too=cases.counted_too(connection, ticket_id),
    )


def causes(connection: Connection) -> dict[str, str]:
    """The causes that can be chosen, code → text, in their order."""
    rows = connection.execute(text("SELECT code, text FROM cause_code WHERE NOT retired ORDER BY standing"))
    return {row.code: row.text for row in rows}


def _role(connection: Connection, ticket_id: int) -> tuple[Group, bool]:
    """The reader's group, and whether their agency leads this ticket."""
    found = connection.execute(
        text("""
            SELECT pd.my_group(), EXISTS (SELECT FROM assignment WHERE ticket_id = :id AND current AND part = 'lead'
                                          AND agency_id = pd.my_agency())"""),
        {"id": ticket_id},
    ).one()
    return Group(found[0]), bool(found[1])


def _labels(connection: Connection, row: TicketRow) -> tuple[tuple[str, str], ...]:
    known = {
        code: f"{words}（已停用）" if retired else words
        for code, words, retired in connection.execute(
            text("SELECT code, text, retired FROM label_code WHERE code = ANY (:codes)"),
            {"codes": list(row.labels)},
        )
    }
    return tuple((code, known.get(code, code)) for code in row.labels)


def _rounds(connection: Connection, ticket_id: int) -> tuple[Round, ...]:
    rows = connection.execute(
        text("""
            SELECT g.name AS agency, x.part, x.round, x.received_on, x.due_on, x.acknowledged_at, x.ended_at, x.ended_by,
                   x.used_days, x.current
            FROM assignment x JOIN agency g ON g.id = x.agency_id WHERE x.ticket_id = :id
            ORDER BY x.round DESC, x.part DESC, g.standing"""),
        {"id": ticket_id},
    )
    return tuple(Round(**dict(r._mapping) | {"ended_by": _event_label(r.ended_by)}) for r in rows)


def _event_label(action: str | None) -> str | None:
    return events.label(action) if action else None


def _time_line(connection: Connection, ticket_id: int) -> tuple[TimeLineEntry, ...]:
    rows = connection.execute(
        text("""
            SELECT e.at, coalesce(u.name, e.actor) AS name, e.action, w.text, e.facts,
                   (SELECT g.name FROM agency g WHERE g.id = (e.facts ->> 'lead')::bigint) AS lead,
                   (SELECT g.name FROM agency g WHERE e.action = 'contribute'
                                                      AND g.id = (e.facts ->> 'agency')::bigint) AS co,
                   p.id AS paper, p.year AS paper_year, p.number AS paper_number
            FROM event e LEFT JOIN app_user u ON u.login = e.actor LEFT JOIN event_text w ON w.event_id = e.id
            LEFT JOIN paper p ON p.event_id = e.id
            WHERE e.ticket_id = :id ORDER BY e.id"""),
        {"id": ticket_id},
    )
    return tuple(TimeLineEntry(r.at, r.name, events.label(r.action), _words(r), _notice(r)) for r in rows)


def _notice(event: Any) -> Notice | None:
    if event.paper is None:
        return None
    return Notice(
        event.paper, paper_number("督办", event.paper_year, event.paper_number), local_day(event.at)
    )


def _words(event: Any) -> str | None:
    facts = event.facts
    parts = [f"主办：{event.lead}" if event.lead else None]
    if facts.get("reason_code"):
        parts.append(REJECT_REASONS.get(facts["reason_code"], facts["reason_code"]))
    if event.action == "deadline_moved":
        parts.append(f"{facts['from']} → {facts['to']}")
    if facts.get("receipt"):
        parts.append(f"回执号 {facts['receipt']}")
    if facts.get("paper"):
        parts.append(paper_number("转办", facts["year"], facts["number"]))
    if event.paper is not None:
        parts.append(paper_number("督办", event.paper_year, event.paper_number))
    parts.append(f"{event.co}：{event.text or ''}" if event.co else event.text)
    return "；".join(p for p in parts if p) or None


def _revisions(connection: Connection, ticket_id: int, rating_id: int | None) -> tuple[Revision, ...]:
    return _of_rating(connection, rating_id) if rating_id else _of_ticket(connection, ticket_id)


def _of_rating(connection: Connection, rating_id: int) -> tuple[Revision, ...]:
    rows = connection.execute(
        text("""
            SELECT v.level, b.loaded_at, v.reason FROM rating_revision v JOIN rating r ON r.id = v.rating_id
            LEFT JOIN LATERAL (SELECT coalesce((SELECT at FROM event e WHERE e.ticket_id = r.ticket_id
                AND e.action = 'revised' ORDER BY e.id DESC LIMIT 1), v.rated_at) AS loaded_at) b ON true
            WHERE v.rating_id = :id ORDER BY v.id"""),
        {"id": rating_id},
    ).all()
    if not rows:
        return ()
    first = connection.execute(
        text("SELECT first_level, rated_at, reason FROM rating WHERE id = :id"), {"id": rating_id}
    ).one()
    return (Revision(*first), *(Revision(*r) for r in rows))


def _of_ticket(connection: Connection, ticket_id: int) -> tuple[Revision, ...]:
    """A province ticket without a rating on file: each row tells what stood until it was changed."""
    before = connection.execute(
        text("SELECT level, at, reason FROM ticket_revision WHERE ticket_id = :id ORDER BY id"),
        {"id": ticket_id},
    ).all()
    if not before:
        return ()
    now = connection.execute(
        text("SELECT level, opened_at, reason FROM ticket WHERE id = :id"), {"id": ticket_id}
    ).one()
    moments = (now.opened_at, *(row.at for row in before))
    return tuple(Revision(row.level, at, row.reason) for row, at in zip((*before, now), moments, strict=True))


def _follow_ups(connection: Connection, ticket_id: int) -> tuple[FollowUp, ...]:
    rows = connection.execute(
        text(
            "SELECT level, reason, rated_at FROM rating WHERE ticket_id = :id AND rating_number = 2 ORDER BY rated_at"
        ),
        {"id": ticket_id},
    )
    return tuple(FollowUp(*r) for r in rows)


def _rectifications(connection: Connection, ticket_id: int) -> tuple[RectificationRow, ...]:
    rows = connection.execute(
        text("""
            SELECT r.submitted_at, r.found_true, r.found_reasonable, r.cause, r.measures, r.feedback, r.reviewed_by,
                   r.id, r.cause_code, c.text AS cause_text
            FROM rectification r LEFT JOIN cause_code c ON c.code = r.cause_code
            WHERE r.ticket_id = :id ORDER BY r.id DESC"""),
        {"id": ticket_id},
    )
    return tuple(
        RectificationRow(
            **dict(r._mapping) | {"feedback": _feedback(r.feedback), "answer": _answer(r.feedback)}
        )
        for r in rows
    )


def _answer(feedback: dict[str, Any]) -> Feedback:
    known = {key: feedback.get(key) for key in ("how", "at", "said", "attempts")}
    return Feedback(bool(feedback.get("reached")), **known)


def _returned(connection: Connection, row: TicketRow) -> Returned | None:
    """Why the ticket is being rectified again, None where it is for the first time."""
    if row.state is not State.RECTIFYING or row.rework_due_on is None:
        return None
    found = connection.execute(
        text("""
            SELECT e.action, w.text AS reason, coalesce(u.name, e.actor) AS by, e.at
            FROM event e LEFT JOIN app_user u ON u.login = e.actor LEFT JOIN event_text w ON w.event_id = e.id
            WHERE e.ticket_id = :id AND e.action IN ('return_for_rework', 'report_refused')
            ORDER BY e.id DESC LIMIT 1"""),
        {"id": row.id},
    ).first()
    return Returned(events.label(found.action), found.reason, found.by, found.at) if found else None


def _feedback(feedback: dict[str, Any]) -> str:
    if not feedback.get("reached"):
        return f"联系不上，共联系 {feedback.get('attempts')} 次"
    when = f"{_spoken(str(feedback['at']))}，" if feedback.get("at") else ""
    return f"{when}{feedback.get('how')}：{feedback.get('said')}"


def _spoken(at: str) -> str:
    """2026-11-03T14:20 → 2026年11月3日 14:20; anything else as it was typed."""
    try:
        when = datetime.fromisoformat(at)
    except ValueError:
        return at
    return f"{when.year}年{when.month}月{when.day}日 {when:%H:%M}"


def _clocks(connection: Connection, row: TicketRow, submitted_on: date | None) -> tuple[Clock, ...]:
    """The clocks on record, the running one last (Art. 23)."""
    if row.received_on is None:
        return ()
    starts = [("整改期限", row.received_on, queries.rule_number(connection, "rectification_days"))]
    if row.rework_due_on is not None:
        returned = connection.execute(
            text(
                "SELECT max(at) FROM event WHERE ticket_id = :id AND action IN ('return_for_rework', 'report_refused')"
            ),
            {"id": row.id},
        ).scalar_one()
        starts.append(("重办期限", local_day(returned), queries.rule_number(connection, "rework_days")))
    if row.report_due_on is not None and submitted_on is not None:
        starts.append(("报送期限", submitted_on, queries.rule_number(connection, "report_days")))
    calendar = queries.calendar(connection, [(start, days) for _, start, days in starts])
    return tuple(_clock(calendar, *start) for start in starts)


def _clock(calendar: Calendar, name: str, start: date, days: int) -> Clock:
    deadline = calendar.deadline(start, days)
    return Clock(name, start, deadline.due, deadline.provisional, calendar.explain(start, days))
