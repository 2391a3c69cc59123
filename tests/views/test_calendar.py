"""工作日历 in the window, on a real database: the year, its keys, local days and notices weighed before they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolTip

from app.clock import SHANGHAI
from app.errors import EnvironmentProblem
from app.intake.results import ChangedDay, MovedDeadline
from app.registry import calendar_days
from app.registry.calendar_days import CalendarChange
from app.workspace import Person, Workspace
from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import Database
from tests.store.acting import act
from views.operations import Operations
from views.registry.calendar_panel import preview_lines
from views.registry.page import RegistryPage
from views.shell.session import Session

TODAY = date(2026, 12, 21)


@pytest.fixture
def december(database: Database) -> Database:
    database.freeze(datetime(2026, 12, 21, 10, tzinfo=SHANGHAI))
    database.liaison("liaison-01", "甲镇")
    ticket = database.ticket(opened=datetime(2026, 12, 20, 9, tzinfo=SHANGHAI))
    act(database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    return database


@pytest.fixture
def sit(qtbot, december):
    opened = []

    def make(login="officer", group=Group.OFFICER):
        operations = Operations()
        session = Session(operations)
        store = december.person(login)
        person = Person(login, "李伟", group, None, None, is_head=False)
        session.open(Workspace(store, person, "测试", None), TODAY)
        session.told = []
        session.noticed.connect(lambda *what: session.told.append(what))
        page = RegistryPage(session)
        qtbot.addWidget(page)
        page.resize(1190, 760)
        page.show()
        page.shown()
        page.show_calendar()
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
    return "\n".join(found.text() for found in widget.findChildren(QLabel) if not found.isHidden())


def key(page, wanted) -> None:
    from PySide6.QtTest import QTest

    QTest.keyClick(page.calendar.grid, wanted)


def test_the_year_shows_and_says_what_each_day_is(sit):
    page = sit()
    grid = page.calendar.grid
    assert grid.day == TODAY and page.calendar.year.text() == "2026年"
    assert "个工作日，12月24日起暂定" in page.facts.text() and page.facts.text().startswith("2026年")
    assert not page.search.isVisible() and page.calendar.panel.isVisible()
    for day, words in (
        (date(2026, 10, 1), "不计入期限：国庆节假期"),
        (date(2026, 10, 10), "调休上班"),
        (date(2026, 12, 28), "暂定"),
    ):
        spot = grid.day_box(day).center().toPoint()
        QApplication.sendEvent(grid, QHelpEvent(QEvent.Type.ToolTip, spot, grid.mapToGlobal(spot)))
        assert words in QToolTip.text()
    QToolTip.hideText()
    assert page.grab().toImage().pixelColor(5, 5).isValid()


def test_days_and_years_are_reached_with_the_keys(qtbot, sit):
    page = sit()
    grid = page.calendar.grid
    for pressed, day in (
        (Qt.Key.Key_Right, date(2026, 12, 22)), (Qt.Key.Key_Up, date(2026, 12, 15)),
        (Qt.Key.Key_Home, date(2026, 12, 1)), (Qt.Key.Key_Left, date(2026, 11, 30)),
        (Qt.Key.Key_Down, date(2026, 12, 7)), (Qt.Key.Key_End, date(2026, 12, 31)),
        (Qt.Key.Key_Right, date(2027, 1, 1)), (Qt.Key.Key_PageUp, date(2026, 1, 1)),
    ):  # fmt: skip
        key(page, pressed)
        settle(qtbot, page)
        assert grid.day == day, pressed
    assert "2026年1月1日" in grid.accessibleName()
    page.calendar.later.click()
    settle(qtbot, page)
    assert page.calendar.year.text() == "2027年" and "全年暂定" in page.facts.text()
    page.calendar.today.click()
    settle(qtbot, page)
    assert grid.day == TODAY
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.day_box(date(2026, 3, 3)).center().toPoint())
    assert grid.day == date(2026, 3, 3) and "3月3日" in said(page.calendar.panel)
    page.open_with(date(2025, 5, 1))
    settle(qtbot, page)
    assert grid.day == date(2025, 5, 1)


def test_a_local_day_is_weighed_confirmed_and_taken_back(qtbot, sit, december):
    page = sit()
    panel = page.calendar.panel
    page.calendar.grid.choose(date(2026, 12, 23))
    assert not panel.look.isEnabled()
    panel.reason.setPlainText("冼夫人诞放假一天")
    panel.look.click()
    settle(qtbot, page)
    assert "1 天改变，1 件在办工单的期限改变。" in said(panel)
    assert "2027年1月4日 → 2027年1月5日" in said(panel)
    assert december.one("SELECT count(*) FROM pd.local_day") == 0
    qtbot.keyClick(panel.confirm, Qt.Key.Key_Escape)
    assert panel.plan is None and panel.reason.toPlainText() == "冼夫人诞放假一天"
    panel.look.click()
    settle(qtbot, page)
    panel.confirm.click()
    settle(qtbot, page)
    assert december.one("SELECT reason FROM pd.local_day") == "冼夫人诞放假一天"
    assert page.session.told[-1][0] == "success"
    assert page.calendar.grid.day == date(2026, 12, 23) and "李伟" in said(panel)
    assert "本地安排：2026年12月23日，1 天" in said(panel) and "撤回后为：周三，工作日" in said(panel)
    panel.look.click()
    settle(qtbot, page)
    panel.confirm.click()
    settle(qtbot, page)
    assert december.one("SELECT count(*) FROM pd.local_day WHERE taken_back_at IS NULL") == 0
    assert "撤回本地安排：2026年12月23日" in said(panel)


def test_a_notice_is_weighed_and_imported(qtbot, sit, december, tmp_path: Path):
    file = tmp_path / "2027年放假安排.csv"
    file.write_text("日期,安排,说明\n2027-01-01至2027-01-03,休,元旦\n", encoding="utf-8")
    page = sit("admin", Group.ADMIN)
    panel = page.calendar.panel
    assert "由中心责任人和审计员查阅" in said(panel)
    panel.preview_notice(file)
    settle(qtbot, page)
    assert "导入放假安排：2027年放假安排.csv" in said(panel) and "周五，工作日 → 元旦" in said(panel)
    assert december.rows("SELECT 1 FROM pd.calendar_year WHERE year = 2027") == []
    panel.confirm.click()
    settle(qtbot, page)
    assert december.rows("SELECT 1 FROM pd.calendar_year WHERE year = 2027") == [(1,)]
    assert page.calendar.year.text() == "2027年"
    panel.preview_notice(file)
    settle(qtbot, page)
    assert "什么都不会改变" in said(panel) and not panel.confirm.isVisible()


def test_what_goes_wrong_is_said_and_changes_nothing(qtbot, sit, tmp_path: Path, monkeypatch):
    page = sit()
    panel = page.calendar.panel
    panel.preview_notice(tmp_path / "missing.csv")
    settle(qtbot, page)
    assert page.session.told[-1][0] == "warning" and panel.plan is None and panel.look.isVisible()

    def away(*_):
        raise EnvironmentProblem("连不上数据库。")

    monkeypatch.setattr(calendar_days, "year", away)
    page.calendar.reload()
    settle(qtbot, page)
    assert page.session.told[-1][:3] == ("error", "连不上数据库。", "重试")


def test_an_auditor_reads_and_changes_nothing(sit):
    page = sit("auditor", Group.AUDITOR)
    assert not page.calendar.load.isVisible() and not page.calendar.panel.look.isVisible()
    assert "装好以后还没有变动" in said(page.calendar.panel)


def test_months_stand_in_more_rows_where_room_is_scarce(sit):
    grid = sit().calendar.grid
    wide, narrow = grid.heightForWidth(1200), grid.heightForWidth(420)
    assert narrow > 1.5 * wide and grid.minimumSizeHint().width() < 420
    assert QPoint(0, 0) != grid.day_box(date(2026, 1, 1)).topLeft().toPoint()


def test_long_previews_list_so_many_and_count_the_rest():
    day = ChangedDay(TODAY, False, "放假", True, "周一，工作日")
    moved = MovedDeadline(1, None, TODAY, TODAY)
    lines = [
        t
        for t, _ in preview_lines(
            "导入", CalendarChange((day,) * 23, (moved, replace(moved, number="HCP1")) * 11)
        )
    ]
    assert "另有 3 天" in lines and "另有 2 件" in lines
    assert any(line.startswith("工单 1　") for line in lines) and any("HCP1" in line for line in lines)
