"""The ranking and its charts as pictures: PNG, SVG, the clipboard or paper, with title, source and article.

Needs no window.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPageLayout, QPainter
from PySide6.QtWidgets import QApplication

from app.clock import local
from views.rankings.parts import ARTICLE, GROUPS
from views.rankings.periods import period_text
from views.shell import theme

WIDTH, MARGIN, HEAD, FOOT = 920, 32, 84, 58
ROW = 28
#: Pixels of a PNG per unit.
SHARP = 2
_NOTE = f"{ARTICLE}。评价不足的小样本以 * 标出；升降与上一期相比。"


@dataclass(frozen=True, slots=True)
class Plate:
    """What a picture is made of. `draw(painter, size, colors)` paints the chart itself in `size`."""

    title: str
    facts: str
    apart: str
    note: str
    size: QSize
    draw: Callable[[QPainter, QSize, theme.Colors], None]

    @property
    def whole(self) -> QSize:
        """The chart with title and notes around it."""
        return QSize(self.size.width() + 2 * MARGIN, HEAD + self.size.height() + FOOT)


def ranking_plate(view: Any) -> Plate:
    """The bars of a ranking."""
    from views.rankings.painting import BOTTOM, TOP, paint_chart

    def draw(painter: QPainter, size: QSize, colors: theme.Colors) -> None:
        paint_chart(painter, view.rows, size.width(), ROW, colors)

    size = QSize(WIDTH - 2 * MARGIN, TOP + BOTTOM + ROW * max(1, len(view.rows)))
    return Plate(title(view), facts(view), apart(view), _NOTE, size, draw)


def render_picture(view: Any, path: Path, *, dark: bool = False) -> Path:
    """Writes a ranking as .png or .svg, by the name's end; starts Qt without a screen where it must.

    Raises OSError where the file cannot be written.
    """
    ensure_application()
    return write_plate(ranking_plate(view), path, dark=dark)


def write_plate(plate: Plate, path: Path, *, dark: bool = False) -> Path:
    """Writes a picture as .png or .svg, by the name's end; raises OSError where the file cannot be written."""
    held = QBuffer()
    held.open(QIODevice.OpenModeFlag.WriteOnly)
    if path.suffix.lower() == ".svg":
        _write_svg(plate, held, _colors(dark))
    else:
        image(plate, dark=dark).save(held, "PNG")
    path.write_bytes(held.data().data())
    return path


def picture(view: Any, *, dark: bool = False) -> QImage:
    """A ranking as an image."""
    ensure_application()
    return image(ranking_plate(view), dark=dark)


def image(plate: Plate, *, dark: bool = False, sharp: int = SHARP) -> QImage:
    """A picture as an image of so many pixels per unit."""
    made = QImage(plate.whole * sharp, QImage.Format.Format_ARGB32_Premultiplied)
    made.setDotsPerMeterX(round(96 / 0.0254))
    made.setDotsPerMeterY(round(96 / 0.0254))
    made.fill(QColor(_colors(dark).surface))
    painter = QPainter(made)
    painter.scale(sharp, sharp)
    _paint(painter, plate, _colors(dark))
    painter.end()
    return made


def print_plate(plate: Plate, device: Any) -> None:
    """One page, as large as fits; always in the light scheme. `device`: a printer or PDF writer, not begun."""
    from PySide6.QtSvg import QSvgRenderer

    whole = plate.whole
    lies = whole.width() > whole.height()
    device.setPageOrientation(QPageLayout.Orientation.Landscape if lies else QPageLayout.Orientation.Portrait)
    painter = QPainter(device)
    page = painter.viewport()
    scale = min(page.width() / whole.width(), page.height() / whole.height())
    # By way of a drawing in units of its own: fonts would be measured in the printer's dots, and words not fit.
    drawn = QBuffer()
    drawn.open(QIODevice.OpenModeFlag.WriteOnly)
    _write_svg(plate, drawn, _colors(dark=False))
    QSvgRenderer(drawn.data()).render(painter, QRectF(0, 0, whole.width() * scale, whole.height() * scale))
    painter.end()


def title(view: Any) -> str:
    """2026年10月镇（街）政务服务“好差评”综合评分排名."""
    return f"{period_text(view.period)}{GROUPS.get(view.group, view.group)}政务服务“好差评”综合评分排名"


def facts(view: Any) -> str:
    """How many were ranked, on what, and by which rules."""
    return (
        f"参加排名 {len(view.rows)} 个　数据截至 {local(view.cutoff):%Y-%m-%d %H:%M}　规则集 {view.rule_set}"
        f"　{closed_text(view)}"
    )


def closed_text(view: Any) -> str:
    """已封账, 未封账, or which months of a span are closed."""
    if not view.closed:
        return "未封账"
    if len(view.closed) == view.period.length:
        return f"已封账（{local(view.closed_at):%Y-%m-%d}）"
    if len(view.closed) <= 3:
        years = {month.year for month in view.closed}
        said = [f"{m.month}月" if len(years) == 1 else f"{m.year}年{m.month}月" for m in view.closed]
        return f"已封账：{'、'.join(said)}"
    return f"已封账 {len(view.closed)} 个月，共 {view.period.length} 个月"


def apart(view: Any) -> str:
    """The agencies that were not ranked, with why."""
    if not view.unranked:
        return ""
    return "未参加排名：" + "、".join(f"{agency}（{reason}）" for agency, reason in view.unranked)


def _write_svg(plate: Plate, device: QIODevice, colors: theme.Colors) -> None:
    from PySide6.QtSvg import QSvgGenerator

    size = plate.whole
    generator = QSvgGenerator()
    generator.setOutputDevice(device)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setResolution(96)
    generator.setTitle(plate.title)
    painter = QPainter(generator)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(colors.surface))
    _paint(painter, plate, colors)
    painter.end()


def _paint(painter: QPainter, plate: Plate, c: theme.Colors) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    wide, bottom = plate.size.width(), plate.whole.height() - FOOT
    _text(painter, QRectF(MARGIN, 22, wide, 32), plate.title, theme.TITLE, c.text, bold=True)
    _text(painter, QRectF(MARGIN, 54, wide, 22), plate.facts, theme.BODY, c.secondary)
    painter.save()
    painter.translate(MARGIN, HEAD)
    plate.draw(painter, plate.size, c)
    painter.restore()
    _text(painter, QRectF(MARGIN, bottom + 4, wide, 20), plate.apart, theme.SMALL, c.secondary)
    _text(painter, QRectF(MARGIN, bottom + 24, wide, 20), plate.note, theme.SMALL, c.secondary)


def _text(painter: QPainter, box: QRectF, text: str, size: float, ink: str, *, bold: bool = False) -> None:
    painter.setFont(theme.font(size, bold=bold))
    painter.setPen(QColor(ink))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def _colors(dark: bool) -> theme.Colors:
    return theme.DARK if dark else theme.LIGHT


def ensure_application() -> None:
    """Starts Qt without a window where none runs, for the console and the self-test."""
    if QCoreApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        QApplication([])
    application = QApplication.instance()
    if isinstance(application, QApplication) and theme.Theme._current is None:
        application.setFont(theme.base_font())
