"""Filters kept under a name, on a real database: kept, changed, shared, watched, found; lists mend in place."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.changes import Changes, Kind
from app.tickets.queries import Order, TicketFilter, Waiting
from app.workspace import Person, Workspace
from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.store.acting import act
from views.desk.lines import CountButton
from views.desk.page import DeskPage
from views.operations import Operations
from views.shell.search import SearchPanel
from views.shell.session import Session
from views.tickets.page import TicketsPage

VERIFY = TicketFilter(waiting=Waiting.VERIFY)


class Sitting:
    """Somebody's session with the ticket page in it."""

    def __init__(self, qtbot, database: Database, login: str, group: Group) -> None:
        self.qtbot, self.store = qtbot, database.person(login)
        self.operations = Operations()
        self.session = Session(self.operations)
        who = Person(login, "李伟", group, None, None, is_head=False)
        self.session.open(Workspace(self.store, who, "测试", None), date(2026, 11, 2))
        self.told, self.went = [], []
        self.session.noticed.connect(lambda *what: self.told.append(what))
        self.session.requested.connect(lambda *what: self.went.append(what))
        self.page = self.show(TicketsPage(self.session))
        self.saved = self.page.saved

    def show(self, page):
        self.qtbot.addWidget(page)
        page.resize(1200, 700)
        page.show()
        page.shown()
        self.settle()
        return page

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.running == 0)

    def run(self, what: str) -> None:
        assert self.session.registry.run(f"tickets.filter_{what}"), what
        self.settle()

    def give(self, name: str) -> None:
        """Types a name into the line and confirms it, without the mouse."""
        self.saved.strip.field.setText(name)
        QTest.keyClick(self.saved.strip.field, Qt.Key.Key_Return)
        self.settle()

    def filter_by(self, wanted: TicketFilter) -> None:
        self.page.filters._change(wanted)
        self.settle()

    def can(self) -> set[str]:
        whole = ("save", "update", "rename", "watch", "share", "unshare", "drop")
        return {what for what in whole if self.session.registry.available(f"tickets.filter_{what}")}

    def entries(self) -> dict[str, object]:
        """What the menu lists, once counted."""
        self.saved.open_menu()
        self.settle()
        entries = dict(self.saved._entries)
        return {action.text(): action for action in entries.values()}


@pytest.fixture
def sit(qtbot, database: Database):
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    made = []

    def one(login: str = "officer", group: Group = Group.OFFICER) -> Sitting:
        made.append(Sitting(qtbot, database, login, group))
        return made[-1]

    yield one
    for sitting in made:
        for menu in sitting.page.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if menu.isWindow():
                menu.close()
        sitting.operations.close(sitting.store.close)


def test_a_filter_is_kept_changed_renamed_watched_dropped_and_taken_back_by_keys(sit, database) -> None:
    for _ in range(2):
        database.ticket()
    officer = sit()
    saved, page = officer.saved, officer.page
    assert officer.can() == set() and saved.chip.isVisible()
    officer.filter_by(VERIFY)
    officer.run("save")
    officer.give("新来的差评")
    assert saved.name.isVisible() and saved.name.text() == "新来的差评" and not saved.strip.isVisible()
    assert officer.can() == {"rename", "watch", "share", "drop"}
    page._order_chip.click()
    officer.filter_by(TicketFilter(waiting=Waiting.VERIFY, level=1))
    assert saved.change.isVisible() and saved.change.text() == "已改动 · 保存"
    saved.change.click()
    officer.settle()
    assert not saved.changed and saved.kept[0].order is Order.DEADLINE and saved.kept[0].filter.level == 1
    officer.run("rename")
    officer.give("甲")
    assert saved.name.text() == "甲"
    officer.run("watch")
    saved.strip.number.setValue(3)
    QTest.keyClick(saved.strip.number, Qt.Key.Key_Return)
    officer.settle()
    assert saved.kept[0].above == 3
    officer.run("drop")
    assert saved.kept == () and saved.chip.isVisible() and page.filters.filter.level == 1
    tone, text, offer, undo = officer.told[-1]
    assert (tone, text, offer) == ("success", "已删除常用筛选“甲”。", "撤销")
    undo()
    officer.settle()
    assert saved.name.text() == "甲" and saved.kept[0].above == 3
    QTest.keyClick(saved.name, Qt.Key.Key_Delete)
    officer.settle()
    assert saved.chip.isVisible() and page.filters.filter == TicketFilter() and not page._by_deadline


def test_a_name_that_is_taken_is_said_and_what_was_typed_stays(sit) -> None:
    officer = sit()
    for wanted in (VERIFY, TicketFilter(level=1)):
        officer.page.open_with(wanted)
        officer.run("save")
        officer.give("甲")
    assert "换个名字" in officer.told[-1][1] and officer.told[-1][0] == "warning"
    strip = officer.saved.strip
    assert strip.isVisible() and strip.field.text() == "甲"
    QTest.keyClick(strip.field, Qt.Key.Key_Escape)
    assert not strip.isVisible() and len(officer.saved.kept) == 1


def test_what_an_officer_shares_others_open_count_and_keep_as_their_own(sit, database) -> None:
    for agency in ("甲镇", "乙镇"):
        act(database, database.ticket(agency), Action.VERIFY_AND_DISPATCH, lead=agency)
    officer = sit()
    officer.filter_by(TicketFilter(waiting=Waiting.SIGN))
    officer.run("save")
    officer.give("待签收的")
    officer.run("share")
    assert set(officer.entries()) == {"待签收的（已共享）\t2 件"}
    liaison = sit("liaison-01", Group.LIAISON)
    entry = liaison.entries()["待签收的（李伟）\t1 件"]
    entry.trigger()
    liaison.settle()
    assert len(liaison.page.model.rows) == 1 and liaison.can() == {"watch"}
    liaison.filter_by(TicketFilter(waiting=Waiting.SIGN, level=1))
    assert liaison.saved.change.text() == "已改动 · 另存" and liaison.can() == {"watch", "save"}
    liaison.saved.change.click()
    liaison.give("我的")
    assert [(one.name, one.own) for one in liaison.saved.kept] == [("我的", True), ("待签收的", False)]
    officer.run("unshare")
    liaison.page.reload()
    liaison.settle()
    assert [one.name for one in liaison.saved.kept] == ["我的"]


def test_one_that_is_not_understood_lists_what_it_can_and_says_so(sit, database) -> None:
    database.rows(
        "INSERT INTO pd.saved_filter (owner, name, conditions, changed_at)"
        ' VALUES (\'officer\', \'新版的\', \'{"version": 2, "waiting": "verify", "mood": 1}\', pd.now())'
    )
    officer = sit()
    assert set(officer.entries()) == {"新版的"}  # no count that would be wrong
    officer.saved.open(officer.saved.kept[0])
    officer.settle()
    assert "不认识的条件" in officer.told[-1][1] and officer.page.filters.filter == VERIFY


def test_the_desk_and_the_search_open_it(sit, database, qtbot) -> None:
    database.ticket()
    officer = sit()
    officer.filter_by(VERIFY)
    officer.run("save")
    officer.give("新来差评")
    officer.run("watch")
    officer.saved.strip.number.setValue(0)
    officer.saved.strip.confirm.click()
    officer.settle()
    kept = officer.saved.kept[0]
    desk = officer.show(DeskPage(officer.session))
    line = desk.findChildren(CountButton)[-1]
    assert line.accessibleName() == "新来差评，1 件，打开"
    line.click()
    assert officer.went[-1] == ("tickets", kept)
    panel = SearchPanel(officer.session, desk)
    panel.open()
    panel.field.setText("xlcp")
    qtbot.waitUntil(lambda: panel.list.count() > 1)
    assert panel.list.currentItem().text() == "新来差评"
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert officer.went[-1] == ("tickets", kept)
    officer.page.open_with(kept)
    officer.settle()
    assert officer.saved.name.text() == "新来差评" and len(officer.page.model.rows) == 1


def test_a_change_from_outside_keeps_three_chosen_rows_and_the_place(sit, database) -> None:
    """Others dispatch a chosen ticket, take one away above, and a new one comes."""
    tickets = [database.ticket(opened=MONDAY.replace(minute=n)) for n in range(30)]
    officer = sit()
    officer.page.filters._change(VERIFY)
    officer.settle()
    table, model = officer.page.table, officer.page.model
    how = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    chosen = [tickets[12], tickets[10], tickets[8]]
    table.choose_id(chosen[0])
    for one in chosen[1:]:
        table.selectionModel().select(model.index(model.row_of(one), 0), how)
    table.verticalScrollBar().setValue(10 * table.rowHeight(0) + 7)
    officer.settle()
    held = tickets[9]

    def place() -> int:
        return table.rowViewportPosition(model.row_of(held))

    before = place()
    assert table.verticalScrollBar().value() > 0
    act(database, tickets[25], Action.VERIFY_AND_DISPATCH, lead="甲镇")
    act(database, tickets[24], Action.REJECT, reason="重复", reason_code="duplicate")
    act(database, chosen[1], Action.ANNOTATE, reason="问过")
    database.ticket(opened=MONDAY.replace(hour=20))
    officer.session.announce(Changes(Kind.TICKETS))
    officer.settle()
    assert len(model.rows) == 29
    assert [row.id for row in table.selected_rows()] == chosen
    assert place() == before and table.current_id() == chosen[0]
    assert officer.page.bulk.isVisible() and [row.id for row in officer.page.bulk.rows] == chosen
