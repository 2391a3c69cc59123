"""Short tables beside the list: all their rows are at hand, so that nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from views.tables.model import Column, PagedModel
from views.tables.view import ROW_HEIGHT, TableView


@dataclass(frozen=True)
class _All:
    rows: Sequence[Any]
    next: Any = None


class LineTable(TableView):
    """A table of rows that are given whole; each has an `id`."""

    def __init__(self, name: str, columns: Sequence[Column], parent: QWidget) -> None:
        super().__init__(name, parent)
        self._given: tuple[Any, ...] = ()
        self._lines = PagedModel(columns, self._give, self)
        self.show_model(self._lines)

    def show_lines(self, rows: Sequence[Any]) -> None:
        """Shows these rows; those that stay keep their selection."""
        self._given = tuple(rows)
        self._lines.refresh()
        shown = min(max(len(self._given), 2), 9)
        self.setMinimumHeight((shown + 1) * ROW_HEIGHT)

    def lines(self) -> tuple[Any, ...]:
        """The rows shown."""
        return self._given

    def _give(self, _key: Any, _limit: int) -> None:
        self._lines.arrived(_All(self._given))
