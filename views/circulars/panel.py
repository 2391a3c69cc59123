"""The chosen circular: what it is, its files, and what can be done with it; or the form for a new one."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.circulars import commands, queries, writing
from app.circulars.rows import CircularDetail, FileRow
from app.errors import PingdeskError
from models.rules.circulars import OF_MONTHS, Kind, State
from views import dates
from views.circulars.columns import months, state_chip
from views.filings.forms import MonthChoice
from views.records.foot import Offer, StepFoot
from views.shell.parts import Badge, Button, Empty, clear, label, row, rule, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.forms import Choice, field_row

_FILES = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel", "html": "网页"}
_HINTS = {
    Kind.MONTHLY: "写这个月的评价、排名、差评和办理情况。",
    Kind.RECTIFICATION: "写这个月的差评整改、回访和申诉情况。",
    Kind.ANNUAL: "写这一年到所选月份为止的情况。",
    Kind.PUBLIC: "向社会公开：不写工作人员，不写个人信息。",
}


class NewForm(QWidget):
    """Kind and month of a new circular; the rest writes itself."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.kind = Choice({kind: kind.label for kind in OF_MONTHS}, self)
        self.kind.setAccessibleName("种类")
        self.month = MonthChoice("月份", session.today, self)
        self.month.setCurrentIndex(1)
        self._hint = label("", "small", self, wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        column.addWidget(label("起草通报", "lead", self))
        column.addLayout(field_row("种类", self.kind, self))
        column.addLayout(field_row("月份", self.month, self))
        column.addWidget(self._hint)
        self.kind.set_value(Kind.MONTHLY)
        self.kind.edited.connect(self._say)
        self._say()

    @property
    def chosen(self) -> Kind:
        """The kind chosen."""
        return self.kind.value() or Kind.MONTHLY

    def _say(self) -> None:
        self._hint.setText(f"{_HINTS[self.chosen]}（依据：{self.chosen.article}）")


class CircularPanel(QFrame):
    """`acted(Done)` after a change; `writing_wanted(id)`; `file_wanted(FileRow)`; `began` when a form opens."""

    acted = Signal(object)
    began = Signal()
    writing_wanted = Signal(int)
    file_wanted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setAccessibleName("通报")
        self._session = session
        self.detail: CircularDetail | None = None
        self.number: int | None = None
        #: The form for a new one, None where none is open.
        self.form: NewForm | None = None
        self._asked = ""
        self._busy = False
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        said = "从左边选一份，或按“起草通报”。" if session.is_officer else "从左边选一份，可以另存它的文件。"
        self._empty = Empty("file", "没有选择通报", said, body)
        self._content = self._make_content(body)
        self._form_place = QVBoxLayout()
        column.addWidget(self._empty, 1)
        column.addLayout(self._form_place)
        column.addWidget(self._content)
        column.addStretch(1)
        self.foot = StepFoot(self)
        self.foot.pressed.connect(self._pressed)
        self.foot.confirmed.connect(self._confirmed)
        self.foot.cancelled.connect(self.close_form)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scrolling(body, self), 1)
        outer.addWidget(rule(self))
        outer.addWidget(self.foot)
        self.show_nothing()

    def _make_content(self, body: QWidget) -> QWidget:
        made = QWidget(body)
        self._title = label("", "lead", made, wrap=True)
        self._badge = Badge("", parent=made)
        self._facts = label("", "small", made, wrap=True)
        self._files_title = label("文件", "section", made)
        self._files = QVBoxLayout()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        head = row(self._title, self._badge)
        head.setStretch(0, 1)
        column.addLayout(head)
        for part in (self._facts, self._files_title):
            column.addWidget(part)
        column.addLayout(self._files)
        return made

    # what the list asks -----------------------------------------------------------------------------------

    @property
    def typing(self) -> bool:
        """Nothing that could be lost is typed here."""
        return False

    @property
    def confirm(self) -> Button | None:
        """The button of what is asked for."""
        return self.foot.confirm if self.form is not None or self._asked else None

    def load(self, number: int) -> None:
        """Reads a circular and shows it."""
        self.number = number
        self._session.query(self, lambda c: queries.circular(c, number), self._arrived, key="circular",
                            failed=self._not_shown)  # fmt: skip

    def reload(self) -> None:
        """Reads what is shown again."""
        if self.number is not None and self.form is None:
            self.load(self.number)

    def show_nothing(self) -> None:
        """None is chosen."""
        self.detail = self.number = None
        self._asked = ""
        self._empty.show()
        self._content.hide()
        self.foot.hide()

    def _not_shown(self, error: Exception) -> None:
        self.show_nothing()
        self._failed(error)

    def _arrived(self, detail: CircularDetail) -> None:
        if self.form is not None:
            return
        self.detail = detail
        self._empty.hide()
        self._content.show()
        shown = detail.row
        self._title.setText(shown.title)
        chip = state_chip(shown)
        self._badge.show_text(chip.text, chip.tone)
        self._facts.setText("\n".join(_facts(detail)))
        self._show_files(detail.files)
        if not self._asked:
            self._show_offers()

    def _show_files(self, files: tuple[FileRow, ...]) -> None:
        clear(self._files)
        self._files_title.setVisible(bool(files))
        for file in files:
            said = label(f"{_FILES[file.kind]}　{file.size / 1024:,.0f} KB", "", self._content)
            said.setToolTip(f"{file.name}\nSHA-256 {file.hash}")
            save = Button("另存…", "save", "link", self._content)
            save.setAccessibleName(f"另存 {file.name}")
            save.clicked.connect(partial(self._save, file))
            self._files.addLayout(row(said, None, save))

    def _save(self, file: FileRow, _pressed: object = None) -> None:
        self.file_wanted.emit(file)

    # what can be done -------------------------------------------------------------------------------------

    def _show_offers(self) -> None:
        offers = self._offers()
        self.foot.setVisible(bool(offers))
        self.foot.show_offers(offers)

    def _offers(self) -> tuple[Offer, ...]:
        if self.detail is None or not self._session.is_officer:
            return ()
        row_ = self.detail.row
        if row_.state is State.DRAFT:
            return (Offer("write", "编辑", "edit"), Offer("drop", "删除草稿", "close", likely=False))
        if row_.state is State.ISSUED and row_.kind is not Kind.WITHDRAWAL:
            return (Offer("withdraw", "撤销这份通报", "recall", likely=False),)
        return ()

    def allows(self, offer: str) -> bool:
        """Whether something can be done with the chosen one."""
        return self.form is None and not self._busy and any(one.id == offer for one in self._offers())

    def pick(self, offer: str) -> None:
        """Does it, or asks first."""
        self._pressed(offer)

    def _pressed(self, offer: str) -> None:
        if self.detail is None:
            return
        if offer == "write":
            self.writing_wanted.emit(self.detail.row.id)
            return
        self._asked = offer
        self.foot.show_confirm({"drop": "删除草稿", "withdraw": "起草撤销通知"}[offer])
        said = {
            "drop": "草稿删除后不能恢复。",
            "withdraw": f"将起草一份撤销通知，写明{self.detail.row.number_text}；印发后原通报才撤销。",
        }
        self.foot.judge(None, said[offer], busy=False)

    def begin_new(self) -> None:
        """Opens the form for a new one."""
        if self.form is not None:
            return
        self.show_nothing()
        self._empty.hide()
        self.form = NewForm(self._session, self)
        self._form_place.addWidget(self.form)
        self.foot.show()
        self.foot.show_confirm("起草")
        self.foot.judge(None, "正文、表格和数字自动写好，再由您修改。", busy=False)
        self.form.month.setFocus()
        self.began.emit()

    def close_form(self) -> None:
        """Nothing is asked for any more."""
        self._asked = ""
        if self.form is not None:
            self._form_place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
            self.show_nothing()
        elif self.detail is not None:
            self._show_offers()

    def _confirmed(self) -> None:
        if self._busy:
            return
        if self.form is not None:
            kind, month = self.form.chosen, self.form.month.month
            person, period, command = self._session.person, writing.period_of(kind, month), uuid4()
            self._run(lambda c: writing.create(c, kind, period, person, command), self._made)
        elif self.detail is not None and self._asked == "drop":
            number, version = self.detail.row.id, self.detail.row.version
            self._run(lambda c: commands.drop(c, number, version), self._dropped)
        elif self.detail is not None:
            self._withdraw(self.detail.row.id, uuid4())

    def _withdraw(self, number: int, command: UUID) -> None:
        self._run(lambda c: writing.withdraw(c, number, command), self._made)

    def _run(self, work: Any, done: Any) -> None:
        self._busy = True
        if self.foot.confirm is not None:
            self.foot.confirm.setEnabled(False)
        self._session.command(self, work, done, failed=self._refused)

    def _made(self, done: Any) -> None:
        self._busy = False
        self.close_form()
        self.number = done.circular
        self.acted.emit(done)
        self.writing_wanted.emit(done.circular)

    def _dropped(self, changes: Any) -> None:
        self._busy = False
        self.show_nothing()
        self._session.notice("success", "草稿已删除。")
        self._session.announce(changes)

    def _refused(self, error: Exception) -> None:
        self._busy = False
        if self.foot.confirm is not None:
            self.foot.confirm.setEnabled(True)
        self._failed(error)

    def _failed(self, error: Exception) -> None:
        known = isinstance(error, PingdeskError)
        said = str(error) if known else "程序出错了，详情已记入日志。"
        self._session.notice("warning" if known else "error", said)


def _facts(detail: CircularDetail) -> list[str]:
    shown = detail.row
    said = [f"{shown.kind.label}（依据：{shown.kind.article}） · {months(shown)}"]
    if shown.number_text and shown.issued_on:
        said.append(f"{shown.number_text} · {dates.exact_day(shown.issued_on)}印发")
    else:
        said.append(f"{shown.changed_by} {dates.exact(shown.changed_at)} 保存")
    if detail.withdraws is not None:
        said.append(f"撤销{detail.withdraws.number_text}")
    if detail.withdrawn_by is not None:
        said.append(f"已由{detail.withdrawn_by.number_text}撤销")
    if shown.state is State.DRAFT and detail.months_open and shown.kind is not Kind.WITHDRAWAL:
        said.append(f"{'、'.join(dates.month(m) for m in detail.months_open)}还没有封账，不能印发。")
    return said
