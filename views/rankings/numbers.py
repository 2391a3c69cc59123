"""Fields for numbers that are tried: a count, and a weight in percent."""

from __future__ import annotations

import re
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QSpinBox, QWidget

_PERCENT = re.compile(r"\s*(\d{1,3}(?:\.\d{0,4})?)?\s*%?\s*")

#: Steps that a percent is kept in.
_FINE = 10_000


class Number(QSpinBox):
    """A count from `least` to `most`; the wheel turns it only where the keys would."""

    def __init__(self, name: str, least: int, most: int, value: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setRange(least, most)
        self.setValue(value)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)

    def wheelEvent(self, event) -> None:
        """A list that is scrolled changes nothing on its way."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Percent(Number):
    """A weight from 0 % to 100 %, to four decimals, kept as a whole number so that nothing is lost."""

    def __init__(self, name: str, share: Decimal, parent: QWidget) -> None:
        super().__init__(name, 0, 100 * _FINE, int(share * 100 * _FINE), parent)
        self.setSingleStep(_FINE)

    @property
    def share(self) -> Decimal:
        """The weight, 0–1."""
        return Decimal(self.value()) / (100 * _FINE)

    def textFromValue(self, value: int) -> str:
        """30%, 33.33%."""
        return f"{(Decimal(value) / _FINE).normalize():f}%"

    def valueFromText(self, text: str) -> int:
        """What was typed, with or without the sign."""
        found = _PERCENT.fullmatch(text)
        return int(Decimal(found[1]) * _FINE) if found and found[1] else 0

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """At most 100, at most four decimals."""
        found = _PERCENT.fullmatch(text)
        if found is None or (found[1] and Decimal(found[1]) > 100):
            return QValidator.State.Invalid, text, place
        return (QValidator.State.Acceptable if found[1] else QValidator.State.Intermediate), text, place
