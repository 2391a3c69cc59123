"""The chart on screen: pyqtgraph's bars, with the words of `painting` around them.

Imported only where a chart is shown: pyqtgraph brings numpy with it.
"""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from views.rankings.painting import BAR, BOTTOM, RIGHT, TOP, left_of, paint_scale, paint_words
from views.rankings.parts import NAMES, PARTS, value_text
from views.shell import theme


class RankChart(pg.PlotWidget):
    """`chosen(index)` when a row is pressed. A row is as high as the table's beside it."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, row_height: int = 28) -> None:
        self.rows: tuple[Any, ...] = ()
        self.selected: int | None = None
        self._row_height = row_height
        super().__init__(parent, background=None)
        self.setAccessibleName("排名图")
        self.setMouseTracking(True)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(False, False)
        self.setFrameShape(self.Shape.NoFrame)
        # The ground carries the chosen row, so it must not be kept from the last time.
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        item = self.getPlotItem()
        for side in ("left", "bottom"):
            item.hideAxis(side)
        item.layout.setSpacing(0)
        view = item.getViewBox()
        view.setDefaultPadding(0)
        view.invertY(True)

    def show_rows(self, rows: tuple[Any, ...]) -> None:
        """Shows ranked rows, best first."""
        self.rows = rows
        self.selected = None
        self.getPlotItem().layout.setContentsMargins(left_of(rows), TOP, RIGHT, BOTTOM)
        self.setFixedHeight(TOP + BOTTOM + self._row_height * max(1, len(rows)))
        self.setRange(xRange=(0, 100), yRange=(0, max(1, len(rows))), padding=0)
        names = "，".join(
            f"第 {row.rank} 名 {row.score.facts.agency} {row.score.composite}" for row in rows[:5]
        )
        self.setAccessibleDescription(names)
        self._draw_bars()

    def _draw_bars(self) -> None:
        self.clear()
        middles = [number + 0.5 for number in range(len(self.rows))]
        lefts = [0.0] * len(self.rows)
        for (part, _), color in zip(PARTS, theme.colors().parts, strict=True):
            widths = [float(getattr(row.score, part).contribution) for row in self.rows]
            bars = pg.BarGraphItem(x0=list(lefts), y=middles, width=widths, height=BAR, brush=color, pen=None)
            if self.rows:
                self.addItem(bars)
            lefts = [left + width for left, width in zip(lefts, widths, strict=True)]
        self.viewport().update()

    def recolor(self) -> None:
        """Draws in the colours of another scheme."""
        self._draw_bars()

    def select(self, number: int | None) -> None:
        """Marks a row."""
        self.selected = number
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """Wide enough for bars that can be told apart."""
        return QSize(400, self.height())

    def row_at(self, y: float) -> int | None:
        """The row at a height in pixels."""
        number = int((y - TOP) // self._row_height)
        return number if 0 <= number < len(self.rows) else None

    def mousePressEvent(self, event) -> None:
        """A row is chosen."""
        number = self.row_at(event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            self.chosen.emit(number)
        event.accept()

    def mouseReleaseEvent(self, event) -> None:
        """Nothing is dragged."""
        event.accept()

    def mouseMoveEvent(self, event) -> None:
        """Says a row's parts on hover."""
        number = self.row_at(event.position().y())
        self.setToolTip("" if number is None else self.tip(self.rows[number]))
        event.accept()

    def tip(self, row: Any) -> str:
        """A row's parts in words."""
        lines = [f"{row.score.facts.agency}　综合评分 {row.score.composite:.2f}"]
        for part, name in NAMES.items():
            shown = getattr(row.score, part)
            lines.append(f"{name} {value_text(shown.value)} × {shown.weight:.0%} = {shown.contribution:.2f}")
        return "\n".join(lines)

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """Ground, the chosen row, and the scale."""
        c = theme.colors()
        painter.save()
        painter.setTransform(self.viewportTransform().inverted()[0], True)
        painter.fillRect(QRectF(self.viewport().rect()), QColor(c.surface))
        if self.selected is not None:
            top = TOP + self.selected * self._row_height
            painter.fillRect(QRectF(0, top, self.viewport().width(), self._row_height), QColor(c.accent_soft))
        paint_scale(painter, self.rows, self.viewport().width(), self._row_height, c)
        painter.restore()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Ranks, names, totals, changes and the legend."""
        painter.save()
        painter.setTransform(self.viewportTransform().inverted()[0], True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_words(painter, self.rows, self.viewport().width(), self._row_height, theme.colors())
        painter.restore()
