"""Pages that concern a person and not their group: shown once the database says so, and not a moment before."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from app.changes import Changes, Kind
from views.shell.navigation import Navigation
from views.shell.session import Session


class PersonalPages(QObject):
    """Reads at login and whenever this person changed something of the kind; others' changes are told to nobody."""

    def __init__(self, session: Session, navigation: Navigation, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._navigation = session, navigation
        session.changed.connect(self._changed)

    def read(self) -> None:
        """Asks whether the page of referrals is this person's."""
        if not self._session.is_open:
            return
        person = self._session.person

        def work(connection: Any) -> tuple[str, bool]:
            from app.referrals.queries import concerns

            return person.login, concerns(connection)

        self._session.query(self, work, self._show, key="personal", failed=self._not_read)

    def _show(self, answer: tuple[str, bool]) -> None:
        login, concerned = answer
        if concerned and self._session.is_open and self._session.person.login == login:
            self._navigation.show_page("referrals")

    def _not_read(self, _error: Exception) -> None:
        """Read again with the next change, and at the next login."""

    def _changed(self, changes: Changes) -> None:
        if changes.kinds & Kind.REFERRALS:
            self.read()
