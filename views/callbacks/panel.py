"""The call sheet: what was complained of and done, the contact behind a reason, the script, and what the call came to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.callbacks import commands, queries
from app.clock import local_day
from models.rules.callbacks import Stand, Step
from models.rules.ratings import Satisfaction
from views import dates
from views.callbacks.columns import stand_chip
from views.callbacks.forms import form_for
from views.records.foot import Offer
from views.records.form import Form
from views.records.panel import RecordPanel, Work
from views.shell.actions import callback_command, command
from views.shell.parts import label
from views.shell.theme import UNIT
from views.tables.chips import ChipText, level_tone
from views.tickets.contact import ContactLine
from views.tickets.sections import RatingBox, facts_line

_TICKET = "ticket"


class CallPanel(RecordPanel):
    """One callback, due or made."""

    name, noun = "回访单", "这次回访"
    nothing = ("call", "选择一件回访", "在左边选一件，这里显示评价原文、整改情况、回访用语和记录。")
    key, page, shelf = "callback", "callbacks", " 回访"
    steps = Step

    def make_parts(self) -> None:
        """The rating with its contact, what the agency did, the script, and what came of the call."""
        self._rating = RatingBox(self._session, self)
        self._rating.contact.recorded.connect(self.reload)
        self._measures = label("", "", self, wrap=True)
        self._script_box = QFrame(self)
        self._script_box.setProperty("quote", "true")
        column = QVBoxLayout(self._script_box)
        column.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        column.setSpacing(UNIT)
        column.addWidget(label("回访用语", "strong", self._script_box))
        self.script = label("", "", self._script_box, wrap=True)
        column.addWidget(self.script)
        self._said, self._decided = label("", "", self, wrap=True), label("", "", self, wrap=True)
        for part in (self._rating, self._measures, self._said, self._decided, self._script_box):
            self.add(part)

    @property
    def contact(self) -> ContactLine:
        """The line of the person who is called."""
        return self._rating.contact

    def read(self, connection: Any, number: int) -> Any:
        """A call sheet."""
        return queries.detail(connection, number, person=self._session.person)

    def show_detail(self, detail: Any) -> None:
        """Kind, ticket and where it stands; then the parts that there are."""
        row = detail.row
        facts = (
            f"{row.kind.label}（{row.kind.article}）", facts_line(detail.ticket.row),
            f"承办 {row.agency}", f"工单{row.ticket_state.label}",
        )  # fmt: skip
        level = ChipText(Satisfaction(row.level).label if row.level else "", level_tone(row.level))
        self.say(row.item or "事项不明", facts, level, stand_chip(row))
        self._rating.show_rating(detail.ticket)
        _show(self._measures, "整改措施", detail.measures)
        _show(self._said, "对方说", row.words if row.state is not Stand.DUE else None)
        _show(self._decided, "处理", detail.decided)
        calls = Step.CALL in detail.allowed
        self._script_box.setVisible(calls)
        if calls:
            day = dates.plain_day(local_day(row.opened_at), self._session.today)
            self.script.setText(queries.script_of(detail, day))

    def icon(self, step: Any) -> str | None:
        """As its command has it."""
        return command(callback_command(step)).icon

    def refused(self, detail: Any) -> tuple[tuple[Any, str], ...]:
        """Steps that somebody else takes, or that have to wait."""
        return detail.refused  # type: ignore[no-any-return]

    def more(self, detail: Any) -> tuple[Offer, ...]:
        """The ticket itself."""
        return (Offer(_TICKET, "打开工单", "tickets"),)

    def run_more(self, offer: str) -> None:
        """Opens the ticket."""
        self._session.go("tickets", self.detail.row.ticket)

    def form_for(self, step: Any) -> Form | None:
        """Every step has particulars."""
        return form_for(step, self._session, self.detail, self)

    def take(self, step: Any, values: Any, command: UUID) -> Work:
        """The call, or the decision."""
        row = self.detail.row
        if step is Step.CALL:
            return lambda c: commands.record_call(c, row, values, command_id=command)
        return lambda c: commands.decide(c, row, values, command_id=command)

    def told(self, done: Any) -> tuple[int, str]:
        """What was recorded."""
        return self.number or 0, done.said


def _show(part: Any, name: str, words: str | None) -> None:
    part.setText(f"{name}：{words}" if words else "")
    part.setVisible(bool(words))
