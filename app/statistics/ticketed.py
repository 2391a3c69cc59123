"""What is counted from the tickets that the reader may see: labels, items, places, hours, times, what went wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection, text

from app.clock import SHANGHAI
from app.rankings.queries import Period
from app.statistics.rows import TROUBLES, Repeated, Scope, TicketFigures, Times
from app.tickets.queries import VALUES, conditions
from app.tickets.rows import YES, Side
from app.workspace import Person
from models.rules.durations import Spread, spread
from models.rules.people import Group
from models.rules.rates import Slice, pareto
from models.rules.ratings import CHANNELS, Platform

#: Who may read tickets at all.
READERS = frozenset({Group.OFFICER, Group.LIAISON})
#: How many periods before are looked at for items with bad ratings again.
LOOK_BACK = 3
_WEEKDAYS = dict(zip("1234567", "一二三四五六日", strict=True))
_COLUMNS = ", ".join(f"{sql} AS {side.value}" for side, sql in VALUES.items() if side is not Side.GROUP)
_EACH = " UNION ALL ".join(
    f"SELECT '{side.value}', {side.value}, count(*) FROM b WHERE {side.value} IS NOT NULL GROUP BY 2"
    for side in VALUES
    if side is not Side.GROUP
)


def figures(connection: Connection, scope: Scope, person: Person) -> TicketFigures | None:
    """All that tickets say; None for who may read none."""
    if person.group not in READERS:
        return None
    counts = _counts(connection, scope, person)
    number, before, repeated = _repeated(connection, scope, person)
    names = _names(connection, counts)
    return TicketFigures(
        number=number,
        before=before,
        whole=person.group is Group.OFFICER,
        sides={
            side: _ordered(side, counts[side], names[side])
            for side in Side
            if side not in TROUBLES and side is not Side.GROUP
        },
        repeated=repeated,
        times=_times(connection, scope, person),
        troubles={side: counts[side][YES] for side in TROUBLES},
    )


def _ordered(side: Side, counts: Counter[str], names: dict[str, str]) -> tuple[Slice, ...]:
    """Largest first; hours and weekdays as the clock has them."""
    found = pareto(counts, names)
    return tuple(sorted(found, key=lambda s: int(s.key))) if side in (Side.HOUR, Side.WEEKDAY) else found


def _where(scope: Scope, person: Person, period: Period | None = None) -> tuple[str, dict[str, Any]]:
    where, values = conditions(scope.tickets(period=period), person)
    return " AND ".join(where), values


def _counts(connection: Connection, scope: Scope, person: Person) -> dict[Side, Counter[str]]:
    """Side → value → tickets; a ticket with two labels counts under both."""
    where, values = _where(scope, person)
    rows = connection.execute(
        text(f"""
            WITH b AS MATERIALIZED (SELECT t.labels, {_COLUMNS} FROM ticket t WHERE {where})
            SELECT 'label' AS side, code AS value, count(*) AS tickets
            FROM b, unnest(ARRAY(SELECT DISTINCT x FROM unnest(b.labels) AS x)) AS code GROUP BY 2
            UNION ALL {_EACH}"""),
        values,
    )
    found: dict[Side, Counter[str]] = defaultdict(Counter)
    for side, value, tickets in rows:
        found[Side(side)][value] = tickets
    return found


def _repeated(connection: Connection, scope: Scope, person: Person) -> tuple[int, int, tuple[Repeated, ...]]:
    """Tickets of the period and of the one before; items with two or more, or with some in the periods before."""
    periods = [scope.period]
    for _ in range(LOOK_BACK):
        periods.append(periods[-1].before)
    span = Period(periods[-1].first, scope.period.last)
    where, values = _where(scope, person, span)
    bounds = [datetime.combine(period.first, time(), SHANGHAI) for period in reversed(periods)]
    rows = connection.execute(
        text(f"""
            SELECT c.item_id::text, i.name, c.place, c.tickets FROM (
                SELECT t.item_id, width_bucket(t.opened_at, CAST(:bounds AS timestamptz[])) AS place, count(*) AS tickets
                FROM ticket t WHERE {where} GROUP BY 1, 2) c
            LEFT JOIN service_item i ON i.id = c.item_id"""),
        values | {"bounds": bounds},
    ).all()
    totals: Counter[int] = Counter()
    items: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for item, name, place, tickets in rows:
        ago = len(periods) - place
        totals[ago] += tickets
        if item is not None:
            items[item, name][ago] += tickets
    return totals[0], totals[1], _again(items)


def _again(items: dict[tuple[str, str], Counter[int]]) -> tuple[Repeated, ...]:
    found = [
        Repeated(key, name, by[0], tuple(by[ago] for ago in range(1, LOOK_BACK + 1)))
        for (key, name), by in items.items()
        if by[0] and sum(by.values()) > 1
    ]
    return tuple(sorted(found, key=lambda one: (-one.number, [-n for n in one.before], one.name)))


def _names(connection: Connection, counts: dict[Side, Counter[str]]) -> dict[Side, dict[str, str]]:
    """Side → value → what it is called."""
    found: dict[Side, dict[str, str]] = defaultdict(dict)
    found[Side.PLATFORM] = {platform.value: platform.label for platform in Platform}
    found[Side.CHANNEL] = {str(code): name for code, name in CHANNELS.items()}
    found[Side.HOUR] = {str(hour): f"{hour}时" for hour in range(24)}
    found[Side.WEEKDAY] = {number: f"周{name}" for number, name in _WEEKDAYS.items()}
    rows = connection.execute(
        text("""
            SELECT 'item', id::text, name FROM service_item WHERE id = ANY (CAST(:items AS bigint[]))
            UNION ALL SELECT 'hall', h.id::text, h.name FROM hall h WHERE h.id = ANY (CAST(:halls AS bigint[]))
            UNION ALL SELECT 'counter', c.id::text, h.name || ' ' || c.name FROM counter c JOIN hall h ON h.id = c.hall_id
            WHERE c.id = ANY (CAST(:counters AS bigint[]))
            UNION ALL SELECT 'label', code, text || CASE WHEN retired THEN '（已停用）' ELSE '' END FROM label_code
            WHERE code = ANY (:labels)"""),
        {f"{side.value}s": list(counts[side]) for side in (Side.ITEM, Side.HALL, Side.COUNTER, Side.LABEL)},
    )
    for side, value, name in rows:
        found[Side(side)][value] = name
    return found


def _times(connection: Connection, scope: Scope, person: Person) -> Times:
    """Working days from receipt to signing and to the hand-in of each lead's assignment, and from the last hand-in
    to the report (Art. 23)."""
    where, values = _where(scope, person)
    rows = connection.execute(
        text(f"""
            WITH b AS MATERIALIZED (SELECT t.id FROM ticket t WHERE {where}),
            led AS MATERIALIZED (
                SELECT a.received_on, a.acknowledged_at, a.submitted_on FROM b JOIN assignment a ON a.ticket_id = b.id
                WHERE a.part = 'lead'),
            spans (what, starts, ends) AS (
                SELECT 'sign', received_on, pd.local_day(acknowledged_at) FROM led WHERE acknowledged_at IS NOT NULL
                UNION ALL SELECT 'rectify', received_on, submitted_on FROM led WHERE submitted_on IS NOT NULL
                UNION ALL
                SELECT 'report', pd.local_day(s.at), pd.local_day(e.at) FROM b
                CROSS JOIN LATERAL (SELECT e.at FROM event e WHERE e.ticket_id = b.id AND e.action = 'report'
                                    ORDER BY e.id DESC LIMIT 1) e
                CROSS JOIN LATERAL (SELECT max(r.submitted_at) AS at FROM rectification r
                                    WHERE r.ticket_id = b.id AND r.submitted_at <= e.at) s)
            SELECT s.what, greatest(z.working_no - a.working_no, 0), count(*)
            FROM spans s JOIN calendar_day a ON a.day = s.starts JOIN calendar_day z ON z.day = s.ends GROUP BY 1, 2"""),
        values,
    )
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for what, days, number in rows:
        found[what][days] += number
    measured: dict[str, Spread | None] = {what: spread(counts) for what, counts in found.items()}
    return Times(measured.get("sign"), measured.get("rectify"), measured.get("report"))
