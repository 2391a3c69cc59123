"""The month in one strip: ratings, bad ones, rectified, mean."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.tickets.queries import TicketFilter
from views import dates
from views.shell.parts import Button, label, restyle
from views.shell.theme import UNIT
from views.tickets.drill import Drill


class _Figure(QWidget):
    """A figure with its name above and a word below."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.value = label("—", "figure", self)
        self.word = label("", "small", self)
        column.addWidget(label(name, "small", self))
        column.addWidget(self.value)
        column.addWidget(self.word)

    def say(self, value: str, word: str, *, role: str = "figure") -> None:
        """Shows the figure and the word below it."""
        self.value.setText(value)
        restyle(self.value, "role", role)
        self.word.setText(word)


class MonthStripCard(QFrame):
    """`opened(filter)` when the month's tickets are asked for."""

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
            _Figure(name, self) for name in ("评价", "差评", "差评工单", "已整改", "平均分")
        )
        for figure in (self.ratings, self.bad, self.tickets, self.rectified, self.mean):
            line.addWidget(figure, 2)
        self._shown: Any = None

    def show_strip(self, strip: Any) -> None:
        """Shows a month's figures, or that there is none."""
        self._shown = strip
        self._open.setVisible(strip is not None)
        if strip is None:
            self._month.setText("还没有数据")
            return
        self._month.setText(dates.month(strip.month))
        share = f"每万条 {strip.bad * 10000 / strip.ratings:.1f} 条" if strip.ratings else ""
        rate = f"整改率 {strip.rectified * 100 / strip.tickets:.0f}%" if strip.tickets else "没有工单"
        self.ratings.say(f"{strip.ratings:,}", "含默认好评")
        self.bad.say(str(strip.bad), share, role="figure-red" if strip.bad else "figure")
        self.tickets.say(str(strip.tickets), "含省下发工单")
        self.rectified.say(f"{strip.rectified}", rate)
        self.mean.say("—" if strip.mean is None else f"{strip.mean:.2f}", "满分 10 分")

    def _open_month(self) -> None:
        chosen = TicketFilter(month=self._shown.month, counted=True)
        self.opened.emit(Drill(chosen, self._shown.tickets))
