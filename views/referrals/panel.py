"""The one referral chosen, or the one being made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.referrals import commands, queries
from app.referrals.queries import Source
from models.rules.referrals import State, Step
from views import dates
from views.records.foot import Offer
from views.records.form import Form
from views.records.panel import RecordPanel, Work
from views.referrals.columns import state_chip
from views.referrals.forms import ReferralForm, form_for
from views.shell.parts import label

_ICONS = {Step.NOTE: "annotate", Step.NAME: "people", Step.CLOSE: "finish"}
_OPEN = "open"


class ReferralPanel(RecordPanel):
    """Department, subject, hint, who knows of it, and what was done."""

    name, noun = "线索移送详情", "这件线索移送"
    nothing = ("lock", "选择一件线索移送", "在左边选一件，这里显示内容、知情人和经过。")
    key, page, shelf = "referral", "referrals", " 线索"
    steps = Step
    way = ("移送", "办结")
    #: A step has no command id: the version tells that it happened.
    repeats = False

    def make_parts(self) -> None:
        """Subject, hint, and who knows."""
        self._subject = label("", "strong", self, wrap=True)
        self._hint = label("", "", self, wrap=True)
        self._named = label("", "", self, wrap=True)
        for part in (
            self._subject, label("线索内容", "section", self), self._hint, label("知情人", "section", self), self._named,
        ):  # fmt: skip
            self.add(part)

    def read(self, connection: Any, number: int) -> Any:
        """A referral's detail."""
        return queries.referral(connection, number)

    def show_detail(self, detail: Any) -> None:
        """Number, to whom, from what; the words; who knows."""
        one = detail.row
        facts = (
            f"移送 {one.department}", f"来自 {one.reference}", dates.exact_day(one.made_on),
            f"移送人 {one.made_by_name}",
        )  # fmt: skip
        self.say(one.number, facts, state_chip(one))
        self._subject.setText(one.subject)
        self._hint.setText(one.hint)
        names = [f"{who.name}（{who.place}）" if who.place else who.name for who in detail.named]
        self._named.setText("、".join((*names, "中心负责人")))

    def standing(self, detail: Any) -> tuple[int, str | None]:
        """Made, closed."""
        return (2 if detail.row.state is State.CLOSED else 1), None

    def icon(self, step: Any) -> str | None:
        """A step's."""
        return _ICONS[step]

    def more(self, detail: Any) -> tuple[Offer, ...]:
        """The ticket or the appeal that it comes from, for who reads them all."""
        if not self._session.is_officer:
            return ()
        from_ticket = detail.row.ticket_id is not None
        return (
            Offer(_OPEN, "打开工单" if from_ticket else "打开申诉", "tickets" if from_ticket else "appeal"),
        )

    def run_more(self, offer: str) -> None:
        """Opens it."""
        one = self.detail.row
        page, number = ("tickets", one.ticket_id) if one.ticket_id is not None else ("appeals", one.appeal_id)
        self._session.go(page, number)

    def begin_making(self, source: Source) -> None:
        """Opens the form for a new one; what was being typed stays."""
        self.begin_new(lambda: ReferralForm(self._session, source, self))

    def form_for(self, step: Any) -> Form:
        """Words or people."""
        return form_for(step, self._session, self.detail, self)

    def take(self, step: Any, values: Any, command: UUID) -> Work:
        """One step."""
        one = self.detail.row
        if step is Step.NAME:
            return lambda c: commands.act(c, one.id, one.version, step, people=values)
        return lambda c: commands.act(c, one.id, one.version, step, words=values)

    def record(self, values: Any, command: UUID) -> Work:
        """A new one."""
        return lambda c: commands.make(c, values, command_id=command)

    def told(self, done: Any) -> tuple[int, str]:
        """Its state now."""
        return done.referral, f"{done.number} 现为“{done.state.label}”。"
