"""协办意见: a co-agency's form, what the lead takes over from it, and how it is read afterwards."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from app.tickets.contributions import Contribution, said_count
from models.rules.lifecycle import Action
from views import dates
from views.shell.parts import Button, clear, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.attachments import STILL_COMING, AttachmentList, FilesForm
from views.tickets.forms import MEANS, text_area


class ContributionList(QWidget):
    """Each co-agency: when and who, its words, its files; one that said nothing is named as such."""

    #: What stands beside an agency that said nothing.
    silent = "未提供"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._parts: tuple[Contribution, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(UNIT)

    def show_parts(self, parts: tuple[Contribution, ...]) -> None:
        """Shows them in their order; what stays the same keeps its focus."""
        if parts == self._parts:
            return
        self._parts = parts
        clear(self._column)
        for part in parts:
            if part is not parts[0]:
                self._column.addSpacing(UNIT)
            self._add(part)

    def _add(self, part: Contribution) -> None:
        head = row(label(part.agency, "strong", self), label(self._about(part), "small", self), None)
        self._column.addLayout(head)
        if part.given:
            words = label(part.text or "原文已按规定清除。", "", self, wrap=True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._column.addWidget(words)
            if (button := self._button(part)) is not None:
                head.addWidget(button)
        if part.files:
            listed = AttachmentList(self._session, self)
            listed.show_files(part.files)
            self._column.addWidget(listed)

    def _about(self, part: Contribution) -> str:
        """第 1 轮 · 罗敏 · 今天 09:20; the round only where it is not the one that runs."""
        before = "" if part.current else f"第 {part.round} 轮"
        if part.at is None:
            return " · ".join(p for p in (before, self.silent) if p)
        when = dates.moment(part.at, self._session.today)
        return " · ".join(p for p in (before, part.by or "", when) if p)

    def _button(self, _part: Contribution) -> Button | None:
        """What can be done with an agency's words."""
        return None


class _Adopting(ContributionList):
    """The same with 采用: an agency's words go into the lead's text, under the agency's name and once."""

    silent = "尚未提供"

    def __init__(self, session: Session, into: QPlainTextEdit, parent: QWidget) -> None:
        super().__init__(session, parent)
        self._into = into
        self._buttons: dict[str, Button] = {}
        #: Agency → the word of it that was taken over, as it was written.
        self.taken: dict[str, int] = {}
        self._written: dict[str, str] = {}
        into.textChanged.connect(self.refresh)

    def show_parts(self, parts: tuple[Contribution, ...]) -> None:
        """Shows them, and which were taken over."""
        if parts != self._parts:
            self._buttons.clear()
        super().show_parts(parts)
        self.refresh()

    def refresh(self) -> None:
        """Names each button by what stands in the text now."""
        text = self._into.toPlainText()
        for part in self._parts:
            if (button := self._buttons.get(part.agency)) is None:
                continue
            taken = self._is_taken(part, text)
            named = "已采用" if taken else "采用新意见" if _mark(part) in text else "采用"
            button.setText(named)
            button.setEnabled(not taken)
            button.setAccessibleName(f"{named}：{part.agency}的协办意见")

    def _is_taken(self, part: Contribution, text: str) -> bool:
        """Word for word, or changed by the lead since."""
        return _passage(part) in text or (self.taken.get(part.agency) == part.id and _mark(part) in text)

    def _button(self, part: Contribution) -> Button:
        button = Button("采用", kind="link", parent=self)
        button.setToolTip("写进整改措施，并注明单位")
        button.clicked.connect(partial(self._take, part))
        self._buttons[part.agency] = button
        return button

    def _take(self, part: Contribution, *_: object) -> None:
        if part.id is None or self._is_taken(part, self._into.toPlainText()):
            return
        self.taken[part.agency] = part.id
        cursor = self._place(part.agency)
        cursor.insertText(_passage(part))
        self._written[part.agency] = _passage(part)
        self._into.setTextCursor(cursor)
        self._into.setFocus()
        self.refresh()

    def _place(self, agency: str) -> QTextCursor:
        """Where the words go: over the agency's earlier ones while they stand as they were, else at the end."""
        text, earlier = self._into.toPlainText(), self._written.get(agency)
        cursor = self._into.textCursor()
        if earlier and (at := text.find(earlier)) >= 0:
            cursor.setPosition(_units(text[:at]))
            cursor.setPosition(_units(text[:at] + earlier), QTextCursor.MoveMode.KeepAnchor)
            return cursor
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if text and not text.endswith("\n"):
            cursor.insertText("\n")
        return cursor


class AdoptionBlock(QFrame):
    """What the lead sees of its co-agencies while it writes; hidden without any."""

    def __init__(self, session: Session, into: QPlainTextEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("quote", "true")
        self.setAccessibleName("协办意见")
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        column.setSpacing(UNIT)
        self._title = label("", "secondary", self)
        self.parts = _Adopting(session, into, self)
        column.addWidget(self._title)
        column.addWidget(self.parts)

    def show_parts(self, parts: tuple[Contribution, ...]) -> None:
        """Shows those of the round that runs."""
        asked = tuple(part for part in parts if part.current)
        self._title.setText(f"协办意见 {said_count(parts)}")
        self.parts.show_parts(asked)
        self.setVisible(bool(asked))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What somebody types below stays where it is on screen when more is said up here."""
        super().resizeEvent(event)
        grown = event.size().height() - event.oldSize().height()
        focus, area = self.window().focusWidget(), _area_of(self)
        if grown and event.oldSize().isValid() and focus is not None and area is not None:
            below = focus.mapToGlobal(QPoint()).y() > self.mapToGlobal(QPoint()).y()
            if below and area.isAncestorOf(focus):
                area.verticalScrollBar().setValue(area.verticalScrollBar().value() + grown)

    def typed(self) -> dict[str, int]:
        """Whose words were taken over, as a draft keeps it: without the words."""
        return dict(self.parts.taken)

    def set_value(self, taken: dict[str, int]) -> None:
        """Knows again whose words were taken over."""
        self.parts.taken = dict(taken)
        self.parts.refresh()


class ContributeForm(FilesForm):
    """A co-agency's words and files; what it said before is shown, and a new word takes its place."""

    def __init__(self, action: Action, session: Session, detail: Any, parent: QWidget | None = None) -> None:
        super().__init__(action, session, detail.row.id, parent)
        self._said = ""
        self.say(MEANS[action])
        self.column.addWidget(self._make_before())
        self.text = text_area("本单位查到的情况、采取的措施", self, lines=4)
        self.text.textChanged.connect(self.edited)
        self.lead_to_files(self.text)
        self.column.addWidget(self.text)
        self.column.addWidget(label("附件", "secondary", self))
        self.column.addWidget(self.files)
        self.say("附件添加后主办单位就能看到，随整改材料一起提交；提交前可以移除。")
        self.show_detail(detail)

    def _make_before(self) -> QFrame:
        self._before = QFrame(self)
        self._before.setProperty("quote", "true")
        self._before.setAccessibleName("已提供的协办意见")
        self._when = label("", "small", self._before)
        self._words = label("", "", self._before, wrap=True)
        self.rewrite = Button("在原意见上修改", kind="link", parent=self._before)
        self.rewrite.clicked.connect(self._rewrite)
        column = QVBoxLayout(self._before)
        column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        column.setSpacing(UNIT)
        column.addLayout(row(self._when, None, self.rewrite))
        column.addWidget(self._words)
        column.addWidget(
            label("再次提供后以新的为准，原意见留在办理过程中。", "small", self._before, wrap=True)
        )
        return self._before

    def show_detail(self, detail: Any) -> None:
        """A colleague may have said something, files may have come; what was typed stays."""
        super().show_detail(detail)
        own = self._session.person.agency
        part = next((c for c in detail.contributions if c.current and c.agency == own and c.given), None)
        self._said = part.text if part is not None else ""
        if part is not None and part.at is not None:
            self._when.setText(f"{part.by} {dates.moment(part.at, self._session.today)} 已提供")
            self._words.setText(part.text)
        self._before.setVisible(part is not None)
        self.edited.emit()

    def _rewrite(self) -> None:
        """Begins with what was said before; undone with Ctrl+Z."""
        if self._said not in self.text.toPlainText():
            cursor = self.text.textCursor()
            cursor.movePosition(QTextCursor.MoveOperation.Start)
            cursor.insertText(self._said)
        self.text.setFocus()

    def problem(self) -> str | None:
        """Words are needed, and others than before."""
        words = self.words()
        if not words:
            return "请先写明协办意见。"
        if words == self._said:
            return "与已提供的协办意见相同。"
        return STILL_COMING if self.files.busy else None

    def words(self) -> str:
        """What is to be said."""
        return self.text.toPlainText().strip()

    def values(self) -> dict[str, Any]:
        """The words, as the event's reason."""
        return {"reason": self.words()}


def _area_of(widget: QWidget) -> QScrollArea | None:
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    return above


def _mark(part: Contribution) -> str:
    return f"【{part.agency}协办意见】"


def _passage(part: Contribution) -> str:
    return f"{_mark(part)}{part.text}"


def _units(text: str) -> int:
    """Qt counts in UTF-16."""
    return len(text.encode("utf-16-le")) // 2
