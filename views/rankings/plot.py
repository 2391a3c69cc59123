"""A chart on screen in which people look around: nearer, further, aside, with the nearest point in words.

pyqtgraph carries the plane, its lines and marks. Imported only where such a chart is first turned to: numpy comes with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QTransform
from PySide6.QtWidgets import QWidget

from views.rankings.canvas import EDGE, LINE, STEPS, Chart, Plane, Point, Spot, Stroke, spot_ahead, spot_near
from views.rankings.painting import write
from views.shell import theme

#: The box in pixels of which a mark is drawn.
_MARK = 14
#: A key's step in or out, and how far in one can go.
_ZOOM, _NEAREST = 0.8, 1 / 40
_HINT = "滚轮缩放，拖动平移，双击显示全部"
_KEYS = "方向键到相邻的点，加号减号缩放，Shift 加方向键平移，Home 显示全部，回车打开"
_TEXT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class Plot(pg.GraphicsView):
    """Shows a `Chart`: wheel and drag as pyqtgraph has them, double click or Home for all, arrows from point to point.

    `chosen(agency, month)`: a point was pressed, or Enter on it; the month is None where a point has none.
    """

    chosen = Signal(str, object)
    chart: Chart | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self._points: tuple[Point, ...] = ()
        self._bounds: tuple[float, ...] = ()
        self._at: tuple[str, object] | None = None
        self._hovered: Spot | None = None
        self.setMinimumSize(QSize(360, 240))
        # Scale and names are painted around the plane, so all of it is drawn anew when a part moves.
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.view = pg.ViewBox(enableMenu=False, defaultPadding=0)
        self.view.disableAutoRange()
        self.view.sigRangeChanged.connect(self._moved)
        self.centralLayout.addItem(self.view, 0, 0)
        self.sceneObj.sigMouseClicked.connect(self._clicked)

    def show_chart(self, chart: Chart) -> None:
        """Shows another chart; what was looked at stays in sight where the bounds are the same."""
        self.chart = chart
        self.setAccessibleName(chart.name)
        self.setAccessibleDescription(_KEYS)
        margins, bounds = chart.margins(), chart.bounds()
        self.centralLayout.setContentsMargins(
            margins.left(), margins.top(), margins.right(), margins.bottom()
        )
        self.centralLayout.activate()
        if bounds != self._bounds:
            self._bounds, self._at = bounds, None
            self._limit(*bounds)
            self.show_all()
        self._fill(chart)

    def _limit(self, left: float, right: float, low: float, high: float) -> None:
        wide, tall = right - left, high - low
        self.view.setLimits(
            xMin=left, xMax=right, yMin=low, yMax=high, maxXRange=wide, maxYRange=tall,
            minXRange=wide * _NEAREST, minYRange=tall * _NEAREST,
        )  # fmt: skip

    def show_all(self) -> None:
        """Back to the whole chart."""
        if self._bounds:
            left, right, low, high = self._bounds
            self.view.setRange(xRange=(left, right), yRange=(low, high), padding=0)

    def _fill(self, chart: Chart) -> None:
        """The chart's lines and marks in the colours in force."""
        self.view.clear()
        self._hovered = None
        strokes = chart.strokes(theme.colors())
        self._points = tuple(point for stroke in strokes for point in stroke.points if point is not None)
        for stroke in strokes:
            self._add(stroke)
        self.viewport().update()

    def _add(self, stroke: Stroke) -> None:
        sharp = (
            self.devicePixelRatioF()
        )  # the pens of a plane that is stretched count the screen's own pixels
        if stroke.line != Qt.PenStyle.NoPen:
            xs = [nan if point is None else point.x for point in stroke.points]
            ys = [nan if point is None else point.y for point in stroke.points]
            pen = pg.mkPen(stroke.color, width=LINE * sharp, style=stroke.line)
            self.view.addItem(pg.PlotCurveItem(xs, ys, pen=pen, connect="finite", antialias=True))
        points = [point for point in stroke.points if point is not None]
        surface = theme.colors().surface
        self.view.addItem(
            pg.ScatterPlotItem(
                [point.x for point in points], [point.y for point in points], size=_MARK,
                symbol=QTransform.fromScale(1 / _MARK, 1 / _MARK).map(stroke.mark),
                pen=pg.mkPen(stroke.color, width=EDGE * sharp), antialias=True,
                brush=[pg.mkBrush(surface if point.hollow else stroke.color) for point in points],
            )
        )  # fmt: skip

    # where things are -------------------------------------------------------------------------------------

    def plane(self) -> Plane:
        """What is shown just now."""
        (left, right), (low, high) = self.view.viewRange()
        return Plane(self.view.sceneBoundingRect(), left, right, low, high)

    def spots(self) -> Sequence[Spot]:
        """Where each point stands just now, those out of sight too."""
        plane = self.plane()
        places = [(point, plane.place(point.x, point.y)) for point in self._points]
        return [
            Spot(QRectF(at.x() - 6, at.y() - 6, 12, 12), point.agency, point.month, point.said)
            for point, at in places
        ]

    def spot_at(self, place: QPointF) -> Spot | None:
        """The spot in sight that is meant by a place."""
        seen = self.view.sceneBoundingRect().adjusted(-6, -6, 6, 6)
        return spot_near([spot for spot in self.spots() if seen.contains(spot.box.center())], place)

    def _current(self) -> Spot | None:
        return next((spot for spot in self.spots() if (spot.agency, spot.month) == self._at), None)

    def _moved(self) -> None:
        self._hovered = None
        self.viewport().update()

    # mouse ------------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event) -> None:
        """Says the point under the pointer, unless something is dragged."""
        super().mouseMoveEvent(event)
        spot = None if event.buttons() else self.spot_at(event.position())
        if spot != self._hovered:
            self._hovered = spot
            shape = Qt.CursorShape.ArrowCursor if spot is None else Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(shape)
            self.viewport().update()

    def leaveEvent(self, event) -> None:
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self._moved()

    def _clicked(self, event) -> None:
        """A press without a drag; the second of a double click chooses nothing again."""
        spot = self.spot_at(event.scenePos())
        if spot is not None and event.button() == Qt.MouseButton.LeftButton and not event.double():
            self._at = (spot.agency, spot.month)
            self.chosen.emit(spot.agency, spot.month)

    def mouseDoubleClickEvent(self, event) -> None:
        """Back to all."""
        super().mouseDoubleClickEvent(event)
        if self.spot_at(event.position()) is None:
            self.show_all()

    # keys -------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event) -> None:
        """Arrows, with Shift to move the plane; plus and minus; Home; Enter chooses."""
        key, shift = event.key(), event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        current = self._current()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current is not None:
            self.chosen.emit(current.agency, current.month)
        elif key in STEPS and shift:
            self._pan(*STEPS[key])
        elif key in STEPS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier and self._points:
            self._step(*STEPS[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self._zoom(1 / _ZOOM)
        elif key == Qt.Key.Key_Home:
            self.show_all()
        else:
            event.ignore()

    def _zoom(self, share: float) -> None:
        """Around the point that the keys are at, else the middle."""
        point = self._point()
        self.view.scaleBy((share, share), center=None if point is None else pg.Point(point.x, point.y))

    def _pan(self, right: int, down: int) -> None:
        plane = self.plane()
        self.view.translateBy(
            x=right * (plane.right - plane.left) / 10, y=-down * (plane.high - plane.low) / 10
        )

    def _point(self) -> Point | None:
        return next((point for point in self._points if (point.agency, point.month) == self._at), None)

    def _step(self, right: int, down: int) -> None:
        """To the next point in a direction, into sight where it is not."""
        current = self._current()
        spot = self.spots()[0] if current is None else spot_ahead(self.spots(), current, right, down)
        if spot is None:
            return
        self._at, self._hovered = (spot.agency, spot.month), None
        self.setAccessibleDescription(spot.said)
        point, plane = self._point(), self.plane()
        if point is not None and not plane.holds(point):
            self.view.translateBy(
                x=point.x - (plane.left + plane.right) / 2, y=point.y - (plane.low + plane.high) / 2
            )
        self.viewport().update()

    # drawing ----------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Another scheme or another screen: everything in its colours and widths, at once."""
        done: bool = super().event(event)
        again = (QEvent.Type.PaletteChange, QEvent.Type.DevicePixelRatioChange)
        if event.type() in again and self.chart is not None:
            self._fill(self.chart)
        return done

    def focusInEvent(self, event) -> None:
        """The point that the keys are at is marked."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event) -> None:
        """And no longer."""
        super().focusOutEvent(event)
        self.viewport().update()

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """Ground and scale."""
        painter.fillRect(rect, QColor(theme.colors().surface))
        if self.chart is not None:
            self.chart.draw_scale(painter, self.plane(), theme.colors())

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Names, and the point that is meant with what it says."""
        if self.chart is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plane, colors = self.plane(), theme.colors()
        self.chart.draw_names(painter, plane, colors)
        above = QRectF(0, 0, self.viewport().width() - 4, plane.box.top())
        write(painter, above, _HINT, theme.SMALL, colors.secondary, right=True)
        current = self._current() if self.hasFocus() else None
        meant = self._hovered or current
        if meant is not None and plane.box.adjusted(-6, -6, 6, 6).contains(meant.box.center()):
            _draw_cross(painter, plane, meant, colors)
            _draw_words(painter, QRectF(self.viewport().rect()), meant, colors)


def _draw_cross(painter: QPainter, plane: Plane, spot: Spot, colors: theme.Colors) -> None:
    """Lines from the point to both scales, and a frame around it."""
    at = spot.box.center()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colors.secondary), 1, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(plane.box.left(), at.y()), at)
    painter.drawLine(at, QPointF(at.x(), plane.box.bottom()))
    painter.setPen(QPen(QColor(colors.text), EDGE))
    painter.drawRoundedRect(spot.box.adjusted(-1, -1, 1, 1), 3, 3)


def _draw_words(painter: QPainter, whole: QRectF, spot: Spot, colors: theme.Colors) -> None:
    """What the point says, beside it and within the chart."""
    font, at = theme.font(theme.SMALL), spot.box.center()
    words = QFontMetricsF(font).boundingRect(QRectF(0, 0, 4000, 4000), _TEXT, spot.said)
    box = QRectF(0, 0, words.width() + 20, words.height() + 14)
    right = at.x() + 14 + box.width() <= whole.right()
    x = at.x() + 14 if right else max(4.0, at.x() - 14 - box.width())
    box.moveTopLeft(QPointF(x, max(4.0, min(at.y() + 12, whole.bottom() - box.height() - 4))))
    painter.setPen(QPen(QColor(colors.line), 1))
    painter.setBrush(QColor(colors.surface))
    painter.drawRoundedRect(box, 6, 6)
    painter.setFont(font)
    painter.setPen(QColor(colors.text))
    painter.drawText(box.adjusted(10, 7, 0, 0), _TEXT, spot.said)
