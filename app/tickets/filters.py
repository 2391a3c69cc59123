"""A filter as SQL: one place decides what a condition means, for lists, counts and the desk alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from app.clock import next_month
from app.tickets import facets
from app.tickets.facets import Side
from app.tickets.rows import AtClose, Order, TicketFilter, Waiting
from app.workspace import Person
from models.rules.people import Group

#: Which states wait for a group; a declined ticket waits for the officer as pending does.
_WAITS_FOR = {
    Group.OFFICER: ("pending", "submitted", "approved", "reported"),
    Group.LIAISON: ("dispatched", "rectifying"),
}
_STATES = {
    Waiting.VERIFY: ("pending",),
    Waiting.SIGN: ("dispatched",),
    Waiting.RECTIFY: ("rectifying",),
    Waiting.REVIEW: ("submitted",),
    Waiting.REPORT: ("approved",),
}

#: That the person who rated ticket `t` badly by 12345 was called to an end (Art. 15): in its round, or before, unless the
#: ticket was begun anew because of that call.
CALLED = """EXISTS (
    SELECT FROM callback c WHERE c.ticket_id = t.id AND c.kind = 'hotline' AND c.outcome IS NOT NULL
                             AND (c.round = t.round OR c.decision IS DISTINCT FROM 'reopen'))"""
#: That such a person is still to be called, as `models.rules.ratings.is_called_back`.
CALL_BACK = f"t.platform = 'hotline' AND t.level <= 2 AND t.state <> 'rejected' AND NOT {CALLED}"

# Which of the closed, and which of the open.
_STOOD = {
    AtClose.COUNTED: ("true", "true"),
    AtClose.HANDLED: ("c.handled", "o.handled_on IS NOT NULL"),
    AtClose.UNHANDLED: ("NOT c.handled", "o.handled_on IS NULL"),
    AtClose.UNSUBMITTED: ("NOT c.submitted", "o.submitted_on IS NULL"),
}
# Each month as the figures count it. Two branches, so that each goes by its own index.
_AS_COUNTED = """t.id IN (
    SELECT c.ticket_id FROM month_close m JOIN closed_ticket c ON c.close_id = m.id
    WHERE m.reopened_at IS NULL AND m.month >= :month AND m.month < :month_end AND {closed}
    UNION ALL
    SELECT o.id FROM ticket o
    WHERE o.opened_at >= pd.local_midnight(:month) AND o.opened_at < pd.local_midnight(:month_end) AND o.state <> 'rejected'
      AND NOT EXISTS (SELECT FROM month_close m WHERE m.reopened_at IS NULL AND m.month = pd.month_of(o.opened_at)) AND {open})"""
# A span is told by the agencies of its last month: as they stood then if it is closed and knows them.
_AGENCIES = """(
    SELECT a.agency_id FROM month_close l JOIN closed_agency a ON a.close_id = l.id
    WHERE l.reopened_at IS NULL AND l.month = :last_month AND a.{column} = :{value}
    UNION ALL
    SELECT a.id FROM agency a
    WHERE a.{column} = :{value} AND NOT EXISTS (
        SELECT FROM month_close l JOIN closed_agency b ON b.close_id = l.id
        WHERE l.reopened_at IS NULL AND l.month = :last_month AND b.{column} = :{value}))"""


def conditions(
    wanted: TicketFilter, person: Person, order: Order = Order.NEWEST
) -> tuple[list[str], dict[str, Any]]:
    """SQL conditions on ticket `t` and their parameters. Deadline order: running clocks only."""
    where: list[str] = ["t.runs_until IS NOT NULL"] if order is Order.DEADLINE else []
    values: dict[str, Any] = {}
    if wanted.states:
        where.append("t.state = ANY (:states)")
        values["states"] = sorted(s.value for s in wanted.states)
    if wanted.at_close and wanted.month:
        _as_counted(wanted, wanted.at_close, wanted.month, where, values)
        wanted = replace(
            wanted,
            agency=None,
            month=None,
            counted=False,
            facets=tuple(f for f in wanted.facets if f.side is not Side.GROUP),
        )
    if wanted.counted:
        where.append("t.state <> 'rejected'")
    if wanted.agency:
        where.append("t.holder_id = (SELECT id FROM agency WHERE name = :agency)")
        values["agency"] = wanted.agency
    if wanted.month:
        where.append(
            "t.opened_at >= pd.local_midnight(:month) AND t.opened_at < pd.local_midnight(:month_end)"
        )
        values |= {"month": wanted.month, "month_end": next_month(wanted.last_month or wanted.month)}
    if wanted.facets:
        more, parameters = facets.conditions(wanted.facets)
        where += more
        values |= parameters
    if wanted.level:
        where.append("t.level = :level")
        values["level"] = wanted.level
    if wanted.search.strip():
        where.append("t.grams @@ pd.gram_query(:search)")
        values["search"] = wanted.search
        for number, word in enumerate(wanted.search.lower().split()):
            # Pairs of characters may stand apart; the words as typed may not.
            where.append(f"position(:word_{number} IN t.search) > 0")
            values[f"word_{number}"] = word
    if wanted.waiting:
        _waiting(wanted.waiting, person, where, values)
    return where, values


def _as_counted(
    wanted: TicketFilter, which: AtClose, month: date, where: list[str], values: dict[str, Any]
) -> None:
    """The month, the agency and its group belong to the count."""
    last = wanted.last_month or month
    values |= {"month": month, "last_month": last, "month_end": next_month(last)}
    chosen = {"agency": wanted.agency} | {
        f.side.value: f.value for f in wanted.facets if f.side is Side.GROUP
    }
    closed, running = ([sql] for sql in _STOOD[which])
    for value, column in (("agency", "name"), ("group", "kind")):
        if chosen.get(value):
            values[value] = chosen[value]
            agencies = _AGENCIES.format(column=column, value=value)
            closed.append(f"c.agency_id IN {agencies}")
            running.append(f"o.holder_id IN {agencies}")
    where.append(_AS_COUNTED.format(closed=" AND ".join(closed), open=" AND ".join(running)))


def _waiting(waiting: Waiting, person: Person, where: list[str], values: dict[str, Any]) -> None:
    if waiting is Waiting.OVERDUE:
        where.append("t.runs_until < pd.today()")
    elif waiting is Waiting.TODAY:
        where.append("t.runs_until = pd.today()")
    elif waiting is Waiting.DUE_SOON:
        where.append(
            "t.runs_until BETWEEN pd.today() AND pd.due(pd.today(), pd.rule_number('due_soon_days', pd.today()))"
        )
    elif waiting is Waiting.CALL_BACK:
        where.append(CALL_BACK)
    else:
        states = _WAITS_FOR.get(person.group, ()) if waiting is Waiting.ME else _STATES[waiting]
        where.append("t.state = ANY (:waiting_states)")
        values["waiting_states"] = list(states)
