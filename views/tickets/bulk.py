"""Many tickets chosen: what can be done to all of them, the particulars, and a result line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.errors import EnvironmentProblem
from app.tickets import bulk
from app.tickets.bulk import Act, Outcome
from app.tickets.reporting import Answered
from models.rules.lifecycle import Action
from views.intake.loading import LoadBar
from views.operations import Cancelled, Operation, Task
from views.shell.actions import command, ticket_command
from views.shell.flow import Flow
from views.shell.parts import Button, clear, label, row, rule, scrolling
from views.shell.session import Session
from views.shell.tabbing import TabsAsLaidOut, first_field
from views.shell.theme import UNIT
from views.tables.chips import ChipText
from views.tables.model import Column
from views.tickets.bulk_forms import AlikeForm, DispatchLines
from views.tickets.lines import LineTable
from views.tickets.report import AnswersForm, ReportForm

BulkForm = AlikeForm | DispatchLines | AnswersForm


def _mark(outcome: Outcome) -> ChipText:
    if outcome.done is not None:
        return ChipText(f"已{outcome.act.action.label}", "green")
    return ChipText("待确认", "amber") if outcome.unsure else ChipText("未办", "red")


def _said(outcome: Outcome) -> str:
    due = outcome.done.due_on if outcome.done is not None else None
    dispatched = outcome.act.action is Action.VERIFY_AND_DISPATCH and due is not None
    return f"期限 {due.month}月{due.day}日" if dispatched else outcome.why_not or "—"


_RESULTS = (
    Column("number", "工单编号", 126, lambda o: o.act.number),
    Column("result", "结果", 104, lambda o: _mark(o).text, kind="chip", chip=_mark),
    Column("why", "说明", 90, _said, stretch=True, quiet=True),
)


def carrying_out(workspace: Any, acts: Sequence[Act]) -> Callable[[Task], tuple[Outcome, ...]]:
    """The acts one after the other, for a thread."""

    def work(task: Task) -> tuple[Outcome, ...]:
        def cancelled() -> bool:
            return task.cancelled

        def wait(seconds: float) -> None:
            try:
                task.pause(seconds)
            except Cancelled:
                raise EnvironmentProblem("已取消", code="cancelled") from None

        return bulk.carry_out(workspace, acts, tell=task.report, cancelled=cancelled, wait=wait)

    return work


class BulkPanel(TabsAsLaidOut, QFrame):
    """`acted(Changes)` after acts were taken; `all_wanted`: everything listed; `left`: back to the list;
    `export_wanted`: the chosen ones into a file."""

    acted = Signal(object)
    all_wanted = Signal()
    left = Signal()
    export_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setAccessibleName("批量办理")
        self._session = session
        self.rows: tuple[Any, ...] = ()
        self.form: BulkForm | None = None
        self.outcomes: tuple[Outcome, ...] = ()
        self._under_way: Operation | None = None
        self.confirm: Button | None = None
        self._lay_out()

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        self._column.setSpacing(3 * UNIT)
        self.title = label("", "lead", body, wrap=True)
        self.facts = label("", "secondary", body, wrap=True)
        self.all = Button("全选所列", "tickets", parent=body)
        self.all.clicked.connect(self.all_wanted)
        self.export = Button("导出所选…", "save", parent=body)
        self.export.clicked.connect(self.export_wanted)
        self._ways = QWidget(body)
        self._ways.setLayout(row(self.all, self.export, None))
        self.bar = LoadBar(body)
        self.bar.bar.setAccessibleName("批量办理进度")
        self.bar.cancelled.connect(self._cancel)
        self.results = LineTable("逐件结果", _RESULTS, body)
        self.results.chosen.connect(self._result_chosen)
        self.why = label("", "", body, wrap=True)
        for widget in (self.title, self.facts, self._ways, self.bar):
            self._column.addWidget(widget)
        self._column.addWidget(self.results, 1)
        self._column.addWidget(self.why)
        self._column.addStretch(0)
        outer.addWidget(scrolling(body, self), 1)
        outer.addWidget(rule(self))
        self._foot = QWidget(self)
        around = QVBoxLayout(self._foot)
        around.setContentsMargins(5 * UNIT, 3 * UNIT, 5 * UNIT, 3 * UNIT)
        holder = QWidget(self._foot)
        self._buttons = Flow(holder)
        around.addWidget(holder)
        outer.addWidget(self._foot)
        self._show()

    # choosing ---------------------------------------------------------------------------------------------

    @property
    def pinned(self) -> bool:
        """Whether something is open here that choosing other rows must not take away."""
        return self.form is not None or self._under_way is not None or bool(self.outcomes)

    @property
    def wanted(self) -> bool:
        """Whether this stands at the right in place of the one ticket."""
        return self.pinned or len(self.rows) > 1

    def choose(self, rows: Sequence[Any]) -> None:
        """The tickets chosen; while something is open they stay those it is about."""
        if not self.pinned and tuple(rows) != self.rows:
            self.rows = tuple(rows)
            self._show()

    def set_listed(self, count: int) -> None:
        """How many the list has in all."""
        self.all.setText(f"全选所列 {count:,} 件")

    def allows(self, action: Action) -> bool:
        """Whether the action can be begun for some of the chosen tickets."""
        return not self.pinned and action in self._possible()

    def _possible(self) -> dict[Action, tuple[Any, ...]]:
        return bulk.possible(self.rows, self._session.person)

    def begin(self, action: Action) -> None:
        """Opens what the action asks for; what it cannot be done to is left out."""
        chosen = self._possible().get(action, ())
        if self.pinned or not chosen:
            return
        holder = self.title.parentWidget()
        left = len(self.rows) - len(chosen)
        facts = f"另有 {left:,} 件现在不能{action.label}，不在其中。" if left else ""
        self.open(self._form(action, chosen, holder), f"{action.label} {len(chosen):,} 件", facts)

    def _form(self, action: Action, chosen: Sequence[Any], holder: QWidget) -> BulkForm:
        if action is Action.VERIFY_AND_DISPATCH:
            return DispatchLines(self._session, chosen, holder)
        if action is Action.REPORT:
            return ReportForm(self._session, chosen, holder)
        return AlikeForm(action, chosen, holder)

    def open_answers(self, lines: Sequence[Answered]) -> None:
        """Shows what a returned file of 12345 comes to."""
        form = AnswersForm(lines, self.title.parentWidget())
        taken = len(form.acts())
        left = len(lines) - taken
        facts = f"另有 {left:,} 行不能登记，列在前面。" if left else ""
        self.open(form, f"登记12345结果 {taken:,} 件", facts)

    def open(self, form: BulkForm, title: str, facts: str) -> None:
        """Shows particulars; what they are about stays until they are put away."""
        self.form = form
        form.edited.connect(self._edited)
        self._column.insertWidget(3, form)
        self._show()
        self.title.setText(title)
        self.facts.setText(facts)
        self.facts.setVisible(bool(facts))
        if (first := first_field(form)) is not None:
            first.setFocus()

    def leave(self) -> None:
        """Puts away what is open: the particulars, or the results."""
        if self._under_way is not None:
            return
        had_results, self.outcomes = bool(self.outcomes), ()
        if had_results:
            self.rows = ()
        self._drop_form()
        self._show()
        if had_results or not self.wanted:
            self.left.emit()

    def _drop_form(self) -> None:
        if self.form is not None:
            self._column.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None

    # acting -----------------------------------------------------------------------------------------------

    def _confirm(self) -> None:
        if self.form is not None and self.form.problem() is None:
            acts = self.form.acts()
            self._drop_form()
            self._run(acts, ())

    def _run(self, acts: Sequence[Act], kept: tuple[Outcome, ...]) -> None:
        """Carries the acts out; `kept`: results that stand as they are."""
        self._kept, self.outcomes = kept, ()
        self.title.setText(f"正在办理 {len(acts):,} 件")
        self.bar.begin(bulk.STAGE)
        self._under_way = self._session.operations.command(
            self, carrying_out(self._session.workspace, acts), self._ran, failed=self._broke,
            progressed=self.bar.progress,
        )  # fmt: skip
        self._show()
        self.bar.stop.setFocus()

    def _ran(self, outcomes: tuple[Outcome, ...]) -> None:
        self._under_way = None
        # What was not done stands first: it is what remains to be seen to.
        self.outcomes = tuple(sorted(self._kept + outcomes, key=lambda o: o.done is not None))
        self._show()
        self.results.setFocus()
        self.acted.emit(bulk.changes(outcomes))

    def _broke(self, error: Exception) -> None:
        self._under_way = None
        self.rows = ()
        self._show()
        known = getattr(error, "message", "程序出错了，详情已记入日志；已办的以列表为准。")
        self._session.notice("error", str(known))
        self.left.emit()

    def _cancel(self) -> None:
        if self._under_way is not None:
            self._under_way.cancel()

    def _retry(self) -> None:
        failed = [o for o in self.outcomes if o.done is None]
        self._session.query(
            self, lambda connection: bulk.again(connection, failed), self._renewed, key="again"
        )

    def _renewed(self, acts: tuple[Act, ...]) -> None:
        if self.outcomes:
            self._run(acts, tuple(o for o in self.outcomes if o.done is not None))

    def _undo(self) -> None:
        self._run(bulk.recalls(self.outcomes), tuple(o for o in self.outcomes if o.done is None))

    # showing ----------------------------------------------------------------------------------------------

    def _show(self) -> None:
        running, done = self._under_way is not None, bool(self.outcomes)
        self.bar.setVisible(running)
        self.results.setVisible(done)
        self.why.setVisible(done)
        self._ways.setVisible(not (running or done or self.form))
        self.facts.setVisible(not running)
        clear(self._buttons)
        self.confirm = None
        if done:
            self._show_results()
        elif self.form is not None:
            self._show_confirm(self.form.action)
        elif not running:
            self._show_chosen()
        self._foot.setVisible(not running)

    def _show_chosen(self) -> None:
        self.title.setText(f"已选 {len(self.rows):,} 件")
        states = Counter(ticket.state.label for ticket in self.rows)
        self.facts.setText(" · ".join(f"{name} {count:,} 件" for name, count in states.most_common()))
        possible = self._possible()
        for number, (action, chosen) in enumerate(possible.items()):
            text = f"{action.label} {len(chosen):,} 件…"
            button = self._button(text, self._pressed, kind="plain" if number else "primary",
                                  icon=command(ticket_command(action)).icon if not number else None)  # fmt: skip
            button.setProperty("action", action.value)
        self._button("取消选择", self._unchoose, kind="flat")

    def _show_confirm(self, action: Action) -> None:
        icon = command(ticket_command(action)).icon
        entering = isinstance(self.form, AnswersForm)
        text = "确认登记" if entering else f"确认{action.label}"
        self.confirm = self._button(text, self._confirm, kind="primary", icon=icon)
        self._button("取消", self.leave)
        self._edited()

    def _show_results(self) -> None:
        done = sum(o.done is not None for o in self.outcomes)
        failed = len(self.outcomes) - done
        self.title.setText(f"办成 {done:,} 件" + (f"，未办 {failed:,} 件" if failed else ""))
        self.facts.setText("没有办成的逐件说明如下，可以重试。" if failed else "每一件都已记入办理过程。")
        self.results.show_lines(self.outcomes)
        self.results.choose_id(self.outcomes[0].id)
        self._result_chosen(self.outcomes[0])
        if failed:
            self._button(f"重试 {failed:,} 件", self._retry, kind="primary", icon="reload")
        if undoable := bulk.recalls(self.outcomes):
            self._button(f"撤回这 {len(undoable):,} 件", self._undo, icon="recall" if not failed else None)
        self._button("完成", self.leave, kind="plain" if failed else "primary")

    def _button(
        self, text: str, run: Callable[[], None], *, kind: str = "plain", icon: str | None = None
    ) -> Button:
        button = Button(text, icon, kind, self._buttons.parentWidget())
        button.clicked.connect(run)
        self._buttons.addWidget(button)
        button.show()
        return button

    def _result_chosen(self, outcome: Any) -> None:
        self.why.setText(f"{outcome.act.number}：{outcome.why_not}" if outcome and outcome.why_not else "")

    def _edited(self) -> None:
        problem = self.form.problem() if self.form is not None else None
        if self.confirm is not None:
            self.confirm.setEnabled(problem is None)
            self.confirm.setToolTip(problem or "")
            self.confirm.setAccessibleDescription(problem or "")

    def _pressed(self) -> None:
        self.begin(Action(str(self.sender().property("action"))))

    def _unchoose(self) -> None:
        self.rows = ()
        self.left.emit()

    def keyPressEvent(self, event) -> None:
        """Esc puts away what is open, then the choice."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave() if self.pinned else self._unchoose()
            return
        super().keyPressEvent(event)
