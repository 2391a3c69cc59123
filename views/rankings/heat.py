"""The heat map: every agency in every month, the darker the better, with its number where there is room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from views.rankings.canvas import Canvas, Spot, year_marks
from views.rankings.painting import write
from views.rankings.parts import month_lines
from views.shell import theme

#: Room above for year and month, below for the words of the scale, and at the right edge.
TOP, BOTTOM, RIGHT = 40, 30, 8
_LONGEST = 210
#: A number needs a cell so large; below that the colour and the words on hover remain.
_ROOM = (17, 12)
_WIDEST = 64.0
#: Numbers are written in whichever is read better.
_INKS = ("#000000", "#FFFFFF")


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the cells stand."""

    left: float
    wide: float
    high: float

    def box(self, row: int, column: int) -> QRectF:
        """A cell, with a gap of one pixel."""
        return QRectF(
            self.left + column * self.wide,
            TOP + row * self.high,
            max(1.0, self.wide - 1),
            max(1.0, self.high - 1),
        )


class HeatMap(Canvas):
    """`chosen(agency, month)` opens that month."""

    name = "名次热力图"
    least = QSize(420, 260)

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.grid: Any = None
        self.by_rank = False
        self.marked: tuple[str | None, frozenset[date]] = (None, frozenset())

    def show_grid(self, grid: Any, *, by_rank: bool, agency: str | None, months: frozenset[date]) -> None:
        """Shows scores or ranks; the chosen agency and the months of the period are marked."""
        shown = (grid, by_rank, (agency, months))
        if shown != (self.grid, self.by_rank, self.marked):
            self.grid, self.by_rank, self.marked = shown
            self.renew()

    def draw(self, painter: QPainter, size: QSize, colors: theme.Colors) -> None:
        """Names, months, cells and the scale."""
        if self.grid is None or not self.grid.agencies:
            return
        frame = self._frame(size)
        self._draw_head(painter, frame, colors)
        self._draw_names(painter, frame, colors)
        self._draw_cells(painter, frame, colors)
        self._draw_foot(painter, size, frame, colors)

    def find_spots(self, size: QSize) -> list[Spot]:
        """Each cell, said in words."""
        if self.grid is None or not self.grid.agencies:
            return []
        frame = self._frame(size)
        return [
            Spot(frame.box(row, column), agency, month, self._said(agency, month))
            for row, agency in enumerate(self.grid.agencies)
            for column, month in enumerate(self.grid.months)
        ]

    def _said(self, agency: str, month: date) -> str:
        cell = self.grid.cells.get((agency, month))
        return month_lines(agency, month, cell, closed=month in self.grid.closed)

    def _frame(self, size: QSize) -> Frame:
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        longest = max(metrics.horizontalAdvance(name) for name in self.grid.agencies)
        left = min(_LONGEST, longest) + 16
        return Frame(
            left,
            min(_WIDEST, (size.width() - left - RIGHT) / len(self.grid.months)),
            (size.height() - TOP - BOTTOM) / len(self.grid.agencies),
        )

    def _draw_head(self, painter: QPainter, frame: Frame, c: theme.Colors) -> None:
        every, marked = max(1, round(16 / frame.wide + 0.49)), year_marks(self.grid.months)
        for column, month in enumerate(self.grid.months):
            x = frame.left + column * frame.wide
            if month in marked:
                write(painter, QRectF(x, 2, 80, 18), f"{month.year}年", theme.SMALL, c.secondary)
            if column % every == 0:
                ink = c.accent if month in self.marked[1] else c.secondary
                box = QRectF(x - 10, 19, frame.wide + 20, 18)
                write(painter, box, str(month.month), theme.SMALL, ink, centre=True, bold=ink == c.accent)

    def _draw_names(self, painter: QPainter, frame: Frame, c: theme.Colors) -> None:
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        every = max(1, round(13 / frame.high + 0.49))
        for row, agency in enumerate(self.grid.agencies):
            if row % every == 0 or agency == self.marked[0]:
                shown = metrics.elidedText(agency, Qt.TextElideMode.ElideMiddle, frame.left - 12)
                box = QRectF(0, TOP + row * frame.high - 4, frame.left - 8, frame.high + 8)
                chosen = agency == self.marked[0]
                write(
                    painter, box, shown, theme.SMALL, c.accent if chosen else c.text, right=True, bold=chosen
                )

    def _draw_cells(self, painter: QPainter, frame: Frame, c: theme.Colors) -> None:
        shades = [QColor(shade) for shade in _shades(c)]
        inks = [QColor(max(_INKS, key=lambda ink: theme.contrast(s.name(), ink))) for s in shades]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(theme.font(7.5 if frame.wide < 22 else theme.SMALL - 0.5))
        numbered = frame.wide >= _ROOM[0] and frame.high >= _ROOM[1]
        empty = QColor(c.line)
        for row, agency in enumerate(self.grid.agencies):
            for column, cell in enumerate(self.grid.line(agency)):
                box = frame.box(row, column)
                if cell is None:
                    middle = box.center()
                    painter.fillRect(QRectF(middle.x() - 2, middle.y(), 4, 1), empty)
                    continue
                shade = self._shade(cell)
                painter.fillRect(box, shades[shade])
                if numbered:
                    painter.setPen(inks[shade])
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._number(cell))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _number(self, cell: Any) -> str:
        number = str(cell.rank) if self.by_rank else f"{cell.composite:.0f}"
        return f"{number}*" if cell.small_sample else number

    def _shade(self, cell: Any) -> int:
        """0, the palest, to 7: by rank among the group, by score between 60 and 100."""
        if self.by_rank:
            return 7 - min(7, (cell.rank - 1) * 8 // max(1, len(self.grid.agencies)))
        return max(0, min(7, int((cell.composite - 60) // 5)))

    def _draw_foot(self, painter: QPainter, size: QSize, frame: Frame, c: theme.Colors) -> None:
        top, x = size.height() - BOTTOM + 8, frame.left
        low, high = ("名次靠后", "名次靠前") if self.by_rank else ("65 分以下", "95 分以上")
        write(painter, QRectF(x, top, 66, 18), low, theme.SMALL, c.secondary)
        x += 68
        for shade in _shades(c):
            painter.fillRect(QRectF(x, top + 3, 15, 12), QColor(shade))
            x += 16
        note = f"{high}　— 未参加排名　* 小样本"
        write(painter, QRectF(x + 6, top, 320, 18), note, theme.SMALL, c.secondary)


def _shades(c: theme.Colors) -> Iterator[str]:
    """Eight steps from near the surface to the accent: of falling or rising lightness, so without colour too."""
    pale, strong = QColor(c.surface), QColor(c.accent)
    for step in range(8):
        share = 0.08 + 0.92 * step / 7
        parts = (
            round(getattr(pale, part)() * (1 - share) + getattr(strong, part)() * share)
            for part in ("red", "green", "blue")
        )
        yield QColor(*parts).name()
