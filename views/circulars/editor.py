"""The text of a circular to be written: head, sections in their order, foot, and what can be done with the figure at the cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QVBoxLayout, QWidget

from app.circulars.draft import Draft, Field, Section, Words
from models.rules.circulars import Form
from views.circulars.words import WordsEdit
from views.shell.parts import Button, clear, icon_button, label, row, scrolling
from views.shell.theme import UNIT
from views.tickets.forms import field_row, text_area


class SectionBox(QWidget):
    """A section: heading, its place among the others, its paragraphs."""

    edited = Signal()
    #: By how many places it is moved.
    moved = Signal(int)
    dropped = Signal()

    def __init__(self, section: Section, parent: QWidget) -> None:
        super().__init__(parent)
        self._key = section.key
        self.title = QLineEdit(section.title, self)
        self.title.setAccessibleName("小标题")
        self.words = WordsEdit(section.title, self)
        self.words.show_blocks(section.blocks)
        self.up = icon_button("up", f"{section.title}：上移", self)
        self.down = icon_button("down", f"{section.title}：下移", self)
        drop = icon_button("close", f"{section.title}：删去", self)
        head = row(self.title, self.up, self.down, drop)
        head.setStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        column.addLayout(head)
        column.addWidget(self.words)
        self.title.textEdited.connect(self.edited)
        self.words.edited.connect(self.edited)
        self.up.clicked.connect(self._up)
        self.down.clicked.connect(self._down)
        drop.clicked.connect(self._drop)

    def _up(self) -> None:
        self.moved.emit(-1)

    def _down(self) -> None:
        self.moved.emit(1)

    def _drop(self) -> None:
        self.dropped.emit()

    def section(self) -> Section:
        """As it is written now."""
        return Section(self._key, self.title.text().strip(), self.words.blocks())


class FigureBar(QFrame):
    """The figure at the cursor and what can be done with it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("quote", "true")
        self.said = label("", "small", self, wrap=True)
        self.detach = Button("改为手填", "edit", "link", self)
        self.attach = Button("恢复为数据", "recall", "link", self)
        line = row(self.said, self.detach, self.attach, margins=(3, 1, 3, 1))
        line.setStretch(0, 1)
        self.setLayout(line)

    def show_field(self, field: Field | None, shown: Mapping[str, str]) -> None:
        """What it is; without one, what figures are."""
        self.detach.setVisible(field is not None and not field.detached)
        self.attach.setVisible(field is not None and field.detached and field.key in shown)
        if field is None:
            self.said.setText("蓝底的数字来自数据，不能直接改；把光标放在数字上可以改为手填。")
        elif field.detached:
            self.said.setText(f"“{field.text}”是手填的；数据为“{shown.get(field.key, '没有')}”。")
        else:
            self.said.setText(f"“{field.text}”来自数据，随数据变化。")


class CircularEditor(QWidget):
    """`edited` when a person has changed something."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = Draft("")
        self._shown: Mapping[str, str] = {}
        self._boxes: list[SectionBox] = []
        self._at: WordsEdit | None = None
        self._showing = False
        body = QWidget(self)
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(5 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        self._column.setSpacing(2 * UNIT)
        self._make_head(body)
        self._sections = QVBoxLayout()
        self._sections.setSpacing(3 * UNIT)
        self._column.addLayout(self._sections)
        self._make_foot(body)
        self._column.addStretch(1)
        self.figure = FigureBar(self)
        self.figure.detach.clicked.connect(self._detach)
        self.figure.attach.clicked.connect(self._attach)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        area = scrolling(body, self)
        # Always there: coming and going it would change the width of the text, and so its height, and so itself.
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        outer.addWidget(area, 1)
        outer.addWidget(self.figure)

    def _make_head(self, body: QWidget) -> None:
        self.form = QComboBox(body)
        for form in Form:
            self.form.addItem(form.label, form.value)
        self.form.setAccessibleName("版式")
        self.title = text_area("标题；换行处就是断行处", body, lines=2)
        self.addressee = self._line("主送机关", body)
        self.opening = WordsEdit("导语", body)
        self._follow(self.opening)
        self._column.addLayout(field_row("版式", self.form, body))
        self._column.addLayout(field_row("标题", self.title, body))
        self._column.addLayout(field_row("主送", self.addressee, body))
        self._column.addWidget(self.opening)
        self.form.currentIndexChanged.connect(self._changed)
        self.title.textChanged.connect(self._changed)

    def _make_foot(self, body: QWidget) -> None:
        self.issuer, self.mark = self._line("署名", body), self._line("发文机关标志", body)
        self.word, self.note = self._line("发文机关代字", body), self._line("附注", body)
        self.copies = self._line("抄送机关，用顿号隔开", body)
        for name, field in (
            ("署名", self.issuer), ("版头", self.mark), ("代字", self.word),
            ("抄送", self.copies), ("附注", self.note),
        ):  # fmt: skip
            self._column.addLayout(field_row(name, field, body))

    def _line(self, name: str, body: QWidget) -> QLineEdit:
        made = QLineEdit(body)
        made.setAccessibleName(name)
        made.setPlaceholderText(name)
        made.textEdited.connect(self._changed)
        return made

    def _follow(self, words: WordsEdit) -> None:
        words.edited.connect(self._changed)
        words.at_field.connect(self._at_field)

    # to the screen and back -------------------------------------------------------------------------------

    def show_draft(self, draft: Draft, shown: Mapping[str, str]) -> None:
        """Shows a draft; `shown`: what the facts say now."""
        self._showing = True
        self._draft, self._shown, self._at = draft, shown, None
        self.form.setCurrentIndex(self.form.findData(draft.form.value))
        self.title.setPlainText(draft.title)
        for field, text in self._lines(draft):
            field.setText(text)
        self.opening.show_blocks((draft.opening,))
        self._show_sections(draft.sections)
        self.figure.show_field(None, shown)
        self._showing = False

    def _lines(self, draft: Draft) -> tuple[tuple[QLineEdit, str], ...]:
        return (
            (self.addressee, draft.addressee), (self.issuer, draft.issuer), (self.mark, draft.mark),
            (self.word, draft.number_word), (self.copies, "、".join(draft.copies)),
            (self.note, draft.note),
        )  # fmt: skip

    def _show_sections(self, sections: tuple[Section, ...]) -> None:
        clear(self._sections)
        self._boxes = [SectionBox(section, self) for section in sections]
        for place, box in enumerate(self._boxes):
            self._follow(box.words)
            box.edited.connect(self._changed)
            box.moved.connect(partial(self._move, box))
            box.dropped.connect(partial(self._drop, box))
            box.up.setEnabled(place > 0)
            box.down.setEnabled(place < len(sections) - 1)
            self._sections.addWidget(box)

    def draft(self) -> Draft:
        """As it is written now."""
        words = [b for b in self.opening.blocks() if isinstance(b, Words)]
        opening = tuple(piece for w in words for piece in w.pieces)
        return replace(
            self._draft,
            form=Form(self.form.currentData()),
            title=self.title.toPlainText().strip(),
            addressee=self.addressee.text().strip(),
            issuer=self.issuer.text().strip(),
            mark=self.mark.text().strip(),
            number_word=self.word.text().strip(),
            copies=tuple(c.strip() for c in self.copies.text().split("、") if c.strip()),
            note=self.note.text().strip(),
            opening=Words(opening),
            sections=tuple(box.section() for box in self._boxes),
        )

    def _changed(self, *_value: object) -> None:
        if not self._showing:
            self.edited.emit()

    # sections and figures ---------------------------------------------------------------------------------

    def _move(self, box: SectionBox, by: int) -> None:
        boxes = self._boxes
        here = boxes.index(box)
        boxes.insert(here + by, boxes.pop(here))
        self._show_sections(tuple(one.section() for one in boxes))
        self._boxes[here + by].title.setFocus()
        self._changed()

    def _drop(self, box: SectionBox) -> None:
        self._at = None
        self._show_sections(tuple(one.section() for one in self._boxes if one is not box))
        self.figure.show_field(None, self._shown)
        self._changed()

    def _at_field(self, field: Field | None) -> None:
        self._at = self.sender()  # type: ignore[assignment]
        self.figure.show_field(field, self._shown)

    def _detach(self) -> None:
        if self._at is not None:
            self._at.detach()
            self._at.setFocus()

    def _attach(self) -> None:
        field = self._at.field() if self._at is not None else None
        if self._at is not None and field is not None:
            self._at.attach(self._shown[field.key])
