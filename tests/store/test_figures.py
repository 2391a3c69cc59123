"""A figure equals its list: for every period, agency, role and choice of platforms, live and closed."""

from __future__ import annotations

import csv
import random
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, text

from app.clock import SHANGHAI
from app.desk import queries as desk
from app.rankings import case_rows, figures, hall_rows, staff_rows
from app.rankings import queries as rankings
from app.rankings.case_rows import CaseFigure
from app.rankings.export import export
from app.rankings.figures import Counted, Figure
from app.rankings.hall_rows import HallFigure
from app.rankings.queries import Period
from app.rankings.staff_rows import StaffFigure
from app.tickets import queries as tickets
from app.tickets.queries import AtClose, TicketFilter
from app.workspace import Person
from models.rules.lifecycle import RECTIFIED
from models.rules.people import Group
from models.rules.ratings import Platform
from models.rules.rulesets import SHIPPED
from models.rules.scoring import AgencyFacts
from tests.databases import Database
from tests.store import loads
from tests.store.test_cases import Draw

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
PERIODS = (Period.month(OCTOBER), Period.month(NOVEMBER), Period(SEPTEMBER, NOVEMBER))
#: All platforms, those of the quality, and one.
BAD = (2, 1)
CHOICES = ((), tuple(platform.value for platform in SHIPPED.quality_platforms), ("hall",))


def county(database: Database, seed: int) -> list[str]:
    """Two agencies with batches, themes, follow-ups, defaults and bad ratings on file; one with a summary only."""
    draw = Draw(seed, random.Random(seed))
    summed = f"丙{seed}镇"
    for name in (*draw.agencies, summed):
        _halls(database, database.agency(name), name)
    with loads.connect(database) as connection:
        for _ in range(4):
            cases = {(row["case_number"], row["area_code"]): row for row in (draw.case() for _ in range(12))}
            loads.cases(connection, *cases.values())
            connection.commit()
            rated = {tuple(row[k] for k in ("case_number", "area_code", "rating_number")): row
                     for row in (_somewhere(draw, draw.rating()) | {"level": draw.draw.randint(1, 5)} for _ in range(12))}  # fmt: skip
            loads.ratings(connection, *(row | {"is_default": row["is_default"] and row["level"] == 5}
                                        for row in rated.values()), complete=draw.draw.random() < 0.8)  # fmt: skip
            connection.commit()
        loads.summary(connection, *(
            {"agency": name, "month": month, "platform": platform, "cases": 9, "cases_rated": 5, "level_5": 4, "level_2": 2}
            | {"hall": f"{name}大厅0" if platform == "hall" else None}
            for name in (draw.agencies[0], summed) for month in (SEPTEMBER, OCTOBER) for platform in ("hall", "hotline")
        ))  # fmt: skip
    return [*draw.agencies, summed]


def _halls(database: Database, agency: int, name: str) -> None:
    """Three halls that count and one that a file alone brought."""
    for number in range(4):
        database.rows(
            "INSERT INTO pd.hall (agency_id, name, registered) VALUES (%s, %s, %s)",
            agency, f"{name}大厅{number}", number < 3,
        )  # fmt: skip


def correct_some(database: Database) -> None:
    """Every seventh rating was appealed against with success: in turn left out, and counted with another level."""
    found = database.rows(
        "SELECT case_number, area_code, rating_number FROM pd.rating WHERE id % 7 = 0 ORDER BY id"
    )
    for place, (case, area, number) in enumerate(found):
        loads.correct(database, case, area, number, level=None if place % 2 else 4)
    assert len(found) > 3


def _somewhere(draw: Draw, row: dict[str, Any]) -> dict[str, Any]:
    """In one of the halls, but never in the third."""
    return row | {"hall": draw.draw.choice((None, *(f"{row['agency']}大厅{n}" for n in (0, 1, 3))))}


def listed(connection: Connection, figure: Any, module: Any = figures) -> list[Any]:
    """All pages of a list, seven rows a page (of halls two; of all agencies sixty)."""
    limit = 2 if module is hall_rows else 7 if figure.agency else 60
    found: list[Any] = []
    key: Any = None
    while True:
        page = module.rows(connection, figure, after=key, limit=limit)
        found += page.rows
        if (key := page.next) is None:
            return found


def ranked(connection: Connection, figure: Figure) -> int:
    """The number that the ranking shows."""
    view = rankings.ranking(connection, figure.period, group="township", compare=False)
    return sum(
        number
        for facts in view.facts
        if figure.agency in (None, facts.agency)
        for platform, levels in facts.levels.items()
        if not figure.platforms or platform.value in figure.platforms
        for level, number in levels.items()
        if not figure.levels or level in figure.levels
    )


def facts_of(connection: Connection, agency: str, period: Period) -> AgencyFacts:
    """What the ranking counted for an agency."""
    view = rankings.ranking(connection, period, group="township", compare=False)
    return next(facts for facts in view.facts if facts.agency == agency)


def check_cases_and_halls(database: Database, login: str, agencies: list[str]) -> dict[Any, Any]:
    """The same of the cases of each channel and of the halls: numerators as well as denominators."""
    found: dict[Any, Any] = {}
    with closing(database.person(login)) as store, store.read() as connection:
        for agency, period in ((a, p) for a in agencies for p in PERIODS):
            facts = facts_of(connection, agency, period)
            halls = HallFigure(agency, period)
            seen, told = listed(connection, halls, hall_rows), hall_rows.counted(connection, halls)
            assert (sum(hall.active for hall in seen), len(seen)) == (told.active, told.count) == facts.halls
            found[halls] = told.count, told.active
            for channels in (("portal", "hall", "app"), ("portal",), ("hall",)):
                cases = CaseFigure(agency, period, channels)
                rows, count = listed(connection, cases, case_rows), case_rows.counted(connection, cases)
                assert len({row.id for row in rows}) == len(rows)
                assert sum(row.number for row in rows) == count.visible <= count.count, (login, cases)
                if not count.hidden:
                    assert sum(row.rated for row in rows) == count.rated, (login, cases)
                counted = [facts.cases.get(Platform(channel), (0, 0)) for channel in channels]
                assert (count.rated, count.count) == tuple(map(sum, zip(*counted, strict=True)))
                assert not count.hidden or (
                    login != "officer" and (login, agency) != ("liaison-01", agencies[0])
                )
                found[cases] = count.count, count.rated
    return found


def check(database: Database, login: str, agencies: list[str]) -> dict[Figure, Counted]:
    """Everything that one person sees: the pages add up to what is said of them, and to the ranking's number."""
    found: dict[Figure, Counted] = {}
    with closing(database.person(login)) as store, store.read() as connection:
        check_strip(connection)
        of_all = [Figure(None, p, (), levels) for p in PERIODS for levels in ((), BAD)]
        grouped = Figure(None, PERIODS[2], ("hall",), BAD, "township")
        for figure in (
            *(Figure(a, p, c) for a in agencies for p in PERIODS for c in CHOICES),
            *of_all,
            grouped,
        ):
            rows, found[figure] = listed(connection, figure), figures.counted(connection, figure)
            assert len({row.id for row in rows}) == len(rows)
            assert sum(row.number for row in rows) == found[figure].visible, (login, figure)
            assert found[figure].count == ranked(connection, figure), (login, figure)
            assert found[figure].hidden >= 0
            if login == "officer":
                assert found[figure].hidden == 0, figure
    return found


def check_strip(connection: Connection) -> None:
    """The desk's figures of a month, open or closed, are those of the lists that they open."""
    for month in (OCTOBER, NOVEMBER):
        strip, every = desk.month_strip(connection, month), Figure(None, Period.month(month))
        assert strip.ratings == figures.counted(connection, every).count
        assert strip.bad == figures.counted(connection, replace(every, levels=BAD)).count
        if connection.scalar(text("SELECT pd.my_group()")) == "officer":
            whole = TicketFilter(
                month=month, counted=True, at_close=AtClose.COUNTED if strip.closed else None
            )
            done = (
                replace(whole, at_close=AtClose.HANDLED)
                if strip.closed
                else replace(whole, states=frozenset(RECTIFIED))
            )
            person = Person("officer", "李伟", Group.OFFICER, None, None, False)
            found = tuple(tickets.count(connection, one, person=person) for one in (whole, done))
            # The draw may rate after the frozen today, which no figure counts yet.
            ahead = connection.scalar(
                text(
                    "SELECT count(*) FROM ticket WHERE state <> 'rejected' AND opened_at >= pd.local_midnight(pd.today() + 1)"
                    " AND opened_at >= pd.local_midnight(CAST(:month AS date))"
                    " AND opened_at < pd.local_midnight((CAST(:month AS date) + INTERVAL '1 month')::date)"
                ),
                {"month": month},
            )
            assert (found[0] - (ahead or 0), found[1]) == (strip.tickets, strip.rectified)


def check_words(database: Database, agencies: list[str]) -> None:
    """What was said stands with the rating alone, with that which gave the level; who reads it is who reads ratings."""
    database.rows("UPDATE pd.rating SET reason = 'level ' || level, labels = ARRAY['108', 'x9']")
    for login, own in (("officer", agencies), ("liaison-01", agencies[:1]), ("bureau", [])):
        with closing(database.person(login)) as store, store.read() as connection:
            rows = [row for name in agencies for row in listed(connection, Figure(name, PERIODS[2]))]
            with_words = [row for row in rows if row.words is not None]
            assert {row.source for row in with_words} <= ({"rating"} if own else set())
        # What was said stays with a rating whose level was corrected to 4.
        assert all(row.words == f"level {row.level}" or row.level == 4 for row in with_words)
        assert all(row.labels[1] == "x9" for row in with_words)
        assert login != "officer" or len(with_words) == sum(row.source == "rating" for row in rows) > 0


@pytest.mark.parametrize("effect", ["first", "latest"])
def test_a_figure_equals_its_list_for_everybody(database: Database, effect: str) -> None:
    database.freeze(datetime(2026, 11, 9, 10, tzinfo=SHANGHAI))
    database.rows(f'UPDATE pd.rule_set SET parameters = parameters || \'{{"follow_up_effect": "{effect}"}}\'')
    agencies = [name for seed in range(2) for name in county(database, seed)]
    correct_some(database)
    database.liaison("liaison-01", agencies[0])
    whole = check(database, "officer", agencies)
    assert len({one.count for one in whole.values()}) > 10
    with database.store.read() as connection:
        sources = {row.source for name in agencies for row in listed(connection, Figure(name, PERIODS[2]))}
    assert sources == {"rating", "shared", "default", "summary"}
    check_words(database, agencies)
    for login in ("liaison-01", "bureau"):
        seen = check(database, login, agencies)
        assert {f: one.count for f, one in seen.items()} == {f: one.count for f, one in whole.items()}
        assert any(one.hidden for one in seen.values())


@pytest.mark.parametrize("effect", ["first", "latest"])
def test_cases_and_halls_equal_their_lists_for_everybody_open_and_closed(
    database: Database, effect: str
) -> None:
    database.freeze(datetime(2026, 11, 9, 10, tzinfo=SHANGHAI))
    database.rows(f'UPDATE pd.rule_set SET parameters = parameters || \'{{"follow_up_effect": "{effect}"}}\'')
    agencies = [name for seed in range(2) for name in county(database, seed)]
    correct_some(database)
    database.liaison("liaison-01", agencies[0])
    for closed in (False, True):
        if closed:
            database.raw("officer", "SELECT pd.close_month('2026-10-01', '')")
            database.rows("UPDATE pd.hall SET registered = NOT registered")
        whole = check_cases_and_halls(database, "officer", agencies)
        assert len(set(whole.values())) > 15
        with database.store.read() as connection:
            cases = (CaseFigure(name, PERIODS[2], ("portal", "hall")) for name in agencies)
            sources = {row.source for figure in cases for row in listed(connection, figure, case_rows)}
        assert sources == {"case", "summary", "closed"} - (set() if closed else {"closed"})
        assert {active for figure, (_, active) in whole.items() if isinstance(figure, HallFigure)} >= {1, 2}
        for login in ("liaison-01", "bureau"):
            assert check_cases_and_halls(database, login, agencies) == whole


def test_a_closed_month_is_listed_as_it_was_closed(database: Database) -> None:
    database.freeze(datetime(2026, 11, 9, 10, tzinfo=SHANGHAI))
    agencies = county(database, 5)
    figure = Figure(agencies[0], Period.month(OCTOBER))
    with database.store.read() as connection:
        before = figures.counted(connection, figure)
    database.raw("officer", "SELECT pd.close_month('2026-10-01', '')")
    with loads.connect(database) as connection:
        moment = datetime(2026, 10, 9, 9, tzinfo=SHANGHAI) + timedelta(hours=1)
        loads.ratings(
            connection, {"case_number": "LATER", "agency": agencies[0], "level": 2, "rated_at": moment}
        )
    with database.store.read() as connection:
        after, rows = figures.counted(connection, figure), listed(connection, figure)
    assert (after.count, after.closed) == (before.count, (OCTOBER,))
    assert {row.source for row in rows} == {"closed"} and after.hidden == 0
    check(database, "officer", agencies)
    check(database, "bureau", agencies)


def test_the_day_of_a_rating_is_told_of_own_cases_alone(database: Database) -> None:
    database.freeze(datetime(2026, 11, 9, 10, tzinfo=SHANGHAI))
    for login, agency in (("liaison-01", "甲镇"), ("liaison-02", "乙镇")):
        database.liaison(login, agency)
    day = datetime(2026, 10, 8, 9, tzinfo=SHANGHAI)
    with loads.connect(database) as connection:
        loads.cases(connection, {"case_number": "C1", "finished_at": day})
        loads.ratings(connection, {"case_number": "C1", "level": 5, "rated_at": day + timedelta(days=1)})
    asked = "SELECT pd.case_rated_on('C1', '440881')"
    assert database.raw("liaison-01", asked) == [(date(2026, 10, 9),)]
    assert database.raw("liaison-02", asked) == [(None,)]


def test_staff_ratings_equal_their_list_open_and_closed(database: Database) -> None:
    database.freeze(datetime(2026, 11, 9, 10, tzinfo=SHANGHAI))
    agency = database.agency("甲镇")
    database.liaison("liaison-01", "甲镇")
    database.liaison("liaison-02", "乙镇")
    person = database.one(
        "INSERT INTO pd.staff_member (agency_id, name) VALUES (%s, '李娟') RETURNING id", agency
    )
    for number in range(9):
        database.rows(
            "INSERT INTO pd.rating (area_code, case_number, target, service_number, rating_number, agency_id, platform, staff_id,"
            " level, first_level, is_default, first_default, rated_at, batch_id)"
            " VALUES ('440881', %s, 'staff', 1, 1, %s, 'hall', %s, %s, %s, false, false, %s, 1)",
            f"S{number}", agency, person, number % 5 + 1, number % 5 + 1,
            datetime(2026, 10 + number % 2, 1 + number % 4, 9, tzinfo=SHANGHAI),
        )  # fmt: skip
    database.rows("SELECT pd.refresh_tally(ARRAY['2026-10-01', '2026-11-01']::date[])")
    for closed in (False, True):
        if closed:
            database.raw("officer", "SELECT pd.close_month('2026-10-01', '')")
            database.rows("UPDATE pd.rating SET level = 5 WHERE target = 'staff'")
        for period, number in zip(PERIODS, (5, 4, 9), strict=True):
            figure = StaffFigure("甲镇", "李娟", period)
            with database.store.read() as connection:
                told, found = staff_rows.counted(connection, figure), listed(connection, figure, staff_rows)
            assert sum(row.number for row in found) == told.count == told.visible == number
    with database.store.read() as connection:
        levels = {
            row.level for row in listed(connection, StaffFigure("甲镇", "李娟", PERIODS[0]), staff_rows)
        }
    assert levels == {1, 2, 3, 4, 5}  # as they were closed
    for login, count in (("liaison-01", 9), ("liaison-02", 0)):
        with closing(database.person(login)) as store, store.read() as connection:
            told = staff_rows.counted(connection, StaffFigure("甲镇", "李娟", PERIODS[2]))
        assert (told.count, told.hidden) == (count, min(count, 4))


def test_the_rows_leave_the_house_masked_and_noted_as_the_reader_sees_them(
    database: Database, tmp_path: Path
) -> None:
    database.freeze(datetime(2026, 11, 9, 10, tzinfo=SHANGHAI))
    agencies = county(database, 0)
    database.liaison("liaison-01", agencies[0])
    database.rows("UPDATE pd.rating SET reason = '=1+1 打13812345678'")
    wanted: tuple[tuple[Any, Any], ...] = (
        (Figure(None, PERIODS[2]), figures), (Figure(None, PERIODS[2], (), BAD), figures),
        (HallFigure(agencies[0], PERIODS[2]), hall_rows), (CaseFigure(agencies[0], PERIODS[2], ("hall",)), case_rows),
    )  # fmt: skip
    for login in ("officer", "liaison-01", "bureau"):
        with closing(database.person(login)) as store:
            store.person = SimpleNamespace(name="李伟")  # type: ignore[attr-defined]
            for number, (figure, module) in enumerate(wanted):
                with store.read() as connection:
                    rows = listed(connection, figure, module)
                path = tmp_path / f"{login}{number}.csv"
                done = export(store, path, figure)
                lines = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
                assert done.rows == len(rows) == len(lines) - 1, (login, figure)
                said = "".join(map(str, lines))
                assert "13812345678" not in said
                assert not any(cell.startswith("=") for line in lines for cell in line)
                assert "'=1+1" in said or login != "officer" or module is not figures
            assert (
                database.one("SELECT facts ->> 'kind' FROM pd.event WHERE action = 'export' LIMIT 1")
                == "figure_rows"
            )
