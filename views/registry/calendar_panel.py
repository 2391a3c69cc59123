"""The day chosen, what may be done with it, what that would move, and what was changed before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.errors import EnvironmentProblem, UserError
from app.registry import calendar_days
from app.registry.calendar_days import LONGEST_REASON, MAY_CHANGE, CalendarChange, DayRow, LogLine, YearView
from views import dates
from views.registry.calendar_words import TONES, arranged, comes_to, kind, log_facts, log_title, said_day
from views.shell.parts import Badge, Button, clear, label, row, rule, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.forms import text_area

#: Lines of days and of tickets that a preview lists; the rest is counted.
_MOST = 20
Work = Callable[..., CalendarChange]


@dataclass(frozen=True)
class Plan:
    """A change being weighed: what it is called, and what carries it out (`dry_run`: or only tries)."""

    title: str
    day: date | None
    run: Work


class CalendarPanel(QFrame):
    """`changed(date)` after the calendar was changed: the day to show then."""

    changed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setAccessibleName("日历详情")
        self._session = session
        self.day: DayRow | None = None
        self.plan: Plan | None = None
        self._busy = False
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scrolling(self._make_body(), self), 1)
        self._foot = self._make_foot()
        outer.addWidget(self._foot)
        self._show_state()

    def _make_body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        column.setSpacing(3 * UNIT)
        self._title = label("", "lead", body, wrap=True)
        self._kind = Badge("", parent=body)
        top = row(spacing=2)
        top.addWidget(self._title, 1)
        top.addWidget(self._kind, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        self._why = label("", "", body, wrap=True)
        self._more = label("", "small", body, wrap=True)
        column.addWidget(self._why)
        column.addWidget(self._more)
        column.addWidget(self._make_form(body))
        self._preview = QWidget(body)
        self._lines = QVBoxLayout(self._preview)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(UNIT)
        column.addWidget(self._preview)
        self._history = QWidget(body)
        self._log = QVBoxLayout(self._history)
        self._log.setContentsMargins(0, 2 * UNIT, 0, 0)
        self._log.setSpacing(UNIT)
        column.addWidget(self._history)
        column.addStretch(1)
        return body

    def _make_form(self, parent: QWidget) -> QWidget:
        self._form = QWidget(parent)
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        column.addWidget(rule(self._form))
        self._form_title = label("", "section", self._form)
        column.addWidget(self._form_title)
        self.reason = text_area("理由，例如：市政府通知冼夫人诞放假一天", self._form, lines=2)
        self.reason.textChanged.connect(self._show_state)
        column.addWidget(self.reason)
        self._means = label("先预览哪些工单的期限会变，再确认。", "small", self._form, wrap=True)
        column.addWidget(self._means)
        self.look = Button("预览", "search", "plain", self._form)
        self.look.clicked.connect(self._preview_day)
        column.addLayout(row(self.look, None))
        return self._form

    def _make_foot(self) -> QWidget:
        foot = QWidget(self)
        column = QVBoxLayout(foot)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(rule(foot))
        self.confirm = Button("确认", None, "primary", foot)
        self.cancel = Button("取消", parent=foot)
        self.confirm.clicked.connect(self._confirmed)
        self.cancel.clicked.connect(self.drop_plan)
        column.addLayout(row(self.confirm, self.cancel, None, margins=(5, 3, 5, 3)))
        return foot

    # showing ----------------------------------------------------------------------------------------------

    def show_year(self, view: YearView, log: tuple[LogLine, ...] | None) -> None:
        """Shows what was changed before."""
        clear(self._log)
        self._log.addWidget(rule(self._history))
        self._log.addWidget(label("变动记录", "section", self._history))
        if log is None:
            said = "变动记录在审计日志里，由中心责任人和审计员查阅。"
        else:
            said = "" if log else "装好以后还没有变动。"
        if said:
            self._log.addWidget(label(said, "secondary", self._history, wrap=True))
        for line in log or ():
            self._log.addWidget(label(log_title(line), "", self._history, wrap=True))
            self._log.addWidget(
                label(log_facts(line, self._session.today), "small", self._history, wrap=True)
            )

    def show_day(self, day: DayRow) -> None:
        """Shows a day; what is being weighed for another one is put away."""
        if self.day is not None and self.day.day != day.day:
            self.reason.clear()
            self._put_away()
        self.day = day
        self._title.setText(dates.day_with_weekday(day.day, self._session.today))
        self._kind.show_text(kind(day), TONES.get(day.kind, "grey"))
        self._why.setText(f"{'计入期限' if day.working else '不计入期限'}：{day.why}")
        self._more.setText(self._said_more(day))
        self._more.setVisible(bool(self._more.text()))
        self._show_state()

    def _said_more(self, day: DayRow) -> str:
        lines = (
            [] if day.published else ["暂定：放假安排未公布，按平常的周末推算；公布后导入，期限自动重算。"]
        )
        if day.local is not None:
            entered = dates.moment(day.local.entered_at, self._session.today)
            lines.append(f"{entered} 由{day.local.entered_by}登记；撤回后为：{day.local.notice_why}。")
        return "\n".join(lines)

    def _show_state(self) -> None:
        may = self._session.person.group in MAY_CHANGE
        self._form.setVisible(may and self.day is not None and self.plan is None)
        self._preview.setVisible(self.plan is not None)
        self._foot.setVisible(self.plan is not None)
        self.confirm.setEnabled(not self._busy)
        if self.day is None:
            return
        local = self.day.local is not None
        other = arranged(not self.day.working)
        self._form_title.setText("撤回本地安排" if local else f"改为本地{other}")
        self.reason.setVisible(not local)
        self.look.setEnabled(not self._busy and (local or self._problem() is None))
        self.look.setToolTip("" if local else self._problem() or "")

    def _problem(self) -> str | None:
        words = self.reason.toPlainText().strip()
        if not words:
            return "请先写明理由。"
        return f"理由不超过 {LONGEST_REASON} 字。" if len(words) > LONGEST_REASON else None

    # weighing ---------------------------------------------------------------------------------------------

    def _preview_day(self) -> None:
        if self.day is None:
            return
        workspace, day = self._session.workspace, self.day.day
        working, reason = not self.day.working, self.reason.toPlainText().strip()
        local = self.day.local is not None

        def change(connection: Any) -> CalendarChange:
            if local:
                return calendar_days.take_back(connection, day)
            return calendar_days.set_local_day(connection, day, working=working, reason=reason)

        def run(_task: Any, *, dry_run: bool) -> CalendarChange:
            if dry_run:
                return calendar_days.preview(workspace, change)
            with workspace.write() as connection:
                return change(connection)

        what = "撤回本地安排" if local else f"本地{arranged(working)}（{reason}）"
        self._weigh(Plan(f"{said_day(day)}：{what}", day, run))

    def preview_notice(self, path: Path) -> None:
        """Reads the file of a notice and shows what importing it would change."""
        workspace = self._session.workspace

        def run(task: Any, *, dry_run: bool) -> CalendarChange:
            return calendar_days.notice(workspace, path, dry_run=dry_run, cancelled=lambda: task.cancelled)

        self._weigh(Plan(f"导入放假安排：{path.name}", None, run))

    def _weigh(self, plan: Plan) -> None:
        if self._busy:
            return
        self._busy = True
        self._put_away()
        self._weighed = plan
        self._session.operations.command(
            self, lambda task: plan.run(task, dry_run=True), self._show_preview, failed=self._failed
        )

    def _show_preview(self, change: CalendarChange) -> None:
        self._busy = False
        self.plan = self._weighed
        clear(self._lines)
        for text, role in preview_lines(self.plan.title, change):
            self._lines.addWidget(label(text, role, self._preview, wrap=True))
        self._show_state()
        self.confirm.setVisible(bool(change.days))
        (self.confirm if change.days else self.cancel).setFocus()

    def drop_plan(self) -> None:
        """Nothing is changed."""
        self._put_away()

    def _put_away(self) -> None:
        self.plan = None
        self._show_state()

    def keyPressEvent(self, event) -> None:
        """Escape drops what is being weighed."""
        if event.key() == Qt.Key.Key_Escape and self.plan is not None:
            self.drop_plan()
            return
        super().keyPressEvent(event)

    # doing ------------------------------------------------------------------------------------------------

    def _confirmed(self) -> None:
        plan = self.plan
        if plan is None or self._busy:
            return
        self._busy = True
        self._show_state()
        self._session.operations.command(
            self, lambda task: plan.run(task, dry_run=False), self._done, failed=self._failed
        )

    def _done(self, change: CalendarChange) -> None:
        self._busy = False
        plan, day = self.plan, change.days[0].day if change.days else None
        self.reason.clear()
        self._put_away()
        self._session.notice("success", f"工作日历已改：{comes_to(change)}")
        if plan is not None and (shown := plan.day or day) is not None:
            self.changed.emit(shown)
        self._session.announce(change.changes)

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self._put_away()
        known = isinstance(error, (UserError, EnvironmentProblem))
        tone = "warning" if isinstance(error, UserError) else "error"
        self._session.notice(tone, str(error) if known else "程序出错了，详情已记入日志；工作日历没有改变。")


def preview_lines(title: str, change: CalendarChange) -> list[tuple[str, str]]:
    """What a preview says, each with its role: the sentence, the days, the due dates from → to."""
    lines = [(title, "section"), (comes_to(change), "")]
    for changed in change.days[:_MOST]:
        lines.append((f"{dates.exact_day(changed.day)}　{changed.was_why} → {changed.why}", "small"))
    if len(change.days) > _MOST:
        lines.append((f"另有 {len(change.days) - _MOST} 天", "small"))
    if change.moved:
        lines.append(("期限改变的工单", "section"))
    for moved in change.moved[:_MOST]:
        number = moved.number or f"工单 {moved.ticket}"
        lines.append((f"{number}　{said_day(moved.old_due)} → {said_day(moved.new_due)}", "small"))
    if len(change.moved) > _MOST:
        lines.append((f"另有 {len(change.moved) - _MOST} 件", "small"))
    return lines
