"""What is shown of the staff of an agency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.rankings.queries import Period
from models.rules import appeals, improvements
from models.rules.referrals import Ground
from models.rules.staffing import MONTHS_IN_A_ROW, REPEATED, Standing, Tallied


class StaffStep(StrEnum):
    """What an officer can do about somebody (Guide 8.2 a, b)."""

    ORDER = "order"
    RECORD = "record"
    WITHDRAW = "withdraw"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"order": "下达限期整改", "record": "登记追责", "withdraw": "撤回追责记录"}[self.value]


@dataclass(frozen=True, slots=True)
class StaffFilter:
    """All given conditions hold at once; `bottom`: months in a row at the bottom. Without a period: the latest month."""

    agency: str | None = None
    period: Period | None = None
    bottom: bool = False
    repeated: bool = False
    search: str = ""
    state: None = None


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One of the staff in a period. `rank`: within the agency among the `ranked` with ratings, None without any.

    `small`: too few ratings to say much; `run`: months in a row at the bottom, up to the last month that has ended.
    `appeals`, `corrected`, `records`, `orders`: None where this reader may not know. `version`: of what was done about them.
    """

    id: int
    name: str
    agency: str
    counts: Tallied
    rank: int | None
    ranked: int
    small: bool
    run: int = 0
    appeals: int | None = None
    corrected: int | None = None
    records: int | None = None
    orders: int | None = None
    version: int = 0

    @property
    def state(self) -> Standing:
        """Whether an order is due."""
        return Standing.BOTTOM if self.run >= MONTHS_IN_A_ROW else Standing.FINE

    @property
    def is_repeated(self) -> bool:
        """Whether the bad ratings of the period are repeated ones."""
        return self.counts.bad >= REPEATED


@dataclass(frozen=True, slots=True)
class Counts:
    """How many match, stand at the bottom for months in a row, have repeated bad ratings."""

    matching: int
    bottom: int
    repeated: int
    states: dict[Any, int]


@dataclass(frozen=True, slots=True)
class Page:
    """All that fit, read whole; `period`: the one counted; `months`, `agencies`: what can be chosen;
    `counts`: what stands on the chips."""

    rows: tuple[StaffRow, ...]
    period: Period | None
    months: tuple[date, ...]
    agencies: tuple[str, ...]
    closed: tuple[date, ...]
    counts: Counts
    next: int | None = None


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month of one of the staff. `last`: they shared the last place among those with enough ratings."""

    month: date
    counts: Tallied
    rank: int | None
    ranked: int
    last: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class BadRating:
    """A bad rating that the reader may see."""

    at: datetime
    level: int
    item: str | None
    words: str
    ticket_id: int | None


@dataclass(frozen=True, slots=True)
class AppealLine:
    """An appeal of theirs."""

    id: int
    number: str
    state: appeals.State
    filed_at: datetime


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order to improve about them."""

    id: int
    number: str
    subject: str
    state: improvements.State
    issued_on: date


@dataclass(frozen=True, slots=True)
class Record:
    """An accountability record; `withdrawn`: when and why it was taken back, None while it stands."""

    id: int
    ground: Ground
    facts: str
    measure: str
    decided_on: date
    recorded_by: str
    withdrawn: str | None


@dataclass(frozen=True, slots=True)
class StepLine:
    """One thing that was done, in words for the screen."""

    at: datetime
    actor_name: str
    action: str
    text: str | None


@dataclass(frozen=True, slots=True)
class StaffDetail:
    """Everything about one. `bad`: the bad ratings of the period that the reader may see, of `row.counts.bad` counted;
    `run_to`: the month up to which months at the bottom were followed; `days`: none, there is no deadline."""

    row: StaffRow
    period: Period
    months: tuple[MonthLine, ...]
    bad: tuple[BadRating, ...]
    appeals: tuple[AppealLine, ...]
    orders: tuple[OrderLine, ...]
    records: tuple[Record, ...]
    steps: tuple[StepLine, ...]
    allowed: tuple[StaffStep, ...]
    run_to: date | None = None
    days: tuple[Any, ...] = ()
