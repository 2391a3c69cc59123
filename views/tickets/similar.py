"""相似工单: what is like the ticket shown and why, one of them beside it, and what can be done with a repetition."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from app.clock import local
from app.tickets import queries, similar
from app.tickets.similar import Kind, Similar, SimilarTickets
from models.rules.lifecycle import Action, State
from views import dates
from views.shell import theme
from views.shell.flow import Flow
from views.shell.parts import Badge, Button, clear, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.chips import state_chip
from views.tickets.diff import Change, Piece, differences

#: Runs of fewer characters in common are chance, and not marked.
_PASSAGE = 2
#: So much of a rating's words stands in the list.
_GLIMPSE = 60


def ticket_name(ticket: Any) -> str:
    """How people speak of a ticket: its number, else its case's."""
    if ticket.number:
        return f"工单 {ticket.number}"
    return f"办件 {ticket.case_number} 的工单" if ticket.case_number else "另一件工单"


class SimilarSheet(QWidget):
    """The list, or one of it beside the ticket. `found(SimilarTickets)` once it was read; `duplicate(name)`: the
    ticket shown is to be rejected as a repetition of the one named."""

    found = Signal(object)
    duplicate = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._detail: Any = None
        self.tickets = SimilarTickets(())
        self._opened: Similar | None = None
        self.buttons: tuple[Button, ...] = ()
        self._list = QWidget(self)
        self._lines = QVBoxLayout(self._list)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(2 * UNIT)
        self.beside = Beside(self)
        self.beside.back.clicked.connect(self.close_beside)
        self.beside.open.clicked.connect(self._open)
        self.beside.reject.clicked.connect(self.reject_as_duplicate)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._list)
        column.addWidget(self.beside)
        self.beside.hide()

    @property
    def state(self) -> State:
        """Of the ticket shown."""
        return State(self._detail.row.state)

    def show_detail(self, detail: Any) -> None:
        """Looks for what is like this ticket; what is shown of the same ticket stays meanwhile."""
        same = self._detail is not None and self._detail.row.id == detail.row.id
        self._detail = detail
        ticket = detail.row.id
        if not same:
            self.close_beside()
            self._show(SimilarTickets(()), "正在查找相似工单…")
            self.found.emit(self.tickets)
        self._session.query(
            self, lambda connection: similar.similar_tickets(connection, ticket), self._read, key="similar",
            failed=self._not_read,
        )  # fmt: skip

    def _read(self, tickets: SimilarTickets) -> None:
        if self.tickets != tickets or not tickets.found:
            self._show(tickets, "没有相似的工单。")
        elif self._opened is not None:
            self._compare(self._opened)
        self.found.emit(tickets)

    def _not_read(self, error: Exception) -> None:
        self._show(SimilarTickets(()), f"没有查到相似工单（{error}）")
        self.found.emit(self.tickets)

    def _show(self, tickets: SimilarTickets, nothing: str) -> None:
        self.tickets = tickets
        clear(self._lines)
        lines = [SimilarLine(one, self._session.today, self._list) for one in tickets.found]
        self.buttons = tuple(line.name for line in lines)
        for line, one in zip(lines, tickets.found, strict=True):
            line.name.clicked.connect(partial(self._compare, one))
            self._lines.addWidget(line)
        if not lines:
            self._lines.addWidget(label(nothing, "secondary", self._list, wrap=True))
        if tickets.more:
            self._lines.addWidget(label(f"还有 {tickets.more} 件", "secondary", self._list))
        still = next(
            (one for one in tickets.found if self._opened and one.row.id == self._opened.row.id), None
        )
        if self._opened is not None and still is None:
            self.close_beside()
        elif still is not None:
            self._compare(still)

    # one of them --------------------------------------------------------------------------------------------

    def _compare(self, chosen: Similar, _checked: bool = False) -> None:
        other = chosen.row.id
        self._opened = chosen
        self._session.query(self, lambda connection: queries.ticket(connection, other), self._show_beside,
                            key="beside", failed=self._not_beside)  # fmt: skip

    def _show_beside(self, other: Any) -> None:
        if self._opened is None or self._opened.row.id != other.row.id:
            return
        fresh = self.beside.isHidden()
        self.beside.show_tickets(self._detail, other, self._opened, self._session.today)
        self.beside.reject.setVisible(self.allows_duplicate())
        self._list.hide()
        self.beside.show()
        if fresh:
            self.beside.back.setFocus()

    def _not_beside(self, error: Exception) -> None:
        self.close_beside()
        self._session.notice("warning", str(error))

    def close_beside(self) -> None:
        """Back to the list."""
        opened, self._opened = self._opened, None
        self.beside.hide()
        self._list.show()
        at = next((n for n, one in enumerate(self.tickets.found) if one is opened), None)
        if at is not None and self.isVisible():
            self.buttons[at].setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leads back to the list."""
        if event.key() == Qt.Key.Key_Escape and not self.beside.isHidden():
            self.close_beside()
            return
        super().keyPressEvent(event)

    def take_focus(self) -> None:
        """To the strongest."""
        if self.buttons:
            self.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self) -> None:
        if self._opened is not None:
            self._session.go("tickets", self._opened.row.id)

    def allows_duplicate(self) -> bool:
        """Whether the ticket shown can be rejected as a repetition of the one beside it, which lives on."""
        return (
            self._opened is not None
            and Action.REJECT in self._detail.allowed
            and self._opened.row.state is not State.REJECTED
        )

    def reject_as_duplicate(self) -> None:
        """Asks for the rejection of the ticket shown."""
        if self._opened is not None and self.allows_duplicate():
            self.duplicate.emit(ticket_name(self._opened.row))


class SuspectLine(QFrame):
    """疑似重复 2 件, while a ticket waits for its triage; `looked` when somebody wants to see them."""

    looked = Signal()

    def __init__(self, sheet: SimilarSheet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet = sheet
        self.badge = Badge("", "amber", self)
        self.look = Button("查看", kind="link", parent=self)
        self.look.clicked.connect(self.looked)
        self.setLayout(row(self.badge, self.look, None))
        sheet.found.connect(self._count)
        self.hide()

    def _count(self, tickets: SimilarTickets) -> None:
        """How many may be the same, where that still decides something."""
        said = f"疑似重复 {tickets.suspected} 件"
        self.badge.show_text(said, "amber")
        self.look.setAccessibleName(f"查看{said}")
        self.setVisible(bool(tickets.suspected) and self._sheet.state is State.PENDING)


class SimilarLine(QFrame):
    """One of the list: what, where, in which state, how it begins, and why it is here."""

    def __init__(self, one: Similar, today: Any, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("quote", "true")
        ticket = one.row
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        column.setSpacing(UNIT)
        self.name = Button(ticket.number or ticket.case_number or "无编号", kind="link", parent=self)
        chip = state_chip(ticket)
        self.name.setAccessibleName(f"对比{ticket_name(ticket)}，{'、'.join(one.chips)}，{chip.text}")
        column.addLayout(row(self.name, None, Badge(chip.text, chip.tone, self)))
        facts = (ticket.agency, ticket.item, dates.day(_day(ticket), today))
        column.addWidget(label(" · ".join(filter(None, facts)), "small", self, wrap=True))
        if one.reason:
            shown = one.reason if len(one.reason) <= _GLIMPSE else f"{one.reason[:_GLIMPSE]}…"
            column.addWidget(label(f"“{shown}”", "", self, wrap=True))
        column.addWidget(_chips(one, self))


def _day(ticket: Any) -> Any:
    return local(ticket.rated_at or ticket.opened_at).date()


def _chips(one: Similar, parent: QWidget) -> QWidget:
    holder = QWidget(parent)
    flow = Flow(holder, spacing=1)
    for kind, said in zip(one.kinds, one.chips, strict=True):
        strong = kind in (Kind.CASE, Kind.PERSON)
        badge = Badge(said, "amber" if strong else "accent", holder)
        if kind is Kind.PERSON:
            badge.setToolTip("登记的联系电话相同")
        flow.addWidget(badge)
    return holder


class Beside(QWidget):
    """Two tickets side by side, with what they have in common marked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("两件工单对比")
        self.back = Button("返回列表", kind="link", parent=self)
        self.back.setToolTip("返回列表（Esc）")
        self.open = Button("打开", parent=self)
        self.reject = Button("以“重复”不予转办…", parent=self)
        self._chips = QVBoxLayout()
        self._rows = 0
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(3 * UNIT)
        self._grid.setVerticalSpacing(2 * UNIT)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        column.addLayout(row(self.back, None))
        column.addLayout(self._chips)
        column.addLayout(self._grid)
        column.addLayout(row(self.open, self.reject, None))

    def show_tickets(self, this: Any, other: Any, like: Similar, today: Any) -> None:
        """Shows both; of the person only whether it is the same."""
        clear(self._chips)
        clear(self._grid)
        self._rows = 0
        self._chips.addWidget(_chips(like, self))
        self._add(
            (
                "",
                label("本件", "strong", self),
                label(other.row.number or "对比件", "strong", self, wrap=True),
            )
        )
        mine, theirs = common(this.reason or "", other.reason or "")
        self._add(("评价原话", CommonLabel(mine, self), CommonLabel(theirs, self)))
        for name, one, two in _lines(this, other, like, today):
            same = one == two and one != "—"
            self._add(
                (name, *(label(said, "strong" if same else "", self, wrap=True) for said in (one, two)))
            )
        self.open.setAccessibleName(f"打开{ticket_name(other.row)}")

    def _add(self, parts: tuple[str, QWidget, QWidget]) -> None:
        at, self._rows = self._rows, self._rows + 1
        name, *sides = parts
        for column, widget in enumerate((label(name, "secondary", self), *sides)):
            self._grid.addWidget(widget, at, column, Qt.AlignmentFlag.AlignTop)


def _lines(this: Any, other: Any, like: Similar, today: Any) -> list[tuple[str, str, str]]:
    """(name, of this, of the other): what is compared beside the words."""
    person = [("评价人", "同一人", "同一人")] if Kind.PERSON in like.kinds else []
    both = this, other
    return [
        ("事项", *(d.row.item or "—" for d in both)),
        ("地点", *(_where(d.row) for d in both)),
        *person,
        ("时间", *(dates.day(_day(d.row), today) for d in both)),
        ("状态", *(state_chip(d.row).text for d in both)),
        ("承办", *(d.row.agency for d in both)),
        ("办理情况", *(_done(d) for d in both)),
    ]  # fmt: skip


def _where(ticket: Any) -> str:
    return " · ".join(filter(None, (ticket.rated_agency, ticket.counter)))


def _done(detail: Any) -> str:
    """What was done last: the measures handed in, else the last entry of its history."""
    if detail.rectifications:
        return str(detail.rectifications[0].measures)
    if not detail.time_line:
        return "—"
    last = detail.time_line[-1]
    return f"{last.action}：{last.text}" if last.text else str(last.action)


def common(this: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The pieces of both texts, `SAME` where a passage stands in either."""
    pieces = differences(this, other)
    marked = [
        Piece(p.text, Change.GONE) if p.change is Change.SAME and len(p.text.strip()) < _PASSAGE else p
        for p in pieces
    ]
    sides = zip(pieces, marked, strict=True)
    both = [(piece.change, shown) for piece, shown in sides]
    return (
        tuple(shown for change, shown in both if change is not Change.NEW),
        tuple(shown for change, shown in both if change is not Change.GONE),
    )


class CommonLabel(QLabel):
    """A text with the passages in common underlined on a ground of their own, never by colour alone."""

    def __init__(self, pieces: tuple[Piece, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pieces = pieces
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName("".join(piece.text for piece in pieces) or "没有写明原因")
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        """Takes the colours of the new scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._write()

    def _write(self) -> None:
        c = theme.colors()
        mark = f'<u style="color:{c.accent}; background-color:{c.accent_soft}">{{}}</u>'
        text = "".join(
            (mark if piece.change is Change.SAME else "<span>{}</span>").format(
                escape(piece.text).replace("\n", "<br>")
            )
            for piece in self._pieces
        )
        shown = text or "没有写明原因"
        if shown != self.text():
            self.setText(shown)
