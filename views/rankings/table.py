"""The table beside the bars: every number that has a list behind it is a link that opens it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyledItemDelegate, QTableView, QWidget

from views.rankings.parts import counted, tickets_of, value_text
from views.shell import theme
from views.shell.theme import UNIT
from views.tables.view import plain_cell

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class RankColumn:
    """A column: `text(row)`; `link`: pressing opens the tickets behind it."""

    title: str
    width: int
    text: Callable[[Any], str]
    hint: Callable[[Any], str]
    link: bool = False


def _part(name: str) -> tuple[Callable[[Any], str], Callable[[Any], str]]:
    return (lambda row: value_text(getattr(row.score, name).value)), (lambda row: counted(row.score, name))


COLUMNS = (
    RankColumn("质量", 62, *_part("quality")),
    RankColumn("处理", 62, *_part("handling"), link=True),
    RankColumn("推广", 62, *_part("hall_adoption")),
    RankColumn("覆盖", 60, *_part("coverage")),
    RankColumn("评价", 54, lambda r: f"{r.score.facts.ratings:,}", lambda _r: "全部平台的事项评价条数"),
    RankColumn("工单", 46, lambda r: str(tickets_of(r.score)), lambda _r: "打开这些工单", link=True),
)
#: Columns of the copied table before those on screen.
_BEFORE = ("名次", "单位", "综合评分", "上期名次")


class RankModel(QAbstractTableModel):
    """Ranked rows, best first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[Any, ...] = ()
        self.links = True

    def show_rows(self, rows: tuple[Any, ...], *, links: bool) -> None:
        """Shows another ranking; `links`: whether its lists can be opened."""
        self.beginResetModel()
        self.rows, self.links = rows, links
        self.endResetModel()

    def opens(self, index: Index) -> bool:
        """Whether a cell opens the tickets behind its number."""
        column = COLUMNS[index.column()]
        return self.links and column.link and tickets_of(self.rows[index.row()].score) > 0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Number, and its numerator and denominator on hover."""
        column, row = COLUMNS[index.column()], self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.hint(row)
        return (
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            if role == Qt.ItemDataRole.TextAlignmentRole
            else None
        )

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The titles."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        return (
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            if role == Qt.ItemDataRole.TextAlignmentRole
            else None
        )

    def as_text(self) -> str:
        """The whole table, tab-separated."""
        lines = [[*_BEFORE, *(column.title for column in COLUMNS)]]
        for row in self.rows:
            before = [
                str(row.rank),
                row.score.facts.agency,
                f"{row.score.composite:.2f}",
                str(row.previous_rank or ""),
            ]
            lines.append([*before, *(column.text(row) for column in COLUMNS)])
        return "\n".join("\t".join(plain_cell(cell) for cell in line) for line in lines)


class _Cell(QStyledItemDelegate):
    def paint(self, painter: QPainter, option, index: Index) -> None:
        c, model = theme.colors(), index.model()
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(option.rect, QColor(c.accent_soft if chosen else c.surface))
        text = index.data()
        low = COLUMNS[index.column()].title == "处理" and text == "0.00"
        ink = c.accent if model.opens(index) else c.red if low else c.secondary if text == "—" else c.text
        painter.setPen(QColor(ink))
        painter.setFont(theme.font())
        box = QRectF(option.rect).adjusted(0, 0, -2 * UNIT, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        if model.opens(index) and option.state & QStyle.StateFlag.State_MouseOver:
            width = QFontMetrics(theme.font()).horizontalAdvance(text)
            painter.drawLine(
                int(box.right() - width),
                int(box.center().y() + 9),
                int(box.right()),
                int(box.center().y() + 9),
            )
        painter.restore()


class RankTable(QTableView):
    """`chosen(index)` when a row becomes current; `opened(index)` when a link is pressed."""

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, parent: QWidget, *, row_height: int, head: int, foot: int) -> None:
        super().__init__(parent)
        self._row, self._head, self._foot = row_height, head, foot
        self.setAccessibleName("排名表")
        self.rank_model = RankModel(self)
        self.setModel(self.rank_model)
        self.setItemDelegate(_Cell(self))
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(row_height)
        self.verticalHeader().setDefaultSectionSize(row_height)
        self.horizontalHeader().setFixedHeight(head)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for number, column in enumerate(COLUMNS):
            self.setColumnWidth(number, column.width)
        self.setFixedWidth(sum(column.width for column in COLUMNS) + 2)
        self.clicked.connect(self._pressed)
        self.activated.connect(self._pressed)
        self.selectionModel().currentRowChanged.connect(self._moved)

    def show_rows(self, rows: tuple[Any, ...], *, links: bool) -> None:
        """Shows a ranking as high as its chart."""
        self.rank_model.show_rows(rows, links=links)
        self.setFixedHeight(self._head + self._row * max(1, len(rows)) + self._foot)

    def keyPressEvent(self, event) -> None:
        """Copies the whole table with the usual keys."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.rank_model.as_text())
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event) -> None:
        """A hand over links."""
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        hand = index.isValid() and self.rank_model.opens(index)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def _pressed(self, index: QModelIndex) -> None:
        if self.rank_model.opens(index):
            self.opened.emit(index.row())

    def _moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(current.row())
