"""What lists and panels show of tickets, as frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.tickets.attachments import AttachmentRow
from app.tickets.contributions import Contribution
from app.tickets.facets import YES as YES
from app.tickets.facets import Facet as Facet
from app.tickets.facets import Side as Side
from models.rules.lifecycle import Action, State
from models.rules.proposing import Candidate
from models.rules.ratings import is_called_back
from models.rules.worktime import ExplainedDay


class Waiting(StrEnum):
    """What a ticket waits for; each is a filter, and a line of the desk."""

    ME = "me"
    OVERDUE = "overdue"
    TODAY = "today"
    DUE_SOON = "due_soon"
    VERIFY = "verify"
    SIGN = "sign"
    RECTIFY = "rectify"
    REVIEW = "review"
    REPORT = "report"
    CALL_BACK = "call_back"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _WAITING_LABELS[self.value]


_WAITING_LABELS = {
    "me": "待我处理",
    "overdue": "超期",
    "today": "今日到期",
    "due_soon": "2个工作日内到期",
    "verify": "待核实",
    "sign": "待签收",
    "rectify": "整改中",
    "review": "待审核",
    "report": "待报送",
    "call_back": "须回访",
}


class AtClose(StrEnum):
    """Which tickets of a closed month, as its close counted them."""

    COUNTED = "counted"
    HANDLED = "handled"
    UNHANDLED = "unhandled"
    UNSUBMITTED = "unsubmitted"

    @property
    def label(self) -> str:
        """The Chinese name, after the month; empty for all."""
        return _AT_CLOSE_LABELS[self.value]


_AT_CLOSE_LABELS = {"counted": "", "handled": "已整改", "unhandled": "未整改", "unsubmitted": "未提交整改"}


class Order(StrEnum):
    """Orders a list can have; each has its index."""

    NEWEST = "newest"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """All given conditions hold at once. `agency`: the name of the one that holds the ticket (before
    dispatch the one rated); `month`: the 1st of the month the ticket belongs to; `counted`: without
    rejected tickets, as the statistics count; `facets`: the sides by which they were counted; `at_close`: with `month`, those that
    the figures count: of a closed month as they stood at its close (Art. 23), of an open one as they stand."""

    states: frozenset[State] = frozenset()
    agency: str | None = None
    month: date | None = None
    last_month: date | None = None
    search: str = ""
    level: int | None = None
    waiting: Waiting | None = None
    counted: bool = False
    facets: tuple[Facet, ...] = ()
    at_close: AtClose | None = None


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One line of a list. `agency`: the lead, before dispatch the one rated; `days_left`: working days
    to `runs_until`, 0 on the day, negative after it, None where no clock runs."""

    id: int
    number: str | None
    case_number: str | None
    state: State
    declined: bool
    version: int
    agency: str
    rated_agency: str
    co_agencies: tuple[str, ...]
    item: str | None
    platform: str | None
    level: int | None
    labels: tuple[str, ...]
    counter: str | None
    staff: str | None
    rated_at: datetime | None
    opened_at: datetime
    received_on: date | None
    due_on: date | None
    rework_due_on: date | None
    report_due_on: date | None
    runs_until: date | None
    provisional: bool
    days_left: int | None
    #: Rejected because an appeal was upheld, not by an officer's hand.
    withdrawn: bool = False
    #: The person was called to an end.
    called: bool = False

    @property
    def is_called_back(self) -> bool:
        """须回访: a person has to call who rated (Art. 15), and nobody did; not for a ticket that was rejected."""
        due = self.state is not State.REJECTED and not self.called
        return due and is_called_back(self.platform, self.level)


@dataclass(frozen=True, slots=True)
class PageKey:
    """Where the next page starts: after this ticket in this order."""

    position: datetime | date
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and the key of the next page, None at the end."""

    rows: tuple[TicketRow, ...]
    next: PageKey | None


@dataclass(frozen=True, slots=True)
class Round:
    """One agency's part in one dispatch. `used_days`: working days it used, once ended."""

    agency: str
    part: str
    round: int
    received_on: date
    due_on: date
    acknowledged_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    used_days: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A 督办通知 by its number and day."""

    id: int
    number: str
    day: date


@dataclass(frozen=True, slots=True)
class TimeLineEntry:
    """One thing that happened, in words for the screen; `notice`: the one that it sent."""

    at: datetime
    actor_name: str
    action: str
    text: str | None
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """What the province sent: the original first, then its revisions; `level` 1–5, None where it gave none."""

    level: int | None
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A 追加评价 (Art. 21)."""

    level: int
    reason: str | None
    rated_at: datetime


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the person was told. `at`: ISO, as it was typed; `attempts` where they were not reached."""

    reached: bool
    how: str | None = None
    at: str | None = None
    said: str | None = None
    attempts: int | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """Why a submission came back (退回重办, 12345退回), who said so and when."""

    action: str
    reason: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RectificationRow:
    """One submission of the lead agency; `feedback` in one sentence, `answer` in its parts."""

    submitted_at: datetime
    found_true: bool
    found_reasonable: bool
    cause: str
    measures: str
    feedback: str
    reviewed_by: str
    id: int = 0
    cause_code: str | None = None
    cause_text: str | None = None
    answer: Feedback | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock of the ticket with its explanation, day by day."""

    name: str
    start: date
    due: date
    provisional: bool
    days: tuple[ExplainedDay, ...]


@dataclass(frozen=True, slots=True)
class TicketDetail:
    """Everything the panel shows of one ticket. `refused`: actions greyed, each with the reason.

    `contact_refused`: why this person may not look at the contact now, None where they may.
    `counted_too`: other cases, of the batch or themed service, for which the rating counts as well.
    """

    row: TicketRow
    reason: str | None
    label_texts: tuple[tuple[str, str], ...]
    contact_name: str | None
    contact_phone: str | None
    contact_refused: str | None
    province_created_at: datetime | None
    rounds: tuple[Round, ...]
    time_line: tuple[TimeLineEntry, ...]
    revisions: tuple[Revision, ...]
    follow_ups: tuple[FollowUp, ...]
    rectifications: tuple[RectificationRow, ...]
    clocks: tuple[Clock, ...]
    allowed: tuple[Action, ...]
    refused: tuple[tuple[Action, str], ...]
    attachments: tuple[AttachmentRow, ...] = ()
    returned: Returned | None = None
    contributions: tuple[Contribution, ...] = ()
    counted_too: tuple[str, ...] = ()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The notices of supervision, the latest first."""
        return tuple(e.notice for e in reversed(self.time_line) if e.notice is not None)

    @property
    def deadline_name(self) -> str | None:
        """The name of the clock that runs, or ran last."""
        return self.clocks[-1].name if self.clocks else None

    @property
    def deadline_start(self) -> date | None:
        """Its day 0."""
        return self.clocks[-1].start if self.clocks else None

    @property
    def deadline_due(self) -> date | None:
        """Its due day."""
        return self.clocks[-1].due if self.clocks else None

    @property
    def deadline(self) -> tuple[ExplainedDay, ...]:
        """Its explanation."""
        return self.clocks[-1].days if self.clocks else ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where a ticket should go, why, when it would be due if it went today, and where else it might go."""

    agency: str
    why: str
    due_on: date
    provisional: bool
    days: tuple[ExplainedDay, ...]
    others: tuple[Candidate, ...] = ()
