"""A small table whose numbers open the rows that they counted, by mouse and by Enter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyledItemDelegate, QTableView, QWidget

from views.shell import theme
from views.tables.view import plain_cell

Index = QModelIndex | QPersistentModelIndex
ROW = 27
_INSET = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says, what it says on hover, and what it opens."""

    text: str
    hint: str = ""
    opens: object = None


@dataclass(frozen=True, slots=True)
class Head:
    """A column; `stretch`: it takes the room that is left, and its text stands left."""

    title: str
    width: int
    stretch: bool = False


Row = tuple[Cell, ...]


class FigureModel(QAbstractTableModel):
    """Rows of cells under fixed heads."""

    def __init__(self, heads: Sequence[Head], parent: QWidget) -> None:
        super().__init__(parent)
        self.heads = tuple(heads)
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Shows other rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The columns."""
        return 0 if parent.isValid() else len(self.heads)

    def cell(self, index: Index) -> Cell:
        """The cell there."""
        return self.rows[index.row()][index.column()]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, words on hover, and the colour of a link."""
        cell = self.cell(index)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return cell.text
        if role == Qt.ItemDataRole.ToolTipRole:
            more = "按回车或单击，打开计入的明细" if cell.opens is not None else ""
            return "\n".join(part for part in (cell.hint, more) if part)
        if role == Qt.ItemDataRole.ForegroundRole and cell.opens is not None:
            return QColor(theme.colors().accent)
        return self._side(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The titles."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heads[section].title
        return self._side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        left = self.heads[column].stretch
        return (
            Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
        ) | Qt.AlignmentFlag.AlignVCenter

    def as_text(self) -> str:
        """The whole table, tab-separated."""
        lines = [[head.title for head in self.heads], *([cell.text for cell in row] for row in self.rows)]
        return "\n".join("\t".join(plain_cell(cell) for cell in line) for line in lines)


class _Padded(QStyledItemDelegate):
    """Cells as far in as the headings stand."""

    def paint(self, painter: QPainter, option: Any, index: Index) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.colors().accent_soft))
        option.rect = option.rect.adjusted(_INSET, 0, -_INSET, 0)
        super().paint(painter, option, index)


class FigureTable(QTableView):
    """`opened(what)` when a cell that opens something is pressed."""

    opened = Signal(object)

    def __init__(self, name: str, heads: Sequence[Head], parent: QWidget, *, whole: bool = False) -> None:
        """`whole`: as high as its rows, in a page that scrolls; else it scrolls itself."""
        super().__init__(parent)
        self._whole = whole
        self.figures = FigureModel(heads, self)
        self.setModel(self.figures)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setItemDelegate(_Padded(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if whole:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._size(heads)
        self.clicked.connect(self._pressed)

    def _size(self, heads: Sequence[Head]) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(ROW)
        self.verticalHeader().setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setFixedHeight(ROW + 3)
        for number, head in enumerate(heads):
            mode = QHeaderView.ResizeMode.Stretch if head.stretch else QHeaderView.ResizeMode.Fixed
            header.setSectionResizeMode(number, mode)
            self.setColumnWidth(number, head.width)
        self.setMinimumWidth(sum(head.width for head in heads))

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Shows other rows."""
        self.figures.show_rows(rows)
        if self._whole:
            self.setFixedHeight(ROW + 5 + ROW * max(1, len(self.figures.rows)))

    def keyPressEvent(self, event: Any) -> None:
        """Copies the whole table with the usual keys; Enter opens."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.figures.as_text())
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._pressed(self.currentIndex())
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: Any) -> None:
        """A hand over links."""
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        hand = index.isValid() and self.figures.cell(index).opens is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def _pressed(self, index: QModelIndex) -> None:
        if (what := self.figures.cell(index).opens) is not None:
            self.opened.emit(what)
