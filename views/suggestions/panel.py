"""The one suggestion chosen, or the one being recorded: what it says and what can be done with it now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.suggestions import commands, queries
from models.rules.suggestions import State, Step
from views import dates
from views.records.form import Form
from views.records.panel import RecordPanel, Work
from views.shell.actions import command, suggestion_command
from views.shell.parts import label
from views.shell.theme import UNIT
from views.suggestions.columns import due_chip, state_chip
from views.suggestions.contact import ContactLine
from views.suggestions.forms import RecordForm, form_for

#: How many steps of the way are done in a state.
_AT = {State.RECORDED: 1, State.DISPATCHED: 2, State.ANSWERED: 3, State.CLOSED: 4, State.NOT_FOR_US: 1}


class SuggestionPanel(RecordPanel):
    """What a suggestion says, its contact behind a reason, and the answer."""

    name, noun = "意见详情", "这件意见"
    nothing = ("suggestion", "选择一件意见", "在左边选一件，这里显示原文、期限和可以办理的事项。")
    key, page, shelf = "suggestion", "suggestions", " 意见"
    steps = Step
    way = ("登记", "转办", "答复", "办结")
    deadline = ("答复期限", "期限与差评整改相同（细则没有另行规定）")
    leaving = frozenset({Step.HAND_BACK})  # what was handed back is out of the agency's sight

    def make_parts(self) -> None:
        """The words with their contact, and the answer."""
        quote = QFrame(self)
        quote.setProperty("quote", "true")
        column = QVBoxLayout(quote)
        column.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        self._words = label("", "", quote, wrap=True)
        self.contact = ContactLine(self._session, quote)
        self.contact.recorded.connect(self.reload)
        column.addWidget(self._words)
        column.addWidget(self.contact)
        self._answer = label("", "", self, wrap=True)
        self.add(quote)
        self.add(self._answer)

    def read(self, connection: Any, number: int) -> Any:
        """A suggestion's detail."""
        return queries.suggestion(connection, number)

    def show_detail(self, detail: Any) -> None:
        """Source and topic, where and when it was found, the words, the answer."""
        one, today = detail.row, self._session.today
        facts = (
            f"第 {one.id} 号",
            f"收到 {dates.exact_day(one.received_on)}",
            one.place,
            f"承办 {one.agency or '中心'}",
            f"期限 {dates.deadline(one.due_on, today)}" if one.due_on else None,
        )
        self.say(f"{one.source.label} · {one.topic.label}", facts, due_chip(one), state_chip(one))
        self._words.setText(one.words)
        self._answer.setText(f"答复：{detail.answer}" if detail.answer else "")
        self._answer.setVisible(bool(detail.answer))
        self.contact.show_contact(detail)

    def standing(self, detail: Any) -> tuple[int, str | None]:
        """Recorded, sent, answered, closed; or set aside."""
        state = detail.row.state
        return _AT[state], state.label if state is State.NOT_FOR_US else None

    def icon(self, step: Any) -> str | None:
        """As its command has it."""
        return command(suggestion_command(step)).icon

    def begin_recording(self) -> None:
        """Opens the form for a new suggestion."""
        if not self.recording:
            self.begin_new(lambda: RecordForm(self._session, self))

    def form_for(self, step: Any) -> Form | None:
        """The agency, or words; some steps need neither."""
        return form_for(step, self._session, self)

    def take(self, step: Any, values: Any, command: UUID) -> Work:
        """One step."""
        one, given = self.detail.row, values or {}
        return lambda c: commands.act(c, one.id, one.version, step, command_id=command, **given)

    def record(self, values: Any, command: UUID) -> Work:
        """A new suggestion."""
        return lambda c: commands.record(c, values, command_id=command)

    def told(self, done: Any) -> tuple[int, str]:
        """Its state now, and until when."""
        due = f"，答复期限 {done.due_on.month}月{done.due_on.day}日" if done.due_on else ""
        return done.suggestion, f"意见现为“{done.state.label}”{due}。"
