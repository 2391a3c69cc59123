"""The table every page uses: chips, levels, copying as text for a spreadsheet, kept column widths."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSettings,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from models.rules.ratings import Satisfaction
from views.shell import icons, theme
from views.shell.parts import paint_badge
from views.shell.theme import UNIT
from views.tables.chips import level_tone
from views.tables.model import ROW_ROLE, Column, PagedModel

ROW_HEIGHT = 32
#: Begins of a cell that a spreadsheet would run as a formula.
_FORMULA = ("=", "+", "-", "@")


class CellDelegate(QStyledItemDelegate):
    """Paints a cell after its column: text, chip, or level with dot and word."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Ground, a line below, and the content."""
        model = index.model()
        column = model.columns[index.column()]
        row = index.data(ROW_ROLE)
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        c = theme.colors()
        ground = c.accent_soft if chosen else c.hover if hovered else c.surface
        box = QRectF(option.rect)
        painter.fillRect(box, QColor(ground))
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), QColor(c.line))
        inner = box.adjusted(2 * UNIT, 0, -2 * UNIT, -1)
        if column.kind == "chip":
            _paint_chip(painter, inner, column.chip(row), chosen=chosen)
        elif column.kind == "level":
            _paint_level(painter, inner, row.level, column.mark(row) if column.mark else None)
        else:
            _paint_text(painter, inner, column, column.text(row))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The column's width, one row high."""
        return QSize(index.model().columns[index.column()].width, ROW_HEIGHT)


def _paint_chip(painter: QPainter, inner: QRectF, chip, *, chosen: bool) -> None:
    metrics = QFontMetrics(theme.font(theme.SMALL))
    height = metrics.height() + UNIT
    width = metrics.horizontalAdvance(chip.text) + 4.5 * UNIT
    box = QRectF(inner.left() - UNIT, inner.center().y() - height / 2, width, height)
    c = theme.colors()
    same = chosen and chip.tone == "accent"
    paint_badge(painter, box, chip.text, chip.tone, ground=c.surface if same else None)


def _paint_level(painter: QPainter, inner: QRectF, level: int | None, mark: str | None) -> None:
    c = theme.colors()
    if level is None:
        painter.setPen(QColor(c.secondary))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, "—")
        return
    ink = c.tone(level_tone(level))[0]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if mark:  # in place of the dot, so that the column needs no more room
        icons.paint(painter, mark, QRectF(inner.left() - 3, inner.center().y() - 6.5, 13, 13), ink)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ink))
        painter.drawEllipse(QRectF(inner.left(), inner.center().y() - 3.5, 7, 7))
    painter.setPen(QColor(c.text))
    painter.setFont(theme.font())
    painter.drawText(inner.adjusted(13, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, Satisfaction(level).label)


def _paint_text(painter: QPainter, inner: QRectF, column: Column, text: str) -> None:
    font = theme.font()
    painter.setFont(font)
    painter.setPen(QColor(theme.colors().secondary if column.quiet or text == "—" else theme.colors().text))
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(inner.width()))
    painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, shown)


class TableView(QTableView):
    """A paged table; `chosen(row)` when another row becomes the current one, `selected` when other rows are selected."""

    chosen = Signal(object)
    selected = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._fitting = False
        self._widths_set: set[str] = set()
        self._place: tuple[tuple[object, int], ...] = ()
        self.setAccessibleName(name)
        self.setItemDelegate(CellDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(8 * UNIT)
        head.sectionResized.connect(self._resized)

    def show_model(self, model: PagedModel) -> None:
        """Shows a model, with the widths the person last gave its columns."""
        self.setModel(model)
        kept = QSettings().value(f"tables/{self._name}") or {}
        self._fitting = True
        for number, column in enumerate(model.columns):
            width = kept.get(column.id) if isinstance(kept, dict) else None
            if width:
                self._widths_set.add(column.id)
            self.setColumnWidth(number, int(width or column.width))
        self._fitting = False
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        model.about_to_merge.connect(self._remember_place)
        model.loaded.connect(self._restore_place)
        self._fit()

    def choose_id(self, row_id: object) -> bool:
        """Makes the row with that id the current one; says whether it is at hand."""
        model = self.model()
        at = model.row_of(row_id)
        if at is None:
            return False
        # Whatever keys are held down: the view's own ways would add the row to the selection, or take it out.
        how = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(model.index(at, 0), how)
        return True

    def choose_nothing(self) -> None:
        """No row is the current one."""
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())

    def selected_rows(self) -> tuple[object, ...]:
        """The selected rows in the order in which they stand."""
        rows = self.model().rows
        return tuple(
            rows[at] for at in sorted({index.row() for index in self.selectionModel().selectedRows()})
        )

    def current_id(self) -> object:
        """The current row's id, or None."""
        row = self.currentIndex().data(ROW_ROLE) if self.currentIndex().isValid() else None
        return None if row is None else row.id

    def _remember_place(self) -> None:
        """The rows in sight and where they stand; a list that shows its beginning goes on to."""
        first, rows = self.rowAt(0), self.model().rows
        away = self.verticalScrollBar().value() > 0 and first >= 0
        seen = range(first, min(first + self.viewport().height() // ROW_HEIGHT + 2, len(rows)))
        self._place = tuple((rows[n].id, self.rowViewportPosition(n)) for n in seen) if away else ()

    def _restore_place(self, fresh_start: bool) -> None:
        """Brings the first row that stayed back to where it stood."""
        place, self._place = self._place, ()
        if fresh_start:
            return
        self.updateGeometries()
        for row_id, top in place:
            at = self.model().row_of(row_id)
            if at is not None:
                bar = self.verticalScrollBar()
                bar.setValue(bar.value() + self.rowViewportPosition(at) - top)
                return

    def copy_selected(self) -> str:
        """The selected rows as tab-separated text, with the titles; also put on the clipboard."""
        model = self.model()
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        shown = [n for n in range(len(model.columns)) if not self.isColumnHidden(n)]
        lines = [[model.columns[n].title for n in shown]]
        lines += [[plain_cell(model.columns[n].text(model.rows[r])) for n in shown] for r in rows]
        text = "\n".join("\t".join(line) for line in lines)
        QGuiApplication.clipboard().setText(text)
        return text

    def keyPressEvent(self, event) -> None:
        """Copies with the usual keys."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.model() is not None:
            self.copy_selected()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event) -> None:
        """Gives the stretching column what is left."""
        super().resizeEvent(event)
        self._fit()

    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.chosen.emit(current.data(ROW_ROLE) if current.isValid() else None)

    def _selection_changed(self, _now: object, _before: object) -> None:
        self.selected.emit()

    def _resized(self, section: int, _old: int, new: int) -> None:
        if self._fitting or self.model() is None:
            return
        column = self.model().columns[section]
        self._widths_set.add(column.id)
        kept = QSettings().value(f"tables/{self._name}") or {}
        QSettings().setValue(f"tables/{self._name}", {**kept, column.id: new})
        self._fit()

    def _fit(self) -> None:
        model = self.model()
        if model is None:
            return
        self._fitting = True
        room = self.viewport().width()
        for number, column in enumerate(model.columns):
            self.setColumnHidden(number, bool(column.needs) and room < column.needs)
        for number, column in enumerate(model.columns):
            if column.stretch and column.id not in self._widths_set:
                others = sum(
                    self.columnWidth(n)
                    for n in range(len(model.columns))
                    if n != number and not self.isColumnHidden(n)
                )
                self.setColumnWidth(number, max(column.width, room - others))
        self._fitting = False


def plain_cell(text: str) -> str:
    """A cell's text as a spreadsheet may take it: one line, never run as a formula."""
    flat = " ".join(text.split())
    return f"'{flat}" if flat.startswith(_FORMULA) else flat
