"""Pages below each other as they will be printed, at any size."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.documents.sheets import HEIGHT, WIDTH, Sheet
from views.documents.painter import paint_sheet
from views.shell import theme
from views.shell.theme import UNIT

_GAP = 4 * UNIT


class PageCanvas(QWidget):
    """The pages of a paper; only what is seen is painted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("版面预览")
        self.sheets: tuple[Sheet, ...] = ()
        self.zoom = 1.0

    def show_sheets(self, sheets: tuple[Sheet, ...], zoom: float) -> None:
        """Shows pages; `zoom`: pixels to a point."""
        self.sheets, self.zoom = sheets, zoom
        self.setAccessibleDescription("\n".join(sheet.text for sheet in sheets))
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        """As large as the pages."""
        high = len(self.sheets) * (HEIGHT * self.zoom + _GAP) + _GAP
        return QSize(round(WIDTH * self.zoom) + 2 * _GAP, round(high))

    def paintEvent(self, event: QPaintEvent) -> None:
        """White pages in either scheme: paper is white."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        for place, sheet in enumerate(self.sheets):
            box = QRectF(
                _GAP, _GAP + place * (HEIGHT * self.zoom + _GAP), WIDTH * self.zoom, HEIGHT * self.zoom
            )
            if box.intersects(QRectF(event.rect())):
                painter.setPen(QPen(QColor(theme.colors().line), 1))
                painter.setBrush(Qt.GlobalColor.white)
                painter.drawRect(box)
                painter.save()
                painter.translate(box.topLeft())
                paint_sheet(painter, sheet, self.zoom)
                painter.restore()
        painter.end()
