"""Volume against score: whether a good place rests on many ratings or on few."""

from __future__ import annotations

from math import log10
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from views.rankings.canvas import Canvas, Spot
from views.rankings.painting import write
from views.shell import theme

TOP, BOTTOM, LEFT, RIGHT = 16, 46, 44, 24
_RADIUS = 4.5


class Scatter(Canvas):
    """`chosen(agency, None)` chooses an agency."""

    name = "评价量与评分的散点图"

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Any, ...] = ()
        self.by_cases = False
        self.small = 30
        self.agency: str | None = None

    def show_rows(self, rows: tuple[Any, ...], *, small: int, by_cases: bool, agency: str | None) -> None:
        """Shows ranked rows by their ratings, or by the cases that count in the coverage."""
        self.rows, self.small, self.by_cases, self.agency = rows, small, by_cases, agency
        self.renew()

    def draw(self, painter: QPainter, size: QSize, colors: theme.Colors) -> None:
        """Scales, the line of the small sample, points and as many names as fit."""
        if not self.rows:
            return
        plane = self._plane(size)
        self._draw_scales(painter, plane, colors)
        for row in self.rows:
            self._draw_point(painter, plane, row, colors)
        self._draw_names(painter, plane, colors)

    def find_spots(self, size: QSize) -> list[Spot]:
        """Each agency's point."""
        if not self.rows:
            return []
        plane = self._plane(size)
        found = []
        for row in self.rows:
            point = self._point(row, plane)
            box = QRectF(point.x() - 6, point.y() - 6, 12, 12)
            found.append(Spot(box, row.score.facts.agency, None, _said(row)))
        return found

    def _volume(self, row: Any) -> int:
        return max(1, row.score.coverage.denominator if self.by_cases else row.score.facts.ratings)

    def _plane(self, size: QSize) -> QRectF:
        return QRectF(LEFT, TOP, max(60, size.width() - LEFT - RIGHT), max(60, size.height() - TOP - BOTTOM))

    def _bounds(self) -> tuple[float, float, float, float]:
        """Logarithms of the least and the greatest volume, and scores, with some air."""
        volumes = [log10(self._volume(row)) for row in self.rows]
        scores = [float(row.score.composite) for row in self.rows]
        return min(volumes) - 0.15, max(volumes) + 0.35, max(0.0, min(scores) // 5 * 5 - 2), 101.0

    def _point(self, row: Any, plane: QRectF) -> QPointF:
        return self._place(log10(self._volume(row)), float(row.score.composite), plane)

    def _place(self, volume: float, score: float, plane: QRectF) -> QPointF:
        left, right, low, high = self._bounds()
        x = plane.left() + (volume - left) / (right - left) * plane.width()
        return QPointF(x, plane.bottom() - (score - low) / (high - low) * plane.height())

    def _draw_scales(self, painter: QPainter, plane: QRectF, c: theme.Colors) -> None:
        left, right, low, high = self._bounds()
        step = 5 if high - low <= 40 else 10
        for score in range(int(-(-low // step) * step), 101, step):
            y = self._place(left, score, plane).y()
            painter.fillRect(QRectF(plane.left(), y, plane.width(), 1), QColor(c.line))
            write(painter, QRectF(0, y - 9, LEFT - 8, 18), str(score), theme.SMALL, c.secondary, right=True)
        for power in range(8):
            for factor in (1, 2, 5):
                volume = factor * 10**power
                if left <= log10(volume) <= right:
                    x = self._place(log10(volume), low, plane).x()
                    painter.fillRect(QRectF(x, plane.bottom(), 1, 4), QColor(c.secondary))
                    box = QRectF(x - 40, plane.bottom() + 5, 80, 16)
                    write(painter, box, f"{volume:,}", theme.SMALL, c.secondary, centre=True)
        said = "办件数（对数刻度）" if self.by_cases else "评价条数（对数刻度）"
        box = QRectF(plane.left(), plane.bottom() + 23, plane.width(), 18)
        write(painter, box, f"横轴：{said}　纵轴：综合评分　空心：小样本", theme.SMALL, c.secondary)
        if not self.by_cases and left <= log10(max(1, self.small)) <= right:
            x = self._place(log10(self.small), low, plane).x()
            painter.setPen(QPen(QColor(c.amber), 1.2, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, plane.top()), QPointF(x, plane.bottom()))
            write(
                painter,
                QRectF(x + 5, plane.bottom() - 20, 160, 18),
                f"{self.small} 条以下为小样本",
                theme.SMALL,
                c.amber,
            )

    def _draw_point(self, painter: QPainter, plane: QRectF, row: Any, c: theme.Colors) -> None:
        chosen = row.score.facts.agency == self.agency
        color = QColor(c.accent if chosen else c.grey)
        painter.setPen(QPen(color, 1.6))
        painter.setBrush(QColor(c.surface) if row.score.small_sample else color)
        radius = _RADIUS + 1.5 if chosen else _RADIUS
        painter.drawEllipse(self._point(row, plane), radius, radius)

    def _draw_names(self, painter: QPainter, plane: QRectF, c: theme.Colors) -> None:
        """Beside the points, where nothing is covered; the chosen agency first."""
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        points = [self._point(row, plane) for row in self.rows]
        taken = [QRectF(p.x() - 5, p.y() - 5, 10, 10) for p in points]
        order = sorted(range(len(self.rows)), key=lambda n: self.rows[n].score.facts.agency != self.agency)
        for number in order:
            agency, point = self.rows[number].score.facts.agency, points[number]
            wide = metrics.horizontalAdvance(agency) + 4
            for box in _places(point, wide):
                free = not any(box.intersects(other) for other in taken)
                inside = plane.left() <= box.left() and box.right() <= plane.right() + RIGHT
                if free and inside:
                    taken.append(box)
                    chosen = agency == self.agency
                    write(painter, box, agency, theme.SMALL, c.accent if chosen else c.text)
                    break


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
    return (
        f"{score.facts.agency}　第 {row.rank} 名　{score.composite:.2f} 分\n评价 {score.facts.ratings:,} 条　"
        f"覆盖度所计办件 {score.coverage.denominator:,} 件{small}"
    )
