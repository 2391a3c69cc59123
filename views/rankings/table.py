"""The table beside the bars: every number that has a list behind it is a link that opens it, by mouse and by Enter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyledItemDelegate, QTableView, QWidget

from views.rankings.parts import change_words, explained, tickets_of, value_text
from views.shell import theme
from views.shell.theme import UNIT
from views.tables.view import plain_cell

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class RankColumn:
    """A column. `figure`: what its number counts, the name under which its rows are opened."""

    title: str
    width: int
    text: Callable[[Any], str]
    hint: Callable[[Any], str]
    figure: str = ""


def _part(name: str) -> tuple[Callable[[Any], str], Callable[[Any], str], str]:
    return (
        (lambda row: value_text(getattr(row.score, name).value)),
        (lambda row: explained(row.score, name)),
        name,
    )


COLUMNS = (
    RankColumn("质量", 58, *_part("quality")),
    RankColumn("处理", 58, *_part("handling")),
    RankColumn("推广", 58, *_part("hall_adoption")),
    RankColumn("覆盖", 56, *_part("coverage")),
    RankColumn(
        "评价", 56, lambda r: f"{r.score.facts.ratings:,}", lambda _r: "全部平台的事项评价条数", "ratings"
    ),
    RankColumn(
        "工单", 44, lambda r: f"{tickets_of(r.score):,}", lambda _r: "计入本单位的差评工单", "tickets"
    ),
    RankColumn("上期", 40, lambda r: str(r.previous_rank or "—"), change_words),
)


def figure_count(score: Any, figure: str) -> int:
    """How many rows a figure counted."""
    if figure == "ratings":
        return int(score.facts.ratings)
    if figure in ("tickets", "handling"):
        return tickets_of(score)
    return int(getattr(score, figure).denominator)


#: Columns of the copied table before those on screen.
_BEFORE = ("名次", "单位", "综合评分")


class RankModel(QAbstractTableModel):
    """Ranked rows, best first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[Any, ...] = ()
        self.links: frozenset[str] = frozenset()

    def show_rows(self, rows: tuple[Any, ...], *, links: frozenset[str]) -> None:
        """Shows another ranking; `links`: the figures whose rows can be opened."""
        self.beginResetModel()
        self.rows, self.links = rows, links
        self.endResetModel()

    def opens(self, index: Index) -> bool:
        """Whether a cell opens the rows behind its number."""
        figure = COLUMNS[index.column()].figure
        return figure in self.links and figure_count(self.rows[index.row()].score, figure) > 0

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
            more = "\n按回车或单击，打开计入的明细" if self.opens(index) else ""
            return column.hint(row) + more
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
            before = [str(row.rank), row.score.facts.agency, f"{row.score.composite:.2f}"]
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
        if chosen and index == option.widget.currentIndex() and option.widget.hasFocus():
            painter.setPen(QColor(c.accent))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(2.5, 2.5, -1.5, -2.5), 3, 3)
        painter.restore()


class RankTable(QTableView):
    """`chosen(row)` when it becomes current; `figure_opened(figure, row)` when a number with a list is pressed."""

    chosen = Signal(int)
    figure_opened = Signal(str, int)

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
        self.selectionModel().currentRowChanged.connect(self._moved)

    def show_rows(self, rows: tuple[Any, ...], *, links: frozenset[str]) -> None:
        """Shows a ranking as high as its chart."""
        self.rank_model.show_rows(rows, links=links)
        self.setFixedHeight(self._head + self._row * max(1, len(rows)) + self._foot)

    def keyPressEvent(self, event) -> None:
        """Copies the whole table with the usual keys; Enter opens the rows behind a number."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.rank_model.as_text())
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._pressed(self.currentIndex())
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
            self.figure_opened.emit(COLUMNS[index.column()].figure, index.row())

    def _moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(current.row())
