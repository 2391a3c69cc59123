"""Where a ticket should go, why, and when it would be due if it went today."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from app.errors import UserError
from app.registry import queries
from app.tickets.rows import Proposal
from models.rules.proposing import Candidate, Facts, History, candidates

#: Beside the agency proposed first, at most so many others are offered.
OTHERS = 2
#: History is looked for among so many of the latest tickets and within two years: what was long ago counts no more,
#: and the search stays short however many there are.
_LATEST = 20_000

#: SELECT list over ticket `t`: what decides, so that tickets alike in it are proposed the same.
KIND = """
    t.agency_id, t.item_id,
    (SELECT h.agency_id FROM rating r JOIN hall h ON h.id = r.hall_id WHERE r.id = t.rating_id) AS counter_id
"""


def propose_dispatch(connection: Connection, ticket_id: int) -> Proposal:
    """The agency that most speaks for (models.rules.proposing), up to two others, and the due date if sent today."""
    found = connection.execute(
        text(f"SELECT {KIND} FROM ticket t WHERE t.id = :id"), {"id": ticket_id}
    ).first()
    if found is None:
        raise UserError("没有这张工单，或您无权查看。", code="not_found")
    first, *others = candidates(_facts(connection, ticket_id, found))
    today = queries.today(connection)
    days = queries.rule_number(connection, "rectification_days")
    calendar = queries.calendar(connection, [(today, days)])
    deadline = calendar.deadline(today, days)
    return Proposal(
        first.agency,
        first.why,
        deadline.due,
        deadline.provisional,
        calendar.explain(today, days),
        _few(others),
    )


def _few(others: list[Candidate]) -> tuple[Candidate, ...]:
    return tuple(others[:OTHERS])


def _facts(connection: Connection, ticket_id: int, kind: Any) -> Facts:
    names = connection.execute(
        text("""
            SELECT (SELECT name FROM agency WHERE id = :agency) AS rated,
                   (SELECT name FROM agency WHERE id = :counter) AS counter,
                   (SELECT g.name FROM service_item i JOIN agency g ON g.id = i.agency_id WHERE i.id = :item) AS item"""),
        {"agency": kind.agency_id, "counter": kind.counter_id, "item": kind.item_id},
    ).one()
    return Facts(names.rated, names.counter, names.item, _history(connection, ticket_id, kind))


def _history(connection: Connection, ticket_id: int, kind: Any) -> tuple[History, ...]:
    """What became of the tickets of the same item and agency rated: who keeps them, who gave them back or lost them."""
    rows = connection.execute(
        text("""
            WITH latest AS (
                SELECT id, item_id, agency_id, declined FROM ticket
                WHERE opened_at > pd.now() - INTERVAL '2 years' ORDER BY opened_at DESC, id DESC LIMIT :latest),
            judged AS (
                SELECT a.agency_id, a.current AND NOT l.declined AS kept,
                       a.ended_by IN ('decline', 'redispatch') OR a.current AND l.declined AS given_back
                FROM latest l JOIN assignment a ON a.ticket_id = l.id AND a.part = 'lead'
                WHERE l.item_id = :item AND l.agency_id = :agency AND l.id <> :id)
            SELECT g.name, count(*) FILTER (WHERE kept) AS kept, count(*) FILTER (WHERE given_back) AS given_back
            FROM judged j JOIN agency g ON g.id = j.agency_id WHERE kept OR given_back
            GROUP BY g.id ORDER BY g.standing, g.id"""),
        {"item": kind.item_id, "agency": kind.agency_id, "id": ticket_id, "latest": _LATEST},
    )
    return tuple(History(r.name, r.kept, r.given_back) for r in rows)
