"""What a ticket is, on top of its panel: item, level, state, the facts of its rating, and how far it came."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from models.rules.lifecycle import State
from models.rules.ratings import Satisfaction
from views.shell.parts import Badge, Chip, label
from views.shell.theme import UNIT
from views.tables.chips import CALL_BACK, level_tone, state_chip
from views.tickets.sections import facts_line, place_line
from views.tickets.steps import Steps


class TicketHead(QWidget):
    """Title and badges, two lines of facts, the steps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label("", "lead", self, wrap=True)
        self._level = Badge("", parent=self)
        #: Leads to the calls.
        self.call_back = Chip(CALL_BACK, self, tone="accent")
        self.call_back.setToolTip("12345热线的差评，应当人工回访（依据：细则第十五条）")
        self._state = Badge("", parent=self)
        self._facts = label("", "small", self, wrap=True)
        self._place = label("", "small", self, wrap=True)
        self._steps = Steps(self)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * UNIT)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        for badge in (self._level, self.call_back, self._state):
            top.addWidget(badge)
        facts = QVBoxLayout()
        facts.setSpacing(UNIT // 2)
        facts.addWidget(self._facts)
        facts.addWidget(self._place)
        column.addLayout(top)
        column.addLayout(facts)
        column.addWidget(self._steps)

    def show_detail(self, detail: Any) -> None:
        """Shows a ticket's."""
        ticket = detail.row
        self._title.setText(ticket.item or "事项不明")
        level = Satisfaction(ticket.level).label if ticket.level else ""
        self._level.show_text(level, level_tone(ticket.level))
        self.call_back.setVisible(ticket.is_called_back)
        chip = state_chip(ticket)
        shown = ticket.declined or ticket.state is State.REJECTED
        self._state.show_text(chip.text if shown else "", chip.tone)
        self._facts.setText(facts_line(ticket))
        self._place.setText(place_line(detail))
        self._place.setVisible(bool(self._place.text()))
        self._steps.show_state(ticket.state)
