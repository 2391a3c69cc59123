"""What is shown of callbacks. The database's policies decide which: a liaison reads the same way.

Due is what nobody has called to an end: bad ratings of 12345 (Art. 15), samples (Art. 24), and, for a liaison, the own
tickets that were handed in (Art. 3). What is due of 12345 and of the own tickets is no row yet: it is asked of tickets.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from app.callbacks.rows import (
    CallDetail,
    CallFilter,
    CallRow,
    Counts,
    Key,
    Outcomes,
    Page,
    Ref,
    StepLine,
    level_word,
)
from app.clock import next_month
from app.errors import UserError
from app.registry.queries import BodyKind, body
from app.tickets import queries as tickets
from app.workspace import Person
from models.rules import events
from models.rules.callbacks import (
    AGENCY_DUE,
    SETTLED,
    Decision,
    Kind,
    Outcome,
    Stand,
    Step,
    steps,
    why_not_reopened,
)
from models.rules.lifecycle import State
from models.rules.people import Group

__all__ = [
    "CallFilter",
    "CallRow",
    "Outcomes",
    "Ref",
    "counts",
    "detail",
    "due",
    "of_ticket",
    "outcomes",
    "page",
]

_KIND_NO = " ".join(f"WHEN '{kind.value}' THEN {number}" for number, kind in enumerate(Kind))
#: The number of a row, as `Ref.number` reckons it.
_ID = f"((x.ticket_id * {len(Kind)} + CASE x.kind {_KIND_NO} END) * 1000 + x.round)"
_STATES = ",".join(f"'{state.value}'" for state in AGENCY_DUE)
#: What is due: ticket, kind, round and the rating's time.
_DUE = {
    Kind.HOTLINE: f"SELECT t.id AS ticket_id, 'hotline' AS kind, t.round, t.opened_at FROM ticket t WHERE {tickets.CALL_BACK}",
    Kind.SPOT_CHECK: """
        SELECT c.ticket_id, c.kind, c.round, c.opened_at FROM callback c JOIN ticket t ON t.id = c.ticket_id AND t.round = c.round
        WHERE c.kind = 'spot_check' AND c.outcome IS NULL AND t.state <> 'rejected'""",
    Kind.AGENCY: f"""
        SELECT t.id AS ticket_id, 'agency' AS kind, t.round, t.opened_at FROM assignment a JOIN ticket t ON t.id = a.ticket_id
        WHERE a.current AND a.part = 'lead' AND a.agency_id = (SELECT pd.my_agency()) AND t.state IN ({_STATES}) AND NOT EXISTS (
            SELECT FROM callback c WHERE c.ticket_id = t.id AND c.kind = 'agency' AND c.round = t.round AND c.outcome IS NOT NULL)""",
}  # fmt: skip
_SETTLED = """
    SELECT c.ticket_id, c.kind, c.round, c.called_at AS opened_at, c.outcome, c.decision FROM callback c WHERE c.outcome IS NOT NULL"""
_COUNTED = """
    SELECT c.ticket_id, c.kind, c.round, c.called_at AS opened_at, c.outcome, c.decision, k.agency_id AS holder_id
    FROM pd.counted_callbacks(:month, :past) k JOIN callback c ON c.id = k.callback_id"""
_OF = {
    Stand.UNDECIDED: "x.outcome = 'unsatisfied' AND x.decision IS NULL",
    Stand.DECIDED: "x.outcome = 'unsatisfied' AND x.decision IS NOT NULL",
} | {stand: f"x.outcome = '{stand.value}'" for stand in (Stand.SATISFIED, Stand.UNREACHABLE, Stand.DECLINED)}
_COLUMNS = """
    c.id AS callback, x.ticket_id AS ticket, x.kind, x.round,
    CASE WHEN c.tries = 0 AND c.outcome IS NULL AND c.version = 1 THEN 0 ELSE coalesce(c.version, 0) END AS version,
    coalesce(c.tries, 0) AS tries, c.outcome, c.decision, t.opened_at, c.called_at,
    (SELECT u.name FROM app_user u WHERE u.login = c.called_by) AS called_by, c.words, t.number, t.case_number,
    (SELECT i.name FROM service_item i WHERE i.id = t.item_id) AS item,
    (SELECT a.name FROM agency a WHERE a.id = t.holder_id) AS agency, t.level, t.state AS ticket_state"""
_JOINED = """JOIN ticket t ON t.id = x.ticket_id
    LEFT JOIN callback c ON c.ticket_id = x.ticket_id AND c.kind = x.kind AND c.round = x.round"""


def page(
    connection: Connection, wanted: CallFilter, *, person: Person, after: Key | None = None, limit: int = 100
) -> Page:
    """One page: what is due with the oldest rating first, what was called with the latest call first."""
    source, where, values = _conditions(wanted, person)
    sign, order = (">", "ASC") if wanted.is_due else ("<", "DESC")
    if after is not None:
        where.append(f"(x.opened_at, {_ID}) {sign} (:after_at, :after_id)")
        values |= {"after_at": after.at, "after_id": after.id}
    statement = f"""
        SELECT {_COLUMNS}, x.opened_at AS position FROM ({source}) x {_JOINED}{_where(where)}
        ORDER BY x.opened_at {order}, {_ID} {order} LIMIT :limit"""
    found = connection.execute(text(statement), values | {"limit": limit + 1}).all()
    rows = tuple(_row(one) for one in found[:limit])
    return Page(rows, Key(found[limit - 1].position, rows[-1].id) if len(found) > limit else None)


def counts(connection: Connection, wanted: CallFilter, *, person: Person) -> Counts:
    """What stands on the chips: as many as each would list with the month and the words asked for."""
    whole = CallFilter(month=wanted.month, search=wanted.search)
    kinds = {kind: _count(connection, _only(whole, kind), person) for kind in Kind}
    states: dict[Stand, int] = {s: _count(connection, replace(whole, state=s), person) for s in SETTLED}
    matching = _count(connection, wanted, person)
    return Counts(matching, kinds[Kind.HOTLINE], kinds[Kind.AGENCY], kinds[Kind.SPOT_CHECK], states)


def _only(wanted: CallFilter, kind: Kind) -> CallFilter:
    return replace(
        wanted,
        hotline=kind is Kind.HOTLINE,
        agency=kind is Kind.AGENCY,
        spot_check=kind is Kind.SPOT_CHECK,
    )


def due(connection: Connection, *, person: Person) -> int:
    """How many calls are due for a person."""
    return _count(connection, CallFilter(), person)


def undecided(connection: Connection, *, person: Person) -> int:
    """How many people are unsatisfied and nothing was decided."""
    return _count(connection, CallFilter(state=Stand.UNDECIDED), person)


def _count(connection: Connection, wanted: CallFilter, person: Person) -> int:
    source, where, values = _conditions(wanted, person)
    if not source:
        return 0
    statement = f"SELECT count(*) FROM ({source}) x JOIN ticket t ON t.id = x.ticket_id{_where(where)}"
    return int(connection.execute(text(statement), values).scalar_one())


def _conditions(wanted: CallFilter, person: Person) -> tuple[str, list[str], dict[str, Any]]:
    """The calls that are meant, `x`, and conditions on them and their tickets `t`."""
    where: list[str] = []
    values: dict[str, Any] = {}
    if wanted.is_due:
        kinds = [kind for kind in Kind if kind.group is person.group and wanted.kind in (None, kind)]
        source = " UNION ALL ".join(_DUE[kind] for kind in kinds)
    else:
        source = _COUNTED if wanted.counted else _SETTLED
        if wanted.state is not None:
            where.append(_OF[wanted.state])
    if wanted.counted:
        values |= {"month": wanted.month, "past": next_month(wanted.last_month or wanted.month or date.max)}
        if wanted.holder:
            where.append("x.holder_id = (SELECT id FROM agency WHERE name = :holder)")
            values["holder"] = wanted.holder
        if wanted.kind:
            where.append("x.kind = :kind")
            values["kind"] = wanted.kind.value
    elif wanted.month:
        where.append("t.opened_at >= pd.local_midnight(:month) AND t.opened_at < pd.local_midnight(:past)")
        values |= {"month": wanted.month, "past": next_month(wanted.month)}
    if wanted.search.strip():
        where.append("t.grams @@ pd.gram_query(:search)")
        values["search"] = wanted.search
        for number, word in enumerate(wanted.search.lower().split()):
            where.append(f"position(:word_{number} IN t.search) > 0")
            values[f"word_{number}"] = word
    return source or "SELECT NULL::bigint AS ticket_id, '' AS kind, 0 AS round, NULL::timestamptz AS opened_at LIMIT 0", where, values  # fmt: skip


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _row(found: Any) -> CallRow:
    facts = dict(found._mapping)
    facts.pop("position", None)
    return CallRow(
        **facts
        | {
            "kind": Kind(facts["kind"]),
            "outcome": Outcome(facts["outcome"]) if facts["outcome"] else None,
            "decision": Decision(facts["decision"]) if facts["decision"] else None,
            "ticket_state": State(facts["ticket_state"]),
        }
    )


def detail(connection: Connection, number: int, *, person: Person) -> CallDetail:
    """The call sheet of a row's number; raises UserError where this person may not see it."""
    ref = Ref.of(number)
    found = connection.execute(
        text(f"""SELECT {_COLUMNS} FROM (SELECT CAST(:ticket AS bigint) AS ticket_id, CAST(:kind AS text) AS kind,
                 CAST(:round AS integer) AS round) x {_JOINED}"""),
        {"ticket": ref.ticket, "kind": ref.kind.value, "round": ref.round},
    ).first()
    if found is None:
        raise UserError("没有这次回访，或您无权查看。", code="not_found")
    row, ticket = _row(found), tickets.ticket(connection, ref.ticket)
    caller = person.agency or body(connection, BodyKind.CENTRE).name
    allowed = steps(row.state, person.group, row.kind, row.ticket_state)
    return CallDetail(
        row, ticket, caller, _measures(ticket), _decided(connection, row), _steps(connection, row), allowed,
        _refused(row, allowed, person),
    )  # fmt: skip


def _refused(row: CallRow, allowed: tuple[Step, ...], person: Person) -> tuple[tuple[Step, str], ...]:
    """Steps shown greyed, with why."""
    if row.state is Stand.DUE and not allowed:
        return ((Step.CALL, "单位的回访由主办单位记录" if row.kind is Kind.AGENCY else "由中心回访"),)
    if row.state is not Stand.UNDECIDED:
        return ()
    if person.group is not Group.OFFICER:
        return ((Step.REOPEN, "不满意的由中心决定是否重新办理（细则第二十四条）"),)
    return () if Step.REOPEN in allowed else ((Step.REOPEN, why_not_reopened(row.ticket_state)),)


def _measures(ticket: tickets.TicketDetail) -> str | None:
    last = max(ticket.rectifications, key=lambda one: one.submitted_at, default=None)
    return last.measures if last else None


def _decided(connection: Connection, row: CallRow) -> str | None:
    if row.decision is None:
        return None
    found = connection.execute(
        text("SELECT decision_text FROM callback WHERE id = :id"), {"id": row.callback}
    ).scalar_one()
    return f"{row.decision.label}：{found}"


def _steps(connection: Connection, row: CallRow) -> tuple[StepLine, ...]:
    rows = connection.execute(
        text("""
            SELECT y.at, coalesce(u.name, y.actor) AS name, y.action, y.text
            FROM callback_try y LEFT JOIN app_user u ON u.login = y.actor
            WHERE y.callback_id = :id ORDER BY y.event_id"""),
        {"id": row.callback},
    )
    made = {"callback_made": f"回访：{row.outcome.label}"} if row.outcome else {}
    return tuple(StepLine(r.at, r.name, made.get(r.action, events.label(r.action)), r.text) for r in rows)


def of_ticket(connection: Connection, ticket_id: int, *, person: Person) -> tuple[CallRow, ...]:
    """The callbacks of one ticket, the due ones first, then the latest."""
    sources = [_DUE[kind] for kind in Kind if kind.group is person.group]
    parts = [*sources, "SELECT c.ticket_id, c.kind, c.round, c.opened_at FROM callback c"]
    each = " UNION ".join(f"SELECT * FROM ({part}) s WHERE s.ticket_id = :ticket" for part in parts)
    found = connection.execute(
        text(
            f"SELECT {_COLUMNS} FROM ({each}) x {_JOINED} ORDER BY c.outcome IS NOT NULL, c.called_at DESC, x.kind"
        ),
        {"ticket": ticket_id},
    )
    return tuple(_row(one) for one in found)


def outcomes(connection: Connection, first: date, past: date) -> dict[tuple[date, int], Outcomes]:
    """(month, agency) → how many rectified tickets were called and who is satisfied, from `first` up to `past`; of
    months that were closed, as it stood at the close."""
    rows = connection.execute(
        text("""
            SELECT month, agency_id, sum(called), sum(satisfied) FROM pd.callback_counts(:first, :past)
            GROUP BY month, agency_id"""),
        {"first": first, "past": past},
    )
    return {
        (month, agency): Outcomes(int(called), int(satisfied)) for month, agency, called, satisfied in rows
    }


def rework_due(connection: Connection) -> date:
    """Until when an agency would have that got its ticket back today."""
    return connection.execute(  # type: ignore[no-any-return]
        text("SELECT pd.due(pd.today(), pd.rule_number('rework_days', pd.today()))")
    ).scalar_one()


def script_of(sheet: CallDetail, day: str) -> str:
    """The words of the call sheet's script; `day`: the rating's, as the screen writes days."""
    from models.rules.callbacks import script

    row = sheet.row
    return script(
        sheet.caller,
        row.kind,
        day=day,
        agency=row.agency,
        item=row.item or "有关事项",
        level=level_word(row.level),
    )
