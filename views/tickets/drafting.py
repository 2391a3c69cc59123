"""Keeps what is typed into the open form on this computer, and puts it back when the form opens again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from PySide6.QtCore import QDateTime, QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QDateTimeEdit,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.clock import SHANGHAI, local
from app.tickets.drafts import Draft, DraftBook
from views.shell.parts import Button, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.forms import Choice

#: Milliseconds after the last key until the draft is written.
_PAUSE = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """What a form keeps of a field that is not kept as fields are: how it is read, and put back."""

    typed: Callable[[], Any]
    set_value: Callable[[Any], object]


class Form(Protocol):
    """A form whose fields are kept: those that are its attributes, or those that its `fields()` names if it has that.
    `touched`: somebody wrote in it."""

    action: str
    column: QVBoxLayout
    edited: Any
    touched: bool


class DraftKeeper(QObject):
    """Follows one form at a time. `shelf`: what is written on, where it is no ticket; `book`: a test's own."""

    def __init__(
        self, session: Session, parent: QObject, book: DraftBook | None = None, *, shelf: str = ""
    ) -> None:
        super().__init__(parent)
        self._session, self._book, self._shelf = session, book, shelf
        self._form: Any = None
        self._ticket = 0
        self._lost = False
        self._begun: dict[str, Any] = {}
        self._note: QFrame | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self.keep)

    def follow(self, form: Form, ticket_id: int) -> None:
        """Puts back what was typed into this form before, and keeps what is typed from now on."""
        self._form, self._ticket, self._note, self._lost = form, ticket_id, None, False
        self._begun = typed(form)
        draft = self._drafts().get(ticket_id, str(form.action))
        if draft is not None and dict(draft.values) != self._begun:
            put_back(form, draft.values)
            self._note = self._say_restored(draft)
            form.column.insertWidget(0, self._note)
        form.edited.connect(self._timer.start)

    @property
    def written(self) -> bool:
        """Whether more stands in the form than it began with."""
        return self._form is not None and self._form.touched and typed(self._form) != self._begun

    def leave(self) -> None:
        """The form is put away: what was typed last is kept."""
        self.flush()
        self._form = None

    def flush(self) -> None:
        """What was typed a moment ago is kept without waiting."""
        if self._timer.isActive():
            self.keep()

    def done(self, ticket_id: int, action: str) -> None:
        """The act is confirmed: its draft is gone."""
        if self._form is not None and (self._ticket, str(self._form.action)) == (ticket_id, action):
            self._stop()
        self._drafts().drop(ticket_id, action)

    def lost(self, ticket_id: int) -> None:
        """The ticket is no longer this person's: nothing of it stays on this computer."""
        self._timer.stop()
        self._lost = True
        self._drafts().drop(ticket_id)

    def found(self) -> None:
        """The ticket is this person's again."""
        self._lost = False

    def put(self, ticket_id: int, action: str, values: dict[str, Any]) -> None:
        """Keeps a draft that was dropped."""
        self._drafts().keep(ticket_id, action, values, datetime.now(SHANGHAI))

    def keep(self) -> None:
        """Writes what stands in the form now; where that is what it began with, there is no draft."""
        self._timer.stop()
        if self._form is None or self._lost or not self._session.is_open:
            return
        if self.written:
            self.put(self._ticket, str(self._form.action), typed(self._form))
        else:
            self._drafts().drop(self._ticket, str(self._form.action))

    def forget(self) -> None:
        """What stands in the form is wanted no more."""
        self._stop()

    def _stop(self) -> None:
        self._timer.stop()
        self._form = None

    def _drafts(self) -> DraftBook:
        workspace = self._session.workspace
        return self._book or DraftBook(workspace.place + self._shelf, workspace.person.login)

    def _say_restored(self, draft: Draft) -> QFrame:
        at = local(draft.at)
        frame = QFrame(self._form)
        frame.setProperty("quote", "true")
        words = f"已恢复未提交的内容 {at.month}月{at.day}日 {at:%H:%M}"
        clear = Button("清除", kind="link", parent=frame)
        clear.setAccessibleName("清除已恢复的内容")
        clear.clicked.connect(self._clear)
        line = row(label(words, "small", frame), None, clear, margins=(3, 1, 3, 1))
        frame.setLayout(line)
        frame.setMinimumHeight(8 * UNIT)
        return frame

    def _clear(self) -> None:
        """As the form was before it was put back."""
        if self._form is not None:
            put_back(self._form, self._begun)
            self.keep()
        if self._note is not None:
            self._note.hide()


def typed(form: Form) -> dict[str, Any]:
    """What stands in each field of a form, as typed."""
    return {name: _content(field) for name, field in _fields(form).items()}


def put_back(form: Form, values: Any) -> None:
    """Puts contents back into the fields of those names; what a form no longer has is left out."""
    for name, field in _fields(form).items():
        if name in values:
            _fill(field, values[name])


def _fields(form: Any) -> dict[str, Any]:
    """A form's fields by name, in the order in which they are put back."""
    if hasattr(form, "fields"):
        return dict(form.fields())
    return {name: field for name, field in vars(form).items() if _kept(field)}


def said(form: QWidget) -> tuple[tuple[str, str], ...]:
    """(name, content) of each field that is shown and holds something, as words for people, from top to bottom."""
    shown = [field for field in vars(form).values() if _kept(field) and not field.isHidden()]
    shown.sort(key=lambda field: field.mapTo(form, QPoint()).y())
    return tuple((_name(field), words) for field in shown if (words := _in_words(field)))


def _name(field: QWidget) -> str:
    return str(field.property("named") or field.accessibleName() or "内容")


def _in_words(field: Any) -> str:
    if isinstance(field, Choice):
        return field.word()
    if isinstance(field, QDateTimeEdit):
        return field.text()
    if isinstance(field, QAbstractButton):  # shows what was chosen of its menu
        return field.text() if field.typed() is not None else ""
    content = _content(field)
    return "、".join(map(str, content)) if isinstance(content, (list, tuple)) else str(content or "").strip()


def _kept(field: object) -> bool:
    """Whether a person types or chooses in it."""
    known = isinstance(field, (QLineEdit, QPlainTextEdit, Choice, QDateTimeEdit))
    return known or (isinstance(field, QWidget) and hasattr(field, "typed") and hasattr(field, "set_value"))


def _content(field: Any) -> Any:
    if isinstance(field, QPlainTextEdit):
        return field.toPlainText()
    if isinstance(field, QLineEdit):
        return field.text()
    if isinstance(field, QDateTimeEdit):
        return field.dateTime().toString(Qt.DateFormat.ISODate)
    return field.typed() if hasattr(field, "typed") else field.value()


def _fill(field: Any, content: Any) -> None:
    if isinstance(field, QPlainTextEdit):
        field.setPlainText(str(content))
    elif isinstance(field, QLineEdit):
        field.setText(str(content))
    elif isinstance(field, QDateTimeEdit):
        field.setDateTime(QDateTime.fromString(str(content), Qt.DateFormat.ISODate))
    else:
        field.set_value(content)
