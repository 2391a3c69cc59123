"""Writing a draft: its text beside its pages, kept as it is written, issued from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSplitter, QVBoxLayout, QWidget

from app.circulars import commands, writing
from app.circulars.draft import Draft, bound
from app.circulars.facts import Facts
from app.circulars.paper import document
from app.circulars.rows import CircularDetail
from app.documents.sheets import WIDTH, Sheet
from app.errors import PingdeskError
from models.rules.circulars import Kind
from views.circulars import rendering
from views.circulars.columns import months
from views.circulars.editor import CircularEditor
from views.documents.canvas import PageCanvas
from views.documents.painter import pages_of
from views.shell.parts import Button, icon_button, label, row, rule, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT

#: Milliseconds after the last key until the pages follow, and until the draft is kept.
_DRAWN, _KEPT = 350, 1200


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is under way on the server: the draft that is being kept."""

    draft: Draft


class CircularWriter(QWidget):
    """Shown until `left`; `issued(id)` once it went out; `moved(id)`: another draft took over what was written."""

    left = Signal()
    issued = Signal(int)
    moved = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.detail: CircularDetail | None = None
        self.facts: Facts | None = None
        self._version = 0
        self._saved: Draft | None = None
        self._asked: _Asked | None = None
        self._issuing = self._leaving = False
        self._sheets: tuple[Sheet, ...] = ()
        self.editor = CircularEditor(self)
        self.editor.edited.connect(self._edited)
        self._drawing, self._keeping = self._timer(_DRAWN, self.draw), self._timer(_KEPT, self.keep)
        self._make()
        self.hide()

    def _timer(self, pause: int, run: Any) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(pause)
        made.timeout.connect(run)
        return made

    def _make(self) -> None:
        back = icon_button("previous", "返回（Esc）", self)
        self.name = label("", "title", self)
        self.state = label("", "small", self)
        self.issue_button = Button("印发…", "send", "primary", self)
        back.clicked.connect(self.leave)
        self.issue_button.clicked.connect(self.ask_issue)
        self.warning = QFrame(self)
        self.warning.setProperty("note", "true")
        self.warned = label("", "small", self.warning, wrap=True)
        self.warning.setLayout(row(self.warned, margins=(5, 1, 5, 1)))
        self.canvas = PageCanvas(self)
        self.area = scrolling(self.canvas, self)
        self.area.setWidgetResizable(False)
        self.area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self.editor)
        split.addWidget(self.area)
        split.setSizes([560, 560])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row(back, self.name, 2, self.state, None, self.issue_button, margins=(4, 3, 5, 2)))
        for part in (self.warning, self._make_issue(), rule(self)):
            column.addWidget(part)
        column.addWidget(split, 1)
        split.splitterMoved.connect(self._scale)

    def _make_issue(self) -> QFrame:
        self.asking = QFrame(self)
        self.asking.setProperty("tone", "green")
        self.outcome = label("", "", self.asking, wrap=True)
        self.confirm = Button("确认印发", "send", "primary", self.asking)
        cancel = Button("取消", None, "plain", self.asking)
        self.confirm.clicked.connect(self.issue)
        cancel.clicked.connect(self.asking.hide)
        line = row(self.outcome, self.confirm, cancel, margins=(5, 2, 5, 2))
        line.setStretch(0, 1)
        self.asking.setLayout(line)
        self.asking.hide()
        return self.asking

    # showing ----------------------------------------------------------------------------------------------

    def open_circular(self, number: int) -> None:
        """Reads a draft and shows it to be written on."""
        person = self._session.person
        self._session.query(self, lambda c: writing.opened(c, number, person), self._read, key="circular_draft",
                            failed=self._failed)  # fmt: skip

    def _read(self, found: Any) -> None:
        self.detail, self.facts = found
        draft = self.detail.draft
        self._version, self._saved = self.detail.row.version, draft
        shown = self.facts.shown if self.facts is not None else {}
        self.editor.show_draft(bound(draft, shown) if self.facts is not None else draft, shown)
        self.name.setText(f"{self.detail.row.kind.label} · {months(self.detail.row)}")
        self.state.setText("草稿")
        self._leaving = False
        self.asking.hide()
        self.show()
        self.draw()
        self.editor.title.setFocus()

    def draw(self) -> None:
        """The pages as they would be printed now, and what is to be known before it goes out."""
        if self.detail is None:
            return
        draft = self.editor.draft()
        paper = document(draft, self.facts, number=None, on=self._session.today)
        self._sheets = pages_of(paper)
        self._scale()
        said = rendering.warnings(draft, self._sheets, self.detail.months_open, self.detail.row.kind)
        self.warned.setText("　".join(said))
        self.warning.setVisible(bool(said))
        self.issue_button.setEnabled(self.detail.may_be_issued and not self._issuing)
        self.issue_button.setToolTip("" if self.detail.may_be_issued else "还有没封账的月份，请先封账")

    def _scale(self, *_moved: object) -> None:
        if self.detail is not None:
            room = self.area.viewport().width() - 12 * UNIT
            wide = max((sheet.width for sheet in self._sheets), default=WIDTH)
            self.canvas.show_sheets(self._sheets, max(0.4, min(room / wide, 96 / 72)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pages keep to the width."""
        super().resizeEvent(event)
        self._scale()

    # keeping ----------------------------------------------------------------------------------------------

    def _edited(self) -> None:
        self.state.setText("正在编辑…")
        self.asking.hide()
        self._drawing.start()
        self._keeping.start()

    @property
    def unsaved(self) -> bool:
        """Whether something is written that is not kept yet."""
        return self.detail is not None and self.editor.draft() != self._saved

    def keep(self) -> None:
        """Keeps the draft as it is written now."""
        if self.detail is None or self._asked is not None or not self.unsaved:
            return
        draft, number, version = self.editor.draft(), self.detail.row.id, self._version
        if not draft.title:
            self.state.setText("没有标题，还没有保存。")
            return
        self._asked, command = _Asked(draft), uuid4()
        self._session.command(
            self, lambda c: commands.save(c, number, version, draft, command_id=command), self._kept,
            failed=self._not_kept,
        )  # fmt: skip

    def _kept(self, done: Any) -> None:
        if self._asked is None or self.detail is None or done.circular != self.detail.row.id:
            self._asked = None
            return
        self._saved, self._version, self._asked = self._asked.draft, done.version, None
        self.state.setText("已保存")
        if self._leaving:
            self.leave()
        elif self.unsaved:
            self._keeping.start()

    def _not_kept(self, error: Exception) -> None:
        """Somebody else was first: what was written here becomes a draft of its own, and both are kept."""
        asked, self._asked, self._leaving = self._asked, None, False
        if getattr(error, "code", "") != "stale" or asked is None or self.detail is None:
            self.state.setText("没有保存")
            self._failed(error)
            return
        row, command = self.detail.row, uuid4()
        withdraws = self.detail.withdraws.id if self.detail.withdraws else None
        self._session.command(
            self,
            lambda c: commands.create(c, row.kind, row.first, row.last, asked.draft, command_id=command,
                                      withdraws=withdraws),
            self._put_apart, failed=self._failed,
        )  # fmt: skip

    def _put_apart(self, done: Any) -> None:
        self._session.notice("warning", "这份草稿刚刚被别人改过；您写的另存为一份草稿，两份都在。")
        self._session.announce(done.changes)
        self.moved.emit(done.circular)
        self.open_circular(done.circular)

    # issuing ----------------------------------------------------------------------------------------------

    def ask_issue(self) -> None:
        """Says what will happen, before it does."""
        if self.detail is None or not self.detail.may_be_issued:
            return
        self.keep()
        loose = len(self.editor.draft().detached())
        withdraws = self.detail.withdraws
        said = f"将取今年的下一个文号，共 {len(self._sheets)} 页；正文、数字和 PDF、Word、Excel 文件从此不能再改。"
        if withdraws is not None:
            said += f"《{withdraws.title}》（{withdraws.number_text}）同时撤销。"
        elif self.detail.row.kind is Kind.MONTHLY:
            said += "这个月不能再重新开账。"
        self.outcome.setText(said + (f"其中手填的数字 {loose} 处。" if loose else ""))
        self.asking.show()
        self.confirm.setFocus()

    def issue(self) -> None:
        """Issues it; a draft that is still being kept goes first."""
        if self.detail is None or self._issuing:
            return
        if self._asked is not None or self.unsaved:
            self.keep()
            self._session.notice("info", "正在保存，请稍后再按一次“确认印发”。")
            return
        self._busy(True)
        number, version, person = self.detail.row.id, self._version, self._session.person
        self._session.command(
            self, lambda c: writing.issue(c, number, version, person, rendering.files), self._issued,
            failed=self._not_issued,
        )  # fmt: skip

    def _busy(self, busy: object) -> None:
        self._issuing = bool(busy)
        self.confirm.setEnabled(not busy)
        self.editor.setEnabled(not busy)

    def _issued(self, done: Any) -> None:
        self._busy(False)
        self._session.notice("success", f"已印发 {done.number}。")
        self.leave()
        self._session.announce(done.changes)
        self.issued.emit(done.circular)

    def _not_issued(self, error: Exception) -> None:
        self._busy(False)
        self._failed(error)

    def _failed(self, error: Exception) -> None:
        known = isinstance(error, PingdeskError)
        said = str(error) if known else "程序出错了，详情已记入日志。"
        self._session.notice("warning" if known else "error", said)

    # leaving ----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves; what was written is kept."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)

    def leave(self) -> None:
        """Back to the list, once what was written is kept; where it cannot be kept, it stays open."""
        if self._issuing:
            return
        for timer in (self._drawing, self._keeping):
            timer.stop()
        self.asking.hide()
        if self.unsaved and not self.editor.draft().title:
            self._session.notice("warning", "请先写标题，草稿才能保存。")
            self.editor.title.setFocus()
            return
        self._leaving = self.unsaved
        if self._leaving:
            self.keep()
            return
        self.hide()
        self.left.emit()
