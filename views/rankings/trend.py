"""The trend: chosen agencies month by month, each line named at its end and known by its mark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from views import dates
from views.rankings.canvas import Canvas, Spot, year_marks
from views.rankings.painting import write
from views.shell import theme

#: So many lines can be told apart.
MOST = 6
TOP, BOTTOM, LEFT = 16, 44, 44
_LONGEST = 210
_DASHES = (
    Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine, Qt.PenStyle.DashDotDotLine, Qt.PenStyle.SolidLine,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scale:
    """The plane of the lines: its box in pixels, and the values at its bottom and top."""

    box: QRectF
    low: float
    high: float
    months: int

    def point(self, month: int, value: float) -> QPointF:
        """Where a value of a month stands."""
        across = 0.5 if self.months == 1 else month / (self.months - 1)
        share = (value - self.low) / (self.high - self.low)
        return QPointF(
            self.box.left() + across * self.box.width(), self.box.bottom() - share * self.box.height()
        )


class TrendChart(Canvas):
    """`chosen(agency, month)` opens that month."""

    name = "走势图"

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.grid: Any = None
        self.agencies: tuple[str, ...] = ()
        self.by_rank = False

    def show_lines(self, grid: Any, agencies: tuple[str, ...], *, by_rank: bool) -> None:
        """Shows the scores or ranks of at most six agencies."""
        self.grid, self.agencies, self.by_rank = grid, agencies[:MOST], by_rank
        self.renew()

    def draw(self, painter: QPainter, size: QSize, colors: theme.Colors) -> None:
        """Scale, lines with marks, and the names at their ends."""
        if self.grid is None or not self.grid.months:
            return
        scale = self._scale(size)
        self._draw_scale(painter, scale, colors)
        for number, agency in enumerate(self.agencies):
            self._draw_line(painter, scale, number, agency, colors)
        self._draw_names(painter, scale, size, colors)

    def find_spots(self, size: QSize) -> list[Spot]:
        """Each point of each line."""
        if self.grid is None or not self.grid.months:
            return []
        scale = self._scale(size)
        return [
            Spot(QRectF(point.x() - 6, point.y() - 6, 12, 12), agency, month, _said(agency, month, cell))
            for agency in self.agencies
            for month, cell, point in self._points(agency, scale)
        ]

    def _points(self, agency: str, scale: Scale) -> list[tuple[date, Any, QPointF]]:
        return [
            (self.grid.months[at], cell, scale.point(at, self._value(cell)))
            for at, cell in enumerate(self.grid.line(agency))
            if cell is not None
        ]

    def _value(self, cell: Any) -> float:
        return -float(cell.rank) if self.by_rank else float(cell.composite)

    def _scale(self, size: QSize) -> Scale:
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        longest = max((metrics.horizontalAdvance(name) for name in self.agencies), default=60.0)
        right = min(_LONGEST, longest) + 70
        box = QRectF(LEFT, TOP, max(60.0, size.width() - LEFT - right), max(60, size.height() - TOP - BOTTOM))
        low, high = self._bounds()
        return Scale(box, low, high, len(self.grid.months))

    def _bounds(self) -> tuple[float, float]:
        """The scores shown, to the next ten; or all the ranks there are."""
        if self.by_rank:
            ranked = [cell.rank for cell in self.grid.cells.values()]
            return -float(max(ranked, default=2)) - 0.5, -0.5
        shown = [self._value(c) for agency in self.agencies for c in self.grid.line(agency) if c is not None]
        low = min(shown, default=0.0) // 10 * 10
        return min(low, 90.0), 100.0

    def _ticks(self) -> list[tuple[float, str]]:
        low, high = self._bounds()
        if not self.by_rank:
            step = 5 if high - low <= 40 else 10 if high - low <= 60 else 20
            return [(float(v), str(v)) for v in range(int(low), 101, step)]
        last = int(-low)
        step = max(1, -(-last // 8))
        return [(-float(rank), f"第{rank}") for rank in range(1, last + 1, step)]

    def _draw_scale(self, painter: QPainter, scale: Scale, c: theme.Colors) -> None:
        for value, text in self._ticks():
            y = scale.point(0, value).y()
            painter.fillRect(QRectF(scale.box.left(), y, scale.box.width(), 1), QColor(c.line))
            write(painter, QRectF(0, y - 9, LEFT - 8, 18), text, theme.SMALL, c.secondary, right=True)
        every = max(1, round(32 * len(self.grid.months) / scale.box.width() + 0.49))
        marked = year_marks(self.grid.months)
        for at, month in enumerate(self.grid.months):
            x = scale.point(at, scale.low).x()
            if at % every == 0:
                box = QRectF(x - 20, scale.box.bottom() + 4, 40, 18)
                write(painter, box, f"{month.month}月", theme.SMALL, c.secondary, centre=True)
            if month in marked:
                box = QRectF(x - 16, scale.box.bottom() + 21, 70, 18)
                write(painter, box, f"{month.year}年", theme.SMALL, c.secondary)

    def _draw_line(self, painter: QPainter, scale: Scale, number: int, agency: str, c: theme.Colors) -> None:
        """The line stops where the agency was not ranked; few ratings make a hollow mark."""
        color = QColor(c.lines[number])
        cells = self.grid.line(agency)
        pen = QPen(color, 1.8, _DASHES[number])
        before: QPointF | None = None
        for at, cell in enumerate(cells):
            here = None if cell is None else scale.point(at, self._value(cell))
            if here is not None and before is not None:
                painter.setPen(pen)
                painter.drawLine(before, here)
            before = here
        for _, cell, point in self._points(agency, scale):
            painter.setPen(QPen(color, 1.6))
            painter.setBrush(QColor(c.surface) if cell.small_sample else color)
            _MARKS[number](painter, point)

    def _draw_names(self, painter: QPainter, scale: Scale, size: QSize, c: theme.Colors) -> None:
        """At the last point of each line, moved apart where they would cover each other."""
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        ends = []
        for number, agency in enumerate(self.agencies):
            if points := self._points(agency, scale):
                ends.append((points[-1][2].y(), number, agency, points[-1][1]))
        left = scale.box.right() + 12
        for y, (_, number, agency, cell) in zip(
            _apart([e[0] for e in sorted(ends)], scale), sorted(ends), strict=True
        ):
            color = QColor(c.lines[number])
            painter.setPen(QPen(color, 1.6))
            painter.setBrush(color)
            _MARKS[number](painter, QPointF(left + 5, y))
            value = f"第{cell.rank}名" if self.by_rank else f"{cell.composite:.2f}"
            room = size.width() - left - 16 - metrics.horizontalAdvance(value) - 8
            shown = metrics.elidedText(agency, Qt.TextElideMode.ElideMiddle, room)
            box = QRectF(left + 14, y - 9, size.width() - left - 14, 18)
            write(painter, box, f"{shown} {value}", theme.SMALL, color.name())


def _apart(heights: list[float], scale: Scale, gap: float = 17) -> list[float]:
    """Heights in their order, at least a line apart, and within the plane where they fit."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap) if placed else height)
    over = max(0.0, placed[-1] - scale.box.bottom()) if placed else 0.0
    for at in range(len(placed) - 1, -1, -1):
        limit = placed[at + 1] - gap if at + 1 < len(placed) else placed[at] - over
        placed[at] = min(placed[at], limit)
    return placed


def _said(agency: str, month: date, cell: Any) -> str:
    small = "，小样本" if cell.small_sample else ""
    return f"{agency}　{dates.month(month)}\n第 {cell.rank} 名　{cell.composite:.2f} 分{small}"


def _circle(painter: QPainter, at: QPointF) -> None:
    painter.drawEllipse(at, 3.6, 3.6)


def _square(painter: QPainter, at: QPointF) -> None:
    painter.drawRect(QRectF(at.x() - 3.4, at.y() - 3.4, 6.8, 6.8))


def _polygon(*corners: tuple[float, float]) -> Callable[[QPainter, QPointF], None]:
    def mark(painter: QPainter, at: QPointF) -> None:
        painter.drawPolygon(QPolygonF([QPointF(at.x() + x, at.y() + y) for x, y in corners]))

    return mark


_MARKS: tuple[Callable[[QPainter, QPointF], None], ...] = (
    _circle,
    _square,
    _polygon((0, -4.6), (4.4, 3.4), (-4.4, 3.4)),
    _polygon((0, -4.8), (4.8, 0), (0, 4.8), (-4.8, 0)),
    _polygon((-4.4, -3.4), (4.4, -3.4), (0, 4.6)),
    _polygon((-4.4, -1.5), (4.4, -1.5), (4.4, 1.5), (-4.4, 1.5)),
)
