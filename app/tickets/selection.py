"""The columns of a ticket's row and how a row is read from them."""

from __future__ import annotations

from typing import Any

from app.tickets.filters import CALLED
from app.tickets.rows import TicketRow
from models.rules.lifecycle import State

#: SELECT list over ticket `t`; each name is looked up for the rows of the page alone.
ROW = f"""
SELECT t.id, t.number, t.case_number, t.state, t.declined, t.version,
    (SELECT name FROM agency WHERE id = t.holder_id) AS agency,
    (SELECT name FROM agency WHERE id = t.agency_id) AS rated_agency,
    ARRAY(SELECT name FROM agency WHERE id = ANY (t.co_ids) ORDER BY standing, id) AS co_agencies,
    (SELECT name FROM service_item WHERE id = t.item_id) AS item,
    t.platform, t.level, t.labels,
    (SELECT c.name FROM rating r JOIN counter c ON c.id = r.counter_id WHERE r.id = t.rating_id) AS counter,
    (SELECT s.name FROM rating r JOIN staff_member s ON s.id = r.staff_id WHERE r.id = t.rating_id) AS staff,
    t.rated_at, t.opened_at, t.received_on, t.due_on, t.rework_due_on, t.report_due_on, t.runs_until, t.provisional,
    CASE WHEN t.runs_until IS NOT NULL THEN pd.days_left(t.runs_until, pd.today()) END AS days_left,
    t.state = 'rejected' AND EXISTS (SELECT FROM event e WHERE e.ticket_id = t.id AND e.action = 'withdraw') AS withdrawn,
    t.platform = 'hotline' AND t.level <= 2 AND {CALLED} AS called
"""

#: Each ticket `t` of `:ids` by its key: asked for all at once under a liaison's policy, every ticket is read.
EACH = "unnest(CAST(:ids AS bigint[])) AS w (id), LATERAL (SELECT * FROM ticket WHERE id = w.id OFFSET 0) t"


def row_of(found: Any) -> TicketRow:
    """A TicketRow from a row selected with `ROW`."""
    facts = dict(found._mapping)
    return TicketRow(
        **facts
        | {
            "state": State(facts["state"]),
            "co_agencies": tuple(facts["co_agencies"]),
            "labels": tuple(facts["labels"]),
            "called": bool(facts["called"]),
        }
    )
