"""The figures of lists, rankings and tallies at the size of a city (run by `bootstrap.py bench`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import event

from app.database.engine import Store
from app.rankings import queries as rankings
from app.rankings.queries import Period
from app.tickets import queries
from app.tickets.queries import PageKey, TicketFilter
from app.workspace import Person
from models.rules.people import Group
from tests.benchmarks.scale import fill_ratings, fill_tickets
from tests.databases import MONDAY, Database

OFFICER = Person("officer", "", Group.OFFICER, None, None, False)


@pytest.fixture
def city(database: Database, tickets: int) -> Database:
    """A database with many tickets."""
    database.freeze(MONDAY)
    fill_tickets(database, tickets)
    database.liaison("liaison-01", "单位7")
    return database


def test_pages_of_tickets(city: Database, benchmark: Any, tickets: int) -> None:
    """First page and page 1,000 of 100, officer and liaison; and a search in Chinese."""
    liaison = Person("liaison-01", "", Group.LIAISON, city.agency("单位7"), "单位7", False)
    figures: dict[str, float] = {}
    for person in (OFFICER, liaison):
        store = city.person(person.login)
        deep = _key_after(store, person, min(100_000, tickets // 100) if person is OFFICER else tickets // 60)
        for name, wanted, after in (
            ("first page", TicketFilter(), None),
            ("page 1,000" if person is OFFICER else "deep page", TicketFilter(), deep),
            ("search 社会保障卡", TicketFilter(search="社会保障卡 单位7"), None),
        ):
            figures[f"{person.group}: {name}"] = _milliseconds(store, person, wanted, after)
        store.close()
    inside = {
        f"{person.group}: first page": _execution(city, person, TicketFilter(), None)
        for person in (OFFICER, liaison)
    }
    benchmark.extra_info |= figures | {f"{name}, inside": value for name, value in inside.items()}
    store = city.person("officer")
    benchmark(_page, store, OFFICER, TicketFilter(), None)
    store.close()
    _print(f"{tickets:,} tickets, milliseconds, median of 9", figures)
    _print("of these in the database itself (EXPLAIN ANALYZE, planning and execution), median of 9", inside)


def test_ranking_and_refresh(database: Database, benchmark: Any, ratings: int) -> None:
    """The ranking of a month, and the refresh of a month's tally of about 110,000 ratings."""
    months = max(1, ratings // 110_000)
    database.freeze(MONDAY)
    fill_ratings(database, ratings, months=months)
    october = Period.month(date(2026, 10, 1))
    figures = {"ranking": _timed(lambda: _ranked(database.store, october))}
    figures["refresh of a month"] = _timed(lambda: database.rows("SELECT pd.refresh_tally('{2026-10-01}')"))
    benchmark.extra_info |= figures
    benchmark(_ranked, database.store, october)
    _print(f"{ratings:,} ratings over {months} months, milliseconds, median of 9", figures)


def _ranked(store: Store, period: Period) -> None:
    with store.read() as connection:
        assert rankings.ranking(connection, period, group="township", compare=False).rows


def _page(store: Store, person: Person, wanted: TicketFilter, after: PageKey | None) -> None:
    with store.read() as connection:
        assert queries.page(connection, wanted, person=person, after=after).rows


def _execution(city: Database, person: Person, wanted: TicketFilter, after: PageKey | None) -> float:
    """Milliseconds that the page's own statement takes to plan and execute, policies and all."""
    asked: list[tuple[str, Any]] = []
    store = city.person(person.login)
    with store.read() as connection:

        def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
            asked.append((statement, values))

        event.listen(connection, "before_cursor_execute", note)
        queries.page(connection, wanted, person=person, after=after)
        event.remove(connection, "before_cursor_execute", note)
        statement, values = asked[-1]

        def once() -> float:
            explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)
            plan = explained.scalar_one()[0]
            return float(plan["Planning Time"] + plan["Execution Time"])

        once()
        took = round(median(once() for _ in range(9)), 2)
    store.close()
    return took


def _key_after(store: Store, person: Person, rows: int) -> PageKey | None:
    with store.read() as connection:
        return queries.page(connection, TicketFilter(), person=person, limit=rows).next


def _milliseconds(store: Store, person: Person, wanted: TicketFilter, after: PageKey | None) -> float:
    return _timed(lambda: _page(store, person, wanted, after))


def _timed(work: Callable[[], object]) -> float:
    def once() -> float:
        begin = perf_counter()
        work()
        return (perf_counter() - begin) * 1000

    once()
    return round(median(once() for _ in range(9)), 2)


def _print(title: str, figures: dict[str, float]) -> None:
    print(f"\n{title}")
    for name, value in figures.items():
        print(f"  {name:<32} {value:>9.2f}")
