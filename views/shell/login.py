"""The first page of who works at a centre's server: which server, who, and the password."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.computer import Computer
from app.database import connecting
from app.errors import EnvironmentProblem, UserError
from app.settings import Profile, Settings
from views.operations import Operation, Operations
from views.shell import opening
from views.shell.fields import Message, PasswordField
from views.shell.parts import Badge, Button, Chip, Picture, clear, label, row, scrolling
from views.shell.profiles import ProfileForm
from views.shell.theme import UNIT
from views.tickets.forms import field_row

_WIDTH, _SIDE = 168, 52
_LONGEST = 63


class LoginForm(QWidget):
    """One server: account and password. `entered(LoggedIn)`; `settings_wanted` to change the server; `left`: Esc."""

    entered = Signal(object)
    settings_wanted = Signal()
    left = Signal()

    def __init__(self, operations: Operations, computer: Computer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._operations, self._computer = operations, computer
        self._profile = Profile("", "")
        self._under_way: Operation | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(3 * UNIT)
        self._head()
        self._fields()
        self._foot()

    def _head(self) -> None:
        self.title = label("", "title", self, wrap=True)
        self.badge = Badge("", "green", self)
        self.where = label("", "secondary", self, wrap=True)
        self.warning = Message(self)
        head = row(self.title, self.badge)
        head.setStretch(0, 1)
        head.setAlignment(self.badge, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(head)
        self.column.addWidget(self.where)
        self.column.addWidget(self.warning)
        self.column.addSpacing(UNIT)

    def _fields(self) -> None:
        self.login = QLineEdit(self)
        self.login.setAccessibleName("账号")
        self.login.setPlaceholderText("管理员分配的账号")
        self.login.setMaxLength(_LONGEST)
        self.login.editingFinished.connect(self._ask_store)
        self.password = PasswordField("密码", self)
        self.remember = Chip("记住密码", self, checkable=True, icon="key")
        self.remember.setToolTip("密码存放在这台电脑的系统凭据库中")
        self.no_store = label("", "small", self, wrap=True)
        self.column.addLayout(field_row("账号", self.login, self))
        self.column.addLayout(field_row("密码", self.password, self))
        self.column.addLayout(row(19, self.remember, None, spacing=0))
        self.column.addLayout(row(19, self.no_store, spacing=0))
        for field in (self.login, self.password):
            field.returnPressed.connect(self.log_in)
            field.textEdited.connect(self._typed)

    def _foot(self) -> None:
        self.message = Message(self)
        self.message.waited.connect(self._ready)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("正在登录")
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        self.button = Button("登录", kind="primary", parent=self)
        self.button.setMinimumWidth(28 * UNIT)
        self.button.clicked.connect(self.log_in)
        self.stop = Button("取消", parent=self)
        self.stop.clicked.connect(self.cancel)
        change = Button("服务器设置", kind="link", parent=self)
        change.clicked.connect(self.settings_wanted)
        self.column.addWidget(self.message)
        self.column.addStretch(1)
        self.column.addWidget(self.bar)
        self.column.addLayout(row(self.button, self.stop, None, change))
        self._show_busy(busy=False)

    # showing ----------------------------------------------------------------------------------------------

    def begin(self, profile: Profile, password: str = "") -> None:
        """Shows a server and begins with what is still to be typed."""
        self.cancel()
        self._profile = profile
        self.title.setText(profile.name)
        self.where.setText(f"{profile.hosts}　{profile.database}")
        self.login.setText(profile.login)
        self.password.fill("")
        self.password.setText(password)
        self.message.clear()
        self._show_protection()
        self._ask_store()
        (self.password if profile.login else self.login).setFocus()

    def _show_protection(self) -> None:
        try:
            warning = connecting.warning_of(self._profile)
        except UserError as error:
            self.badge.show_text("", "grey")
            self.warning.say(error.message, tone="amber")
            return
        self.badge.show_text("未完全核对" if warning else "加密并核对", "amber" if warning else "green")
        if connecting.stays_here(self._profile):
            self.badge.show_text("本机连接", "green")
        if warning:
            self.warning.say(warning, tone="amber")
        else:
            self.warning.clear()

    def _ask_store(self) -> None:
        """Whether passwords can be remembered here, and whether this one is; the store may take its time."""
        work = opening.recall(self._computer, self._profile.name, self.login.text().strip())
        self._operations.query(self, work, self._store_says, key="store")

    def _store_says(self, kept: opening.Kept) -> None:
        self.remember.setEnabled(kept.problem is None)
        self.no_store.setText(kept.problem or "")
        self.no_store.setVisible(kept.problem is not None)
        if kept.problem is not None:
            self.remember.setChecked(False)
        if kept.login == self.login.text().strip() and self._under_way is None:
            self._show_kept(kept)

    def _show_kept(self, kept: opening.Kept) -> None:
        """The remembered password of this login, in place of that of another; and the wait that is its own."""
        if self.password.remembered or not self.password.text():
            self.password.fill(kept.password or "")
            self.remember.setChecked(bool(kept.password))
        if kept.wait:
            self._must_wait("密码连续输错，请稍候再试。", kept.wait)
        elif self.message.waiting:
            self.message.clear()
            self.button.setEnabled(True)

    def _typed(self) -> None:
        if not self.message.waiting:
            self.message.clear()

    # logging in -------------------------------------------------------------------------------------------

    def log_in(self) -> None:
        """Logs in with what is typed, unless one must wait."""
        if self._under_way is not None or not self.button.isEnabled():
            return
        login, password = self.login.text().strip(), self.password.text()
        if not login or not password:
            self.message.say("请输入账号和密码。" if not login else "请输入密码。", tone="amber")
            (self.password if login else self.login).setFocus()
            return
        self.message.clear()
        self._show_busy(busy=True)
        work = opening.log_in(
            self._computer, self._profile, login, password, remember=self.remember.isChecked()
        )
        self._under_way = self._operations.query(self, work, self._entered, key="login", failed=self._refused)

    def cancel(self) -> None:
        """Waits no longer for the server; what it still answers is closed unseen."""
        if self._under_way is not None:
            self._under_way.superseded = True
            self._under_way.cancel()
            self._under_way = None
        self._show_busy(busy=False)

    def _entered(self, entered: opening.LoggedIn) -> None:
        self._under_way = None
        self._show_busy(busy=False)
        self.password.fill("")
        self.entered.emit(entered)

    def _refused(self, error: Exception) -> None:
        self._under_way = None
        self._show_busy(busy=False)
        if not isinstance(error, UserError | EnvironmentProblem):
            self.message.say(f"程序出错了（{type(error).__name__}），详情已记入日志。")
            return
        wait = getattr(error, "wait", None)
        if wait:
            self._must_wait(error.message, wait)
        else:
            self.message.say(error.message, tone="red" if isinstance(error, UserError) else "amber")
        if error.code == "bad_password":
            self.password.setFocus()
            self.password.selectAll()

    def _must_wait(self, sentence: str, wait: Any) -> None:
        self.message.say(sentence, wait=wait)
        self.button.setEnabled(False)

    def _ready(self) -> None:
        self.button.setEnabled(True)
        self.password.setFocus()

    def _show_busy(self, *, busy: bool) -> None:
        self.bar.setVisible(busy)
        self.stop.setVisible(busy)
        self.button.setEnabled(not busy)
        self.button.setText("正在登录…" if busy else "登录")
        for field in (self.login, self.password, self.remember):
            field.setEnabled(not busy)

    def keyPressEvent(self, event) -> None:
        """Esc stops waiting, or goes back."""
        if event.key() == Qt.Key.Key_Escape:
            if self._under_way is not None:
                self.cancel()
            else:
                self.left.emit()
            return
        super().keyPressEvent(event)


class LoginPage(QWidget):
    """Servers at the left, the one chosen at the right; `entered(LoggedIn)`, `left` to another way in."""

    entered = Signal(object)
    left = Signal()
    settings_changed = Signal(object)

    def __init__(self, operations: Operations, computer: Computer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._operations, self._computer = operations, computer
        self._settings = Settings()
        self._profile: Profile | None = None
        self._group = QButtonGroup(self)
        self.form = LoginForm(operations, computer, self)
        self.editor = ProfileForm(self)
        self._right = QStackedWidget(self)
        for widget in (self.form, self.editor):
            self._right.addWidget(widget)
        self._lay_out()
        self.form.entered.connect(self.entered)
        self.form.left.connect(self.left)
        self.form.settings_wanted.connect(self._edit)
        self.editor.saved.connect(self._saved)
        self.editor.removed.connect(self._removed)
        self.editor.left.connect(self._chosen_again)

    def _lay_out(self) -> None:
        card = QFrame(self)
        card.setProperty("card", "true")
        card.setFixedWidth(_WIDTH * UNIT)
        card.setMinimumHeight(112 * UNIT)
        line = QHBoxLayout(card)
        line.setContentsMargins(1, 1, 1, 1)
        line.setSpacing(0)
        line.addWidget(self._side(card))
        right = QVBoxLayout()
        right.setContentsMargins(7 * UNIT, 6 * UNIT, 7 * UNIT, 6 * UNIT)
        right.addWidget(self._right)
        line.addLayout(right, 1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(row(None, card, None))
        outer.addStretch(3)

    def _side(self, card: QFrame) -> QFrame:
        side = QFrame(card)
        side.setProperty("side", "true")
        side.setFixedWidth(_SIDE * UNIT)
        column = QVBoxLayout(side)
        column.setContentsMargins(3 * UNIT, 6 * UNIT, 3 * UNIT, 4 * UNIT)
        column.setSpacing(UNIT)
        column.addLayout(row(Picture("mark", side, size=24, color="accent"), label("登录", "lead", side), None,
                             margins=(2, 0, 0, 2)))  # fmt: skip
        lines = QWidget()
        self._lines = QVBoxLayout(lines)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(UNIT // 2)
        column.addWidget(scrolling(lines, side), 1)
        for text, icon, slot in (("添加服务器", "add", self._add), ("其他方式", "previous", self.left)):
            button = Button(text, icon, "flat", side)
            button.setProperty("aligned", "left")
            button.clicked.connect(slot)
            column.addWidget(button)
        return side

    # servers ----------------------------------------------------------------------------------------------

    def begin(self, settings: Settings, profile: Profile | None, password: str = "") -> None:
        """Shows the servers with one chosen; without any, the form for a new one."""
        self._settings = settings
        self._profile = profile or (settings.profiles[0] if settings.profiles else None)
        self._show_servers()
        if self._profile is None:
            self._add()
        else:
            self._right.setCurrentWidget(self.form)
            self.form.begin(self._profile, password)

    def _show_servers(self) -> None:
        clear(self._lines)
        known = list(self._settings.profiles)
        if self._profile is not None and self._profile not in known:
            known.append(self._profile)  # of the command line: used, not kept
        for profile in known:
            button = Button(self._short(profile.name), "database", "flat", self)
            button.setAccessibleName(profile.name)
            button.setProperty("aligned", "left")
            button.setProperty("profile", profile.name)
            button.setToolTip(f"{profile.name}\n{profile.hosts}")
            button.setCheckable(True)
            button.setChecked(profile == self._profile)
            button.clicked.connect(self._chosen)
            self._group.addButton(button)
            self._lines.addWidget(button)
        self._lines.addStretch(1)

    def _short(self, name: str) -> str:
        room = (_SIDE - 19) * UNIT
        return self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room)

    def _chosen(self) -> None:
        profile = self._settings.profile(str(self.sender().property("profile")))
        self.begin(self._settings, profile or self._profile)

    def _chosen_again(self) -> None:
        self.begin(self._settings, self._profile)

    def _add(self) -> None:
        self.form.cancel()
        self._right.setCurrentWidget(self.editor)
        self.editor.edit(None, self._settings)

    def _edit(self) -> None:
        self._right.setCurrentWidget(self.editor)
        self.editor.edit(self._profile, self._settings)

    def _saved(self, profile: Profile, before: str) -> None:
        if before and before != profile.name:
            self._forget(before)
        self._keep(self._settings.keeping(profile, instead_of=before or None), profile)

    def _removed(self, name: str) -> None:
        self._forget(name)
        self._keep(self._settings.without(name), None)

    def _keep(self, settings: Settings, profile: Profile | None) -> None:
        self.settings_changed.emit(settings)
        self.begin(settings, profile)

    def _forget(self, name: str) -> None:
        """A password that is remembered for a server goes with it."""
        login = self._profile.login if self._profile else ""
        self._operations.query(self, opening.forget(self._computer, name, login), self._forgotten)

    def _forgotten(self, _nothing: None) -> None:
        """Nothing to show."""
