"""A third party's file line by line before anything is entered; and the work of files for the threads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.assessments.rows import FileLine, drafts
from app.rankings.queries import Period
from views.shell.parts import Button, label, row
from views.shell.theme import UNIT
from views.tables.chips import ChipText
from views.tables.model import Column
from views.tickets.lines import LineTable


def reading(workspace: Any, path: Path) -> Callable[[Any], tuple[FileLine, ...]]:
    """Reads a file, for a thread."""

    def work(task: Any) -> tuple[FileLine, ...]:
        from app.assessments import commands

        return commands.read_file(workspace, path, cancelled=lambda: task.cancelled)

    return work


def exporting(workspace: Any, path: Path, period: Period, group: str) -> Callable[[Any], Any]:
    """Writes the totals, for a thread."""

    def work(_task: Any) -> Any:
        from app.assessments import workbook

        return workbook.export(workspace, path, period, group=group)

    return work


def templating(workspace: Any, path: Path, period: Period) -> Callable[[Any], Any]:
    """Writes the empty form, for a thread."""

    def work(_task: Any) -> Any:
        from app.assessments import workbook

        return workbook.template(workspace, path, period)

    return work


def _mark(line: FileLine) -> ChipText:
    return ChipText("录入", "green") if line.draft is not None else ChipText("不录入", "red")


def _said(line: FileLine) -> str:
    return line.problem or (line.draft.evidence if line.draft is not None else "—")


_LINES = (
    Column("row", "行", 48, lambda one: str(one.id), right=True, quiet=True),
    Column("mark", "结果", 84, lambda one: _mark(one).text, kind="chip", chip=_mark),
    Column("agency", "单位", 120, lambda one: one.agency),
    Column("indicator", "指标", 140, lambda one: one.indicator),
    Column("period", "时段", 104, lambda one: one.period),
    Column("value", "评价值", 72, lambda one: one.value, right=True),
    Column("said", "说明", 120, _said, stretch=True, quiet=True),
)


class FilePreview(QWidget):
    """`wanted(tuple[Draft, ...])` when what can be taken is to be entered, `closed` when not."""

    wanted = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[FileLine, ...] = ()
        self.title = label("", "lead", self)
        self.said = label("", "secondary", self, wrap=True)
        self.table = LineTable("第三方评价逐行", _LINES, self)
        self.table.chosen.connect(self._line_chosen)
        self.detail = label("", "", self, wrap=True)
        self.confirm = Button("录入", "submit", "primary", self)
        self.confirm.clicked.connect(self._confirmed)
        cancel = Button("取消", parent=self)
        cancel.clicked.connect(self.closed)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * UNIT, 3 * UNIT, 5 * UNIT, 3 * UNIT)
        column.setSpacing(2 * UNIT)
        for part in (self.title, self.said):
            column.addWidget(part)
        column.addWidget(self.table, 1)
        column.addWidget(self.detail)
        column.addLayout(row(self.confirm, cancel, None))

    def show_lines(self, name: str, lines: tuple[FileLine, ...]) -> None:
        """What each line of a file comes to; what cannot be taken stands first."""
        self._lines = lines
        number = len(drafts(lines))
        refused = len(lines) - number
        self.title.setText(f"第三方评价表　{name}")
        why = f"，{refused} 行不能录入，原因见说明（可选中复制，改正后再导入）" if refused else ""
        self.said.setText(
            f"共 {len(lines)} 行，可以录入 {number} 行{why}。确认后一次录入，要么全部，要么一条也没有。"
        )
        self.confirm.setText(f"录入 {number} 条")
        self.confirm.setEnabled(bool(number))
        self.confirm.setAccessibleDescription("" if number else "没有可以录入的行。")
        self.table.show_lines(sorted(lines, key=lambda line: line.draft is not None))
        self.table.choose_id(self.table.lines()[0].id)

    def _line_chosen(self, line: FileLine | None) -> None:
        self.detail.setText("" if line is None else f"第 {line.id} 行：{_said(line)}")

    def _confirmed(self) -> None:
        self.wanted.emit(drafts(self._lines))
