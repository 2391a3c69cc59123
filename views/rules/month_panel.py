"""The month chosen: what to know before it is closed, closing it, what holds afterwards, opening it again."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.changes import Changes
from app.closing import adjusting, commands, queries
from app.closing.adjusting import Adjustments
from app.closing.rows import LONGEST_NOTE, MAY_CHECK, ChangedRow, Checked, MonthRow, MonthState, Readiness
from app.rankings.queries import Period
from app.tickets.queries import AtClose, TicketFilter
from models.rules.people import Group
from views import dates
from views.rules.month_words import MOST, changed_lines, checked_lines, month_lines, print_lines, ready_lines
from views.rules.parts import SidePanel, words
from views.rules.words import month_chip
from views.shell.parts import Button, clear, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.forms import text_area


class MonthPanel(SidePanel):
    """`acted(Changes)` after a month was closed or opened; `adjusted(Adjustments or None)` once they are read."""

    acted = Signal(object)
    adjusted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("月份详情", session, parent)
        self.month: MonthRow | None = None
        self._checked: tuple[Checked, ...] | None = None
        self._body = QWidget(self)
        self._lines = QVBoxLayout(self._body)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(2 * UNIT)
        self._more = QWidget(self)
        self._read_lines = QVBoxLayout(self._more)
        self._read_lines.setContentsMargins(0, 0, 0, 0)
        self._read_lines.setSpacing(2 * UNIT)
        self.note = text_area("封账说明，可以不写", self, lines=2)
        self.reason = text_area("为什么重新开账", self, lines=2)
        for field in (self.note, self.reason):
            field.textChanged.connect(self._show_state)
        self.column.addWidget(self._body)
        self.column.addLayout(self._make_links())
        for part in (self._more, self.note, self.reason):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self._make_buttons()
        self._mode("reading")

    def _make_links(self) -> Any:
        self.ranking = Button("看排名", "ranking", "link", self)
        self.ranking.clicked.connect(self._go_to_ranking)
        self.tickets = Button("看工单", "tickets", "link", self)
        self.tickets.clicked.connect(self._go_to_tickets)
        self.tickets.setVisible(self.session.person.group in (Group.OFFICER, Group.LIAISON))
        return row(self.ranking, 2, self.tickets, None)

    def _make_buttons(self) -> None:
        self.close_month = Button("封账", "lock", "primary", self.foot)
        self.confirm_close = Button("确认封账", None, "primary", self.foot)
        self.confirm_reopen = Button("确认重新开账", None, "primary", self.foot)
        self.check = Button("核对指纹", "verify", "plain", self.foot)
        self.copy = Button("复制指纹", "copy", "plain", self.foot)
        self.reopen = Button("重新开账", "reopen", "plain", self.foot)
        self.cancel = Button("取消", parent=self.foot)
        self.close_month.clicked.connect(self.begin_closing)
        self.confirm_close.clicked.connect(self._close)
        self.confirm_reopen.clicked.connect(self._reopen)
        self.check.clicked.connect(self.check_close)
        self.copy.clicked.connect(self.copy_prints)
        self.reopen.clicked.connect(self.begin_reopening)
        self.cancel.clicked.connect(self.stop)
        self.add_buttons(
            self.close_month,
            self.confirm_close,
            self.confirm_reopen,
            self.check,
            self.copy,
            self.reopen,
            self.cancel,
        )

    # showing ----------------------------------------------------------------------------------------------

    @property
    def is_kept(self) -> bool:
        """Whether something is being written, which choosing another row must not lose."""
        return self.mode != "reading"

    def confirmation(self) -> Button | None:
        """The button that goes on."""
        return next((b for b in (self.confirm_close, self.confirm_reopen) if b.isVisible()), None)

    def show_month(self, month: MonthRow) -> None:
        """Shows a month, and reads what is to be known of it."""
        if self.month is None or self.month.month != month.month or self.month.close != month.close:
            self._checked = None
        self.month = month
        self.title.setText(dates.month(month.month))
        chip = month_chip(month)
        self.badge.show_text(chip.text, chip.tone)
        clear(self._lines)
        self._lines.addLayout(words(self._body, month_lines(month, self.session.today)))
        clear(self._read_lines)
        self._mode("reading")
        self._read_more()

    def _read_more(self) -> None:
        row_, group = self.month, self.session.person.group
        assert row_ is not None
        month, closed = row_.month, row_.close is not None

        def read(connection: Any) -> Any:
            return (adjusting.adjustments if closed else queries.readiness)(connection, month, group)

        self.session.query(self, read, self._show_more, key="month", failed=self.tell_failure)

    def _show_more(self, found: Adjustments | Readiness) -> None:
        clear(self._read_lines)
        if isinstance(found, Readiness):
            self._read_lines.addLayout(words(self._more, ready_lines(found)))
        else:
            self._read_lines.addLayout(words(self._more, changed_lines(found)))
            for changed in (found.rows or ())[:MOST]:
                self._read_lines.addLayout(self._changed_row(changed))
            self._read_lines.addLayout(words(self._more, checked_lines(self._checked)))
        self._found = found
        self.adjusted.emit(found if isinstance(found, Adjustments) else None)

    def _changed_row(self, changed: ChangedRow) -> QVBoxLayout:
        """What it is, for a ticket a button that opens it, and what changed."""
        column = words(self._more, [(f"{changed.agency}　{changed.what}", "small")])
        if changed.ticket is None:
            column.insertWidget(0, label(changed.name, "", self._more, wrap=True))
            return column
        link = Button(changed.name, None, "link", self._more)
        link.setProperty("ticket", changed.ticket)
        link.setAccessibleName(f"打开工单 {changed.name}：{changed.what}")
        link.clicked.connect(self._go_to_ticket)
        column.insertWidget(0, link, 0, Qt.AlignmentFlag.AlignLeft)
        return column

    def _go_to_ticket(self) -> None:
        self.session.go("tickets", self.sender().property("ticket"))

    def _mode(self, mode: str) -> None:
        self.mode = mode
        state, group = self.month.state if self.month else None, self.session.person.group
        reading, closed, officer = mode == "reading", state is MonthState.CLOSED, group is Group.OFFICER
        self.note.setVisible(mode == "closing")
        self.reason.setVisible(mode == "reopening")
        self.close_month.setVisible(reading and officer and state in (MonthState.OPEN, MonthState.REOPENED))
        self.confirm_close.setVisible(mode == "closing")
        self.confirm_reopen.setVisible(mode == "reopening")
        self.check.setVisible(reading and closed and group in MAY_CHECK)
        self.copy.setVisible(reading and closed)
        issued = (
            self.month is not None and self.month.close is not None and self.month.close.issued_at is not None
        )
        self.reopen.setVisible(reading and closed and officer and not issued)
        self.cancel.setVisible(not reading)
        self.foot.setVisible(not reading or closed or (officer and state is not MonthState.RUNNING))
        self._show_state()

    def _show_state(self) -> None:
        reason = self.reason.toPlainText().strip()
        self.confirm_close.setEnabled(not self.busy and len(self.note.toPlainText().strip()) <= LONGEST_NOTE)
        self.confirm_reopen.setEnabled(not self.busy and 0 < len(reason) <= LONGEST_NOTE)
        self.check.setEnabled(not self.busy)

    # going elsewhere --------------------------------------------------------------------------------------

    def _go_to_ranking(self) -> None:
        if self.month is not None:
            self.session.go("rankings", Period.month(self.month.month))

    def _go_to_tickets(self) -> None:
        if self.month is not None:
            at_close = AtClose.COUNTED if self.month.close is not None else None
            self.session.go("tickets", TicketFilter(month=self.month.month, counted=True, at_close=at_close))

    def copy_prints(self) -> None:
        """Puts the fingerprints and the head of the chain on the clipboard."""
        if self.month is None or self.month.close is None:
            return
        QGuiApplication.clipboard().setText("\n".join(print_lines(self.month.close)))
        self.session.notice("success", "指纹和链头已复制。")

    # acting -----------------------------------------------------------------------------------------------

    def can_close(self) -> bool:
        """Whether the month can be closed now."""
        return self.close_month.isVisibleTo(self)

    def can_reopen(self) -> bool:
        """Whether the month can be opened again."""
        return self.reopen.isVisibleTo(self)

    def can_check(self) -> bool:
        """Whether there are fingerprints to be checked."""
        return self.check.isVisibleTo(self)

    def can_copy(self) -> bool:
        """Whether there are fingerprints."""
        return self.copy.isVisibleTo(self)

    def begin_closing(self) -> None:
        """Asks for a note."""
        self._mode("closing")
        self.note.setFocus(Qt.FocusReason.TabFocusReason)

    def begin_reopening(self) -> None:
        """Asks for a reason."""
        self._mode("reopening")
        self.reason.setFocus(Qt.FocusReason.TabFocusReason)

    def stop(self) -> None:
        """Nothing is closed or opened; what was written stays until the month is left."""
        self._mode("reading")

    def _close(self) -> None:
        assert self.month is not None
        month, note = self.month.month, self.note.toPlainText().strip()
        self._run(lambda c: commands.close(c, month, note=note), self._was_closed)

    def _was_closed(self, changes: Changes) -> None:
        self._end(changes, "已封账：以后的导入、办理和规则变动都不再改变这个月的数。")

    def _reopen(self) -> None:
        assert self.month is not None
        month, reason = self.month.month, self.reason.toPlainText().strip()
        self._run(lambda c: commands.reopen(c, month, reason=reason), self._was_reopened)

    def _was_reopened(self, changes: Changes) -> None:
        self._end(changes, "已重新开账：这个月的数随数据变动，原来的封账留着备查。")

    def _end(self, changes: Changes, said: str) -> None:
        self.busy = False
        self.note.clear()
        self.reason.clear()
        self._mode("reading")
        self.session.notice("success", said)
        self.acted.emit(changes)

    def check_close(self) -> None:
        """Holds the fingerprints against today's rows."""
        if self.month is None or self.busy:
            return
        self.busy = True
        self._show_state()
        month = self.month.month
        self.session.query(self, lambda c: queries.check(c, month), self._show_checked, failed=self._failed)

    def _show_checked(self, found: tuple[Checked, ...]) -> None:
        self.busy = False
        self._checked = found
        self._show_state()
        self._show_more(self._found)

    def _run(self, work: Any, done: Any) -> None:
        if self.busy:
            return
        self.busy = True
        self._show_state()
        self.session.command(self, work, done, failed=self._failed)

    def _failed(self, error: Exception) -> None:
        self.busy = False
        self._show_state()
        self.tell_failure(error)

    def keyPressEvent(self, event) -> None:
        """Escape leaves what is being written."""
        if event.key() == Qt.Key.Key_Escape and self.is_kept and not self.busy:
            self.stop()
            return
        super().keyPressEvent(event)
