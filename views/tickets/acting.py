"""One act on a ticket at a time: sent under an id of its own, tried again under the same, cleared up when in doubt."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, Signal

from app.errors import EnvironmentProblem, UserError
from app.tickets import commands
from models.rules.lifecycle import Action
from views.shell.session import Session
from views.tickets.doubt import Doubt


class Acting(QObject):
    """`done(Action, Done)` when it was taken, `late(Action, Done)` when that is known only after the connection had
    broken, `refused(error)` when it was not, or nobody knows yet."""

    done = Signal(object, object)
    late = Signal(object, object)
    refused = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._pending: tuple[int, Action, UUID] | None = None
        #: What was tried last and was neither done nor refused, and its id.
        self.tried: tuple[tuple[Any, ...], UUID] | None = None
        self._doubt = Doubt(session, self)
        self._doubt.happened.connect(self.late)

    @property
    def busy(self) -> bool:
        """Whether an act is on its way."""
        return self._pending is not None

    def start(self, ticket: Any, action: Action, values: dict[str, Any]) -> None:
        """Sends an act on a ticket as it is shown; to be called only while none is on its way."""
        command_id = self._command_id((ticket.id, ticket.version, action, repr(values)))
        self._pending = (ticket.id, action, command_id)
        self._doubt.end()

        def work(connection: Any) -> Any:
            return commands.act(
                connection, ticket.id, ticket.version, action, command_id=command_id, **values
            )

        self._session.command(self, work, self._answered, failed=self._failed, again=True)

    def ask(self) -> None:
        """The database has answered: what is in doubt can be cleared up."""
        self._doubt.ask()

    def _command_id(self, what: tuple[Any, ...]) -> UUID:
        """The same for the same act tried again: after a lost connection it may have happened already."""
        if self.tried is None or self.tried[0] != what:
            self.tried = (what, uuid4())
        return self.tried[1]

    def _answered(self, done: Any) -> None:
        action = self._pending[1] if self._pending is not None else Action.ANNOTATE
        self._pending = self.tried = None
        self.done.emit(action, done)

    def _failed(self, error: Exception) -> None:
        if self._pending is not None and isinstance(error, EnvironmentProblem):
            self._doubt.begin(*self._pending)
        self._pending = None
        if isinstance(error, UserError):
            self.tried = None
        self.refused.emit(error)
