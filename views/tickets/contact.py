"""The person who rated: masked until a reason is written, and then on record."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.tickets import contacts
from views.shell.parts import Button, icon_button, label, row
from views.shell.session import Session
from views.shell.theme import UNIT


class ContactLine(QWidget):
    """评价人 with 查看（留痕）; `recorded` once a look is on record, so that the time line is read again."""

    recorded = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._ticket: int | None = None
        self._refused: str | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        self.who = label("", "small", self, wrap=True)
        self.show_button = Button("查看（留痕）", "key", "link", self)
        self.show_button.clicked.connect(self.ask)
        line = row(self.who, self.show_button)
        line.setStretch(0, 1)
        column.addLayout(line)
        self._ask = self._make_question()
        column.addWidget(self._ask)
        self._ask.hide()

    def _make_question(self) -> QWidget:
        holder = QWidget(self)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        note = "查看人、时间和理由会记入办理过程，审计员可以看到。"
        column.addWidget(label(note, "small", holder, wrap=True))
        self.reason = QLineEdit(holder)
        self.reason.setMaxLength(contacts.LONGEST)
        self.reason.setPlaceholderText("理由，如：核实诉求、反馈结果")
        self.reason.setAccessibleName("查看联系方式的理由")
        self.reason.textChanged.connect(self._judge)
        self.reason.returnPressed.connect(self._confirm)
        self.confirm = Button("查看", None, "primary", holder)
        self.confirm.clicked.connect(self._confirm)
        close = icon_button("close", "不查看", holder)
        close.clicked.connect(self._put_away)
        line = row(self.reason, self.confirm, close)
        line.setStretch(0, 1)
        column.addLayout(line)
        return holder

    def show_contact(self, detail: Any) -> None:
        """Shows a ticket's contact, masked; what was revealed stays while the same ticket is shown."""
        if detail.row.id == self._ticket and self._refused == detail.contact_refused:
            return
        self._ticket, self._refused = detail.row.id, detail.contact_refused
        parts = "　".join(part for part in (detail.contact_name, detail.contact_phone) if part)
        self._say(parts or "未留联系方式", masked=True)
        self.show_button.setVisible(bool(parts))
        self.show_button.setEnabled(self._refused is None)
        self.show_button.setToolTip(self._refused or "写明理由后查看；查看会留下记录")
        self.reason.clear()
        self._put_away()

    def allows(self) -> bool:
        """Whether the contact can be looked at now."""
        return self._ticket is not None and self.show_button.isVisible() and self.show_button.isEnabled()

    def ask(self) -> None:
        """Opens the line for the reason."""
        self._ask.show()
        self.show_button.hide()
        self._judge()
        self.reason.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts the question away."""
        if event.key() == Qt.Key.Key_Escape and self._ask.isVisible():
            self._put_away()
            return
        super().keyPressEvent(event)

    def _say(self, parts: str, *, masked: bool) -> None:
        self.who.setText(f"评价人　{parts}")
        self.who.setToolTip("联系方式已脱敏" if masked else "本次查看已记入办理过程")
        flags = Qt.TextInteractionFlag.TextSelectableByMouse
        self.who.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction if masked else flags)

    def _judge(self) -> None:
        wrong = contacts.problem(self.reason.text())
        self.confirm.setEnabled(wrong is None)
        self.confirm.setToolTip(wrong or "")

    def _put_away(self) -> None:
        self._ask.hide()
        self.show_button.setVisible("*" in self.who.text())

    def _confirm(self) -> None:
        ticket, reason = self._ticket, self.reason.text()
        if ticket is None or self.reason.isReadOnly() or contacts.problem(reason):
            return
        self._busy(True)
        self._session.command(
            self,
            lambda connection: contacts.record(connection, ticket, reason),
            self._recorded,
            failed=self._failed,
        )

    def _busy(self, busy: bool) -> None:
        self.reason.setReadOnly(busy)
        self.confirm.setEnabled(not busy and contacts.problem(self.reason.text()) is None)

    def _recorded(self, number: int) -> None:
        ticket = self._ticket
        self._session.query(
            self, lambda connection: (ticket, contacts.contact(connection, number)), self._revealed,
            key="contact", failed=self._failed,
        )  # fmt: skip

    def _revealed(self, answer: tuple[int, contacts.Contact]) -> None:
        ticket, contact = answer
        self._busy(False)
        if ticket == self._ticket:
            self._say("　".join(part for part in (contact.name, contact.phone) if part), masked=False)
            self.reason.clear()
            self._put_away()
        self.recorded.emit()

    def _failed(self, error: Exception) -> None:
        self._busy(False)
        known = hasattr(error, "message")
        self._session.notice(
            "warning" if known else "error", str(error) if known else "程序出错了，详情已记入日志。"
        )
