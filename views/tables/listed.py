"""A list at the left and the one thing chosen at the right: how most pages are laid out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from views.shell.page import MARGIN, Page
from views.shell.parts import Empty
from views.shell.theme import UNIT
from views.tables.model import PagedModel
from views.tables.view import TableView

PANEL_WIDTH = 94 * UNIT
_NARROWEST = 80 * UNIT


class ListCard(QFrame):
    """A table in a card, or, where nothing is listed, what to do about it."""

    def __init__(self, name: str, model: PagedModel, empty: Empty, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        inner = QVBoxLayout(self)
        inner.setContentsMargins(1, UNIT, 1, UNIT)
        self._stack = QStackedWidget(self)
        self._model = model
        self.table = TableView(name, self._stack)
        self.table.show_model(model)
        self.empty = empty
        self._stack.addWidget(self.table)
        self._stack.addWidget(empty)
        inner.addWidget(self._stack)

    def show_rows(self) -> None:
        """The table where there are rows, else the advice."""
        self._stack.setCurrentWidget(self.table if self._model.rows else self.empty)


def beside(page: Page, panel: QWidget) -> tuple[QVBoxLayout, QSplitter]:
    """Divides a page between a column with the header and a panel at the right; returns column and divider."""
    line = QHBoxLayout(page)
    line.setContentsMargins(0, 0, 0, 0)
    left = QWidget(page)
    column = QVBoxLayout(left)
    column.setContentsMargins(MARGIN, 4 * UNIT, 3 * UNIT, MARGIN)
    column.setSpacing(3 * UNIT)
    column.addLayout(page.header())
    split = divided(left, panel, page)
    line.addWidget(split)
    return column, split


def divided(left: QWidget, panel: QWidget, parent: QWidget) -> QSplitter:
    """What is listed at the left, which takes what is left over, and a panel at the right."""
    split = QSplitter(Qt.Orientation.Horizontal, parent)
    split.setHandleWidth(UNIT)
    split.setChildrenCollapsible(False)
    split.addWidget(left)
    split.addWidget(panel)
    panel.setMinimumWidth(_NARROWEST)
    split.setStretchFactor(0, 1)
    split.setStretchFactor(1, 0)
    split.setSizes([800, PANEL_WIDTH])
    return split
