"""An act whose answer was lost: once the database answers again, the person is told whether it happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.errors import EnvironmentProblem
from app.tickets import commands
from models.rules.lifecycle import Action
from views.shell.session import Session


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The act in doubt, and whose it is: another person at the desk is not told of it."""

    ticket: int
    action: Action
    command_id: UUID
    login: str


class Doubt(QObject):
    """Keeps the one act whose answer is missing; `happened(Action, Done)` once it is known that it did."""

    happened = Signal(object, object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._about: Unanswered | None = None
        self._asking = False

    def begin(self, ticket: int, action: Action, command_id: UUID) -> None:
        """The connection broke before the answer came."""
        self._about = Unanswered(ticket, action, command_id, self._session.person.login)

    def end(self) -> None:
        """The act is tried again, or was answered."""
        self._about = None

    def ask(self) -> None:
        """Asks what came of it, if anything is in doubt; to be called where the database has just answered."""
        about = self._about
        if about is None or self._asking or about.login != self._session.person.login:
            return
        self._asking = True
        self._session.command(
            self, lambda connection: (about, commands.answer_of(connection, about.ticket, about.command_id)),
            self._answered, failed=self._not_answered,
        )  # fmt: skip

    def _answered(self, answer: tuple[Unanswered, Any]) -> None:
        about, done = answer
        self._asking = False
        if about is not self._about:
            return  # tried again meanwhile, which tells by itself
        self._about = None
        if done is None:
            self._session.notice(
                "warning", f"刚才的“{about.action.label}”因连接中断没有办成；您填写的内容还在，请再确认一次。"
            )
        else:
            self.happened.emit(about.action, done)

    def _not_answered(self, error: Exception) -> None:
        """Away again: the next reading asks once more. What is no longer this person's to ask is left."""
        self._asking = False
        if not isinstance(error, EnvironmentProblem):
            self._about = None
