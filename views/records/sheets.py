"""A tab bar over sheets; those not in sight are filled when somebody turns to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QTabBar, QVBoxLayout, QWidget

from views.shell.parts import rule
from views.shell.theme import UNIT

#: Puts a detail, as of a day, into a sheet.
Fill = Callable[[Any, date], None]


class Sheets(QWidget):
    """Each sheet is added by one `add`."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheets: list[tuple[QWidget, Fill, Callable[[Any], bool] | None]] = []
        self._unfilled: dict[int, Callable[[], None]] = {}
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(name)
        self.tabs.currentChanged.connect(self._show_tab)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3 * UNIT)
        holder = QVBoxLayout()
        holder.setSpacing(0)
        holder.addWidget(self.tabs)
        holder.addWidget(rule(self))
        self._column.addLayout(holder)

    def add(
        self, title: str, sheet: QWidget, fill: Fill, *, wanted: Callable[[Any], bool] | None = None
    ) -> None:
        """One more sheet at the end. `wanted`: its tab is there only for the details for which this holds."""
        self._sheets.append((sheet, fill, wanted))
        self._column.addWidget(sheet)
        sheet.setVisible(len(self._sheets) == 1)
        self.tabs.addTab(title)

    def show_detail(self, detail: Any, today: date) -> None:
        """Shows another detail in the sheet in sight; the others have it when they come."""
        self._unfilled = {n: partial(fill, detail, today) for n, (_, fill, _) in enumerate(self._sheets)}
        for number, (_, _, wanted) in enumerate(self._sheets):
            if wanted is not None:
                self.tabs.setTabVisible(number, wanted(detail))
        self._show_tab(self.tabs.currentIndex())

    def turn_to(self, sheet: QWidget) -> None:
        """Brings a sheet to the front."""
        self.tabs.setCurrentIndex(self._number(sheet))

    def has(self, sheet: QWidget) -> bool:
        """Whether a sheet's tab is there now."""
        return self.tabs.isTabVisible(self._number(sheet))

    def set_title(self, sheet: QWidget, title: str) -> None:
        """Changes what stands on a sheet's tab."""
        self.tabs.setTabText(self._number(sheet), title)

    def _number(self, sheet: QWidget) -> int:
        return next(number for number, (one, _, _) in enumerate(self._sheets) if one is sheet)

    def _show_tab(self, chosen: int) -> None:
        if fill := self._unfilled.pop(chosen, None):
            fill()
        for number, (sheet, _, _) in enumerate(self._sheets):
            sheet.setVisible(number == chosen)
