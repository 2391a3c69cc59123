"""A chart that is painted: what stands where is said on hover and by the keys, and can be chosen.

And what a chart of values in a plane consists of, painted into a picture or looked around in on screen (`plot`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, hypot, log10

from PySide6.QtCore import QMargins, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from views.shell import theme

#: The arrows: how far right and down.
STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
#: How near, in pixels, a point must be to be meant.
_NEAR = 14
#: Widths of a line, and of the edge of a mark.
LINE, EDGE = 1.8, 1.6


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a chart: whose it is, of which month, and what it says in words."""

    box: QRectF
    agency: str
    month: date | None
    said: str


@dataclass(frozen=True, slots=True)
class Point:
    """A value in a plane: whose it is, of which month, what it says in words; hollow where few ratings carry it."""

    x: float
    y: float
    agency: str
    month: date | None
    said: str
    hollow: bool


@dataclass(frozen=True, slots=True)
class Plane:
    """Values in a box of pixels: from `left` to `right` across it, from `low` to `high` up it."""

    box: QRectF
    left: float
    right: float
    low: float
    high: float

    def place(self, x: float, y: float) -> QPointF:
        """Where a value stands."""
        across, up = (x - self.left) / (self.right - self.left), (y - self.low) / (self.high - self.low)
        return QPointF(
            self.box.left() + across * self.box.width(), self.box.bottom() - up * self.box.height()
        )

    def holds(self, point: Point) -> bool:
        """Whether a point lies within."""
        return self.left <= point.x <= self.right and self.low <= point.y <= self.high


@dataclass(frozen=True, slots=True)
class Stroke:
    """Points of one colour and mark (a path in pixels around its centre), joined by a line; None is a gap in it."""

    points: tuple[Point | None, ...]
    color: str
    mark: QPainterPath
    line: Qt.PenStyle = Qt.PenStyle.NoPen

    def paint(self, painter: QPainter, plane: Plane, colors: theme.Colors) -> None:
        """The line, and the marks upon it."""
        painter.setPen(QPen(QColor(self.color), LINE, self.line))
        for one, other in zip(self.points, self.points[1:], strict=False):
            if one is not None and other is not None and self.line != Qt.PenStyle.NoPen:
                painter.drawLine(plane.place(one.x, one.y), plane.place(other.x, other.y))
        painter.setPen(QPen(QColor(self.color), EDGE))
        for point in filter(None, self.points):
            painter.setBrush(QColor(colors.surface if point.hollow else self.color))
            painter.drawPath(self.mark.translated(plane.place(point.x, point.y)))


class Chart:
    """Values in a plane: `draw` paints all of it, `plot.Plot` shows it on screen, where people look around in it."""

    #: The chart's name for the screen reader.
    name = ""

    def margins(self) -> QMargins:
        """Room for scale and names around the plane."""
        raise NotImplementedError

    def bounds(self) -> tuple[float, float, float, float]:
        """The values at the plane's left, right, bottom and top when all is shown, with room for the marks."""
        raise NotImplementedError

    def strokes(self, colors: theme.Colors) -> Sequence[Stroke]:
        """What is drawn in the plane."""
        raise NotImplementedError

    def draw_scale(self, painter: QPainter, plane: Plane, colors: theme.Colors) -> None:
        """Lines and numbers for what the plane shows just now."""
        raise NotImplementedError

    def draw_names(self, painter: QPainter, plane: Plane, colors: theme.Colors) -> None:
        """Whose the points are that the plane shows just now."""
        raise NotImplementedError

    def draw(self, painter: QPainter, size: QSize, colors: theme.Colors) -> None:
        """All of it in so many pixels."""
        box = QRectF(0, 0, size.width(), size.height()).marginsRemoved(self.margins().toMarginsF())
        box.setSize(box.size().expandedTo(QSize(60, 60)))
        plane = Plane(box, *self.bounds())
        self.draw_scale(painter, plane, colors)
        for stroke in self.strokes(colors):
            stroke.paint(painter, plane, colors)
        self.draw_names(painter, plane, colors)


class Canvas(QWidget):
    """Subclasses paint with `draw` and say what stands where with `find_spots`.

    `chosen(agency, month)`: a spot was pressed, or Enter on it; the month is None where a spot has none.
    """

    chosen = Signal(str, object)
    #: The chart's name for the screen reader, and its size where nothing is shown yet.
    name = ""
    least = QSize(360, 240)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spots: Sequence[Spot] | None = None
        self._at: Spot | None = None
        self.setAccessibleName(self.name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(self.least)

    def draw(self, painter: QPainter, size: QSize, colors: theme.Colors) -> None:
        """Paints the chart in so many pixels: on screen, on paper and in a picture alike."""
        raise NotImplementedError

    def find_spots(self, size: QSize) -> Sequence[Spot]:
        """What stands where."""
        raise NotImplementedError

    def renew(self) -> None:
        """Something else is to be drawn."""
        self._spots, self._at = None, None
        self.update()

    def spots(self) -> Sequence[Spot]:
        """What stands where, found once for each size."""
        if self._spots is None:
            self._spots = self.find_spots(self.size())
        return self._spots

    def resizeEvent(self, event) -> None:
        """Everything stands elsewhere."""
        self.renew()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chart, and a frame around the spot that the keys are at."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw(painter, self.size(), theme.colors())
        if self._at is not None and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.colors().text), 1.6))
            painter.drawRoundedRect(self._at.box.adjusted(-1, -1, 1, 1), 3, 3)
        painter.end()

    def spot_at(self, place: QPointF) -> Spot | None:
        """The spot that is meant by a place: the one around it, else the nearest that is near."""
        return spot_near(self.spots(), place)

    def mouseMoveEvent(self, event) -> None:
        """Says what is under the pointer."""
        spot = self.spot_at(event.position())
        self.setToolTip("" if spot is None else spot.said)
        shape = Qt.CursorShape.ArrowCursor if spot is None else Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)

    def mousePressEvent(self, event) -> None:
        """Chooses what is under the pointer."""
        spot = self.spot_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and spot is not None:
            self._at = spot
            self.chosen.emit(spot.agency, spot.month)

    def keyPressEvent(self, event) -> None:
        """The arrows go from spot to spot and say what stands there; Enter chooses."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self.chosen.emit(self._at.agency, self._at.month)
        elif event.key() in STEPS and not event.modifiers() and self.spots():
            self._step(*STEPS[event.key()])
        else:
            super().keyPressEvent(event)

    def _step(self, right: int, down: int) -> None:
        """To the next spot in a direction, rather ahead than aside."""
        if self._at is None:
            self._go(self.spots()[0])
            return
        further = spot_ahead(self.spots(), self._at, right, down)
        if further is not None:
            self._go(further)

    def _go(self, spot: Spot) -> None:
        self._at = spot
        self.setAccessibleDescription(spot.said)
        below = spot.box.bottomRight().toPoint() + QPoint(4, 4)
        QToolTip.showText(self.mapToGlobal(below), spot.said, self)
        self.update()


def disc(radius: float) -> QPainterPath:
    """A round mark."""
    made = QPainterPath()
    made.addEllipse(QPointF(0, 0), radius, radius)
    return made


def spot_near(spots: Sequence[Spot], place: QPointF) -> Spot | None:
    """The spot around a place, else the nearest that is near."""
    best, least = None, float(_NEAR)
    for spot in spots:
        if spot.box.contains(place):
            return spot
        distance = _distance(spot.box.center(), place)
        if distance < least:
            best, least = spot, distance
    return best


def spot_ahead(spots: Sequence[Spot], start: Spot, right: int, down: int) -> Spot | None:
    """The next spot in a direction, rather ahead than aside."""
    best: tuple[float, Spot] | None = None
    for spot in spots:
        gap = spot.box.center() - start.box.center()
        ahead = gap.x() * right + gap.y() * down
        aside = abs(gap.x() * down) + abs(gap.y() * right)
        if ahead > 0.5 and (best is None or ahead + 3 * aside < best[0]):
            best = (ahead + 3 * aside, spot)
    return None if best is None else best[1]


def round_values(low: float, high: float, most: int) -> list[float]:
    """The multiples of 1, 2 or 5 times a power of ten between two values, at most about so many."""
    power = 10.0 ** floor(log10((high - low) / most))
    step = next(power * factor for factor in (1, 2, 5, 10) if (high - low) / (power * factor) <= most)
    return [number * step for number in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def year_marks(months: Sequence[date]) -> frozenset[date]:
    """The months at which the year is written: each January, and the first month unless a January comes at once."""
    first = set() if any(month.month == 1 for month in months[:4]) else set(months[:1])
    return frozenset(first | {month for month in months if month.month == 1})


def _distance(one: QPointF, other: QPointF) -> float:
    return hypot(one.x() - other.x(), one.y() - other.y())
