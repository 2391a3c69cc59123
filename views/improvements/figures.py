"""The figures an order rests on, and the same of the months that followed, side by side."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from app.improvements import words
from views.shell.parts import Button, clear, label
from views.shell.theme import UNIT

_BASIS = "依据：指南 8.1.2、8.2 a；差评率＝差评条数÷评价条数"


class FigureCard(QFrame):
    """Counts in rows, periods in columns, the effect in a sentence below; `opened(Figures)`: its tickets are asked for."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("quote", "true")
        self.setAccessibleName("整改依据")
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        column.setSpacing(2 * UNIT)
        self._opens = False
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(4 * UNIT)
        self._grid.setVerticalSpacing(UNIT)
        self._grid.setColumnStretch(0, 1)
        self.labels = label("", "secondary", self, wrap=True)
        self.effect = label("", "", self, wrap=True)
        column.addLayout(self._grid)
        for text in (self.labels, self.effect, label(_BASIS, "small", self, wrap=True)):
            column.addWidget(text)

    def show_figures(
        self, basis: Any, texts: dict[str, str], *, after: Any = None, effect: str = "", opens: bool = False
    ) -> None:
        """Shows the basis, and what followed where it is known; hidden without a basis. `opens`: the tickets can be."""
        self._opens = opens
        clear(self._grid)
        self.setVisible(basis is not None)
        if basis is None:
            return
        for at, figures in enumerate(one for one in (basis, after) if one is not None):
            self._add(at + 1, figures)
        said = words.labelled(basis, texts)
        self.labels.setText(f"反映较多的：{said}" if said else "")
        self.labels.setVisible(bool(said))
        self.effect.setText(effect)
        self.effect.setVisible(bool(effect))

    def _add(self, column: int, figures: Any) -> None:
        rows = (
            ("", words.months(figures.first, figures.last)),
            ("评价", f"{figures.ratings:,} 条"),
            ("差评", f"{figures.bad:,} 条"),
            ("差评率", f"{figures.bad_rate}%" if figures.bad_rate is not None else "—"),
            ("差评工单", f"{figures.tickets:,} 件"),
        )
        for line, (name, said) in enumerate(rows):
            if column == 1:
                self._grid.addWidget(label(name, "secondary", self), line, 0)
            if self._opens and line == 4 and figures.tickets:
                self._grid.addWidget(self._link(said, figures), line, column, Qt.AlignmentFlag.AlignRight)
                continue
            value = label(said, "strong" if line else "small", self)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setWordWrap(line == 0)
            self._grid.addWidget(value, line, column)

    def _link(self, said: str, figures: Any) -> Button:
        made = Button(said, kind="link", parent=self)
        made.setToolTip(f"打开{words.months(figures.first, figures.last)}的这些工单")
        made.setAccessibleName(f"打开{words.months(figures.first, figures.last)}的差评工单，{said}")
        made.clicked.connect(partial(self.opened.emit, figures))
        made.show()  # now, and not when the layout comes round to it
        return made
