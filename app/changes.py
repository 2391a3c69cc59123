"""What a command changed, so that every page that shows such rows can mark itself stale."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto


class Kind(Flag):
    """Kinds of rows."""

    NONE = 0
    TICKETS = auto()
    RATINGS = auto()
    TALLY = auto()
    REGISTRY = auto()
    CALENDAR = auto()
    IMPORTS = auto()
    PEOPLE = auto()


@dataclass(frozen=True, slots=True)
class Changes:
    """Kinds touched, and which tickets where they are few enough to name."""

    kinds: Kind = Kind.NONE
    tickets: frozenset[int] = frozenset()
