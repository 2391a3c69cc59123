"""The way of a ticket as a row of steps."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from models.rules.lifecycle import State
from views.records.steps import StepRow

STEPS = ("核实", "签收", "整改", "审核", "报送", "办结")
#: The step a state waits for.
_AT = {
    State.PENDING: 0,
    State.REJECTED: 0,
    State.DISPATCHED: 1,
    State.RECTIFYING: 2,
    State.SUBMITTED: 3,
    State.APPROVED: 4,
    State.REPORTED: 5,
    State.CLOSED: 6,
}


class Steps(StepRow):
    """What is done, what it waits for, what is still to come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(STEPS, parent)

    def show_state(self, state: State) -> None:
        """Shows where the ticket stands."""
        ended = state.label if state is State.REJECTED else None
        self.show_at(_AT[state], state.label, ended=ended)
