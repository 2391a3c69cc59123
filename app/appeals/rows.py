"""Appeals as lists, panels and forms show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.documents.numerals import paper_number
from app.tickets.files import FileKind
from models.rules.appeals import Effect, Finding, State, Step, Window
from models.rules.worktime import ExplainedDay


@dataclass(frozen=True, slots=True)
class AppealFilter:
    """All given conditions hold at once; `overdue`: with the agency, past its five working days; `soon`: due in two."""

    state: State | None = None
    overdue: bool = False
    soon: bool = False
    search: str = ""


@dataclass(frozen=True, slots=True)
class AppealRow:
    """One line of the list. `days_left`: working days of the agency's clock while it runs; `late`: filed late, admitted."""

    id: int
    year: int
    sequence: int
    agency: str
    appellant: str
    case_number: str
    item: str | None
    level: int
    state: State
    version: int
    filed_at: datetime
    due_on: date
    provisional: bool
    days_left: int | None
    finding: Finding | None
    late: bool

    @property
    def number(self) -> str:
        """申诉〔2026〕3号."""
        return paper_number("申诉", self.year, self.sequence)


@dataclass(frozen=True, slots=True)
class Against:
    """The ticket against whose rating an appeal is to be filed."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and the id after which the next page begins, None at the end."""

    rows: tuple[AppealRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many match, how many stand in each state, how many are overdue or soon due."""

    matching: int
    states: Mapping[State, int]
    overdue: int
    soon: int


@dataclass(frozen=True, slots=True)
class AppealedRating:
    """The rating as it was written. `level` counts now by the province, `first_level` as first received; `ticket_*`: its ticket."""

    id: int
    level: int
    first_level: int
    labels: tuple[str, ...]
    reason: str | None
    rated_at: datetime
    platform: str
    hall: str | None
    counter: str | None
    staff: str | None
    target: str
    is_follow_up: bool
    ticket_id: int | None
    ticket_number: str | None
    ticket_state: str | None

    @property
    def has_open_ticket(self) -> bool:
        """Whether a decision may take its ticket out of the count."""
        return self.ticket_state not in (None, "closed", "rejected")


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """证据: one file. `mine`: added by whoever reads, who may take it back as long as it was not handed on."""

    id: int
    name: str
    kind: FileKind
    size: int
    hash: str
    added_at: datetime
    added_by: str
    mine: bool


@dataclass(frozen=True, slots=True)
class StepLine:
    """One thing that was done, in words for the screen."""

    at: datetime
    actor_name: str
    action: str
    text: str | None


@dataclass(frozen=True, slots=True)
class AppealDetail:
    """Everything the panel shows of one. `days`: the agency's clock, day by day; `window`, `window_days`: the time for filing.

    `refused`: steps that this person may not take although their group could, with why.
    """

    row: AppealRow
    rating: AppealedRating
    statement: str
    told_on: date | None
    window: Window
    window_days: tuple[ExplainedDay, ...]
    filed_by: str
    found_text: str | None
    found_on: date | None
    found_by: str | None
    confirmed_level: int | None
    effect: Effect | None
    withdrew_ticket: bool
    decided_text: str | None
    decided_on: date | None
    decided_by: str | None
    files: tuple[EvidenceRow, ...]
    steps: tuple[StepLine, ...]
    allowed: tuple[Step, ...]
    refused: tuple[tuple[Step, str], ...]
    days: tuple[ExplainedDay, ...]
    may_add_files: bool
    month_closed: bool


@dataclass(frozen=True, slots=True)
class Appealable:
    """A rating of a ticket against which an appeal may be filed. `taken`: why not, None where it may be."""

    id: int
    level: int
    rated_at: datetime
    target: str
    staff: str | None
    is_follow_up: bool
    taken: str | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What filing now would mean: the window, each of its days, whether it is over and whether an officer admits it."""

    agency: str
    window: Window
    days: tuple[ExplainedDay, ...]
    provisional: bool
    over: bool
    admitted: bool
    staff: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Signals:
    """Facts that help to judge malice, as counts; None where there is nothing to look by (no number, counter or words)."""

    same_person: int | None
    same_person_agencies: int | None
    same_minutes: int | None
    same_words: int | None
