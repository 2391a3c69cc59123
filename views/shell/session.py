"""What every page is given: the open database and person, operations, notices, and where to go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.changes import Changes
from models.rules.people import Group
from views.operations import Operation, Operations, Task
from views.shell.actions import Registry

if TYPE_CHECKING:
    from app.workspace import Person, Workspace


class Session(QObject):
    """One sitting at the desk.

    `changed(Changes)`: rows were changed here; `requested(page id, argument)`: a page asks for another;
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

    def open(self, workspace: Workspace, today: date) -> None:
        """Takes over an open database; `today` is its own clock's day."""
        self._workspace = workspace
        self._today = today
        self.registry.set_group(workspace.person.group)

    def shut(self) -> None:
        """The database was closed."""
        self._workspace = None
        self.registry.set_group(None)

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
    ) -> Operation:
        """Runs `work(connection)` as one unit of work on the write thread."""
        workspace = self.workspace

        def write(_task: Task) -> Any:
            with workspace.write() as connection:
                return work(connection)

        return self.operations.command(owner, write, done, failed=failed)

    def announce(self, changes: Changes) -> None:
        """Tells every page what was changed."""
        self.changed.emit(changes)

    def go(self, page: str, argument: object = None) -> None:
        """Asks for another page, opened with an argument it understands."""
        self.requested.emit(page, argument)

    def notice(self, tone: str, text: str, offer: str = "", run: Callable[[], None] | None = None) -> None:
        """Tells something in the notice bar: info, success, warning or error, with an offer to run."""
        self.noticed.emit(tone, text, offer, run)
