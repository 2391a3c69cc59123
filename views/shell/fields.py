"""What every place shares where a password is asked for: the field, the message in place, the centred card."""

from __future__ import annotations

import math
import time
from datetime import timedelta

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from views.shell.parts import Picture, icon_button, label, restyle, row
from views.shell.theme import UNIT

_ICONS = {"red": "error", "amber": "warning", "green": "success"}


class PasswordField(QLineEdit):
    """A password, hidden until its eye is pressed; one that was remembered is never shown."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._remembered = ""
        self.setAccessibleName(name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData)
        self.eye = icon_button("review", "显示密码", self)
        self.eye.setCheckable(True)
        self.eye.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.eye.toggled.connect(self._toggled)
        self.textEdited.connect(self._edited)
        room = self.eye.sizeHint().width() + 2
        self.setTextMargins(0, 0, room, 0)

    @property
    def remembered(self) -> bool:
        """Whether it holds a remembered password, as it was filled in."""
        return bool(self._remembered)

    def fill(self, password: str) -> None:
        """Puts a remembered password in, which can be used and replaced, not read."""
        self._remembered = password
        self.eye.setChecked(False)
        self.eye.setVisible(not password)
        self.setText(password)

    def _edited(self, text: str) -> None:
        """What is typed or pasted into a remembered password takes its place, so that the eye never shows it."""
        if not self._remembered:
            return
        typed = text.replace(self._remembered, "", 1) if self._remembered in text else ""
        self._remembered = ""
        self.eye.show()
        self.setText(typed)

    def _toggled(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.eye.set_icon("hidden" if shown else "review")
        name = "隐藏密码" if shown else "显示密码"
        self.eye.setAccessibleName(name)
        self.eye.setToolTip(name)

    def resizeEvent(self, event) -> None:
        """Keeps the eye at the right end."""
        super().resizeEvent(event)
        size = self.eye.sizeHint()
        self.eye.setGeometry(self.width() - size.width() - 2, (self.height() - size.height()) // 2,
                             size.width(), size.height())  # fmt: skip


class Message(QFrame):
    """What is wrong and what to do, in place; counts down where one must wait. `waited` when that is over."""

    waited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("tone", "red")
        self._text, self._until = "", 0.0
        self._picture = Picture("error", self, size=18, color="red")
        self.text = label("", "", self, wrap=True)
        self.text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        line = QHBoxLayout(self)
        line.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        line.setSpacing(2 * UNIT)
        line.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.text, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(1_000)
        self._timer.timeout.connect(self._tick)
        self.hide()

    @property
    def waiting(self) -> bool:
        """Whether one must still wait."""
        return self._timer.isActive()

    def say(self, text: str, *, tone: str = "red", wait: timedelta = timedelta(0)) -> None:
        """Shows a sentence; with a wait, the time left stands behind it."""
        self._timer.stop()
        restyle(self, "tone", tone)
        self._picture.show_icon(_ICONS[tone], tone)
        self._text, self._until = text, time.monotonic() + wait.total_seconds()
        self.text.setText(text)
        self.setAccessibleName(text)
        self.show()
        if wait:
            self._timer.start()
            self._tick()

    def clear(self) -> None:
        """Says nothing."""
        self._timer.stop()
        self.hide()

    def _tick(self) -> None:
        left = math.ceil(self._until - time.monotonic())
        if left <= 0:
            self.clear()
            self.waited.emit()
            return
        self.text.setText(f"{self._text}还要等 {left // 60}:{left % 60:02}。")


class Centred(QWidget):
    """A card in the middle of its place: mark, title, a line below, then what is added to `column`."""

    def __init__(self, title: str, parent: QWidget | None = None, *, width: int = 108) -> None:
        super().__init__(parent)
        self.card = QFrame(self)
        self.card.setProperty("card", "true")
        self.card.setFixedWidth(width * UNIT)
        self.column = QVBoxLayout(self.card)
        self.column.setContentsMargins(8 * UNIT, 7 * UNIT, 8 * UNIT, 7 * UNIT)
        self.column.setSpacing(3 * UNIT)
        self.title = label(title, "title", self.card, wrap=True)
        self.line = label("", "secondary", self.card, wrap=True)
        self.column.addWidget(Picture("mark", self.card, size=36, color="accent"))
        self.column.addWidget(self.title)
        self.column.addWidget(self.line)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(4 * UNIT, 4 * UNIT, 4 * UNIT, 4 * UNIT)
        outer.addStretch(2)
        outer.addLayout(row(None, self.card, None))
        outer.addStretch(3)
