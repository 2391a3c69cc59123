"""What was counted, month by month: the facts behind every figure, from the tally or, where a month was closed, as it
stood then. One read serves a ranking with the one before it, a trend and a heat map."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from app.clock import SHANGHAI, next_month
from models.rules.ratings import Platform
from models.rules.rulesets import RuleSet
from models.rules.scoring import AgencyFacts, TicketGroup

#: An agency with its name, kind and place in lists.
Agency = tuple[int, str, str, int]


@dataclass(slots=True)
class MonthCounts:
    """What one month counted for one agency. `active`: halls with an active rating; `cased`: cases are at hand."""

    levels: dict[Platform, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    cases: dict[Platform, tuple[int, int]] = field(default_factory=dict)
    defaults: Counter[Platform] = field(default_factory=Counter)
    active: set[int] = field(default_factory=set)
    tickets: Counter[tuple[bool, bool, bool]] = field(default_factory=Counter)
    cased: bool = False


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """When a month was closed, and the rules that were in force for it then."""

    id: int
    closed_at: datetime
    rules: RuleSet


@dataclass(slots=True)
class Counts:
    """The counts of some months. `closed`: the months that came out as they were closed.

    `agencies`, `halls`: month → as they stood then; None → as they stand now.
    """

    months: dict[tuple[date, int], MonthCounts]
    closed: dict[date, ClosedMonth]
    agencies: dict[date | None, list[Agency]]
    halls: dict[tuple[date | None, int], set[int]]

    def facts(self, first: date, last: date, group: str) -> list[AgencyFacts]:
        """The facts of each agency of a group, pooled over whole months; agencies as in the last one."""
        standing = last if last in self.closed else None
        found = [a for a in self.agencies[standing] if a[2] == group]
        months = list(_months(first, last))
        return [
            self._facts(agency, order, months, self.halls.get((standing, agency[0]), set()))
            for order, agency in enumerate(found)
        ]

    def _facts(self, agency: Agency, order: int, months: Sequence[date], halls: set[int]) -> AgencyFacts:
        parts = [part for month in months if (part := self.months.get((month, agency[0]))) is not None]
        levels: dict[Platform, Counter[int]] = defaultdict(Counter)
        cases: dict[Platform, tuple[int, int]] = {}
        for part in parts:
            for platform, counted in part.levels.items():
                levels[platform].update(counted)
            for platform, (rated, number) in part.cases.items():
                before = cases.get(platform, (0, 0))
                cases[platform] = (before[0] + rated, before[1] + number)
        tickets = sum((part.tickets for part in parts), Counter[tuple[bool, bool, bool]]())
        active = set[int]().union(*(part.active for part in parts)) & halls
        return AgencyFacts(
            agency=agency[1],
            order=order,
            levels=levels,
            cases=cases,
            halls=(len(active), len(halls)),
            tickets=tuple(TicketGroup(number, *alike) for alike, number in sorted(tickets.items())),
            cases_loaded=any(part.cased for part in parts),
        )


def read(connection: Connection, first: date, last: date, cutoff: datetime, *, closed: bool = True) -> Counts:
    """The counts of the months from `first` to `last`, up to the end of the cut-off's day.

    `closed`: months that were closed come out as they stood then, whatever the cut-off; otherwise all are live.
    """
    standing = _closed(connection, first, last) if closed else {}
    closes = {month: close.id for month, close in standing.items()}
    months: dict[tuple[date, int], MonthCounts] = defaultdict(MonthCounts)
    _count_ratings(connection, months, closes, _runs(first, last, closes), cutoff)
    _count_tickets(connection, months, closes, _runs(first, last, closes), cutoff)
    for month, agency_id in connection.execute(
        text("SELECT month, agency_id FROM case_cover WHERE month BETWEEN :first AND :last"),
        {"first": first, "last": last},
    ):
        if month not in closes:
            months[month, agency_id].cased = True
    agencies, halls = _standing(connection, closes)
    return Counts(dict(months), standing, agencies, halls)


def _closed(connection: Connection, first: date, last: date) -> dict[date, ClosedMonth]:
    """The months that are closed, and not open again."""
    rows = connection.execute(
        text("""
            SELECT month, id, closed_at, rule_set_name, rule_set, parameters FROM month_close
            WHERE reopened_at IS NULL AND month BETWEEN :first AND :last"""),
        {"first": first, "last": last},
    )
    return {
        row.month: ClosedMonth(
            row.id, row.closed_at, RuleSet.from_json(row.rule_set_name, row.rule_set, row.parameters)
        )
        for row in rows
    }


def _months(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = next_month(first)


def _runs(first: date, last: date, closes: dict[date, int]) -> dict[str, list[date]]:
    """Runs of months that are open, as first days and days after the last."""
    starts: list[date] = []
    ends: list[date] = []
    for month in _months(first, last):
        if month in closes:
            continue
        if ends and ends[-1] == month:
            ends[-1] = next_month(month)
        else:
            starts.append(month)
            ends.append(next_month(month))
    return {"starts": starts, "ends": ends}


_RATINGS = text("""
    SELECT p.month, p.agency_id, p.platform, p.hall_id, p.level_5, p.level_4, p.level_3, p.level_2, p.level_1, p.defaults, p.active,
           p.cased, p.cases, p.cases_rated
    FROM unnest(CAST(:starts AS date[]), CAST(:ends AS date[])) AS r(starts, ends), LATERAL pd.pooled_tally(r.starts, r.ends, :cutoff) p
    UNION ALL
    SELECT m.month, c.agency_id, c.platform, c.hall_id, c.level_5, c.level_4, c.level_3, c.level_2, c.level_1, c.defaults, c.active,
           c.cased, c.cases, c.cases_rated
    FROM closed_tally c JOIN month_close m ON m.id = c.close_id WHERE c.close_id = ANY (:closes)""")


def _count_ratings(
    connection: Connection, months: Any, closes: dict[date, int], runs: dict[str, Any], cutoff: datetime
) -> None:
    bounds = runs | {"cutoff": _day(cutoff), "closes": list(closes.values())}
    for row in connection.execute(_RATINGS, bounds):
        counts: MonthCounts = months[row.month, row.agency_id]
        platform = Platform(row.platform)
        for level in (5, 4, 3, 2, 1):
            number = row[9 - level]
            if number:
                counts.levels[platform][level] += number
        counts.defaults[platform] += row.defaults
        if row.cased:
            before = counts.cases.get(platform, (0, 0))
            counts.cases[platform] = (before[0] + row.cases_rated, before[1] + row.cases)
            counts.cased = True
        if row.hall_id and row.active:
            counts.active.add(row.hall_id)


_TICKETS = text("""
    SELECT date_trunc('month', t.day)::date, t.agency_id, t.handled_on <= :cutoff, t.submitted_on <= :cutoff, t.due_on < :cutoff,
           sum(t.tickets)
    FROM unnest(CAST(:starts AS date[]), CAST(:ends AS date[])) AS r(starts, ends)
    JOIN tally_ticket t ON t.day >= r.starts AND t.day < r.ends AND t.day <= :cutoff
    GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT m.month, c.agency_id, c.handled, c.submitted, c.due, c.tickets
    FROM closed_ticket_count c JOIN month_close m ON m.id = c.close_id WHERE c.close_id = ANY (:closes)""")


def _count_tickets(
    connection: Connection, months: Any, closes: dict[date, int], runs: dict[str, Any], cutoff: datetime
) -> None:
    bounds = runs | {"cutoff": _day(cutoff), "closes": list(closes.values())}
    for month, agency_id, handled, submitted, due, number in connection.execute(_TICKETS, bounds):
        months[month, agency_id].tickets[bool(handled), bool(submitted), bool(due)] += int(number)


def _standing(
    connection: Connection, closes: dict[date, int]
) -> tuple[dict[date | None, list[Agency]], dict[tuple[date | None, int], set[int]]]:
    """Agencies in their order with their registered halls: now, and as each month was closed."""
    rows = connection.execute(
        text("""
            SELECT CAST(NULL AS date), a.id, a.name, a.kind, a.standing,
                   ARRAY(SELECT h.id FROM hall h WHERE h.agency_id = a.id AND h.registered)
            FROM agency a
            UNION ALL
            SELECT m.month, c.agency_id, c.name, c.kind, c.standing, c.halls
            FROM closed_agency c JOIN month_close m ON m.id = c.close_id WHERE c.close_id = ANY (:closes)
            ORDER BY 5, 2"""),
        {"closes": list(closes.values())},
    )
    agencies: dict[date | None, list[Agency]] = defaultdict(list)
    halls: dict[tuple[date | None, int], set[int]] = {}
    for month, agency_id, name, kind, standing, registered in rows:
        agencies[month].append((agency_id, name, kind, standing))
        halls[month, agency_id] = set(registered)
    agencies.setdefault(None, [])
    return dict(agencies), halls


def _day(cutoff: datetime) -> date:
    return cutoff.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """The last second of a day."""
    start = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return start + timedelta(days=1, seconds=-1)
