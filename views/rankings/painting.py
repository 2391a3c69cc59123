"""Drawing a ranking in pixels: the scale, the bars, the words. Screen, PNG and SVG share it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from views.rankings.parts import PARTS, change_of, change_text, tied
from views.shell import theme

#: Room right of the bars for total and change; left of them for the rank; the names' share of the width at most.
RIGHT, BEFORE, LONGEST = 96, 56, 0.42
#: Room above the first bar for the legend, and below the last for the scale.
TOP, BOTTOM = 36, 26
#: A bar's share of its row.
BAR = 0.56


def left_of(rows: tuple[Any, ...], width: float) -> float:
    """Where the bars of a chart so wide begin: behind the longest name."""
    metrics = QFontMetricsF(theme.font())
    shared = tied(rows)
    names = (metrics.horizontalAdvance(_name(row, shared)) for row in rows)
    return BEFORE + min(LONGEST * width, max(names, default=60))


def part_at(row: Any, x: float, left: float, width: float) -> str | None:
    """The part of a row's bar at a place in pixels; None beside the bar."""
    done = 0.0
    for part, _ in PARTS:
        done += float(getattr(row.score, part).contribution)
        if left <= x < place(done, left, width):
            return part
    return None


def paint_chart(
    painter: QPainter, rows: tuple[Any, ...], width: float, row_height: float, colors: theme.Colors
) -> None:
    """The whole chart."""
    paint_scale(painter, rows, width, row_height, colors)
    paint_bars(painter, rows, width, row_height, colors)
    paint_words(painter, rows, width, row_height, colors)


def paint_scale(
    painter: QPainter, rows: tuple[Any, ...], width: float, row_height: float, colors: theme.Colors
) -> None:
    """Lines at 0, 20 … 100 with their numbers."""
    bottom, left = TOP + row_height * max(1, len(rows)), left_of(rows, width)
    for points in range(0, 101, 20):
        x = place(points, left, width)
        painter.fillRect(QRectF(x, TOP, 1, bottom - TOP), QColor(colors.line))
        write(
            painter,
            QRectF(x - 30, bottom + 4, 60, 18),
            str(points),
            theme.SMALL,
            colors.secondary,
            centre=True,
        )


def paint_bars(
    painter: QPainter, rows: tuple[Any, ...], width: float, row_height: float, colors: theme.Colors
) -> None:
    """The four contributions of each row, one after the other."""
    painter.setPen(Qt.PenStyle.NoPen)
    begin = left_of(rows, width)
    for number, row in enumerate(rows):
        done = 0.0
        top = TOP + row_height * (number + 0.5 - BAR / 2)
        for (part, _), color in zip(PARTS, colors.parts, strict=True):
            points = float(getattr(row.score, part).contribution)
            painter.setBrush(QColor(color))
            x, end = place(done, begin, width), place(done + points, begin, width)
            # A gap between the parts tells them apart where there is no colour.
            painter.drawRect(QRectF(x, top, max(0.0, end - x - 1), row_height * BAR))
            done += points


def paint_words(
    painter: QPainter, rows: tuple[Any, ...], width: float, row_height: float, colors: theme.Colors
) -> None:
    """Ranks and names at the left, totals and changes behind the bars, the legend above."""
    left, shared = left_of(rows, width), tied(rows)
    for number, row in enumerate(rows):
        box = QRectF(left, TOP + number * row_height, width - left - RIGHT, row_height)
        _paint_row(painter, box, row, _name(row, shared), colors)
    _paint_legend(painter, left, width, colors)


def _name(row: Any, shared: frozenset[int]) -> str:
    """The agency with its marks: * for few ratings, 并列 for a shared rank."""
    marks = (" *" if row.score.small_sample else "") + (" 并列" if row.rank in shared else "")
    return f"{row.score.facts.agency}{marks}"


def _paint_row(painter: QPainter, bars: QRectF, row: Any, name: str, c: theme.Colors) -> None:
    top, high, left = bars.top(), bars.height(), bars.left()
    write(painter, QRectF(4, top, 26, high), str(row.rank), theme.BODY, c.secondary, right=True)
    _write_name(painter, QRectF(42, top, left - 44, high), row, name, c)
    total = sum(float(getattr(row.score, part).contribution) for part, _ in PARTS)
    x = left + bars.width() * total / 100 + 8
    write(painter, QRectF(x, top, 52, high), f"{row.score.composite:.2f}", theme.BODY, c.text, bold=True)
    change = change_of(row)
    ink = c.secondary if not change else c.green if change > 0 else c.red
    write(painter, QRectF(x + 48, top, 40, high), change_text(row), theme.BODY, ink)


def _write_name(painter: QPainter, box: QRectF, row: Any, name: str, c: theme.Colors) -> None:
    """The name with its marks; where it is too long it loses its middle, never a mark."""
    metrics = QFontMetricsF(theme.font())
    marks = name.removeprefix(row.score.facts.agency)
    room = box.width() - metrics.horizontalAdvance(marks)
    agency = metrics.elidedText(row.score.facts.agency, Qt.TextElideMode.ElideMiddle, room)
    write(painter, box, agency, theme.BODY, c.text)
    box = box.adjusted(metrics.horizontalAdvance(agency), 0, 0, 0)
    write(painter, box, marks, theme.BODY, c.secondary)


def _paint_legend(painter: QPainter, x: float, width: float, c: theme.Colors) -> None:
    """Above the bars; further left where long names leave it too little room."""
    metrics = QFontMetricsF(theme.font(theme.SMALL))
    widths = [metrics.horizontalAdvance(name) + 4 for _, name in PARTS]
    x = max(4.0, min(x, width - sum(widths) - 26 * len(widths) + 6))
    for (_, name), wide, color in zip(PARTS, widths, c.parts, strict=True):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(QRectF(x, TOP / 2 - 6, 11, 11), 2.5, 2.5)
        write(painter, QRectF(x + 16, TOP / 2 - 11, wide, 20), name, theme.SMALL, c.secondary)
        x += wide + 26


def place(points: float, left: float, width: float) -> float:
    """Where so many points (0–100) end, when the bars begin at `left` of a chart so wide."""
    return left + (width - left - RIGHT) * points / 100


def write(painter: QPainter, box: QRectF, text: str, size: float, ink: str, *, bold: bool = False,
          right: bool = False, centre: bool = False) -> None:  # fmt: skip
    """One line of text in a box, in the middle of its height."""
    painter.setFont(theme.font(size, bold=bold))
    painter.setPen(QColor(ink))
    side = (
        Qt.AlignmentFlag.AlignRight
        if right
        else Qt.AlignmentFlag.AlignHCenter
        if centre
        else Qt.AlignmentFlag.AlignLeft
    )
    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, text)
