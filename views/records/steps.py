"""The way of a record as a row of steps."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from views.shell import icons, theme


class StepRow(QWidget):
    """What is done, what it waits for, what is still to come."""

    def __init__(self, words: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._at = 0
        self._ended: str | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_at(self, at: int, said: str, *, ended: str | None = None) -> None:
        """So many steps are done. `said`: the state in words; `ended`: it went no further, and how that is called."""
        self._at, self._ended = at, ended
        self.setAccessibleName(f"办理进度：{said}")
        self.update()

    def sizeHint(self) -> QSize:
        """Circles and a line of text."""
        return QSize(300, 30 + QFontMetrics(theme.font(theme.SMALL)).height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Circles on a line, words below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inset = 18.0
        gap = (self.width() - 2 * inset) / max(1, len(self._words) - 1)
        for number in range(1, len(self._words)):
            self._bar(painter, QPointF(inset + number * gap, 12), gap, done=number <= self._at)
        for number, word in enumerate(self._words):
            self._step(painter, QPointF(inset + number * gap, 12), word, number - self._at, gap)
        painter.end()

    def _bar(self, painter: QPainter, middle: QPointF, gap: float, *, done: bool) -> None:
        c = theme.colors()
        painter.setPen(QPen(QColor(c.accent if done else c.line), 2))
        painter.drawLine(QPointF(middle.x() - gap + 9, 12), QPointF(middle.x() - 9, 12))

    def _step(self, painter: QPainter, middle: QPointF, word: str, ahead: int, gap: float) -> None:
        c = theme.colors()
        ended = self._ended is not None and ahead == 0
        ring = c.red if ended else c.accent if ahead <= 0 else c.line
        painter.setPen(QPen(QColor(ring), 2))
        painter.setBrush(QColor(ring if ahead < 0 or ended else c.surface))
        painter.drawEllipse(middle, 7, 7)
        if ended:
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
        painter.setPen(QColor(c.red if ended else c.text if ahead == 0 else c.secondary))
        painter.setFont(theme.font(theme.SMALL, bold=ahead == 0))
        self._word(painter, middle, self._ended or word if ended else word, gap)

    def _word(self, painter: QPainter, middle: QPointF, word: str, gap: float) -> None:
        """Below its circle, and within the row also at its ends."""
        wide = min(gap + 16, painter.fontMetrics().horizontalAdvance(word) + 4.0)
        left = min(max(0.0, middle.x() - wide / 2), self.width() - wide)
        box = QRectF(left, 24, wide, painter.fontMetrics().height())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
