"""What is shown of assessments: weights, entered values, totals. The policies decide: a liaison sees the own agency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, text

from app.assessments import rates
from app.assessments.rows import AgencyTotal, Entry, PairSets, Totals, WeightSet
from app.clock import next_month
from app.errors import UserError
from app.rankings import queries as rankings
from app.rankings.queries import Period
from models.rules import indicators
from models.rules.indicators import ASSESSED, INDICATORS, Evaluation, Source, Value
from models.rules.rates import RateCounts

_ENTRIES = """
    SELECT e.id, g.name AS agency, e.indicator, e.source, e.value, e.numerator, e.denominator, e.evidence, e.assessor,
           coalesce(u.name, e.entered_by) AS entered_by, e.entered_at, coalesce(w.name, e.withdrawn_by) AS withdrawn_by,
           e.withdrawn_at, e.withdraw_reason,
           e.withdrawn_at IS NULL AND NOT EXISTS (
               SELECT FROM assessment l WHERE l.agency_id = e.agency_id AND l.first_month = e.first_month
               AND l.last_month = e.last_month AND l.indicator = e.indicator AND l.source = e.source
               AND l.withdrawn_at IS NULL AND l.id > e.id) AS counts,
           e.agency_id
    FROM assessment e JOIN agency g ON g.id = e.agency_id
    LEFT JOIN app_user u ON u.login = e.entered_by LEFT JOIN app_user w ON w.login = e.withdrawn_by
    WHERE e.first_month = :first AND e.last_month = :last"""


def totals(connection: Connection, period: Period, *, group: str) -> Totals:
    """The totals of a group of agencies; a liaison gets the own agency, not ranked.

    Values count for exactly the period that they were entered for. Raises UserError before the first weights.
    """
    weights = weights_of(connection, period.last)
    history = rankings.history(connection, period)
    counted = rates.rate_counts(connection, history, period)
    entered = _counted(connection, period)
    own = connection.execute(text("SELECT pd.my_agency()")).scalar()
    rows = [
        _row(agency_id, name, counted.get(agency_id, RateCounts()), entered.get(agency_id, ()), weights)
        for agency_id, name, kind, _ in history.counted.agencies[_standing(history, period)]
        if kind == group and own in (None, agency_id)
    ]
    ranked = _ranked(rows) if own is None else tuple(rows)
    return Totals(period, group, weights, history.cutoff, ranked, ranked=own is None)


def _standing(history: rankings.History, period: Period) -> date | None:
    """Agencies as the last month was closed with, else as they are."""
    return period.last if period.last in history.counted.closed else None


def _counted(connection: Connection, period: Period) -> dict[int, tuple[Entry, ...]]:
    found: dict[int, list[Entry]] = defaultdict(list)
    for row in connection.execute(text(f"{_ENTRIES} ORDER BY e.id"), _bounds(period)):
        if row.counts:
            found[row.agency_id].append(_entry(row))
    return {agency: tuple(entries) for agency, entries in found.items()}


def _row(
    agency_id: int, name: str, counts: RateCounts, entries: tuple[Entry, ...], weights: WeightSet
) -> AgencyTotal:
    values = rates.values(counts) | _assessed(entries)
    evaluation = indicators.evaluate(values, weights.weights)
    return AgencyTotal(agency_id, name, None, values, evaluation, entries)


def _assessed(entries: Iterable[Entry]) -> dict[str, Value]:
    """The mean over the sources of each indicator."""
    found: dict[str, list[Fraction]] = defaultdict(list)
    for entry in entries:
        found[entry.indicator].append(entry.exact)
    means = ((code, indicators.mean(parts)) for code, parts in found.items())
    return {code: Value(value) for code, value in means if value is not None}


def _ranked(rows: list[AgencyTotal]) -> tuple[AgencyTotal, ...]:
    """By the shown total, equal ones sharing a rank; after them, in standing order, those that are not whole."""
    shown = [total for row in rows if (total := _rankable(row.evaluation)) is not None]
    placed = [
        AgencyTotal(
            row.id, row.agency, _place(row.evaluation, shown), row.values, row.evaluation, row.counted
        )
        for row in rows
    ]
    return tuple(sorted(placed, key=lambda row: row.rank or len(rows) + 1))


def _place(evaluation: Evaluation, shown: list[Decimal]) -> int | None:
    total = _rankable(evaluation)
    return None if total is None else 1 + sum(other > total for other in shown)


def _rankable(evaluation: Evaluation) -> Decimal | None:
    return evaluation.total if evaluation.whole else None


def entries(connection: Connection, period: Period, agency_id: int) -> tuple[Entry, ...]:
    """What was entered for an agency and a period, the newest first, those withdrawn too."""
    statement = f"{_ENTRIES} AND e.agency_id = :agency ORDER BY e.id DESC"
    rows = connection.execute(text(statement), _bounds(period) | {"agency": agency_id})
    return tuple(_entry(row) for row in rows)


def _bounds(period: Period) -> dict[str, Any]:
    return {"first": period.first, "last": period.last}


def _entry(row: Any) -> Entry:
    facts = dict(row._mapping)
    del facts["agency_id"]
    return Entry(**facts | {"source": Source(facts["source"])})


def periods(connection: Connection) -> tuple[Period, ...]:
    """The periods for which values were entered, the latest first."""
    rows = connection.execute(
        text(
            "SELECT DISTINCT first_month, last_month FROM assessment WHERE withdrawn_at IS NULL ORDER BY 2 DESC, 1"
        )
    )
    return tuple(Period(*row) for row in rows)


# weights --------------------------------------------------------------------------------------------------


def weight_sets(connection: Connection) -> tuple[WeightSet, ...]:
    """All weights, those in force last first."""
    rows = connection.execute(
        text("""
            SELECT w.effective_from, w.weights, w.pairs, w.reason, coalesce(u.name, w.put_by), w.put_at
            FROM indicator_weights w LEFT JOIN app_user u ON u.login = w.put_by ORDER BY w.effective_from DESC""")
    )
    return tuple(
        WeightSet(start, {code: Decimal(weights[code]) for code in INDICATORS}, _pairs(pairs), *rest)
        for start, weights, pairs, *rest in rows
    )


def _pairs(kept: Mapping[str, Mapping[str, str]]) -> PairSets:
    """Parent → {"1.1/1.2": "3"} as it is kept."""
    return {
        parent: {(pair.split("/")[0], pair.split("/")[1]): Fraction(times) for pair, times in found.items()}
        for parent, found in kept.items()
    }


def weights_of(connection: Connection, month: date) -> WeightSet:
    """The weights in force in a month. Raises UserError before the first."""
    found = next((one for one in weight_sets(connection) if one.effective_from <= month), None)
    if found is None:
        raise UserError(f"{month.year}年{month.month}月早于第一份指标权重，不能算总分。", code="no_weights")
    return found


def first_free(connection: Connection) -> date | None:
    """The month after the last one that was closed, None where none was: weights before it stand."""
    closed: date | None = connection.execute(
        text("SELECT max(month) FROM month_close WHERE reopened_at IS NULL")
    ).scalar()
    return None if closed is None else next_month(closed)


def assessed_count(rows: Iterable[AgencyTotal]) -> tuple[int, int]:
    """How many of the nineteen have a value, over all agencies; and how many there could be."""
    found = tuple(rows)
    codes = {one.code for one in ASSESSED}
    return sum(len(codes & row.values.keys()) for row in found), len(codes) * len(found)
