"""What happened to a ticket while somebody was writing: said quietly, and nothing written is lost."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from models.rules.lifecycle import Action
from views.shell.parts import Button, Picture, label, row
from views.shell.theme import UNIT

GONE = "这张工单已不由您办理。您填写的内容还在，可以复制。"


class Meanwhile(QFrame):
    """`looked` when the newer state is asked for; `noted` when what was written is to become a note."""

    looked = Signal()
    noted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("note", "true")
        self.setAccessibleName("工单的变化")
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * UNIT, 2 * UNIT, 5 * UNIT, 2 * UNIT)
        self.text = label("", "", self, wrap=True)
        self.look = Button("查看", kind="link", parent=self)
        self.look.setAccessibleName("查看这张工单的变化")
        self.look.clicked.connect(self.looked)
        self.note = Button("存为批注", kind="link", parent=self)
        self.note.clicked.connect(self.noted)
        line = row(Picture("info", self, size=16, color="amber"), self.text, self.look, self.note)
        line.setStretch(1, 1)
        column.addLayout(line)
        self.hide()

    def say_changed(self, before: Any, now: Any) -> None:
        """Somebody was faster: who, and what they did; it can be looked at."""
        fresh = [entry for entry in now.time_line if entry not in before.time_line]
        done = "、".join(f"{entry.actor_name or '系统'} {entry.action}" for entry in fresh)
        self._say(f"这张工单刚有变化{'：' if done else ''}{done}。", look=True)

    def say_shown(self, action: Action, now: Any, *, has_words: bool) -> None:
        """The newer state is shown: what was written can be confirmed, or else kept as a note."""
        if action in now.allowed:
            self._say("已显示最新情况。您填写的内容还在，请核对后再确认。")
            return
        note = has_words and Action.ANNOTATE in now.allowed
        ways = "可以复制，或存为批注" if note else "可以复制"
        self._say(
            f"工单现为“{now.row.state.label}”，不能再{action.label}。您填写的内容还在，{ways}。", note=note
        )

    def say_gone(self) -> None:
        """The ticket is another's now."""
        self._say(GONE)

    def _say(self, text: str, *, look: bool = False, note: bool = False) -> None:
        self.text.setText(text)
        self.look.setVisible(look)
        self.note.setVisible(note)
        self.show()
