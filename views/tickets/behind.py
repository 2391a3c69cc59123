"""What was written on a ticket that somebody leaves unconfirmed: said once, with the way back."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from models.rules.lifecycle import Action
from views.shell.session import Session
from views.tickets.drafting import DraftKeeper, typed
from views.tickets.forms import ActionForm
from views.tickets.meanwhile import Mine


class LeftBehind(QObject):
    """Remembers the last one left, and which form is to be opened when its ticket comes up again."""

    def __init__(self, session: Session, drafts: DraftKeeper, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._drafts = session, drafts
        self._left: tuple[int, Action] | None = None
        self._given_up: dict[str, object] = {}
        self._wanted: tuple[int, Action] | None = None
        self._text = ""

    def leave(self, ticket: int, action: Action) -> None:
        """Another ticket is shown; the draft of this one was kept."""
        self._left = ticket, action
        self._session.notice("info", "未提交的内容已存为草稿。", "回到该工单", self._return)

    def leave_lost(self, mine: Mine) -> None:
        """The ticket is another's now, and no draft of it is kept: what was written can be copied still."""
        self._text = mine.text
        self._session.notice(
            "warning", "那张工单已不由您办理，您填写的内容没有存为草稿。", "复制我填写的", self._copy
        )

    def give_up(self, ticket: int, form: ActionForm) -> None:
        """The person wants it no more; a slip is not for ever."""
        self._left, self._given_up = (ticket, form.action), typed(form)
        self._drafts.done(ticket, form.action.value)
        self._session.notice("info", "已放弃未提交的内容。", "恢复", self._take_back)

    def wanted(self, ticket: int) -> Action | None:
        """The form to open on this ticket, once."""
        wanted, self._wanted = self._wanted, None
        return wanted[1] if wanted is not None and wanted[0] == ticket else None

    def _return(self) -> None:
        if self._left is not None:
            self._wanted = self._left
            self._session.go("tickets", self._left[0])

    def _take_back(self) -> None:
        if self._left is not None:
            ticket, action = self._left
            self._drafts.put(ticket, action.value, self._given_up)
            self._return()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
