"""申诉 of one ticket: a tab beside what was done with it, which leads to them and to a new one."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.appeals import queries
from app.appeals.rows import Against, AppealRow
from views import dates
from views.appeals.columns import due_chip, state_chip
from views.shell.parts import Badge, Button, clear, label, row
from views.shell.session import Session
from views.shell.theme import UNIT

_NONE = "这件工单的评价没有申诉。工作人员认为是误评或恶意评价的，自获知之日起 5 个工作日内可以申诉（细则第二十五条）。"


class AppealSheet(QWidget):
    """The appeals against the ratings of a ticket."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._ticket, self._today = session, 0, session.today
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2 * UNIT, 0, 0)
        self._column.setSpacing(2 * UNIT)

    def show_detail(self, detail: Any, today: date) -> None:
        """Reads and shows those of a ticket."""
        self._ticket, self._today = detail.row.id, today
        ticket = self._ticket
        self._session.query(self, lambda c: queries.of_ticket(c, ticket), self._show, key="ticket_appeals")

    def _show(self, rows: tuple[AppealRow, ...]) -> None:
        clear(self._column)
        for one in rows:
            self._line(one)
        if not rows:
            self._column.addWidget(label(_NONE, "secondary", self, wrap=True))
        self.file = Button("提出申诉", "appeal", "plain", self)
        self.file.clicked.connect(self.begin)
        self._column.addLayout(row(self.file, None))
        self._column.addStretch(1)

    def _line(self, one: AppealRow) -> None:
        chip = due_chip(one) if one.days_left is not None else state_chip(one)
        button = Button("打开申诉", None, "link", self)
        button.setAccessibleName(f"{one.number}，{one.state.label}，打开申诉")
        button.clicked.connect(partial(self._open, one.id))
        self._column.addLayout(
            row(label(one.number, "strong", self), Badge(chip.text, chip.tone, self), None, button)
        )
        said = f"{one.appellant}　{dates.short_moment(one.filed_at)} 提出　{one.state.label}"
        self._column.addWidget(label(said, "secondary", self, wrap=True))

    def begin(self) -> None:
        """Files a new one."""
        self._session.go("appeals", Against(self._ticket))

    def _open(self, appeal: int, _checked: bool = False) -> None:
        self._session.go("appeals", appeal)
