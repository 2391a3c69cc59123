"""评价率: the five rates of the Guide and participation, of all in scope and of each agency, platform, staff member."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.callbacks.rows import CallFilter
from app.rankings.figures import Figure
from app.rankings.queries import GROUPS
from app.rankings.staff_rows import StaffFigure
from app.statistics.rows import Figures, Scope
from models.rules.rates import Rate, RateCounts
from models.rules.ratings import Platform
from views.shell.parts import Button, card, label, row, scrolling
from views.shell.theme import UNIT
from views.statistics.figure_table import Cell, FigureTable, Head, Row
from views.tickets.drill import Drill

_CODES = ("good", "default_good", "answered", "rectified", "satisfied", "participation")
_AGENCY = (
    Head("单位", 130, stretch=True), Head("评价", 62), Head("好评率", 72), Head("默认好评", 76), Head("差评工单", 76),
    Head("回复率", 70), Head("整改率", 70), Head("回访满意", 76), Head("参评率", 70),
)  # fmt: skip
_PLATFORM = (
    Head("业务平台", 96, stretch=True), Head("评价", 60), Head("好评率", 72), Head("默认好评", 76), Head("参评率", 70)
)  # fmt: skip
_STAFF = (Head("服务人员", 120, stretch=True), Head("评价", 60), Head("好评率", 72))
_QUIET = (Head("参评率较低的单位和平台", 160, stretch=True), Head("有评价/办件", 96), Head("参评率", 70))
#: So many more staff members are listed each time.
_STAFF_ROWS = 100


class _RateFigure(QWidget):
    """A rate with its name above, and below what it was divided from: a link to the rows, where there is one.

    `opened(what)` when the link is pressed.
    """

    opened = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._name, self._value, self._word = (
            label("", "small", self),
            label("", "figure", self),
            label("", "small", self),
        )
        for widget in (self._name, self._value, self._word):
            column.addWidget(widget)
        self._opens: object = None
        self.link = Button("", kind="link", parent=self)
        self.link.setToolTip("打开计入的明细")
        self.link.clicked.connect(self._pressed)
        column.addWidget(self.link, 0, Qt.AlignmentFlag.AlignLeft)

    def _pressed(self) -> None:
        self.opened.emit(self._opens)

    def show_rate(self, rate: Rate, opens: object = None, share: Rate | None = None) -> None:
        """Shows a rate, and opens what it counted; `share`: of how many it speaks."""
        self._opens = opens
        self._name.setText(rate.name)
        self._value.setText("—" if rate.percent is None else rate.text)
        short = f"{rate.numerator:,} / {rate.denominator:,}" if rate.denominator else rate.text
        short += f"，回访 {share.numerator:,}" if share is not None and share.numerator else ""
        self._word.setText(short)
        self.link.setText(short)
        self.link.setAccessibleName(f"{rate.name}：打开计入的明细")
        self._word.setVisible(opens is None)
        self.link.setVisible(opens is not None)
        self.setToolTip("\n".join(said(one) for one in (rate, share) if one is not None))
        self.setAccessibleName(f"{rate.name} {rate.text} {rate.counted}")


class RatesBoard(QWidget):
    """`opened(Drill)` when a number of tickets is pressed, `opened(Figure)` when one of ratings is."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.links = True
        self._staff: list[Row] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * UNIT)
        column.addWidget(self._strip())
        self._tables = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._tables.setSpacing(3 * UNIT)
        self._tables.addWidget(self._agencies(), 3)
        self._tables.addWidget(self._side(), 2)
        column.addLayout(self._tables, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where both find room, else one below the other."""
        super().resizeEvent(event)
        needed = self.agencies.minimumWidth() + self.platforms.minimumWidth() + 16 * UNIT
        room = event.size().width() >= needed
        ways = QBoxLayout.Direction
        self._tables.setDirection(ways.LeftToRight if room else ways.TopToBottom)

    def _strip(self) -> QFrame:
        frame, inner = card(self, margin=3)
        self._line = QHBoxLayout()
        self._line.setSpacing(5 * UNIT)
        self._figures = [_RateFigure(frame) for _ in range(6)]
        for figure in self._figures:
            figure.opened.connect(self.opened)
            self._line.addWidget(figure, 1, Qt.AlignmentFlag.AlignTop)
        inner.addLayout(self._line)
        return frame

    def _agencies(self) -> QFrame:
        frame, inner = card(self, margin=1)
        self.agencies = FigureTable("各单位评价率", _AGENCY, frame)
        self.agencies.opened.connect(self.opened)
        inner.addWidget(self.agencies)
        return frame

    def _side(self) -> QFrame:
        frame, outer = card(self, margin=1)
        body = QWidget(frame)
        column = QVBoxLayout(body)
        column.setContentsMargins(UNIT, UNIT, UNIT, UNIT)
        column.setSpacing(2 * UNIT)
        self.platforms = FigureTable("各平台评价率", _PLATFORM, body, whole=True)
        self.platforms.opened.connect(self.opened)
        self.quiet = FigureTable("参评率较低", _QUIET, body, whole=True)
        self.staff = FigureTable("服务人员评价率", _STAFF, body, whole=True)
        self.staff.opened.connect(self.opened)
        self.more_staff = Button("", "down", "link", body)
        self.more_staff.clicked.connect(self._list_more)
        self._note = label("", "small", body, wrap=True)
        for widget in (self.platforms, self.quiet, self.staff):
            column.addWidget(widget)
        column.addLayout(row(self.more_staff, None))
        column.addWidget(self._note)
        column.addStretch(1)
        outer.addWidget(scrolling(body, frame))
        return frame

    def show_figures(self, figures: Figures) -> None:
        """Shows the rates of a scope."""
        rates = figures.rates
        for number, widget in enumerate(self._figures):
            widget.setVisible(number < len(rates))
            if number < len(rates):
                one = rates[number]
                share = figures.total.rate("called") if one.code == "satisfied" else None
                widget.show_rate(one, self._opened_by(figures, one), share)
        tickets = figures.scope.platform is None
        self.agencies.show_rows(
            [self._agency(figures.scope, one, tickets=tickets) for one in figures.agencies]
        )
        self.platforms.show_rows([_platform(figures.scope, p, c) for p, c in figures.platforms])
        self.quiet.show_rows([_quiet(one) for one in figures.quiet])
        self._staff = [_staff(figures.scope, one) for one in figures.staff]
        self._list_staff(_STAFF_ROWS)
        self.quiet.setVisible(bool(figures.quiet))
        self.staff.setVisible(bool(figures.staff))
        self._note.setText(_note(figures))

    def _opened_by(self, figures: Figures, rate: Rate) -> object:
        """What the denominator of a rate over all counted; cases are counted agency by agency in the ranking."""
        scope = figures.scope
        if not rate.denominator:
            return None
        if rate.code == "good":
            platforms = (scope.platform.value,) if scope.platform else ()
            return Figure(scope.agency, scope.period, platforms, group=scope.group)
        if rate.code in ("answered", "rectified") and self.links:
            return Drill(scope.tickets(), figures.total.tickets)
        return None

    def _list_staff(self, number: int) -> None:
        """The most often rated, and how many more there are."""
        self.staff.show_rows(self._staff[:number])
        left = len(self._staff) - number
        self.more_staff.setVisible(left > 0)
        self.more_staff.setText(f"再列 {min(left, _STAFF_ROWS):,} 人（还有 {left:,} 人）")

    def _list_more(self) -> None:
        """The next, without leaving the place in the list."""
        self._list_staff(len(self.staff.figures.rows) + _STAFF_ROWS)

    def _agency(self, scope: Scope, one: Any, *, tickets: bool) -> Row:
        rates = [_cell(one.counts, code) for code in _CODES]
        found = one.counts.tickets
        own = Scope(scope.period, agency=one.agency, closed=scope.closed)
        drill = Drill(own.tickets(), found) if found and self.links else None
        number = (
            Cell(f"{found:,}", "计入本单位的差评工单", drill) if tickets else Cell("—", "工单不按平台分列")
        )
        if one.counts.called and self.links and tickets:
            rates[4] = Cell(rates[4].text, rates[4].hint, CallFilter(
                counted=True, month=scope.period.first, last_month=scope.period.last, holder=one.agency
            ))  # fmt: skip
        if not tickets:
            rates[2:5] = [number] * 3
        platforms = (scope.platform.value,) if scope.platform else ()
        rated = Figure(one.agency, scope.period, platforms) if one.counts.ratings else None
        first = (
            Cell(one.agency, f"{one.agency}（{GROUPS[one.group]}）"),
            Cell(f"{one.counts.ratings:,}", "事项评价条数", rated),
        )
        return (*first, *rates[:2], number, *rates[2:])


def said(rate: Rate) -> str:
    """A rate in three lines: value, what it was divided from, the article."""
    return f"{rate.name}：{rate.text}\n{rate.counted or '没有可计的数'}\n依据：{rate.article}"


def _cell(counts: RateCounts, code: str) -> Cell:
    rate = counts.rate(code)
    return Cell("—" if rate.percent is None else rate.text, said(rate))


def _platform(scope: Scope, platform: Platform, counts: RateCounts) -> Row:
    rates = (_cell(counts, code) for code in ("good", "default_good", "participation"))
    rated = Figure(scope.agency, scope.period, (platform.value,), group=scope.group)
    number = Cell(f"{counts.ratings:,}", "事项评价条数", rated if counts.ratings else None)
    return (Cell(platform.label), number, *rates)


def _quiet(one: Any) -> Row:
    counted = f"{one.rate.numerator:,} / {one.rate.denominator:,}"
    return (Cell(f"{one.agency} · {one.platform.label}"), Cell(counted), Cell(one.rate.text, said(one.rate)))


def _staff(scope: Scope, one: Any) -> Row:
    return (
        Cell(f"{one.staff}（{one.agency}）", one.agency),
        Cell(f"{one.counts.ratings:,}", "对本人的评价条数", StaffFigure(one.agency, one.staff, scope.period)),
        _cell(one.counts, "good"),
    )


def _note(figures: Figures) -> str:
    parts = [f"参评率较低：办件不少于{figures.small}件，而低于全体的参评率。依据：细则第三条。"]
    if not figures.staff:
        parts.append("没有对服务人员的评价。" if figures.scope.platform is None else "人员评价不分平台。")
    else:
        parts.append(f"服务人员共{len(figures.staff):,}人，评价多的在前。")
    return "".join(parts)
