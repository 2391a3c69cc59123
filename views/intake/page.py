"""数据导入: drop a file, see what it is and would change, load it; refused rows and earlier imports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.changes import Kind
from app.errors import PingdeskError
from app.intake import queries
from app.tickets.queries import TicketFilter
from views.intake.batches import BatchList
from views.intake.dropping import ENDINGS, DropZone, file_of
from views.intake.loading import LoadBar, inspecting, loading
from views.intake.paper import PaperPanel
from views.intake.preview import Preview
from views.operations import Cancelled, Operation
from views.shell.page import MARGIN, Page
from views.shell.parts import Button, card, label, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT


class IntakePage(Page):
    """One file at a time, and what came before."""

    title = "数据导入"
    shows = Kind.IMPORTS

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._path: Path | None = None
        self._under_way: Operation | None = None
        self._loaded = False
        self.setAcceptDrops(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 4 * UNIT, MARGIN, MARGIN)
        outer.setSpacing(4 * UNIT)
        outer.addLayout(self.header())
        self.facts.setText("先预览，确认后才写入；同一个文件再导入不会重复")
        sides = QHBoxLayout()
        sides.setSpacing(4 * UNIT)
        sides.addLayout(self._left(), 5)
        sides.addWidget(self._right(), 3)
        outer.addLayout(sides, 1)
        session.registry.bind("intake.choose", self.choose_file)
        session.registry.bind("intake.paper", self.enter_paper)

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(3 * UNIT)
        self.bar = LoadBar(self)
        self.bar.cancelled.connect(self._cancel)
        self.stack = QStackedWidget(self)
        self.zone = DropZone(self.stack)
        self.zone.dropped.connect(self.take)
        self.zone.choose.clicked.connect(self.choose_file)
        self.preview = Preview(self.stack)
        self.preview.load_wanted.connect(self.load)
        self.preview.again_wanted.connect(self._again)
        self.preview.save_wanted.connect(self._save_refused)
        self.preview.tickets_wanted.connect(self._open_tickets)
        self.zone.paper.clicked.connect(self.enter_paper)
        self.zone.paper.setVisible(self.session.is_officer)
        self.paper = PaperPanel(self.session, self.stack)
        self.paper.left.connect(self._again)
        self.paper.entered.connect(self._entered)
        self.stack.addWidget(self.paper)
        self.stack.addWidget(self.zone)
        self.stack.addWidget(self.preview)
        self.stack.setCurrentWidget(self.zone)
        column.addWidget(self.bar)
        column.addWidget(self.stack, 1)
        return column

    def _right(self) -> QWidget:
        frame, column = card(self, spacing=1)
        column.addWidget(label("以往导入", "section", frame))
        self.batches = BatchList()
        column.addWidget(scrolling(self.batches, frame), 1)
        return frame

    def reload(self) -> None:
        """Reads the earlier imports."""
        self.session.query(self, queries.batches, self._show_batches, key="batches")

    def _show_batches(self, batches: tuple[Any, ...]) -> None:
        self.batches.show_batches(batches, self.session.today)

    def confirmation(self) -> Button | None:
        """The loading of the file looked at, or the entry of a paper form."""
        shown = self.stack.currentWidget()
        if shown is self.paper:
            return self.paper.save
        return self.preview.load if shown is self.preview and self.preview.load.isVisible() else None

    # choosing ---------------------------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Asks for a file."""
        if self._under_way is not None:
            return
        patterns = " ".join(f"*{ending}" for ending in ENDINGS)
        dialog = QFileDialog(self, "选择要导入的文件", "", f"Excel 或 CSV ({patterns})")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def _file_chosen(self, name: str) -> None:
        self.take(Path(name))

    def take(self, path: Path) -> None:
        """Recognises a file and counts what it would change."""
        if self._under_way is not None:
            self.session.notice("warning", "还有一个文件正在处理，请等它完成或先取消。")
            return
        self._path, self._loaded = path, False
        self.bar.begin(f"正在识别 {path.name}…")
        self._under_way = self.session.operations.query(self, inspecting(path), self._inspected,
                                                        key="inspect", failed=self._failed)  # fmt: skip

    def _inspected(self, inspection: Any) -> None:
        self.preview.show_inspection(self._path.name, inspection)
        self.stack.setCurrentWidget(self.preview)
        self.bar.begin("正在试算…")
        self._start(self._tried, dry_run=True)

    def _tried(self, result: Any) -> None:
        self._settle()
        self.preview.show_trial(result)

    def enter_paper(self) -> None:
        """Opens the form for a rating that came on paper."""
        if self._under_way is None:
            self.stack.setCurrentWidget(self.paper)
            self.paper.begin()

    def _entered(self, done: Any) -> None:
        self.session.announce(done.changes)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V takes a file that was copied, as letting it go here does."""
        pasted = event.matches(QKeySequence.StandardKey.Paste)
        path = file_of(QGuiApplication.clipboard().mimeData()) if pasted else None
        if path is not None:
            self.take(path)
            return
        super().keyPressEvent(event)

    # loading ----------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Loads the previewed file."""
        if self._path is None or self._under_way is not None:
            return
        self.preview.load.setEnabled(False)
        self.bar.begin("正在导入…")
        self._start(self._done, complete=self.preview.complete.isChecked())

    def _start(self, done: Any, **options: Any) -> None:
        work = loading(self.session.workspace, self._path, **options)
        self._under_way = self.session.operations.command(self, work, done, failed=self._failed,
                                                          progressed=self.bar.progress)  # fmt: skip

    def _done(self, result: Any) -> None:
        self._settle()
        self._loaded = True
        self.preview.show_result(result)
        refused = f"，退回 {result.refused:,} 行" if result.refused else ""
        self.session.notice(
            "success", f"{self._path.name}：新增 {result.inserted:,}，更新 {result.updated:,}{refused}。"
        )
        self.session.announce(result.changes)

    def _failed(self, error: Exception) -> None:
        self._settle()
        if self.stack.currentWidget() is self.preview and not self._loaded:
            self.preview.load.setEnabled(True)
        stopped = isinstance(error, Cancelled) or getattr(error, "code", "") == "cancelled"
        if stopped:
            self.session.notice("info", "已取消，什么都没有写入。")
            self._again()
        elif isinstance(error, PingdeskError):
            self.session.notice("warning" if error.exit_code == 1 else "error", str(error))
            self._again()
        else:
            self.session.notice("error", "程序出错了，详情已记入日志；什么都没有写入。")

    def _settle(self) -> None:
        self._under_way = None
        self.bar.hide()

    def _cancel(self) -> None:
        if self._under_way is not None:
            self._under_way.cancel()

    def _again(self) -> None:
        if self._under_way is None:
            self.stack.setCurrentWidget(self.zone)
            self.zone.choose.setFocus()

    # refused rows -----------------------------------------------------------------------------------------

    def _save_refused(self) -> None:
        if self._path is None or self._under_way is not None:
            return
        dialog = QFileDialog(self, "退回行另存为", f"{self._path.stem}_退回.xlsx", "工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._refused_chosen)
        dialog.open()

    def _refused_chosen(self, name: str) -> None:
        self.save_refused(Path(name))

    def save_refused(self, path: Path) -> None:
        """Writes the refused rows to a workbook that can be corrected and loaded again."""
        self._saved_to = path
        self.bar.begin("正在写退回行…")
        self._start(self._refused_saved, dry_run=True, refused_to=path)

    def _refused_saved(self, _result: Any) -> None:
        self._settle()
        self.session.notice("success", f"退回行已存为 {self._saved_to.name}，改正后可以再导入。")

    def _open_tickets(self) -> None:
        self.session.go("tickets", TicketFilter())
