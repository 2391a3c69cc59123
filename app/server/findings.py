"""What a check of a server says: a name for programs, a title, a state and a sentence for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from app.server.site import Site

#: Things that a sentence names before it says how many there are.
_NAMED = 8


class State(StrEnum):
    """How a check ended; a warning is somebody's decision, a failure must be mended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """A state and its sentence."""

    state: State
    message: str


@dataclass(frozen=True, slots=True)
class Check:
    """A finding under its name, with the title that people see."""

    name: str
    title: str
    state: State
    message: str

    @property
    def ok(self) -> bool:
        """Whether nothing must be mended."""
        return self.state is not State.FAILED


#: A check reads; each has its own savepoint.
Test = Callable[[Connection, Site], Finding]


def fine(message: str) -> Finding:
    """All is well."""
    return Finding(State.OK, message)


def warning(message: str) -> Finding:
    """Somebody should decide."""
    return Finding(State.WARNING, message)


def failed(message: str) -> Finding:
    """Somebody must mend it."""
    return Finding(State.FAILED, message)


def named(things: Sequence[str]) -> str:
    """The first few of a list, and how many there are."""
    more = f" 等 {len(things)} 项" if len(things) > _NAMED else ""
    return "、".join(things[:_NAMED]) + more
