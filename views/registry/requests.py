"""What waits for a second administrator, as cards: who asked, for what, until when, and what confirming does."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.registry.people import RequestRow
from app.workspace import Person
from models.rules.administration import why_not_confirm
from models.rules.people import Group
from views import dates
from views.registry.words import ICONS, asked, effect
from views.shell.parts import Button, Picture, clear, label, row, scrolling
from views.shell.theme import UNIT

#: More than this much of the page the cards never take; the rest is scrolled to.
HIGHEST = 48 * UNIT


class RequestList(QWidget):
    """`decided(request id, accept)` when a card's button is pressed."""

    decided = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        self._title = label("等待确认", "section", self)
        column.addWidget(self._title)
        self._inner = QWidget()
        self._cards = QVBoxLayout(self._inner)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(2 * UNIT)
        self._area: QScrollArea = scrolling(self._inner, self)
        self._area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        column.addWidget(self._area)
        self.cards: list[RequestCard] = []
        self.hide()

    def show_requests(self, requests: tuple[RequestRow, ...], person: Person, today: date) -> None:
        """Shows them; nothing at all where there are none."""
        clear(self._cards)
        self.cards = [RequestCard(request, person, today, self._inner) for request in requests]
        for made in self.cards:
            made.decided.connect(self.decided)
            self._cards.addWidget(made)
        self._title.setText(f"等待确认 {len(requests)} 项")
        self.setVisible(bool(requests))
        self._fit()

    def resizeEvent(self, event) -> None:
        """Texts wrap otherwise in another width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = self._area.viewport().width()
        needed = self._inner.heightForWidth(width) if self._inner.hasHeightForWidth() else 0
        self._area.setFixedHeight(min(max(needed, self._inner.minimumSizeHint().height()), HIGHEST))


class RequestCard(QFrame):
    """One request; who may not confirm it reads why."""

    decided = Signal(int, bool)

    def __init__(self, request: RequestRow, person: Person, today: date, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self.setAccessibleName(asked(request))
        self.request = request
        self._person = person
        words = QVBoxLayout()
        words.setSpacing(UNIT // 2)
        words.addWidget(label(asked(request), "strong", self, wrap=True))
        words.addWidget(label(effect(request), "secondary", self, wrap=True))
        when = label(
            f"{request.asked_by_name}于{dates.moment(request.asked_at, today)} 提出，"
            f"{dates.moment(request.expires_at, today)} 前有效",
            "small", self, wrap=True,
        )  # fmt: skip
        when.setToolTip(f"{dates.exact(request.asked_at)} 提出\n{dates.exact(request.expires_at)} 到期")
        words.addWidget(when)
        self.confirm: Button | None = None
        self.refuse: Button | None = None
        self.why = self._why_not()
        if self.why is not None:
            when.setText(f"{when.text()} · {self.why}")
        line = row(Picture(ICONS[request.action], self), spacing=3, margins=(4, 2, 4, 2))
        line.addLayout(words, 1)
        if person.group is Group.ADMIN:
            self._add_buttons(line)
        self.setLayout(line)

    def _why_not(self) -> str | None:
        if self._person.group is not Group.ADMIN:
            return None
        return why_not_confirm(self.request.login, self.request.asked_by, self._person.login)

    def _add_buttons(self, line) -> None:
        asker = self.request.asked_by == self._person.login
        self.refuse = Button("撤回" if asker else "拒绝", parent=self)
        self.refuse.clicked.connect(self._refused)
        line.addWidget(self.refuse)
        if not asker:
            self.confirm = Button("确认", "approve", "primary", self)
            self.confirm.setEnabled(self.why is None)
            self.confirm.setToolTip(self.why or "")
            self.confirm.clicked.connect(self._confirmed)
            line.addWidget(self.confirm)

    def _confirmed(self) -> None:
        self.setEnabled(False)
        self.decided.emit(self.request.id, True)

    def _refused(self) -> None:
        self.setEnabled(False)
        self.decided.emit(self.request.id, False)
