"""An attachment seen where the decision is made: pictures and PDF over the window, others to be saved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QFileDialog, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.tickets import attachments
from app.tickets.files import FileKind, said_size
from views.operations import Task
from views.shell.overlay import Overlay
from views.shell.parts import Button, icon_button, label, row, rule
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.pages import Sheet, draw

#: How far a page is enlarged, step by step.
ENLARGED = (1.0, 1.5, 2.0, 3.0)
#: A page of a document is read best at this width.
PAGE = 210 * UNIT


def view(
    session: Session,
    owner: QWidget,
    files: tuple[Any, ...],
    chosen: int,
    *,
    read: Callable[[Any, int], bytes] | None = None,
) -> None:
    """Shows the file with that id among those beside it, over the owner's window; `read` gives its bytes (of tickets' files: none)."""
    window = owner.window()
    viewer = window.findChild(Viewer) or Viewer(session, window)
    viewer.content_of = read
    viewer.show_files(files, chosen)


class Viewer(Overlay):
    """One file at a time; the arrow keys turn pages, Esc closes."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("附件", parent)
        self._session = session
        #: How the bytes of a file are read.
        self.content_of: Callable[[Any, int], bytes] | None = None
        self._files: tuple[Any, ...] = ()
        self._at = 0
        self._content: bytes | None = None
        self._sheet: Sheet | None = None
        self._step = self._fitting = 0
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addLayout(self._make_head())
        self.column.addWidget(rule(self))
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._picture.setAccessibleName("附件内容")
        self.said = label("", "secondary", self, wrap=True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        body = QFrame()
        body.setProperty("quote", "true")  # paper is white: it needs a ground to lie on
        inner = QVBoxLayout(body)
        inner.addWidget(self.said)
        inner.addWidget(self._picture, 1)
        self.area = QScrollArea(self)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setWidget(body)
        self.column.addWidget(self.area, 1)
        parent.installEventFilter(self)

    def _make_head(self):
        self.name = label("", "lead", self)
        self.facts = label("", "secondary", self)
        self.pages = label("", "secondary", self)
        self.back = icon_button("previous", "上一页", self)
        self.on = icon_button("next", "下一页", self)
        self.smaller = Button("缩小", kind="link", parent=self)
        self.larger = Button("放大", kind="link", parent=self)
        self.save = Button("另存为", "save", "plain", self)
        close = icon_button("close", "关闭附件", self)
        for button, slot in (
            (self.back, partial(self.turn, -1)), (self.on, partial(self.turn, 1)), (self.larger, partial(self.enlarge, 1)),
            (self.smaller, partial(self.enlarge, -1)), (self.save, self._ask_where), (close, self.close_back),
        ):  # fmt: skip
            button.clicked.connect(slot)
        return row(self.name, self.facts, None, self.smaller, self.larger, 2, self.back, self.pages, self.on, 2, self.save,
                   close, margins=(5, 3, 3, 3))  # fmt: skip

    # showing ----------------------------------------------------------------------------------------------

    def show_files(self, files: tuple[Any, ...], chosen: int) -> None:
        """Opens over the window with the file of that id."""
        self._files = files
        self._at = next((n for n, file in enumerate(files) if file.id == chosen), 0)
        self.open()
        self.setFocus()
        self._load()

    def close_back(self) -> None:
        """Closes, and forgets what was shown."""
        super().close_back()
        self._forget()

    def hideEvent(self, event) -> None:
        """Nothing of a file stays behind a locked window."""
        super().hideEvent(event)
        self._forget()

    def place(self) -> None:
        """Nearly all of the window."""
        margin = 8 * UNIT
        self.setGeometry(self.parentWidget().rect().adjusted(margin, margin, -margin, -margin))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps its place while the window is resized."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turns pages and enlarges."""
        keys = {
            Qt.Key.Key_Left: partial(self.turn, -1), Qt.Key.Key_PageUp: partial(self.turn, -1),
            Qt.Key.Key_Right: partial(self.turn, 1), Qt.Key.Key_PageDown: partial(self.turn, 1),
            Qt.Key.Key_Plus: partial(self.enlarge, 1), Qt.Key.Key_Equal: partial(self.enlarge, 1),
            Qt.Key.Key_Minus: partial(self.enlarge, -1),
        }  # fmt: skip
        if (act := keys.get(Qt.Key(event.key()))) is not None:
            act()
        else:
            super().keyPressEvent(event)

    def turn(self, by: int) -> None:
        """The next page, or the next file after the last one; `by` is 1 or -1."""
        if self._content is None and self._sheet is None and not self.said.text():
            return
        page = (self._sheet.number if self._sheet else 0) + by
        if self._sheet is not None and 0 <= page < self._sheet.count:
            self._draw(page)
        elif 0 <= self._at + by < len(self._files):
            self._at += by
            self._load()

    def enlarge(self, by: int) -> None:
        """A step larger or smaller."""
        step = max(0, min(len(ENLARGED) - 1, self._step + by))
        if step != self._step and self._sheet is not None:
            self._step = step
            self._draw(self._sheet.number)

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if (
            new is None or new.window() is self.window()
        ):  # the dialog that asks where to save is another window
            super()._focus_moved(old, new)

    def _forget(self) -> None:
        self._content = self._sheet = None
        self._picture.clear()
        self.said.clear()

    def _load(self) -> None:
        self._forget()
        self._step = 0
        file = self._files[self._at]
        self.name.setText(file.name)
        self.facts.setText(f"{file.kind.label} · {said_size(file.size)} · {file.agency}")
        self._judge()
        if not file.kind.shown:
            self._say(f"{file.kind.label}不在窗口里显示，请另存后打开。")
            return
        self._say("正在读取…")
        read = self.content_of or attachments.content
        self._session.query(
            self, lambda connection: (file.id, read(connection, file.id)), self._read,
            key="content", failed=self._not_shown,
        )  # fmt: skip

    def _read(self, answer: tuple[int, bytes]) -> None:
        if self.isVisible() and answer[0] == self._files[self._at].id:
            self._content = answer[1]
            self._draw(0)

    def _draw(self, number: int) -> None:
        file, content = self._files[self._at], self._content
        if content is None:
            return
        room = self.area.viewport().width() - 10 * UNIT
        fitting = min(room, PAGE) if file.kind is FileKind.PDF else room
        step = ENLARGED[self._step]
        width = round((self._fitting if step > 1 else fitting * self.devicePixelRatioF()) * step)

        def work(_task: Task) -> tuple[int, Sheet]:
            return file.id, draw(file.kind, content, number, width, enlarged=step > 1)

        self._session.operations.query(self, work, self._drawn, key="page", failed=self._not_shown)

    def _drawn(self, answer: tuple[int, Sheet]) -> None:
        if not self.isVisible() or answer[0] != self._files[self._at].id:
            return
        before, self._sheet = self._sheet, answer[1]
        if not self._step:
            self._fitting = self._sheet.image.width()
        picture = QPixmap.fromImage(self._sheet.image)
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self.said.hide()
        self._picture.setPixmap(picture)
        self._picture.show()
        if before is None or before.number != self._sheet.number:
            self.area.verticalScrollBar().setValue(0)
        self._judge()

    def _not_shown(self, error: Exception) -> None:
        known = hasattr(error, "message")
        self._say(str(error) if known else "程序出错了，详情已记入日志。")
        self._judge()

    def _say(self, text: str) -> None:
        self._picture.hide()
        self.said.setText(text)
        self.said.show()

    def _judge(self) -> None:
        page, count = (self._sheet.number, self._sheet.count) if self._sheet else (0, 1)
        many = f"附件 {self._at + 1} / {len(self._files)}" if len(self._files) > 1 else ""
        self.pages.setText(
            "　".join(t for t in (many, f"第 {page + 1} / {count} 页" if count > 1 else "") if t)
        )
        self.back.setEnabled(page > 0 or self._at > 0)
        self.on.setEnabled(page + 1 < count or self._at + 1 < len(self._files))
        self.larger.setEnabled(self._sheet is not None and self._step + 1 < len(ENLARGED))
        self.smaller.setEnabled(self._sheet is not None and self._step > 0)

    # saving -----------------------------------------------------------------------------------------------

    def _ask_where(self) -> None:
        file = self._files[self._at]
        dialog = QFileDialog(self, "附件另存为", file.name, f"{file.kind.label} (*{Path(file.name).suffix})")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._where_chosen)
        dialog.open()

    def _where_chosen(self, name: str) -> None:
        self.save_to(Path(name))

    def save_to(self, path: Path) -> None:
        """Writes the file; that it left the house is noted first."""
        file, session = self._files[self._at], self._session
        read = self.content_of or attachments.content
        workspace = session.workspace

        def work(_task: Task) -> Path:
            with workspace.read() as connection:
                content = read(connection, file.id)
            with workspace.write() as connection:
                attachments.note_saved(connection, file.hash)
            attachments.write_out(path, content)
            return path

        session.operations.command(self, work, self._saved)

    def _saved(self, path: Path) -> None:
        self._session.notice("success", f"已存到 {path}；这次导出已记入日志。")
