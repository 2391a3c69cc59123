"""The bars on screen, row by row with the table beside them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from views.rankings.painting import BOTTOM, TOP, left_of, paint_chart, part_at
from views.rankings.parts import change_words, explained, interval_text, tied
from views.shell import theme


class RankChart(QWidget):
    """`chosen(index)` when a row is pressed. A row is as high as the table's beside it."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, row_height: int = 28) -> None:
        super().__init__(parent)
        self.rows: tuple[Any, ...] = ()
        self.selected: int | None = None
        self._rules: Any = None
        self._row_height = row_height
        self.setAccessibleName("排名图")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: tuple[Any, ...], rules: Any) -> None:
        """Shows ranked rows, best first, and the rules that they were ranked by."""
        self.rows, self._rules = rows, rules
        self.selected = None
        self.setFixedHeight(TOP + BOTTOM + self._row_height * max(1, len(rows)))
        names = "，".join(
            f"第 {row.rank} 名 {row.score.facts.agency} {row.score.composite}" for row in rows[:5]
        )
        self.setAccessibleDescription(names)
        self.update()

    def select(self, number: int | None) -> None:
        """Marks a row."""
        self.selected = number
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for bars that can be told apart."""
        return QSize(400, self.height())

    def row_at(self, y: float) -> int | None:
        """The row at a height in pixels."""
        number = int((y - TOP) // self._row_height)
        return number if 0 <= number < len(self.rows) else None

    def mousePressEvent(self, event) -> None:
        """A row is chosen."""
        number = self.row_at(event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            self.chosen.emit(number)

    def mouseMoveEvent(self, event) -> None:
        """Says the part under the pointer; beside the bar, the whole score."""
        place = event.position()
        number = self.row_at(place.y())
        if number is None:
            self.setToolTip("")
            return
        part = part_at(self.rows[number], place.x(), left_of(self.rows, self.width()), self.width())
        self.setToolTip(self.tip(self.rows[number], part))

    def tip(self, row: Any, part: str | None = None) -> str:
        """A part with numerator, denominator and article; without one, the score and its marks."""
        head = f"{row.score.facts.agency}　第 {row.rank} 名　综合评分 {row.score.composite:.2f}"
        if part is not None:
            interval = interval_text(row.score, self._rules) if part == "quality" else ""
            return "\n".join(filter(None, (head, explained(row.score, part), interval)))
        lines = [head, change_words(row)]
        if row.rank in tied(self.rows):
            lines.append("评分相同，名次并列")
        if row.score.small_sample:
            lines.append(f"小样本：只有 {row.score.facts.ratings} 条评价，名次仅供参考")
        return "\n".join(lines)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chosen row's ground, then the chart."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.selected is not None:
            top = TOP + self.selected * self._row_height
            ground = QColor(theme.colors().accent_soft)
            painter.fillRect(QRectF(0, top, self.width(), self._row_height), ground)
        paint_chart(painter, self.rows, self.width(), self._row_height, theme.colors())
        painter.end()
