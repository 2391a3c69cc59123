"""回访 of one ticket: a tab beside what was done with it, which leads to the call sheets."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.callbacks import queries
from app.callbacks.rows import CallRow, Ref
from models.rules.callbacks import Stand
from views import dates
from views.callbacks.columns import stand_chip
from views.shell.parts import Badge, Button, clear, label, row
from views.shell.session import Session
from views.shell.theme import UNIT

_NONE = "这件工单没有要回访的，也没有回访记录。热线的差评由中心回访，整改提交后由主办单位回访，中心再抽查。"


class CallbackSheet(QWidget):
    """The callbacks of a ticket, the due ones first."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._today = session, session.today
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2 * UNIT, 0, 0)
        self._column.setSpacing(2 * UNIT)
        #: What leads to the call sheets, in their order.
        self.buttons: tuple[Button, ...] = ()

    def show_detail(self, detail: Any, today: date) -> None:
        """Reads and shows those of a ticket."""
        ticket, person = detail.row.id, self._session.person
        self._today = today
        self._session.query(self, lambda c: queries.of_ticket(c, ticket, person=person),
                            self._show, key="ticket_callbacks")  # fmt: skip

    def _show(self, rows: tuple[CallRow, ...]) -> None:
        clear(self._column)
        self.buttons = tuple(self._line(one, self._today) for one in rows)
        if not rows:
            self._column.addWidget(label(_NONE, "secondary", self, wrap=True))
        self._column.addStretch(1)

    def _line(self, one: CallRow, today: date) -> Button:
        """Kind, where it stands, when and by whom; then what the person said."""
        chip = stand_chip(one)
        button = Button("去回访" if one.state is Stand.DUE else "回访单", None, "link", self)
        button.setAccessibleName(f"{one.kind.label}，{chip.text}，打开回访单")
        button.clicked.connect(partial(self._open, Ref(one.ticket, one.kind, one.round)))
        name = label(one.kind.label, "strong", self)
        self._column.addLayout(row(name, Badge(chip.text, chip.tone, self), None, button))
        if one.called_at:
            said = f"{dates.moment(one.called_at, today)}　{one.called_by or ''}　{one.words or ''}"
            self._column.addWidget(label(said.strip(), "secondary", self, wrap=True))
        return button

    def _open(self, which: Ref, _checked: bool = False) -> None:
        self._session.go("callbacks", which)
