"""Keeps statements off the GUI thread: there, a slow answer is a frozen window."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass
class _Guard:
    thread: int | None = None
    strict: bool = True


_guard = _Guard()


def forbid_this_thread(*, strict: bool = True) -> None:
    """From now on a statement on the calling thread raises (`strict`) or is logged (a release)."""
    _guard.thread, _guard.strict = threading.get_ident(), strict


def allow_every_thread() -> None:
    """Lifts the ban."""
    _guard.thread = None


def check() -> None:
    """Called before every statement."""
    if _guard.thread != threading.get_ident():
        return
    if _guard.strict:
        raise AssertionError("a database statement on the GUI thread")
    log.error("a database statement on the GUI thread", stack_info=True)
