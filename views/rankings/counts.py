"""What was counted, as far as it has been read: first the period in front, then all months, so that others come at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.rankings import queries, trends
from app.rankings.queries import History, Period
from views.shell.session import Session

#: Milliseconds after a change before all months are read again: changes come in bursts.
_LATER = 400


class Counts(QObject):
    """`arrived(Period)`: it can be ranked now, None where no month has figures; `grids_arrived`: the months of a
    group can be shown; `failed(error)`."""

    arrived = Signal(object)
    grids_arrived = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        #: Months with figures, the newest first.
        self.months: tuple[date, ...] = ()
        self.history: History | None = None
        #: Whose months are read first.
        self.group = ""
        self._grids: dict[str, Any] = {}
        self._read_before = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.read_whole)

    def read_again(self, period: Period | None) -> None:
        """Something changed: nothing that was read holds any more."""
        self._later.stop()
        self.history, self._grids = None, {}
        self.read(period)

    def read(self, period: Period | None) -> None:
        """Reads the months, and what was counted in a period (without one, in the newest month) and the one before."""

        def work(connection: Any) -> tuple[tuple[date, ...], Period | None, History | None]:
            months = queries.months(connection)
            if not months and period is None:
                return months, None, None
            wanted = period or Period.month(months[0])
            return months, wanted, queries.history(connection, Period(wanted.before.first, wanted.last))

        self._session.query(self, work, self._read, key="ranking", failed=self._not_read)

    def _read(self, answer: tuple[tuple[date, ...], Period | None, History | None]) -> None:
        self.months, period, history = answer
        if history is not None:
            self.history = history
        self.arrived.emit(period)
        if history is not None:
            self._later.start(_LATER if self._read_before else 0)
            self._read_before = True

    def _not_read(self, error: Exception) -> None:
        self.failed.emit(error)

    def covers(self, period: Period) -> bool:
        """Whether a period can be ranked from what is at hand."""
        return self.history is not None and self.history.covers(period)

    def read_whole(self) -> None:
        """All months, from which any other period is ranked at once."""
        if not self.months or self._session.operations.closed:
            return
        span, group = Period(self.months[-1], self.months[0]), self.group

        def work(connection: Any) -> tuple[History, str, Any]:
            whole = replace(queries.history(connection, span), complete=True)
            return whole, group, trends.grid(whole, group)

        self._session.query(self, work, self._whole_read, key="whole", failed=self._not_read)

    def _whole_read(self, answer: tuple[History, str, Any]) -> None:
        self.history, group, grid = answer
        self._grids = {group: grid}
        self.grids_arrived.emit()

    def grid(self) -> Any:
        """The months of the group in front; None while they are read."""
        if (found := self._grids.get(self.group)) is None:
            self._read_grid()
        return found

    def _read_grid(self) -> None:
        """The months of the other group, from the counts at hand."""
        history, group = self.history, self.group
        if history is None or not history.complete:
            return
        self._session.query(
            self, lambda _c: (history, group, trends.grid(history, group)), self._grid_read, key="grid"
        )

    def _grid_read(self, answer: tuple[History, str, Any]) -> None:
        history, group, grid = answer
        if history is self.history:
            self._grids[group] = grid
            self.grids_arrived.emit()
