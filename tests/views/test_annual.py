"""年度: a table of the year, the chosen agency's months and staff, and what may be exported."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.statistics import annual, annual_book
from app.statistics.annual import AnnualRow, AnnualSheet, MonthScore, StaffRow, StaffSheet
from models.rules.people import Group
from models.rules.rates import RateCounts
from models.rules.rulesets import SHIPPED
from tests.views.factories import MONTH, TODAY, Workspace, person, ranking_view
from views.operations import Operations
from views.shell.session import Session
from views.statistics.annual import AnnualTab

COUNTS = RateCounts(
    ratings=200, good=196, defaults=50, tickets=4, answered=3, rectified=1, cases=400, cases_rated=150
)
SCORE = ranking_view().rows[0].score


def row(agency: str, rank: int | None, returned: int | None = 2) -> AnnualRow:
    score = SCORE if rank else None
    months = {MONTH: MonthScore(rank, SCORE.composite)} if rank else {}
    return AnnualRow(agency, months, rank, score, "" if rank else "缺办件数据", COUNTS, 1, returned)


SHEET = AnnualSheet(2026, "township", ranking_view(), (MONTH,), {date(2026, 9, 1): "没有数据"},
                    (row("石城镇", 1), row("罗州街道", 2), row("安铺镇", None, None)))  # fmt: skip
STAFF = StaffSheet("石城镇", 2026, SHIPPED, (StaffRow("林燕", {5: 8, 4: 0, 3: 0, 2: 1, 1: 1}, Decimal(83)),))


@pytest.fixture
def tab(request, qtbot, monkeypatch):
    """The tab of somebody, over a year kept here."""
    asked: list[tuple] = []
    monkeypatch.setattr(annual, "years", lambda _c: (2026, 2025))
    monkeypatch.setattr(
        annual, "sheet", lambda _c, year, group, *, person: replace(SHEET, year=year, group=group)
    )
    monkeypatch.setattr(annual, "staff", lambda _c, year, agency, *, person: replace(STAFF, agency=agency))
    for name in ("export_year", "export_staff"):
        monkeypatch.setattr(
            annual_book, name,
            lambda _s, path, year, name=name, **more: asked.append((name, year, more)) or annual_book.Written(path, 1),
        )  # fmt: skip
    operations = Operations()
    session = Session(operations)
    session.open(Workspace(person(getattr(request, "param", Group.OFFICER))), TODAY)
    made = AnnualTab(session)
    made.asked = asked
    made.settle = lambda: [qtbot.waitUntil(lambda: operations.running == 0) for _ in range(4)]
    qtbot.addWidget(made)
    made.resize(1154, 660)
    made.show()
    made.reload()
    made.settle()
    yield made
    operations.close()


def test_the_year_with_its_rates_and_what_is_missing(tab):
    assert [line.one.agency for line in tab.table.lines()] == ["石城镇", "罗州街道", "安铺镇"]
    assert tab.table.model().data(tab.table.model().index(0, 4)) == "98.00%"
    assert "没有数据的月份：9月" in tab.notes.text() and "申诉" in tab.notes.text()
    assert tab.name.text() == "石城镇" and "10月" in tab.months.text() and "第 1 名" in tab.months.text()
    assert "差评 2 / 合计 10" in tab.people.model().columns[-1].hint(tab.people.lines()[0])
    tab.table.choose_id(2)
    tab.settle()
    assert "没有可以排名" in tab.months.text() and tab.staff.agency == "安铺镇"
    assert tab.grab().toImage().pixelColor(5, 5).isValid()


def test_year_and_group_are_chosen_and_exported(tab, tmp_path):
    tab.year.setCurrentIndex(1)
    tab.settle()
    tab._chips["department"].click()
    tab.settle()
    assert (tab.sheet.year, tab.sheet.group) == (2025, "department")
    registry = tab.session.registry
    assert registry.available("annual.export") and registry.available("annual.staff")
    tab.save_year(tmp_path / "a.xlsx")
    tab.save_staff(tmp_path / "b.xlsx")
    tab.settle()
    assert tab.asked == [
        ("export_year", 2025, {"group": "department"}), ("export_staff", 2026, {"agency": "石城镇"}),
    ]  # fmt: skip


@pytest.mark.parametrize("tab", [Group.LIAISON], indirect=True)
def test_an_agency_begins_with_itself_and_sees_no_other_staff(tab):
    assert tab.name.text() == "罗州街道" and tab.people.isVisible()
    tab.table.choose_id(0)
    tab.settle()
    assert not tab.people.isVisible() and "只给本单位和中心看" in tab.people_said.text()
    assert not tab.session.registry.available("annual.staff")


def test_without_figures_it_says_what_to_do(tab, monkeypatch):
    monkeypatch.setattr(annual, "years", lambda _c: ())
    tab.reload()
    tab.settle()
    assert tab._empty.isVisible() and not tab.export.isEnabled()
