"""The five rates of the Guide (7.1.1) for each agency, from the counts that the statistics show."""

from __future__ import annotations

from sqlalchemy import Connection

from app.callbacks.queries import outcomes
from app.rankings.queries import History, Period
from app.statistics import queries as statistics
from models.rules.indicators import RATES, Value
from models.rules.rates import RateCounts


def rate_counts(connection: Connection, history: History, period: Period) -> dict[int, RateCounts]:
    """Agency → its counts, pooled over the period's months."""
    return statistics.by_agency(history, period, outcomes(connection, period.first, period.end))


def values(counts: RateCounts) -> dict[str, Value]:
    """Rate → its value as an indicator; a rate without anything to divide by is left out."""
    found: dict[str, Value] = {}
    for one in RATES:
        rate = counts.rate(one.code)
        if rate.exact is not None:
            exact = 100 - rate.exact if one.lower else rate.exact
            found[one.code] = Value(exact, rate.numerator, rate.denominator)
    return found
