"""The figures of a circular, each under a key, as they stand in its text: from the ranking and the statistics, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, text

from app.circulars.collecting import Counted, Pooled, pooled, shown_of
from app.circulars.tables import (
    bad_table,
    label_table,
    month_table,
    rank_table,
    ranked_figures,
    ranking_table,
)
from app.documents.model import Chart, Table
from app.rankings.queries import GROUPS, History, Period, RankingView, history
from app.registry.queries import BodyKind, body
from app.statistics import queries as statistics
from app.statistics.briefing import pareto_chart, trend_chart
from app.statistics.rows import Figures, MonthRates, Scope
from app.statistics.wording import before_name
from app.tickets.rows import Side
from app.workspace import Person
from models.rules.appeals import State as AppealState
from models.rules.circulars import Kind


@dataclass(frozen=True, slots=True)
class Facts:
    """What a circular may say of its months.

    `shown`: key → as it stands in the text; a key that is missing was not counted, and nothing is said of it. `tables`,
    `charts`: by key; `closed`: whether every month is closed; `views`: the rankings by group; `apart`: who is not ranked.
    """

    kind: Kind
    period: Period
    closed: bool
    shown: Mapping[str, str]
    tables: Mapping[str, Table]
    views: Mapping[str, RankingView]
    figures: Figures
    centre: str
    bureau: str
    phone: str
    cutoff: date
    apart: Mapping[str, Sequence[str]] = field(default_factory=dict)
    charts: Mapping[str, Chart] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Named:
    """The centre, the bureau that it answers to, the telephone for complaints."""

    centre: str
    bureau: str
    phone: str


def read(connection: Connection, kind: Kind, period: Period, person: Person) -> Facts:
    """Everything of a period. Raises UserError where no rule set is in force for it."""
    counts = history(connection, Period(period.before.first, period.last))
    views = {group: counts.ranking(period, group) for group in GROUPS}
    annual = kind is Kind.ANNUAL
    figures = statistics.figures(connection, Scope(period), person)
    counted = Counted(
        figures=figures,
        now=pooled(fact for view in views.values() for fact in view.facts),
        before=_pooled(counts, period.before),
        year_before=_year_before(connection, period),
        rules=views["township"].rules,
        than=before_name(period),
        calls=_calls(connection, period),
        appeals=_appeals(connection, period),
    )
    centre, bureau = body(connection, BodyKind.CENTRE), body(connection, BodyKind.BUREAU)
    named = Named(centre.name, bureau.name, centre.phone)
    trend = statistics.trend(connection, Scope(period)) if annual else ()
    trend = tuple(month for month in trend if month.month >= period.first)
    months = tuple(counts.ranking(Period.month(one.month), "township", compare=False) for one in trend)
    return gathered(kind, views, counted, named, trend, months)


def gathered(
    kind: Kind,
    views: Mapping[str, RankingView],
    counted: Counted,
    named: Named,
    trend: tuple[MonthRates, ...] = (),
    months: Sequence[RankingView] = (),
) -> Facts:
    """The facts of what was read. `trend`, `months`: the year's months, for the annual one."""
    township = views["township"]
    closed = len(township.closed) == township.period.length
    when = township.closed_at if closed and township.closed_at else township.cutoff
    return Facts(
        kind=kind,
        period=township.period,
        closed=closed,
        shown={
            **shown_of(counted),
            **{k: v for view in views.values() for k, v in ranked_figures(view).items()},
        },
        tables={
            **{f"ranking.{group}": ranking_table(view) for group, view in views.items()},
            "labels": label_table(counted.figures),
            "bad": bad_table(counted.figures),
            "months": month_table(trend),
            "ranks": rank_table(township, months),
        },
        views=views,
        figures=counted.figures,
        centre=named.centre,
        bureau=named.bureau,
        phone=named.phone,
        cutoff=when.date(),
        apart={group: [f"{name}（{why}）" for name, why in view.unranked] for group, view in views.items()},
        charts=dict(_charts(counted.figures, trend)),
    )


def _charts(figures: Figures, trend: tuple[MonthRates, ...]) -> Mapping[str, Chart]:
    made = {}
    if figures.tickets is not None and (labels := figures.tickets.slices(Side.LABEL)):
        made["labels"] = pareto_chart(labels)
    if len(trend) > 1:
        made["months"] = trend_chart(trend)
    return made


def _pooled(counts: History, period: Period) -> Pooled:
    return pooled(fact for group in GROUPS for fact in counts.counted.facts(period.first, period.last, group))


def _year_before(connection: Connection, period: Period) -> Pooled:
    """The same month of the last year; longer periods are compared with the one before only."""
    if period.length > 1:
        return Pooled()
    month = Period.month(period.first.replace(year=period.first.year - 1))
    return _pooled(history(connection, month), month)


def _calls(connection: Connection, period: Period) -> Mapping[str, int]:
    found = connection.execute(_CALLS, {"first": period.first, "past": period.end}).one()
    return {name: int(number or 0) for name, number in found._mapping.items()}


def _appeals(connection: Connection, period: Period) -> Mapping[AppealState, int]:
    rows = connection.execute(_APPEALS, {"first": period.first, "past": period.end})
    return {AppealState(state): int(number) for state, number in rows}


_CALLS = text("""
    SELECT sum(satisfied) AS satisfied, sum(unsatisfied) AS unsatisfied, sum(unreachable) AS unreachable, sum(declined) AS declined
    FROM pd.callback_counts(:first, :past)""")
_APPEALS = text("""
    SELECT state, count(*) FROM appeal
    WHERE rated_at >= pd.local_midnight(:first) AND rated_at < pd.local_midnight(:past) GROUP BY state""")
