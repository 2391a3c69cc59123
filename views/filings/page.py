"""备案: chips, search and list at the left, the chosen one or the form at the right; its report takes their place."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.changes import Kind
from app.errors import PingdeskError
from app.filings import export, paper, queries
from app.filings.rows import FilingFilter
from models.rules.filings import WAITING, State, Step
from models.rules.filings import Kind as FilingKind
from views.documents.preview import PaperPreview
from views.filings.columns import COLUMNS
from views.filings.panel import FilingPanel
from views.records.listing import RecordList
from views.shell.actions import filing_command
from views.shell.page import Page
from views.shell.parts import Button, Empty
from views.shell.session import Session
from views.tables.listed import beside


class FilingList(RecordList):
    """The filings, the newest first."""

    name, hint, key = "备案列表", "搜索编号、单位、事项、办件编号", "filing"
    columns, states, clocks = COLUMNS, State, ()

    def read(self, connection: Any, wanted: Any, after: Any, limit: int) -> Any:
        """One page of filings."""
        return queries.page(connection, wanted, after=after, limit=limit)

    def count(self, connection: Any, wanted: Any) -> Any:
        """How many in each state."""
        return queries.counts(connection, wanted)


class FilingsPage(Page):
    """What the centre files with the bureau (Art. 3, 25)."""

    title = "备案"
    shows = Kind.FILINGS

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.panel = FilingPanel(session, self)
        self.panel.paper_wanted.connect(self._show_paper)
        self.panel.book_wanted.connect(self._ask_book)
        self.make = Button("报送备案", "send", "primary", self)
        self.make.clicked.connect(self.panel.begin_filing)
        self.make.setVisible(session.is_officer)
        said = (
            "按“报送备案”，把修正的评价和整改结果报数据管理局。"
            if session.is_officer
            else "中心报送后会列在这里。"
        )
        empty = Empty("filing", "没有备案", said, self)
        tools = (self.make,) if session.is_officer else ()
        self.list = FilingList(session, self.panel, FilingFilter(), empty, *tools, parent=self)
        self.list.counted.connect(self._counted)
        column, self.split = beside(self, self.panel)
        column.addWidget(self.list, 1)
        self.preview = PaperPreview(session, self)
        self.preview.left.connect(self._paper_left)
        self.layout().addWidget(self.preview)
        self.setFocusProxy(self.list.table)
        self._bind()

    def _bind(self) -> None:
        bind, panel = self.session.registry.bind, self.panel
        bind("filing.make", panel.begin_filing)
        bind("filing.print", panel.print, panel.chosen)
        bind("filing.export", panel.save, panel.chosen)
        for step in Step:
            bind(filing_command(step), partial(panel.begin, step), partial(panel.allows, step))

    def confirmation(self) -> Button | None:
        """Of what is filed, or of a step."""
        return self.panel.confirm

    def reload(self) -> None:
        """Reads the list and the chosen one again."""
        self.list.reload()

    def open_with(self, argument: object) -> None:
        """A filing's id, a filter, or what is to be filed."""
        if isinstance(argument, FilingKind):
            self._leave_paper()
            self.panel.begin_filing()
        elif isinstance(argument, FilingFilter):
            self._leave_paper()
            self.list.open_filter(argument)
        elif isinstance(argument, int):
            self._leave_paper()
            self.list.open_id(argument)

    def _counted(self, counts: Any) -> None:
        self.facts.setText(f"{counts.matching:,} 份（细则第三条、第二十五条）")
        mine = WAITING.get(self.session.person.group, ())
        waiting = sum(counts.states.get(state, 0) for state in mine)
        self.session.counted.emit("filings", waiting, False)

    # the report on paper ----------------------------------------------------------------------------------

    def _show_paper(self, number: int) -> None:
        self.session.query(self, lambda c: paper.document(c, number), self._paper_read, key="paper",
                           failed=self._failed)  # fmt: skip

    def _paper_read(self, document: Any) -> None:
        self.split.hide()
        self.preview.show_document(document, paper.NAME)

    def _paper_left(self) -> None:
        self.split.show()
        self.list.table.setFocus()

    def _leave_paper(self) -> None:
        if not self.preview.isHidden():
            self.preview.leave()

    # the lines in a workbook ------------------------------------------------------------------------------

    def _ask_book(self, number: int) -> None:
        self._number = number
        name = f"{self.panel.detail.row.number}.xlsx"
        dialog = QFileDialog(self, "存为 Excel", name, "工作簿 (*.xlsx);;CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._path_chosen)
        dialog.open()

    def _path_chosen(self, name: str) -> None:
        self.write(self._number, Path(name))

    def write(self, number: int, path: Path) -> None:
        """Writes the lines of a filing."""
        space = self.session.workspace
        self.session.operations.command(
            self, lambda _task: export.export(space, path, number), self._written, failed=self._failed
        )

    def _written(self, done: Any) -> None:
        self.session.notice("success", f"已导出 {done.rows:,} 条：{done.path.name}。")

    def _failed(self, error: Exception) -> None:
        known = isinstance(error, PingdeskError)
        said = str(error) if known else "程序出错了，详情已记入日志。"
        self.session.notice("warning" if known else "error", said)
