"""工作台: what waits for the person, in the order of what runs out first, and the month in figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.cases.queries import ReminderFilter
from app.changes import Kind
from app.desk import queries
from app.improvements.queries import OrderFilter
from app.rankings.figures import Figure
from app.tickets import queries as tickets
from models.rules.lifecycle import RECTIFIED, State
from views import dates
from views.desk.lines import (
    AgencyLine,
    Count,
    CountButton,
    TicketLine,
    duty_count,
    order_count,
    waiting_count,
    watched_count,
)
from views.desk.strip import MonthStripCard
from views.rows.panel import RowsPanel
from views.shell.page import MARGIN, Page
from views.shell.parts import Button, Empty, card, clear, label, row, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT

#: Tickets listed as running out first.
FIRST = 12
#: States in which a ticket is not yet rectified, as the agencies in trouble are counted.
OPEN = frozenset(set(State) - {*RECTIFIED, State.REJECTED})


@dataclass(frozen=True)
class Desk:
    """All that the page shows, read in one go."""

    mine: int
    waiting: tuple[Any, ...]
    watched: tuple[Any, ...]
    orders: tuple[Any, ...]
    duties: tuple[Any, ...]
    first: tuple[Any, ...]
    strip: Any


class DeskPage(Page):
    """The first page of the day."""

    title = "工作台"
    shows = (
        Kind.TICKETS
        | Kind.TALLY
        | Kind.RATINGS
        | Kind.CALENDAR
        | Kind.FILTERS
        | Kind.IMPROVEMENTS
        | Kind.CALLBACKS
        | Kind.APPEALS
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._shown: tuple[Desk, date] | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 4 * UNIT, MARGIN, MARGIN)
        outer.setSpacing(4 * UNIT)
        self._stack = QStackedWidget(self)
        outer.addWidget(self._stack)
        self._stack.addWidget(self._board())
        self.rows = RowsPanel(session, self._stack, home="工作台")
        self.rows.left.connect(self._close_rows)
        self._stack.addWidget(self.rows)

    def _board(self) -> QWidget:
        """What waits, and the month."""
        board = QWidget(self._stack)
        outer = QVBoxLayout(board)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4 * UNIT)
        outer.addLayout(self.header())
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4 * UNIT)
        self.strip = MonthStripCard(content)
        self.strip.opened.connect(self._open_filter)
        column.addWidget(self.strip)
        sides = QHBoxLayout()
        sides.setSpacing(4 * UNIT)
        sides.addLayout(self._left(content), 5)
        sides.addLayout(self._right(content), 4)
        column.addLayout(sides, 1)
        outer.addWidget(scrolling(content, board), 1)
        return board

    def _left(self, parent: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4 * UNIT)
        frame, inner = card(parent, spacing=1)
        inner.addWidget(label("待办", "section", frame))
        self._waiting = QVBoxLayout()
        self._waiting.setSpacing(0)
        inner.addLayout(self._waiting)
        column.addWidget(frame)
        frame, inner = card(parent, spacing=1)
        self._troubled_title = label("需要关注的单位", "section", frame)
        inner.addLayout(row(self._troubled_title, None, label("超期 / 在办", "small", frame)))
        self._troubled = QVBoxLayout()
        self._troubled.setSpacing(0)
        inner.addLayout(self._troubled)
        inner.addStretch(1)
        column.addWidget(frame, 1)
        return column

    def _right(self, parent: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        frame, inner = card(parent, spacing=1)
        more = Button("全部有期限的", kind="link", parent=frame)
        more.clicked.connect(self._open_running)
        inner.addLayout(row(label("先办这些", "section", frame), None, more))
        self._first = QVBoxLayout()
        self._first.setSpacing(0)
        inner.addLayout(self._first)
        inner.addStretch(1)
        column.addWidget(frame, 1)
        return column

    def _close_rows(self) -> None:
        self._stack.setCurrentIndex(0)
        self.strip.setFocus()

    def reload(self) -> None:
        """Reads everything on the page."""
        if self._stack.currentWidget() is self.rows:
            self.rows.reload()
        person = self.session.person

        def read(connection: Any) -> Desk:
            mine = tickets.TicketFilter(waiting=tickets.Waiting.ME)
            clocks, running = tickets.TicketFilter(), tickets.Order.DEADLINE
            first = tickets.page(connection, clocks, person=person, order=running, limit=FIRST)
            month = queries.latest_month(connection)
            strip = queries.month_strip(connection, month) if month else None
            count = tickets.count(connection, mine, person=person)
            rows = first.rows + _others(connection, first.rows, mine, person)
            waiting = queries.waiting(connection, person=person)
            watched, orders = (ask(connection, person=person) for ask in (queries.watched, queries.orders))
            duties = queries.duties(connection, person=person)
            return Desk(count, waiting, watched, orders, duties, rows, strip)

        self.session.query(self, read, self._show, key="desk")

    def _show(self, desk: Desk) -> None:
        waiting = [line for line in desk.waiting if line.count]
        today = self.session.today
        if self._shown == (desk, today):
            return  # the focus stays where it is
        self._shown = (desk, today)
        said = f"有 {desk.mine:,} 件待您处理" if desk.mine else "没有待您处理的工单"
        self.facts.setText(f"{dates.day_with_weekday(today, today)} · {self.session.person.name}，{said}")
        self._tell_navigation(waiting)
        orders = map(order_count, (line for line in desk.orders if line.count))
        duties = map(duty_count, (line for line in desk.duties if line.count))
        self._show_counts([*map(waiting_count, waiting), *duties, *orders, *map(watched_count, desk.watched)])
        self._show_first(desk.first)
        self.strip.show_strip(desk.strip)
        self._month = desk.strip.month if desk.strip else None
        self._show_troubled(desk.strip.troubled if desk.strip else ())

    def _tell_navigation(self, waiting: list[Any]) -> None:
        counts = {line.waiting: line.count for line in waiting}
        overdue = counts.get(tickets.Waiting.OVERDUE, 0)
        self.session.counted.emit("desk", overdue + counts.get(tickets.Waiting.DUE_SOON, 0), overdue > 0)

    def _show_counts(self, lines: list[Count]) -> None:
        clear(self._waiting)
        for line in lines:
            button = CountButton(line, self)
            button.opened.connect(self._open_filter)
            self._waiting.addWidget(button)
        if not lines:
            empty = Empty("success", "都办完了", "没有等您处理的工单。新的差评导入后会出现在这里。", self)
            empty.setMinimumHeight(40 * UNIT)
            self._waiting.addWidget(empty)

    def _show_first(self, rows: tuple[Any, ...]) -> None:
        clear(self._first)
        for ticket in rows:
            line = TicketLine(ticket, self.session.today, self)
            line.opened.connect(self._open_ticket)
            self._first.addWidget(line)
        if not rows:
            empty = Empty("soon", "没有要办的工单", "先到期的、新来的差评工单会列在这里。", self)
            empty.setMinimumHeight(40 * UNIT)
            self._first.addWidget(empty)

    def _show_troubled(self, troubled: tuple[Any, ...]) -> None:
        clear(self._troubled)
        most = max((t.open for t in troubled), default=1) or 1
        for trouble in troubled[:6]:
            line = AgencyLine(trouble, most, self)
            line.opened.connect(self._open_agency)
            self._troubled.addWidget(line)
        if not troubled:
            quiet = label("没有单位有超期或积压的工单。", "secondary", self)
            quiet.setContentsMargins(0, UNIT, 0, 2 * UNIT)
            self._troubled.addWidget(quiet)

    def _open_filter(self, chosen: object) -> None:
        if isinstance(chosen, tuple):
            self.session.go(*chosen)
        elif isinstance(chosen, Figure):
            self._stack.setCurrentWidget(self.rows)
            self.rows.open(chosen)
        else:
            listed = isinstance(chosen, OrderFilter | ReminderFilter)
            self.session.go("statistics" if listed else "tickets", chosen)

    def _open_running(self) -> None:
        self.session.go("tickets", tickets.Order.DEADLINE)

    def _open_ticket(self, ticket_id: int) -> None:
        self.session.go("tickets", ticket_id)

    def _open_agency(self, agency: str) -> None:
        self.session.go("tickets", tickets.TicketFilter(agency=agency, month=self._month, states=OPEN))


def _others(connection: Any, listed: tuple[Any, ...], mine: Any, person: Any) -> tuple[Any, ...]:
    """The newest tickets that wait for the person without a clock, as many as there is room for."""
    room = FIRST - len(listed)
    if room <= 0:
        return ()
    known = {row.id for row in listed}
    newest = tickets.page(connection, mine, person=person, limit=FIRST)
    return tuple(row for row in newest.rows if row.id not in known)[:room]
