"""A unit of work that survives a server which is away for a moment.

Only for work that may be repeated: acts carry a command's number, so that what was confirmed happened once,
also where the answer was lost on the way.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Protocol, TypeVar

from sqlalchemy import Connection, text

from app.errors import EnvironmentProblem, PingdeskError

log = logging.getLogger(__name__)
T = TypeVar("T")

#: Seconds before each further attempt: half a minute in all, in which a standby takes over.
PAUSES = (0.3, 1, 2, 3, 4, 5, 7, 8)
#: What passes by itself: the line, a server that starts, stops or hands over, somebody else's lock.
PASSING = frozenset({"disconnected", "unreachable", "standby", "starting", "stopping", "too_many", "busy"})
#: Attempts that may end at somebody's lock, each after its own patience: who works holds one for less, and who
#: fell asleep is ended after ten seconds.
MOST_BUSY = 4


class Store(Protocol):
    """What units of work are done in."""

    def write(self) -> AbstractContextManager[Connection]:
        """A transaction."""


def again(
    work: Callable[[], T],
    *,
    patience: Sequence[float] = PAUSES,
    wait: Callable[[float], object] = time.sleep,
    blocked: Callable[[], object] | None = None,
) -> T:
    """Does the work, and again after each pause while its error is one that passes; raises the last one.

    `wait(seconds)` may raise to give up; `blocked()` is called where somebody else's lock stood in the way.
    """
    busy = 0
    for seconds in patience:
        try:
            return work()
        except EnvironmentProblem as problem:
            busy += problem.code == "busy"
            if problem.code not in PASSING or busy >= MOST_BUSY:
                raise
            log.info("again in %s s: %s", seconds, problem)
            if problem.code == "busy" and blocked is not None:
                blocked()
        wait(seconds)
    return work()


def in_unit(
    store: Store,
    work: Callable[[Connection], T],
    *,
    patience: Sequence[float] = PAUSES,
    wait: Callable[[float], object] = time.sleep,
) -> T:
    """One unit of work in the store, again while its error is one that passes."""

    def unit() -> T:
        with store.write() as connection:
            return work(connection)

    return again(unit, patience=patience, wait=wait, blocked=lambda: free_the_way(store))


def free_the_way(store: Store) -> None:
    """Ends sessions that somebody left in the middle of a transaction, holding up others for ten seconds."""
    with suppress(PingdeskError), store.write() as connection:
        connection.execute(text("SELECT pd.free_the_way()"))
