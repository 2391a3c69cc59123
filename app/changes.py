"""What a command changed, so that every page that shows such rows can mark itself stale."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto

#: Tickets are named while they are at most so many.
FEW = 50


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
    SUGGESTIONS = auto()
    CLOSING = auto()
    RULES = auto()
    ASSESSMENTS = auto()
    IMPROVEMENTS = auto()
    FILTERS = auto()
    APPEALS = auto()
    CALLBACKS = auto()
    FILINGS = auto()
    STAFF = auto()
    REFERRALS = auto()
    CIRCULARS = auto()


@dataclass(frozen=True, slots=True)
class Changes:
    """Kinds touched, and which tickets where they are few enough to name."""

    kinds: Kind = Kind.NONE
    tickets: frozenset[int] = frozenset()

    def __or__(self, other: Changes) -> Changes:
        """Both together; tickets stay named only where both name theirs, and while they are few."""
        named = self.tickets | other.tickets
        unnamed = any(c.kinds & Kind.TICKETS and not c.tickets for c in (self, other))
        return Changes(self.kinds | other.kinds, frozenset() if unnamed or len(named) > FEW else named)


#: Nobody knows what was changed: everything is read again.
EVERYTHING = Changes(~Kind.NONE)
