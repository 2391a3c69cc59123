"""Notices of what runs out, on a real database: once for each threshold, in working hours, without the rater."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.clock import SHANGHAI
from app.computer import Computer
from app.desk import notices
from app.desk.notices import Due, Threshold, Told
from app.errors import EnvironmentProblem
from app.settings import NOTICE_HOURS, Settings, SettingsFile
from app.tickets import saved
from app.tickets.queries import Order, TicketFilter, Waiting
from app.workspace import Person, Workspace
from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.store.acting import act
from views.desk import tray
from views.desk.tray import DueNotices, said
from views.operations import Operations
from views.shell.preferences import PreferencesPanel
from views.shell.session import Session
from views.shell.window import Window


def at(database: Database, day: int, hour: int = 9, minute: int = 0) -> None:
    database.freeze(datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI))


@pytest.fixture
def ticket(database: Database) -> int:
    """Due on Monday, 16 November."""
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    database.liaison("liaison-02", "乙镇")
    made = database.ticket()
    act(database, made, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    return made


class Desk:
    """A session, what it was told, and where it was asked to go."""

    def __init__(self, qtbot, database: Database, folder: Path, login="officer", group=Group.OFFICER):
        self.qtbot, self.store = qtbot, database.person(login)
        self.operations = Operations()
        self.session = Session(self.operations)
        person = Person(login, "李伟", group, None, None, is_head=False)
        self.session.open(Workspace(self.store, person, "测试", None), date(2026, 11, 12))
        self.told, self.went, self.hours = [], [], NOTICE_HOURS
        self.session.noticed.connect(lambda *what: self.told.append(what))
        self.session.requested.connect(lambda *what: self.went.append(what))
        self.notices = DueNotices(self.session, lambda: self.hours, Told(folder), self.session)

    def look(self) -> list[str]:
        """What a look tells."""
        before = len(self.told)
        self.notices.look()
        self.qtbot.waitUntil(lambda: self.operations.running == 0)
        return [text for _, text, *_ in self.told[before:]]


@pytest.fixture
def desk(qtbot, database: Database, ticket: int, tmp_path: Path):
    made = []

    def sit(**who) -> Desk:
        made.append(Desk(qtbot, database, tmp_path, **who))
        return made[-1]

    yield sit
    for one in made:
        one.notices.end()
        one.operations.close(one.store.close)


def test_each_threshold_is_told_once(desk, database, ticket):
    officer = desk()
    number = database.one("SELECT number FROM pd.ticket WHERE id = %s", ticket)
    seen = []
    for day in (11, 12, 12, 13, 16, 16, 17, 18):
        at(database, day)
        seen.append(officer.look())
    words = f"：社会保障卡申领（{number}）"
    assert seen == [[], [f"2个工作日内到期{words}"], [], [], [f"今日到期{words}"], [], [f"超期{words}"], []]
    assert not any(secret in str(officer.told) for secret in ("杨", "133", "材料反复要"))


@pytest.mark.parametrize(
    ("day", "hour", "minute"), [(12, 8, 29), (12, 12, 0), (12, 14, 29), (12, 17, 30), (14, 9, 0), (15, 15, 0)]
)
def test_nothing_is_told_out_of_hours_and_nothing_is_lost(desk, database, day, hour, minute):
    officer = desk()
    at(database, day, hour, minute)
    assert officer.look() == []
    at(database, 16, 14, 30)
    assert len(officer.look()) == 1


def test_what_was_told_is_remembered_for_each_person_on_this_computer(desk, database):
    at(database, 12)
    assert len(desk().look()) == 1
    assert desk().look() == []
    assert len(desk(login="liaison-01", group=Group.LIAISON).look()) == 1
    assert desk(login="liaison-02", group=Group.LIAISON).look() == []  # another agency's


def test_a_damaged_memory_tells_once_more(desk, database, tmp_path):
    at(database, 12)
    assert len(desk().look()) == 1
    (tmp_path / "told.json").write_text("[", encoding="utf-8")
    assert len(desk().look()) == 1
    assert Told(tmp_path / "told.json").fresh("x", ()) == ()


def test_pressing_it_opens_the_ticket_or_the_list(desk, database, ticket):
    at(database, 16)
    officer = desk()
    officer.look()
    officer.told[-1][3]()
    assert officer.went == [("tickets", ticket)]
    for _ in range(2):
        act(database, database.ticket(opened=MONDAY), Action.VERIFY_AND_DISPATCH, lead="甲镇")
    at(database, 30)
    assert len(officer.look()) == 1 and officer.told[-1][1] == "超期 1 件、今日到期 2 件"
    officer.told[-1][3]()
    assert officer.went[-1] == ("tickets", TicketFilter(waiting=Waiting.OVERDUE))
    for _ in range(2):
        act(database, database.ticket(opened=MONDAY), Action.VERIFY_AND_DISPATCH, lead="甲镇")
    database.rows("UPDATE pd.ticket SET runs_until = DATE '2026-11-30' WHERE id > %s + 2", ticket)
    assert officer.look() == ["今日到期 2 件"]
    officer.told[-1][3]()
    assert officer.went[-1] == ("tickets", TicketFilter(waiting=Waiting.TODAY))


def test_a_watched_filter_is_told_once_for_each_crossing(desk, database, ticket):
    """Above the number: told; while it stays: not again; fallen and risen: told anew. Pressing opens its rows."""
    officer = desk()
    wanted = TicketFilter(waiting=Waiting.VERIFY)
    with officer.store.write() as connection:
        made = saved.save(connection, "新来的", wanted, Order.NEWEST)
        kept = next(one for one in saved.saved_filters(connection) if one.id == made.id)
        saved.watch(connection, kept, 1)
    at(database, 9)
    assert officer.look() == []
    fresh = [database.ticket(opened=MONDAY) for _ in range(2)]
    assert officer.look() == ["“新来的”现有 2 件，超过 1 件"]
    assert officer.look() == []
    officer.told[-1][3]()
    assert officer.went[-1] == ("tickets", replace(kept, above=1))
    act(database, fresh[0], Action.REJECT, reason="重复", reason_code="duplicate")
    assert officer.look() == []
    database.ticket(opened=MONDAY)
    at(database, 12)
    told = officer.look()
    assert len(told) == 1 and told[0].endswith("；“新来的”现有 2 件，超过 1 件") and "到期" in told[0]
    officer.told[-1][3]()
    assert officer.went[-1] == ("desk", None)
    assert desk(login="liaison-01", group=Group.LIAISON).notices._fresh == ()


def test_beside_the_clock_where_there_is_a_place(desk, database, monkeypatch):
    class Icon(QObject):
        messageClicked, activated = Signal(), Signal(object)  # noqa: N815 - Qt's name

        def __init__(self, _icon, parent):
            super().__init__(parent)
            self.said, self.shown = [], False

        @staticmethod
        def isSystemTrayAvailable() -> bool:
            return True

        def setToolTip(self, _text):
            pass

        def show(self):
            self.shown = True

        def hide(self):
            self.shown = False

        def showMessage(self, _title, text, _icon):
            self.said.append(text)

    monkeypatch.setattr(tray, "QSystemTrayIcon", Icon)
    at(database, 12)
    officer = desk()
    assert officer.look() == []
    icon = officer.notices._tray
    assert len(icon.said) == 1 and icon.shown
    icon.messageClicked.emit()
    assert officer.went
    officer.notices.end()
    assert not icon.shown
    icon.activated.emit(None)
    assert len(officer.went) == 1


def test_only_who_handles_tickets_and_wants_notices_is_told(desk, database, monkeypatch):
    at(database, 12)
    auditor = desk(login="auditor", group=Group.AUDITOR)
    auditor.notices.begin()
    assert not auditor.notices._timer.isActive()
    officer = desk()
    officer.notices.begin()
    assert officer.notices._timer.isActive()
    officer.hours = ""
    assert officer.look() == []

    def away(*_):
        raise EnvironmentProblem("连不上数据库。")

    officer.hours = "全天"  # unreadable: the usual hours
    with monkeypatch.context() as patched:
        patched.setattr(notices, "found", away)
        assert officer.look() == []
    assert len(officer.look()) == 1


def test_several_are_counted_the_most_pressing_first():
    made = [Due(n, None, None, date(2026, 11, 2), at) for n, at in enumerate(reversed(Threshold))]
    assert said(tuple(made)) == "超期 1 件、今日到期 1 件、2个工作日内到期 1 件"
    assert said((made[0],)) == "2个工作日内到期：事项不明（无省工单编号）"


def test_the_hours_are_set_in_the_preferences(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(1000, 700)
    parent.show()
    panel, kept = PreferencesPanel(parent), []
    panel.changed.connect(kept.append)
    panel.show_settings(Settings(idle_minutes=30))
    panel.open()
    assert kept == [] and panel.hours.value() == NOTICE_HOURS
    panel.hours.set_value("")
    assert kept == [Settings(idle_minutes=30, notice_hours="")]
    assert notices.hours_of("") == () and notices.hours_of("x-y") == notices.hours_of(NOTICE_HOURS)


def test_the_window_looks_while_somebody_handles_tickets(qtbot, database, ticket, tmp_path):
    window = Window(computer=Computer(SettingsFile(tmp_path)))
    qtbot.addWidget(window)
    store = database.person("officer")
    person = Person("officer", "李伟", Group.OFFICER, None, None, is_head=False)
    window.session.open(Workspace(store, person, "测试", None), date(2026, 11, 16))
    window._watch_deadlines()
    at(database, 16)
    window._due.look()
    qtbot.waitUntil(lambda: window.operations.running == 0)
    assert "今日到期" in window.notices.text.text()
    window.notices.offer.click()
    qtbot.waitUntil(lambda: window.operations.running == 0)
    assert window._front == "tickets"
    window.close()
    assert not window._due._timer.isActive()
