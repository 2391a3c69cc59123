"""Short lists in the panel: a line of words, and what it opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from views.shell.parts import Button, clear, label, row
from views.shell.theme import UNIT


@dataclass(frozen=True, slots=True)
class Line:
    """`opens`: what pressing `name` opens, None where it opens nothing; `text`: below it."""

    name: str
    side: str = ""
    text: str = ""
    opens: Any = None


class LineList(QWidget):
    """`opened(what)` when a line that opens something was pressed."""

    opened = Signal(object)

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = empty
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2 * UNIT, 0, 0)
        self._column.setSpacing(2 * UNIT)

    def show_lines(self, lines: Sequence[Line], note: str = "") -> None:
        """Shows other lines, with a note below."""
        clear(self._column)
        for line in lines:
            self._column.addLayout(row(self._name(line), None, label(line.side, "secondary", self)))
            if line.text:
                self._column.addWidget(label(line.text, "secondary", self, wrap=True))
        said = note if lines else note or self._empty
        if said:
            self._column.addWidget(label(said, "small" if lines else "secondary", self, wrap=True))

    def _name(self, line: Line) -> QWidget:
        if line.opens is None:
            return label(line.name, "strong", self)
        made = Button(line.name, kind="link", parent=self)
        made.setAccessibleName(f"打开{line.name}")
        made.clicked.connect(partial(self.opened.emit, line.opens))
        return made
