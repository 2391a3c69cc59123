"""The part of the calendar that is fetched for a deadline holds all of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.registry import calendars
from tests.databases import Database

#: Around the longest holidays, and where a notice is still missing.
STARTS = [
    date(year, month, 1) + timedelta(days=i)
    for year in (2020, 2026)
    for month in (1, 9, 12)
    for i in range(30)
]


@pytest.mark.parametrize("days", [0, 1, 3, 5, 10, 40])
def test_a_part_of_the_calendar_gives_the_deadline_of_the_whole(database: Database, days: int) -> None:
    with database.store.read() as connection:
        whole = calendars.kept(connection)
        for start in STARTS:
            part = calendars.kept_for(connection, [(start, days)])
            assert part.deadline(start, days) == whole.deadline(start, days)
            assert part.explain(start, days) == whole.explain(start, days)


def test_several_deadlines_share_one_part(database: Database) -> None:
    starts = [(date(2026, 9, 20), 10), (date(2026, 11, 2), 5), (date(2026, 10, 9), 3)]
    with database.store.read() as connection:
        whole, part = calendars.kept(connection), calendars.kept_for(connection, starts)
    assert [part.deadline(*start) for start in starts] == [whole.deadline(*start) for start in starts]
