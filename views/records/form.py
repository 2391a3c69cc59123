"""What is filled in at the right: for something new, or for a step of the record shown."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from views.shell.parts import label
from views.shell.theme import UNIT
from views.tickets.forms import text_area


class Form(QWidget):
    """`edited` whenever it changes. `action` names its draft, `word` stands on the confirmation.

    `step`: what it is for, None for something new. Fields that are its attributes are kept as a draft.
    """

    edited = Signal()

    def __init__(
        self,
        action: str,
        word: str,
        parent: QWidget | None = None,
        *,
        step: StrEnum | None = None,
        title: str = "",
    ) -> None:
        super().__init__(parent)
        self.action, self.word, self.step, self.title = action, word, step, title or word
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(2 * UNIT)

    def problem(self) -> str | None:
        """What is missing, as a sentence."""
        return None

    def outcome(self) -> str:
        """What will happen once it is confirmed, as a sentence; nothing where that is plain."""
        return ""

    def values(self) -> Any:
        """What the command takes."""
        return None

    @property
    def touched(self) -> bool:
        """Whether something was written that must not be lost."""
        return False


class WordsForm(Form):
    """What a step means, and the words it asks for; `missing` is said while there are none."""

    def __init__(
        self,
        step: StrEnum,
        means: str,
        hint: str = "理由",
        missing: str = "请先写明理由。",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(step.value, getattr(step, "label", step.value), parent, step=step)
        self._missing = missing
        self.column.addWidget(label(means, "small", self, wrap=True))
        self.text = text_area(hint, self, lines=5)
        self.text.textChanged.connect(self.edited)
        self.column.addWidget(self.text)

    def problem(self) -> str | None:
        """That there are no words yet."""
        return None if self.words() else self._missing

    def words(self) -> str:
        """What was written."""
        return self.text.toPlainText().strip()

    def values(self) -> Any:
        """The words."""
        return self.words()

    @property
    def touched(self) -> bool:
        """Whether something was written that must not be lost."""
        return bool(self.words())
