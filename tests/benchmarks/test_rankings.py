"""The ranking page over 36 months of ten million ratings: open, change of period, heat map."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from statistics import median
from time import perf_counter
from typing import Any

from app.rankings import queries, trends
from app.rankings.queries import Period
from app.workspace import Workspace
from models.rules.people import Group
from tests.databases import MONDAY, Database

MONTHS = 36
LATEST = date(2026, 10, 1)
AGENCIES = 41


def test_months_of_counts(database: Database, benchmark: Any) -> None:
    """What the page asks for, without its window."""
    fill_tally(database)
    whole = Period(date(2023, 11, 1), LATEST)
    with database.store.read() as connection:
        history = queries.history(connection, whole)
        figures = {
            "months": _timed(lambda: queries.months(connection)),
            "month, read": _timed(
                lambda: queries.ranking(connection, Period(LATEST, LATEST), group="township")
            ),
            "year, read": _timed(
                lambda: queries.ranking(connection, Period(date(2026, 1, 1), LATEST), group="township")
            ),
            "all months, read": _timed(lambda: queries.history(connection, whole)),
        }
    figures["year, from the counts at hand"] = _timed(
        lambda: history.ranking(Period(date(2025, 1, 1), date(2025, 12, 1)), "township")
    )
    figures["heat map's figures"] = _timed(lambda: trends.grid(history, "township"))
    benchmark.extra_info |= figures
    benchmark(history.ranking, Period(LATEST, LATEST), "township")
    _print(figures)


def test_the_page_in_its_window(database: Database, qtbot: Any, benchmark: Any) -> None:
    """Opened, another period, and the heat map of 41 agencies and 36 months drawn anew."""
    from views.operations import Operations
    from views.shell.session import Session

    fill_tally(database)
    session = Session(Operations())
    session.open(Workspace.open_server(database.conninfo("officer")), date(2026, 11, 2))
    assert session.person.group is Group.OFFICER
    from views.rankings.page import RankingsPage  # the window has read it behind the desk by now

    begin = perf_counter()
    page = RankingsPage(session)
    qtbot.addWidget(page)
    page.resize(1180, 760)
    page.show()
    page.shown()
    while page._view is None:
        qtbot.wait(1)
    page.grab()
    figures = {"open": (perf_counter() - begin) * 1000}
    qtbot.waitUntil(lambda: bool(page._grids), timeout=20_000)
    periods = [Period(date(y, m, 1), date(y, m, 1)) for y in (2024, 2025) for m in (2, 7, 11)]
    periods += [Period(date(y, 1, 1), date(y, 12, 1)) for y in (2024, 2025, 2026)]
    took = [_once(lambda p=period: (page.show_period(p), page.grab())) for period in periods]
    figures |= {"another period, median": median(took), "another period, longest": max(took)}
    page._boards["heat"].click()
    heat = page.boards["heat"].canvas
    figures["heat map drawn anew"] = _timed(heat.grab)
    assert (len(heat.grid.agencies), len(heat.grid.months)) == (AGENCIES, MONTHS)
    benchmark.extra_info |= figures
    benchmark(heat.grab)
    session.operations.close()
    close = session.shut()
    assert close is not None
    close()
    _print(figures)


def fill_tally(database: Database) -> None:
    """The tally that ten million ratings would make: each day, agency, platform and hall of three years; cases
    from detail, which is the larger of the two ways they come.
    """
    database.freeze(MONDAY)
    for number in range(AGENCIES):
        database.agency(f"第{number + 1}个单位，名称很长的镇人民政府")
    database.rows(
        "INSERT INTO pd.hall (agency_id, name, registered) SELECT a.id, '大厅' || n, true"
        " FROM pd.agency a, generate_series(1, 3) AS n"
    )
    database.rows("""
        INSERT INTO pd.tally (day, monthly, agency_id, platform, hall_id, level_5, level_4, level_3, level_2, level_1, defaults, active)
        SELECT d::date, false, a.id, p.name, p.hall, 20 + (a.id + extract(day FROM d)::int) % 17, 5, 1, (a.id % 3)::int, (a.id % 2)::int, 9, 20
        FROM generate_series(DATE '2023-11-01', DATE '2026-10-31', INTERVAL '1 day') AS d, pd.agency a,
             LATERAL (SELECT unnest(ARRAY['portal', 'app', 'yueshengshi', 'yueshangtong']) AS name, 0::bigint AS hall
                      UNION ALL SELECT 'hall', h.id FROM pd.hall h WHERE h.agency_id = a.id) p""")
    database.rows("""
        INSERT INTO pd.tally_case (day, agency_id, platform, hall_id, rated_on, cases)
        SELECT d::date, a.id, p, 0, CASE WHEN k = 7 THEN DATE '9999-12-31' ELSE d::date + k END, 10 + (a.id * k) % 9
        FROM generate_series(DATE '2023-11-01', DATE '2026-10-31', INTERVAL '1 day') AS d, pd.agency a,
             unnest(ARRAY['portal', 'hall', 'app']) AS p, generate_series(0, 7) AS k""")
    database.rows("""
        INSERT INTO pd.tally_ticket (day, agency_id, submitted_on, handled_on, due_on, tickets)
        SELECT d::date, a.id, d::date + 5, CASE WHEN a.id % 3 = 0 THEN DATE '9999-12-31' ELSE d::date + 8 END, d::date + 14, 1
        FROM generate_series(DATE '2023-11-01', DATE '2026-10-31', INTERVAL '5 days') AS d, pd.agency a""")
    database.rows("VACUUM ANALYZE pd.tally")
    database.rows("VACUUM ANALYZE pd.tally_case")
    database.rows("VACUUM ANALYZE pd.tally_ticket")


def _timed(work: Callable[[], object]) -> float:
    _once(work)
    return round(median(_once(work) for _ in range(5)), 2)


def _once(work: Callable[[], object]) -> float:
    begin = perf_counter()
    work()
    return (perf_counter() - begin) * 1000


def _print(figures: dict[str, float]) -> None:
    print("\nTen million ratings over 36 months, milliseconds")
    for name, value in figures.items():
        print(f"  {name:<32} {value:>9.2f}")
