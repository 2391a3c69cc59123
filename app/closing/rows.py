"""What is shown of closed months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.intake.queries import Difference
from models.rules.people import Group
from models.rules.rulesets import RuleSet

LONGEST_NOTE = 200
#: Who may have the fingerprints checked.
MAY_CHECK = frozenset({Group.OFFICER, Group.BUREAU, Group.AUDITOR})


class MonthState(StrEnum):
    """How a month stands."""

    RUNNING = "running"
    OPEN = "open"
    CLOSED = "closed"
    REOPENED = "reopened"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"running": "未结束", "open": "可封账", "closed": "已封账", "reopened": "重新开账"}[self.value]


class Counted(StrEnum):
    """What a fingerprint is of; `counts`: the counts that were kept, which the log vouches for."""

    RATINGS = "ratings"
    TICKETS = "tickets"
    CASES = "cases"
    COUNTS = "counts"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"ratings": "评价", "tickets": "差评工单", "cases": "办件", "counts": "留存的计数"}[self.value]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """So many rows, and the hash of them in hexadecimal."""

    of: Counted
    rows: int
    hash: str


@dataclass(frozen=True, slots=True)
class Close:
    """One close, standing or not. `chain`: NO:HASH of the log's head just before it."""

    id: int
    month: date
    closed_at: datetime
    closed_by: str
    note: str
    rules: RuleSet
    fingerprints: tuple[Fingerprint, ...]
    chain: str
    issued_at: datetime | None
    reopened_at: datetime | None
    reopened_by: str | None
    reopen_reason: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A month's counts over all agencies; `unhandled` by the rules of the month."""

    ratings: int = 0
    bad: int = 0
    tickets: int = 0
    unhandled: int = 0
    cases: int = 0


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month. `figures`: as closed, or as they stand now; `close`: the one that stands; `past`: earlier ones."""

    month: date
    state: MonthState
    figures: Figures
    close: Close | None
    past: tuple[Close, ...]

    @property
    def id(self) -> date:
        """The month."""
        return self.month


@dataclass(frozen=True, slots=True)
class Readiness:
    """What to know before closing: warnings as sentences, and where detail and summary differ."""

    warnings: tuple[str, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """One fingerprint held against today's rows; counts of rows are None for the counts that were kept."""

    of: Counted
    was: int | None
    now: int | None
    same: bool


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that counts otherwise than at the close: a ticket's id where it is one, what it is, and what changed."""

    ticket: int | None
    name: str
    agency: str
    what: str
