"""The keys that every page has: confirm, take back, change sides, what there is; and the marks that keys lead."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget

from app.changes import Changes, Kind
from models.rules.lifecycle import Action, State
from tests.views.factories import TODAY, Backend, Workspace, person, ticket
from views.shell import opening
from views.shell.keys import BUILT_IN, sections
from views.shell.parts import Chip
from views.shell.tabbing import stops
from views.shell.window import Window

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def backend(monkeypatch):
    made = Backend()
    made.install(monkeypatch)
    return made


@pytest.fixture
def window(qtbot, monkeypatch, backend):
    opened = opening.Opened(Workspace(person()), TODAY)
    monkeypatch.setattr(opening, "open_database", lambda _folder, _login: lambda _task: opened)
    made = Window()
    made.show()
    made.open()
    settle(qtbot, made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.show_page("tickets")
    settle(qtbot, made)
    yield made
    made.close()
    made.deleteLater()


def settle(qtbot, window: Window) -> None:
    qtbot.waitUntil(lambda: window.operations.running == 0)


def press(qtbot, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key, held)


def choose(qtbot, window: Window, ticket_id: int):
    page = window.pages["tickets"]
    assert page.table.choose_id(ticket_id)
    settle(qtbot, window)
    page.table.setFocus()
    return page


def test_ctrl_enter_says_what_is_missing_and_then_confirms(window, qtbot, backend):
    panel = choose(qtbot, window, 2).panel
    panel.begin(Action.ANNOTATE)
    press(qtbot, Qt.Key.Key_Return, CTRL)
    assert window.notices.text.text() == "请先写明理由。"
    QApplication.focusWidget().insertPlainText("电话已核实")
    press(qtbot, Qt.Key.Key_Enter, CTRL)
    settle(qtbot, window)
    assert [(at, action) for at, action, _ in backend.acts] == [(2, Action.ANNOTATE)]
    assert QApplication.focusWidget() is window.pages["tickets"].table


def test_ctrl_z_takes_back_while_the_notice_offers_it(window, qtbot, backend):
    choose(qtbot, window, 3)
    press(qtbot, Qt.Key.Key_Z, CTRL)
    press(qtbot, Qt.Key.Key_Return, CTRL)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_Z, CTRL)
    settle(qtbot, window)
    assert [action for _, action, _ in backend.acts] == [Action.VERIFY_AND_DISPATCH, Action.RECALL]


def test_f6_goes_from_the_list_to_the_ticket_and_back(window, qtbot):
    page = choose(qtbot, window, 2)
    press(qtbot, Qt.Key.Key_F6)
    assert page.panel.isAncestorOf(QApplication.focusWidget())
    press(qtbot, Qt.Key.Key_F6)
    assert QApplication.focusWidget() is page.table


def test_tab_goes_through_the_panel_as_it_stands_on_screen(window, qtbot):
    page = choose(qtbot, window, 1)
    page.panel.begin(Action.SUPERVISE)
    area, *order = stops(page.panel)
    assert isinstance(area, QScrollArea)
    heights = [w.mapTo(window, w.rect().center()).y() for w in order]
    assert heights == sorted(heights)
    order[0].setFocus()
    for following in order[1:]:
        press(qtbot, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is following
    press(qtbot, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is order[-2]
    order[-1].setFocus()
    press(qtbot, Qt.Key.Key_Tab)
    assert not page.panel.isAncestorOf(QApplication.focusWidget())


def test_f1_lists_the_keys_of_the_person(window, qtbot):
    press(qtbot, Qt.Key.Key_F1)
    said = {label.text() for label in window._overlays["keys"].findChildren(QLabel)}
    offered = sections(lambda command: window.session.registry.allowed(command.id))
    assert {what for section in offered for _, what in section.keys} <= said
    assert "打开审计" not in said
    press(qtbot, Qt.Key.Key_Escape)
    assert not window._overlays["keys"].isVisible()


def test_no_key_is_written_down_twice_for_one_place():
    for section in BUILT_IN:
        assert len({keys for keys, _ in section.keys}) == len(section.keys)


def test_enter_presses_a_chip(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    chip = Chip("超期", holder, checkable=True)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        qtbot.keyClick(chip, key)
    qtbot.keyClick(chip, Qt.Key.Key_Return, CTRL)
    assert not chip.isChecked()
    qtbot.keyClick(chip, Qt.Key.Key_Return)
    assert chip.isChecked()


def test_the_mark_in_the_search_stays_where_keys_have_led_it(window, qtbot):
    window.session.registry.run("search")
    panel = window._overlays["search"]
    panel.field.setText("批注")
    assert panel.list.currentItem().text() == "批注"
    panel.field.setText("工单")
    press(qtbot, Qt.Key.Key_Down)
    at = panel.list.currentRow()
    panel._ask()
    settle(qtbot, window)
    assert panel.list.currentRow() == at


def test_the_navigation_counts_what_changes_behind_another_page(window, qtbot, backend):
    window.show_page("rankings")
    settle(qtbot, window)
    entry = window.navigation.entries["tickets"]
    before = entry.accessibleName()
    backend.rows.append(ticket(40, State.PENDING))
    window.session.announce(Changes(Kind.TICKETS))
    settle(qtbot, window)
    assert entry.accessibleName() != before
