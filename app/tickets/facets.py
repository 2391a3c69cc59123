"""Sides by which statistics count tickets. The same SQL counts a side and lists its rows, so that both agree."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_RATING = "(SELECT r.{column} FROM rating r WHERE r.id = t.rating_id)"
_HOURS = "(t.rated_at AT TIME ZONE INTERVAL '8 hours')"


class Side(StrEnum):
    """What tickets are told apart by."""

    LABEL = "label"
    ITEM = "item"
    HALL = "hall"
    COUNTER = "counter"
    PLATFORM = "platform"
    CHANNEL = "channel"
    HOUR = "hour"
    WEEKDAY = "weekday"
    GROUP = "group"
    OVERDUE = "overdue"
    RETURNED = "returned"
    DECLINED = "declined"


#: Side → the value of ticket `t` on it, as text; null where the ticket has none. A label is one of several.
VALUES: dict[Side, str] = {
    Side.ITEM: "t.item_id::text",
    Side.HALL: f"{_RATING.format(column='hall_id')}::text",
    Side.COUNTER: f"{_RATING.format(column='counter_id')}::text",
    Side.PLATFORM: "t.platform",
    Side.CHANNEL: f"{_RATING.format(column='channel')}::text",
    Side.HOUR: f"extract(hour FROM {_HOURS})::integer::text",
    Side.WEEKDAY: f"extract(isodow FROM {_HOURS})::integer::text",
    Side.GROUP: "(SELECT a.kind FROM agency a WHERE a.id = t.holder_id)",
    # Past the due day when the clock stopped, or now: it stops with the first submission where rework meets its own
    # date, else with the last (Art. 23). Every current assignment of the round says when; a reader sees one at least.
    Side.OVERDUE: """(t.due_on < CASE
        WHEN t.state = 'rectifying' AND t.rework_due_on < pd.today() THEN pd.today()
        WHEN t.submitted_on > t.rework_due_on THEN t.submitted_on
        ELSE coalesce((SELECT min(a.submitted_on) FROM assignment a
                       WHERE a.ticket_id = t.id AND a.round = t.round AND a.current), pd.today()) END)::text""",
    Side.RETURNED: """EXISTS (SELECT FROM event e WHERE e.ticket_id = t.id
        AND e.action IN ('return_for_rework', 'report_refused'))::text""",
    Side.DECLINED: "EXISTS (SELECT FROM event e WHERE e.ticket_id = t.id AND e.action = 'decline')::text",
}
YES = "true"


@dataclass(frozen=True, slots=True)
class Facet:
    """A side of tickets and its value, with the words for it."""

    side: Side
    value: str
    said: str


def conditions(facets: tuple[Facet, ...]) -> tuple[list[str], dict[str, Any]]:
    """SQL conditions on ticket `t`, with their parameters."""
    where = [
        f":facet_{number} = ANY (t.labels)"
        if facet.side is Side.LABEL
        else f"{VALUES[facet.side]} = :facet_{number}"
        for number, facet in enumerate(facets)
    ]
    return where, {f"facet_{number}": facet.value for number, facet in enumerate(facets)}
