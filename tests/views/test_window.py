"""The window: it opens, changes pages and persons, tells what is wrong, and closes cleanly."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPushButton, QTableView

from app.changes import EVERYTHING
from app.errors import EnvironmentProblem, UserError
from models.rules.lifecycle import BY_HAND
from models.rules.people import Group
from tests.views.factories import TODAY, Backend, Workspace, person
from views.operations import Operations
from views.shell import opening
from views.shell.actions import PAGES
from views.shell.notices import NoticeBar
from views.shell.parts import Badge, Chip
from views.shell.window import Window


@pytest.fixture
def backend(monkeypatch):
    made = Backend()
    made.install(monkeypatch)
    return made


def opener(group: Group = Group.OFFICER, error: Exception | None = None, *, empty: bool = False):
    def open_database(_folder, _login):
        def work(_task):
            if error is not None:
                raise error
            return None if empty else opening.Opened(Workspace(person(group)), TODAY)

        return work

    return open_database


def settle(qtbot, window: Window) -> None:
    qtbot.waitUntil(lambda: window.operations.running == 0)


@pytest.fixture
def window(qtbot, monkeypatch, backend):
    monkeypatch.setattr(opening, "open_database", opener())
    made = Window()
    made.show()
    made.open()
    settle(qtbot, made)
    settle(qtbot, made)
    yield made
    made.close()
    made.deleteLater()


@pytest.mark.parametrize("page", ["desk", "tickets", "rankings", "intake"])
def test_every_page_opens_by_its_key(window, qtbot, page):
    number = [entry.id for entry in PAGES].index(page) + 1
    qtbot.keyClick(window, getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.ControlModifier)
    window.session.registry.run(f"go.{page}")
    settle(qtbot, window)
    assert window.stack.currentWidget() is window.pages[page]
    assert window.navigation.entries[page].isChecked()
    settle(qtbot, window)
    QApplication.processEvents()
    assert not window.grab().isNull()
    assert clipped(window) == []
    assert nameless(window) == []


def clipped(window: Window) -> list[str]:
    """Texts that do not fit where they stand."""
    found = []
    for label in window.findChildren(QLabel):
        wide = label.fontMetrics().horizontalAdvance(label.text())
        if label.isVisible() and label.text() and not label.wordWrap() and label.width() + 1 < wide:
            found.append(label.text())
    for widget in (
        *window.findChildren(QPushButton),
        *window.findChildren(Chip),
        *window.findChildren(Badge),
    ):
        if widget.isVisible() and widget.width() + 1 < widget.sizeHint().width():
            found.append(widget.accessibleName() or widget.text())
    return found


def nameless(window: Window) -> list[str]:
    """Controls that a screen reader cannot name."""
    kinds = (QAbstractButton, QLineEdit, QTableView)
    return [
        type(w).__name__
        for kind in kinds
        for w in window.findChildren(kind)
        if w.isVisible()
        and not (w.accessibleName() or (isinstance(w, QAbstractButton) and w.text()))
        and not isinstance(w.parent(), QTableView)
    ]


def test_every_page_stands_at_200_percent():
    here = Path(__file__)
    environment = os.environ | {"QT_SCALE_FACTOR": "2", "PYTHONPATH": str(here.parents[2])}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(here)]
    done = subprocess.run(
        [*command, "-k", "test_every_page_opens"], env=environment, cwd=here.parents[2],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_first_page_is_the_desk_and_counts_stand_in_the_navigation(window):
    assert window.stack.currentWidget() is window.pages["desk"]
    assert "件" in window.navigation.entries["desk"].accessibleName()


def test_reload_reads_the_page_in_front(window, qtbot, backend):
    backend.rows.clear()
    window.session.registry.run("reload")
    settle(qtbot, window)
    assert "没有待您处理的工单" in window.pages["desk"].facts.text()


def test_another_person_gets_their_own_pages(window, qtbot):
    window.session.registry.run("person")
    settle(qtbot, window)
    panel = window._overlays["person"]
    assert panel.isVisible()
    panel.field.setText("罗州")
    panel.chosen.emit("liaison-01")
    settle(qtbot, window)
    assert window.session.person.group is Group.LIAISON
    assert not window.navigation.entries["intake"].isVisibleTo(window)
    window.show_page("intake")
    assert "intake" not in window.pages


def test_the_search_finds_commands_and_tickets(window, qtbot):
    window.session.registry.run("search")
    panel = window._overlays["search"]
    panel.field.setText("居住")
    qtbot.waitUntil(lambda: panel.list.count() >= 2 and "居住证" in panel.list.item(1).text())
    qtbot.keyClick(panel.field, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.pages["tickets"].panel.detail.row.item == "居住证申领"
    window.session.registry.run("search")
    panel.field.setText("排名")
    panel.list.setCurrentRow(1)
    qtbot.keyClick(panel.field, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.stack.currentWidget() is window.pages["rankings"]


def test_the_search_closes_with_escape_and_filters_the_list(window, qtbot):
    window.session.registry.run("search")
    panel = window._overlays["search"]
    qtbot.keyClick(panel.field, Qt.Key.Key_Down)
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    window.session.registry.run("search")
    panel.field.setText("食品")
    panel._activate(panel.list.item(0))
    settle(qtbot, window)
    assert window.pages["tickets"].filters.filter.search == "食品"


def test_dark_and_light_change_while_it_runs(window, qtbot):
    for page in ("rankings", "tickets"):
        window.show_page(page)
        settle(qtbot, window)
        window.session.registry.run("scheme")
        assert not window.grab().isNull()
    window.session.registry.run("scheme")


def test_a_refusal_is_told_and_an_environment_problem_offers_a_retry(window, qtbot):
    window._troubled(None, UserError("不能这样办"))
    assert window.notices.text.text() == "不能这样办"
    assert not window.notices.offer.isVisible()
    window._troubled(None, EnvironmentProblem("数据库没有应答"))
    assert window.notices.offer.text() == "重试"
    window._troubled(None, ZeroDivisionError())
    assert "日志" in window.notices.text.text()


def test_the_window_closes_its_database(window):
    workspace = window.session.workspace
    window.close()
    assert workspace.closed


@pytest.mark.parametrize(
    ("error", "said"),
    [(EnvironmentProblem("数据库起不来，请查看磁盘空间。"), "磁盘空间"), (ZeroDivisionError(), "日志")],
)
def test_a_database_that_does_not_open_is_explained(qtbot, monkeypatch, caplog, error, said):
    monkeypatch.setattr(opening, "open_database", opener(error=error))
    window = Window()
    window.show()
    window.open()
    settle(qtbot, window)
    assert said in window.welcome.text.text()
    assert window.welcome.retry.isVisible()
    assert not window.session.registry.run("reload")
    caplog.clear()
    window.close()
    window.deleteLater()


def test_the_first_start_invites_and_loads_the_sample(qtbot, monkeypatch, backend):
    monkeypatch.setattr(opening, "open_database", opener(empty=True))

    def demo(_folder):
        return lambda task: task.report("正在导入评价明细…")

    monkeypatch.setattr(opening, "has_database", lambda _folder: lambda _task: False)

    monkeypatch.setattr(opening, "load_demo", demo)
    window = Window()
    window.show()
    window.open()
    settle(qtbot, window)
    assert window.welcome.demo.isVisible()
    monkeypatch.setattr(opening, "open_database", opener())
    window.welcome.demo.click()
    qtbot.waitUntil(lambda: "desk" in window.pages)
    settle(qtbot, window)
    window.close()
    window.deleteLater()


def test_the_notice_bar_takes_its_offer_once(qtbot):
    from PySide6.QtWidgets import QWidget

    parent, taken = QWidget(), []
    qtbot.addWidget(parent)
    parent.resize(800, 600)
    bar = NoticeBar(parent)
    parent.show()
    bar.tell("success", "已核实转办", "撤回", lambda: taken.append(1))
    assert bar.isVisible()
    bar.offer.click()
    assert taken == [1]
    assert not bar.isVisible()
    bar.tell("error", "很长的一句话" * 40)
    parent.resize(500, 400)
    assert bar.geometry().right() <= parent.width()
    bar.hide()


def test_operations_of_another_window_are_not_shared(qapp):
    one, other = Operations(), Operations()
    assert one is not other
    one.close()
    other.close()


def test_every_action_has_a_command_bound_by_the_tickets_page(window, qtbot):
    window.show_page("tickets")
    settle(qtbot, window)
    registry = window.session.registry
    panel = window.pages["tickets"].panel
    for action in BY_HAND:
        expected = panel.detail is not None and action in panel.detail.allowed
        assert registry.available(f"ticket.{action.value}") is expected


def test_the_foot_says_whether_the_database_answers_and_a_notice_only_when_it_stays_away(window):
    incoming, foot = window.session.incoming, window.navigation.foot
    incoming.connected.emit(False)
    assert "正在重连" in foot.accessibleName()
    assert window.connection._away.isActive()
    incoming.connected.emit(True)
    assert "已连接" in foot.accessibleName()
    assert window._notices is None
    incoming.connected.emit(False)
    window.connection._away.timeout.emit()
    assert "重新连接" in window.notices.text.text()
    assert not window.grab().isNull()
    incoming.connected.emit(True)
    assert window.notices.text.text() == "已重新连接数据库，页面已刷新。"


def test_an_error_of_the_time_without_a_connection_does_not_outlive_it(window):
    back = "已重新连接数据库，页面已刷新。"
    for trouble in (
        lambda: window.session.notice("error", "读不到"),
        lambda: window.operations.troubled.emit(None, EnvironmentProblem("数据库没有应答")),
    ):
        window.session.incoming.connected.emit(False)
        trouble()
        assert window.notices.text.text() != back
        window.session.incoming.connected.emit(True)
        assert window.notices.text.text() == back
    window.session.notice("error", "读不到")
    window.session.incoming.connected.emit(True)
    assert window.notices.text.text() == "读不到"


def test_the_day_moves_on_at_midnight(window, qtbot, monkeypatch, backend):
    told = []
    window.session.changed.connect(told.append)
    window.session._day.timeout.emit()
    settle(qtbot, window)
    assert told == []
    monkeypatch.setattr(Workspace, "today", lambda _self: TODAY + timedelta(days=1))
    window.session._day.timeout.emit()
    settle(qtbot, window)
    assert window.session.today == TODAY + timedelta(days=1)
    assert told == [EVERYTHING]


def test_a_server_that_is_away_at_midnight_is_asked_later(window, qtbot, monkeypatch):
    def away(_self):
        raise EnvironmentProblem("数据库没有应答。")

    monkeypatch.setattr(Workspace, "today", away)
    window.session._day.timeout.emit()
    settle(qtbot, window)
    assert window.session.today == TODAY
    assert window._notices is None
