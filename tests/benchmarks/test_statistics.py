"""The statistics of a county's month of 110,000 ratings: the reading of the page and its briefing. Figures, not timed tests."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from functools import partial
from typing import Any

from app.rankings.queries import Period
from app.statistics import queries
from app.statistics.briefing import briefing
from app.statistics.rows import Scope
from app.workspace import Person
from models.rules.people import Group
from tests.benchmarks.scale import fill_ratings, fill_tickets
from tests.databases import MONDAY, Database


def test_the_statistics_of_a_month(database: Database, benchmark: Any) -> None:
    """A month, a quarter and a year, of a place with 110,000 ratings and 1,000 tickets a month."""
    database.freeze(MONDAY)
    fill_ratings(database, 110_000 * 12, months=12)
    fill_tickets(database, 120_000)
    _worked_on(database)
    database.raw("officer", "SELECT pd.rebuild_tally()")
    database.rows("VACUUM ANALYZE")
    database.liaison("liaison-01", database.one("SELECT name FROM pd.agency ORDER BY id LIMIT 1"))
    october = date(2026, 10, 1)
    scopes = {
        "month": Scope(Period.month(october)), "quarter": Scope(Period(date(2026, 8, 1), october)),
        "year": Scope(Period(date(2025, 11, 1), october)), "month, a group": Scope(Period.month(october), group="township"),
    }  # fmt: skip
    found = {}
    for login, group in (("officer", Group.OFFICER), ("liaison-01", Group.LIAISON)):
        person = Person(login, login, group, None, None, is_head=False)
        with closing(database.person(login)) as store, store.read() as connection:
            for name, scope in scopes.items():
                read = partial(queries.figures, connection, scope, person)
                found[f"{login}, {name}"] = _median(read)
            assert briefing(read()).sections
            if group is Group.OFFICER:
                benchmark(queries.figures, connection, scopes["month"], person)
    benchmark.extra_info |= found
    print("\nStatistics, 110,000 ratings and 1,000 tickets a month, milliseconds, median of 7")
    for name, figure in found.items():
        print(f"  {name:24}{figure:9.1f}")


def _worked_on(database: Database) -> None:
    """A year's tickets with their ratings, signed for, handed in, returned now and then, and reported."""
    year = "t.opened_at >= '2025-08-01 00:00+08'"
    for statement in (
        f"UPDATE pd.ticket t SET rating_id = t.id, submitted_on = received_on + 5, handled_on = received_on + 6 WHERE {year}",
        f"UPDATE pd.rating r SET ticket_id = t.id, channel = 1 + t.id % 6, hall_id = 1 FROM pd.ticket t WHERE t.rating_id = r.id AND {year}",
        f"""UPDATE pd.assignment a SET acknowledged_at = a.opened_at + INTERVAL '2 days', submitted_on = a.received_on + 5
            FROM pd.ticket t WHERE t.id = a.ticket_id AND {year}""",
        f"""INSERT INTO pd.rectification (ticket_id, assignment_id, submitted_at, found_true, found_reasonable, cause, measures, feedback, reviewed_by)
            SELECT t.id, a.id, t.opened_at + INTERVAL '5 days', true, true, '', '', '{{}}', '' FROM pd.ticket t
            JOIN pd.assignment a ON a.ticket_id = t.id AND a.part = 'lead' WHERE {year}""",
        f"""INSERT INTO pd.event (at, actor, action, ticket_id) SELECT t.opened_at + INTERVAL '8 days', 'officer', action, t.id
            FROM pd.ticket t, unnest(ARRAY['verify_and_dispatch', 'acknowledge', 'submit', 'return_for_rework', 'report']) AS action
            WHERE {year} AND (action <> 'return_for_rework' OR t.id % 9 = 0)""",
    ):
        database.rows(statement)


def _median(work: Callable[[], Any]) -> float:
    taken = []
    for _ in range(7):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)
