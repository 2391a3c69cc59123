"""A chart that is painted: what stands where is said on hover and by the keys, and can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from views.shell import theme

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
#: How near, in pixels, a point must be to be meant.
_NEAR = 14


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a chart: whose it is, of which month, and what it says in words."""

    box: QRectF
    agency: str
    month: date | None
    said: str


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
        best, least = None, float(_NEAR)
        for spot in self.spots():
            if spot.box.contains(place):
                return spot
            distance = _distance(spot.box.center(), place)
            if distance < least:
                best, least = spot, distance
        return best

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
        elif event.key() in _STEPS and not event.modifiers() and self.spots():
            self._step(*_STEPS[event.key()])
        else:
            super().keyPressEvent(event)

    def _step(self, right: int, down: int) -> None:
        """To the next spot in a direction, rather ahead than aside."""
        if self._at is None:
            self._go(self.spots()[0])
            return
        here = self._at.box.center()
        best: tuple[float, Spot] | None = None
        for spot in self.spots():
            gap = spot.box.center() - here
            ahead = gap.x() * right + gap.y() * down
            aside = abs(gap.x() * down) + abs(gap.y() * right)
            if ahead > 0.5 and (best is None or ahead + 3 * aside < best[0]):
                best = (ahead + 3 * aside, spot)
        if best is not None:
            self._go(best[1])

    def _go(self, spot: Spot) -> None:
        self._at = spot
        self.setAccessibleDescription(spot.said)
        below = spot.box.bottomRight().toPoint() + QPoint(4, 4)
        QToolTip.showText(self.mapToGlobal(below), spot.said, self)
        self.update()


def year_marks(months: Sequence[date]) -> frozenset[date]:
    """The months at which the year is written: each January, and the first month unless a January comes at once."""
    first = set() if any(month.month == 1 for month in months[:4]) else set(months[:1])
    return frozenset(first | {month for month in months if month.month == 1})


def _distance(one: QPointF, other: QPointF) -> float:
    return hypot(one.x() - other.x(), one.y() - other.y())
