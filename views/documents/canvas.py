"""Pages below each other as they will be printed, at any size."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.documents.sheets import WIDTH, Sheet
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
        wide = max((sheet.width for sheet in self.sheets), default=WIDTH)
        high = sum(sheet.height * self.zoom + _GAP for sheet in self.sheets) + _GAP
        return QSize(round(wide * self.zoom) + 2 * _GAP, round(high))

    def boxes(self) -> Iterator[tuple[Sheet, QRectF]]:
        """Where each page lies, in the middle of the widest."""
        top = float(_GAP)
        for sheet in self.sheets:
            wide, high = sheet.width * self.zoom, sheet.height * self.zoom
            yield sheet, QRectF((self.width() - wide) / 2, top, wide, high)
            top += high + _GAP

    def paintEvent(self, event: QPaintEvent) -> None:
        """White pages in either scheme: paper is white."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        for sheet, box in self.boxes():
            if box.intersects(QRectF(event.rect())):
                painter.setPen(QPen(QColor(theme.colors().line), 1))
                painter.setBrush(Qt.GlobalColor.white)
                painter.drawRect(box)
                painter.save()
                painter.translate(box.topLeft())
                paint_sheet(painter, sheet, self.zoom)
                painter.restore()
        painter.end()
