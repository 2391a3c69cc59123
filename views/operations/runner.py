"""Runs commands one after the other on a write thread and queries on two read threads.

Results come back on the GUI thread, to a bound method of an owner. Owners that are gone are skipped, and so
are queries that a later one with the same key has superseded. Only the `Operations` object, which outlives
its threads, is ever signalled from them: a worker holds no reference to a widget.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from app.errors import EnvironmentProblem, UserError

log = logging.getLogger(__name__)

#: Progress reaches the screen at most this often, in seconds.
PROGRESS_EVERY = 0.05


class Cancelled(Exception):
    """Raised inside work by `Task.check` once the person has cancelled it."""


class Task:
    """What work may use while it runs: report progress, ask whether it was cancelled. Thread-safe."""

    def __init__(self, post: Callable[[Any], None]) -> None:
        self._post = post
        self._last = 0.0
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether the person has cancelled."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Asks the work to stop at its next check."""
        self._cancelled.set()

    def check(self) -> None:
        """Raises Cancelled once cancelled."""
        if self.cancelled:
            raise Cancelled

    def pause(self, seconds: float) -> None:
        """Waits; raises Cancelled as soon as cancelled."""
        if self._cancelled.wait(seconds):
            raise Cancelled

    def report(self, progress: Any) -> None:
        """Hands progress to the screen; frequent reports are thinned."""
        now = time.monotonic()
        if now - self._last >= PROGRESS_EVERY:
            self._last = now
            self._post(progress)


@dataclass(eq=False)
class Operation:
    """One piece of work under way; the owner keeps it to cancel it."""

    work: Callable[[Task], Any]
    owner: weakref.ref[QObject]
    done: Callable[[], Callable[[Any], None] | None]
    failed: Callable[[], Callable[[Exception], None] | None]
    progressed: Callable[[], Callable[[Any], None] | None]
    write: bool
    key: str | None
    task: Task = field(init=False)
    superseded: bool = False

    @property
    def wanted(self) -> bool:
        """Whether anyone still waits for the result."""
        owner = self.owner()
        return not self.superseded and owner is not None and isValid(owner)

    def cancel(self) -> None:
        """Asks the work to stop; nothing is delivered afterwards."""
        self.task.cancel()


def _method(slot: Callable[..., None] | None) -> Callable[[], Callable[..., None] | None]:
    if slot is None:
        return lambda: None
    if not hasattr(slot, "__self__"):
        raise TypeError("results are delivered to bound methods, so that their owner is known")
    return weakref.WeakMethod(slot)


def _logged(last: Callable[[], object]) -> None:
    """Runs the last thing; nobody is left to tell of a failure."""
    try:
        last()
    except Exception:
        log.exception("closing failed")


class Operations(QObject):
    """The only bridge between Qt and the program.

    `troubled(Operation, Exception)` is emitted for errors no owner takes; the shell shows them.
    """

    troubled = Signal(object, object)
    busy = Signal(int)
    _arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="write")
        self._outcomes: deque[tuple[Operation, str, Any]] = deque()
        self._latest: dict[tuple[int, str], Operation] = {}
        self._under_way: set[Operation] = set()
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> int:
        """How many operations are under way."""
        return len(self._under_way)

    @property
    def reading(self) -> int:
        """How many queries are under way."""
        return sum(not operation.write for operation in self._under_way)

    @property
    def closed(self) -> bool:
        """Whether nothing is begun or delivered any more."""
        return self._closed

    def query(
        self,
        owner: QObject,
        work: Callable[[Task], Any],
        done: Callable[[Any], None],
        *,
        key: str | None = None,
        failed: Callable[[Exception], None] | None = None,
        progressed: Callable[[Any], None] | None = None,
    ) -> Operation:
        """Reads; a later query of the same owner and key supersedes this one."""
        return self._start(Operation(work, weakref.ref(owner), _method(done), _method(failed), _method(progressed),
                                     write=False, key=key))  # fmt: skip

    def command(
        self,
        owner: QObject,
        work: Callable[[Task], Any],
        done: Callable[[Any], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        progressed: Callable[[Any], None] | None = None,
    ) -> Operation:
        """Changes something; commands run one after the other, in order, and are never superseded."""
        return self._start(Operation(work, weakref.ref(owner), _method(done), _method(failed),
                                     _method(progressed), write=True, key=None))  # fmt: skip

    def retry(self, operation: Operation) -> None:
        """Runs an operation again that failed."""
        if operation.wanted and not self._closed:
            self._start(operation)

    def close(self, last: Callable[[], object] | None = None) -> None:
        """Cancels what runs, waits for it, runs `last` on a thread; nothing is delivered afterwards."""
        if self._closed:
            return
        self._closed = True
        for operation in self._under_way:
            operation.task.cancel()
        self._readers.shutdown(wait=True, cancel_futures=True)
        if last is not None:
            self._writer.submit(_logged, last)
        self._writer.shutdown(wait=True)
        self._under_way.clear()
        self._outcomes.clear()

    def _start(self, operation: Operation) -> Operation:
        operation.task = Task(lambda progress: self._post(operation, "progress", progress))
        owner = operation.owner()
        if operation.key is not None and owner is not None:
            mark = (id(owner), operation.key)
            if (earlier := self._latest.get(mark)) is not None and earlier is not operation:
                earlier.superseded = True
                earlier.task.cancel()
            self._latest[mark] = operation
        self._under_way.add(operation)
        self.busy.emit(self.running)
        pool = self._writer if operation.write else self._readers
        pool.submit(self._run, operation)
        return operation

    def _run(self, operation: Operation) -> None:
        """On a worker thread."""
        if operation.superseded or operation.task.cancelled:
            self._post(operation, "failed", Cancelled())
            return
        try:
            result = operation.work(operation.task)
        except Exception as error:
            self._post(operation, "failed", error)
        else:
            self._post(operation, "done", result)

    def _post(self, operation: Operation, what: str, value: Any) -> None:
        if not self._closed:
            self._outcomes.append((operation, what, value))
            self._arrived.emit()

    def _deliver(self) -> None:
        while self._outcomes and not self._closed:
            operation, what, value = self._outcomes.popleft()
            if what != "progress":
                self._finish(operation)
            if operation.wanted:
                self._hand_over(operation, what, value)
            elif what == "failed" and not isinstance(value, (Cancelled, UserError)):
                log.info("an operation failed that nobody waits for", exc_info=value)

    def _finish(self, operation: Operation) -> None:
        self._under_way.discard(operation)
        for mark, latest in list(self._latest.items()):
            if latest is operation:
                del self._latest[mark]
        self.busy.emit(self.running)

    def _hand_over(self, operation: Operation, what: str, value: Any) -> None:
        if what == "failed":
            self._hand_over_failure(operation, value)
        elif slot := (operation.done if what == "done" else operation.progressed)():
            slot(value)

    def _hand_over_failure(self, operation: Operation, error: Exception) -> None:
        slot = operation.failed()
        if isinstance(error, Cancelled) and slot is None:
            return
        if not isinstance(error, (UserError, EnvironmentProblem, Cancelled)):
            log.error("operation failed", exc_info=error)
        if slot is not None:
            slot(error)
        else:
            self.troubled.emit(operation, error)
