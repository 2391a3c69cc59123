"""The ways in: the first start, the server used last, a URL, the first password of one's own; and the way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

import main
from app.attempts import Attempts
from app.computer import Computer
from app.credentials import Credentials
from app.entering import WrongPassword
from app.errors import EnvironmentProblem, UserError
from app.settings import Profile, Settings, SettingsFile
from models.rules.people import Group
from tests.store.test_attempts import Clock
from tests.store.test_credentials import Fake
from tests.views.factories import TODAY, Backend, Workspace, person
from views.shell import opening
from views.shell.window import Window

CENTRE = Profile("县中心", "db.example.cn", login="officer")
CITY = Profile("市中心", "10.1.2.3", login="lin")
WARNING = "连接没有加密，工单内容和群众信息会以明文经过网络。"


def central(**given: Any) -> Workspace:
    return Workspace(label="县中心", embedded=False, **given)


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(SettingsFile(tmp_path), Credentials(Fake()), Attempts(tmp_path, Clock()))


@pytest.fixture(autouse=True)
def own(monkeypatch):
    """The computer's own database: there or not, and how it opens."""
    Backend().install(monkeypatch)
    state: dict[str, Any] = {"there": True, "error": None}

    def open_database(*_: Any) -> Any:
        def work(_task: Any) -> Any:
            if state["error"] is not None:
                raise state["error"]
            return opening.Opened(Workspace(), TODAY) if state["there"] else None

        return work

    monkeypatch.setattr(opening, "open_database", open_database)
    monkeypatch.setattr(opening, "has_database", lambda *_: lambda _task: state["there"])
    return state


@pytest.fixture
def start(qtbot, computer):
    made: list[Window] = []

    def begin(**given: Any) -> Window:
        window = Window(computer=computer, **given)
        made.append(window)
        window.show()
        window.open()
        settle(qtbot, window)
        settle(qtbot, window)
        return window

    yield begin
    for window in made:
        window.close()
        window.deleteLater()


def settle(qtbot, window: Window) -> None:
    qtbot.waitUntil(lambda: window.operations.running == 0)
    QApplication.processEvents()


def page(window: Window) -> Any:
    return window.entrance._page


def enter(
    qtbot, window: Window, workspace: Workspace, profile: Profile = CENTRE, told: str | None = None
) -> None:
    opened = opening.Opened(workspace, TODAY)
    page(window).entered.emit(opening.LoggedIn(opened, profile, "Temp-2026-ab", told))
    settle(qtbot, window)


# --- the ways in --------------------------------------------------------------------------------------


def test_the_first_start_offers_two_ways(start, own, qtbot):
    own["there"] = False
    window = start()
    assert window.welcome.server.isVisible() and window.welcome.demo.isVisible()
    assert window.welcome.demo.text() == "试用"
    window.welcome.server.click()
    assert window.stack.currentWidget() is page(window)
    assert page(window)._right.currentWidget() is page(window).editor


def test_the_server_used_last_is_offered_at_the_next_start(start, computer, qtbot):
    computer.settings.write(Settings((CITY, CENTRE), "县中心"))
    window = start()
    assert window.stack.currentWidget() is page(window)
    assert page(window).form.title.text() == "县中心"
    assert page(window).form.login.text() == "officer"
    assert not window.navigation.foot.isEnabled()


def test_a_folder_asked_for_is_opened_whatever_was_used_last(start, computer, tmp_path):
    computer.settings.write(Settings((CENTRE,), "县中心"))
    window = start(folder=tmp_path)
    assert window.session.is_open
    assert computer.settings.read().last == "县中心"


def test_a_url_leads_to_its_login_page(start, computer, qtbot):
    window = start(url="postgresql://lin:Geheim-2026@10.1.2.3:5433/desk?sslmode=require")
    form = page(window).form
    assert (form.title.text(), form.login.text(), form.password.text()) == ("10.1.2.3", "lin", "Geheim-2026")
    assert "没有核对" in form.warning.text.text()
    enter(qtbot, window, central(), Profile("10.1.2.3", "10.1.2.3:5433"))
    assert window.session.is_open
    assert computer.settings.read() == Settings()


def test_a_url_that_cannot_be_read_says_so(start):
    window = start(url="http://x")
    assert "写法不对" in window.welcome.text.text()


def test_the_window_takes_a_url_and_the_console_takes_the_rest(monkeypatch):
    started: list[Any] = []
    monkeypatch.setattr("views.shell.start.run", lambda *a, **k: started.append((a, k)) or 0)
    assert main.main(["--database", "postgresql://x/y"]) == 0
    assert started == [((None,), {"login": "officer", "url": "postgresql://x/y"})]
    for arguments in (
        ["--database", "x", "--data", "y"],
        ["--database", "x", "--as", "y"],
        ["--database", "x", "verb"],
    ):
        assert main._window_options(arguments) is None


def test_another_way_leads_back_to_the_choice(start, computer, qtbot):
    computer.settings.write(Settings((CENTRE,), "县中心"))
    window = start()
    qtbot.keyClick(page(window).form, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert window.welcome.demo.text() == "打开"
    window.welcome.demo.click()
    settle(qtbot, window)
    settle(qtbot, window)
    assert window.session.is_open
    assert computer.settings.read().last is None


def test_an_own_database_that_does_not_open_offers_the_server(start, own, qtbot):
    own["error"] = EnvironmentProblem("磁盘空间不足。")
    window = start()
    assert "磁盘" in window.welcome.text.text()
    window.welcome.other.click()
    assert window.stack.currentWidget() is page(window)
    own["error"] = None
    window.welcome.retry.click()
    settle(qtbot, window)
    assert window.session.is_open


def test_damaged_settings_are_told(start, computer):
    computer.settings.path.write_text("{")
    window = start()
    assert "已损坏" in window.notices.text.text()
    assert window.session.is_open


# --- inside -------------------------------------------------------------------------------------------


def test_who_logged_in_is_remembered_with_the_server(start, computer, qtbot):
    computer.settings.write(Settings((CITY, CENTRE), "县中心"))
    window = start()
    enter(qtbot, window, central(), Profile("县中心", "db.example.cn", login="zhou"))
    kept = computer.settings.read()
    assert (kept.last, kept.profile("县中心").login) == ("县中心", "zhou")
    assert window.navigation.foot.isEnabled()
    assert "退出登录" in window.navigation.foot.accessibleName()
    assert not window.session.registry.available("person")
    assert window.session.registry.available("password")


def test_what_is_not_protected_is_shown_as_long_as_it_stands(start, computer, qtbot):
    computer.settings.write(Settings((CENTRE,), "县中心"))
    window = start()
    enter(qtbot, window, central(warning=WARNING))
    assert window.notices.text.text() == WARNING
    assert WARNING in window.navigation.foot.accessibleName()
    assert WARNING in window.navigation.foot.toolTip()
    window.navigation.foot.click()
    account = window._overlays["account"]
    assert account.warning.text.text() == WARNING
    assert "db.example.cn" in account.where.text()
    assert not window.grab().isNull()


def test_a_password_that_was_not_remembered_is_told(start, computer, qtbot):
    computer.settings.write(Settings((CENTRE,), "县中心"))
    window = start()
    enter(qtbot, window, central(), told="系统凭据库没有接受密码。")
    assert "凭据库" in window.notices.text.text()


def test_the_foot_of_the_own_database_offers_persons_and_a_server(start, qtbot):
    window = start()
    assert "更换使用人" in window.navigation.foot.accessibleName()
    assert not window.session.registry.available("logout")
    window.navigation.foot.click()
    settle(qtbot, window)
    panel = window._overlays["person"]
    assert panel.isVisible()
    workspace = window.session.workspace
    next(b for b in panel.findChildren(QPushButton) if b.text() == "连接中心服务器").click()
    settle(qtbot, window)
    assert workspace.closed
    assert window.stack.currentWidget() is page(window)


def test_logging_out_leaves_nothing_of_the_person(start, computer, qtbot):
    computer.settings.write(Settings((CENTRE, CITY), "县中心"))
    window = start()
    workspace = central()
    enter(qtbot, window, workspace)
    window.show_page("tickets")
    settle(qtbot, window)
    window.navigation.foot.click()
    account = window._overlays["account"]
    account.findChildren(QPushButton)[-1].click()
    settle(qtbot, window)
    assert workspace.closed
    assert window.pages == {}
    assert not any(entry.isVisible() for entry in window.navigation.entries.values())
    assert page(window).form.title.text() == "县中心"
    assert page(window).form.password.text() == ""
    enter(qtbot, window, central(person=person(Group.LIAISON)), CITY)
    assert window.session.person.group is Group.LIAISON
    assert window.stack.currentWidget() is window.pages["desk"]


# --- one's own password -------------------------------------------------------------------------------


def changes(monkeypatch, answer: Any) -> list[tuple[str, str]]:
    asked: list[tuple[str, str]] = []

    def change_password(_computer: Any, _profile: str, _workspace: Any, old: str, new: str) -> Any:
        asked.append((old, new))

        def work(_task: Any) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return opening.Opened(answer, TODAY)

        return work

    monkeypatch.setattr(opening, "change_password", change_password)
    return asked


@pytest.fixture
def newcomer(start, computer, qtbot):
    computer.settings.write(Settings((CENTRE,), "县中心"))
    window = start()
    workspace = central(person=person(must_change_password=True, name="李伟", login="liwei"))
    enter(qtbot, window, workspace)
    return window, workspace


def kept_rules(form: Any) -> list[bool]:
    return ["已满足" in rule.accessibleName() for rule in form._rules]


def test_the_first_login_asks_for_a_password_of_ones_own(newcomer, qtbot, monkeypatch):
    window, first = newcomer
    second = central()
    asked = changes(monkeypatch, second)
    form = window.entrance._password
    assert window.stack.currentWidget() is form
    assert not window.session.is_open
    assert not form.old.isVisible()
    form.new.setText("qingshan-lvshui-26")
    assert kept_rules(form) == [True, True, True, True, True, False]
    assert not form.button.isEnabled()
    qtbot.keyClick(form.again, Qt.Key.Key_Return)
    assert asked == []
    form.again.setText("qingshan-lvshui-26")
    qtbot.keyClick(form.again, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert asked == [("Temp-2026-ab", "qingshan-lvshui-26")]
    assert first.closed
    assert window.session.workspace is second
    assert form.new.text() == ""


@pytest.mark.parametrize(
    ("password", "broken"),
    [
        ("", None), ("kurz1", 0), ("nurbuchstaben", 1), ("1234567890", 1), ("xx-liwei-2026", 2),
        ("李伟的新密码2026", 3), ("Temp-2026-ab", 4),
    ],
)  # fmt: skip
def test_the_rules_are_shown_while_it_is_typed(newcomer, password, broken):
    window, _ = newcomer
    form = window.entrance._password
    form.new.setText(password)
    form.again.setText(password)
    expected = [number != broken for number in range(6)] if password else [False] * 6
    assert kept_rules(form) == expected
    assert not form.button.isEnabled()


def test_who_does_not_change_it_is_logged_out(newcomer, qtbot):
    window, first = newcomer
    qtbot.keyClick(window.entrance._password, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert first.closed
    assert window.stack.currentWidget() is page(window)
    assert not window.session.is_open


def test_a_window_closed_meanwhile_closes_the_database(newcomer):
    window, first = newcomer
    window.close()
    assert first.closed


@pytest.fixture
def inside(start, computer, qtbot):
    computer.settings.write(Settings((CENTRE,), "县中心"))
    window = start()
    enter(qtbot, window, central())
    window.session.registry.run("password")
    form = window.presence._password[1]
    form.new.setText("qingshan-lvshui-26")
    form.again.setText("qingshan-lvshui-26")
    return window, form


def test_later_the_old_one_is_asked_for_and_the_pages_stay(inside, qtbot, monkeypatch):
    window, form = inside
    new, old, desk = central(), window.session.workspace, window.pages["desk"]
    asked = changes(monkeypatch, new)
    assert form.old.isVisible() and not window.stack.isVisible()
    assert not form.button.isEnabled()
    form.old.setText("alt-und-gut-1")
    form.button.click()
    settle(qtbot, window)
    assert asked == [("alt-und-gut-1", "qingshan-lvshui-26")]
    assert window.session.workspace is new and old.closed
    assert window.pages["desk"] is desk and desk.isVisible()
    assert "密码已修改" in window.notices.text.text()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (WrongPassword("账号或密码不对", Clock().instant - Clock().instant), "原密码不对"),
        (EnvironmentProblem("数据库正在停止或维护，请稍候重试。", code="stopping"), "维护"),
        (UserError("密码不能这样。"), "不能这样"),
    ],
)
def test_what_stands_against_it_is_said_in_place(inside, qtbot, monkeypatch, error, said):
    window, form = inside
    changes(monkeypatch, error)
    form.old.setText("alt-und-gut-1")
    form.button.click()
    settle(qtbot, window)
    assert said in form.message.text.text()
    assert form.new.text() == "qingshan-lvshui-26"
    form.leave.click()
    assert window.stack.isVisible()
    assert form.new.text() == ""


def test_a_wait_holds_the_button(inside, qtbot, monkeypatch):
    from datetime import timedelta

    window, form = inside
    changes(monkeypatch, WrongPassword("x", timedelta(seconds=60)))
    form.old.setText("alt-und-gut-1")
    form.button.click()
    settle(qtbot, window)
    assert "还要等" in form.message.text.text()
    assert not form.button.isEnabled()
    form.message.clear()


def test_a_lock_comes_over_a_password_being_changed(inside, qtbot):
    window, form = inside
    window.presence.idle.idle.emit()
    assert window.presence._lock.isVisible()
    assert not form.isVisible()
