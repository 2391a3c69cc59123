"""The foot of a record's panel: what can be done now, greyed where it cannot with why, or the open form's confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from views.shell.flow import Flow
from views.shell.parts import Button, clear, label
from views.shell.theme import UNIT

#: What a person without anything to do is told.
NOTHING = "现在没有要您办理的事项。"


@dataclass(frozen=True, slots=True)
class Offer:
    """One button: `id` is what is emitted; `why`: it is greyed, for this reason; `likely`: it may be the filled one."""

    id: str
    text: str
    icon: str | None = None
    why: str | None = None
    likely: bool = True


class StepFoot(QWidget):
    """`pressed(id of the offer)`, `confirmed` and `cancelled` for the open form."""

    pressed = Signal(str)
    confirmed = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("可以办理的事项")
        self.confirm: Button | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * UNIT, 3 * UNIT, 5 * UNIT, 3 * UNIT)
        self.said = label("", "secondary", self, wrap=True)
        self._holder = QWidget(self)
        self._flow = Flow(self._holder)
        column.addWidget(self.said)
        column.addWidget(self._holder)

    def show_offers(self, steps: Sequence[Offer], more: Sequence[Offer] = ()) -> None:
        """What can be done, the likely one filled; `more` stand after the steps and are none."""
        clear(self._flow)
        self.confirm = None
        likely = next((offer.id for offer in steps if offer.why is None and offer.likely), None)
        self._say("" if likely else NOTHING)
        for offer in (*steps, *more):
            button = self._button(offer.text, offer.icon, "primary" if offer.id == likely else "plain")
            button.setProperty("step", offer.id)
            button.setEnabled(offer.why is None)
            button.setToolTip(offer.why or "")
            button.setAccessibleDescription(offer.why or "")
            button.clicked.connect(self._pressed)

    def show_confirm(self, word: str) -> None:
        """The open form's confirmation, and the way back."""
        clear(self._flow)
        self.confirm = self._button(word, "send", "primary")
        self.confirm.clicked.connect(self.confirmed)
        self._button("取消", None, "plain").clicked.connect(self.cancelled)

    def judge(self, problem: str | None, outcome: str, *, busy: bool) -> None:
        """Says what is missing or what will happen; greys the confirmation while something is missing."""
        if self.confirm is not None:
            self._say(problem or outcome)
            self.confirm.setEnabled(problem is None and not busy)
            self.confirm.setAccessibleDescription(problem or "")  # what Ctrl+Enter answers with

    def button(self, offer: str) -> Button | None:
        """The button of an offer that is shown."""
        shown = (self._flow.itemAt(n).widget() for n in range(self._flow.count()))
        return next((one for one in shown if one.property("step") == offer), None)

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def _button(self, text: str, icon: str | None, kind: str) -> Button:
        made = Button(text, icon, kind, self._holder)
        self._flow.addWidget(made)
        made.show()
        return made

    def _pressed(self) -> None:
        self.pressed.emit(str(self.sender().property("step")))
