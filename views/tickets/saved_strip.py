"""The line in which a filter gets its name, or the number above which somebody is told: inline, no dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QSpinBox, QWidget

from app.tickets.saved import LONGEST_NAME
from views.shell.parts import Button, icon_button, label, row
from views.shell.theme import UNIT

#: No count of tickets is larger.
_MOST = 999_999


class SavedStrip(QFrame):
    """Asks for one thing at a time. `named(name)`, `watched(number, None to end it)`; Enter confirms, Esc leaves."""

    named = Signal(str)
    watched = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self.title = label("", "", self)
        self.field = QLineEdit(self)
        self.field.setMaxLength(LONGEST_NAME)
        self.field.setPlaceholderText(f"名称，至多{LONGEST_NAME}字")
        self.field.returnPressed.connect(self._confirm)
        self.field.textChanged.connect(self._judge)
        self.number = QSpinBox(self)
        self.number.setRange(0, _MOST)
        self.number.setAccessibleName("超过多少件时提醒我")
        self._unit = label("件时", "", self)
        self._unit.setToolTip("在工作时间提醒，也列在工作台上；降到这个数以内、再超过时再提醒一次")
        self.confirm = Button("", kind="primary", parent=self)
        self.confirm.clicked.connect(self._confirm)
        self.end = Button("不再提醒", parent=self)
        self.end.clicked.connect(self._end)
        self._cancel = icon_button("close", "取消（Esc）", self)
        self._cancel.clicked.connect(self.leave)
        self.setLayout(row(self.title, self.field, self.number, self._unit, self.confirm, self.end,
                           self._cancel, None, margins=(3, 1, 2, 1)))  # fmt: skip
        self.layout().setStretchFactor(self.field, 1)
        self.field.setMaximumWidth(90 * UNIT)
        self.hide()

    def ask_name(self, title: str, name: str, confirm: str) -> None:
        """Asks for a name."""
        self._turn(title, confirm, named=True)
        self.end.hide()
        self.field.setAccessibleName(title)
        self.field.setText(name)
        self._judge()
        self.field.selectAll()
        self.field.setFocus()

    def ask_number(self, above: int | None) -> None:
        """Asks for the number of tickets above which the person is told."""
        self._turn("超过", "提醒我", named=False)
        self.end.setVisible(above is not None)
        self.confirm.setEnabled(True)
        self.number.setValue(above or 0)
        self.number.selectAll()
        self.number.setFocus()

    def leave(self) -> None:
        """Asks for nothing any more."""
        if not self.isHidden():
            self.hide()
            self.left.emit()

    def keyPressEvent(self, event) -> None:
        """Esc leaves, Enter in the number confirms."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.number.hasFocus():
            self._confirm()
        else:
            super().keyPressEvent(event)

    def _turn(self, title: str, confirm: str, *, named: bool) -> None:
        self.title.setText(title)
        self.confirm.setText(confirm)
        self.field.setVisible(named)
        self.number.setVisible(not named)
        self._unit.setVisible(not named)
        self.show()

    def _judge(self) -> None:
        self.confirm.setEnabled(bool(self.field.text().strip()))

    def _confirm(self) -> None:
        if self.number.isVisible():
            self.watched.emit(self.number.value())
        elif self.field.text().strip():
            self.named.emit(self.field.text().strip())

    def _end(self) -> None:
        self.watched.emit(None)
