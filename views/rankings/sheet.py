"""Where the table leaves the house: a workbook that reckons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import PingdeskError
from app.rankings import workbook
from app.rankings.queries import RankingView
from views.shell.session import Session


class SheetOutlet(QObject):
    """Saves the ranking on the page as a workbook; `view` gives it, None where there is none."""

    def __init__(self, session: Session, window: QWidget, view: Callable[[], RankingView | None]) -> None:
        super().__init__(window)
        self._session, self._window, self._view = session, window, view
        session.registry.bind("ranking.workbook", self.ask, self.can)

    def can(self) -> bool:
        """Whether there is a ranking."""
        view = self._view()
        return view is not None and bool(view.rows or view.unranked)

    def ask(self) -> None:
        """Asks where to save it."""
        view = self._view()
        if view is None:
            return
        name = f"{workbook.title(view)}.xlsx"
        dialog = QFileDialog(self._window, "导出排名表", name, "工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def _file_chosen(self, name: str) -> None:
        self.save(Path(name))

    def save(self, path: Path) -> None:
        """Writes it on a thread: the window stays alive."""
        view = self._view()
        if view is not None:
            self._session.operations.query(
                self, lambda _task: workbook.write(view, path), self._saved, failed=self._failed
            )

    def _saved(self, path: Path) -> None:
        self._session.notice("success", f"排名表已导出到 {path.name}，打开后可以改数复算。")

    def _failed(self, error: Exception) -> None:
        known = isinstance(error, PingdeskError)
        self._session.notice("error", str(error) if known else "程序出错了，详情已记入日志。")
