"""The one order chosen, or the one being drawn up: what it rests on, what is demanded, what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal

from app.errors import EnvironmentProblem
from app.improvements import commands, queries, words
from app.improvements.queries import Proposal
from app.tickets.facets import Facet, Side
from app.tickets.queries import TicketFilter
from models.rules.improvements import State, Step
from views import dates
from views.improvements.columns import due_chip, state_chip
from views.improvements.figures import FigureCard
from views.improvements.forms import OrderForm, form_for
from views.records.foot import Offer
from views.records.form import Form
from views.records.panel import RecordPanel, Work
from views.shell.parts import label

_ICONS = {Step.ANSWER: "submit", Step.ACCEPT: "approve", Step.RETURN: "rework", Step.CANCEL: "reject"}
#: How many steps of the way are done in a state.
_AT = {State.ISSUED: 1, State.ANSWERED: 2, State.ACCEPTED: 3, State.CANCELLED: 1}
_PRINT = "print"


class OrderPanel(RecordPanel):
    """`paper_wanted(order id)`: the notice is to be shown."""

    paper_wanted = Signal(int)

    name, noun = "限期整改通知", "这份通知"
    nothing = ("rectify", "选择一份通知", "在左边选一份，这里显示依据、要求、期限和整改情况。")
    key, page, shelf = "improvement", "statistics", " 限期整改"
    steps = Step
    way = ("下达", "整改", "核查")
    deadline = ("整改期限", "依据：指南 8.1.2")
    repeats = False  # a step's command has no id: the order itself says whether it happened
    _doubt: tuple[int, int, Step] | None = None

    def make_parts(self) -> None:
        """Subject, figures, what is demanded and what was answered."""
        self._subject = label("", "strong", self, wrap=True)
        self.figures = FigureCard(self)
        self.figures.opened.connect(self._open_tickets)
        self._demand = label("", "", self, wrap=True)
        self._answer_title, self._answer = label("整改情况", "section", self), label("", "", self, wrap=True)
        for part in (
            self._subject, self.figures, label("整改要求", "section", self), self._demand, self._answer_title,
            self._answer,
        ):  # fmt: skip
            self.add(part)

    def read(self, connection: Any, number: int) -> Any:
        """An order's detail."""
        return queries.order(connection, number)

    def show_detail(self, detail: Any) -> None:
        """Number, to whom, from when until when; what it rests on, and what came of it."""
        one, today = detail.row, self._session.today
        unsure = "（暂定）" if one.provisional else ""
        facts = (
            one.agency, one.about, f"下达 {dates.exact_day(one.issued_on)}",
            f"期限 {dates.deadline(one.due_on, today)}{unsure}",
            f"报告 {dates.exact_day(one.answered_on)}" if one.answered_on else None,
        )  # fmt: skip
        self.say(one.number, facts, due_chip(one), state_chip(one))
        self._subject.setText(one.subject)
        effect = words.effect(detail.basis, detail.after, detail.counted_to) if detail.basis else ""
        opens = self._session.registry.allowed("go.tickets") and one.staff is None  # no list is by person
        self.figures.show_figures(detail.basis, detail.labels, after=detail.after, effect=effect, opens=opens)
        self._demand.setText(detail.proposal)
        self._answer.setText(detail.answer or "")
        for part in (self._answer_title, self._answer):
            part.setVisible(bool(detail.answer))

    def _open_tickets(self, figures: Any) -> None:
        """The tickets that a figure counted, by the sides it was counted by."""
        one, item = self.detail.row, self.detail.item_id
        facets = (Facet(Side.ITEM, str(item), one.item),) if item is not None else ()
        wanted = TicketFilter(
            agency=one.agency, month=figures.first, last_month=figures.last, counted=True, facets=facets
        )
        self._session.go("tickets", wanted)

    def standing(self, detail: Any) -> tuple[int, str | None]:
        """Issued, answered, accepted; or cancelled."""
        state = detail.row.state
        return _AT[state], state.label if state is State.CANCELLED else None

    def icon(self, step: Any) -> str | None:
        """A step's."""
        return _ICONS[step]

    def more(self, detail: Any) -> tuple[Offer, ...]:
        """The notice on paper."""
        return (Offer(_PRINT, "打印通知…", "printer"),)

    def run_more(self, offer: str) -> None:
        """Shows the notice."""
        self.paper_wanted.emit(self.detail.row.id)

    # drawing up and acting --------------------------------------------------------------------------------

    def begin_issuing(self, proposal: Proposal | None = None) -> None:
        """Opens the form for a new order; what was being typed stays."""
        self.begin_new(lambda: OrderForm(self._session, proposal, self))

    def form_for(self, step: Any) -> Form | None:
        """Words, where the step asks for them."""
        return form_for(step, self)

    def take(self, step: Any, values: Any, command: UUID) -> Work:
        """One step."""
        one = self.detail.row
        self._doubt = one.id, one.version, step
        return lambda c: commands.act(c, one.id, one.version, step, words=values)

    def record(self, values: Any, command: UUID) -> Work:
        """A new order."""
        return lambda c: commands.issue(c, values, command_id=command)

    def told(self, done: Any) -> tuple[int, str]:
        """Its state now, and until when."""
        self._doubt = None
        due = f"，期限 {done.due_on.month}月{done.due_on.day}日" if done.state is State.ISSUED else ""
        return done.order, f"{done.number} 现为“{done.state.label}”{due}。"

    # an answer that was lost ------------------------------------------------------------------------------

    def failed(self, error: Exception) -> None:
        """A lost answer: the order is read, which tells whether the step was taken."""
        super().failed(error)
        if isinstance(error, EnvironmentProblem):
            self.reload()
        else:
            self._doubt = None

    def arrived(self, detail: Any) -> None:
        """First what became of a step whose answer was lost."""
        if self._doubt is not None and not self.busy and self._doubt[0] == detail.row.id:
            (_, version, step), self._doubt = self._doubt, None
            self._settle_doubt(detail, version, step)
        super().arrived(detail)

    def _settle_doubt(self, detail: Any, version: int, step: Step) -> None:
        """The order says whether the step happened, by its version and who took it."""
        last = detail.steps[-1] if detail.steps else None
        mine = last is not None and (last.actor, last.event) == (self._session.person.login, step.event)
        if mine and detail.row.version == version + 1:
            self.drop_form()
            self._session.notice("success", f"刚才的“{step.label}”已经办成。")
        else:
            said = f"刚才的“{step.label}”因连接中断没有办成；您填写的内容还在，请再确认一次。"
            self._session.notice("warning", said)
