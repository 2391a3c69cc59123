"""What changed between two versions of a text, word by word, as a reader of Chinese would mark it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from html import escape

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QWidget

from views.shell import theme

#: A number or a Latin word counts as one, a Chinese character for itself.
_WORD = re.compile(r"[A-Za-z]+|[0-9]+(?:[.:,][0-9]+)*|\s+|.", re.DOTALL)
#: So few words that stayed between two changes are read as part of the change.
_ISLAND = 1
#: Longer texts are compared by sentences: the comparison takes the square of the words.
_LONGEST = 3_000
_SENTENCE = re.compile(r"[^。；！？\n]*[。；！？\n]?")


class Change(Enum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """A run of text and what became of it."""

    text: str
    change: Change


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of both texts in reading order, what is gone before what is new."""
    split = _SENTENCE if len(before) + len(after) > _LONGEST else _WORD
    old, new = (list(filter(None, split.findall(text))) for text in (before, after))
    pieces: list[Piece] = []
    for gone, fresh, same in _joined(old, new):
        pieces += [Piece("".join(gone), Change.GONE)] if gone else []
        pieces += [Piece("".join(fresh), Change.NEW)] if fresh else []
        pieces += [Piece("".join(same), Change.SAME)] if same else []
    return tuple(pieces)


def _joined(old: list[str], new: list[str]) -> list[tuple[list[str], list[str], list[str]]]:
    """Changes with what stayed after each; small islands between two changes go with them."""
    made: list[tuple[list[str], list[str], list[str]]] = [([], [], [])]
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, fresh, same = made[-1]
        if what == "equal":
            same += old[a:b]
        elif (gone or fresh) and 0 < len(same) <= _ISLAND:
            made[-1] = (gone + same + old[a:b], fresh + same + new[c:d], [])
        else:
            made.append((old[a:b], new[c:d], []))
    return made


class DiffLabel(QLabel):
    """A text with what is gone struck out and what is new underlined, never by colour alone."""

    def __init__(self, before: str, after: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pieces = differences(before, after)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName(_read_out(self._pieces))
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        """Takes the colours of the new scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._write()

    def _write(self) -> None:
        c = theme.colors()
        marks = {
            Change.SAME: "<span>{}</span>",
            Change.GONE: f'<s style="color:{c.red}; background-color:{c.red_soft}">{{}}</s>',
            Change.NEW: f'<u style="color:{c.green}; background-color:{c.green_soft}">{{}}</u>',
        }
        text = "".join(
            marks[piece.change].format(escape(piece.text).replace("\n", "<br>")) for piece in self._pieces
        )
        if text != self.text():
            self.setText(text)


def _read_out(pieces: tuple[Piece, ...]) -> str:
    said = {Change.SAME: "{}", Change.GONE: "（删去：{}）", Change.NEW: "（新增：{}）"}
    return "".join(said[piece.change].format(piece.text) for piece in pieces)
