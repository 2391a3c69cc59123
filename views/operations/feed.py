"""Brings what others change to the GUI thread, when nobody is in the middle of reading."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from app.changes import Changes

if TYPE_CHECKING:
    from app.database.feed import Feed
    from views.operations.runner import Operations

#: Milliseconds that changes wait at most for reads under way: each reload supersedes the one before, and under
#: a steady stream of changes on a slow line no page would ever come to an end.
LONGEST_WAIT = 2_000


class Incoming(QObject):
    """What others change, and whether the connection that tells it stands; one feed at a time.

    `changed(Changes)`, several joined into one; `connected(bool)`. Signals come on the GUI thread, and none of
    a feed that was left.
    """

    changed = Signal(object)
    connected = Signal(bool)
    _arrived = Signal()

    def __init__(self, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operations = operations
        self._feed: Feed | None = None
        self._told: deque[tuple[int, Changes | bool]] = deque()
        self._round = 0
        self._waiting = Changes()
        self._latest = QTimer(self)
        self._latest.setSingleShot(True)
        self._latest.setInterval(LONGEST_WAIT)
        self._latest.timeout.connect(self._hand_over)
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        # Queued: the result of the last read is handed over first.
        operations.busy.connect(self._consider, Qt.ConnectionType.QueuedConnection)

    def follow(self, conninfo: str, mark: str | None) -> None:
        """Listens as the person of `conninfo`, from a mark on; leaves the feed before without waiting for it."""
        from app.database.feed import Feed  # with the database's driver, which the shell does not need

        self.leave()
        number = self._round
        self._feed = Feed(
            conninfo,
            mark=mark,
            changed=lambda changes: self._post(number, changes),
            connected=lambda stands: self._post(number, stands),
        )
        self._feed.start()

    def leave(self) -> None:
        """Listens no longer; the feed ends by itself."""
        if self._feed is not None:
            self._feed.stop()
            self._feed = None
        self._round += 1
        self._waiting = Changes()
        self._latest.stop()

    def parting(self) -> Feed | None:
        """Listens no longer, and hands over the feed, which is closed where waiting is allowed."""
        feed = self._feed
        self.leave()
        return feed

    def _post(self, number: int, told: Changes | bool) -> None:
        """On the feed's thread."""
        if isValid(self):
            self._told.append((number, told))
            self._arrived.emit()

    def _deliver(self) -> None:
        while self._told:
            number, told = self._told.popleft()
            if number != self._round:
                continue
            if isinstance(told, bool):
                self.connected.emit(told)
            else:
                self._waiting = self._waiting | told
        self._consider()

    def _consider(self) -> None:
        if not self._waiting.kinds:
            return
        if self._operations.reading == 0:
            self._hand_over()
        elif not self._latest.isActive():
            self._latest.start()

    def _hand_over(self) -> None:
        self._latest.stop()
        changes, self._waiting = self._waiting, Changes()
        if changes.kinds:
            self.changed.emit(changes)
