"""The trend: chosen agencies month by month, each line named at its end and known by its mark."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from PySide6.QtCore import QMargins, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from views.rankings.canvas import EDGE, Chart, Plane, Point, Stroke, disc, round_values, year_marks
from views.rankings.painting import write
from views.rankings.parts import month_lines
from views.shell import theme

#: So many lines can be told apart.
MOST = 6
TOP, BOTTOM, LEFT = 16, 44, 44
_LONGEST = 210
#: Room at each edge, as a share of what is shown, so that no mark is cut.
_AIR = 0.03
_DASHES = (
    Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine, Qt.PenStyle.DashDotDotLine, Qt.PenStyle.SolidLine,
)  # fmt: skip


@dataclass(frozen=True)
class Trend(Chart):
    """The scores or ranks of at most six agencies. Across: the number of the month; up: the score, or minus the rank."""

    grid: Any
    agencies: tuple[str, ...]
    by_rank: bool
    name = "走势图"

    def margins(self) -> QMargins:
        """As much at the right as the longest name needs."""
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        longest = max((metrics.horizontalAdvance(name) for name in self.agencies), default=60.0)
        return QMargins(LEFT, TOP, round(min(_LONGEST, longest)) + 84, BOTTOM)

    def bounds(self) -> tuple[float, float, float, float]:
        """All months; the scores shown, to the next ten, or all the ranks there are."""
        last = len(self.grid.months) - 1
        side = last * _AIR or 0.5
        if self.by_rank:
            ranked = [cell.rank for cell in self.grid.cells.values()]
            return -side, last + side, -float(max(ranked, default=2)) - 0.5, -0.5
        shown = [point.y for line in self._lines for point in line if point is not None]
        low = min(min(shown, default=0.0) // 10 * 10, 90.0)
        air = (100 - low) * _AIR
        return -side, last + side, low - air, 100 + air

    def strokes(self, colors: theme.Colors) -> list[Stroke]:
        """A line stops where its agency was not ranked; few ratings make a hollow mark."""
        return [
            Stroke(line, colors.lines[number], _MARKS[number], _DASHES[number])
            for number, line in enumerate(self._lines)
        ]

    @cached_property
    def _lines(self) -> tuple[tuple[Point | None, ...], ...]:
        return tuple(
            tuple(
                None if cell is None else self._point(agency, at, cell)
                for at, cell in enumerate(self.grid.line(agency))
            )
            for agency in self.agencies
        )

    def _point(self, agency: str, at: int, cell: Any) -> Point:
        value = -float(cell.rank) if self.by_rank else float(cell.composite)
        month = self.grid.months[at]
        return Point(
            at,
            value,
            agency,
            month,
            month_lines(agency, month, cell, closed=month in self.grid.closed),
            cell.small_sample,
        )

    def draw_scale(self, painter: QPainter, plane: Plane, colors: theme.Colors) -> None:
        """Scores or ranks at the left, months below."""
        said = "名次" if self.by_rank else "综合评分"
        write(painter, QRectF(8, 0, 120, TOP), said, theme.SMALL, colors.secondary)
        for value, text in self._ticks(plane):
            y = plane.place(plane.left, value).y()
            painter.fillRect(QRectF(plane.box.left(), y, plane.box.width(), 1), QColor(colors.line))
            write(painter, QRectF(0, y - 9, LEFT - 8, 18), text, theme.SMALL, colors.secondary, right=True)
        shown = [n for n in range(len(self.grid.months)) if plane.left <= n <= plane.right]
        every = max(1, round(32 * len(shown) / plane.box.width() + 0.49))
        marked = year_marks([self.grid.months[at] for at in shown])
        for at in shown:
            month, x = self.grid.months[at], plane.place(at, plane.low).x()
            if at % every == 0:
                box = QRectF(x - 20, plane.box.bottom() + 4, 40, 18)
                write(painter, box, f"{month.month}月", theme.SMALL, colors.secondary, centre=True)
            if month in marked:
                box = QRectF(x - 16, plane.box.bottom() + 21, 70, 18)
                write(painter, box, f"{month.year}年", theme.SMALL, colors.secondary)

    def _ticks(self, plane: Plane) -> list[tuple[float, str]]:
        if not self.by_rank:
            scores = round_values(plane.low, plane.high, 8)
            return [(score, f"{score:.10g}") for score in scores if 0 <= score <= 100]
        ranks = [rank for rank in range(1, int(-plane.low) + 1) if rank <= -plane.low and rank >= -plane.high]
        step = max(1, -(-len(ranks) // 8))
        return [(-float(rank), f"第{rank}") for rank in ranks if (rank - 1) % step == 0]

    def draw_names(self, painter: QPainter, plane: Plane, colors: theme.Colors) -> None:
        """At the last point of each line that is shown, moved apart where they would cover each other."""
        ends = []
        for number, line in enumerate(self._lines):
            if shown := [point for point in line if point is not None and plane.holds(point)]:
                last = shown[-1]
                ends.append((plane.place(last.x, last.y).y(), number, last.agency, last.y))
        ends.sort()
        for y, end in zip(_apart([end[0] for end in ends], plane.box.bottom()), ends, strict=True):
            self._draw_name(painter, QPointF(plane.box.right() + 12, y), *end[1:], colors)

    def _draw_name(
        self, painter: QPainter, at: QPointF, number: int, agency: str, value: float, colors: theme.Colors
    ) -> None:
        color = QColor(colors.lines[number])
        painter.setPen(QPen(color, EDGE))
        painter.setBrush(color)
        painter.drawPath(_MARKS[number].translated(at + QPointF(5, 0)))
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        said = f"第{-value:.0f}名" if self.by_rank else f"{value:.2f}"
        wide = self.margins().right() - 26
        name = metrics.elidedText(
            agency, Qt.TextElideMode.ElideMiddle, wide - metrics.horizontalAdvance(said) - 10
        )
        write(painter, QRectF(at.x() + 14, at.y() - 9, wide, 18), f"{name} {said}", theme.SMALL, color.name())


def _apart(heights: list[float], bottom: float, gap: float = 17) -> list[float]:
    """Heights in their order, at least a line apart, and above the bottom where they fit."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap) if placed else height)
    over = max(0.0, placed[-1] - bottom) if placed else 0.0
    for at in range(len(placed) - 1, -1, -1):
        limit = placed[at + 1] - gap if at + 1 < len(placed) else placed[at] - over
        placed[at] = min(placed[at], limit)
    return placed


def _polygon(*corners: tuple[float, float]) -> QPainterPath:
    made = QPainterPath()
    made.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    made.closeSubpath()
    return made


_MARKS = (
    disc(3.6),
    _polygon((-3.4, -3.4), (3.4, -3.4), (3.4, 3.4), (-3.4, 3.4)),
    _polygon((0, -4.6), (4.4, 3.4), (-4.4, 3.4)),
    _polygon((0, -4.8), (4.8, 0), (0, 4.8), (-4.8, 0)),
    _polygon((-4.4, -3.4), (4.4, -3.4), (0, 4.6)),
    _polygon((-4.4, -1.5), (4.4, -1.5), (4.4, 1.5), (-4.4, 1.5)),
)
