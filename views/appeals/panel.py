"""The one appeal chosen, or the one being filed: rating, statement, evidence, finding, decision, and what can be done now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.appeals import commands, queries
from app.appeals.rows import AppealDetail, Signals
from app.referrals.queries import Source
from models.rules.appeals import Effect, State, Step
from models.rules.ratings import Platform, Satisfaction
from views import dates
from views.appeals.columns import due_chip, state_chip
from views.appeals.evidence import Evidence
from views.appeals.forms import FileForm, form_for
from views.records.foot import Offer
from views.records.form import Form
from views.records.panel import RecordPanel, Work
from views.shell.actions import appeal_command, command
from views.shell.parts import label
from views.shell.theme import UNIT
from views.tickets.history import DayList

_AT = {
    State.FILED: 1, State.RETURNED: 1, State.UPHELD_BY_AGENCY: 2, State.DISMISSED_BY_AGENCY: 2,
    State.CORRECTED: 3, State.DISMISSED: 3, State.RECORDED: 4, State.WITHDRAWN: 1,
}  # fmt: skip
_ENDED = {State.DISMISSED_BY_AGENCY, State.DISMISSED, State.WITHDRAWN}
_TICKET, _REFER = "ticket", "refer"


class AppealPanel(RecordPanel):
    """What was rated, what the person says to it, what was found and decided."""

    name, noun = "申诉详情", "这件申诉"
    nothing = ("appeal", "选择一件申诉", "在左边选一件，这里显示评价、申诉理由、证据、认定和决定。")
    key, page, shelf = "appeal", "appeals", " 申诉"
    steps = Step
    way = ("提出", "单位核实", "中心决定", "备案")
    deadline = ("单位核实期限", "依据：细则第二十五条，收到申诉后 5 个工作日")

    def make_parts(self) -> None:
        """The rating in a box, then one after the other what was said to it."""
        quote = QFrame(self)
        quote.setProperty("quote", "true")
        column = QVBoxLayout(quote)
        column.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        self._rating = label("", "", quote, wrap=True)
        self._rated = label("", "small", quote, wrap=True)
        column.addWidget(self._rating)
        column.addWidget(self._rated)
        self.add(quote)
        self._statement, self._finding, self._decision = (label("", "", self, wrap=True) for _ in range(3))
        self.evidence = Evidence(self._session, self)
        self._signals = label("", "small", self, wrap=True)
        for part in (self._statement, self.evidence, self._signals, self._finding, self._decision):
            self.add(part)
        self.window = DayList(self.sheets)
        self.sheets.add("申诉期限", self.window, self._fill_window)

    def _fill_window(self, detail: AppealDetail, today: Any) -> None:
        name = f"申诉期限（{detail.window.why}）"
        self.window.show_days(name, detail.window_days, today, basis="依据：细则第二十五条")

    def read(self, connection: Any, number: int) -> Any:
        """An appeal's detail."""
        return queries.appeal(connection, number)

    def show_detail(self, detail: AppealDetail) -> None:
        """Fills the head and the parts."""
        row, rating = detail.row, detail.rating
        late = "逾期，中心准许" if row.late else None
        facts = (
            row.number,
            f"{row.agency} {row.appellant}",
            f"提出 {dates.exact(row.filed_at)}",
            f"填报 {detail.filed_by}",
            late,
        )
        self.say(row.item or f"办件 {row.case_number}", facts, due_chip(row), state_chip(row))
        self._rating.setText(_said(detail))
        where = (
            Platform(rating.platform).label,
            rating.hall,
            rating.counter,
            f"窗口人员 {rating.staff}" if rating.staff else None,
        )
        more = "追加评价" if rating.is_follow_up else None
        self._rated.setText(
            " · ".join(
                p for p in (dates.exact(rating.rated_at), *where, more, f"办件 {row.case_number}") if p
            )
        )
        self._statement.setText(f"申诉理由：{detail.statement}")
        self.evidence.show_detail(detail)
        self._say(self._finding, _finding(detail))
        self._say(self._decision, _decision(detail))
        self._signals.hide()
        if self._session.is_officer and row.state in (State.FILED, State.UPHELD_BY_AGENCY):
            self._session.query(
                self, lambda c: (row.id, queries.signals(c, row.id)), self._show_signals, key="appeal_signals"
            )

    def _say(self, part: QWidget, text: str) -> None:
        part.setText(text)
        part.setVisible(bool(text))

    def _show_signals(self, answer: tuple[int, Signals]) -> None:
        if self.detail is not None and answer[0] == self.detail.row.id:
            self._say(self._signals, _signals(answer[1]))

    def standing(self, detail: AppealDetail) -> tuple[int, str | None]:
        """Filed, verified, decided, recorded; or ended before."""
        state = detail.row.state
        return _AT[state], state.label if state in _ENDED else None

    def icon(self, step: Any) -> str | None:
        """As its command has it."""
        return command(appeal_command(step)).icon

    def refused(self, detail: AppealDetail) -> Any:
        """What this person may not take, with why."""
        return detail.refused

    def more(self, detail: AppealDetail) -> tuple[Offer, ...]:
        """The way to its ticket; officers may refer a hint of misconduct in it (Guide 8.2)."""
        ticket = (Offer(_TICKET, "打开工单", "tickets"),) if detail.rating.ticket_id is not None else ()
        return (*ticket, Offer(_REFER, "移送线索…", "referral")) if self._session.is_officer else ticket

    def run_more(self, offer: str) -> None:
        """Opens its ticket, or the form of a referral."""
        if offer == _REFER:
            self.refer()
        elif offer == _TICKET and self.detail is not None:
            self._session.go("tickets", self.detail.rating.ticket_id)

    def can_refer(self) -> bool:
        """Whether an appeal stands here that a hint of misconduct may come from."""
        return self.isVisible() and self.detail is not None

    def refer(self) -> None:
        """Opens the form for a hint of misconduct in the appeal."""
        one = self.detail.row
        self._session.go("referrals", Source(one.number, appeal=one.id))

    def begin_filing(self, ticket: int) -> None:
        """Opens the form for an appeal against a rating of a ticket."""
        self.begin_new(lambda: FileForm(self._session, ticket, self))

    def form_for(self, step: Any) -> Form | None:
        """The particulars of a step."""
        return form_for(step, self._session, self.detail, self)

    def take(self, step: Any, values: Any, command: UUID) -> Work:
        """One step."""
        one = self.detail.row
        return lambda c: commands.act(c, one.id, one.version, step, command_id=command, **values)

    def record(self, values: Any, command: UUID) -> Work:
        """A new appeal."""
        return lambda c: commands.file(c, values, command_id=command)

    def told(self, done: Any) -> tuple[int, str]:
        """Its state now, and what it did."""
        more = {Effect.EXCLUDE: "，这条评价不再计入", Effect.REPLACE: "，这条评价按确认的等级计"}.get(
            done.effect, ""
        )
        gone = "，工单已撤销" if done.withdrew_ticket else ""
        return done.appeal, f"{done.number}现为“{done.state.label}”{more}{gone}。"


def _said(detail: AppealDetail) -> str:
    rating = detail.rating
    words = f"“{rating.reason}”" if rating.reason else "没有写明原因"
    labels = f"（{'、'.join(rating.labels)}）" if rating.labels else ""
    return f"{Satisfaction(rating.level).label}{labels}：{words}"


def _finding(detail: AppealDetail) -> str:
    if detail.row.finding is None:
        return ""
    level = f"，评价人确认为“{Satisfaction(detail.confirmed_level).label}”" if detail.confirmed_level else ""
    when = f"{detail.found_by} {dates.exact_day(detail.found_on)}" if detail.found_on else ""
    return f"单位认定：{detail.row.finding.label}{level}。{detail.found_text or ''}（{when}）"


def _decision(detail: AppealDetail) -> str:
    if detail.decided_on is None:
        return ""
    kept = "，封账的月份不变，列为调整" if detail.effect and detail.month_closed else ""
    effect = f"{detail.effect.label}{kept}" if detail.effect else "维持原评价"
    gone = "，差评工单撤销" if detail.withdrew_ticket else ""
    return f"中心决定：{effect}{gone}。{detail.decided_text or ''}（{detail.decided_by} {dates.exact_day(detail.decided_on)}）"


def _signals(found: Signals) -> str:
    """Facts with what was counted; what could not be looked for is not said to be none."""
    said = []
    if found.same_person is not None:
        more = f"（涉及 {found.same_person_agencies} 个单位）" if found.same_person else ""
        said.append(f"同一评价人前后一年的其他差评工单 {found.same_person} 件{more}")
    if found.same_minutes is not None:
        said.append(f"同一窗口前后十分钟内的其他差评 {found.same_minutes} 条")
    if found.same_words is not None:
        said.append(f"本单位前后一年内原话相同的差评 {found.same_words} 条")
    return f"供参考的计数（不代表结论）：{'；'.join(said)}。" if said else ""
