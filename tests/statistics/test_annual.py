"""年度考核表 (Art. 26): the year pools its months, keeps what was closed, and recalculates; staff only for whom they concern."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from app.errors import UserError
from app.statistics import annual, annual_book
from app.statistics.annual import AnnualSheet
from app.workspace import Person, Workspace
from models.rules.lifecycle import Action
from models.rules.people import Group
from models.rules.ratings import Platform
from models.rules.rulesets import SHIPPED
from models.rules.scoring import AgencyFacts, TicketGroup, composite
from tests.databases import MONDAY, Database
from tests.rankings.test_workbook import calc, poison, reckon  # noqa: F401
from tests.store.acting import MATERIAL, act

OFFICER = Person("officer", "李伟", Group.OFFICER, None, None, False)
BUREAU = Person("bureau", "局", Group.BUREAU, None, None, False)


def liaison(agency: str) -> Person:
    return Person("liaison-01", "联络", Group.LIAISON, 1, agency, False)


@pytest.fixture
def year(database: Database) -> Database:
    """September and October of two townships, a third without anything; a returned ticket; two at the counter."""
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    database.agency("乙镇")
    database.agency("丙镇")
    for agency, counts in (
        ("甲镇", ((9, 90, 8, 2), (10, 40, 1, 4))),
        ("乙镇", ((9, 70, 0, 3), (10, 95, 5, 0))),
    ):
        for month, best, worst, defaults in counts:
            summary(database, agency, month, best, worst, defaults)
    ticket = database.ticket(opened=MONDAY - timedelta(days=40))
    act(database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    act(database, ticket, Action.ACKNOWLEDGE, login="liaison-01")
    act(database, ticket, Action.SUBMIT, login="liaison-01", payload=MATERIAL)
    act(database, ticket, Action.RETURN_FOR_REWORK, reason="请写明时间")
    for name, month, level, times in (
        ("林燕", 9, 5, 20), ("林燕", 9, 2, 1), ("林燕", 9, 1, 1), ("林燕", 10, 5, 10), ("林燕", 10, 4, 2), ("陈东", 10, 5, 1),
        ("陈东", 10, 1, 1),
    ):  # fmt: skip
        served(database, name, month, level, times)
    refresh(database)
    return database


def summary(database: Database, agency: str, month: int, best: int, worst: int, defaults: int) -> None:
    """The province's summary of a month: 200 cases."""
    database.rows(
        "INSERT INTO pd.summary_count VALUES (%s, %s, 'hall', 0, 200, %s, %s, 0, 0, 0, %s, %s, %s)",
        date(2026, month, 1), database.agency(agency), best + worst - defaults, best, worst, defaults, database.batch(),
    )  # fmt: skip


def served(database: Database, name: str, month: int, level: int, times: int) -> None:
    """Ratings of a staff member of 甲镇."""
    agency, batch = database.agency("甲镇"), database.batch()
    database.rows(
        "INSERT INTO pd.staff_member (agency_id, name) VALUES (%s, %s) ON CONFLICT DO NOTHING", agency, name
    )
    database.rows(
        "INSERT INTO pd.rating (area_code, case_number, target, service_number, rating_number, agency_id, platform, level,"
        " first_level, is_default, first_default, rated_at, batch_id, staff_id)"
        " SELECT '440881', %s || n, 'staff', 1, 1, %s, 'hall', %s, %s, false, false, %s::timestamptz, %s, m.id"
        " FROM generate_series(1, %s) n, pd.staff_member m WHERE m.name = %s",
        f"{name}{month}{level}-", agency, level, level, MONDAY.replace(month=month), batch, times, name,
    )  # fmt: skip


def refresh(database: Database) -> None:
    database.rows("SELECT pd.refresh_tally('{2026-09-01,2026-10-01}')")


def sheet(database: Database, person: Person = OFFICER, login: str = "officer") -> AnnualSheet:
    store = database.person(login)
    try:
        with store.read() as connection:
            return annual.sheet(connection, 2026, "township", person=person)
    finally:
        store.close()


def test_the_year_pools_its_months(year: Database) -> None:
    made = sheet(year)
    one = next(row for row in made.rows if row.agency == "甲镇")
    pooled = AgencyFacts("甲镇", 0, {Platform.HALL: {5: 130, 1: 9}}, {Platform.HALL: (133, 400)}, (0, 0),
                         (TicketGroup(1, False, True, False),), True)  # fmt: skip
    expected = composite(pooled, SHIPPED)
    assert expected is not None and one.score is not None and one.score.composite == expected.composite
    assert (one.counts.ratings, one.counts.good, one.counts.defaults, one.counts.cases) == (139, 130, 6, 400)
    assert one.counts.rate("good").percent == Decimal("93.53")
    assert (one.counts.tickets, one.counts.answered, one.counts.rectified, one.overdue, one.returned) == (
        1,
        1,
        0,
        0,
        1,
    )
    assert sorted(m.month for m in one.months) == [9, 10]
    assert [(row.agency, row.rank) for row in made.rows] == [("乙镇", 1), ("甲镇", 2), ("丙镇", None)]
    assert made.rows[-1].reason == "缺办件数据"
    assert {m.month: why for m, why in made.absent.items()} == dict.fromkeys(
        (*range(1, 9), 11), "没有数据"
    ) | {12: "尚未到"}
    said = "".join(annual_book.notes(made))
    assert "没有数据的月份：1月至8月、11月。" in said and "申诉" in said


def test_a_closed_month_stays_as_it_was_closed(year: Database) -> None:
    before = sheet(year)
    people = staff_of(year)
    for month in ("2026-09-01", "2026-10-01"):
        year.raw("officer", f"SELECT pd.close_month('{month}', '')")
    year.rows("UPDATE pd.summary_count SET level_1 = 50")
    year.rows("UPDATE pd.rating SET level = 1")
    refresh(year)
    after = sheet(year)
    assert [(r.agency, r.score, r.counts, r.overdue) for r in after.rows] == [
        (r.agency, r.score, r.counts, r.overdue) for r in before.rows
    ]
    assert after.view.closed == (date(2026, 9, 1), date(2026, 10, 1)) and staff_of(year) == people
    assert "按封账时的数计：9月至10月" in "".join(annual_book.notes(after))


def staff_of(database: Database, person: Person = OFFICER) -> tuple[annual.StaffRow, ...]:
    with database.store.read() as connection:
        return annual.staff(connection, 2026, "甲镇", person=person).rows


def test_staff_are_for_the_own_agency_and_the_centre(year: Database) -> None:
    worst, other = staff_of(year, liaison("甲镇"))
    assert (worst.name, worst.ratings, worst.bad_rate, worst.mean) == (
        "陈东",
        2,
        Decimal("50.00"),
        Decimal("5.00"),
    )
    assert (other.name, other.levels, other.bad) == ("林燕", {5: 30, 4: 2, 3: 0, 2: 1, 1: 1}, 2)
    for person in (liaison("乙镇"), BUREAU):
        with pytest.raises(UserError, match="本单位"):
            staff_of(year, person)
    own = {row.agency: row.returned for row in sheet(year, liaison("甲镇"), "liaison-01").rows}
    assert own == {"甲镇": 1, "乙镇": None, "丙镇": None}
    assert {row.returned for row in sheet(year, BUREAU, "bureau").rows} == {None}


def test_a_year_without_rules_or_not_begun_is_refused(year: Database) -> None:
    with year.store.read() as connection:
        assert annual.years(connection) == (2026,)
        for wrong in (2019, 2027):
            with pytest.raises(UserError, match="没有可以考核的月份"):
                annual.sheet(connection, wrong, "township", person=OFFICER)


def test_the_workbook_recalculates_to_what_is_shown(year: Database, calc: Path) -> None:  # noqa: F811
    space = Workspace(year.store, OFFICER, "", None)
    table = annual_book.export_year(space, calc / "year.xlsx", 2026, group="township").path
    people = annual_book.export_staff(space, calc / "staff.xlsx", 2026, agency="甲镇").path
    written = [values(path) for path in (table, people)]
    for path in (table, people):
        poison(path)
    reckon([table, people], calc)
    assert [values(calc / "reckoned" / path.name) for path in (table, people)] == written
    assert written[0][5][:3] == [2, "甲镇", float(sheet(year).rows[1].score.composite)]  # type: ignore[union-attr]
    assert [line[0] for line in written[1][4:6]] == ["陈东", "林燕"]
    assert (
        year.one("SELECT count(*) FROM pd.event WHERE action = 'export' AND facts ->> 'kind' = 'annual'") == 2
    )
    with pytest.raises(UserError, match="xlsx"):
        annual_book.export_year(space, calc / "year.csv", 2026, group="township")


def values(path: Path) -> list[list[object]]:
    """The first sheet, numbers to two decimals."""
    page = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    return [
        [round(v, 2) if isinstance(v, float) else v for v in line]
        for line in page.iter_rows(values_only=True)
    ]
