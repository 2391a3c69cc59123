"""The program's own icons: drawn on 20 × 20, coloured by the theme when loaded.

The SVG module is loaded with the first icon, which is after the shell stands.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from resources import path
from views.shell import theme

if TYPE_CHECKING:
    from PySide6.QtSvg import QSvgRenderer

SIZE = 20


@cache
def _renderer(name: str, color: str) -> QSvgRenderer:
    from PySide6.QtSvg import QSvgRenderer

    text = path("icons", f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", color).encode()))


def paint(painter: QPainter, name: str, rect: QRectF, color: str) -> None:
    """Draws an icon into `rect` in the given colour."""
    _renderer(name, color).render(painter, rect)


def pixmap(name: str, color: str, *, size: int = SIZE, ratio: float = 2.0) -> QPixmap:
    """An icon as a picture, `size` device-independent pixels wide."""
    picture = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint(painter, name, QRectF(0, 0, size, size), color)
    painter.end()
    return picture


def icon(name: str, color: str = "text") -> QIcon:
    """An icon in a colour of the theme in force, greyed when disabled."""
    return _icon(name, getattr(theme.colors(), color), theme.colors().secondary)


@cache
def _icon(name: str, color: str, disabled: str) -> QIcon:
    made = QIcon(pixmap(name, color))
    made.addPixmap(pixmap(name, disabled), QIcon.Mode.Disabled)
    return made
