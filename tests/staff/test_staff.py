"""窗口人员: ranks, months at the bottom, corrections, orders and accountability; and who reads whom."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar
from uuid import uuid4

import openpyxl
import psycopg
import pytest

from app.errors import UserError
from app.improvements import commands as improvements
from app.improvements import paper
from app.improvements import queries as orders
from app.improvements.commands import Draft
from app.improvements.queries import Proposal, StaffSubject
from app.rankings.queries import Period
from app.staff import commands, export, queries
from app.staff.commands import RecordDraft, Withdrawal
from app.staff.rows import Page, StaffDetail, StaffFilter, StaffStep
from app.workspace import Person
from models.rules.people import Group
from models.rules.referrals import Ground
from models.rules.staffing import Standing
from tests.databases import MONDAY, Database
from tests.store.loads import correct

T = TypeVar("T")
AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)
WHOLE = Period(AUGUST, OCTOBER)
PEOPLE = {
    "officer": Person("officer", "李伟", Group.OFFICER, None, None, False),
    "liaison-01": Person("liaison-01", "甲镇责任人", Group.LIAISON, 1, "甲镇", False),
    "liaison-02": Person("liaison-02", "乙镇责任人", Group.LIAISON, 2, "乙镇", False),
    "bureau": Person("bureau", "局", Group.BUREAU, None, None, False),
}


@pytest.fixture
def county(database: Database) -> Database:
    """Three at the counters of 甲镇 in three months, 林燕 always the last; one in 乙镇."""
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    database.liaison("liaison-02", "乙镇")
    for month in (8, 9, 10):
        served(database, "甲镇", "陈东", month, {5: 12})
        served(database, "甲镇", "何欢", month, {5: 11, 4: 1})
        served(database, "甲镇", "林燕", month, {5: 10, 1: 1, 2: month - 8})
    served(database, "乙镇", "王芳", 10, {5: 3})
    database.rows("SELECT pd.refresh_tally('{2026-08-01,2026-09-01,2026-10-01}')")
    return database


def served(database: Database, agency: str, name: str, month: int, levels: dict[int, int]) -> None:
    agency_id, batch = database.agency(agency), database.batch()
    database.rows(
        "INSERT INTO pd.staff_member (agency_id, name) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        agency_id,
        name,
    )
    for level, times in levels.items():
        database.rows(
            "INSERT INTO pd.rating (area_code, case_number, target, service_number, rating_number, agency_id, platform, level,"
            " first_level, is_default, first_default, rated_at, batch_id, staff_id)"
            " SELECT '440881', %s || n, 'staff', 1, 1, %s, 'hall', %s, %s, false, false, %s::timestamptz, %s, m.id"
            " FROM generate_series(1, %s) n, pd.staff_member m WHERE m.name = %s",
            f"{name}{month}{level}-", agency_id, level, level, MONDAY.replace(month=month), batch, times, name,
        )  # fmt: skip


def run(county: Database, login: str, work: Callable[..., T]) -> T:
    with closing(county.person(login)) as store, store.write() as connection:
        return work(connection)


def page(county: Database, login: str = "officer", **wanted: object) -> Page:
    chosen = StaffFilter(**{"period": WHOLE} | wanted)  # type: ignore[arg-type]
    return run(county, login, lambda c: queries.page(c, chosen, PEOPLE[login]))


def of(county: Database, name: str) -> int:
    return int(county.one("SELECT id FROM pd.staff_member WHERE name = %s", name))


def member(county: Database, name: str, login: str = "officer", period: Period = WHOLE) -> StaffDetail:
    who = of(county, name)
    return run(county, login, lambda c: queries.member(c, who, period, PEOPLE[login]))


def test_ranked_within_the_agency_and_marked_after_months_in_a_row(county: Database) -> None:
    rows = page(county).rows
    assert [(r.agency, r.name, r.rank, r.ranked, r.run, r.state, r.small) for r in rows] == [
        ("甲镇", "陈东", 1, 3, 0, Standing.FINE, False),
        ("甲镇", "何欢", 2, 3, 0, Standing.FINE, False),
        ("甲镇", "林燕", 3, 3, 3, Standing.BOTTOM, False),
        ("乙镇", "王芳", 1, 1, 0, Standing.FINE, True),
    ]
    assert [r.name for r in page(county, bottom=True).rows] == ["林燕"]
    assert [r.name for r in page(county, repeated=True).rows] == ["林燕"]
    latest = run(county, "officer", lambda c: queries.page(c, StaffFilter(), PEOPLE["officer"]))
    assert (latest.period, latest.months) == (Period.month(OCTOBER), (OCTOBER, SEPTEMBER, AUGUST))
    assert [r.counts.bad for r in latest.rows] == [0, 0, 3, 0]
    counted = page(county, bottom=True).counts
    assert (counted.matching, counted.bottom, counted.repeated) == (1, 1, 1)


def test_a_correction_counts_and_a_closed_month_stays(county: Database) -> None:
    county.raw("officer", "SELECT pd.close_month('2026-08-01', '')")
    assert county.raw("officer", "SELECT state FROM pd.appeal") == []
    before = member(county, "林燕")
    county.rows("UPDATE pd.appeal SET staff_id = %s", of(county, "林燕"))
    for case in ("林燕81-1", "林燕101-1"):
        correct(county, case, "440881", level=None, target="staff")
    county.rows("UPDATE pd.appeal SET staff_id = %s", of(county, "林燕"))
    after = member(county, "林燕")
    assert [m.counts.bad for m in before.months] == [1, 2, 3]
    assert [m.counts.bad for m in after.months] == [1, 2, 2]  # August as it was closed
    assert [m.closed for m in after.months] == [True, False, False]
    assert (after.row.appeals, after.row.corrected) == (2, 2)
    assert after.row.counts.mean is not None
    assert after.row.counts.mean > (before.row.counts.mean or Decimal(0))
    assert len(after.bad) == 4  # the rows that count now: the close's one is no row any more


def test_held_to_account_and_taken_back(county: Database) -> None:
    who, command = of(county, "林燕"), uuid4()
    draft = RecordDraft(Ground.REPEATED, "三个月差评6条", "约谈", date(2026, 11, 2))
    for _ in (1, 2):
        run(county, "officer", lambda c: commands.record(c, who, draft, command_id=command))
    one = member(county, "林燕", "liaison-01")
    assert [(r.ground, r.measure, r.withdrawn) for r in one.records] == [(Ground.REPEATED, "约谈", None)]
    assert (one.row.records, one.allowed) == (1, ())
    assert member(county, "林燕").allowed == tuple(StaffStep)
    gone = Withdrawal(one.records[0].id, "核实有误")
    run(county, "officer", lambda c: commands.withdraw(c, who, gone))
    with pytest.raises(UserError, match="已经撤回"):
        run(county, "officer", lambda c: commands.withdraw(c, who, gone))
    with pytest.raises(UserError):
        run(county, "liaison-01", lambda c: commands.record(c, who, draft, command_id=uuid4()))
    one = member(county, "林燕")
    assert (one.row.records, one.records[0].withdrawn) == (0, "核实有误")
    assert [s.action for s in one.steps] == ["登记追责", "撤回追责记录"]


def test_an_order_about_one_of_the_staff_rests_on_their_figures(county: Database) -> None:
    who = of(county, "林燕")
    about = Proposal("甲镇", None, AUGUST, OCTOBER, StaffSubject(who, "林燕", "林燕连续末位"))
    prepared = run(county, "officer", lambda c: orders.prepare(c, about, 10))
    draft = Draft("甲镇", None, AUGUST, OCTOBER, "林燕连续末位", "约谈", 10, who)
    done = run(county, "officer", lambda c: improvements.issue(c, draft, command_id=uuid4()))
    one = run(county, "liaison-01", lambda c: orders.order(c, done.order))
    assert one.basis == prepared.figures is not None
    assert (one.basis.ratings, one.basis.bad, one.row.staff) == (36, 6, "林燕")
    notice = run(county, "officer", lambda c: paper.document(c, done.order))
    said = repr(notice)
    assert "窗口人员林燕" in said and "8.2" in said
    assert [o.number for o in member(county, "林燕", "bureau").orders] == [done.number]


def test_who_reads_whom(county: Database) -> None:
    assert {r.name for r in page(county, "liaison-01").rows} == {"陈东", "何欢", "林燕"}
    assert {r.name for r in page(county, "liaison-02").rows} == {"王芳"}
    with pytest.raises(UserError, match="无权查看"):
        member(county, "林燕", "liaison-02")
    seen = {r.name: r for r in page(county, "bureau").rows}
    assert (seen["林燕"].rank, seen["林燕"].appeals, seen["林燕"].records) == (3, None, None)
    one = member(county, "林燕", "bureau")
    assert (one.bad, one.appeals, one.records, one.allowed) == ((), (), (), ())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        county.raw("bureau", "SELECT * FROM pd.accountability")


def test_the_list_goes_into_a_workbook_and_the_log(county: Database, tmp_path: Path) -> None:
    with closing(county.person("officer")) as store:
        space = SimpleNamespace(person=PEOPLE["officer"], read=store.read, write=store.write)
        done = export.export(space, tmp_path / "人员.xlsx", StaffFilter(period=WHOLE))
    assert done.rows == 4
    sheet = openpyxl.load_workbook(done.path).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6)]
    assert rows[2] == ["甲镇", 3, 3, "林燕", 8.58, 36, 30, 0, 0, 3, 3, 16.67, 0, 0, 0, 0, 3, "连续末位"]
    assert county.one("SELECT facts ->> 'kind' FROM pd.event ORDER BY id DESC LIMIT 1") == "staff"
