"""A filter as SQL: one place decides what a condition means, for lists, counts and the desk alike."""

from __future__ import annotations

from typing import Any

from app.clock import next_month
from app.tickets import facets
from app.tickets.rows import Order, TicketFilter, Waiting
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


def conditions(
    wanted: TicketFilter, person: Person, order: Order = Order.NEWEST
) -> tuple[list[str], dict[str, Any]]:
    """SQL conditions on ticket `t` and their parameters. Deadline order: running clocks only."""
    where: list[str] = ["t.runs_until IS NOT NULL"] if order is Order.DEADLINE else []
    values: dict[str, Any] = {}
    if wanted.states:
        where.append("t.state = ANY (:states)")
        values["states"] = sorted(s.value for s in wanted.states)
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


def _waiting(waiting: Waiting, person: Person, where: list[str], values: dict[str, Any]) -> None:
    if waiting is Waiting.OVERDUE:
        where.append("t.runs_until < pd.today()")
    elif waiting is Waiting.TODAY:
        where.append("t.runs_until = pd.today()")
    elif waiting is Waiting.DUE_SOON:
        where.append(
            "t.runs_until BETWEEN pd.today() AND pd.due(pd.today(), pd.rule_number('due_soon_days', pd.today()))"
        )
    elif waiting is Waiting.CALL_BACK:  # Art. 15, as models.rules.ratings.is_called_back
        where.append("t.platform = 'hotline' AND t.level <= 2 AND t.state <> 'rejected'")
    else:
        states = _WAITS_FOR.get(person.group, ()) if waiting is Waiting.ME else _STATES[waiting]
        where.append("t.state = ANY (:waiting_states)")
        values["waiting_states"] = list(states)
