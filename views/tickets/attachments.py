"""附件: the files that lie ready in a form, dragged, pasted or chosen, and those that were handed in."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QFrame, QPlainTextEdit, QProgressBar, QVBoxLayout, QWidget

from app.changes import Changes, Kind
from app.tickets import attachments, files
from app.tickets.attachments import Sent
from app.tickets.files import FileKind, Prepared, said_size
from models.rules.lifecycle import Action
from views import dates
from views.operations import Cancelled, Operation, Task
from views.shell.parts import Button, Picture, clear, icon_button, label, restyle, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.forms import ActionForm
from views.tickets.viewer import view

_ADVICE = "可把文件拖到这里，或粘贴截图。图片、PDF、Word、Excel、WPS，每个至多 20 MB，每轮至多 20 个。"
#: Why a form cannot be confirmed yet.
STILL_COMING = "附件还在上传，请稍候。"


class AttachmentList(QWidget):
    """Files in lines, to be looked at; `removed(id)` where they may be taken back."""

    removed = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None, *, removable: bool = False) -> None:
        super().__init__(parent)
        self._session, self._removable = session, removable
        self._files: tuple[Any, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(UNIT)

    @property
    def files(self) -> tuple[Any, ...]:
        """What is shown."""
        return self._files

    def show_files(self, shown: tuple[Any, ...]) -> None:
        """Shows them in their order."""
        if shown == self._files and self._column.count():
            return
        self._files = shown
        clear(self._column)
        for file in shown:
            self._column.addLayout(self._line(file))
        self.setVisible(bool(shown))

    def _line(self, file: Any):
        icon = "picture" if file.kind in (FileKind.PNG, FileKind.JPG) else "file"
        name = Button(file.name, kind="link", parent=self)
        name.setText(_short(file.name, name, 46 * UNIT))
        name.setAccessibleName(f"查看附件 {file.name}")
        name.setToolTip(f"{file.name}\n{file.added_by} {dates.exact(file.added_at)}")
        name.clicked.connect(partial(self._view, file.id))
        line = row(Picture(icon, self, size=16), name, None, label(said_size(file.size), "small", self))
        if self._removable and file.version is None:
            remove = icon_button("close", f"移除附件 {file.name}", self)
            remove.clicked.connect(partial(self.removed.emit, file.id))
            line.addWidget(remove)
        return line

    def _view(self, chosen: int) -> None:
        view(self._session, self, self._files, chosen)


def _short(name: str, widget: QWidget, room: int) -> str:
    return widget.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room).replace("&", "&&")


class AttachmentField(QFrame):
    """Brings files to a ticket; `edited` whenever one comes, goes or is on its way."""

    edited = Signal()

    def __init__(self, session: Session, ticket_id: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._ticket = session, ticket_id
        self._waiting: list[tuple[str, Path | bytes]] = []
        self._running: Operation | None = None
        self._told: list[str] = []
        self.setProperty("drop", "true")
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("附件")
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        column.setSpacing(2 * UNIT)
        self.list = AttachmentList(session, self, removable=True)
        self.list.removed.connect(self._remove)
        self.list.hide()
        self.choose = Button("添加附件", "add", "plain", self)
        self.choose.clicked.connect(self._ask)
        self.paste = Button("粘贴截图", kind="link", parent=self)
        self.paste.clicked.connect(self.paste_clipboard)
        self.said = label("", "amber", self, wrap=True)
        self.said.hide()
        column.addWidget(self.list)
        column.addWidget(self._make_bar())
        column.addLayout(row(self.choose, self.paste, None))
        column.addWidget(self.said)
        column.addWidget(label(_ADVICE, "small", self, wrap=True))

    def _make_bar(self) -> QWidget:
        self.bar = QWidget(self)
        column = QVBoxLayout(self.bar)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        self._stage = label("", "small", self.bar)
        stop = icon_button("stop", "停止添加", self.bar)
        stop.clicked.connect(self.stop)
        self._progress = QProgressBar(self.bar)
        self._progress.setAccessibleName("附件上传进度")
        column.addLayout(row(self._stage, None, stop))
        column.addWidget(self._progress)
        self.bar.hide()
        return self.bar

    @property
    def busy(self) -> bool:
        """Whether a file is on its way."""
        return self._running is not None or bool(self._waiting)

    def show_files(self, shown: tuple[Any, ...]) -> None:
        """What lies ready, and what went with earlier submissions of this round."""
        self.list.show_files(shown)

    # bringing ---------------------------------------------------------------------------------------------

    def take(self, *paths: Path) -> None:
        """Brings files, one after the other."""
        self._told.clear()
        self._add([(path.name, path) for path in paths])

    def take_picture(self, picture: QImage) -> None:
        """Brings a picture from the clipboard, as PNG."""
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        picture.save(buffer, "PNG")
        self._told.clear()
        self._add([(f"截图 {len(self.list.files) + len(self._waiting) + 1}.png", bytes(data.data()))])

    def paste_clipboard(self) -> None:
        """A picture or files from the clipboard."""
        if not self.take_mime(QGuiApplication.clipboard().mimeData()):
            self._tell("剪贴板里没有图片或文件：先截图或复制，再粘贴。")

    def take_mime(self, data: QMimeData) -> bool:
        """Brings what was dragged or pasted; says whether there was anything."""
        if paths := local_files(data):
            self.take(*paths)
            return True
        if data.hasImage():
            picture = QImage(data.imageData())
            if not picture.isNull():
                self.take_picture(picture)
                return True
        return False

    def stop(self) -> None:
        """Stops the file on its way and those behind it."""
        self._waiting.clear()
        if self._running is not None:
            self._running.cancel()

    def _add(self, more: list[tuple[str, Path | bytes]]) -> None:
        self._waiting += more
        self._show_told()
        self._next()

    def _next(self) -> None:
        if self._running is None and self._waiting:
            name, source = self._waiting.pop(0)
            self._stage.setText(f"正在添加 {_short(name, self._stage, 50 * UNIT)}")
            self._progress.setRange(0, 0)
            self.bar.show()
            self._running = self._session.operations.command(
                self, bringing(self._session.workspace, self._ticket, name, source), self._brought,
                failed=self._failed, progressed=self._sent,
            )  # fmt: skip
        elif self._running is None:
            self.bar.hide()
        self.edited.emit()

    def _sent(self, sent: Sent) -> None:
        self._progress.setRange(0, sent.total)
        self._progress.setValue(sent.done)

    def _brought(self, prepared: Prepared) -> None:
        if prepared.note:
            self._told.append(prepared.note)
        self._after()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self._told.append("已停止，没有添加。")
        else:
            known = hasattr(error, "message")
            self._told.append(str(error) if known else "程序出错了，详情已记入日志。")
        self._after()

    def _after(self) -> None:
        self._running = None
        self._show_told()
        self._announce()
        self._next()

    def _announce(self) -> None:
        self._session.announce(Changes(Kind.TICKETS, frozenset({self._ticket})))

    def _tell(self, text: str) -> None:
        self._told = [text]
        self._show_told()

    def _show_told(self) -> None:
        self.said.setText("\n".join(self._told))
        self.said.setVisible(bool(self._told))

    def _remove(self, attachment_id: int) -> None:
        self._told.clear()
        self._show_told()
        self._session.command(
            self, lambda connection: attachments.detach(connection, attachment_id), self._removed,
            failed=self._failed,
        )  # fmt: skip

    def _removed(self, _nothing: None) -> None:
        self._announce()

    # choosing, dragging, pasting --------------------------------------------------------------------------

    def _ask(self) -> None:
        patterns = " ".join(f"*{ending}" for ending in files.ENDINGS)
        dialog = QFileDialog(self, "选择附件", "", f"可以添加的文件 ({patterns});;所有文件 (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, names: list[str]) -> None:
        self.take(*map(Path, names))

    def dragEnterEvent(self, event) -> None:
        """Takes files and pictures."""
        if local_files(event.mimeData()) or event.mimeData().hasImage():
            restyle(self, "drop", "over")
            event.acceptProposedAction()

    def dragLeaveEvent(self, event) -> None:
        """As before."""
        restyle(self, "drop", "true")

    def dropEvent(self, event) -> None:
        """Brings what was let go."""
        restyle(self, "drop", "true")
        if self.take_mime(event.mimeData()):
            event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V pastes."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_clipboard()
            return
        super().keyPressEvent(event)


class FilesForm(ActionForm):
    """A form that brings its agency's files: one let go anywhere in it is meant for them, and so is a picture
    pasted into one of its texts."""

    def __init__(
        self, action: Action, session: Session, ticket_id: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(action, parent)
        self._session = session
        self.files = AttachmentField(session, ticket_id, self)
        self.files.edited.connect(self.edited)
        self.setAcceptDrops(True)

    def lead_to_files(self, *texts: QPlainTextEdit) -> None:
        """Files come to the form and not into these texts."""
        for text in texts:
            text.setAcceptDrops(False)
            text.viewport().setAcceptDrops(False)
            text.installEventFilter(self)

    def show_detail(self, detail: Any) -> None:
        """The agency's own files of the round that runs may have changed."""
        now = max((one.round for one in detail.rounds if one.current), default=0)
        own = self._session.person.agency
        self.files.show_files(tuple(f for f in detail.attachments if (f.round, f.agency) == (now, own)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+V in a text, while the clipboard holds files, or a picture and no words."""
        pasting = event.type() == QEvent.Type.KeyPress and event.matches(QKeySequence.StandardKey.Paste)
        data = QGuiApplication.clipboard().mimeData() if pasting else None
        if data is not None and (local_files(data) or (data.hasImage() and not data.hasText())):
            self.files.paste_clipboard()
            return True
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event) -> None:
        """Takes what the files take."""
        self.files.dragEnterEvent(event)

    def dragLeaveEvent(self, event) -> None:
        """As before."""
        self.files.dragLeaveEvent(event)

    def dropEvent(self, event) -> None:
        """Hands it to the files."""
        self.files.dropEvent(event)


def local_files(data: QMimeData) -> list[Path]:
    """The local files in what is dragged or pasted."""
    urls = data.urls() if data.hasUrls() else []
    return [
        Path(url.toLocalFile()) for url in urls if url.isLocalFile() and Path(url.toLocalFile()).is_file()
    ]


def bringing(workspace: Any, ticket_id: int, name: str, source: Path | bytes):
    """Reads, checks and brings a file within one unit of work; gives it back as it was kept."""

    def work(task: Task) -> Prepared:
        prepared = files.read(source) if isinstance(source, Path) else files.prepare(name, source)

        def report(sent: Sent) -> None:
            task.check()
            task.report(sent)

        with workspace.write() as connection:
            attachments.attach(connection, ticket_id, prepared, report=report)
        return prepared

    return work
