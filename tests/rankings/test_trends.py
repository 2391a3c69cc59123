"""The counts of all months, read once, rank every period as a reading of its own would; and month by month."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from app.errors import UserError
from app.rankings import queries, trends
from app.rankings.queries import Period
from tests.databases import MONDAY, Database

MONTHS = tuple(date(2025 + (n + 6) // 12, (n + 6) % 12 + 1, 1) for n in range(16))


@pytest.fixture
def county(database: Database) -> Database:
    """Sixteen months of four agencies, with gaps: months without cases, and one month without anything."""
    database.freeze(MONDAY)
    chance = random.Random(1)
    for name, kind in (
        ("甲镇", "township"),
        ("乙镇", "township"),
        ("丙镇", "township"),
        ("丁局", "department"),
    ):
        agency = database.agency(name, kind)
        database.rows("INSERT INTO pd.hall (agency_id, name, registered) VALUES (%s, '大厅', true)", agency)
        for month in MONTHS:
            if month != MONTHS[4] and chance.random() < 0.9:
                _counted(database, agency, month, chance)
    return database


def _counted(database: Database, agency: int, month: date, chance: random.Random) -> None:
    for day in (1, 15, 28):
        database.rows(
            "INSERT INTO pd.tally (day, monthly, agency_id, platform, hall_id, level_5, level_3, level_1, defaults, active)"
            " SELECT %s, false, %s, 'hall', h.id, %s, %s, %s, 1, %s FROM pd.hall h WHERE h.agency_id = %s",
            month.replace(day=day), agency, chance.randrange(40), chance.randrange(9), chance.randrange(3),
            chance.randrange(2), agency,
        )  # fmt: skip
    if chance.random() < 0.8:
        database.rows(
            "INSERT INTO pd.tally (day, monthly, agency_id, platform, hall_id, cases, cases_rated)"
            " VALUES (%s, true, %s, 'portal', 0, 50, %s)",
            month, agency, chance.randrange(50),
        )  # fmt: skip
    database.rows(
        "INSERT INTO pd.tally_ticket (day, agency_id, submitted_on, handled_on, due_on, tickets)"
        " VALUES (%s, %s, %s, %s, %s, 2)",
        month, agency, month.replace(day=9), chance.choice((month.replace(day=20), date(9999, 12, 31))),
        month.replace(day=14),
    )  # fmt: skip


def test_every_period_is_ranked_from_one_reading_as_from_its_own(county: Database) -> None:
    whole = Period(MONTHS[0], MONTHS[-1])
    with county.store.read() as connection:
        history = replace(queries.history(connection, whole), complete=True)
        for start in range(0, len(MONTHS), 2):
            for length in (1, 3, 12):
                period = Period(MONTHS[start], MONTHS[min(start + length, len(MONTHS)) - 1])
                for group in queries.GROUPS:
                    alone = queries.ranking(connection, period, group=group)
                    assert history.covers(period)
                    assert history.ranking(period, group) == replace(alone, cutoff=history.cutoff)


def test_a_grid_holds_each_month_as_its_ranking(county: Database) -> None:
    with county.store.read() as connection:
        history = queries.history(connection, Period(MONTHS[0], MONTHS[-1]))
    grid = trends.grid(history, "township")
    assert grid.agencies == ("甲镇", "乙镇", "丙镇")
    for at, month in enumerate(MONTHS):
        rows = history.ranking(Period.month(month), "township").rows
        found = {row.score.facts.agency: (row.rank, row.score.composite) for row in rows}
        shown = {a: grid.line(a)[at] for a in grid.agencies}
        assert {a: (cell.rank, cell.composite) for a, cell in shown.items() if cell} == found
    assert not any(grid.line(a)[4] for a in grid.agencies)


def test_months_with_figures_are_found_one_by_one(county: Database) -> None:
    counted = {MONTHS[4]} | {
        row[0] for row in county.rows("SELECT DISTINCT date_trunc('month', day)::date FROM pd.tally")
    }
    county.rows(
        "INSERT INTO pd.tally_case SELECT %s, id, 'portal', 0, DATE '9999-12-31', 1 FROM pd.agency LIMIT 1",
        MONTHS[4],
    )
    with county.store.read() as connection:
        assert queries.months(connection) == tuple(sorted(counted, reverse=True))
    county.rows("DELETE FROM pd.tally")
    county.rows("DELETE FROM pd.tally_case")
    county.rows("DELETE FROM pd.tally_ticket")
    with county.store.read() as connection:
        assert queries.months(connection) == ()


def test_a_closed_month_keeps_the_rules_of_its_close(county: Database) -> None:
    with county.store.write() as connection:
        connection.exec_driver_sql("SELECT pd.close_month('2026-09-01', '')")
    with county.store.read() as connection:
        before = queries.ranking(connection, Period.month(date(2026, 9, 1)), group="township")
    county.rows(
        "UPDATE pd.rule_set SET name = '改', parameters = jsonb_set(parameters, '{small_sample}', '99999')"
    )
    with county.store.read() as connection:
        after = queries.ranking(connection, Period.month(date(2026, 9, 1)), group="township")
        live = queries.ranking(connection, Period.month(date(2026, 8, 1)), group="township")
    assert replace(after, cutoff=before.cutoff) == before
    assert after.closed == (date(2026, 9, 1),)
    assert after.closed_at is not None
    assert live.rule_set == "改"


def test_before_the_first_rule_set_nothing_is_ranked_or_compared(county: Database) -> None:
    with county.store.read() as connection:
        first = queries.ranking(connection, Period.month(date(2020, 12, 1)), group="township")
        assert {row.previous_rank for row in first.rows} <= {None}
        with pytest.raises(UserError, match="早于第一个规则集"):
            queries.ranking(connection, Period.month(date(2020, 11, 1)), group="township")
        with pytest.raises(UserError, match="起始月份晚于截止月份"):
            queries.ranking(connection, Period(MONTHS[1], MONTHS[0]), group="township")
