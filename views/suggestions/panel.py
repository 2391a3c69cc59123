"""The one suggestion chosen, or the one being recorded: what it says and what can be done with it now."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.errors import UserError
from app.suggestions import commands, queries
from models.rules.suggestions import Step, needs_text
from views import dates
from views.shell.actions import command, suggestion_command
from views.shell.flow import Flow
from views.shell.parts import Badge, Button, Empty, clear, label, row, rule, scrolling
from views.shell.session import Session
from views.shell.tabbing import TabsAsLaidOut, first_field
from views.shell.theme import UNIT
from views.suggestions.columns import deadline_chip, state_chip
from views.suggestions.contact import ContactLine
from views.suggestions.forms import RecordForm, StepForm
from views.tickets.drafting import DraftKeeper, typed
from views.tickets.history import DayList

#: Steps that ask for particulars; the others are taken at once.
WITH_FORM = frozenset(step for step in Step if needs_text(step) or step is Step.DISPATCH)
#: Beside the suggestions of one person no draft of a ticket lies.
_SHELF = " 意见"
#: Why it has so many days.
_BASIS = "期限与差评整改相同（细则没有另行规定）"


class SuggestionPanel(TabsAsLaidOut, QFrame):
    """`acted(Done)` after something was recorded or done."""

    acted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setAccessibleName("意见详情")
        self._session = session
        self.detail: Any = None
        self.suggestion_id: int | None = None
        self.form: RecordForm | StepForm | None = None
        self._busy = self._leaving = False
        self._tried: tuple[str, UUID] | None = None
        self._drafts = DraftKeeper(session, self, shelf=_SHELF)
        #: Number (0: one to be recorded), action and fields of the form that was given up last.
        self._given_up: tuple[int, str, dict[str, Any]] = (0, "", {})
        self._wanted: int | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.contact = ContactLine(session, self)
        self.contact.recorded.connect(self._reload)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        self._column.setSpacing(3 * UNIT)
        self._make_body(body)
        outer.addWidget(scrolling(body, self), 1)
        outer.addWidget(rule(self))
        self._foot = QWidget(self)
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(5 * UNIT, 3 * UNIT, 5 * UNIT, 3 * UNIT)
        self.said = label("", "secondary", self._foot, wrap=True)
        self._buttons = QWidget(self._foot)
        self._button_flow = Flow(self._buttons)
        foot.addWidget(self.said)
        foot.addWidget(self._buttons)
        outer.addWidget(self._foot)
        self.show_nothing()

    def _make_body(self, body: QWidget) -> None:
        self._empty = Empty(
            "suggestion", "选择一件意见", "在左边选一件，这里显示原文、期限和可以办理的事项。", body
        )
        self._title = label("", "lead", body, wrap=True)
        self._state, self._due = Badge("", parent=body), Badge("", parent=body)
        self._facts = label("", "small", body, wrap=True)
        self._days_button = Button("期限说明", "soon", "link", body)
        self._days_button.clicked.connect(self.toggle_days)
        self._days = DayList(body)
        self._quote = QFrame(body)
        self._quote.setProperty("quote", "true")
        quote = QVBoxLayout(self._quote)
        quote.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        self._words = label("", "", self._quote, wrap=True)
        quote.addWidget(self._words)
        quote.addWidget(self.contact)
        self._answer = label("", "", body, wrap=True)
        self._form_title = label("", "section", body)
        self._form_place = QVBoxLayout()
        self._history_title = label("办理过程", "section", body)
        self._history = QVBoxLayout()
        self._history.setSpacing(2 * UNIT)
        self._head = QWidget(body)
        head = row(self._title, self._due, self._state)
        head.setStretch(0, 1)
        self._head.setLayout(head)
        self._parts = (self._head, self._facts, self._quote, self._answer, self._history_title)
        self._column.addWidget(self._empty, 1)
        for part in self._parts[:2]:
            self._column.addWidget(part)
        self._column.addLayout(row(self._days_button, None))
        self._column.addWidget(self._days)
        for part in self._parts[2:4]:
            self._column.addWidget(part)
        self._column.addWidget(self._form_title)
        self._column.addLayout(self._form_place)
        self._column.addWidget(self._history_title)
        self._column.addLayout(self._history)
        self._column.addStretch(1)

    # showing ----------------------------------------------------------------------------------------------

    @property
    def typing(self) -> bool:
        """Whether something was written that must not be lost."""
        return self.form is not None and self.form.touched

    def show_nothing(self) -> None:
        """No suggestion is chosen."""
        self.detail = self.suggestion_id = None
        self._remove_form()
        clear(self._history)
        for part in (*self._parts, self._days_button, self._days):
            part.hide()
        self._empty.show()
        self._foot.hide()

    def load(self, suggestion_id: int) -> None:
        """Reads a suggestion and shows it."""
        self.suggestion_id = suggestion_id
        self._session.query(self, lambda c: queries.suggestion(c, suggestion_id), self._show, key="suggestion",
                            failed=self._not_shown)  # fmt: skip

    def _reload(self) -> None:
        if self.suggestion_id is not None:
            self.load(self.suggestion_id)

    def _not_shown(self, error: Exception) -> None:
        if isinstance(error, UserError) and not self.typing:
            self.show_nothing()
        self._session.notice("warning" if isinstance(error, UserError) else "error", str(error))

    def _show(self, detail: Any) -> None:
        if isinstance(self.form, RecordForm) and self.typing:
            return
        same = self.detail is not None and self.detail.row.id == detail.row.id
        fresh = not same or self.detail.row.version != detail.row.version
        if fresh and self.typing and same:
            self._session.notice("warning", "这件意见刚刚被别人办理过；您写的还在，请看过最新情况后再办。")
        elif fresh:
            self._remove_form()
        self.detail = detail
        self._show_texts(detail)
        self._show_history(detail)
        for part in self._parts:
            part.show()
        self._answer.setVisible(bool(detail.answer))
        self._show_days(detail, same=same)
        self._empty.hide()
        self._foot.show()
        self._show_buttons()
        if self._wanted == detail.row.id:
            self._wanted = None
            self.begin(Step(self._given_up[1]))

    def _show_days(self, detail: Any, *, same: bool) -> None:
        self._days_button.setVisible(bool(detail.days))
        self._days.setVisible(bool(detail.days) and same and not self._days.isHidden())
        self._days.show_days("答复期限", detail.days, self._session.today, basis=_BASIS)

    def has_days(self) -> bool:
        """Whether a deadline is there to be explained."""
        return self.isVisible() and self.detail is not None and bool(self.detail.days)

    def toggle_days(self) -> None:
        """Opens the days of the deadline, or puts them away."""
        self._days.setVisible(self._days.isHidden())

    def _show_texts(self, detail: Any) -> None:
        one, today = detail.row, self._session.today
        self._title.setText(f"{one.source.label} · {one.topic.label}")
        self._state.show_text(state_chip(one).text, state_chip(one).tone)
        due = deadline_chip(one)
        self._due.show_text(due.text if one.days_left is not None else "", due.tone)
        until = f"期限 {dates.deadline(one.due_on, today)}" if one.due_on else None
        parts = (
            f"第 {one.id} 号",
            f"收到 {dates.exact_day(one.received_on)}",
            one.place,
            f"承办 {one.agency or '中心'}",
            until,
        )
        self._facts.setText(" · ".join(part for part in parts if part))
        self._words.setText(one.words)
        self._answer.setText(f"答复：{detail.answer}" if detail.answer else "")
        self.contact.show_contact(detail)

    def _show_history(self, detail: Any) -> None:
        clear(self._history)
        for step in detail.steps:
            when = label(dates.moment(step.at, self._session.today), "small", self)
            when.setToolTip(dates.exact(step.at))
            when.setFixedWidth(27 * UNIT)
            who = label(step.actor_name, "small", self)
            self._history.addLayout(row(when, label(step.action, "strong", self), who, None))
            if step.text:
                words = label(step.text, "secondary", self, wrap=True)
                words.setContentsMargins(29 * UNIT, 0, 0, 0)
                self._history.addWidget(words)

    # forms ------------------------------------------------------------------------------------------------

    def begin_recording(self) -> None:
        """Opens the form for a new suggestion."""
        if isinstance(self.form, RecordForm):
            return
        self.show_nothing()
        self._empty.hide()
        self._foot.show()
        self._open(RecordForm(self._session, self), "登记意见")

    def allows(self, step: Step) -> bool:
        """Whether the step can be begun now."""
        ready = self.isVisible() and not self._busy and not self.typing
        return ready and self.detail is not None and step in self.detail.allowed

    def begin(self, step: Step) -> None:
        """Opens the step's form, or takes it at once where nothing is to be said."""
        if self.detail is None or step not in self.detail.allowed:
            return
        if step in WITH_FORM:
            self._open(StepForm(step, self._session, self), step.label)
        else:
            self._act(step, {})

    def _open(self, form: RecordForm | StepForm, title: str) -> None:
        self._remove_form()
        self.form = form
        form.edited.connect(self._judge)
        self._form_title.setText(title)
        self._form_title.show()
        self._form_place.addWidget(form)
        form.show()
        self._drafts.follow(form, self._number)
        if (first := first_field(form)) is not None:
            first.setFocus()
        self._show_buttons()

    @property
    def _number(self) -> int:
        """The suggestion the open form is about, 0 where it is to be recorded."""
        return 0 if isinstance(self.form, RecordForm) or self.detail is None else int(self.detail.row.id)

    def hideEvent(self, event: QHideEvent) -> None:
        """The page, the window or the person goes: what was typed last is kept."""
        self._drafts.flush()
        super().hideEvent(event)

    def close_form(self) -> None:
        """Puts the open form away; what was written in it can be taken back once more."""
        if self.form is not None and self._drafts.written:
            self._given_up = (self._number, str(self.form.action), typed(self.form))
            self._drafts.done(self._number, str(self.form.action))
            self._session.notice("info", "已放弃未登记的内容。", "恢复", self._take_back)
        self._put_form_away()

    def _take_back(self) -> None:
        number, action, values = self._given_up
        self._drafts.put(number, action, values)
        if not number:
            self.begin_recording()
        else:
            self._wanted = number
            self._session.go("suggestions", number)

    def _put_form_away(self) -> None:
        recording = isinstance(self.form, RecordForm)
        self._remove_form()
        if recording:
            self.show_nothing()
        else:
            self._show_buttons()

    def _remove_form(self) -> None:
        self._drafts.leave()
        if self.form is not None:
            self._form_place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        self._form_title.hide()

    def _show_buttons(self) -> None:
        clear(self._button_flow)
        if self.form is not None:
            word = self.form.step.label if isinstance(self.form, StepForm) else "登记"
            self.confirm = self._button(word, "submit", "primary", self._confirm)
            self._button("取消", None, "plain", self.close_form)
            self._judge()
            return
        self.said.setText("" if self.detail and self.detail.allowed else "现在没有要您办理的事项。")
        self.said.setVisible(bool(self.said.text()))
        for number, step in enumerate(self.detail.allowed if self.detail else ()):
            icon = command(suggestion_command(step)).icon
            button = self._button(step.label, icon, "plain" if number else "primary", self._pressed)
            button.setProperty("step", step.value)

    def _button(self, text: str, icon: str | None, kind: str, run: Any) -> Button:
        made = Button(text, icon, kind, self._buttons)
        made.clicked.connect(run)
        made.setEnabled(not self._busy)
        self._button_flow.addWidget(made)
        made.show()
        return made

    def _judge(self) -> None:
        if self.form is not None:
            wrong = self.form.problem()
            self.said.setText(wrong or "")
            self.said.setVisible(bool(wrong))
            self.confirm.setEnabled(wrong is None and not self._busy)
            self.confirm.setAccessibleDescription(wrong or "")  # what Ctrl+Enter answers with

    # acting -----------------------------------------------------------------------------------------------

    def _pressed(self) -> None:
        self.begin(Step(self.sender().property("step")))

    def _confirm(self) -> None:
        if self.form is None or self.form.problem() is not None:
            return
        if isinstance(self.form, StepForm):
            self._act(self.form.step, self.form.values())
        else:
            draft = self.form.draft()
            self._leaving = False
            command = self._command(repr(draft))
            self._run(lambda c: commands.record(c, draft, command_id=command))

    def _act(self, step: Step, values: dict[str, Any]) -> None:
        one = self.detail.row
        self._leaving = step is Step.HAND_BACK
        command = self._command(f"{one.id} {one.version} {step} {values!r}")
        self._run(lambda c: commands.act(c, one.id, one.version, step, command_id=command, **values))

    def _command(self, what: str) -> UUID:
        """The same for the same thing tried again: after a lost connection it may have happened already."""
        if self._tried is None or self._tried[0] != what:
            self._tried = (what, uuid4())
        return self._tried[1]

    def _run(self, work: Any) -> None:
        if self._busy:
            return
        self._busy = True
        self._drafts.keep()
        self._foot.setEnabled(False)
        self._session.command(self, work, self._done, failed=self._failed, again=True)

    def _done(self, done: Any) -> None:
        self._settle()
        self._tried = None
        if self.form is not None:
            self._drafts.done(self._number, str(self.form.action))
        self._remove_form()
        due = f"，答复期限 {done.due_on.month}月{done.due_on.day}日" if done.due_on else ""
        self._session.notice("success", f"意见现为“{done.state.label}”{due}。")
        if self._leaving:
            self.show_nothing()  # what was handed back is out of the agency's sight
        else:
            self.load(done.suggestion)
        self.acted.emit(done)

    def _failed(self, error: Exception) -> None:
        self._settle()
        if isinstance(error, UserError):
            self._tried = None
            if error.code == "stale":
                self._reload()
        known = hasattr(error, "message")
        words = str(error) if known else "程序出错了，详情已记入日志；您填写的内容还在。"
        self._session.notice("warning" if isinstance(error, UserError) else "error", words)

    def _settle(self) -> None:
        self._busy = False
        self._foot.setEnabled(True)
        self._judge()
