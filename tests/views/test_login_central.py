"""The window at a real server: first login, lock, a password changed meanwhile, and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.attempts import Attempts
from app.computer import Computer
from app.credentials import Credentials
from app.database import guard
from app.settings import Settings, SettingsFile
from models.rules.people import Group
from tests.central import PASSWORD, Central, new_central
from tests.store.test_attempts import Clock
from tests.store.test_credentials import Fake
from views.shell.window import Window

NEW = "qingshan-lvshui-26"
_numbers = count(1)


@pytest.fixture(scope="module")
def central() -> Iterator[Central]:
    with new_central() as made:
        yield made


@pytest.fixture
def login(central: Central) -> str:
    return central.add(f"lin-{next(_numbers)}", "林燕", Group.OFFICER, must_change=True)


@pytest.fixture
def window(qtbot, central: Central, tmp_path: Path) -> Iterator[Window]:
    guard.forbid_this_thread()
    computer = Computer(SettingsFile(tmp_path), Credentials(Fake()), Attempts(tmp_path, Clock()))
    computer.settings.write(Settings((central.profile,), central.profile.name))
    made = Window(computer=computer)
    made.show()
    made.open()
    settle(qtbot, made)
    yield made
    made.close()
    made.deleteLater()
    guard.allow_every_thread()


def settle(qtbot, window: Window) -> None:
    qtbot.waitUntil(lambda: window.operations.running == 0, timeout=20_000)


def log_in(qtbot, window: Window, login: str, password: str) -> None:
    form = window.entrance._page.form
    form.login.setText(login)
    form.password.clear()
    form.password.insert(password)
    qtbot.keyClick(form.password, Qt.Key.Key_Return)
    settle(qtbot, window)


def first_login(qtbot, window: Window, login: str) -> None:
    log_in(qtbot, window, login, PASSWORD)
    form = window.entrance._password
    form.new.setText(NEW)
    form.again.setText(NEW)
    with qtbot.waitSignal(window.ready, timeout=20_000):
        qtbot.keyClick(form.again, Qt.Key.Key_Return)
    settle(qtbot, window)


def connections(central: Central, login: str) -> int:
    return int(central.rows("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", login)[0][0])


def test_the_first_login_ends_with_a_password_of_ones_own(window, qtbot, central, login):
    first_login(qtbot, window, login)
    assert window.session.person.login == login
    assert not window.session.person.must_change_password
    assert central.rows("SELECT must_change_password FROM pd.app_user WHERE login = %s", login) == [(False,)]
    assert connections(central, login) <= 3
    window.session.registry.run("logout")
    settle(qtbot, window)
    log_in(qtbot, window, login, PASSWORD)
    assert "账号或密码不对" in window.entrance._page.form.message.text.text()
    with qtbot.waitSignal(window.ready, timeout=20_000):
        log_in(qtbot, window, login, NEW)


def test_a_locked_window_opens_to_its_password_only(window, qtbot, central, login):
    first_login(qtbot, window, login)
    workspace = window.session.workspace
    window.session.registry.run("lock")
    lock = window.presence._lock
    lock.password.insert("wrong")
    qtbot.keyClick(lock.password, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert lock.isVisible()
    assert "密码不对" in lock.message.text.text()
    lock.password.insert(NEW)
    qtbot.keyClick(lock.password, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert not lock.isVisible()
    assert window.session.workspace is workspace
    assert connections(central, login) <= 3


def test_changing_it_later_keeps_the_pages_and_reads_on(window, qtbot, central, login):
    first_login(qtbot, window, login)
    desk = window.pages["desk"]
    window.session.registry.run("password")
    form = window.presence._password[1]
    for field, text in ((form.old, NEW), (form.new, "drittes-Wort-2026"), (form.again, "drittes-Wort-2026")):
        field.setText(text)
    form.button.click()
    settle(qtbot, window)
    settle(qtbot, window)
    assert window.pages["desk"] is desk
    window.session.registry.run("reload")
    settle(qtbot, window)
    assert "密码已修改" in window.notices.text.text()
    assert window.session.workspace.knows_password("drittes-Wort-2026")
    assert connections(central, login) <= 3


def test_who_is_disabled_is_told_at_the_login(window, qtbot, central, login):
    central.rows(f'ALTER ROLE "{login}" NOLOGIN')
    log_in(qtbot, window, login, PASSWORD)
    assert "已停用" in window.entrance._page.form.message.text.text()
    assert not window.session.is_open
