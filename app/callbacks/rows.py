"""What is shown of callbacks and samples, as frozen rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from app.tickets.rows import TicketDetail
from models.rules.callbacks import TRIES, Decision, Kind, Outcome, Stand, Step, stand
from models.rules.lifecycle import State
from models.rules.ratings import Satisfaction
from models.rules.worktime import ExplainedDay

_KINDS = tuple(Kind)
#: Rounds of a ticket that a number has room for.
_ROUNDS = 1000


class Ref(NamedTuple):
    """Which call is meant, whether or not anybody has called yet: a ticket, a kind and a round of the ticket."""

    ticket: int
    kind: Kind
    round: int

    @property
    def number(self) -> int:
        """The same as one number, by which rows and drafts are known."""
        return (self.ticket * len(_KINDS) + _KINDS.index(self.kind)) * _ROUNDS + self.round

    @classmethod
    def of(cls, number: int) -> Ref:
        """From its number."""
        rest, round_ = divmod(number, _ROUNDS)
        ticket, kind = divmod(rest, len(_KINDS))
        return cls(ticket, _KINDS[kind], round_)


@dataclass(frozen=True, slots=True)
class CallFilter:
    """All given conditions hold at once. Without a `state` what is due; the flags: of this kind alone;
    `month`: the 1st of the month that the ticket belongs to. `counted`: the calls that the rate of the satisfied counts,
    from `month` to `last_month`, of an agency by name where one is given; without a `state` of whatever outcome."""

    state: Stand | None = None
    hotline: bool = False
    agency: bool = False
    spot_check: bool = False
    month: date | None = None
    search: str = ""
    counted: bool = False
    last_month: date | None = None
    holder: str | None = None

    @property
    def is_due(self) -> bool:
        """Whether it lists what is due, not what was called."""
        return self.state in (None, Stand.DUE) and not self.counted

    @property
    def kind(self) -> Kind | None:
        """The kind that is asked for alone."""
        return next((kind for kind in Kind if getattr(self, kind.value)), None)


@dataclass(frozen=True, slots=True)
class CallRow:
    """One line of the list. `callback`: its id, None before anybody called; `version` is 0 then, as its door wants it;
    `tries`: calls that reached nobody."""

    callback: int | None
    ticket: int
    kind: Kind
    round: int
    version: int
    tries: int
    outcome: Outcome | None
    decision: Decision | None
    opened_at: datetime
    called_at: datetime | None
    called_by: str | None
    words: str | None
    number: str | None
    case_number: str | None
    item: str | None
    agency: str
    level: int | None
    ticket_state: State

    @property
    def id(self) -> int:
        """What the row is known by."""
        return Ref(self.ticket, self.kind, self.round).number

    @property
    def state(self) -> Stand:
        """Where it stands."""
        return stand(self.outcome, self.decision)

    @property
    def tries_left(self) -> int:
        """Calls left before the person counts as unreachable."""
        return TRIES - self.tries


class Key(NamedTuple):
    """After which row the next page begins."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and the key of the next page, None at the end."""

    rows: tuple[CallRow, ...]
    next: Key | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many match, how many are due of each kind, how many stand where."""

    matching: int
    hotline: int
    agency: int
    spot_check: int
    states: dict[Stand, int]

    @property
    def due(self) -> int:
        """All that are due."""
        return self.hotline + self.agency + self.spot_check


@dataclass(frozen=True, slots=True)
class StepLine:
    """One call or decision, in words for the screen."""

    at: datetime
    actor_name: str
    action: str
    text: str | None


@dataclass(frozen=True, slots=True)
class CallDetail:
    """Everything the call sheet shows. `caller`: who calls, as the script names it; `measures`: what the agency
    did as it last reported; `decided`: what was decided about somebody unsatisfied, and why."""

    row: CallRow
    ticket: TicketDetail
    caller: str
    measures: str | None
    decided: str | None
    steps: tuple[StepLine, ...]
    allowed: tuple[Step, ...]
    refused: tuple[tuple[Step, str], ...]
    days: tuple[ExplainedDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many rectified tickets were called, and how many of those people are satisfied."""

    called: int
    satisfied: int


# samples --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stock:
    """An agency and how many of its rectified tickets of a month can be drawn."""

    agency: int
    name: str
    initials: str | None
    number: int


@dataclass(frozen=True, slots=True)
class SampleFilter:
    """Samples of a month, or of all; `search` in the agency's name and the seed."""

    month: date | None = None
    search: str = ""
    state: None = None


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One sample. `size` or `share` (0–1) as asked for; `stock`, `drawn`: how many; `settled`: called to an end."""

    id: int
    month: date
    agency: str
    size: int | None
    share: Decimal | None
    seed: str
    method: str
    stock: int
    drawn: int
    settled: int
    drawn_at: datetime
    drawn_by: str
    #: A sample never changes.
    version: int = 1

    @property
    def state(self) -> Stand:
        """Due while somebody of it is to be called."""
        return Stand.DUE if self.settled < self.drawn else Stand.SATISFIED

    @property
    def asked(self) -> str:
        """As many as were asked for, in words."""
        if self.size is not None:
            return f"每个单位 {self.size:,} 件"
        return f"每个单位 {100 * (self.share or Decimal(0)):f}".rstrip("0").rstrip(".") + "%"

    @property
    def whole(self) -> bool:
        """Whether the whole stock was drawn."""
        return self.drawn == self.stock


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A ticket of the stock. `place`: in the order of the hashes, from 1; `hash`: hexadecimal; `number`: of the
    ticket, None where this person no longer sees it or it has none; `stand`: of its call, None for one not drawn."""

    id: int
    place: int
    hash: str
    drawn: bool
    number: str | None
    item: str | None
    stand: Stand | None
    #: The round of the ticket in which it is called, None for one not drawn.
    round: int | None


@dataclass(frozen=True, slots=True)
class SampleDetail:
    """A sample with its stock in the order of the draw."""

    row: SampleRow
    stock: tuple[int, ...]
    drawn: tuple[int, ...]
    lines: tuple[SampleLine, ...]
    steps: Sequence[StepLine] = ()
    allowed: tuple[Step, ...] = ()
    days: tuple[ExplainedDay, ...] = ()


@dataclass(frozen=True, slots=True)
class SamplePage:
    """Rows and the id after which the next page begins, None at the end."""

    rows: tuple[SampleRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class SampleCounts:
    """How many samples match."""

    matching: int
    states: dict[None, int]


def level_word(level: int | None) -> str:
    """The level as it was given, or 差评."""
    return Satisfaction(level).label if level else "差评"
