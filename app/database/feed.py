"""What others change, as it happens: a connection that listens, and reads the change table when knocked.

A knock (NOTIFY) says nothing, since any login can send one; what changed is read from `pd.change` under row
security. Changes commit out of the order of their numbers, so the place where reading stopped is a snapshot: a
row is new when its transaction is not visible in the last one. A flood of knocks makes a reader read twice a
second, no more. While the connection is away nobody knows what is missed; back again, everything is read anew.
"""

from __future__ import annotations

import logging
import random
import select
import socket
import threading
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any

from app.changes import EVERYTHING, FEW, Changes, Kind
from app.database.engine import connect

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger(__name__)

#: Seconds in which knocks that come together are gathered, and the pause after a reading.
SETTLE, PAUSE = 0.1, 0.4
#: Seconds without a knock after which is read all the same: a knock may be lost with a dead line.
HEARTBEAT = 30.0
#: Seconds before each attempt to come back; the last is repeated. Up to a second of chance is added, so that
#: the clients of a server that comes back do not all come at once.
BACK_OFF = (1, 2, 4, 8, 15)
#: Seconds that closing waits for a thread whose server does not answer; it ends by itself then.
PATIENCE = 2.0

#: What each kind of row in the change table means for pages; kinds of a newer database are passed over.
_KINDS = {
    "tickets": Kind.TICKETS | Kind.TALLY,
    "ratings": Kind.RATINGS | Kind.TALLY,
    "summary": Kind.TALLY,
    "registry": Kind.REGISTRY,
    "calendar": Kind.CALENDAR | Kind.TICKETS,
    "imports": Kind.IMPORTS,
    "people": Kind.PEOPLE,
    "suggestions": Kind.SUGGESTIONS,
    "cases": Kind.RATINGS | Kind.TALLY,
    "closing": Kind.CLOSING | Kind.TALLY,
    "rules": Kind.RULES | Kind.TALLY,
    "assessments": Kind.ASSESSMENTS,
    "improvements": Kind.IMPROVEMENTS,
    "appeals": Kind.APPEALS,
    "callbacks": Kind.CALLBACKS,
    "filings": Kind.FILINGS,
    "staff": Kind.STAFF,
    "circulars": Kind.CIRCULARS,
}

_OPTIONS = {"autocommit": True, "application_name": "pingdesk feed"}
#: The place up to which has been read: the snapshot of a transaction, as text.
MARK = "SELECT pg_current_snapshot()::text"
_READ = """
SELECT pg_current_snapshot()::text, c.kind, c.tickets, c.unnamed
FROM (VALUES (0)) AS always LEFT JOIN (
    SELECT kind, (array_agg(DISTINCT ticket_id) FILTER (WHERE ticket_id IS NOT NULL))[1:%(most)s] AS tickets,
           bool_or(ticket_id IS NULL) AS unnamed
    FROM pd.change
    WHERE tx >= pg_snapshot_xmin(%(mark)s::pg_snapshot)::text::bigint
      AND NOT pg_visible_in_snapshot(tx::text::xid8, %(mark)s::pg_snapshot)
    GROUP BY kind) AS c ON true
"""


class Feed:
    """Follows the changes that one person may see, on a thread of its own.

    `changed(Changes)` and `connected(bool)` are called on that thread. `mark`: where reading begins; without
    one everything counts as changed once the connection stands. `pause(seconds)` waits between two steps and
    says whether to end; `chance()` gives 0 to 1.
    """

    def __init__(
        self,
        conninfo: str,
        *,
        changed: Callable[[Changes], object],
        connected: Callable[[bool], object],
        mark: str | None = None,
        pause: Callable[[float], bool] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._conninfo, self._mark = conninfo, mark
        self._changed, self._connected, self._chance = changed, connected, chance
        self._stopped = threading.Event()
        self._pause = pause or self._stopped.wait
        self._stands: bool | None = None
        self._knocked = False
        self._wake: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to listen."""
        self._wake, woken = socket.socketpair()
        # A daemon: a server that does not answer must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, args=[woken], name="feed", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Asks the thread to end, without waiting for it; nothing is told afterwards."""
        self._stopped.set()
        if self._wake is not None:
            self._wake.close()  # the other end becomes readable
            self._wake = None

    def close(self) -> None:
        """Stops, and waits until the connection is given back."""
        self.stop()
        if self._thread is not None:
            self._thread.join(PATIENCE)

    # the thread -------------------------------------------------------------------------------------------

    def _run(self, woken: socket.socket) -> None:
        failures = 0
        with closing(woken):
            while not self._stopped.is_set():
                was_there = self._visit(woken)
                failures = 1 if was_there else failures + 1
                self._tell_state(stands=False)
                self._mark = None
                if self._pause(BACK_OFF[min(failures, len(BACK_OFF)) - 1] + self._chance()):
                    return

    def _visit(self, woken: socket.socket) -> bool:
        """Follows the changes until the connection breaks or the feed is stopped; whether it ever stood."""
        import psycopg

        stood = False
        try:
            with closing(connect(self._conninfo, **_OPTIONS)) as connection:
                self._begin(connection)
                stood = True
                self._follow(connection, woken)
        except (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError, OSError) as error:
            log.info("the feed of changes broke off: %s", error)
        except Exception:
            log.exception("the feed of changes failed")
        return stood

    def _begin(self, connection: psycopg.Connection[Any]) -> None:
        # A knock may come in with the answer to a statement whose snapshot is older than the change.
        connection.add_notify_handler(self._remember_knock)
        connection.execute("LISTEN pd_change")
        missed = self._mark is None
        if self._mark is None:
            self._mark = str(_one(connection.execute(MARK)))
        self._tell_state(stands=True)
        if missed:
            self._tell(EVERYTHING)
        else:
            self._read(connection)

    def _follow(self, connection: psycopg.Connection[Any], woken: socket.socket) -> None:
        while not self._stopped.is_set():
            if not self._take_knocks(connection):
                # Ends with a knock, a stop, a heartbeat, or a line that broke, as the next statement finds out.
                select.select([connection.pgconn.socket, woken.fileno()], [], [], HEARTBEAT)
            if self._pause(SETTLE):
                return
            connection.pgconn.consume_input()
            self._take_knocks(connection)
            self._read(connection)
            if self._pause(PAUSE):
                return

    def _remember_knock(self, _knock: object) -> None:
        self._knocked = True

    def _take_knocks(self, connection: psycopg.Connection[Any]) -> bool:
        """Takes the knocks that came in; whether there were any."""
        knocked, self._knocked = self._knocked, False
        while connection.pgconn.notifies() is not None:
            knocked = True
        return knocked

    def _read(self, connection: psycopg.Connection[Any]) -> None:
        changes, self._mark = read(connection, str(self._mark))
        if changes.kinds:
            self._tell(changes)

    def _tell(self, changes: Changes) -> None:
        if not self._stopped.is_set():
            self._changed(changes)

    def _tell_state(self, *, stands: bool) -> None:
        if stands is not self._stands and not self._stopped.is_set():
            self._stands = stands
            self._connected(stands)


def read(connection: psycopg.Connection[Any], mark: str) -> tuple[Changes, str]:
    """What was committed since the mark and this person may see, and the mark up to which it is now read."""
    found = Changes()
    rows = connection.execute(_READ, {"mark": mark, "most": FEW + 1}).fetchall()
    for _, kind, tickets, unnamed in rows:
        touched = _KINDS.get(kind, Kind.NONE)
        few = touched & Kind.TICKETS and not unnamed and len(tickets) <= FEW
        found = found | Changes(touched, frozenset(tickets) if few else frozenset())
    return found, str(rows[0][0])


def _one(cursor: psycopg.Cursor[Any]) -> Any:
    row = cursor.fetchone()
    return row[0] if row else None
