"""The month in one strip: ratings, bad ones, rectified, mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.rankings.figures import BAD_LEVELS, Figure
from app.rankings.queries import Period
from app.tickets.queries import AtClose, TicketFilter
from models.rules.lifecycle import RECTIFIED
from views import dates
from views.shell.parts import Button, label, restyle
from views.shell.theme import UNIT
from views.tickets.drill import Drill

#: Names, and which rows are counted: bad ratings are one thing, the tickets about them another.
_FIGURES = (
    ("评价", "全部单位本月的事项评价，含默认好评"),
    ("差评", "本月的不满意、非常不满意评价，按评价计（依据：细则第二十三条）"),
    ("差评工单", "本月计入的工单：由差评开出的和省下发的，不含不予转办"),
    ("已整改", "本月工单中审核通过、已报送、已办结的"),
    ("平均分", "本月全部事项评价的平均分，0—10 分（依据：细则第六条）"),
)


class _Figure(QWidget):
    """A figure with its name above, and below a word that opens its rows. `opened(what)` when it is pressed."""

    opened = Signal(object)

    def __init__(self, name: str, hint: str, parent: QWidget) -> None:
        """`hint`: which rows are counted."""
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.value = label("—", "figure", self)
        self.word = Button("", kind="link", parent=self)
        self.word.clicked.connect(self._pressed)
        self._name = name
        self._opens: object = None
        self.setToolTip(hint)
        self.word.setToolTip(f"{hint}\n按回车或单击，打开计入的明细")
        column.addWidget(label(name, "small", self))
        column.addWidget(self.value)
        column.addWidget(self.word, 0, Qt.AlignmentFlag.AlignLeft)

    def _pressed(self) -> None:
        self.opened.emit(self._opens)

    def say(self, value: str, word: str, opens: object, *, role: str = "figure") -> None:
        """Shows the figure, the word below it, and knows what it opens."""
        self._opens = opens
        self.word.setAccessibleName(f"{self._name} {value}，{word}，打开明细")
        self.value.setText(value)
        restyle(self.value, "role", role)
        self.word.setText(word)


class MonthStripCard(QFrame):
    """`opened(what)` when the rows of a figure are asked for: ratings or tickets."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        line = QHBoxLayout(self)
        line.setContentsMargins(5 * UNIT, 3 * UNIT, 5 * UNIT, 3 * UNIT)
        line.setSpacing(6 * UNIT)
        head = QVBoxLayout()
        head.setSpacing(UNIT)
        self._month = label("本月", "lead", self)
        self._open = Button("打开本月工单", kind="link", parent=self)
        self._open.clicked.connect(self._open_month)
        head.addWidget(self._month)
        head.addWidget(self._open, 0, Qt.AlignmentFlag.AlignLeft)
        head.addStretch(1)
        line.addLayout(head, 3)
        self.ratings, self.bad, self.tickets, self.rectified, self.mean = (
            _Figure(name, hint, self) for name, hint in _FIGURES
        )
        for figure in (self.ratings, self.bad, self.tickets, self.rectified, self.mean):
            figure.opened.connect(self.opened)
            line.addWidget(figure, 2)
        self._shown: Any = None

    def show_strip(self, strip: Any) -> None:
        """Shows a month's figures, or that there is none."""
        self._shown = strip
        self._open.setVisible(strip is not None)
        for figure in (self.ratings, self.bad, self.tickets, self.rectified, self.mean):
            figure.setEnabled(strip is not None)
        if strip is None:
            self._month.setText("还没有数据")
            return
        self._month.setText(dates.month(strip.month))
        share = f"每万条 {strip.bad * 10000 / strip.ratings:.1f} 条" if strip.ratings else ""
        rate = f"整改率 {strip.rectified * 100 / strip.tickets:.0f}%" if strip.tickets else "没有工单"
        every = Figure(None, Period.month(strip.month))
        bad, mean = replace(every, levels=BAD_LEVELS), "—" if strip.mean is None else f"{strip.mean:.2f}"
        role = "figure-red" if strip.bad else "figure"
        self.ratings.say(f"{strip.ratings:,}", "含默认好评", every)
        self.bad.say(f"{strip.bad:,}", share or "没有评价", bad, role=role)
        self.tickets.say(f"{strip.tickets:,}", "含省下发工单", _tickets(strip))
        self.rectified.say(f"{strip.rectified:,}", rate, _rectified(strip))
        self.mean.say(mean, "满分 10 分", every)

    def _open_month(self) -> None:
        self.opened.emit(_tickets(self._shown))


def _tickets(strip: Any) -> Drill:
    closed = AtClose.COUNTED if strip.closed else None
    return Drill(TicketFilter(month=strip.month, counted=True, at_close=closed), strip.tickets)


def _rectified(strip: Any) -> Drill:
    """By their state; of a closed month those that were rectified when it was closed."""
    month = TicketFilter(month=strip.month, counted=True)
    chosen = (
        replace(month, at_close=AtClose.HANDLED)
        if strip.closed
        else replace(month, states=frozenset(RECTIFIED))
    )
    return Drill(chosen, strip.rectified)
