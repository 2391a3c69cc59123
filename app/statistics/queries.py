"""The statistics of a period (Guide 7.1.1, 8.1.2): one reading for page, briefing and console."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, text

from app.callbacks.queries import outcomes
from app.clock import next_month
from app.errors import UserError
from app.rankings import queries as rankings
from app.rankings.queries import Period
from app.statistics import tallied, ticketed
from app.statistics.rows import AgencyRates, Figures, MonthRates, Scope
from app.statistics.tallied import by_agency
from app.workspace import Person
from models.rules.rates import RateCounts
from models.rules.rulesets import SHIPPED

__all__ = ["Figures", "Scope", "by_agency", "figures", "trend"]


def figures(connection: Connection, scope: Scope, person: Person) -> Figures:
    """All figures of a scope. Raises UserError for a period turned round or an agency that is not known."""
    if scope.period.last < scope.period.first:
        raise UserError("起始月份晚于截止月份。", code="bad_period")
    history = rankings.history(connection, Period(scope.period.before.first, scope.period.last))
    if scope.agency is not None and scope.agency not in {a[1] for a in history.counted.agencies[None]}:
        raise UserError(f"名录里没有“{scope.agency}”。", code="unknown_agency")
    scope = replace(scope, closed=_closed(connection, scope.period))
    called = outcomes(connection, scope.period.before.first, scope.period.end)
    found = tallied.agencies(history, scope, called)
    before = tallied.agencies(history, scope, called, scope.period.before)
    rules = history.rules(scope.period.last) or SHIPPED
    return Figures(
        scope=scope,
        cutoff=history.cutoff,
        closed=tuple(
            sorted(m for m in history.counted.closed if scope.period.first <= m <= scope.period.last)
        ),
        small=rules.small_sample,
        total=_pooled(found),
        before=_pooled(before) if before else None,
        agencies=found,
        platforms=tallied.platforms(history, scope),
        staff=() if scope.platform else tallied.staff(connection, scope),
        quiet=tallied.quiet(history, scope, rules.small_sample),
        tickets=ticketed.figures(connection, scope, person),
    )


def trend(connection: Connection, scope: Scope) -> tuple[MonthRates, ...]:
    """The scope's counts of each month, up to a year until the end of its period; months without ratings left out."""
    last = scope.period.last
    first = last.replace(year=last.year - 1)
    span = Period(next_month(first), last)
    history, called = rankings.history(connection, span), outcomes(connection, span.first, span.end)
    found, month = [], span.first
    while month <= span.last:
        counts = _pooled(tallied.agencies(history, scope, called, Period.month(month)))
        if counts.ratings:
            found.append(MonthRates(month, counts))
        month = next_month(month)
    return tuple(found)


def _closed(connection: Connection, period: Period) -> tuple[date, ...]:
    """The closed months of a period and of all before it, with which it is compared."""
    found = connection.execute(
        text("SELECT month FROM month_close WHERE reopened_at IS NULL AND month <= :last ORDER BY month"),
        {"last": period.last},
    )
    return tuple(found.scalars())


def _pooled(rows: Iterable[AgencyRates]) -> RateCounts:
    return sum((row.counts for row in rows), RateCounts())
