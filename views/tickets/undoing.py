"""An act is told, and where it can be taken back while it has not left the house, so is the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, Signal

from app.errors import UserError
from app.tickets import commands
from models.rules.lifecycle import Action
from views.shell.session import Session

#: How an action is undone, with the reason written for it.
UNDO = {
    Action.VERIFY_AND_DISPATCH: (Action.RECALL, None),
    Action.REJECT: (Action.RESTORE, "误操作，恢复"),
    Action.APPROVE: (Action.UNAPPROVE, "误操作，撤回审核"),
}


@dataclass(frozen=True, slots=True)
class Undoing:
    """One act to take back; under the same command however often it is tried."""

    ticket: int
    version: int
    item: str
    action: Action
    reason: str | None
    command_id: UUID


class Told(QObject):
    """`undone(Done)` once an act was taken back."""

    undone = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._last: Undoing | None = None
        self._busy = False

    def tell(self, item: str, action: Action, done: Any) -> None:
        """Says what was done; offers to undo it."""
        due = done.due_on if action is Action.VERIFY_AND_DISPATCH else None
        text = f"{item}：已{action.label}" + (f"，期限 {due.month}月{due.day}日。" if due else "。")
        if action not in UNDO:
            self._session.notice("success", text)
            return
        undo, reason = UNDO[action]
        self._last = Undoing(done.ticket, done.version, item, undo, reason, uuid4())
        self._session.notice("success", text, "撤回" if undo is Action.RECALL else "撤销", self._undo)

    def _undo(self) -> None:
        last = self._last
        if last is None or self._busy:
            return
        self._busy = True

        def work(connection: Any) -> Any:
            return commands.act(
                connection,
                last.ticket,
                last.version,
                last.action,
                command_id=last.command_id,
                reason=last.reason,
            )

        self._session.command(self, work, self._done, failed=self._refused, again=True)

    def _done(self, done: Any) -> None:
        last, self._last, self._busy = self._last, None, False
        if last is not None:
            self._session.notice("success", f"{last.item}：已{last.action.label}。")
        self.undone.emit(done)

    def _refused(self, error: Exception) -> None:
        self._busy = False
        if isinstance(error, UserError):
            self._last = None
            self._session.notice("warning", str(error))
        else:  # it may have happened: the same command tried again answers what it came to
            known = hasattr(error, "message")
            text = str(error) if known else "程序出错了，详情已记入日志。"
            self._session.notice("error", text, "重试", self._undo)
