"""What is counted from the tally, the same for every role; closed months as they stood when they were closed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, text

from app.callbacks.queries import Outcomes
from app.rankings.queries import STAFF_COUNTS, History, MonthCounts, Period
from app.statistics.rows import AgencyRates, Quiet, Scope, StaffRates
from models.rules import rates
from models.rules.rates import RateCounts
from models.rules.ratings import Platform

#: (month, agency) → what came of the callbacks.
Called = Mapping[tuple[date, int], Outcomes]

#: How many places of low participation are named.
_QUIET = 10


def counts_of(month: MonthCounts, platform: Platform | None = None) -> RateCounts:
    """What one month counted for one agency; of one platform without tickets, which the tally does not tell apart."""
    found = RateCounts()
    for one in {*month.levels, *month.cases, *month.defaults}:
        if platform in (None, one):
            found += _on(month, one)
    return found if platform else found + _tickets(month)


def _on(month: MonthCounts, platform: Platform) -> RateCounts:
    rated, cases = month.cases.get(platform, (0, 0))
    levels = month.levels.get(platform, Counter())
    return rates.of_levels(levels, month.defaults.get(platform, 0)) + RateCounts(
        cases=cases, cases_rated=rated
    )


def _tickets(month: MonthCounts) -> RateCounts:
    done = sum(number for (handled, _, _), number in month.tickets.items() if handled)
    sent = sum(number for (handled, submitted, _), number in month.tickets.items() if handled or submitted)
    return RateCounts(tickets=sum(month.tickets.values()), answered=sent, rectified=done)


def by_agency(
    history: History, period: Period, called: Called, platform: Platform | None = None
) -> dict[int, RateCounts]:
    """Agency → its counts, pooled over the period's months; of one platform without tickets and their callbacks."""
    pooled: dict[int, RateCounts] = defaultdict(RateCounts)
    for (month, agency), counted in history.counted.months.items():
        if period.first <= month <= period.last:
            pooled[agency] += counts_of(counted, platform)
            if platform is None:
                pooled[agency] += heard(called.get((month, agency)))
    return dict(pooled)


def heard(found: Outcomes | None) -> RateCounts:
    """What callbacks came to, as counts."""
    return RateCounts(called=found.called, satisfied=found.satisfied) if found else RateCounts()


def agencies(
    history: History, scope: Scope, called: Called, period: Period | None = None
) -> tuple[AgencyRates, ...]:
    """The agencies in scope that have anything counted, in their standing order."""
    found = by_agency(history, period or scope.period, called, scope.platform)
    return tuple(
        AgencyRates(name, kind, found[agency_id])
        for agency_id, name, kind, _ in history.counted.agencies[None]
        if agency_id in found and scope.group in (None, kind) and scope.agency in (None, name)
    )


def platforms(history: History, scope: Scope) -> tuple[tuple[Platform, RateCounts], ...]:
    """The platforms with ratings or cases, the busiest first."""
    wanted = _ids(history, scope)
    pooled: dict[Platform, RateCounts] = defaultdict(RateCounts)
    for (month, agency), counted in history.counted.months.items():
        if agency in wanted and scope.period.first <= month <= scope.period.last:
            for platform in {*counted.levels, *counted.cases}:
                pooled[platform] += _on(counted, platform)
    ordered = sorted(pooled.items(), key=lambda pair: (-pair[1].ratings, -pair[1].cases, pair[0]))
    return tuple((p, c) for p, c in ordered if scope.platform in (None, p) and (c.ratings or c.cases))


def quiet(history: History, scope: Scope, enough: int) -> tuple[Quiet, ...]:
    """Agencies and platforms with at least `enough` cases and less participation than all, the lowest first."""
    names = _ids(history, scope)
    pooled: dict[tuple[int, Platform], RateCounts] = defaultdict(RateCounts)
    for (month, agency), counted in history.counted.months.items():
        if agency in names and scope.period.first <= month <= scope.period.last:
            for platform in counted.cases:
                if scope.platform in (None, platform):
                    pooled[agency, platform] += _on(counted, platform)
    whole = sum(pooled.values(), RateCounts()).rate("participation").exact
    found = [
        Quiet(names[agency], platform, counts.rate("participation"))
        for (agency, platform), counts in pooled.items()
        if counts.cases >= enough
    ]
    below = [
        one for one in found if whole is not None and one.rate.exact is not None and one.rate.exact < whole
    ]
    below.sort(key=lambda one: (one.rate.exact, -one.rate.denominator, one.agency))
    return tuple(below[:_QUIET])


def _ids(history: History, scope: Scope) -> dict[int, str]:
    return {
        agency_id: name
        for agency_id, name, kind, _ in history.counted.agencies[None]
        if scope.group in (None, kind) and scope.agency in (None, name)
    }


def staff(connection: Connection, scope: Scope) -> tuple[StaffRates, ...]:
    """Staff members with ratings, the most often rated first. They are rated at counters, on no platform."""
    rows = connection.execute(
        text(f"""
            SELECT m.name, a.name AS agency, sum(t.level_5) AS l5, sum(t.level_4) AS l4, sum(t.level_3) AS l3,
                   sum(t.level_2) AS l2, sum(t.level_1) AS l1
            FROM ({STAFF_COUNTS}) t JOIN staff_member m ON m.id = t.staff_id JOIN agency a ON a.id = m.agency_id
            WHERE (CAST(:kind AS text) IS NULL OR a.kind = :kind)
              AND (CAST(:agency AS text) IS NULL OR a.name = :agency)
            GROUP BY m.id, m.name, a.name, a.standing ORDER BY a.standing, m.name"""),
        {"first": scope.period.first, "past": scope.period.end, "kind": scope.group, "agency": scope.agency},
    )
    found = [
        StaffRates(r.name, r.agency, rates.of_levels({5: r.l5, 4: r.l4, 3: r.l3, 2: r.l2, 1: r.l1}))
        for r in rows
    ]
    return tuple(sorted(found, key=lambda one: -one.counts.ratings))
