"""The way of a ticket as a row of steps."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from models.rules.lifecycle import State
from views.shell import icons, theme

STEPS = ("核实", "签收", "整改", "审核", "报送", "办结")
#: The step a state waits for.
_AT = {
    State.PENDING: 0,
    State.REJECTED: 0,
    State.DISPATCHED: 1,
    State.RECTIFYING: 2,
    State.SUBMITTED: 3,
    State.APPROVED: 4,
    State.REPORTED: 5,
    State.CLOSED: 6,
}


class Steps(QWidget):
    """What is done, what it waits for, what is still to come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = State.PENDING
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_state(self, state: State) -> None:
        """Shows where the ticket stands."""
        self._state = state
        self.setAccessibleName(f"办理进度：{state.label}")
        self.update()

    def sizeHint(self) -> QSize:
        """Circles and a line of text."""
        return QSize(300, 30 + QFontMetrics(theme.font(theme.SMALL)).height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Circles on a line, words below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        at = _AT[self._state]
        inset = 18.0
        gap = (self.width() - 2 * inset) / (len(STEPS) - 1)
        for number in range(len(STEPS)):
            middle = QPointF(inset + number * gap, 12)
            if number:
                self._bar(painter, middle, gap, done=number <= at)
        for number, word in enumerate(STEPS):
            self._step(painter, QPointF(inset + number * gap, 12), word, number - at, gap)
        painter.end()

    def _bar(self, painter: QPainter, middle: QPointF, gap: float, *, done: bool) -> None:
        c = theme.colors()
        painter.setPen(QPen(QColor(c.accent if done else c.line), 2))
        painter.drawLine(QPointF(middle.x() - gap + 9, 12), QPointF(middle.x() - 9, 12))

    def _step(self, painter: QPainter, middle: QPointF, word: str, ahead: int, gap: float) -> None:
        c = theme.colors()
        rejected = self._state is State.REJECTED and ahead == 0
        ring = c.red if rejected else c.accent if ahead <= 0 else c.line
        painter.setPen(QPen(QColor(ring), 2))
        painter.setBrush(QColor(ring if ahead < 0 or rejected else c.surface))
        painter.drawEllipse(middle, 7, 7)
        if rejected:
            icons.paint(painter, "close", QRectF(middle.x() - 5, middle.y() - 5, 10, 10), c.surface)
        elif ahead < 0:
            painter.setPen(QPen(QColor(c.surface), 1.6))
            painter.drawPolyline(
                [middle + QPointF(-3, 0), middle + QPointF(-0.8, 2.4), middle + QPointF(3.2, -2.4)]
            )
        elif ahead == 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.accent))
            painter.drawEllipse(middle, 3.2, 3.2)
        painter.setPen(QColor(c.red if rejected else c.text if ahead == 0 else c.secondary))
        painter.setFont(theme.font(theme.SMALL, bold=ahead == 0))
        box = QRectF(middle.x() - gap / 2 - 8, 24, gap + 16, painter.fontMetrics().height())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "不予转办" if rejected else word)
