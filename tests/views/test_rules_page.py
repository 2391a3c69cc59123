"""规则 in the window, on a real database: a set drawn up, weighed and put in force; a month closed, checked, reopened."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.rankings.queries import Period
from app.workspace import Person, Workspace
from models.rules.people import Group
from models.rules.ratings import Platform
from tests.databases import MONDAY, Database
from tests.store import loads
from views.operations import Operations
from views.rules.page import RulesPage
from views.shell.parts import Button
from views.shell.session import Session

OCTOBER = date(2026, 10, 1)


@pytest.fixture
def county(database: Database) -> Database:
    """Three agencies: the first has more ratings, and a ticket that nobody handled."""
    database.freeze(MONDAY)
    for name in ("甲镇", "乙镇", "丙镇"):
        database.agency(name)
    with loads.connect(database) as connection:
        loads.summary(connection, *(
            {"agency": name, "month": OCTOBER, "cases": 100, "cases_rated": rated, "level_5": rated, "level_2": 0}
            for name, rated in (("甲镇", 90), ("乙镇", 50), ("丙镇", 40))))  # fmt: skip
    database.ticket("甲镇", opened=MONDAY - timedelta(days=9))
    return database


@pytest.fixture
def sit(qtbot, county):
    opened = []

    def make(login="head", group=Group.OFFICER):
        operations = Operations()
        session = Session(operations)
        store = county.person(login)
        person = Person(login, "陈志强", group, None, None, is_head=login == "head")
        session.open(Workspace(store, person, "测试", None), MONDAY.date())
        session.told, session.asked = [], []
        session.noticed.connect(lambda *what: session.told.append(what))
        session.requested.connect(lambda *what: session.asked.append(what))
        page = RulesPage(session)
        qtbot.addWidget(page)
        page.resize(1190, 760)
        page.show()
        page.shown()
        opened.append((operations, store))
        settle(qtbot, page)
        return page

    yield make
    for operations, store in opened:
        operations.close(store.close)


def settle(qtbot, page):
    for _ in range(3):
        qtbot.waitUntil(lambda: page.session.operations.running == 0)
    QApplication.processEvents()


def said(widget) -> str:
    return "\n".join(found.text() for found in widget.findChildren(QLabel) if found.isVisible())


def draw_up(page, month=OCTOBER):
    """A set in which tickets weigh nothing, and which gives eight days."""
    panel = page.sets.panel
    assert page.session.registry.run("rules.new")
    form = panel.form
    form.choose_month(month)
    for part, percent in (("quality", "30"), ("handling", "0"), ("coverage", "70")):
        form.weights["without_hall", part].setText(percent)
    form.numbers["rectification_days"].setValue(8)
    form.reason.setPlainText("市局来文")
    return panel


def test_a_set_is_drawn_up_weighed_on_a_month_and_put_in_force(qtbot, sit, county):
    page = sit()
    panel, comparison = draw_up(page), page.sets.comparison
    form = panel.form
    assert form.name.text() == "2026-10"  # nobody wrote another, so it went along with the month
    form.weights["without_hall", "coverage"].setText("60")
    assert form.sums["without_hall"].text() == "90%" and "合计 90%，应为 100%" in form.wrong.text()
    assert not panel.weigh.isEnabled() and page.confirmation() is panel.weigh
    form.weights["without_hall", "coverage"].setText("70")
    assert form.problem is None
    page.confirmation().click()
    settle(qtbot, page)
    words = said(panel)
    assert "2026年10月已有数据，排名会按新规则重新计算" in words and "10 个工作日 → 8 个工作日" in words
    assert "差评工单处理率 30% → 0%" in words and "新工单的期限" in words
    assert [(r.agency, r.before.rank, r.after.rank) for r in comparison.comparison.rows] == [
        ("甲镇", 3, 1), ("乙镇", 1, 2), ("丙镇", 2, 3)]  # fmt: skip
    assert "3 个单位的名次会变" in comparison.said.text()
    assert not county.one("SELECT count(*) - 1 FROM pd.rule_set")
    page.confirmation().click()
    settle(qtbot, page)
    assert page.session.told[-1][:2] == ("success", "规则集“2026-10”自2026年10月施行。")
    assert county.rows("SELECT name, reason, put_by FROM pd.rule_set ORDER BY effective_from")[1] == (
        "2026-10", "市局来文", "head")  # fmt: skip
    page.sets.table.choose_id(OCTOBER)
    settle(qtbot, page)
    assert comparison.comparison.moved == 3
    comparison.other.setCurrentIndex(1)  # itself
    settle(qtbot, page)
    assert comparison.comparison.moved == 0 and "名次都不变" in comparison.said.text()
    assert "依据：市局来文" in said(panel) and "依据：细则第二十二条①" in said(panel)
    assert page.session.registry.run("rules.drop")
    assert not panel.confirm_drop.isEnabled()
    panel.why.setPlainText("写错了")
    page.confirmation().click()
    settle(qtbot, page)
    assert not county.one("SELECT count(*) - 1 FROM pd.rule_set") and not panel.is_kept


def test_a_month_is_closed_and_what_changes_afterwards_stands_beside_it(qtbot, sit, county):
    page = sit()
    page.show_closing()
    settle(qtbot, page)
    panel, registry = page.closing.panel, page.session.registry
    assert "可封账 1 个月" in page.facts.text() and "1 件差评工单还没有核实转办" in said(panel)
    assert not registry.available("closing.reopen")
    assert registry.run("closing.close")
    panel.note.setPlainText("十月")
    page.confirmation().click()
    settle(qtbot, page)
    assert panel.badge.accessibleName() == "已封账" and "没有变动" in said(panel)
    assert registry.run("closing.check") and registry.run("closing.copy")
    settle(qtbot, page)
    assert said(panel).count("✓") == 4 and "日志链头" in QGuiApplication.clipboard().text()
    county.freeze(MONDAY + timedelta(days=1))
    with loads.connect(county) as connection:
        loads.summary(
            connection,
            {
                "agency": "乙镇",
                "month": OCTOBER,
                "cases": 100,
                "cases_rated": 95,
                "level_5": 95,
                "level_2": 0,
            },
        )
    page.reload()
    settle(qtbot, page)
    lines = [tuple(c.text(r) for c in page.closing.changes.columns) for r in page.closing.changes.rows]
    assert [line for line in lines if line[1] == "办事评价覆盖度"] == [
        ("乙镇", "办事评价覆盖度", "50/100", "50.00", "95/100", "95.00", "+45.00", "")]  # fmt: skip
    assert lines[-1][1] == "综合评分" and "月度汇总" in said(panel) and "乙镇　封账后导入" in said(panel)
    assert panel.month.figures.ratings == 180  # as it was closed
    panel.check_close()
    settle(qtbot, page)
    assert "已有变动" in said(panel) and "与日志所记一致" in said(panel)
    page.show_sets()
    settle(qtbot, page)
    assert "封账" in said(page.sets.panel) and not page.sets.panel.drop.isVisible()
    draw_up(page).weigh.click()
    settle(qtbot, page)
    assert "2026年10月已经封账，不能施行" in said(page.sets.panel) and not page.sets.panel.put.isVisible()
    page.sets.panel.cancel.click()
    page.open_with(OCTOBER)
    settle(qtbot, page)
    panel.ranking.click()
    assert page.session.asked[-1] == ("rankings", Period.month(OCTOBER))
    assert registry.run("closing.reopen")
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.is_kept and registry.run("closing.reopen")
    panel.reason.setPlainText("漏了一批")
    page.confirmation().click()
    settle(qtbot, page)
    assert panel.badge.accessibleName() == "重新开账" and "漏了一批" in said(panel)


@pytest.mark.parametrize(
    ("login", "group"), [("officer", Group.OFFICER), ("bureau", Group.BUREAU), ("admin", Group.ADMIN)]
)
def test_others_read(qtbot, sit, county, login, group):
    county.raw("officer", "SELECT pd.close_month('2026-10-01', '')")
    page = sit(login, group)
    assert "规则集由中心负责人拟定和施行" in said(page.sets.panel)
    assert not page.session.registry.available("rules.new")
    page.show_closing()
    settle(qtbot, page)
    panel = page.closing.panel
    assert panel.reopen.isVisible() is (group is Group.OFFICER)
    assert panel.check.isVisible() is (group is not Group.ADMIN) and panel.copy.isVisible()
    assert not page.session.told


def test_what_is_drawn_up_is_kept_until_it_is_in_force_or_cleared(qtbot, sit, county):
    page = sit()
    panel = draw_up(page)
    began = panel.form
    panel.form.name.setText("市局新规")
    panel.form.platforms["quality_platforms"][Platform.HOTLINE].setChecked(True)
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert panel.mode == "reading"
    page.session.registry.run("rules.new")
    form = panel.form
    assert form is not began and (form.name.text(), form.reason.toPlainText()) == ("市局新规", "市局来文")
    assert (form.rules().rectification_days, form.rules().effective_from) == (8, OCTOBER)
    assert Platform.HOTLINE in form.rules().quality_platforms
    next(b for b in form.findChildren(Button) if b.accessibleName() == "清除已恢复的内容").click()
    panel.stop()
    page.session.registry.run("rules.new")
    assert panel.form.reason.toPlainText() == "" and panel.form.rules().rectification_days == 10
