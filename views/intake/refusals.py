"""The refused rows: where, what stood there, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from views.tables.model import Column, PagedModel
from views.tables.view import TableView


@dataclass(frozen=True)
class RefusedRow:
    """A refusal with its running number as id."""

    id: int
    refusal: Any


@dataclass(frozen=True)
class _All:
    rows: tuple[RefusedRow, ...]
    next: None = None


COLUMNS = (
    Column("place", "位置", 158, lambda r: f"{r.refusal.sheet}　第 {r.refusal.row} 行"),
    Column("column", "列", 110, lambda r: r.refusal.column or "—", quiet=True),
    Column("value", "原值", 130, lambda r: r.refusal.value or "（空）", quiet=True),
    Column("reason", "退回原因", 240, lambda r: r.refusal.reason, stretch=True),
)  # fmt: skip


class RefusalTable(TableView):
    """A table of refusals, all at hand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("退回的行", parent)
        self._model = PagedModel(COLUMNS, self._ask, self)
        self._refusals: tuple[Any, ...] = ()
        self.show_model(self._model)

    def show_refusals(self, refusals: tuple[Any, ...]) -> None:
        """Shows another file's refusals."""
        self._refusals = refusals
        self._model.restart()

    def _ask(self, _key: Any, _limit: int) -> None:
        self._model.arrived(_All(tuple(RefusedRow(n, r) for n, r in enumerate(self._refusals))))
