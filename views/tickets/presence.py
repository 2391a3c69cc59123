"""Who else has the shown ticket open: said quietly on top of the panel, in a line that is always there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.tickets import presence
from app.tickets.presence import Onlooker
from views import dates
from views.shell.parts import Picture, label, row
from views.shell.session import Session
from views.shell.theme import UNIT

#: Milliseconds between two looks; the database counts one for a minute.
EVERY = 15_000
#: Milliseconds a ticket is shown before it is looked at: who leafs through a list looks at none of them.
_STAYS = 250
#: At most so many are named.
_NAMED = 2


class PresenceLine(QWidget):
    """Tells the database that a ticket is looked at while it can be seen here, and shows who else looks.

    One statement is under way at a time, and none while the line is hidden: behind another page, a locked or a
    minimised window. Where the server is away nobody is shown, and nothing said.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._ticket: int | None = None
        #: The ticket that the database knows to be looked at.
        self._told: int | None = None
        self._typing = self._due = self._under_way = False
        self.onlookers: tuple[Onlooker, ...] = ()
        self._picture = Picture("person", self, size=14)
        self._words = label("", "small", self)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        line = row(self._picture, self._words, spacing=1, margins=(5, 1, 5, 0))
        line.setStretch(1, 1)
        self.setLayout(line)
        self.setFixedHeight(6 * UNIT)
        self._stay, self._timer = self._clock(_STAYS), self._clock(EVERY)
        self._stay.setSingleShot(True)
        self._show()

    def _clock(self, interval: int) -> QTimer:
        made = QTimer(self)
        made.setInterval(interval)
        made.timeout.connect(self._look)
        return made

    def watch(self, ticket_id: int | None) -> None:
        """Another ticket is shown, or none."""
        if ticket_id != self._ticket:
            self._ticket = ticket_id
            self._typing = False
            self._see(())
            self._consider()

    def set_typing(self, typing: bool) -> None:
        """Whether something was written here that is not confirmed yet; told at once."""
        if typing != self._typing:
            self._typing = typing
            if self._told is not None:
                self._look()

    # when -------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Looks from now on; also at the window, which may be minimised."""
        super().showEvent(event)
        self.window().removeEventFilter(self)
        self.window().installEventFilter(self)
        self._consider()

    def hideEvent(self, event: QHideEvent) -> None:
        """Looks away."""
        super().hideEvent(event)
        self._consider()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window is minimised, or comes back."""
        if event.type() == QEvent.Type.WindowStateChange:
            self._consider()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the words within."""
        super().resizeEvent(event)
        self._elide()

    def _target(self) -> int | None:
        """The ticket that is looked at, None while nobody can see it."""
        if self.isVisible() and not self.window().isMinimized():
            return self._ticket
        return None

    def _consider(self) -> None:
        target = self._target()
        self._due = False
        if target is None:
            self._stay.stop()
            self._timer.stop()
            self._see(())
        elif target != self._told or not self._timer.isActive():
            self._timer.stop()
            self._stay.start()
        self._next()

    # telling ----------------------------------------------------------------------------------------------

    def _look(self) -> None:
        self._due = True
        self._next()

    def _next(self) -> None:
        """The next thing to tell, once the one before was heard."""
        if self._under_way or not self._session.is_open or self._session.operations.closed:
            return
        target = self._target()
        if self._told is not None and self._told != target:
            self._send(partial(presence.look_away, ticket_id=self._told), self._left)
        elif self._due and target is not None:
            self._due, self._told = False, target
            self._timer.start()
            self._session.last_word = partial(presence.look_away, ticket_id=target)
            self._send(partial(presence.look, ticket_id=target, typing=self._typing), self._looked)

    def _send(self, work: Callable[[Any], Any], done: Callable[[Any], None]) -> None:
        self._under_way = True
        self._session.command(self, work, done, failed=self._not_heard)

    def _looked(self, onlookers: tuple[Onlooker, ...]) -> None:
        self._under_way = False
        if self._told == self._target():
            self._see(onlookers)
        self._next()

    def _left(self, _nothing: None) -> None:
        self._under_way, self._told, self._session.last_word = False, None, None
        self._next()

    def _not_heard(self, _error: Exception) -> None:
        """The server is away, or the ticket no longer theirs: what was told runs out within a minute."""
        self._under_way, self._told, self._session.last_word = False, None, None
        self._see(())
        self._next()

    # showing ----------------------------------------------------------------------------------------------

    def _see(self, onlookers: tuple[Onlooker, ...]) -> None:
        if onlookers != self.onlookers:
            self.onlookers = onlookers
            self._show()

    def _show(self) -> None:
        typing = any(one.typing for one in self.onlookers)
        self._picture.show_icon("edit" if typing else "person", "amber" if typing else "secondary")
        self._picture.setVisible(bool(self.onlookers))
        self.setAccessibleName(words(self.onlookers) or "没有其他人正在查看")
        self.setToolTip("\n".join(_exact(one) for one in self.onlookers))
        self._elide()

    def _elide(self) -> None:
        said = words(self.onlookers)
        shown = self._words.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, self._words.width())
        self._words.setText(shown)


def words(onlookers: tuple[Onlooker, ...]) -> str:
    """李娜 正在填写，张敏 正在查看; 李娜、张敏 等 4 人正在查看，其中 1 人正在填写."""
    typing = [one.name for one in onlookers if one.typing]
    reading = [one.name for one in onlookers if not one.typing]
    if len(onlookers) <= _NAMED:
        parts = ((typing, "正在填写"), (reading, "正在查看"))
        return "，".join(f"{'、'.join(names)} {doing}" for names, doing in parts if names)
    said = f"{'、'.join((typing + reading)[:_NAMED])} 等 {len(onlookers)} 人正在查看"
    return said + (f"，其中 {len(typing)} 人正在填写" if typing else "")


def _exact(one: Onlooker) -> str:
    return f"{one.name}：{dates.exact(one.since)}打开{'，正在填写' if one.typing else ''}"
