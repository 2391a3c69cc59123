"""What is filled in of a callback: the call, and the decision about somebody who is not satisfied."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from app.callbacks import commands, queries
from app.callbacks.commands import Call
from models.rules.callbacks import ANSWERS, LONGEST, NO_ANSWER, TRIES, Decision, Outcome, Step, after_call
from models.rules.lifecycle import Action, State
from views import dates
from views.records.form import Form, WordsForm
from views.shell.parts import label
from views.shell.session import Session
from views.tickets.dispatch_form import DispatchForm
from views.tickets.forms import Choice, field_row, text_area


class CallForm(Form):
    """What one call came to, and what the person said."""

    def __init__(self, session: Session, row: Any, parent: QWidget | None = None) -> None:
        step = Step.CALL
        super().__init__(
            step.value, "记录", parent, step=step, title=f"第 {row.tries + 1} 次回访（至多 {TRIES} 次）"
        )
        self._row, self._officer = row, session.is_officer
        self.came_to = Choice({NO_ANSWER: "未接通"} | {one.value: one.label for one in ANSWERS}, self)
        self.came_to.setAccessibleName("回访结果")
        self.words = text_area("对方说的话；没有接通的可以不填", self, lines=4)
        self.column.addLayout(field_row("结果", self.came_to, self))
        self.column.addWidget(self.words)
        self.came_to.edited.connect(self.edited)
        self.words.textChanged.connect(self.edited)

    def values(self) -> Call:
        """What was filled in."""
        return Call(self.came_to.value(), self.words.toPlainText().strip())

    def problem(self) -> str | None:
        """What is missing, as a sentence."""
        return self.values().problem()

    def outcome(self) -> str:
        """What it will count as."""
        came_to = self.came_to.value()
        if came_to is None:
            return ""
        ended = after_call(self._row.tries, came_to)
        if ended is None:
            return f"第 {self._row.tries + 1} 次未接通，还可以再打 {self._row.tries_left - 1} 次。"
        if ended is Outcome.UNREACHABLE:
            return f"{TRIES} 次都没有接通，记为“联系不上”，回访结束。"
        if ended is Outcome.UNSATISFIED:
            follows = "接着决定是否重新办理" if self._officer else "由中心决定是否重新办理"
            return f"记为“不满意”，{follows}（细则第二十四条）。"
        return f"记为“{ended.label}”，回访结束。"

    @property
    def touched(self) -> bool:
        """Whether something was chosen or written that must not be lost."""
        return self.came_to.value() is not None or bool(self.words.toPlainText().strip())


class LeaveForm(WordsForm):
    """Why nothing more is done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        means = "不再办理的，写明理由留痕；对方仍计为不满意。"
        super().__init__(Step.LEAVE, means, "为什么不再办理", "请先写明理由。", parent)

    def values(self) -> commands.Choice:
        """The decision and its reason."""
        return commands.Choice(Decision.LEAVE, self.words())


class ReworkForm(WordsForm):
    """Why a ticket that is not yet reported goes back to its agency, and until when."""

    def __init__(self, session: Session, sheet: Any, parent: QWidget | None = None) -> None:
        means = f"工单退回{sheet.row.agency}重办，重办期限自今天起算，原整改期限不变。"
        super().__init__(Step.REOPEN, means, "哪些地方需要重办", "请先写明理由。", parent)
        self._session, self._until = session, ""
        session.query(self, queries.rework_due, self._show_due, key="callback_rework")

    def _show_due(self, due: Any) -> None:
        self._until = f"，重办期限 {dates.deadline(due, self._session.today)}"
        self.edited.emit()

    def outcome(self) -> str:
        """To whom and until when."""
        return f"将退回重办{self._until}。"

    def values(self) -> commands.Choice:
        """The decision and its reason."""
        return commands.Choice(Decision.REOPEN, self.words())


class ReopenForm(Form):
    """A closed ticket begins anew: lead, co-agencies and due day as for a dispatch, and why."""

    def __init__(self, session: Session, sheet: Any, parent: QWidget | None = None) -> None:
        step = Step.REOPEN
        super().__init__(step.value, step.label, parent, step=step)
        self.column.addWidget(
            label("工单重新转办，进入新的一轮，期限重新起算；办结以后再回访。", "small", self, wrap=True)
        )
        self.dispatch = DispatchForm(Action.REOPEN, session, sheet.ticket, self)
        self.column.addWidget(self.dispatch)
        assert self.dispatch.reason is not None  # beginning anew needs one
        self.reason = self.dispatch.reason
        said = sheet.row.words or ""
        if said:
            self.reason.setPlainText(f"回访不满意：{said}"[:LONGEST])
        self._begun = self.words()
        self.dispatch.edited.connect(self.edited)

    def fields(self) -> dict[str, Any]:
        """What is kept as a draft."""
        return {"lead": self.dispatch.lead, "co": self.dispatch.co, "reason": self.reason}

    def words(self) -> str:
        """Why."""
        return self.reason.toPlainText().strip()

    def problem(self) -> str | None:
        """What is missing, as a sentence."""
        wrong = self.dispatch.problem()
        return wrong or (None if self.words() else "请先写明理由。")

    def outcome(self) -> str:
        """To whom and until when."""
        return f"将重新转办{self.dispatch.lead.agency}，整改期限 {self.dispatch.due.text()}。"

    def values(self) -> commands.Choice:
        """The decision, its reason and the agencies."""
        made = self.dispatch.values()
        return commands.Choice(Decision.REOPEN, self.words(), made["lead"], made["co"])

    @property
    def touched(self) -> bool:
        """Whether anything differs from what was proposed."""
        named = self.dispatch.lead.text().strip() not in ("", self.dispatch.proposed)
        return named or bool(self.dispatch.co.agencies()) or self.words() != self._begun


def form_for(step: Step, session: Session, sheet: Any, parent: QWidget) -> Form:
    """The form of a step."""
    if step is Step.CALL:
        return CallForm(session, sheet.row, parent)
    if step is Step.LEAVE:
        return LeaveForm(parent)
    if sheet.row.ticket_state is State.CLOSED:
        return ReopenForm(session, sheet, parent)
    return ReworkForm(session, sheet, parent)
