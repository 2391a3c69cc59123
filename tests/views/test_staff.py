"""窗口人员: the list by agency and period, one at the right, a record and an order from there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtWidgets import QLabel

from app.changes import Changes, Kind
from app.improvements.queries import Proposal, StaffSubject
from app.rankings.queries import Period
from app.rankings.staff_rows import StaffFigure
from app.staff import commands, queries
from app.staff.commands import Withdrawal
from app.staff.rows import BadRating, Counts, MonthLine, Page, Record, StaffDetail, StaffRow, StaffStep
from models.rules.people import Group
from models.rules.referrals import Ground
from models.rules.rulesets import SHIPPED
from models.rules.staffing import tallied
from tests.views.factories import MONTH, NOW, TODAY, Backend, Workspace, person
from views.operations import Operations
from views.shell.session import Session
from views.staff.tab import StaffTab

MONTHS = (date(2026, 8, 1), date(2026, 9, 1), MONTH)
COUNTS = tallied({5: 30, 4: 2, 3: 0, 2: 3, 1: 1}, SHIPPED)
PERIOD = Period.month(MONTH)


def someone(number: int, name: str, *, run: int = 0, agency: str = "石城镇") -> StaffRow:
    return StaffRow(number, name, agency, COUNTS, number, 3, False, run, 1, 1, 0, 0)


def known(row: StaffRow) -> StaffDetail:
    months = tuple(MonthLine(month, COUNTS, 3, 3, True, month == MONTHS[0]) for month in MONTHS)
    bad = (BadRating(NOW, 1, "居住证申领", "态度生硬", 7),)
    record = Record(4, Ground.OBSTRUCTION, "故意刁难", "约谈", TODAY, "李伟", None)
    return StaffDetail(row, PERIOD, months, bad, (), (), (record,), (), tuple(StaffStep), MONTH)


class Desk:
    """The tab of an officer, over people kept here."""

    def __init__(self, qtbot, monkeypatch, group: Group = Group.OFFICER) -> None:
        self.qtbot = qtbot
        Backend().install(monkeypatch)
        self.rows = (someone(1, "陈东"), someone(2, "何欢", agency="安铺镇"), someone(3, "林燕", run=3))
        self.asked: list = []
        self.taken: list = []
        for module, names in ((queries, ("page", "member")), (commands, ("record", "withdraw"))):
            for name in names:
                monkeypatch.setattr(module, name, getattr(self, f"_{name}"))
        self.operations = Operations()
        self.session = Session(self.operations)
        self.session.open(Workspace(person(group)), TODAY)
        self.wanted: list = []
        self.session.requested.connect(lambda *what: self.wanted.append(what))
        self.tab = StaffTab(self.session)
        qtbot.addWidget(self.tab)
        self.tab.resize(1194, 700)
        self.tab.show()
        self.tab.reload()
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.running == 0)

    def _page(self, _connection, wanted, _person):
        self.asked.append(wanted)
        fits = tuple(
            r for r in self.rows if wanted.agency in (None, r.agency) and (not wanted.bottom or r.run >= 3)
        )
        return Page(
            fits, wanted.period or PERIOD, MONTHS[::-1], ("石城镇", "安铺镇"), (), Counts(3, 1, 3, {})
        )

    def _member(self, _connection, number, period, _person):
        assert period == PERIOD
        return known(next(r for r in self.rows if r.id == number))

    def _record(self, _connection, staff, draft, *, command_id):
        self.taken.append((staff, draft))
        self.rows = tuple(replace(r, records=1, version=1) if r.id == staff else r for r in self.rows)
        return commands.Done(staff, "已登记追责。", Changes(Kind.STAFF))

    def _withdraw(self, _connection, staff, given):
        self.taken.append((staff, given))
        return commands.Done(staff, "已撤回。", Changes(Kind.STAFF))

    def choose(self, number: int):
        assert self.tab.list.table.choose_id(number)
        self.settle()
        return self.tab.panel


@pytest.fixture
def desk(qtbot, monkeypatch):
    made = Desk(qtbot, monkeypatch)
    yield made
    made.operations.close()


def test_the_list_is_narrowed_by_agency_and_by_who_is_last(desk):
    tab = desk.tab
    assert [r.name for r in tab.list.model.rows] == ["陈东", "何欢", "林燕"]
    tab.agency.setCurrentIndex(tab.agency.findData("石城镇"))
    tab.agency.activated.emit(tab.agency.currentIndex())
    desk.settle()
    assert [r.name for r in tab.list.model.rows] == ["陈东", "林燕"]
    assert tab.agency.currentData() == "石城镇"
    tab.list.clock_chips["bottom"].click()
    desk.settle()
    assert [r.name for r in tab.list.model.rows] == ["林燕"]
    assert (desk.asked[-1].agency, desk.asked[-1].bottom) == ("石城镇", True)


def test_one_is_shown_with_months_bad_ratings_and_all_ratings_behind(desk):
    panel = desk.choose(3)
    assert panel.title.text() == "林燕"
    assert panel.badges[0].isVisible()
    assert "2026年10月，已封账" not in panel.chart.accessibleDescription()
    assert "2026年8月，已封账" in panel.chart.accessibleDescription()
    assert "已封账的月份" in panel._basis.text()
    panel.turn_to(panel.bad)
    words = [one.text() for one in panel.bad.findChildren(QLabel)]
    assert "态度生硬" in words
    assert "另有 3 条差评不在列出的范围。" in words
    figures = []
    panel.opened.connect(figures.append)
    panel.run_more("rows")
    assert figures == [StaffFigure("石城镇", "林燕", PERIOD)]
    assert desk.tab.rows.isVisible()


def test_an_order_rests_on_the_months_at_the_bottom(desk):
    desk.choose(3).begin(StaffStep.ORDER)
    subject = StaffSubject(3, "林燕", "窗口人员林燕评价连续3个月末位")
    assert desk.wanted == [("statistics", Proposal("石城镇", None, MONTHS[0], MONTHS[2], subject))]
    desk.wanted.clear()
    panel = desk.choose(1)
    assert panel.foot.said.text() == "现在没有要您办理的事项。"  # nobody is pressed to order anything
    panel.foot.button("order").click()
    assert desk.wanted[0][1].first == MONTH


def test_a_record_is_offered_the_counted_facts(desk):
    panel = desk.choose(3)
    panel.begin(StaffStep.RECORD)
    form = panel.form
    assert panel.foot.said.text() == "请选择事由。"
    form.ground.set_value(Ground.REPEATED)
    assert form.facts.toPlainText() == (
        "2026年10月评价36条，其中差评4条（11.11%），平均分9.03。申诉1件，修正1条。评价连续3个月在本单位末位。"
    )
    assert not panel.typing
    form.measure.setPlainText("约谈并调离窗口")
    panel.confirm.click()
    desk.settle()
    ((who, draft),) = desk.taken
    assert (who, draft.ground, draft.measure, draft.decided_on) == (
        3,
        Ground.REPEATED,
        "约谈并调离窗口",
        TODAY,
    )
    assert draft.facts.startswith("2026年10月评价36条")
    panel.begin(StaffStep.WITHDRAW)
    panel.form.reason.setPlainText("核实有误")
    panel.confirm.click()
    desk.settle()
    assert desk.taken[-1] == (3, Withdrawal(4, "核实有误"))


def test_another_list_waits_for_what_is_being_written(desk):
    panel = desk.choose(3)
    panel.begin(StaffStep.RECORD)
    panel.form.measure.setPlainText("约谈")
    desk.tab.agency.setCurrentIndex(desk.tab.agency.findData("安铺镇"))
    desk.tab.agency.activated.emit(1)
    desk.settle()
    assert panel.form is not None
    assert panel.form.measure.toPlainText() == "约谈"
    assert desk.tab.agency.currentData() is None
