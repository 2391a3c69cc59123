"""What is shown of appeals. The database's policies decide which: a liaison reads the same way."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from app.appeals.rows import (
    Appealable,
    AppealDetail,
    AppealedRating,
    AppealFilter,
    AppealRow,
    Counts,
    EvidenceRow,
    Page,
    Prepared,
    Signals,
    StepLine,
)
from app.errors import UserError
from app.registry.queries import calendar
from app.tickets.files import FileKind
from models.rules import events
from models.rules.appeals import Effect, Finding, State, Step, Window, allowed, why_not_decide
from models.rules.people import Group
from models.rules.worktime import ExplainedDay

_ROW = """
    SELECT a.id, a.year, a.number, g.name, a.appellant, a.case_number, i.name, a.level, a.state, a.version, a.filed_at, a.finding_due_on,
           a.provisional, CASE WHEN a.state = 'filed' THEN pd.days_left(a.finding_due_on, pd.today()) END, a.finding, a.late
    FROM appeal a JOIN agency g ON g.id = a.agency_id LEFT JOIN service_item i ON i.id = a.item_id"""
_SOON = "pd.due(pd.today(), pd.rule_number('due_soon_days', pd.today()))"
#: Steps that find or decide.
_JUDGING = (Step.UPHOLD, Step.DISMISS_BY_AGENCY, Step.CORRECT, Step.DISMISS)


def page(connection: Connection, wanted: AppealFilter, *, after: int | None = None, limit: int = 100) -> Page:
    """One page, the newest first."""
    where, values = _conditions(wanted)
    if after is not None:
        where.append("a.id < :after")
        values["after"] = after
    found = connection.execute(
        text(f"{_ROW}{_where(where)} ORDER BY a.id DESC LIMIT :limit"), values | {"limit": limit + 1}
    ).all()
    rows = tuple(_row(r) for r in found[:limit])
    return Page(rows, rows[-1].id if len(found) > limit else None)


def counts(connection: Connection, wanted: AppealFilter) -> Counts:
    """The counts behind the chips."""
    states = connection.execute(text("SELECT state, count(*) FROM appeal GROUP BY state"))
    return Counts(
        _count(connection, wanted),
        {State(state): int(number) for state, number in states},
        _count(connection, AppealFilter(overdue=True)),
        _count(connection, AppealFilter(soon=True)),
    )


def of_ticket(connection: Connection, ticket_id: int) -> tuple[AppealRow, ...]:
    """The appeals against ratings of a ticket, those that the reader sees."""
    found = connection.execute(
        text(
            f"{_ROW} WHERE a.rating_id IN (SELECT r.id FROM rating r WHERE r.ticket_id = :id) ORDER BY a.id"
        ),
        {"id": ticket_id},
    )
    return tuple(_row(r) for r in found)


def _count(connection: Connection, wanted: AppealFilter) -> int:
    where, values = _conditions(wanted)
    return int(connection.execute(text(f"SELECT count(*) FROM appeal a{_where(where)}"), values).scalar_one())


def _conditions(wanted: AppealFilter) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    values: dict[str, Any] = {}
    if wanted.state:
        where.append("a.state = :state")
        values["state"] = wanted.state.value
    if wanted.overdue:
        where.append("a.state = 'filed' AND a.finding_due_on < pd.today()")
    if wanted.soon:
        where.append(f"a.state = 'filed' AND a.finding_due_on BETWEEN pd.today() AND {_SOON}")
    sought = "".join(c for c in wanted.search.strip().lower() if c not in "〔〕[]()（）")
    if sought:
        where.append("a.grams @@ pd.gram_query(:search)")
        values["search"] = sought
        for place, word in enumerate(sought.split()):
            where.append(f"position(:word_{place} IN a.search) > 0")
            values[f"word_{place}"] = word
    return where, values


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _row(found: Any) -> AppealRow:
    values = list(found)
    values[8] = State(values[8])
    values[14] = Finding(values[14]) if values[14] else None
    return AppealRow(*values)


# one ------------------------------------------------------------------------------------------------------


def appeal(connection: Connection, appeal_id: int) -> AppealDetail:
    """One with all about it; raises UserError where there is none or this person may not see it."""
    found = connection.execute(text(f"{_ROW} WHERE a.id = :id"), {"id": appeal_id}).first()
    if found is None:
        raise UserError("没有这件申诉，或您无权查看。", code="not_found")
    row = _row(found)
    more = connection.execute(_MORE, {"id": appeal_id}).one()
    group, days = Group(more.mine), int(more.days)
    steps = allowed(row.state, group)
    why = why_not_decide(more.my_name, more.me, row.appellant, None)
    decide = why or why_not_decide(more.my_name, more.me, row.appellant, more.found_by)
    refused = {step: decide if step in (Step.CORRECT, Step.DISMISS) else why for step in _JUDGING}
    window_days = calendar(connection, [(more.window_from, days)]).explain(more.window_from, days)
    return AppealDetail(
        row=row,
        rating=_rating(connection, appeal_id),
        statement=more.statement,
        told_on=more.told_on,
        window=Window(more.window_from, more.window_basis, more.window_due),
        window_days=window_days,
        filed_by=more.filed_name,
        found_text=more.found_text,
        found_on=more.found_on,
        found_by=more.found_name,
        confirmed_level=more.new_level,
        effect=Effect(more.effect) if more.effect else None,
        withdrew_ticket=more.withdrew_ticket,
        decided_text=more.decided_text,
        decided_on=more.decided_on,
        decided_by=more.decided_name,
        files=_files(connection, appeal_id),
        steps=_steps(connection, appeal_id),
        allowed=tuple(s for s in steps if not refused.get(s)),
        refused=tuple((s, said) for s in steps if (said := refused.get(s))),
        days=_clock(connection, row, more.received_on, days),
        may_add_files=row.state in (State.FILED, State.RETURNED)
        or (row.state is State.UPHELD_BY_AGENCY and group is Group.OFFICER),
        month_closed=more.month_closed,
    )


_MORE = text("""
    SELECT a.statement, a.told_on, a.window_from, a.window_basis, a.window_due, a.received_on, a.found_text, a.found_on, a.found_by,
           a.new_level, a.effect, a.withdrew_ticket, a.decided_text, a.decided_on, pd.my_group() AS mine, session_user::text AS me,
           coalesce((SELECT u.name FROM app_user u WHERE u.login = session_user), '') AS my_name,
           pd.rule_number('appeal_days', a.received_on) AS days,
           coalesce((SELECT u.name FROM app_user u WHERE u.login = a.filed_by), a.filed_by) AS filed_name,
           coalesce((SELECT u.name FROM app_user u WHERE u.login = a.found_by), a.found_by) AS found_name,
           coalesce((SELECT u.name FROM app_user u WHERE u.login = a.decided_by), a.decided_by) AS decided_name,
           EXISTS (SELECT FROM month_close k WHERE k.reopened_at IS NULL AND k.month = pd.month_of(a.rated_at)) AS month_closed
    FROM appeal a WHERE a.id = :id""")


def _clock(connection: Connection, row: AppealRow, received: date, days: int) -> tuple[ExplainedDay, ...]:
    if row.state not in (State.FILED, State.RETURNED):
        return ()
    return calendar(connection, [(received, days)]).explain(received, days)


def _rating(connection: Connection, appeal_id: int) -> AppealedRating:
    found = connection.execute(
        text("""
            SELECT r.rating_id, r.level::integer, r.first_level::integer,
                   ARRAY(SELECT coalesce(c.text, given.code) FROM unnest(r.labels) WITH ORDINALITY AS given (code, place)
                         LEFT JOIN label_code c USING (code) ORDER BY given.place) AS labels,
                   r.reason, r.rated_at, r.platform, r.hall, r.counter, r.staff, r.target, r.is_follow_up, r.ticket_id,
                   r.ticket_number, r.ticket_state
            FROM pd.appealed_rating(:id) r"""),
        {"id": appeal_id},
    ).one()
    values = list(found)
    values[3] = tuple(values[3])
    return AppealedRating(*values)


def _files(connection: Connection, appeal_id: int) -> tuple[EvidenceRow, ...]:
    found = connection.execute(
        text("""
            SELECT f.id, f.name, f.kind, f.size, encode(f.hash, 'hex'), f.added_at, coalesce(u.name, f.added_by), f.added_by = session_user
            FROM appeal_file f LEFT JOIN app_user u ON u.login = f.added_by WHERE f.appeal_id = :id ORDER BY f.id"""),
        {"id": appeal_id},
    )
    return tuple(EvidenceRow(row[0], row[1], FileKind(row[2]), *row[3:]) for row in found)


def _steps(connection: Connection, appeal_id: int) -> tuple[StepLine, ...]:
    found = connection.execute(
        text("""
            SELECT s.at, coalesce(u.name, s.actor), s.action, s.text FROM appeal_step s LEFT JOIN app_user u ON u.login = s.actor
            WHERE s.appeal_id = :id ORDER BY s.event_id DESC"""),
        {"id": appeal_id},
    )
    return tuple(StepLine(at, actor, events.label(action), words) for at, actor, action, words in found)


# filing ---------------------------------------------------------------------------------------------------


def appealable(connection: Connection, ticket_id: int) -> tuple[Appealable, ...]:
    """The ratings of a ticket, with why no appeal may be filed against one (not bad, or appealed already)."""
    found = connection.execute(
        text("""
            SELECT r.id, r.level::integer, r.rated_at, r.target, (SELECT m.name FROM staff_member m WHERE m.id = r.staff_id), r.rating_number > 1,
                   CASE WHEN r.level > 2 THEN '只有“不满意”“非常不满意”可以申诉'
                        WHEN EXISTS (SELECT FROM appeal a WHERE a.rating_id = r.id AND a.state <> 'withdrawn') THEN '已经申诉过' END
            FROM rating r WHERE r.ticket_id = :id ORDER BY r.target DESC, r.rating_number, r.id"""),
        {"id": ticket_id},
    )
    return tuple(Appealable(*row) for row in found)


def prepare(connection: Connection, rating_id: int, told: date | None) -> Prepared:
    """What filing against a rating now would mean. Raises UserError where this person may not file."""
    found = connection.execute(
        text("""
            SELECT p.agency_id, g.name, p.starts, p.basis, p.due, p.admitted, pd.today() AS today,
                   pd.is_provisional(p.starts, p.due) AS provisional, pd.rule_number('appeal_days', p.starts) AS days
            FROM pd.prepare_appeal(:rating, CAST(:told AS date)) p JOIN agency g ON g.id = p.agency_id"""),
        {"rating": rating_id, "told": told},
    ).one()
    window = Window(found.starts, found.basis, found.due)
    staff = connection.execute(
        text("SELECT id, name FROM staff_member WHERE agency_id = :agency ORDER BY name"),
        {"agency": found.agency_id},
    )
    return Prepared(
        found.name,
        window,
        calendar(connection, [(found.starts, found.days)]).explain(found.starts, found.days),
        found.provisional,
        window.is_over(found.today),
        found.admitted,
        tuple((int(number), str(name)) for number, name in staff),
    )


def signals(connection: Connection, appeal_id: int) -> Signals:
    """What may help to judge malice; officers only. Raises UserError."""
    found = connection.execute(text("SELECT * FROM pd.appeal_signals(:id)"), {"id": appeal_id}).one()
    return Signals(*found)


def content(connection: Connection, file_id: int) -> bytes:
    """The bytes of a piece of evidence; raises UserError where the reader does not see its appeal."""
    return bytes(connection.execute(text("SELECT pd.evidence_content(:id)"), {"id": file_id}).scalar_one())
