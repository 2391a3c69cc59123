"""报送: the workbook for 12345 before the tickets are reported, and its returned file line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.intake import commands as intake
from app.tickets import reporting
from app.tickets.bulk import Act
from app.tickets.reporting import Answered
from models.rules.lifecycle import Action
from views.shell.parts import Button, label, row
from views.shell.session import Session
from views.tables.chips import ChipText
from views.tables.model import Column
from views.tickets.bulk_forms import AlikeForm
from views.tickets.forms import ActionForm
from views.tickets.lines import LineTable


class ReportForm(AlikeForm):
    """What reporting means, and the workbook that goes to 12345 with it."""

    def __init__(self, session: Session, chosen: Sequence[Any], parent: QWidget) -> None:
        super().__init__(Action.REPORT, chosen, parent)
        self._session = session
        self._busy = False
        self.button = Button("写出报送表…", "save", parent=self)
        self.button.clicked.connect(self._ask)
        self.written = label(
            "报送表逐件写明办理情况，先写出、交12345，再确认报送。", "small", self, wrap=True
        )
        self.column.addWidget(self.written)
        self.column.addLayout(row(self.button, None))

    def _ask(self) -> None:
        name = f"差评工单报送_{self._session.today:%Y-%m-%d}.xlsx"
        dialog = QFileDialog(self.window(), "写出报送表", name, "工作簿 (*.xlsx);;文本表格 (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.write)
        dialog.open()

    def write(self, name: str) -> None:
        """Writes the workbook; the tickets are reported only on confirming."""
        if self._busy:
            return
        self._busy = True  # a greyed button would lose the focus, and the keyboard its place
        self._session.operations.query(
            self, writing(self._session.workspace, Path(name), [t.id for t in self._chosen]), self._done,
            failed=self._failed,
        )  # fmt: skip

    def _done(self, done: Any) -> None:
        self._busy = False
        self.written.setText(f"已写出 {done.rows:,} 件到 {done.path.name}，并已留痕。交12345后请确认报送。")

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self.written.setText(getattr(error, "message", "程序出错了，详情已记入日志。"))


def writing(workspace: Any, path: Path, chosen: Sequence[int]) -> Callable[[Any], Any]:
    """Writes the workbook, for a thread."""

    def work(_task: Any) -> Any:
        return reporting.write(workspace, path, chosen)

    return work


def reading(workspace: Any, path: Path) -> Callable[[Any], tuple[Answered, ...]]:
    """Reads a returned file and puts each line beside its ticket, for a thread."""

    def work(task: Any) -> tuple[Answered, ...]:
        answers = intake.read_answers(path, cancelled=lambda: task.cancelled)
        with workspace.read() as connection:
            return reporting.match(connection, answers)

    return work


def _mark(line: Answered) -> ChipText:
    if line.act is None:
        return ChipText("不登记", "red")
    refused = line.act.action is Action.REPORT_REFUSED
    return ChipText("12345退回", "amber") if refused else ChipText("办结", "green")


def _said(line: Answered) -> str:
    answer = line.answer
    if line.act is None:
        return line.problem or "—"
    if answer.refusal:
        return answer.refusal
    return f"回执 {answer.receipt}，{answer.closed_on:%Y-%m-%d}"


_LINES = (
    Column("number", "工单编号", 126, lambda a: a.answer.number or a.answer.case_number or "—",
           lambda a: f"第 {a.answer.row} 行"),
    Column("mark", "结果", 100, lambda a: _mark(a).text, kind="chip", chip=_mark),
    Column("said", "说明", 90, _said, stretch=True, quiet=True),
)  # fmt: skip


class AnswersForm(ActionForm):
    """12345's returned file: what each line comes to, before anything is entered."""

    def __init__(self, lines: Sequence[Answered], parent: QWidget) -> None:
        super().__init__(Action.CONFIRM_CLOSED, parent)
        self._lines = tuple(lines)
        self.table = LineTable("返回文件逐行", _LINES, self)
        self.table.chosen.connect(self._line_chosen)
        self.said = label("", "small", self, wrap=True)
        self.column.addWidget(self.table)
        self.column.addWidget(self.said)
        # What cannot be taken stands first: it is what is to be looked at.
        self.table.show_lines(sorted(self._lines, key=lambda line: line.act is not None))
        self.table.choose_id(self.table.lines()[0].id)

    def acts(self) -> tuple[Act, ...]:
        """One act for every line that can be taken."""
        return reporting.acts(self._lines)

    def problem(self) -> str | None:
        """Something must be left to enter."""
        return None if self.acts() else "没有可以登记的行。"

    def _line_chosen(self, line: Answered | None) -> None:
        self.said.setText(f"第 {line.answer.row} 行：{_said(line)}" if line is not None else "")
