"""What is shown of filings: the rows of the list, their frozen lines, and what a new one would hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.documents.numerals import paper_number
from models.rules.appeals import Effect, Finding
from models.rules.filings import Kind, State, Step
from models.rules.lifecycle import State as TicketState
from models.rules.ratings import Satisfaction


@dataclass(frozen=True, slots=True)
class FilingFilter:
    """All given conditions hold at once."""

    state: State | None = None
    kind: Kind | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class FilingRow:
    """One line of the list; `first`, `last`: its months; `lines`: how many things it files."""

    id: int
    year: int
    sequence: int
    kind: Kind
    first: date
    last: date
    recipient: str
    state: State
    version: int
    lines: int
    filed_on: date
    filed_by: str

    @property
    def number(self) -> str:
        """备案〔2026〕3号."""
        return paper_number("备案", self.year, self.sequence)

    @property
    def period(self) -> str:
        """2026年9月 or 2026年9月至10月."""
        return period(self.first, self.last)

    @property
    def title(self) -> str:
        """2026年10月评价修正情况."""
        return f"{self.period}{self.subject}"

    @property
    def subject(self) -> str:
        """评价修正情况, 差评整改结果."""
        return "评价修正情况" if self.kind is Kind.CORRECTIONS else self.kind.label


def period(first: date, last: date) -> str:
    """Months in words."""
    begin = f"{first.year}年{first.month}月"
    if first == last:
        return begin
    return f"{begin}至{'' if first.year == last.year else f'{last.year}年'}{last.month}月"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and the id after which the next page begins, None at the end."""

    rows: tuple[FilingRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many match, and how many stand in each state."""

    matching: int
    states: dict[State, int]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One thing that was done, in words for the screen."""

    at: datetime
    actor_name: str
    action: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One thing filed, as it stood then. `id`: its place; `facts`: as they were frozen."""

    id: int
    facts: dict[str, Any]

    @property
    def reference(self) -> str:
        """The appeal's or the ticket's number."""
        if "appeal_number" in self.facts:
            return paper_number("申诉", self.facts["appeal_year"], self.facts["appeal_number"])
        return self.said("ticket_number") or "无省工单编号"

    @property
    def level(self) -> str:
        """The level that was rated."""
        return _level(self.facts.get("level"))

    @property
    def rated_at(self) -> datetime | None:
        """When it was rated."""
        given = self.facts.get("rated_at")
        return datetime.fromisoformat(given) if given else None

    def said(self, name: str) -> str:
        """A fact that is a text, empty where there is none."""
        return str(self.facts.get(name) or "")

    def day(self, name: str) -> date | None:
        """A fact that is a day."""
        given = self.facts.get(name)
        return date.fromisoformat(given) if given else None

    @property
    def finding(self) -> str:
        """What the agency found."""
        given = self.facts.get("finding")
        return Finding(given).label if given else ""

    @property
    def correction(self) -> str:
        """What counts instead: 不计入, or 按“满意”计."""
        if self.facts.get("effect") == Effect.REPLACE.value:
            return f"按“{_level(self.facts.get('new_level'))}”计"
        return Effect.EXCLUDE.label

    @property
    def ticket_state(self) -> str:
        """Where the ticket stood."""
        given = self.facts.get("state")
        return TicketState(given).label if given else ""

    @property
    def result(self) -> str:
        """What came of it in a word."""
        return self.correction if "appeal_number" in self.facts else self.ticket_state


def _level(level: int | None) -> str:
    return Satisfaction(level).label if level else "不明"


@dataclass(frozen=True, slots=True)
class FilingDetail:
    """Everything about one. `lines_hash`: sha256 of the lines as they were frozen; `intact`: whether they still have it;
    `chain_no`, `chain_hash`: the head of the log when it was filed; `days`: none, it has no deadline."""

    row: FilingRow
    note: str
    lines_hash: str
    intact: bool
    chain_no: int
    chain_hash: str | None
    lines: tuple[Line, ...]
    steps: tuple[StepLine, ...]
    allowed: tuple[Step, ...]
    remark: str | None = None
    explanation: str | None = None
    days: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a new filing would hold; `id`: of the appeal or the ticket."""

    id: int
    reference: str
    agency: str
    item: str
    result: str
