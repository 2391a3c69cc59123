"""The tabs of a ticket's panel: what was done, what was handed in, how its days count, who had it."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget

from app.tickets.similar import SimilarTickets
from views.appeals.sheet import AppealSheet
from views.callbacks.sheet import CallbackSheet
from views.records.sheets import Sheets
from views.shell.session import Session
from views.tickets.history import DayList, RectificationList, RoundList, TimeLine, anything_handed_in
from views.tickets.similar import SimilarSheet


class TicketSheets(Sheets):
    """The sheets of a ticket; a further one is one more `add`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("工单资料", parent)
        self.time_line, self.handed_in = TimeLine(self), RectificationList(session, self)
        self.days, self.rounds = DayList(self), RoundList(self)
        self.similar = SimilarSheet(session, self)
        self.similar.found.connect(self._count_similar)
        self.add("办理过程", self.time_line, lambda d, today: self.time_line.show_entries(d.time_line, today))
        self.add("整改材料", self.handed_in, self.handed_in.show_detail, wanted=anything_handed_in)
        self.add("期限说明", self.days, lambda d, today: self.days.show_clocks(d.clocks, today))
        self.add("承办", self.rounds, lambda d, today: self.rounds.show_rounds(d.rounds, today))
        self.calls = CallbackSheet(session, self)
        self.add("相似", self.similar, lambda _detail, _today: None)
        self.add("回访", self.calls, self.calls.show_detail)
        self.appeals = AppealSheet(session, self)
        self.add("申诉", self.appeals, self.appeals.show_detail)

    def show_detail(self, detail: Any, today: date) -> None:
        """Shows a ticket's; similar ones are looked for at once, since their tab counts them."""
        super().show_detail(detail, today)
        self.similar.show_detail(detail)

    def _count_similar(self, tickets: SimilarTickets) -> None:
        self.set_title(self.similar, f"相似 {tickets.total}" if tickets.found else "相似")

    def show_similar(self) -> None:
        """What is like the ticket, with the focus on the strongest."""
        self.turn_to(self.similar)
        self.similar.take_focus()

    def show_time_line(self) -> None:
        """What was done, as at first."""
        self.turn_to(self.time_line)
