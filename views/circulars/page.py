"""通报: drafts and issued ones at the left, the chosen one at the right; the writing of a draft takes their place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.changes import Kind
from app.circulars import queries
from app.circulars.rows import CircularFilter, FileRow
from app.errors import PingdeskError
from app.outfiles import writing
from models.rules.circulars import State
from views.circulars.columns import COLUMNS
from views.circulars.panel import CircularPanel
from views.circulars.writer import CircularWriter
from views.records.listing import RecordList
from views.shell.page import Page
from views.shell.parts import Button, Empty
from views.shell.session import Session
from views.tables.listed import beside


@dataclass(frozen=True, slots=True)
class Counts:
    """How many match, and how many stand in each state."""

    matching: int
    states: Any


class CircularList(RecordList):
    """Circulars, the newest first."""

    name, hint, key = "通报列表", "搜索文号、标题、正文", "circular"
    columns, states, clocks = COLUMNS, State, ()

    def read(self, connection: Any, wanted: Any, after: Any, limit: int) -> Any:
        """One page."""
        return queries.page(connection, wanted, after=after, limit=limit)

    def count(self, connection: Any, wanted: Any) -> Counts:
        """How many in each state."""
        return Counts(*queries.counts(connection, wanted))


class CircularsPage(Page):
    """The circulars of the centre (Art. 3, 24)."""

    title = "通报"
    shows = Kind.CIRCULARS | Kind.CLOSING

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.panel = CircularPanel(session, self)
        self.panel.writing_wanted.connect(self.write)
        self.panel.file_wanted.connect(self._ask_path)
        self.make = Button("起草通报", "edit", "primary", self)
        self.make.clicked.connect(self.panel.begin_new)
        self.make.setVisible(session.is_officer)
        said = "按“起草通报”，正文和数字自动写好。" if session.is_officer else "中心印发后会列在这里。"
        tools = (self.make,) if session.is_officer else ()
        empty = Empty("file", "没有通报", said, self)
        self.list = CircularList(session, self.panel, CircularFilter(), empty, *tools, parent=self)  # type: ignore[arg-type]
        self.list.counted.connect(self._counted)
        column, self.split = beside(self, self.panel)
        column.addWidget(self.list, 1)
        self.writer = CircularWriter(session, self)
        self.writer.left.connect(self._writer_left)
        self.writer.issued.connect(self.list.open_id)
        self.writer.moved.connect(self.panel.load)
        self.layout().addWidget(self.writer)
        self.setFocusProxy(self.list.table)
        bind = session.registry.bind
        bind("circular.make", self.panel.begin_new, self._listing)
        for offer in ("write", "drop", "withdraw"):
            bind(f"circular.{offer}", partial(self.panel.pick, offer), partial(self._allows, offer))
        bind("circular.issue", self.writer.ask_issue, self._writing)

    def _listing(self) -> bool:
        return self.writer.isHidden()

    def _writing(self) -> bool:
        return not self.writer.isHidden() and self.writer.issue_button.isEnabled()

    def _allows(self, offer: str) -> bool:
        return self._listing() and self.panel.allows(offer)

    def confirmation(self) -> Button | None:
        """Of issuing, or of what is asked for at the right."""
        return self.writer.confirm if self.writer.asking.isVisible() else self.panel.confirm

    def reload(self) -> None:
        """Reads the list and the chosen one again; what is being written stays."""
        self.list.reload()

    def open_with(self, argument: object) -> None:
        """A circular's id, or a filter."""
        if isinstance(argument, (int, CircularFilter)) and not self.writer.isHidden():
            self.writer.leave()
        if isinstance(argument, CircularFilter):
            self.list.open_filter(argument)
        elif isinstance(argument, int):
            self.list.open_id(argument)

    def _counted(self, counts: Any) -> None:
        self.facts.setText(f"{counts.matching:,} 份（细则第三条、第二十四条）")

    def write(self, number: int) -> None:
        """Opens a draft to be written on."""
        self.split.hide()
        self.writer.open_circular(number)

    def _writer_left(self) -> None:
        self.split.show()
        self.list.reload()
        self.list.table.setFocus()

    # files ------------------------------------------------------------------------------------------------

    def _ask_path(self, file: FileRow) -> None:
        self._file = file
        dialog = QFileDialog(self, "另存文件", file.name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(file.kind)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._path_chosen)
        dialog.open()

    def _path_chosen(self, name: str) -> None:
        self.save(self._file, Path(name))

    def save(self, file: FileRow, path: Path) -> None:
        """Writes a file as it went out, byte by byte."""
        self.session.query(self, lambda c: _write(path, queries.file_bytes(c, file.id)), self._written,
                           failed=self._failed)  # fmt: skip

    def _written(self, path: Path) -> None:
        self.session.notice("success", f"已存为 {path.name}，与印发时的文件相同。")

    def _failed(self, error: Exception) -> None:
        known = isinstance(error, PingdeskError)
        said = str(error) if known else "程序出错了，详情已记入日志。"
        self.session.notice("warning" if known else "error", said)


def _write(path: Path, content: bytes) -> Path:
    with writing(path) as part:
        part.write_bytes(content)
    return path
