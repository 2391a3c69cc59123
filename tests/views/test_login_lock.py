"""The window away from its person: covered, opened to the password only, nothing typed lost beneath."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from app.attempts import Attempts
from app.computer import Computer
from app.credentials import Credentials
from app.entering import WrongPassword
from app.errors import EnvironmentProblem, UserError
from app.settings import Profile, Settings, SettingsFile
from models.rules.people import Group
from tests.store.test_attempts import Clock
from tests.store.test_credentials import Fake
from tests.views.factories import TODAY, Backend, Workspace
from views.shell import opening
from views.shell.lock import IdleWatch, seconds
from views.shell.window import Window

CENTRE = Profile("县中心", "db.example.cn", login="officer")


class Central(Workspace):
    """An open database at a server."""

    def __init__(self, **given: Any) -> None:
        super().__init__(label="县中心", embedded=False, **given)


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(SettingsFile(tmp_path), Credentials(Fake()), Attempts(tmp_path, Clock()))


@pytest.fixture
def window(qtbot, monkeypatch, computer):
    Backend().install(monkeypatch)
    monkeypatch.setattr(opening, "open_database", lambda *_: lambda _task: opening.Opened(Workspace(), TODAY))
    made = Window(computer=computer)
    made.show()
    made.open()
    settle(qtbot, made)
    settle(qtbot, made)
    yield made
    made.close()
    made.deleteLater()


def settle(qtbot, window: Window) -> None:
    qtbot.waitUntil(lambda: window.operations.running == 0)
    QApplication.processEvents()


def go_central(qtbot, window: Window) -> Central:
    """The same window, logged in at a server."""
    workspace = Central()
    window.entrance.keep(Settings((CENTRE,)))
    opened = opening.Opened(workspace, TODAY)
    window.entrance._entered(opening.LoggedIn(opened, CENTRE, "Geheim-2026"))
    settle(qtbot, window)
    return workspace


def answers(monkeypatch, answer: Any) -> list[str]:
    """What an unlocking gets, and which passwords were tried."""
    tried: list[str] = []

    def unlock(_computer: Computer, _profile: str, _workspace: Any, password: str) -> Any:
        tried.append(password)

        def work(_task: Any) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer

        return work

    monkeypatch.setattr(opening, "unlock", unlock)
    return tried


def type_beneath(window: Window) -> QLineEdit:
    """Something half written on the page in front."""
    field = QLineEdit(window.pages["desk"])
    field.show()
    field.setText("写到一半的话")
    field.setCursorPosition(2)
    field.setFocus()
    return field


# --- the time without input ---------------------------------------------------------------------------


class Instant:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def instant() -> Instant:
    return Instant()


@pytest.fixture
def watch(qapp, instant):
    made = IdleWatch(qapp, instant)
    yield made
    made.end()
    made.deleteLater()


def test_the_clock_goes_on_while_the_computer_sleeps():
    assert seconds() <= seconds()


def test_after_the_minutes_set_it_is_idle(watch, instant, qtbot):
    watch.begin(15)
    assert watch._timer.isActive()
    instant.now += 14 * 60
    watch._look()
    assert watch._timer.interval() == 60_000
    instant.now += 60
    with qtbot.waitSignal(watch.idle):
        watch._look()
    assert not watch._timer.isActive()


@pytest.mark.parametrize("kind", [QEvent.Type.KeyPress, QEvent.Type.MouseMove, QEvent.Type.Wheel])
def test_input_begins_the_time_anew(watch, instant, kind):
    watch.begin(15)
    instant.now += 800
    assert watch.eventFilter(watch, QEvent(kind)) is False
    instant.now += 800
    watch._look()
    assert watch._timer.isActive()


def test_what_is_no_input_does_not(watch, instant, qtbot):
    watch.begin(15)
    instant.now += 901
    with qtbot.waitSignal(watch.idle):
        watch._look()
    watch.begin(15)
    instant.now += 500
    watch.eventFilter(watch, QEvent(QEvent.Type.Paint))
    assert watch._last == instant.now - 500


def test_the_input_that_wakes_a_computer_locks_and_goes_no_further(watch, instant, qtbot):
    watch.begin(15)
    instant.now += 8 * 3600
    key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
    with qtbot.waitSignal(watch.idle):
        assert watch.eventFilter(watch, key) is True


def test_zero_minutes_is_never(watch, instant):
    watch.begin(0)
    instant.now += 10**6
    watch._look()
    assert watch.eventFilter(watch, QEvent(QEvent.Type.KeyPress)) is False
    assert not watch._timer.isActive()


def test_the_window_itself_is_watched(window, qtbot):
    began = window.presence.idle._last
    at = QPointF(5, 5)
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window.windowHandle(), move)
    assert window.presence.idle._last > began


def test_words_of_an_input_method_count(window, qtbot):
    go_central(qtbot, window)
    fields = [QLineEdit(window), QLineEdit(window)]
    for field in fields:
        field.show()
        field.setFocus()
        began = window.presence.idle._last
        QApplication.sendEvent(field, QInputMethodEvent("gong", []))
        assert window.presence.idle._last > began
    fields[0].deleteLater()
    window.setFocus()


# --- locked at a server -------------------------------------------------------------------------------


def test_beneath_the_lock_nothing_can_be_seen_or_reached(window, qtbot, monkeypatch):
    go_central(qtbot, window)
    field = type_beneath(window)
    menu = QMenu(window)
    menu.addAction("x")
    menu.popup(window.rect().center())
    window.session.registry.run("search")
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    window.session.registry.run("lock")
    lock = window.presence._lock
    assert lock.isVisible() and lock.geometry() == window.rect()
    assert QApplication.activePopupWidget() is None
    for hidden in (window.stack, window.navigation, window._overlays["search"], field):
        assert not hidden.isVisible()
    assert not any(action.isEnabled() for action in window.actions())
    assert window.presence.covered
    window.resize(1000, 600)
    QApplication.processEvents()
    assert lock.geometry() == window.rect()
    picture = window.grab().toImage()
    assert picture.pixelColor(3, 3) == picture.pixelColor(picture.width() - 3, picture.height() - 3)


def test_the_password_opens_it_and_nothing_typed_is_lost(window, qtbot, monkeypatch):
    go_central(qtbot, window)
    field = type_beneath(window)
    tried = answers(monkeypatch, None)
    window.presence.lock()
    lock = window.presence._lock
    assert "officer" not in lock.password.text()
    lock.password.insert("Geheim-2026")
    qtbot.keyClick(lock.password, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert tried == ["Geheim-2026"]
    assert not lock.isVisible() and window.stack.isVisible()
    assert (field.text(), field.cursorPosition()) == ("写到一半的话", 2)
    assert window.isActiveWindow() is False or field.hasFocus()
    assert lock.password.text() == ""
    assert all(action.isEnabled() for action in window.actions())
    assert window.presence.idle._timer.isActive()


@pytest.mark.parametrize(
    ("error", "said", "waits"),
    [
        (WrongPassword("账号或密码不对", timedelta(0)), "密码不对", False),
        (WrongPassword("账号或密码不对", timedelta(seconds=30)), "还要等", True),
        (EnvironmentProblem("连不上服务器，请稍候重试。", code="unreachable"), "连不上", False),
        (UserError("这个账号已停用。", code="disabled"), "已停用", False),
    ],
)
def test_anything_else_leaves_it_locked(window, qtbot, monkeypatch, error, said, waits):
    go_central(qtbot, window)
    tried = answers(monkeypatch, error)
    window.presence.lock()
    lock = window.presence._lock
    qtbot.keyClick(lock.password, Qt.Key.Key_Return)
    assert tried == []
    lock.password.insert("wrong")
    lock._by_password.button.click()
    settle(qtbot, window)
    assert said in lock.message.text.text()
    assert lock._by_password.button.isEnabled() is not waits
    assert lock.isVisible() and not window.stack.isVisible()
    qtbot.keyClick(lock, Qt.Key.Key_Escape)
    assert lock.isVisible()
    lock.message.clear()


def test_a_bug_leaves_it_locked_too(window, qtbot, monkeypatch, caplog):
    go_central(qtbot, window)
    answers(monkeypatch, ZeroDivisionError())
    window.presence.lock()
    window.presence._lock.password.insert("x")
    window.presence._lock._by_password.button.click()
    settle(qtbot, window)
    assert "日志" in window.presence._lock.message.text.text()
    caplog.clear()


def test_a_password_given_meanwhile_opens_with_new_connections(window, qtbot, monkeypatch):
    old = go_central(qtbot, window)
    field = type_beneath(window)
    new = Central()
    answers(monkeypatch, opening.Opened(new, TODAY))
    window.presence.lock()
    window.presence._lock.password.insert("Zweites-2026")
    window.presence._lock._by_password.button.click()
    settle(qtbot, window)
    assert window.session.workspace is new
    assert old.closed
    assert field.text() == "写到一半的话"


def test_from_the_lock_one_can_log_out(window, qtbot):
    workspace = go_central(qtbot, window)
    window.presence.lock()
    window.presence._lock._by_password.left.emit()
    settle(qtbot, window)
    assert not window.presence.covered
    assert window.pages == {}
    assert workspace.closed
    assert not window.session.is_open


def test_an_answer_that_comes_after_logging_out_opens_nothing(window, qtbot, monkeypatch):
    go_central(qtbot, window)
    answers(monkeypatch, None)
    window.presence.lock()
    lock = window.presence._lock
    lock.password.insert("Geheim-2026")
    lock._by_password.button.click()
    lock._by_password.left.emit()
    settle(qtbot, window)
    assert not window.session.is_open
    assert not window.presence.idle._timer.isActive()
    assert not lock.risen


def test_somebody_who_comes_after_the_own_database_was_left_is_let_go(window, qtbot):
    other = Workspace()
    window.session.registry.run("server")
    settle(qtbot, window)
    window.presence._became(opening.Opened(other, TODAY))
    settle(qtbot, window)
    assert other.closed
    assert not window.session.is_open


def test_after_the_minutes_set_the_window_locks_and_says_so(window, qtbot):
    go_central(qtbot, window)
    window.presence.idle.idle.emit()
    assert "已有 15 分钟没有操作" in window.presence._lock._by_password.line.text()
    window.presence._show_lock(3)
    assert "15" in window.presence._lock._by_password.line.text()


def test_nobody_at_the_desk_is_nothing_to_lock(window, qtbot):
    go_central(qtbot, window)
    window.session.registry.run("logout")
    settle(qtbot, window)
    window.presence.lock()
    assert window.presence._lock is None
    assert not window.presence.idle._timer.isActive()


# --- locked on the own database -----------------------------------------------------------------------


def test_on_the_own_database_the_person_is_chosen_again(window, qtbot):
    field = type_beneath(window)
    window.session.registry.run("lock")
    settle(qtbot, window)
    lock = window.presence._lock
    assert lock.people.isVisible() and not lock.password.isVisible()
    assert "李伟" in lock._by_choice.button.text()
    lock._by_choice.button.click()
    assert window.stack.isVisible()
    assert field.text() == "写到一半的话"


def test_somebody_else_sees_nothing_of_the_person_before(window, qtbot, monkeypatch):
    window.session.registry.run("lock")
    settle(qtbot, window)
    lock = window.presence._lock
    lock.people.chosen.emit("liaison-01")
    assert lock.isVisible()
    settle(qtbot, window)
    settle(qtbot, window)
    assert not lock.isVisible()
    assert window.session.person.group is Group.LIAISON


def test_who_cannot_be_let_in_is_told_on_the_lock(window, qtbot, monkeypatch):
    def become(_workspace: Any, _login: str) -> Any:
        def work(_task: Any) -> None:
            raise UserError("没有这个人员，或已停用。", code="unknown_person")

        return work

    monkeypatch.setattr(opening, "become", become)
    window.presence.become("gone")
    settle(qtbot, window)
    assert "已停用" in window.notices.text.text()
    window.session.registry.run("lock")
    window.presence._lock.people.chosen.emit("gone")
    settle(qtbot, window)
    assert "已停用" in window.presence._lock._by_choice.message.text.text()
    assert window.presence._lock.isVisible()


# --- settings -----------------------------------------------------------------------------------------


def test_the_minutes_are_set_and_kept(window, qtbot, computer):
    window.session.registry.run("settings")
    panel = window._overlays["settings"]
    assert panel.minutes.value() == 15
    panel.minutes.set_value(0)
    assert not window.presence.idle._timer.isActive()
    panel.minutes.set_value(5)
    assert window.presence.idle._timer.isActive()
    assert computer.settings.read().idle_minutes == 5
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_the_servers_are_listed(window, qtbot):
    window.session.registry.run("settings")
    panel = window._overlays["settings"]
    assert "还没有" in panel._servers.itemAt(0).widget().text()
    window.entrance.keep(Settings((CENTRE,)))
    window.session.registry.run("settings")
    assert panel._servers.itemAt(0).layout().itemAt(0).widget().text() == "县中心"


def test_settings_that_cannot_be_written_are_told(window, computer):
    computer.settings.folder = computer.settings.path / "below"
    computer.settings.folder.parent.write_text("")
    window.entrance.keep(Settings())
    assert "没有保存" in window.notices.text.text()
