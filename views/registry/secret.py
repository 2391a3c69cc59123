"""The temporary password, shown once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from views.shell.parts import Button, label, row
from views.shell.theme import UNIT


class SecretCard(QFrame):
    """`closed` when it was handed over; what it showed is gone then."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("quote", "true")
        self.setAccessibleName("临时密码")
        self._login = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        column.setSpacing(2 * UNIT)
        self._title = label("", "secondary", self, wrap=True)
        self.password = label("", "figure", self)
        self.password.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.password.setAccessibleName("临时密码")
        self.copy = Button("复制", "copy", parent=self)
        self.copy.clicked.connect(self._copy)
        self.handed = Button("已记下，关闭", kind="link", parent=self)
        self.handed.clicked.connect(self._close)
        column.addWidget(self._title)
        column.addWidget(self.password)
        column.addWidget(
            label("交给本人；首次登录须修改。只显示这一次，关闭后谁也看不到，忘了只能重置。", "small", self, wrap=True)
        )  # fmt: skip
        column.addLayout(row(self.copy, None, self.handed))
        self.hide()

    @property
    def login(self) -> str:
        """Whose password is shown; empty where none is."""
        return self._login

    def show_password(self, login: str, name: str, password: str) -> None:
        """Shows it until it is closed."""
        self._login = login
        self._title.setText(f"{name}（{login}）的临时密码")
        self.password.setText(password)
        self.show()
        self.copy.setFocus()

    def forget(self) -> None:
        """Nothing is shown any more."""
        self._login = ""
        self.password.clear()
        self.hide()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.password.text())
        self.copy.setText("已复制")

    def _close(self) -> None:
        self.forget()
        self.copy.setText("复制")
        self.closed.emit()
