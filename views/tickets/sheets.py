"""The tabs of a ticket's panel: what was done, what was handed in, how its days count, who had it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtWidgets import QTabBar, QVBoxLayout, QWidget

from app.tickets.similar import SimilarTickets
from views.shell.parts import rule
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.history import DayList, RectificationList, RoundList, TimeLine, anything_handed_in
from views.tickets.similar import SimilarSheet

#: The tab of what the agency handed in, shown once it has.
HANDED_IN = 1
#: The tab of similar tickets, which counts them.
SIMILAR = 4


class TicketSheets(QWidget):
    """One tab bar, and the sheet of the tab chosen; the other sheets are filled when somebody turns to them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unfilled: dict[int, Callable[[], None]] = {}
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("工单资料")
        self.time_line, self.handed_in = TimeLine(self), RectificationList(session, self)
        self.days, self.rounds = DayList(self), RoundList(self)
        self.similar = SimilarSheet(session, self)
        self.similar.found.connect(self._count_similar)
        self._sheets = (self.time_line, self.handed_in, self.days, self.rounds, self.similar)
        for name in ("办理过程", "整改材料", "期限说明", "承办记录", "相似工单"):
            self.tabs.addTab(name)
        self.tabs.currentChanged.connect(self._show_tab)
        self._lay_out()
        self._show_tab(0)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * UNIT)
        holder = QVBoxLayout()
        holder.setSpacing(0)
        holder.addWidget(self.tabs)
        holder.addWidget(rule(self))
        column.addLayout(holder)
        for sheet in self._sheets:
            column.addWidget(sheet)

    def _show_tab(self, chosen: int) -> None:
        if fill := self._unfilled.pop(chosen, None):
            fill()
        for number, sheet in enumerate(self._sheets):
            sheet.setVisible(number == chosen)

    def show_detail(self, detail: Any, today: date) -> None:
        """Shows a ticket's."""
        self._unfilled = dict(
            enumerate(
                (
                    lambda: self.time_line.show_entries(detail.time_line, today),
                    lambda: self.handed_in.show_detail(detail, today),
                    lambda: self.days.show_clocks(detail.clocks, today),
                    lambda: self.rounds.show_rounds(detail.rounds, today),
                )
            )
        )
        self.tabs.setTabVisible(HANDED_IN, anything_handed_in(detail))
        self._show_tab(self.tabs.currentIndex())
        self.similar.show_detail(detail)

    def _count_similar(self, tickets: SimilarTickets) -> None:
        self.tabs.setTabText(SIMILAR, f"相似工单 {tickets.total}" if tickets.found else "相似工单")

    def show_similar(self) -> None:
        """What is like the ticket, with the focus on the strongest."""
        self.tabs.setCurrentIndex(SIMILAR)
        self.similar.take_focus()

    def show_time_line(self) -> None:
        """What was done, as at first."""
        self.tabs.setCurrentIndex(0)
