"""差评分析 (Guide 8.1.2): labels, items, places, channels, hours, times, what went wrong, what came again."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.improvements.queries import Proposal
from app.statistics.rows import TROUBLES, Figures, Scope, TicketFigures
from app.tickets.facets import Side
from models.rules.durations import Spread
from models.rules.rates import Slice
from models.rules.scoring import shown
from views.shell.parts import Button, Empty, card, label, row, scrolling
from views.shell.theme import UNIT
from views.statistics.charts import BarChart, ColumnChart
from views.statistics.figure_table import Cell, FigureTable, Head, Row
from views.tickets.drill import Drill

#: How many of a kind a chart shows.
_MOST = 10
_BARS = (
    (Side.LABEL, "差评标签", "次"),
    (Side.ITEM, "事项", "件"),
    (Side.PLATFORM, "业务平台", "件"),
    (Side.CHANNEL, "评价渠道", "件"),
    (Side.HALL, "大厅", "件"),
    (Side.COUNTER, "窗口", "件"),
)
_UNITS = {side: unit for side, _, unit in _BARS}
_HOURS = tuple((str(hour), str(hour)) for hour in range(24))
_DAYS = tuple((str(number), f"周{name}") for number, name in enumerate("一二三四五六日", 1))
_AGAIN = (
    Head("差评集中或反复的事项", 160, stretch=True),
    Head("本期", 46),
    Head("前一期", 56),
    Head("前二期", 56),
    Head("前三期", 56),
)
_TIMES = (
    Head("用时（工作日）", 110, stretch=True),
    Head("件数", 50),
    Head("中位数", 58),
    Head("九成以内", 68),
    Head("最长", 50),
)
_WRONG = (Head("办理中的问题", 110, stretch=True), Head("件数", 60), Head("占工单", 70))
_WHY = {
    Side.OVERDUE: "到期没有提交整改，或提交时已过期限；在重办期限内重办的不算\n依据：细则第二十三条",
    Side.RETURNED: "被中心退回重办，或被12345退回\n依据：细则第二十三条",
    Side.DECLINED: "承办单位退过单\n依据：细则第二十三条",
}


class CausesBoard(QWidget):
    """`opened(Drill)`: rows behind a number; `proposed(Proposal)`: an item to be put right."""

    opened = Signal(object)
    proposed = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, proposes: bool = False) -> None:
        """`proposes`: the person may issue orders to improve."""
        super().__init__(parent)
        self._proposes = proposes
        self._scope: Scope | None = None
        self._found: TicketFigures | None = None
        self._body = QWidget(self)
        self._grid = QGridLayout(self._body)
        self._grid.setContentsMargins(0, 0, 2 * UNIT, 0)
        self._grid.setSpacing(3 * UNIT)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self._empty = Empty("statistics", "", "", self)
        self._area = scrolling(self._body, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        self.whole = Button("", "tickets", "link", self)
        self.whole.clicked.connect(self._open_whole)
        self._whose = label("", "secondary", self)
        self._head = QWidget(self)
        self._head.setLayout(row(self.whole, 2, self._whose, None))
        column.addWidget(self._head)
        column.addWidget(self._empty)
        column.addWidget(self._area)
        self._make()

    def _make(self) -> None:
        self.bars: dict[Side, BarChart] = {}
        self._notes: dict[Side, Any] = {}
        self._cards: dict[Side, QWidget] = {}
        places = ((0, 0), (0, 1), (2, 0), (2, 1), (3, 0), (3, 1))
        for (side, name, unit), place in zip(_BARS, places, strict=True):
            self._grid.addWidget(self._bar_card(side, name, unit), *place)
        self._grid.addWidget(self._tables(), 1, 0)
        self._grid.addWidget(self._clock(), 1, 1)
        self._grid.setRowStretch(4, 1)

    def _bar_card(self, side: Side, name: str, unit: str) -> QWidget:
        frame, column = card(self._body, margin=3, spacing=1)
        column.addWidget(label(name, "section", frame))
        chart = BarChart(f"{name}（从多到少）", unit, frame)
        chart.chosen.connect(partial(self._open, side))
        note = label("", "small", frame, wrap=True)
        column.addWidget(chart)
        column.addWidget(note)
        column.addStretch(1)
        self.bars[side], self._notes[side], self._cards[side] = chart, note, frame
        return frame

    def _tables(self) -> QWidget:
        frame, column = card(self._body, margin=3, spacing=2)
        self.times = FigureTable("用时", _TIMES, frame, whole=True)
        self.wrong = FigureTable("办理中的问题", _WRONG, frame, whole=True)
        self.again = FigureTable("差评集中或反复的事项", _AGAIN, frame, whole=True)
        self.wrong.opened.connect(self.opened)
        self.again.opened.connect(self.opened)
        self.propose = Button("对选中的事项提出限期整改", "rectify", "link", frame)
        self.propose.clicked.connect(self._propose)
        self.propose.setVisible(self._proposes)
        for widget in (self.times, self.wrong, self.again):
            column.addWidget(widget)
        column.addLayout(row(self.propose, None))
        column.addStretch(1)
        return frame

    def _clock(self) -> QWidget:
        frame, column = card(self._body, margin=3, spacing=1)
        self.hours = ColumnChart("各时段差评工单（时）", _HOURS, frame)
        self.days = ColumnChart("一周各天差评工单", _DAYS, frame)
        self.hours.chosen.connect(partial(self._open, Side.HOUR))
        self.days.chosen.connect(partial(self._open, Side.WEEKDAY))
        for name, chart in (("评价时间（时）", self.hours), ("星期", self.days)):
            column.addWidget(label(name, "section", frame))
            column.addWidget(chart)
        column.addWidget(label("按评价时间计；没有评价时间的省工单不计。", "small", frame, wrap=True))
        column.addStretch(1)
        return frame

    # showing ----------------------------------------------------------------------------------------------

    def show_figures(self, figures: Figures) -> None:
        """Shows what the tickets say."""
        found = figures.tickets
        self._scope, self._found = figures.scope, found
        for widget in (self._area, self._head):
            widget.setVisible(found is not None and found.number > 0)
        self._empty.setVisible(found is None or not found.number)
        if found is None:
            self._empty.say("差评工单由中心和承办单位查看", "评价率和月报里有对所有人公开的数字。")
        elif not found.number:
            self._empty.say("这一期没有差评工单", "换一个时段，或者去掉筛选条件。")
        else:
            self._show(found)

    def _show(self, found: TicketFigures) -> None:
        self.whole.setText(f"差评工单 {found.number:,} 件")
        whose = "" if found.whole else "只统计您可以查看的工单。"
        self._whose.setText(f"{whose}前一期 {found.before:,} 件。单击条形、柱形或数字，打开对应的工单。")
        for side, chart in self.bars.items():
            slices = found.slices(side)
            chart.show_slices(slices[:_MOST])
            self._notes[side].setText(_rest(slices[_MOST:], _UNITS[side]))
            self._notes[side].setVisible(len(slices) > _MOST)
            self._cards[side].setVisible(bool(slices))
        self.hours.show_slices(found.slices(Side.HOUR))
        self.days.show_slices(found.slices(Side.WEEKDAY))
        times = (("签收", found.times.sign), ("整改", found.times.rectify), ("报送12345", found.times.report))
        self.times.show_rows([_time(name, one) for name, one in times])
        self.wrong.show_rows([self._trouble(side, found) for side in TROUBLES])
        self.again.show_rows([self._repeated(one) for one in found.repeated[:_MOST]])
        self.again.setVisible(bool(found.repeated))
        self.propose.setVisible(self._proposes and bool(found.repeated))

    def _trouble(self, side: Side, found: TicketFigures) -> Row:
        assert self._scope is not None  # shown only with a scope
        number = found.troubles.get(side, 0)
        share = shown(Fraction(100 * number, found.number))
        drill = Drill(self._scope.troubled(side), number) if number else None
        counted = f"{number:,} / {found.number:,}"
        return (
            Cell(TROUBLES[side], _WHY[side]),
            Cell(f"{number:,}", _WHY[side], drill),
            Cell(f"{share}%", counted),
        )

    def _repeated(self, one: Any) -> Row:
        assert self._scope is not None  # shown only with a scope
        cells, period = [], self._scope.period
        for number in (one.number, *one.before):
            wanted = replace(self._scope, period=period)
            drill = Drill(wanted.of(Side.ITEM, one.key, one.name), number) if number else None
            cells.append(Cell(f"{number:,}", "", drill))
            period = period.before
        return (Cell(one.name, one.name), *cells)

    def _open(self, side: Side, key: str, _month: object) -> None:
        if self._scope is None or self._found is None:
            return
        one = next(found for found in self._found.slices(side) if found.key == key)
        self.opened.emit(Drill(self._scope.of(side, key, one.name), one.number))

    def _open_whole(self) -> None:
        if self._scope is not None and self._found is not None:
            self.opened.emit(Drill(self._scope.tickets(), self._found.number))

    def _propose(self) -> None:
        if self._scope is None or self._found is None:
            return
        chosen = self._found.repeated[max(0, self.again.currentIndex().row())]
        period = self._scope.period
        self.proposed.emit(Proposal(self._scope.agency, chosen.name, period.first, period.last))


def _rest(slices: tuple[Slice, ...], unit: str) -> str:
    return f"另有{len(slices)}项，共{sum(one.number for one in slices):,}{unit}。" if slices else ""


def _time(name: str, one: Spread | None) -> Row:
    hint = {
        "签收": "从收到转办到签收", "整改": "从收到转办到提交整改", "报送12345": "从最后一次提交整改到报送",
    }[name] + "\n按工作日计，当日为0\n依据：细则第二十三条"  # fmt: skip
    if one is None:
        return (Cell(name, hint), *(Cell("—", "还没有") for _ in range(4)))
    numbers = (f"{one.count:,}", f"{one.median_shown:f}", str(one.ninetieth), str(one.longest))
    return (Cell(name, hint), *(Cell(text, hint) for text in numbers))
