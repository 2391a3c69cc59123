"""The list into a file: where it goes, how far it is, and the way to stop it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import PingdeskError
from app.tickets import export
from app.tickets.export import Exported, Wish
from views.intake.loading import LoadBar
from views.operations import Cancelled, Operation, Task
from views.shell.session import Session


def exporting(workspace: Any, path: Path, wish: Wish) -> Callable[[Task], Exported]:
    """Writes the file, for a thread."""

    def work(task: Task) -> Exported:
        def cancelled() -> bool:
            return task.cancelled

        return export.export(workspace, path, wish, tell=task.report, cancelled=cancelled)

    return work


class ExportBar(LoadBar):
    """Shown while a file is written; acts and lists go on beside it."""

    #: What the dialog, the file and what was written are called; another list says its own.
    title, subject, unit = "导出工单清单", "差评工单", "件"

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._under_way: Operation | None = None
        self._wish: Any = Wish()
        self.bar.setAccessibleName("导出进度")
        self.cancelled.connect(self._cancel)

    @property
    def idle(self) -> bool:
        """Whether nothing is being written."""
        return self._under_way is None

    def ask(self, wish: Any) -> None:
        """Asks where the file goes."""
        if not self.idle:
            return
        self._wish = wish
        name = f"{self.subject}_{self._session.today:%Y-%m-%d}.xlsx"
        dialog = QFileDialog(self.window(), self.title, name, "工作簿 (*.xlsx);;文本表格 (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def _file_chosen(self, name: str) -> None:
        self.write(Path(name), self._wish)

    def work(self, path: Path, wish: Any) -> Callable[[Task], Exported]:
        """What is done on the thread."""
        return exporting(self._session.workspace, path, wish)

    def write(self, path: Path, wish: Any) -> None:
        """Writes it on a thread that reads: nobody's act waits for it."""
        if not self.idle:
            return
        self.begin(export.STAGE)
        self._under_way = self._session.operations.query(
            self, self.work(path, wish), self._written, failed=self._failed,
            progressed=self.progress,
        )  # fmt: skip

    def _written(self, done: Exported) -> None:
        self._settle()
        self._session.notice("success", f"已导出 {done.rows:,} {self.unit}到 {done.path.name}，并已留痕。")

    def _failed(self, error: Exception) -> None:
        self._settle()
        if isinstance(error, Cancelled) or getattr(error, "code", "") == "cancelled":
            self._session.notice("info", "已取消，没有导出。")
        elif isinstance(error, PingdeskError):
            self._session.notice("warning" if error.exit_code == 1 else "error", str(error))
        else:
            self._session.notice("error", "程序出错了，详情已记入日志。")

    def _cancel(self) -> None:
        if self._under_way is not None:
            self._under_way.cancel()

    def _settle(self) -> None:
        self._under_way = None
        self.hide()
