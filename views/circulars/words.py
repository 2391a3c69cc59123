"""Text with figures in it: what is typed is free, a figure is taken or left as a whole unless it was detached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from PySide6.QtCore import QEvent, QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QInputMethodEvent,
    QKeyEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from app.circulars.draft import Block, Field, Inset, Piece, Words
from app.documents.model import Level
from views.shell import theme
from views.shell.theme import UNIT

_KEY, _SAID, _DETACHED, _SERIAL, _INSET, _LEVEL = range(
    QTextFormat.Property.UserProperty + 1, QTextFormat.Property.UserProperty + 7
)
#: What stands for a table in the text.
INSETS = {
    "ranking.township": "镇（街道）排名表",
    "ranking.department": "市直部门排名表",
    "labels": "差评标签统计表",
    "bad": "差评工单办理情况表",
    "ranks": "逐月名次表",
    "months": "逐月评价情况表",
}


class WordsEdit(QTextEdit):
    """Paragraphs of a section. `edited` by a person; `at_field(Field or None)`: where the cursor stands now."""

    edited = Signal()
    at_field = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._serial = 0
        self._dark = theme.colors().dark
        # Not at once: a new height may change the width, and so the height, within the layout that told of it.
        self._growing = QTimer(self)
        self._growing.setSingleShot(True)
        self._growing.setInterval(0)
        self._growing.timeout.connect(self._grow)
        self.document().documentLayout().documentSizeChanged.connect(self._grow_soon)
        self.cursorPositionChanged.connect(self._tell)
        self.textChanged.connect(self.edited)

    # to the screen and back -------------------------------------------------------------------------------

    def show_blocks(self, blocks: tuple[Block, ...]) -> None:
        """Shows paragraphs; tells nobody."""
        self.blockSignals(True)
        self.clear()
        cursor = self.textCursor()
        for place, block in enumerate(blocks):
            if place:
                cursor.insertBlock()
            self._write(cursor, block)
        self.document().clearUndoRedoStacks()
        self.blockSignals(False)
        self._grow()

    def _write(self, cursor: QTextCursor, block: Block) -> None:
        form = QTextBlockFormat()
        form.setBottomMargin(UNIT)
        if isinstance(block, Inset):
            cursor.setBlockFormat(form)
            cursor.insertText(f"〔{INSETS.get(block.key, '表格')}〕", self._inset_format(block))
            return
        form.setProperty(_LEVEL, int(block.level or 0))
        cursor.setBlockFormat(form)
        for piece in block.pieces:
            if isinstance(piece, str):
                cursor.insertText(piece, QTextCharFormat())
            else:
                cursor.insertText(piece.text, self._format(piece))

    def blocks(self) -> tuple[Block, ...]:
        """The paragraphs as they stand; empty ones are left out."""
        found = []
        block = self.document().begin()
        while block.isValid():
            parts = list(_parts(block))
            inset = next((p.form.property(_INSET) for p in parts if p.form.hasProperty(_INSET)), None)
            if inset:
                found.append(Inset(*str(inset).split(" ", 1)))
            elif block.text().strip():
                level = block.blockFormat().property(_LEVEL)
                found.append(Words(tuple(_pieces(parts)), Level(level) if level else None))
            block = block.next()
        return tuple(found)

    def _format(self, field: Field) -> QTextCharFormat:
        self._serial += 1
        form = QTextCharFormat()
        form.setProperty(_KEY, field.key)
        form.setProperty(_SAID, field.text)
        form.setProperty(_DETACHED, field.detached)
        form.setProperty(_SERIAL, self._serial)
        ink, ground = theme.colors().tone("amber" if field.detached else "accent")
        form.setForeground(QColor(ink))
        form.setBackground(QColor(ground))
        form.setFontUnderline(field.detached)
        form.setToolTip("手填的数字，不随数据变化" if field.detached else "来自封账数据，不能直接改")
        return form

    def _inset_format(self, inset: Inset) -> QTextCharFormat:
        self._serial += 1
        form = QTextCharFormat()
        form.setProperty(_INSET, f"{inset.kind} {inset.key}")
        form.setProperty(_SERIAL, self._serial)
        form.setForeground(QColor(theme.colors().secondary))
        return form

    # figures ----------------------------------------------------------------------------------------------

    def field(self) -> Field | None:
        """The figure at the cursor."""
        span = self._span_at(self.textCursor().position())
        return _field(span[2], self._text(*span[:2])) if span and not span[2].hasProperty(_INSET) else None

    def detach(self) -> None:
        """The figure at the cursor is typed by hand from now on."""
        if (field := self.field()) is not None:
            self._replace(replace(field, detached=True))

    def attach(self, text: str) -> None:
        """The figure at the cursor follows the facts again, which show it as `text`."""
        if (field := self.field()) is not None:
            self._replace(replace(field, text=text, detached=False))

    def _replace(self, field: Field) -> None:
        span = self._span_at(self.textCursor().position())
        if span is None:
            return
        cursor = self._cursor(*span[:2])
        cursor.insertText(field.text, self._format(field))
        cursor.setPosition(cursor.position() - 1)
        self.setTextCursor(cursor)
        self._tell()

    def _spans(self) -> Iterator[tuple[int, int, QTextCharFormat]]:
        """Every figure and table: where it begins and ends, and its format."""
        block = self.document().begin()
        while block.isValid():
            for part in _parts(block):
                if part.form.hasProperty(_SERIAL):
                    yield part.start, part.end, part.form
            block = block.next()

    def _span_at(self, position: int) -> tuple[int, int, QTextCharFormat] | None:
        """The figure that a position is in, or just after."""
        return next((s for s in self._spans() if s[0] < position <= s[1]), None)

    def _cursor(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _text(self, start: int, end: int) -> str:
        return self._cursor(start, end).selectedText()

    def _tell(self) -> None:
        self.at_field.emit(self.field())

    # typing -----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Figures are deleted as a whole, and nothing is typed into them."""
        if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._take_whole(-1 if event.key() == Qt.Key.Key_Backspace else 1)
        elif event.text() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.step_out()
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """What an input method writes stands beside the figure too."""
        if event.commitString() or event.preeditString():
            self.step_out()
        super().inputMethodEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Only the words, beside the figure."""
        self.step_out()
        self.textCursor().insertText(source.text(), self.currentCharFormat())

    def step_out(self) -> None:
        """Leaves a figure before something is written; one that is typed by hand is written in."""
        cursor = self.textCursor()
        if cursor.hasSelection():
            self._take_whole(0)
            self.setCurrentCharFormat(QTextCharFormat())
            return
        span = self._span_at(cursor.position())
        if span is None:
            self.setCurrentCharFormat(QTextCharFormat())
        elif not span[2].property(_DETACHED):
            cursor.setPosition(span[1])
            self.setTextCursor(cursor)
            self.setCurrentCharFormat(QTextCharFormat())

    def _take_whole(self, towards: int) -> None:
        """Selects the whole of every figure that what will be deleted touches."""
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        if start == end:
            start, end = (start - 1, end) if towards < 0 else (start, end + 1)
            if not any(s < end and start < e and not f.property(_DETACHED) for s, e, f in self._spans()):
                return
        for begin, stop, form in self._spans():
            if begin < end and start < stop and not form.property(_DETACHED):
                start, end = min(start, begin), max(end, stop)
        self.setTextCursor(self._cursor(start, end))

    # size and colours -------------------------------------------------------------------------------------

    def _grow_soon(self, _size: object) -> None:
        self._growing.start()

    def _grow(self) -> None:
        self.setFixedHeight(max(8 * UNIT, round(self.document().size().height()) + 3 * UNIT))

    def changeEvent(self, event: QEvent) -> None:
        """Figures are drawn in the colours of the scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._dark != theme.colors().dark:
            self._dark = theme.colors().dark
            self.show_blocks(self.blocks())


@dataclass(frozen=True, slots=True)
class _Run:
    """Text of one format: where it begins and ends in the document, counted as Qt counts."""

    start: int
    end: int
    text: str
    form: QTextCharFormat


def _parts(block: QTextBlock) -> Iterator[_Run]:
    """The runs of a paragraph, asked character by character: the bindings of Qt's own iterators over fragments and
    ranges free what is still in use."""
    units = block.text().encode("utf-16-le")  # Qt counts a rare character as two
    cursor, base = QTextCursor(block), block.position()
    forms = []
    for place in range(len(units) // 2):
        cursor.setPosition(base + place + 1)
        form = cursor.charFormat()
        forms.append((form.property(_SERIAL), place, form))
    for _serial, run in groupby(forms, key=itemgetter(0)):
        same = list(run)
        first, past = same[0][1], same[-1][1] + 1
        text = units[2 * first : 2 * past].decode("utf-16-le", "replace")
        yield _Run(base + first, base + past, text, same[0][2])


def _pieces(parts: list[_Run]) -> Iterator[Piece]:
    for part in parts:
        yield _field(part.form, part.text) if part.form.hasProperty(_KEY) else part.text


def _field(form: QTextCharFormat, text: str) -> Field:
    """A figure as it reads: one that does not read as it was written was typed over."""
    changed = text != form.property(_SAID)
    return Field(str(form.property(_KEY)), text, bool(form.property(_DETACHED)) or changed)
