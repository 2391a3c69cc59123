"""Painting the pages of a paper: one painter for screen, printer and PDF."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QBuffer, QIODevice, QLineF, QMarginsF, QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)

from app.documents import radicals
from app.documents.fonts import Face, Fonts, choose
from app.documents.layout import lay_out
from app.documents.model import Document
from app.documents.sheets import BODY, Run, Sheet

#: Units of the painter to a point: Qt's pixel sizes are whole, and so a quarter of a point does not get lost.
_FINE = 20
_PDF_DPI = 1200
INK, RED = QColor("#000000"), QColor("#d7000f")


@lru_cache(maxsize=1)
def installed() -> Fonts:
    """The faces that this computer has, looked up once."""
    return choose(frozenset(QFontDatabase.families()))


@lru_cache(maxsize=64)
def font(face: Face, size: float) -> QFont:
    """A face at a size in points, unhinted: the same widths at every zoom and on every device."""
    chosen = installed().of(face)
    made = QFont(chosen.family) if chosen.family else QFont()
    made.setPixelSize(round(size * _FINE))
    made.setBold(chosen.bold)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setKerning(False)
    # Noto's faces give digits beside Latin letters a local form that no character leads to: in a PDF, the digits of
    # HCP2026… could neither be found nor copied.
    made.setFeature(QFont.Tag("locl"), 0)
    return made


@lru_cache(maxsize=20_000)
def measure(text: str, face: Face, size: float) -> float:
    """The width of a text in points."""
    return QFontMetricsF(font(face, size)).horizontalAdvance(text) / _FINE


def font_warnings(sheets: tuple[Sheet, ...]) -> tuple[str, ...]:
    """What this computer's fonts do not have: prescribed faces, and characters such as those of rare names."""
    said = []
    if missing := installed().substitutions():
        said.append(f"本机没有的公文字体：{'；'.join(missing)}")
    used = {(run.face, character) for sheet in sheets for run in sheet.runs for character in run.text}
    if boxes := sorted({character for face, character in used if not _has_glyph(face, character)}):
        said.append(f"本机的字体没有这些字，纸上会成方框：{'、'.join(boxes)}")
    return tuple(said)


@lru_cache(maxsize=20_000)
def _has_glyph(face: Face, character: str) -> bool:
    """Whether the face, or a font that stands in for the one character, has it."""
    return character.isspace() or QFontMetricsF(font(face, BODY)).inFontUcs4(ord(character))


def pages_of(document: Document) -> tuple[Sheet, ...]:
    """The pages of a paper in the fonts of this computer."""
    return lay_out(document, measure)


def paint_sheet(painter: QPainter, sheet: Sheet, scale: float) -> None:
    """One page; `scale`: the device's units to a point. The painter's origin is the page's corner."""
    painter.save()
    painter.scale(scale / _FINE, scale / _FINE)
    for stroke in sheet.strokes:
        painter.setPen(
            QPen(
                RED if stroke.red else INK,
                stroke.width * _FINE,
                Qt.PenStyle.SolidLine,
                Qt.PenCapStyle.SquareCap,
            )
        )
        painter.drawLine(QLineF(stroke.x * _FINE, stroke.y * _FINE, stroke.to_x * _FINE, stroke.to_y * _FINE))
    for run in sheet.runs:
        _paint_run(painter, run)
    painter.restore()


def _paint_run(painter: QPainter, run: Run) -> None:
    painter.save()
    painter.translate(run.x * _FINE, run.y * _FINE)
    if run.turned:
        painter.rotate(90)
    set_in = QFont(font(run.face, run.size))
    set_in.setLetterSpacing(QFont.SpacingType.PercentageSpacing, run.stretch * 100)
    painter.setFont(set_in)
    painter.setPen(RED if run.red else INK)
    painter.drawText(QPointF(0, 0), run.text)
    painter.restore()


def paint_on(
    device: QPagedPaintDevice, sheets: tuple[Sheet, ...], dots: float, *, upright: bool = False
) -> None:
    """Pages on a printer or in a file; `dots`: its dots to an inch.

    `upright`: pages that lie on their side are turned onto upright paper, bound and numbered as the others are;
    else each page lies as it is read.
    """
    painter = QPainter()
    for place, sheet in enumerate(sheets):
        turned = sheet.landscape and upright
        device.setPageLayout(page_layout(landscape=sheet.landscape and not upright))
        if place:
            device.newPage()
        else:
            painter.begin(device)
        painter.save()
        if turned:
            painter.translate(0, sheet.width * dots / 72)
            painter.rotate(-90)
        paint_sheet(painter, sheet, dots / 72)
        painter.restore()
    painter.end()


def page_layout(*, landscape: bool = False) -> QPageLayout:
    """A4 without margins of the device's: the sheet has its own."""
    lies = QPageLayout.Orientation.Landscape if landscape else QPageLayout.Orientation.Portrait
    return QPageLayout(QPageSize(QPageSize.PageSizeId.A4), lies, QMarginsF(0, 0, 0, 0))


def pdf(sheets: tuple[Sheet, ...], title: str) -> bytes:
    """The paper as PDF: fonts embedded, its text searchable."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_PDF_DPI)
    writer.setTitle(title)
    paint_on(writer, sheets, _PDF_DPI)
    buffer.close()
    return radicals.searchable(bytes(buffer.data().data()))
