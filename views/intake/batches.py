"""Earlier imports: what, when, by whom, and what they changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from views import dates
from views.shell.parts import Badge, Empty, clear, label, row, rule
from views.shell.theme import UNIT


class BatchList(QWidget):
    """The latest imports, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, UNIT, 2 * UNIT, 0)
        self._column.setSpacing(UNIT)

    def show_batches(self, batches: tuple[Any, ...], today: date) -> None:
        """Shows them."""
        clear(self._column)
        for number, batch in enumerate(batches):
            if number:
                self._column.addWidget(rule(self))
            self._add(batch, today)
        if not batches:
            self._column.addWidget(Empty("intake", "还没有导入过", "导入的文件会列在这里。", self))
        self._column.addStretch(1)

    def _add(self, batch: Any, today: date) -> None:
        name = label(batch.file_name, "", self, wrap=True)
        top = row(spacing=2)
        top.addWidget(name, 1)
        top.addWidget(Badge(batch.kind_label, "grey", self))
        self._column.addLayout(top)
        when = label(
            f"{dates.moment(batch.loaded_at, today)} · {batch.loaded_by or '系统'}{_part(batch)}",
            "small",
            self,
        )
        when.setToolTip(dates.exact(batch.loaded_at))
        self._column.addWidget(when)
        self._column.addWidget(label(_counts(batch), "small", self, wrap=True))


def _part(batch: Any) -> str:
    return "" if not batch.kind.holds_all_or_part or batch.complete else " · 部分"


def _counts(batch: Any) -> str:
    words = (
        ("rows", "共"),
        ("inserted", "新增"),
        ("updated", "更新"),
        ("unchanged", "未变"),
        ("repeated", "重复"),
        ("refused", "退回"),
    )
    shown = []
    for name, word in words:
        value = getattr(batch, name)
        if value or name == "rows":
            shown.append(f"{word} {value:,}" + (" 行" if name == "rows" else ""))
    return "，".join(shown)
