"""证据: the files of an appeal; whoever may add some does it here."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.appeals import commands, queries
from app.appeals.rows import AppealDetail, EvidenceRow
from app.errors import PingdeskError
from app.tickets import files
from app.tickets.files import FileKind, said_size
from views import dates
from views.shell.parts import Button, Picture, clear, icon_button, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.attachments import local_files
from views.tickets.viewer import view


class Evidence(QWidget):
    """The files in lines, to be looked at; a button and a place to let files go."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._detail: AppealDetail | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(UNIT)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(UNIT)
        self.add = Button("添加证据", "add", "plain", self)
        self.add.setToolTip("可把文件拖到这里。图片、PDF、Word、Excel、WPS，每个至多 20 MB，至多 20 个。")
        self.add.clicked.connect(self._ask)
        self.said = label("", "amber", self, wrap=True)
        self.said.hide()
        self._column.addLayout(self._lines)
        self._column.addLayout(row(self.add, None))
        self._column.addWidget(self.said)
        self.setAcceptDrops(True)

    def show_detail(self, detail: AppealDetail) -> None:
        """Shows the files of an appeal."""
        self._detail = detail
        clear(self._lines)
        for file in detail.files:
            self._lines.addLayout(self._line(file, removable=file.mine and detail.may_add_files))
        self.add.setVisible(detail.may_add_files)
        self.setVisible(bool(detail.files) or detail.may_add_files)
        self._tell("")

    def _line(self, file: EvidenceRow, *, removable: bool) -> Any:
        icon = "picture" if file.kind in (FileKind.PNG, FileKind.JPG) else "file"
        name = Button(file.name, kind="link", parent=self)
        name.setAccessibleName(f"查看证据 {file.name}")
        name.setToolTip(f"{file.name}\n{file.added_by} {dates.exact(file.added_at)}")
        name.clicked.connect(partial(self._view, file.id))
        line = row(Picture(icon, self, size=16), name, None, label(said_size(file.size), "small", self))
        if removable:
            remove = icon_button("close", f"移除证据 {file.name}", self)
            remove.clicked.connect(partial(self._remove, file.id))
            line.addWidget(remove)
        return line

    def _view(self, chosen: int, _checked: bool = False) -> None:
        if self._detail is not None:
            view(self._session, self, self._detail.files, chosen, read=queries.content)

    def _ask(self) -> None:
        patterns = " ".join(f"*{ending}" for ending in files.ENDINGS)
        dialog = QFileDialog(self, "选择证据", "", f"可以添加的文件 ({patterns});;所有文件 (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.take(*map(Path, names)))
        dialog.open()

    def take(self, *paths: Path) -> None:
        """Brings files, one after the other."""
        if self._detail is None or not self._detail.may_add_files:
            return
        appeal = self._detail.row.id
        for path in paths:
            self._session.command(self, partial(_bring, appeal, path), self._changed, failed=self._failed)

    def _remove(self, file_id: int, _checked: bool = False) -> None:
        self._session.command(
            self, lambda c: commands.remove_evidence(c, file_id), self._changed, failed=self._failed
        )

    def _changed(self, changes: Any) -> None:
        self._tell("")
        self._session.announce(changes)

    def _failed(self, error: Exception) -> None:
        self._tell(str(error) if isinstance(error, PingdeskError) else "程序出错了，详情已记入日志。")

    def _tell(self, text: str) -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def dragEnterEvent(self, event: Any) -> None:
        """Takes files."""
        if self.add.isVisibleTo(self) and local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: Any) -> None:
        """Brings what was let go."""
        self.take(*local_files(event.mimeData()))
        event.acceptProposedAction()


def _bring(appeal: int, path: Path, connection: Any) -> Any:
    return commands.add_evidence(connection, appeal, files.read(path))
