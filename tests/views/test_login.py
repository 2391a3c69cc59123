"""The login page: servers written down in place, one sentence for what is wrong, waits that count down."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from app.attempts import Attempts
from app.computer import Computer
from app.credentials import NO_STORE, Credentials
from app.database import unreachable
from app.entering import WrongPassword
from app.errors import EnvironmentProblem, UserError
from app.settings import Profile, Settings, SettingsFile, Tls
from tests.store.test_attempts import Clock
from tests.store.test_credentials import Fake
from tests.views.factories import TODAY, Workspace
from tests.views.test_window import clipped, nameless
from views.operations import Cancelled, Operations
from views.shell import opening
from views.shell.fields import Message, PasswordField
from views.shell.login import LoginPage

CENTRE = Profile("县中心", "db.example.cn", login="lin")
CITY = Profile("市中心", "10.1.2.3:5433", tls=Tls.REQUIRE)
HERE = Profile("本机", "127.0.0.1:5433")
BAD = "账号或密码不对，请重新输入；忘记密码请联系管理员重置。"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def computer(tmp_path: Path, clock: Clock) -> Computer:
    return Computer(SettingsFile(tmp_path), Credentials(Fake()), Attempts(tmp_path, clock))


class Server:
    """Answers a login as it is told to; remembers what it was asked."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.asked: list[tuple[str, str, str, bool]] = []

    def log_in(
        self, _computer: Computer, profile: Profile, login: str, password: str, *, remember: bool
    ) -> Any:
        self.asked.append((profile.name, login, password, remember))

        def work(_task: Any) -> opening.LoggedIn:
            if self.error is not None:
                raise self.error
            return opening.LoggedIn(opening.Opened(Workspace(embedded=False), TODAY), profile, password)

        return work


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()
    monkeypatch.setattr(opening, "log_in", made.log_in)
    return made


@pytest.fixture
def page(qtbot, computer: Computer):
    operations = Operations()
    made = LoginPage(operations, computer)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    begin(qtbot, made, CENTRE)
    yield made
    operations.close()


def begin(qtbot, page: LoginPage, profile: Profile | None, *profiles: Profile) -> None:
    page.begin(Settings(profiles or (CENTRE, CITY)), profile)
    settle(qtbot, page)


def settle(qtbot, page: LoginPage) -> None:
    qtbot.waitUntil(lambda: page._operations.running == 0)
    QApplication.processEvents()


def type_in(page: LoginPage, password: str, login: str | None = None) -> None:
    if login is not None:
        page.form.login.setText(login)
    page.form.password.clear()
    page.form.password.insert(password)


# --- logging in ---------------------------------------------------------------------------------------


def test_enter_logs_in(page, qtbot, server):
    type_in(page, "Geheim-2026")
    with qtbot.waitSignal(page.entered) as entered:
        qtbot.keyClick(page.form.password, Qt.Key.Key_Return)
    assert server.asked == [("县中心", "lin", "Geheim-2026", False)]
    assert entered.args[0].profile == CENTRE
    assert page.form.password.text() == ""


@pytest.mark.parametrize(("login", "password", "said"), [("", "x", "账号和密码"), ("lin", "", "请输入密码")])
def test_what_is_missing_is_asked_for(page, qtbot, server, login, password, said):
    type_in(page, password, login)
    page.form.button.click()
    assert said in page.form.message.text.text()
    assert server.asked == []
    page.form.password.textEdited.emit("x")
    assert page.form.message.isHidden()


@pytest.mark.parametrize(
    "error",
    [
        EnvironmentProblem("连不上服务器，等待应答超时：请检查网络是否已连接。", code="unreachable"),
        UserError("这个账号已停用，不能登录；如需恢复请联系管理员。", code="disabled"),
        unreachable.problem("certificate verify failed"),
    ],
)
def test_a_refusal_stands_in_place_and_another_try_is_open(page, qtbot, server, error):
    server.error = error
    type_in(page, "Geheim-2026")
    page.form.button.click()
    settle(qtbot, page)
    assert page.form.message.text.text() == error.message
    assert page.form.button.isEnabled()
    assert page.form.password.text() == "Geheim-2026"


def test_a_bug_is_told_as_one(page, qtbot, server, caplog):
    server.error = ZeroDivisionError()
    type_in(page, "Geheim-2026")
    page.form.button.click()
    settle(qtbot, page)
    assert "日志" in page.form.message.text.text()
    caplog.clear()


def test_a_wrong_password_is_selected_to_be_typed_again(page, qtbot, server):
    server.error = WrongPassword(BAD, timedelta(0))
    type_in(page, "wrong")
    page.form.button.click()
    settle(qtbot, page)
    assert page.form.message.text.text() == BAD
    assert page.form.password.selectedText() == "wrong"


def test_a_wait_counts_down_and_then_opens(page, qtbot, server, monkeypatch):
    instant = [100.0]
    monkeypatch.setattr("views.shell.fields.time.monotonic", lambda: instant[0])
    server.error = WrongPassword(BAD, timedelta(seconds=30))
    type_in(page, "wrong")
    page.form.button.click()
    settle(qtbot, page)
    assert page.form.message.text.text().endswith("还要等 0:30。")
    assert not page.form.button.isEnabled()
    instant[0] += 12
    page.form.message._tick()
    assert page.form.message.text.text().endswith("还要等 0:18。")
    qtbot.keyClick(page.form.password, Qt.Key.Key_Return)
    assert len(server.asked) == 1
    instant[0] += 18
    page.form.message._tick()
    assert page.form.button.isEnabled()
    assert page.form.message.isHidden()


def test_a_restart_does_not_shorten_the_wait(page, qtbot, computer, clock):
    for _ in range(6):
        computer.attempts.failed("县中心", "lin")
    begin(qtbot, page, CENTRE)
    assert page.form.message.waiting
    assert not page.form.button.isEnabled()
    page.form.login.setText("wang")
    page.form.login.editingFinished.emit()
    settle(qtbot, page)
    assert page.form.button.isEnabled()
    page.form.login.setText("lin")
    page.form.login.editingFinished.emit()
    settle(qtbot, page)
    assert not page.form.button.isEnabled()
    begin(qtbot, page, CITY)
    assert page.form.button.isEnabled()


def test_esc_stops_waiting_for_the_server_and_then_goes_back(page, qtbot, monkeypatch):
    held = []

    def log_in(*_args: Any, **_more: Any) -> Any:
        def work(task: Any) -> None:
            held.append(task)
            while not task.cancelled:
                task._cancelled.wait(5)
            raise Cancelled

        return work

    monkeypatch.setattr(opening, "log_in", log_in)
    type_in(page, "Geheim-2026")
    page.form.button.click()
    qtbot.waitUntil(lambda: bool(held))
    assert page.form.bar.isVisible()
    assert page.form.stop.isVisible()
    qtbot.keyClick(page.form, Qt.Key.Key_Escape)
    settle(qtbot, page)
    assert not page.form.bar.isVisible()
    assert page.form.button.isEnabled()
    with qtbot.waitSignal(page.left):
        qtbot.keyClick(page.form, Qt.Key.Key_Escape)


# --- passwords of this computer -----------------------------------------------------------------------


def test_a_remembered_password_is_filled_in_and_never_shown(page, qtbot, computer, server):
    computer.credentials.remember("县中心", "lin", "Geheim-2026")
    begin(qtbot, page, CENTRE)
    assert page.form.password.text() == "Geheim-2026"
    assert page.form.remember.isChecked()
    assert page.form.password.eye.isHidden()
    page.form.button.click()
    settle(qtbot, page)
    assert server.asked == [("县中心", "lin", "Geheim-2026", True)]


def test_a_remembered_password_goes_with_its_login(page, qtbot, computer):
    computer.credentials.remember("县中心", "lin", "Geheim-2026")
    begin(qtbot, page, CENTRE)
    page.form.login.setText("wang")
    page.form.login.editingFinished.emit()
    settle(qtbot, page)
    assert page.form.password.text() == ""
    assert not page.form.remember.isChecked()


@pytest.mark.parametrize("typed", ["n", "neu"])
def test_what_is_typed_replaces_a_remembered_password(qtbot, typed):
    field = PasswordField("密码")
    qtbot.addWidget(field)
    field.show()
    field.fill("Geheim-2026")
    field.insert(typed)
    field.textEdited.emit(field.text())
    assert field.text() == typed
    assert not field.eye.isHidden()
    field.eye.click()
    assert field.echoMode() is QLineEdit.EchoMode.Normal
    assert field.eye.accessibleName() == "隐藏密码"
    field.eye.click()
    assert field.echoMode() is QLineEdit.EchoMode.Password


def test_a_remembered_password_can_be_rubbed_out(qtbot):
    field = PasswordField("密码")
    qtbot.addWidget(field)
    field.show()
    field.fill("Geheim-2026")
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert field.text() == ""


def test_without_a_store_the_choice_is_greyed_with_the_reason(page, qtbot, computer, tmp_path):
    computer.credentials._backend = None
    begin(qtbot, page, CENTRE)
    assert not page.form.remember.isEnabled()
    assert page.form.no_store.text() == NO_STORE
    assert page.form.no_store.isVisible()


# --- protection ---------------------------------------------------------------------------------------


def test_a_connection_that_is_not_verified_is_marked(page, qtbot):
    assert page.form.badge.accessibleName() == "加密并核对"
    assert page.form.warning.isHidden()
    begin(qtbot, page, CITY)
    assert page.form.badge.accessibleName() == "未完全核对"
    assert "没有核对服务器证书" in page.form.warning.text.text()
    begin(qtbot, page, HERE, HERE)
    assert page.form.badge.accessibleName() == "本机连接"
    assert page.form.warning.isHidden()


def test_a_server_written_down_wrongly_says_so(page, qtbot):
    begin(qtbot, page, Profile("坏", "a:b"))
    assert "端口" in page.form.warning.text.text()


# --- servers ------------------------------------------------------------------------------------------


def test_a_server_is_chosen_from_the_list(page, qtbot):
    buttons = {b.text(): b for b in page._group.buttons()}
    buttons["市中心"].click()
    settle(qtbot, page)
    assert page.form.title.text() == "市中心"
    assert page.form.where.text().startswith("10.1.2.3:5433")


def test_without_a_server_the_form_for_one_is_open(page, qtbot):
    page.begin(Settings(), None)
    assert page._right.currentWidget() is page.editor
    assert page.editor.cancel.isHidden()
    assert page.editor.remove.isHidden()
    qtbot.keyClick(page.editor.hosts, Qt.Key.Key_Return)
    assert "请填写服务器地址" in page.editor.message.text.text()
    page.editor.hosts.setText("db.new.cn")
    with qtbot.waitSignal(page.settings_changed) as changed:
        page.editor.save.click()
    settle(qtbot, page)
    assert changed.args[0] == Settings((Profile("db.new.cn", "db.new.cn"),))
    assert page._right.currentWidget() is page.form
    assert page.form.title.text() == "db.new.cn"


def test_a_server_is_changed_in_place(page, qtbot, computer):
    computer.credentials.remember("县中心", "lin", "Geheim-2026")
    page.form.settings_wanted.emit()
    editor = page.editor
    assert editor.profile() == CENTRE
    editor.name.setText("云山县中心")
    editor.tls.set_value(Tls.CA)
    editor.save.click()
    assert "根证书" in editor.message.text.text()
    editor.root.setText("/ca.crt")
    with qtbot.waitSignal(page.settings_changed) as changed:
        editor.save.click()
    settle(qtbot, page)
    renamed = Profile("云山县中心", "db.example.cn", "pingdesk", "lin", Tls.CA, "/ca.crt")
    assert changed.args[0].profiles == (renamed, CITY)
    assert computer.credentials.recall("县中心", "lin") is None


def test_a_name_stands_for_one_server(page):
    page._add()
    page.editor.name.setText("市中心")
    page.editor.hosts.setText("db")
    page.editor.save.click()
    assert "已有名为" in page.editor.message.text.text()
    page.editor.name.textEdited.emit("x")
    assert page.editor.message.isHidden()


def test_each_protection_says_what_it_means(page):
    page._edit()
    said = {}
    for tls in Tls:
        page.editor.tls.set_value(tls)
        said[tls] = page.editor.meaning.text()
        assert page.editor.root.isEnabled() is (tls in (Tls.FULL, Tls.CA))
    assert len(set(said.values())) == len(Tls)
    page.editor.root.setText("/ca.crt")
    assert page.editor.profile().root_certificate is None


def test_a_server_is_taken_out_with_its_password(page, qtbot, computer):
    computer.credentials.remember("县中心", "lin", "Geheim-2026")
    page._edit()
    with qtbot.waitSignal(page.settings_changed) as changed:
        page.editor.remove.click()
    settle(qtbot, page)
    assert changed.args[0].profiles == (CITY,)
    assert computer.credentials.recall("县中心", "lin") is None
    assert page.form.title.text() == "市中心"


def test_esc_leaves_a_server_as_it_was(page, qtbot):
    page._edit()
    page.editor.hosts.setText("elsewhere")
    qtbot.keyClick(page.editor, Qt.Key.Key_Escape)
    assert page._right.currentWidget() is page.form
    assert page.form.where.text().startswith("db.example.cn")


def test_the_root_certificate_is_chosen_from_files(page, qtbot):
    page._edit()
    page.editor._choose_root()
    dialog = page.editor.findChild(QFileDialog)
    dialog.fileSelected.emit("/ca.crt")
    assert page.editor.root.text() == "/ca.crt"
    dialog.close()


def test_a_server_of_the_command_line_is_shown_and_not_kept(page, qtbot):
    page.begin(Settings((CITY,)), CENTRE, "Geheim-2026")
    settle(qtbot, page)
    assert page.form.password.text() == "Geheim-2026"
    assert {b.text() for b in page._group.buttons() if b.isVisible()} == {"市中心", "县中心"}
    assert page._settings.profiles == (CITY,)


def test_a_message_says_one_thing_at_a_time(qtbot):
    message = Message()
    qtbot.addWidget(message)
    message.say("甲", wait=timedelta(seconds=5))
    assert message.waiting
    message.say("乙", tone="amber")
    assert not message.waiting
    assert message.accessibleName() == "乙"
    message.clear()
    assert message.isHidden()


@pytest.mark.parametrize("width", [728, 1200])
def test_nothing_is_clipped_or_nameless(page, qtbot, width):
    long = Profile(
        "云山县政务服务和数据管理局政务服务大厅（正式环境）",
        "db1.example.gov.cn:5432,db2.example.gov.cn:5432",
    )
    page.resize(width, 560)
    for profile in (long, CITY):
        begin(qtbot, page, profile, long, CITY)
        page.form._refused(WrongPassword(BAD, timedelta(seconds=61)))
        QApplication.processEvents()
        assert clipped(page) == []
        assert nameless(page) == []
        page._edit()
        page.editor._save()
        QApplication.processEvents()
        assert clipped(page) == []
        assert nameless(page) == []
    assert page._right.width() <= width
