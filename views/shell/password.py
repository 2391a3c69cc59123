"""A new password of one's own: typed twice, with the rules shown while it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.computer import Computer
from app.errors import EnvironmentProblem, UserError
from views.operations import Operations
from views.shell import opening
from views.shell.fields import Centred, Message, PasswordField
from views.shell.parts import Button, Picture, label, row
from views.shell.theme import UNIT
from views.tickets.forms import field_row

if TYPE_CHECKING:
    from app.workspace import Workspace

_TWICE = "两次输入的新密码须一致。"


class _Rule(QWidget):
    """A rule and whether it is kept: a ring, or a tick."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = Picture("ring", self, size=14, color="secondary")
        self._text = label("", "small", self, wrap=True)
        line = row(self._picture, spacing=2)
        line.addWidget(self._text, 1)
        self.setLayout(line)

    def show_rule(self, text: str, *, kept: bool) -> None:
        """Says it."""
        self._text.setText(text)
        self.setAccessibleName(f"{text}{'已满足' if kept else '未满足'}")
        self._picture.show_icon("success" if kept else "ring", "green" if kept else "secondary")


class PasswordPage(Centred):
    """`changed(Opened)` with the new password; `left` when it is not to be changed, or not now."""

    changed = Signal(object)
    left = Signal()

    def __init__(self, operations: Operations, computer: Computer, parent: QWidget | None = None) -> None:
        super().__init__("修改密码", parent, width=116)
        self._operations, self._computer = operations, computer
        self._workspace: Workspace | None = None
        self._profile, self._known = "", ""
        self.old = PasswordField("原密码", self.card)
        self.new = PasswordField("新密码", self.card)
        self.again = PasswordField("再输一次", self.card)
        self._old_row = QWidget(self.card)
        self._old_row.setLayout(field_row("原密码", self.old, self._old_row))
        self._old_row.layout().setContentsMargins(0, 0, 0, 0)
        self.column.addWidget(self._old_row)
        for name, field in (("新密码", self.new), ("再输一次", self.again)):
            self.column.addLayout(field_row(name, field, self.card))
        self._rules: list[_Rule] = []
        self._rules_column = QVBoxLayout()
        self._rules_column.setSpacing(UNIT)
        self._rules_column.setContentsMargins(19 * UNIT, 0, 0, 0)
        self.column.addLayout(self._rules_column)
        self._foot()
        for field in (self.old, self.new, self.again):
            field.textChanged.connect(self._typed)
            field.returnPressed.connect(self.save)

    def _foot(self) -> None:
        self.message = Message(self.card)
        self.button = Button("保存新密码", kind="primary", parent=self.card)
        self.leave = Button("", kind="plain", parent=self.card)
        self.column.addWidget(self.message)
        self.column.addLayout(row(self.button, self.leave, None))
        self.button.clicked.connect(self.save)
        self.leave.clicked.connect(self._leave)
        self.message.waited.connect(self._typed)

    def begin(self, workspace: Workspace, profile: str, *, known: str = "") -> None:
        """Begins for the person of a workspace; with a password that is `known` this is the first login."""
        self._workspace, self._profile, self._known = workspace, profile, known
        for field in (self.old, self.new, self.again):
            field.fill("")
        person = workspace.person
        self.line.setText(
            f"{person.name}，现在的密码是别人替您设的。请换成只有自己知道的密码，然后开始使用。"
            if known
            else f"{person.name}（{person.login}）。修改后，其他电脑上须用新密码登录。"
        )
        self._old_row.setVisible(not known)
        self.leave.setText("退出登录" if known else "取消")
        self.message.clear()
        self._typed()
        (self.new if known else self.old).setFocus()

    def save(self) -> None:
        """Changes it where every rule is kept."""
        if self._workspace is None or not self.button.isEnabled():
            return
        self._set_busy(busy=True)
        work = opening.change_password(
            self._computer, self._profile, self._workspace, self._known or self.old.text(), self.new.text()
        )
        self._operations.command(self, work, self._done, failed=self._refused)

    def _typed(self) -> None:
        from app.database import passwords

        if self._workspace is None:
            return
        person = self._workspace.person
        typed, old = self.new.text(), self._known or self.old.text() or None
        rules = [
            *passwords.rules(typed, person.login, person.name, old),
            (_TWICE, typed == self.again.text()),
        ]
        for number, (text, kept) in enumerate(rules):
            self._rule(number).show_rule(text, kept=kept and bool(typed))
        complete = all(kept for _, kept in rules) and bool(self._known or self.old.text())
        self.button.setEnabled(complete and not self.message.waiting)

    def _rule(self, number: int) -> _Rule:
        if number == len(self._rules):
            self._rules.append(_Rule(self.card))
            self._rules_column.addWidget(self._rules[-1])
        return self._rules[number]

    def _set_busy(self, *, busy: bool) -> None:
        self.button.setText("正在保存…" if busy else "保存新密码")
        self.button.setEnabled(not busy)
        for field in (self.old, self.new, self.again, self.leave):
            field.setEnabled(not busy)

    def _done(self, opened: opening.Opened) -> None:
        self._set_busy(busy=False)
        for field in (self.old, self.new, self.again):
            field.fill("")
        self._known = ""
        self.changed.emit(opened)

    def _refused(self, error: Exception) -> None:
        self._set_busy(busy=False)
        known = isinstance(error, UserError | EnvironmentProblem)
        text = str(error) if known else f"程序出错了（{type(error).__name__}），详情已记入日志。"
        if getattr(error, "code", "") == "bad_password":
            text = "原密码不对，请重新输入。"
            self.old.selectAll()
            self.old.setFocus()
        wait = getattr(error, "wait", None)
        if wait:
            self.message.say(text, wait=wait)
        else:
            self.message.say(text)
        self._typed()

    def _leave(self) -> None:
        for field in (self.old, self.new, self.again):
            field.fill("")
        self._known = ""
        self.left.emit()

    def keyPressEvent(self, event) -> None:
        """Esc leaves the password as it is."""
        if event.key() == Qt.Key.Key_Escape and self.leave.isEnabled():
            self._leave()
            return
        super().keyPressEvent(event)
