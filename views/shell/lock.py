"""The window locks when nobody touches it for a while, or when asked: covered until its person is back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.computer import Computer
from app.errors import EnvironmentProblem, UserError
from views.shell import opening
from views.shell.cover import Cover
from views.shell.fields import Centred, Message, PasswordField
from views.shell.parts import Button, row
from views.shell.person import PersonList
from views.shell.session import Session
from views.shell.theme import UNIT

_INPUT = {
    QEvent.Type.KeyPress, QEvent.Type.InputMethod, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel,
    QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TabletPress, QEvent.Type.TabletMove,
}  # fmt: skip


def seconds() -> float:
    """A clock that nobody sets and that goes on while the computer sleeps, where the system has one."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class IdleWatch(QObject):
    """`idle` once the window was not touched for the minutes set; 0 minutes is never."""

    idle = Signal()

    def __init__(self, parent: QObject, clock: Callable[[], float] = seconds) -> None:
        super().__init__(parent)
        self._clock = clock
        self._limit = 0.0
        self._last = clock()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        self._field: QObject | None = None
        QGuiApplication.instance().focusObjectChanged.connect(self._focus_moved)

    def watch(self, window: QWindow) -> None:
        """Watches what comes in at a window: all of it, and nothing but it."""
        window.removeEventFilter(self)
        window.installEventFilter(self)

    def _focus_moved(self, field: QObject | None) -> None:
        """Words that an input method composes reach the field past the window: it is watched too."""
        if self._field is not None and isValid(self._field):
            self._field.removeEventFilter(self)
        self._field = field
        if field is not None:
            field.installEventFilter(self)

    def begin(self, minutes: int) -> None:
        """Counts from now on."""
        self.end()
        self._limit = minutes * 60.0
        self._last = self._clock()
        self._wait()

    def end(self) -> None:
        """Counts no longer."""
        self._limit = 0.0
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Any input counts, but the one that wakes a computer which slept too long."""
        return event.type() in _INPUT and self._touched()

    def _touched(self) -> bool:
        if self._limit and self._clock() - self._last >= self._limit:
            self._look()
            return True
        self._last = self._clock()
        return False

    def _look(self) -> None:
        if not self._limit:
            return
        if self._clock() - self._last >= self._limit:
            self.end()
            self.idle.emit()
        else:
            self._wait()

    def _wait(self) -> None:
        if self._limit:
            left = self._limit - (self._clock() - self._last)
            self._timer.start(max(1, round(left * 1_000)))


class LockScreen(Cover):
    """Covers the window. `unlocked`; `swapped(Opened)` where the password had changed; `become(login)`; `left`."""

    unlocked = Signal()
    swapped = Signal(object)
    become = Signal(str)
    left = Signal()

    def __init__(self, session: Session, computer: Computer, window: QWidget) -> None:
        super().__init__("窗口已锁定", window)
        self._session, self._computer = session, computer
        self._profile = ""
        self._by_password = _ByPassword(self)
        self._by_choice = _ByChoice(session, self)
        for way in (self._by_password, self._by_choice):
            self.column.addWidget(way)
        self._by_password.typed.connect(self._check)
        self._by_password.left.connect(self.left)
        self._by_choice.chosen.connect(self._choose)

    @property
    def password(self) -> PasswordField:
        """Where the password is typed."""
        return self._by_password.password

    @property
    def message(self) -> Message:
        """What is wrong."""
        return self._by_password.message

    @property
    def people(self) -> PersonList:
        """Where a person is chosen, in an embedded database."""
        return self._by_choice.people

    def lock(self, profile: str, *, minutes: int | None = None) -> None:
        """Covers the window; `minutes`: it was not touched for so long."""
        if self.risen or not self._session.is_open:
            return
        self._profile = profile
        self.rise()
        embedded = self._session.workspace.embedded
        self._by_password.setVisible(not embedded)
        self._by_choice.setVisible(embedded)
        way: Any = self._by_choice if embedded else self._by_password
        way.begin(self._session, minutes)

    def _check(self, password: str) -> None:
        work = opening.unlock(self._computer, self._profile, self._session.workspace, password)
        self._session.operations.query(self, work, self._right, key="unlock", failed=self._wrong)

    def _right(self, opened: opening.Opened | None) -> None:
        self._by_password.end()
        if not self._session.is_open:
            return  # logged out meanwhile
        self.sink()
        if opened is not None:
            self.swapped.emit(opened)
        self.unlocked.emit()

    def _wrong(self, error: Exception) -> None:
        self._by_password.refuse(error)

    def _choose(self, login: str) -> None:
        if login != self._session.person.login:
            self.become.emit(login)  # covered until it is done: what stands beneath is not theirs to see
            return
        self.sink()
        self.unlocked.emit()

    def refuse(self, error: Exception) -> None:
        """Somebody else could not be let in."""
        self._by_choice.message.say(str(error))


class _ByPassword(Centred):
    """The password again. `typed(password)`; `left`: somebody else wants to log in."""

    typed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("窗口已锁定", parent, width=96)
        self.password = PasswordField("密码", self.card)
        self.password.setPlaceholderText("密码")
        self.message = Message(self.card)
        self.button = Button("解锁", "lock", "primary", self.card)
        leave = Button("退出登录", kind="link", parent=self.card)
        self.column.addSpacing(UNIT)
        self.column.addWidget(self.password)
        self.column.addWidget(self.message)
        self.column.addLayout(row(self.button, None, leave))
        self.password.returnPressed.connect(self._typed)
        self.button.clicked.connect(self._typed)
        self.message.waited.connect(self._ready)
        leave.clicked.connect(self.left)

    def begin(self, session: Session, minutes: int | None) -> None:
        """Asks the person at the desk."""
        person = session.person
        why = f"已有 {minutes} 分钟没有操作。" if minutes else ""
        self.line.setText(f"{why}请{person.name}输入密码继续；正在填写的内容都在。")
        self.message.clear()
        self._ready()

    def end(self) -> None:
        """Nothing of it stays."""
        self.password.fill("")
        self.message.clear()

    def refuse(self, error: Exception) -> None:
        """Says why not, and for how long."""
        self._ready()
        known = isinstance(error, UserError | EnvironmentProblem)
        text = str(error) if known else f"程序出错了（{type(error).__name__}），详情已记入日志。"
        if getattr(error, "code", "") == "bad_password":
            text = "密码不对，请重新输入。"
        wait = getattr(error, "wait", None)
        if wait:
            self.message.say(text, wait=wait)
            self.button.setEnabled(False)
        else:
            self.message.say(text)

    def _typed(self) -> None:
        if self.button.isEnabled() and self.password.text():
            self.button.setEnabled(False)
            self.button.setText("正在核对…")
            self.typed.emit(self.password.text())

    def _ready(self) -> None:
        self.password.fill("")
        self.button.setEnabled(True)
        self.button.setText("解锁")
        self.password.setFocus()


class _ByChoice(Centred):
    """The person from the list again: the files are theirs anyway. `chosen(login)`."""

    chosen = Signal(str)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("窗口已锁定", parent, width=96)
        self.button = Button("", "person", "primary", self.card)
        self.button.clicked.connect(self._mine)
        self._session = session
        self.people = PersonList(session, self.card)
        self.people.setMinimumHeight(56 * UNIT)
        self.people.chosen.connect(self.chosen)
        self.message = Message(self.card)
        self.column.addLayout(row(self.button, None))
        self.column.addWidget(self.people)
        self.column.addWidget(self.message)

    def begin(self, session: Session, minutes: int | None) -> None:
        """Offers the person at the desk, and everybody else."""
        why = f"已有 {minutes} 分钟没有操作。" if minutes else ""
        self.line.setText(f"{why}请选择使用人继续；换成别人时，没有提交的内容不会保留。")
        self.message.clear()
        self.button.setText(f"继续：{session.person.name}")
        self.people.read()
        self.button.setFocus()

    def _mine(self) -> None:
        self.chosen.emit(self._session.person.login)
