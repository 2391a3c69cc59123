"""The ranking as a picture: PNG, SVG or the clipboard, with title, source and article. Needs no window."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.clock import local
from views import dates
from views.rankings.parts import ARTICLE, GROUPS
from views.shell import theme

WIDTH, MARGIN, HEAD, FOOT = 920, 32, 84, 58
ROW = 28
#: Pixels of a PNG per unit.
SHARP = 2


def render_picture(view: Any, path: Path, *, dark: bool = False) -> Path:
    """Writes a ranking as .png or .svg, by the name's end; starts Qt without a screen where it must.

    Raises OSError where the file cannot be written.
    """
    ensure_application()
    held = QBuffer()
    held.open(QIODevice.OpenModeFlag.WriteOnly)
    if path.suffix.lower() == ".svg":
        _write_svg(view, held, dark=dark)
    else:
        picture(view, dark=dark).save(held, "PNG")
    path.write_bytes(held.data().data())
    return path


def picture(view: Any, *, dark: bool = False) -> QImage:
    """A ranking as an image."""
    ensure_application()
    size = _size(view)
    image = QImage(size * SHARP, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDotsPerMeterX(round(96 / 0.0254))
    image.setDotsPerMeterY(round(96 / 0.0254))
    image.fill(QColor(_colors(dark).surface))
    painter = QPainter(image)
    painter.scale(SHARP, SHARP)
    _paint(painter, view, size, _colors(dark))
    painter.end()
    return image


def title(view: Any) -> str:
    """2026年10月镇（街）政务服务“好差评”综合评分排名."""
    first, last = view.period.first, view.period.last
    when = dates.month(first) if first == last else f"{dates.month(first)}至{dates.month(last)}"
    return f"{when}{GROUPS.get(view.group, view.group)}政务服务“好差评”综合评分排名"


def _write_svg(view: Any, device: QIODevice, *, dark: bool) -> None:
    from PySide6.QtSvg import QSvgGenerator

    size = _size(view)
    generator = QSvgGenerator()
    generator.setOutputDevice(device)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setResolution(96)
    generator.setTitle(title(view))
    painter = QPainter(generator)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(_colors(dark).surface))
    _paint(painter, view, size, _colors(dark))
    painter.end()


def _paint(painter: QPainter, view: Any, size: QSize, colors: theme.Colors) -> None:
    from views.rankings.painting import paint_chart

    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    wide = size.width() - 2 * MARGIN
    _text(painter, QRectF(MARGIN, 22, wide, 32), title(view), theme.TITLE, colors.text, bold=True)
    facts = (
        f"参加排名 {len(view.rows)} 个　数据截至 {local(view.cutoff):%Y-%m-%d %H:%M}　规则集 {view.rule_set}"
    )
    _text(painter, QRectF(MARGIN, 54, wide, 22), facts, theme.BODY, colors.secondary)
    painter.save()
    painter.translate(MARGIN, HEAD)
    paint_chart(painter, view.rows, wide, ROW, colors)
    painter.restore()
    _text(
        painter,
        QRectF(MARGIN, size.height() - FOOT + 4, wide, 20),
        _apart(view),
        theme.SMALL,
        colors.secondary,
    )
    note = f"{ARTICLE}。评价不足的小样本以 * 标出；升降与上一期相比。"
    _text(painter, QRectF(MARGIN, size.height() - FOOT + 24, wide, 20), note, theme.SMALL, colors.secondary)


def _apart(view: Any) -> str:
    if not view.unranked:
        return ""
    return "未参加排名：" + "、".join(f"{agency}（{reason}）" for agency, reason in view.unranked)


def _text(painter: QPainter, box: QRectF, text: str, size: float, ink: str, *, bold: bool = False) -> None:
    painter.setFont(theme.font(size, bold=bold))
    painter.setPen(QColor(ink))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def _size(view: Any) -> QSize:
    from views.rankings.painting import BOTTOM, TOP

    return QSize(WIDTH, HEAD + TOP + BOTTOM + ROW * max(1, len(view.rows)) + FOOT)


def _colors(dark: bool) -> theme.Colors:
    return theme.DARK if dark else theme.LIGHT


def ensure_application() -> None:
    """Starts Qt without a window where none runs, for the console and the self-test."""
    """Starts Qt without a screen where no application runs yet."""
    if QCoreApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        QApplication([])
    application = QApplication.instance()
    if isinstance(application, QApplication) and theme.Theme._current is None:
        application.setFont(theme.base_font())
