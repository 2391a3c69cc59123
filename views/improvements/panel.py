"""The one order chosen, or the one being drawn up: what it rests on, what is demanded, what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.errors import EnvironmentProblem, PingdeskError, UserError
from app.improvements import commands, queries, words
from app.improvements.queries import Proposal
from app.tickets.facets import Facet, Side
from app.tickets.queries import TicketFilter
from models.rules.improvements import Step, needs_text
from views import dates
from views.improvements.columns import deadline_chip, state_chip
from views.improvements.figures import FigureCard
from views.improvements.forms import OrderForm, StepForm
from views.shell.flow import Flow
from views.shell.parts import Badge, Button, Empty, clear, label, row, rule, scrolling
from views.shell.session import Session
from views.shell.tabbing import TabsAsLaidOut, first_field
from views.shell.theme import UNIT
from views.tickets.history import DayList, TimeLine

_ICONS = {Step.ANSWER: "submit", Step.ACCEPT: "approve", Step.RETURN: "rework", Step.CANCEL: "reject"}


class OrderPanel(TabsAsLaidOut, QFrame):
    """`acted(Done)` after something was issued or done; `paper_wanted(order id)`: the notice is to be shown."""

    acted = Signal(object)
    paper_wanted = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setAccessibleName("限期整改通知")
        self._session = session
        self.detail: Any = None
        self.order_id: int | None = None
        self.form: OrderForm | StepForm | None = None
        self._busy = False
        self._tried: tuple[str, UUID] | None = None
        self._doubt: tuple[int, int, Step] | None = None
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        self._column.setSpacing(3 * UNIT)
        self._make_body(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._area = scrolling(body, self)
        outer.addWidget(self._area, 1)
        outer.addWidget(rule(self))
        outer.addWidget(self._make_foot())
        self.show_nothing()

    def _make_body(self, body: QWidget) -> None:
        self._empty = Empty(
            "rectify", "选择一份通知", "在左边选一份，这里显示依据、要求、期限和整改情况。", body
        )
        self._head = QWidget(body)
        self._title = label("", "lead", self._head, wrap=True)
        self._state, self._due = Badge("", parent=self._head), Badge("", parent=self._head)
        head = row(self._title, self._due, self._state)
        head.setStretch(0, 1)
        self._head.setLayout(head)
        self._subject = label("", "strong", body, wrap=True)
        self._facts = label("", "small", body, wrap=True)
        self.figures = FigureCard(body)
        self.figures.opened.connect(self._open_tickets)
        self._demand_title, self._demand = label("整改要求", "section", body), label("", "", body, wrap=True)
        self._answer_title, self._answer = label("整改情况", "section", body), label("", "", body, wrap=True)
        self._form_title = label("", "section", body)
        self._form_place = QVBoxLayout()
        self._days_title, self._days = Button("期限逐日说明", "down", "flat", body), DayList(body)
        self._days_title.setCheckable(True)
        self._days_title.toggled.connect(self._days.setVisible)
        self._history_title, self._history = label("办理过程", "section", body), TimeLine(body)
        self._parts = (
            self._head, self._subject, self._facts, self.figures, self._demand_title, self._demand, self._answer_title, self._answer,
            self._days_title, self._history_title, self._history,
        )  # fmt: skip
        self._column.addWidget(self._empty, 1)
        for part in self._parts[:8]:
            self._column.addWidget(part)
        self._column.addWidget(self._form_title)
        self._column.addLayout(self._form_place)
        self._column.addLayout(row(self._days_title, None))
        for part in (self._days, self._history_title, self._history):
            self._column.addWidget(part)
        self._column.addStretch(1)

    def _make_foot(self) -> QWidget:
        self._foot = QWidget(self)
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(5 * UNIT, 3 * UNIT, 5 * UNIT, 3 * UNIT)
        self.said = label("", "secondary", self._foot, wrap=True)
        self._buttons = QWidget(self._foot)
        self._button_flow = Flow(self._buttons)
        foot.addWidget(self.said)
        foot.addWidget(self._buttons)
        return self._foot

    # showing ----------------------------------------------------------------------------------------------

    @property
    def typing(self) -> bool:
        """Whether something was written that must not be lost."""
        return self.form is not None and self.form.touched

    def show_nothing(self) -> None:
        """No order is chosen."""
        self.detail = self.order_id = None
        self._remove_form()
        for part in (*self._parts, self._days):
            part.hide()
        self._empty.show()
        self._foot.hide()

    def load(self, order_id: int) -> None:
        """Reads an order and shows it."""
        self.order_id = order_id
        self._session.query(self, lambda c: queries.order(c, order_id), self._show, key="improvement",
                            failed=self._not_shown)  # fmt: skip

    def _not_shown(self, error: Exception) -> None:
        if isinstance(error, UserError) and not self.typing:
            self.show_nothing()
        self._session.notice("warning" if isinstance(error, UserError) else "error", str(error))

    def _show(self, detail: Any) -> None:
        if isinstance(self.form, OrderForm):
            return
        self._settle_doubt(detail)
        same = self.detail is not None and self.detail.row.id == detail.row.id
        if same and self.typing and self.detail.row.version != detail.row.version:
            self._session.notice("warning", "这份通知刚刚被别人办理过；您写的还在，请看过最新情况后再办。")
        elif not same or self.detail.row.version != detail.row.version:
            self._remove_form()
            self._days_title.setChecked(False)
        self.detail = detail
        self._show_texts(detail)
        for part in self._parts:
            part.show()
        self.figures.setVisible(detail.basis is not None)
        for part in (self._answer_title, self._answer):
            part.setVisible(bool(detail.answer))
        self._days.setVisible(self._days_title.isChecked())
        self._empty.hide()
        self._foot.show()
        self._show_buttons()

    def _show_texts(self, detail: Any) -> None:
        one, today = detail.row, self._session.today
        self._title.setText(one.number)
        self._subject.setText(one.subject)
        chip, due = state_chip(one), deadline_chip(one)
        self._state.show_text(chip.text, chip.tone)
        self._due.show_text(due.text if one.days_left is not None else "", due.tone)
        unsure = "（暂定）" if one.provisional else ""
        answered = f"报告 {dates.exact_day(one.answered_on)}" if one.answered_on else None
        parts = (
            one.agency, one.item or "全部事项", f"下达 {dates.exact_day(one.issued_on)}",
            f"期限 {dates.deadline(one.due_on, today)}{unsure}", answered,
        )  # fmt: skip
        self._facts.setText(" · ".join(part for part in parts if part))
        effect = words.effect(detail.basis, detail.after, detail.counted_to) if detail.basis else ""
        self.figures.show_figures(
            detail.basis,
            detail.labels,
            after=detail.after,
            effect=effect,
            opens=self._session.registry.allowed("go.tickets"),
        )
        self._demand.setText(detail.proposal)
        self._answer.setText(detail.answer or "")
        self._days.show_days("整改期限", detail.days, today)
        self._history.show_entries(detail.steps, today)

    def _open_tickets(self, figures: Any) -> None:
        """The tickets that a figure counted, by the sides it was counted by."""
        one, item = self.detail.row, self.detail.item_id
        facets = (Facet(Side.ITEM, str(item), one.item),) if item is not None else ()
        wanted = TicketFilter(
            agency=one.agency, month=figures.first, last_month=figures.last, counted=True, facets=facets
        )
        self._session.go("tickets", wanted)

    # forms ------------------------------------------------------------------------------------------------

    def begin_issuing(self, proposal: Proposal | None = None) -> None:
        """Opens the form for a new order; what was being typed stays."""
        if isinstance(self.form, OrderForm) and self.typing:
            self._session.notice("warning", "右边还有没有下达的通知，请先下达或取消。")
            return
        self.show_nothing()
        self._empty.hide()
        self._foot.show()
        self._open(OrderForm(self._session, proposal, self), "提出限期整改")

    def begin(self, step: Step) -> None:
        """Opens the step's form, or takes it at once where nothing is to be said."""
        if self.detail is None or step not in self.detail.allowed:
            return
        if needs_text(step):
            self._open(StepForm(step, self), step.label)
        else:
            self._act(step, None)

    def _open(self, form: OrderForm | StepForm, title: str) -> None:
        self._remove_form()
        self.form = form
        form.edited.connect(self._judge)
        self._form_title.setText(title)
        self._form_title.show()
        self._form_place.addWidget(form)
        form.show()
        if (first := first_field(form)) is not None:
            first.setFocus()
        self._show_buttons()
        QTimer.singleShot(0, self, self._bring_form)

    def _bring_form(self) -> None:
        """The form is in sight, once it is laid out."""
        if self.form is not None:
            self._area.ensureWidgetVisible(self.form)

    def close_form(self) -> None:
        """Puts the open form away."""
        issuing = isinstance(self.form, OrderForm)
        self._remove_form()
        if issuing:
            self.show_nothing()
        else:
            self._show_buttons()

    def _remove_form(self) -> None:
        if self.form is not None:
            self._form_place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        self._form_title.hide()

    def _show_buttons(self) -> None:
        clear(self._button_flow)
        if self.form is not None:
            word = self.form.step.label if isinstance(self.form, StepForm) else "下达"
            self.confirm = self._button(word, "send", "primary", self._confirm)
            self._button("取消", None, "plain", self.close_form)
            self._judge()
            return
        steps = self.detail.allowed if self.detail else ()
        self.said.setText("" if steps else "现在没有要您办理的事项。")
        self.said.setVisible(not steps)
        for number, step in enumerate(steps):
            button = self._button(step.label, _ICONS[step], "plain" if number else "primary", self._pressed)
            button.setProperty("step", step.value)
        if self.detail:
            self._button("打印通知…", "printer", "plain", self._paper_pressed)

    def _button(self, text: str, icon: str | None, kind: str, run: Any) -> Button:
        made = Button(text, icon, kind, self._buttons)
        made.clicked.connect(run)
        made.setEnabled(not self._busy)
        self._button_flow.addWidget(made)
        made.show()
        return made

    def _judge(self) -> None:
        """Says what is missing, or what will happen."""
        if self.form is None:
            return
        wrong = self.form.problem()
        self.said.setText(wrong or self._outcome())
        self.said.setVisible(bool(self.said.text()))
        self.confirm.setEnabled(wrong is None and not self._busy)
        self.confirm.setAccessibleDescription(wrong or "")

    def _outcome(self) -> str:
        form = self.form
        if not isinstance(form, OrderForm) or form.prepared is None:
            return ""
        figures = form.prepared.figures
        if figures is not None and not figures.bad and not figures.tickets:
            return "这一时段没有差评，请核对单位、时段和事项。"
        due = dates.deadline(form.prepared.due_on, self._session.today)
        return f"将编号下达{form.agency.agency}，期限 {due}。下达后对方即可看到；要收回，须写明理由撤销。"

    # acting -----------------------------------------------------------------------------------------------

    def _pressed(self) -> None:
        self.begin(Step(self.sender().property("step")))

    def _paper_pressed(self) -> None:
        if self.order_id is not None:
            self.paper_wanted.emit(self.order_id)

    def _confirm(self) -> None:
        if self.form is None or self.form.problem() is not None:
            return
        if isinstance(self.form, StepForm):
            self._act(self.form.step, self.form.words())
            return
        draft = self.form.draft()
        command = self._command(repr(draft))
        self._run(lambda c: commands.issue(c, draft, command_id=command), again=True)

    def _act(self, step: Step, said: str | None) -> None:
        one = self.detail.row
        self._doubt = one.id, one.version, step
        self._run(lambda c: commands.act(c, one.id, one.version, step, words=said), again=False)

    def _command(self, what: str) -> UUID:
        """The same for the same order tried again: after a lost connection it may have been issued already."""
        if self._tried is None or self._tried[0] != what:
            self._tried = (what, uuid4())
        return self._tried[1]

    def _run(self, work: Any, *, again: bool) -> None:
        if self._busy:
            return
        self._busy = True
        self._foot.setEnabled(False)
        self._session.command(self, work, self._done, failed=self._failed, again=again)

    def _done(self, done: Any) -> None:
        self._settle()
        self._tried = self._doubt = None
        self._remove_form()
        due = f"，期限 {done.due_on.month}月{done.due_on.day}日" if done.state.value == "issued" else ""
        self._session.notice("success", f"{done.number} 现为“{done.state.label}”{due}。")
        self.load(done.order)
        self.acted.emit(done)

    def _failed(self, error: Exception) -> None:
        self._settle()
        if isinstance(error, UserError):
            self._tried = self._doubt = None
            if error.code == "stale" and self.order_id is not None:
                self.load(self.order_id)
        elif isinstance(error, EnvironmentProblem) and self._doubt is not None:
            self.load(self._doubt[0])
        known = isinstance(error, PingdeskError)
        said = str(error) if known else "程序出错了，详情已记入日志；您填写的内容还在。"
        self._session.notice("warning" if isinstance(error, UserError) else "error", said)

    def _settle_doubt(self, detail: Any) -> None:
        """Whether the step whose answer was lost happened: the order says so, by its version and who took it."""
        if self._doubt is None or self._busy or self._doubt[0] != detail.row.id:
            return
        (_, version, step), self._doubt = self._doubt, None
        last = detail.steps[-1] if detail.steps else None
        mine = last is not None and (last.actor, last.event) == (self._session.person.login, step.event)
        if mine and detail.row.version == version + 1:
            self._remove_form()
            self._session.notice("success", f"刚才的“{step.label}”已经办成。")
        else:
            self._session.notice(
                "warning", f"刚才的“{step.label}”因连接中断没有办成；您填写的内容还在，请再确认一次。"
            )

    def _settle(self) -> None:
        self._busy = False
        self._foot.setEnabled(True)
        self._judge()
