"""Volume against score: whether a good place rests on many ratings or on few."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log10
from typing import Any

from PySide6.QtCore import QMargins, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from views.rankings.canvas import Chart, Plane, Point, Stroke, disc, round_values
from views.rankings.painting import write
from views.rankings.parts import counted_lines
from views.shell import theme

TOP, BOTTOM, LEFT, RIGHT = 16, 46, 44, 24
_RADIUS = 4.5
#: Pixels that a number below the plane needs.
_ROOM = 48


@dataclass(frozen=True)
class Scatter(Chart):
    """Ranked rows by their ratings, or by the cases that count in the coverage.

    Across: the logarithm of the volume; up: the score. `small`: fewer ratings are a small sample.
    """

    rows: tuple[Any, ...]
    small: int
    by_cases: bool
    agency: str | None
    name = "评价量与评分的散点图"

    def margins(self) -> QMargins:
        """Names beside the last points may stand out a little."""
        return QMargins(LEFT, TOP, RIGHT, BOTTOM)

    def bounds(self) -> tuple[float, float, float, float]:
        """From the least to the greatest volume and score, with some air."""
        volumes = [log10(self._volume(row)) for row in self.rows] or [0.0]
        scores = [float(row.score.composite) for row in self.rows] or [100.0]
        return min(volumes) - 0.15, max(volumes) + 0.35, min(scores) // 5 * 5 - 2, 102.0

    def strokes(self, colors: theme.Colors) -> list[Stroke]:
        """The chosen agency's point stands out, above the others."""
        points = self._points
        others = tuple(p for p in points if p.agency != self.agency)
        chosen = tuple(p for p in points if p.agency == self.agency)
        return [
            Stroke(others, colors.grey, disc(_RADIUS)),
            Stroke(chosen, colors.accent, disc(_RADIUS + 1.5)),
        ]

    def _volume(self, row: Any) -> int:
        return max(1, row.score.coverage.denominator if self.by_cases else row.score.facts.ratings)

    @cached_property
    def _points(self) -> tuple[Point, ...]:
        return tuple(
            Point(
                log10(self._volume(row)), float(row.score.composite), row.score.facts.agency, None,
                _said(row), row.score.small_sample,
            )
            for row in self.rows
        )  # fmt: skip

    def draw_scale(self, painter: QPainter, plane: Plane, colors: theme.Colors) -> None:
        """Scores at the left, volumes below, and the line of the small sample."""
        for score in round_values(plane.low, plane.high, 8):
            if 0 <= score <= 100:
                y = plane.place(plane.left, score).y()
                painter.fillRect(QRectF(plane.box.left(), y, plane.box.width(), 1), QColor(colors.line))
                box = QRectF(0, y - 9, LEFT - 8, 18)
                write(painter, box, f"{score:.10g}", theme.SMALL, colors.secondary, right=True)
        self._draw_volumes(painter, plane, colors)
        said = "办件数（对数刻度）" if self.by_cases else "评价条数（对数刻度）"
        box = QRectF(plane.box.left(), plane.box.bottom() + 23, plane.box.width(), 18)
        write(painter, box, f"横轴：{said}　纵轴：综合评分　空心：小样本", theme.SMALL, colors.secondary)
        if not self.by_cases and plane.left <= log10(max(1, self.small)) <= plane.right:
            self._draw_small(painter, plane, colors)

    def _draw_volumes(self, painter: QPainter, plane: Plane, colors: theme.Colors) -> None:
        bottom, before = plane.box.bottom(), -float(_ROOM)
        for volume in _volumes(plane.left, plane.right):
            x = plane.place(log10(volume), plane.low).x()
            painter.fillRect(QRectF(x, bottom, 1, 4), QColor(colors.secondary))
            if x - before >= _ROOM:
                before = x
                box = QRectF(x - 40, bottom + 5, 80, 16)
                write(painter, box, f"{volume:,}", theme.SMALL, colors.secondary, centre=True)

    def _draw_small(self, painter: QPainter, plane: Plane, colors: theme.Colors) -> None:
        x, box = plane.place(log10(max(1, self.small)), plane.low).x(), plane.box
        painter.setPen(QPen(QColor(colors.amber), 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        words = QRectF(x + 5, box.bottom() - 20, 160, 18)
        write(painter, words, f"{self.small} 条以下为小样本", theme.SMALL, colors.amber)

    def draw_names(self, painter: QPainter, plane: Plane, colors: theme.Colors) -> None:
        """Beside the points, where nothing is covered; the chosen agency first."""
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        shown = [p for p in self._points if plane.holds(p)]
        places = {point: plane.place(point.x, point.y) for point in shown}
        taken = [QRectF(p.x() - 5, p.y() - 5, 10, 10) for p in places.values()]
        for point in sorted(places, key=lambda p: p.agency != self.agency):
            wide = metrics.horizontalAdvance(point.agency) + 4
            for box in _places(places[point], wide):
                free = not any(box.intersects(other) for other in taken)
                inside = plane.box.left() <= box.left() and box.right() <= plane.box.right() + RIGHT
                if free and inside:
                    taken.append(box)
                    ink = colors.accent if point.agency == self.agency else colors.text
                    write(painter, box, point.agency, theme.SMALL, ink)
                    break


def _volumes(left: float, right: float) -> list[int]:
    """Round volumes between two logarithms: 1, 2, 5, 10 …; finer ones where few of these are left."""
    known = [factor * 10**power for power in range(8) for factor in (1, 2, 5)]
    found = [volume for volume in known if left <= log10(volume) <= right]
    if len(found) < 3:
        found = [round(v) for v in round_values(10**left, 10**right, 6) if v >= 1 and v == round(v)]
    return found


def _places(point: QPointF, wide: float) -> tuple[QRectF, ...]:
    """Right of a point, left, above, below."""
    x, y = point.x(), point.y()
    return (
        QRectF(x + 8, y - 8, wide, 16),
        QRectF(x - 8 - wide, y - 8, wide, 16),
        QRectF(x - wide / 2, y - 23, wide, 16),
        QRectF(x - wide / 2, y + 7, wide, 16),
    )


def _said(row: Any) -> str:
    score = row.score
    small = "\n小样本，名次仅供参考" if score.small_sample else ""
    head = (
        f"{score.facts.agency}　第 {row.rank} 名　{score.composite:.2f} 分\n评价 {score.facts.ratings:,} 条　"
        f"覆盖度所计办件 {score.coverage.denominator:,} 件{small}"
    )
    return "\n".join((head, *counted_lines(score)))
