"""What every page is given: the open database and person, operations, notices, and where to go."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.changes import EVERYTHING, Changes
from app.errors import PingdeskError
from models.rules.people import Group
from views.operations import Incoming, Operation, Operations, Task
from views.shell.actions import Registry

if TYPE_CHECKING:
    from app.workspace import Person, Workspace

#: Milliseconds between two looks at the database's day, which moves on at midnight.
_LOOK_AT_DAY = 60_000


class Session(QObject):
    """One sitting at the desk.

    `changed(Changes)`: rows were changed, here or by others; `requested(page id, argument)`: a page asks for another;
    `noticed(tone, text, offer, callable)`: something to tell; `counted(page id, count, urgent)`: navigation.
    """

    changed = Signal(object)
    requested = Signal(str, object)
    noticed = Signal(str, str, str, object)
    counted = Signal(str, int, bool)

    def __init__(self, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.operations = operations
        self.registry = Registry()
        self._workspace: Workspace | None = None
        self._today = date.today()
        #: What the database is told in one unit of work before it is left, None where there is nothing to tell.
        self.last_word: Callable[[Any], object] | None = None
        self.incoming = Incoming(operations, self)
        self.incoming.changed.connect(self.announce)
        self._day = QTimer(self)
        self._day.setInterval(_LOOK_AT_DAY)
        self._day.timeout.connect(self._look_at_day)

    def open(self, workspace: Workspace, today: date, mark: str | None = None) -> None:
        """Takes over an open database; `today` is its own clock's day.

        `mark`: where listening to what others change begins; without one nobody listens.
        """
        self._workspace = workspace
        self._today = today
        self.registry.set_group(workspace.person.group)
        self._day.start()
        if mark is None:
            self.incoming.leave()
        else:
            self.incoming.follow(workspace.conninfo, mark)

    def shut(self) -> Callable[[], None] | None:
        """The database is left; gives what closes it, for a thread that may wait."""
        workspace, self._workspace = self._workspace, None
        word, self.last_word = self.last_word, None
        self.registry.set_group(None)
        self._day.stop()
        feed = self.incoming.parting()
        if workspace is None:
            return None

        def close() -> None:
            if feed is not None:
                feed.close()
            if word is not None:
                with suppress(PingdeskError), workspace.write() as connection:
                    word(connection)
            workspace.close()

        return close

    @property
    def workspace(self) -> Workspace:
        """The open database; raises RuntimeError before one is."""
        if self._workspace is None:
            raise RuntimeError("no database is open")
        return self._workspace

    @property
    def is_open(self) -> bool:
        """Whether a database is open."""
        return self._workspace is not None

    @property
    def person(self) -> Person:
        """Who sits at the desk."""
        return self.workspace.person

    @property
    def is_officer(self) -> bool:
        """Whether an officer of the centre sits at the desk."""
        return self.person.group is Group.OFFICER

    @property
    def today(self) -> date:
        """The database's day when it was opened or last reloaded."""
        return self._today

    def query(
        self,
        owner: QObject,
        work: Callable[[Any], Any],
        done: Callable[[Any], None],
        *,
        key: str | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> Operation:
        """Runs `work(connection)` on a read thread."""
        workspace = self.workspace

        def read(_task: Task) -> Any:
            with workspace.read() as connection:
                return work(connection)

        return self.operations.query(owner, read, done, key=key, failed=failed)

    def command(
        self,
        owner: QObject,
        work: Callable[[Any], Any],
        done: Callable[[Any], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        again: bool = False,
    ) -> Operation:
        """Runs `work(connection)` as one unit of work on the write thread.

        `again`: also where the server is away for a moment; only for work that happens once however often it
        is tried.
        """
        workspace = self.workspace

        def write(task: Task) -> Any:
            from app.database import retry

            def wait(seconds: float) -> None:
                task.report(seconds)
                task.pause(seconds)

            return retry.in_unit(workspace, work, patience=retry.PAUSES if again else (), wait=wait)

        return self.operations.command(owner, write, done, failed=failed, progressed=self._tried_again)

    def _tried_again(self, _seconds: float) -> None:
        self.notice("info", "数据库暂时没有应答，正在自动重试；已填写的内容不会丢失。")

    def _look_at_day(self) -> None:
        if self.operations.closed:
            self._day.stop()
            return
        workspace = self.workspace
        self.operations.query(self, lambda _task: workspace.today(), self._day_is, key="today",
                              failed=self._day_unknown)  # fmt: skip

    def _day_is(self, today: date) -> None:
        if today != self._today:
            self._today = today
            self.announce(EVERYTHING)

    def _day_unknown(self, error: Exception) -> None:
        """The server is away: the next look will tell."""

    def announce(self, changes: Changes) -> None:
        """Tells every page what was changed."""
        self.changed.emit(changes)

    def go(self, page: str, argument: object = None) -> None:
        """Asks for another page, opened with an argument it understands."""
        self.requested.emit(page, argument)

    def notice(self, tone: str, text: str, offer: str = "", run: Callable[[], None] | None = None) -> None:
        """Tells something in the notice bar: info, success, warning or error, with an offer to run."""
        self.noticed.emit(tone, text, offer, run)
