"""Notices of what runs out: beside the clock where the system has a place for them, else in the notice bar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from app.desk import notices
from app.desk.notices import Crossed, Due, DueOrder, Notable, Threshold, Told
from app.improvements.queries import OrderFilter, OrderRef
from app.tickets.queries import TicketFilter, Waiting
from models.rules.people import Group
from views.shell import icons
from views.shell.session import Session

#: Milliseconds between two looks.
EVERY = 60_000
_HANDLERS = frozenset({Group.OFFICER, Group.LIAISON})
_WORDS = {Threshold.OVERDUE: "超期", Threshold.TODAY: "今日到期", Threshold.SOON: "2个工作日内到期"}
_OPENS = {
    Threshold.OVERDUE: Waiting.OVERDUE,
    Threshold.TODAY: Waiting.TODAY,
    Threshold.SOON: Waiting.DUE_SOON,
}


class DueNotices(QObject):
    """Looks every minute while somebody handles tickets. `opened`: the notice was pressed.

    `hours()`: when notices may appear, as the settings write it; `told`: what this computer remembers.
    """

    opened = Signal()

    def __init__(
        self, session: Session, hours: Callable[[], str], told: Told, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._hours, self._told = session, hours, told
        self._tray: Any = None
        self._fresh: tuple[Notable, ...] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self.look)

    def begin(self) -> None:
        """Somebody is at the desk; the first look comes after a minute, when the pages stand."""
        self.end()
        if self._session.person.group in _HANDLERS:
            self._timer.start()

    def end(self) -> None:
        """Nobody is: no look, and no icon beside the clock."""
        self._timer.stop()
        self._fresh = ()
        if self._tray is not None:
            self._tray.hide()

    def look(self) -> None:
        """Asks what runs out, and tells what was not told before."""
        hours = notices.hours_of(self._hours())
        if not hours or not self._session.is_open or self._session.operations.closed:
            return
        told, person = self._told, self._session.person
        place = f"{person.login}@{self._session.workspace.place}"

        def read(connection: Any) -> tuple[Notable, ...]:
            found = notices.found(connection, person, hours)
            return told.fresh(place, found) if found is not None else ()

        self._session.query(self, read, self._tell, key="due", failed=self._not_read)

    def _not_read(self, error: Exception) -> None:
        """The server is away: the next look will tell."""

    def _tell(self, fresh: tuple[Notable, ...]) -> None:
        if not fresh:
            return
        self._fresh = fresh
        text = said(fresh)
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._icon().showMessage("好差评工作台", text, icons.icon("mark", "accent"))
        else:
            self._session.notice("warning", text, "查看", self.open)

    def _icon(self) -> Any:
        if self._tray is None:
            self._tray = QSystemTrayIcon(icons.icon("mark", "accent"), self)
            self._tray.setToolTip("好差评工作台")
            self._tray.messageClicked.connect(self.open)
            self._tray.activated.connect(self.open)
        self._tray.show()
        return self._tray

    def open(self, _reason: object = None) -> None:
        """Opens the one ticket, the list of the most pressing kind, or the desk, where each has its line."""
        if not self._fresh or not self._session.is_open:
            return
        self._session.go(*_place(self._fresh))
        self.opened.emit()


def _parted(fresh: tuple[Notable, ...]) -> tuple[list[Due], list[Crossed]]:
    due = [one for one in fresh if isinstance(one, Due)]
    return due, [one for one in fresh if isinstance(one, Crossed)]


def _orders(fresh: tuple[Notable, ...]) -> list[DueOrder]:
    return [one for one in fresh if isinstance(one, DueOrder)]


def _place(fresh: tuple[Notable, ...]) -> tuple[str, object]:
    due, crossed = _parted(fresh)
    orders = _orders(fresh)
    if sum(map(bool, (due, crossed, orders))) > 1 or len(crossed) > 1:
        return "desk", None
    if orders:
        late = any(one.threshold is Threshold.OVERDUE for one in orders)
        return "statistics", OrderRef(orders[0].order) if len(orders) == 1 else OrderFilter(
            overdue=late, soon=not late
        )
    if crossed:
        return "tickets", crossed[0].saved
    if len(due) == 1:
        return "tickets", due[0].ticket
    first = min(due, key=lambda one: list(Threshold).index(one.threshold))
    return "tickets", TicketFilter(waiting=_OPENS[first.threshold])


def said(fresh: tuple[Notable, ...]) -> str:
    """One ticket or order by number and subject, several by their counts; then the watched filters."""
    due, crossed = _parted(fresh)
    orders = _orders(fresh)
    watched = [f"“{one.saved.name}”现有 {one.count:,} 件，超过 {one.saved.above:,} 件" for one in crossed]
    said_due = ([_due_said(due)] if due else []) + ([_orders_said(orders)] if orders else [])
    return "；".join(said_due + watched)


def _orders_said(orders: list[DueOrder]) -> str:
    if len(orders) == 1:
        return f"限期整改{_WORDS[orders[0].threshold]}：{orders[0].subject}（{orders[0].number}）"
    counts = Counter(one.threshold for one in orders)
    return "、".join(f"限期整改{_WORDS[at]} {counts[at]} 件" for at in Threshold if counts[at])


def _due_said(due: list[Due]) -> str:
    if len(due) == 1:
        one = due[0]
        return f"{_WORDS[one.threshold]}：{one.item or '事项不明'}（{one.number or '无省工单编号'}）"
    counts = Counter(one.threshold for one in due)
    return "、".join(f"{_WORDS[at]} {counts[at]} 件" for at in Threshold if counts[at])
