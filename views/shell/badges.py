"""The numbers of the navigation for pages that are not in front: what others or a file changed counts at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject

from app.changes import Changes, Kind
from views.shell.session import Session

#: What the numbers count.
_COUNTED = Kind.TICKETS | Kind.CALENDAR | Kind.CALLBACKS | Kind.FILINGS


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits for the person, what has run out, what soon will, and calls to make."""

    mine: int
    overdue: int
    soon: int
    calls: int


class Badges(QObject):
    """Reads them again whenever tickets change; pages in front tell their own besides."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        session.changed.connect(self._changed)

    def read(self) -> None:
        """Reads them, for whoever has such pages."""
        self._read_filings()
        if not (self._session.is_open and self._session.registry.allowed("go.tickets")):
            return
        person = self._session.person

        def work(connection: Any) -> Waits:
            from app.callbacks import queries as callbacks
            from app.tickets.queries import TicketFilter, Waiting, count

            kinds = (Waiting.ME, Waiting.OVERDUE, Waiting.DUE_SOON)
            counts = (count(connection, TicketFilter(waiting=kind), person=person) for kind in kinds)
            return Waits(*counts, callbacks.due(connection, person=person))

        self._session.query(self, work, self._show, key="badges", failed=self._not_read)

    def _read_filings(self) -> None:
        """Filings have readers of their own: the centre and the bureau."""
        if not (self._session.is_open and self._session.registry.allowed("go.filings")):
            return
        group = self._session.person.group

        def work(connection: Any) -> int:
            from app.filings.queries import waiting

            return waiting(connection, group=group)

        self._session.query(self, work, self._show_filings, key="filing_badge", failed=self._not_read)

    def _show_filings(self, waiting: int) -> None:
        self._session.counted.emit("filings", waiting, False)

    def _show(self, waits: Waits) -> None:
        self._session.counted.emit("tickets", waits.mine, False)
        self._session.counted.emit("callbacks", waits.calls, False)
        self._session.counted.emit("desk", waits.overdue + waits.soon, waits.overdue > 0)

    def _not_read(self, _error: Exception) -> None:
        """The page in front says what is wrong; the numbers are read with the next change."""

    def _changed(self, changes: Changes) -> None:
        if changes.kinds & _COUNTED:
            self.read()
