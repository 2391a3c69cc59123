"""The one of the staff chosen: the period, the months, bad ratings, appeals, orders, records."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal

from app.improvements.queries import OrderRef, Proposal, StaffSubject
from app.rankings.periods import period_text
from app.rankings.queries import Period
from app.rankings.staff_rows import StaffFigure
from app.staff import commands, queries
from app.staff.rows import StaffStep
from models.rules.ratings import Satisfaction
from models.rules.staffing import MONTHS_IN_A_ROW, Standing
from views import dates
from views.records.foot import Offer
from views.records.form import Form
from views.records.panel import RecordPanel, Work
from views.shell.parts import label
from views.staff.chart import MonthChart
from views.staff.columns import BOTTOM_MEANS, mark_chip
from views.staff.forms import RecordForm, WithdrawForm
from views.staff.lines import Line, LineList

_ICONS = {StaffStep.ORDER: "rectify", StaffStep.RECORD: "flag", StaffStep.WITHDRAW: "recall"}
_ROWS = "rows"


class StaffPanel(RecordPanel):
    """`opened(StaffFigure)`: the ratings behind the figures are asked for."""

    opened = Signal(object)

    name, noun = "窗口人员详情", "这名工作人员的记录"
    nothing = ("person", "选择一名窗口人员", "在左边选一名，这里显示各月评价、差评、申诉、整改和追责。")
    key, page, shelf = "staff_member", "statistics", " 窗口人员"
    steps = StaffStep
    #: The period that the list shows.
    period: Period | None = None

    def make_parts(self) -> None:
        """The figures in words, the chart, and the lists as tabs."""
        self._said = label("", "", self, wrap=True)
        self.chart = MonthChart(self)
        self._basis = label("", "small", self, wrap=True)
        for part in (self._said, self.chart, self._basis):
            self.add(part)
        self.bad = LineList("这一时段没有差评。", self.sheets)
        self.appeals = LineList("没有提出过申诉。", self.sheets)
        self.orders = LineList("没有下达过限期整改。", self.sheets)
        self.sheets.add("差评", self.bad, self._fill_bad, wanted=_handled)
        self.sheets.add("申诉", self.appeals, self._fill_appeals, wanted=_handled)
        self.sheets.add("整改", self.orders, self._fill_orders, wanted=lambda d: d.row.orders is not None)
        self.sheets.set_title(self.history, "追责")
        for one in (self.bad, self.appeals, self.orders):
            one.opened.connect(self._open_line)

    def read(self, connection: Any, number: int) -> Any:
        """Somebody's detail in the period of the list."""
        period, person = self.period, self._session.person
        assert period is not None  # the list has shown one
        return queries.member(connection, number, period, person)

    def show_detail(self, detail: Any) -> None:
        """Name, agency and period; what was counted; the months."""
        row = detail.row
        self.say(row.name, (row.agency, period_text(detail.period)), mark_chip(row))
        self.sheets.tabs.setTabVisible(0, _handled(detail))  # records are not for who reads the figures only
        counts = row.counts
        levels = "、".join(f"{Satisfaction(n).label} {counts.levels[n]:,}" for n in (5, 4, 3, 2, 1))
        self._said.setText(
            f"评价 {counts.ratings:,} 条：{levels}。平均分 {counts.mean}，在本单位有评价的 {row.ranked} 人中第 {row.rank}。"
            + (
                f"截至{dates.month(detail.run_to)}连续 {row.run} 个月末位。"
                if row.run > 1 and detail.run_to
                else ""
            )
            + (f"申诉 {row.appeals:,} 件，修正 {row.corrected:,} 条。" if row.appeals else "")
        )
        self.chart.show_months(detail.months)
        closed = (
            "；已封账的月份按封账时的数，以后的修正列在“规则”的“封账”里"
            if any(m.closed for m in detail.months)
            else ""
        )
        small = "评价少，名次仅供参考。" if row.small else ""
        self._basis.setText(
            f"{small}平均分满分 10 分，申诉修正已计入（依据：细则第六条）{closed}。{BOTTOM_MEANS}。"
        )

    def standing(self, detail: Any) -> tuple[int, str | None]:
        """No way is walked here."""
        return 0, None

    def icon(self, step: Any) -> str | None:
        """A step's."""
        return _ICONS[step]

    # the lists --------------------------------------------------------------------------------------------

    def _fill_bad(self, detail: Any, today: Any) -> None:
        reads = self._session.registry.allowed("go.tickets")
        lines = [
            Line(
                f"{Satisfaction(one.level).label} · {one.item or '事项不明'}", dates.moment(one.at, today), one.words,
                ("tickets", one.ticket_id) if reads and one.ticket_id else None,
            )
            for one in detail.bad
        ]  # fmt: skip
        hidden = detail.row.counts.bad - len(lines)
        self.bad.show_lines(lines, f"另有 {hidden:,} 条差评不在列出的范围。" if hidden > 0 else "")

    def _fill_appeals(self, detail: Any, today: Any) -> None:
        self.appeals.show_lines(
            [
                Line(f"{one.number}　{one.state.label}", dates.moment(one.filed_at, today), opens=("appeals", one.id))
                for one in detail.appeals
            ]
        )  # fmt: skip

    def _fill_orders(self, detail: Any, today: Any) -> None:
        self.orders.show_lines(
            [
                Line(f"{one.number}　{one.state.label}", dates.plain_day(one.issued_on, today), one.subject,
                     ("statistics", OrderRef(one.id)))
                for one in detail.orders
            ]
        )  # fmt: skip

    def _open_line(self, what: tuple[str, Any]) -> None:
        self._session.go(*what)

    # what can be done -------------------------------------------------------------------------------------

    def more(self, detail: Any) -> tuple[Offer, ...]:
        """The ratings behind the figures."""
        return (Offer(_ROWS, "打开全部评价", "tickets"),) if _handled(detail) else ()

    def _show_foot(self) -> None:
        """What can be done stands plain, with nothing to be done, unless somebody is at the bottom for months in a row."""
        super()._show_foot()
        if self.form is None and self.detail is not None and self.detail.row.state is Standing.FINE:
            steps = [Offer(step.value, step.label, self.icon(step)) for step in self.detail.allowed]
            self.foot.show_offers((), (*steps, *self.more(self.detail)))

    def run_more(self, offer: str) -> None:
        """Opens the rows."""
        row = self.detail.row
        self.opened.emit(StaffFigure(row.agency, row.name, self.detail.period))

    def begin(self, step: Any) -> None:
        """An order is drawn up where orders are; the others have a form here."""
        if step is StaffStep.ORDER and self.detail is not None and step in self.detail.allowed:
            self._propose()
        else:
            super().begin(step)

    def _propose(self) -> None:
        """Draws up an order about whom is shown: over the months at the bottom, else over the period."""
        row, period = self.detail.row, self.detail.period
        months = [one.month for one in self.detail.months if one.last][-row.run :] if row.run else []
        first, last = (months[0], months[-1]) if row.run >= MONTHS_IN_A_ROW else (period.first, period.last)
        why = f"评价连续{row.run}个月末位" if row.run >= MONTHS_IN_A_ROW else "差评较多"
        subject = StaffSubject(row.id, row.name, f"窗口人员{row.name}{why}")
        self._session.go("statistics", Proposal(row.agency, None, first, last, subject))

    def form_for(self, step: Any) -> Form:
        """A record, or why one is taken back."""
        if step is StaffStep.RECORD:
            return RecordForm(self._session, self.detail, self)
        return WithdrawForm(self.detail, self)

    def take(self, step: Any, values: Any, command: UUID) -> Work:
        """One step."""
        staff = self.detail.row.id
        if step is StaffStep.RECORD:
            return lambda c: commands.record(c, staff, values, command_id=command)
        return lambda c: commands.withdraw(c, staff, values)

    def told(self, done: Any) -> tuple[int, str]:
        """What was recorded."""
        return done.staff, done.said


def _handled(detail: Any) -> bool:
    """Whether the reader handles tickets and appeals: others see the figures only."""
    return detail.row.records is not None
