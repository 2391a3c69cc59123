"""What happened to a ticket while somebody was writing: said quietly, then both versions side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from models.rules.lifecycle import Action
from views import dates
from views.shell.flow import Flow
from views.shell.parts import Button, Picture, clear, label, row, scrolling
from views.shell.theme import UNIT

GONE = "这张工单已不由您办理。您填写的内容还在，可以复制。"
_NOT_YOURS = "这张工单已不由您办理"
_TAKEN = ((_NOT_YOURS, "", "可能已改由其他单位办理，办理情况不在您可查看的范围。"),)


@dataclass(frozen=True, slots=True)
class Mine:
    """What somebody wrote and has not confirmed: the action, and each field's name and content as words."""

    action: Action
    fields: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """All of it, to be kept as a note or copied; a lone text stands by itself."""
        if len(self.fields) == 1:
            return self.fields[0][1]
        return "\n".join(f"{name}：{content}" for name, content in self.fields)


def only_beside(before: Any, now: Any, action: Action) -> bool:
    """Whether what changed leaves the ticket where it was, so that what is being written goes on upon it.

    The same act by somebody else is to be seen first: nobody supervises twice by accident. Notes stand side by side.
    """
    twice = action is not Action.ANNOTATE and any(e.action == action.label for e in _fresh(before, now))
    same = all(
        getattr(before.row, name) == getattr(now.row, name)
        for name in ("state", "declined", "agency", "co_agencies", "due_on", "rework_due_on")
    )
    return same and not twice and action in before.allowed and action in now.allowed


class Meanwhile(QFrame):
    """One line above the foot. `looked` when both versions are asked for."""

    looked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("note", "true")
        self.setAccessibleName("工单的变化")
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * UNIT, 2 * UNIT, 5 * UNIT, 2 * UNIT)
        self.text = label("", "", self, wrap=True)
        self.look = Button("查看", kind="link", parent=self)
        self.look.setAccessibleName("对照查看最新情况和您填写的内容")
        self.look.clicked.connect(self.looked)
        line = row(Picture("info", self, size=16, color="amber"), self.text, self.look)
        line.setStretch(1, 1)
        column.addLayout(line)
        self.hide()

    def say_changed(self, before: Any, now: Any) -> None:
        """Somebody was faster: who, and what they did; it can be looked at."""
        self._say(f"这张工单刚有变化{_done(before, now)}。", look=True)

    def say_beside(self, before: Any, now: Any) -> None:
        """Somebody added something that does not touch what is being written."""
        self._say(f"刚刚更新{_done(before, now)}。您填写的内容不受影响。")

    def say_shown(self) -> None:
        """The newest state is shown, and what was written stands upon it."""
        self._say("已显示最新情况，请核对后再确认。")

    def say_gone(self) -> None:
        """The ticket is another's now."""
        self._say(GONE, look=True)

    def _say(self, text: str, *, look: bool = False) -> None:
        self.text.setText(text)
        self.setAccessibleDescription(text)
        self.look.setVisible(look)
        self.show()


class Versions(QWidget):
    """Both versions, and what can be done with mine: `noted`, `again`, `copied`, `given_up`, or `back` to writing."""

    noted = Signal()
    again = Signal()
    copied = Signal()
    given_up = Signal()
    back = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("最新情况和您填写的内容")
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * UNIT, 2 * UNIT, 5 * UNIT, 3 * UNIT)
        column.setSpacing(3 * UNIT)
        self._title = label("", "lead", self, wrap=True)
        self._advice = label("", "secondary", self, wrap=True)
        self._ticket = label("", "small", self, wrap=True)
        for text in (self._title, self._ticket, self._advice):
            column.addWidget(text)
        self.theirs, self.mine = _Side("最新情况", self), _Side("您填写的", self)
        sides = QWidget(self)
        line = QHBoxLayout(sides)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2 * UNIT)
        for side in (self.theirs, self.mine):
            line.addWidget(side, 1, Qt.AlignmentFlag.AlignTop)
        column.addWidget(scrolling(sides, self), 1)
        column.addLayout(self._make_ways())

    def _make_ways(self) -> Flow:
        ways = Flow()
        self.again_button = self._way(ways, "改在最新情况上再办", "primary", self.again)
        self.note_button = self._way(ways, "保留我的为批注", "plain", self.noted)
        self.copy_button = self._way(ways, "复制我的", "plain", self.copied)
        self.drop_button = self._way(ways, "放弃", "plain", self.given_up)
        self.back_button = self._way(ways, "返回", "plain", self.back)
        self.back_button.setToolTip("回到填写的内容（Esc）")
        return ways

    def _way(self, ways: Flow, text: str, kind: str, signal: Any) -> Button:
        made = Button(text, None, kind, self)
        made.clicked.connect(signal)
        ways.addWidget(made)
        return made

    def show_versions(self, before: Any, now: Any, mine: Mine, today: date) -> None:
        """`now`: None where the ticket was taken away and nothing more is told of it."""
        allowed = now.allowed if now is not None else ()
        self._title.setText(f"{_NOT_YOURS}。" if now is None else "您填写期间，工单有了变化")
        self._ticket.setText(" · ".join(filter(None, (before.row.item, before.row.number))))
        self._advice.setText(_advice(now, mine))
        self.theirs.show_blocks(_TAKEN if now is None else _changes(before, now, today))
        self.mine.show_blocks(
            ((f"拟{mine.action.label}（未提交）", "", ""), *((name, "", said) for name, said in mine.fields))
        )
        _offer(self.again_button, _advice(now, mine) if mine.action not in allowed else None)
        _offer(self.note_button, _why_no_note(mine, allowed))
        self.note_button.setVisible(mine.action is not Action.ANNOTATE)
        self.copy_button.setEnabled(bool(mine.fields))

    def take_focus(self) -> None:
        """To the likely way."""
        found = next((b for b in (self.again_button, self.note_button) if b.isEnabled()), self.copy_button)
        found.setFocus()


class _Side(QFrame):
    """One of the two: headed blocks of words that can be selected."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("quote", "true")
        self.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 3 * UNIT)
        column.setSpacing(2 * UNIT)
        column.addWidget(label(name, "section", self))
        self._blocks = QVBoxLayout()
        self._blocks.setSpacing(2 * UNIT)
        column.addLayout(self._blocks)
        column.addStretch(1)

    def show_blocks(self, blocks: tuple[tuple[str, str, str], ...]) -> None:
        """(what, beside it, words) each; empty parts are left out."""
        clear(self._blocks)
        for what, beside, words in blocks:
            block = QVBoxLayout()
            block.setSpacing(0)
            for text, role in ((what, "secondary"), (beside, "small"), (words, "")):
                if text:
                    block.addWidget(_selectable(text, role, self))
            self._blocks.addLayout(block)


def _selectable(text: str, role: str, parent: QWidget) -> QLabel:
    made = label(text, role, parent, wrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def _offer(button: Button, why_not: str | None) -> None:
    button.setEnabled(why_not is None)
    button.setToolTip(why_not or "")
    button.setAccessibleDescription(why_not or "")


def _why_no_note(mine: Mine, allowed: tuple[Action, ...]) -> str | None:
    if not mine.fields:
        return "没有填写内容。"
    return None if Action.ANNOTATE in allowed else "现在不能在这张工单上批注。"


def _advice(now: Any, mine: Mine) -> str:
    """What can be done with what was written."""
    if now is None:
        return "您填写的内容还在，可以复制后另行使用。"
    if mine.action in now.allowed:
        return f"仍可{mine.action.label}：核对两边的内容后，在最新情况上再办。"
    return f"工单现为“{now.row.state.label}”，不能再{mine.action.label}；您填写的内容可以留作批注，或复制。"


def _fresh(before: Any, now: Any) -> tuple[Any, ...]:
    return tuple(entry for entry in now.time_line if entry not in before.time_line)


def _done(before: Any, now: Any) -> str:
    """：罗敏 签收、李伟 批注; nothing where the time line does not tell."""
    done = "、".join(f"{entry.actor_name or '系统'} {entry.action}" for entry in _fresh(before, now))
    return f"：{done}" if done else ""


def _changes(before: Any, now: Any, today: date) -> tuple[tuple[str, str, str], ...]:
    """Who did what and when, in their words; then what differs in the ticket."""
    made = [
        (f"{entry.actor_name or '系统'} {entry.action}", dates.moment(entry.at, today), entry.text or "")
        for entry in _fresh(before, now)
    ]
    was, current = before.row, now.row
    for name, old, new in (
        ("状态", was.state.label, current.state.label),
        ("主办", was.agency, current.agency),
        ("协办", "、".join(was.co_agencies) or "无", "、".join(current.co_agencies) or "无"),
        ("整改期限", dates.day(was.due_on, today), dates.day(current.due_on, today)),
    ):
        if old != new:
            made.append((name, "", f"{old} → {new}"))
    return tuple(made) or (("办理信息有更新", "", ""),)
