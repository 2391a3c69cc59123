"""One event: who, what, to what; every fact in words; the reason where there is one; the link that holds it."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from views import dates
from views.audit.columns import person_of, what_chip
from views.audit.strip import SHOWN
from views.shell.parts import Badge, Button, Empty, Picture, clear, icon_button, label, row, rule, scrolling
from views.shell.theme import UNIT


class EventPanel(QFrame):
    """`ticket_wanted(id, name)` and `person_wanted(login)`: only the events of one; `told(str)`."""

    ticket_wanted = Signal(int, str)
    person_wanted = Signal(str)
    told = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setAccessibleName("审计记录详情")
        self.detail: Any = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._stack = QStackedWidget(self)
        self._empty = Empty(
            "audit", "选择一条记录", "在左边的列表中选一条，这里显示办理的内容、理由和所在的环。", self
        )
        self._stack.addWidget(self._empty)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        self._column.setSpacing(3 * UNIT)
        self._body = body
        self._stack.addWidget(scrolling(body, self))
        outer.addWidget(self._stack, 1)
        self._foot = QWidget(self)
        self._ticket = Button("只看这张工单", "tickets", "plain", self._foot)
        self._ticket.clicked.connect(self._ask_ticket)
        self._person = Button("只看此人", "person", "plain", self._foot)
        self._person.clicked.connect(self._ask_person)
        line = row(self._ticket, self._person, None, margins=(5, 3, 5, 3))
        self._rule = rule(self)
        self._foot.setLayout(line)
        outer.addWidget(self._rule)
        outer.addWidget(self._foot)
        self.show_nothing()

    def show_nothing(self) -> None:
        """No event is chosen."""
        self.detail = None
        self._stack.setCurrentIndex(0)
        self._foot.hide()
        self._rule.hide()

    def show_event(self, detail: Any, today: date) -> None:
        """Shows an event."""
        self.detail = detail
        clear(self._column)
        self._head(detail.row, today)
        if detail.words is not None:
            self._column.addWidget(self._reason(detail))
        self._add_facts(detail.particulars)
        self._add_link(detail.link)
        self._column.addStretch(1)
        self._ticket.setVisible(detail.row.ticket is not None)
        self._stack.setCurrentIndex(1)
        self._foot.show()
        self._rule.show()

    def _head(self, event: Any, today: date) -> None:
        chip = what_chip(event)
        title = label(event.subject if event.subject != "—" else event.what, "lead", self._body, wrap=True)
        top = row(spacing=2)
        top.addWidget(title, 1)
        top.addWidget(Badge(chip.text, chip.tone, self._body), 0, Qt.AlignmentFlag.AlignTop)
        facts = QVBoxLayout()
        facts.setSpacing(UNIT // 2)
        facts.addLayout(top)
        facts.addWidget(label(person_of(event), "small", self._body, wrap=True))
        facts.addWidget(label(f"{dates.exact(event.at)} · 记录 {event.id}", "small", self._body, wrap=True))
        self._column.addLayout(facts)

    def _reason(self, detail: Any) -> QFrame:
        frame = QFrame(self._body)
        frame.setProperty("quote", "true")
        column = QVBoxLayout(frame)
        column.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        column.setSpacing(2 * UNIT)
        column.addWidget(label("理由", "small", frame))
        text = label(detail.words, "", frame, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(text)
        holds = detail.words_hold
        mark = Picture("success" if holds else "error", frame, size=14, color="green" if holds else "red")
        said = "与入链时的文字一致" if holds else "与入链时的文字不同，已被改动"
        column.addLayout(row(mark, label(said, "small" if holds else "red", frame), None))
        return frame

    def _add_facts(self, particulars: tuple[Any, ...]) -> None:
        self._column.addWidget(label("内容", "section", self._body))
        grid = self._grid()
        for at, fact in enumerate(particulars):
            shown = f"{fact.text[:SHOWN]}…" if fact.digest else fact.text
            self._line(grid, at, fact.name, shown, hint=fact.text if fact.digest else "")
        if not particulars:
            grid.addWidget(label("没有更多内容。", "secondary", self._body), 0, 0)
        self._column.addLayout(grid)

    def _add_link(self, link: Any) -> None:
        self._column.addWidget(rule(self._body))
        title = label("审计链", "section", self._body)
        if link is None:
            self._column.addWidget(title)
            said = "这条记录不在任何一环里：绕过规定的操作写入，或所在的环被删去。请核验审计链。"
            self._column.addWidget(label(said, "red", self._body, wrap=True))
            return
        copy = icon_button("copy", "复制这一环的编号和校验值", self._body)
        copy.clicked.connect(self._copy)
        self._column.addLayout(row(title, None, copy))
        grid = self._grid()
        others = f"，同环共 {link.events:,} 条" if link.events > 1 else ""
        self._line(grid, 0, "所在环", f"第 {link.no:,} 环{others}")
        self._line(grid, 1, "入链时间", dates.log_moment(link.at), hint=dates.exact(link.at))
        self._line(grid, 2, "事件摘要", f"{link.digest[:SHOWN]}…", hint=link.digest)
        self._line(grid, 3, "校验值", f"{link.hash[:SHOWN]}…", hint=link.hash)
        self._column.addLayout(grid)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(4 * UNIT)
        grid.setVerticalSpacing(UNIT)
        grid.setColumnMinimumWidth(0, 20 * UNIT)
        grid.setColumnStretch(1, 1)
        return grid

    def _line(self, grid: QGridLayout, at: int, name: str, text: str, *, hint: str = "") -> None:
        grid.addWidget(label(name, "secondary", self._body), at, 0, Qt.AlignmentFlag.AlignTop)
        value = label(text, "", self._body, wrap=True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setToolTip(hint)
        grid.addWidget(value, at, 1)

    def _copy(self) -> None:
        link = self.detail.link
        QGuiApplication.clipboard().setText(f"{link.no}:{link.hash}")
        self.told.emit(f"第 {link.no:,} 环的编号和校验值已复制。")

    def _ask_ticket(self) -> None:
        self.ticket_wanted.emit(self.detail.row.ticket, self.detail.row.subject)

    def _ask_person(self) -> None:
        self.person_wanted.emit(self.detail.row.actor)
