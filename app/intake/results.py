"""What inspecting and importing a file return: frozen values for window and console."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.cases.queries import CaseDifference
from app.changes import Changes
from app.intake.kinds import Kind


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: a stage in Chinese, rows done, rows in all where known."""

    stage: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A heading of the file and the field it is read as."""

    heading: str
    field: str
    field_label: str


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """A sheet that holds data: `heading_row` and `last_row` from 1."""

    name: str
    heading_row: int
    last_row: int
    headings: tuple[str, ...]
    mapping: tuple[ColumnMapping, ...]
    unmapped: tuple[str, ...]
    first_rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file recognised, not loaded. `mapping`, `unmapped`, `first_rows`: of the first sheet with data."""

    kind: Kind
    profile: str
    profile_label: str
    sheets: tuple[SheetSeen, ...]

    @property
    def kind_label(self) -> str:
        """The kind's Chinese name."""
        return self.kind.label

    @property
    def headings(self) -> tuple[str, ...]:
        """The first sheet's headings, above `first_rows`."""
        return self.sheets[0].headings

    @property
    def mapping(self) -> tuple[ColumnMapping, ...]:
        """The first sheet's columns."""
        return self.sheets[0].mapping

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The first sheet's headings that stand for nothing known."""
        return self.sheets[0].unmapped

    @property
    def first_rows(self) -> tuple[tuple[str, ...], ...]:
        """The first sheet's first rows of data, as text."""
        return self.sheets[0].first_rows


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused row: `row` from 1 in the sheet, `column` its heading, `value` as read."""

    sheet: str
    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class MovedDeadline:
    """A ticket whose due date a holiday notice moves."""

    ticket: int
    number: str | None
    old_due: date
    new_due: date

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> MovedDeadline:
        """As the database tells it."""
        return cls(
            facts["ticket"],
            facts["number"],
            date.fromisoformat(facts["from"]),
            date.fromisoformat(facts["to"]),
        )


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """A day of the work calendar that is no longer what it was."""

    day: date
    working: bool
    why: str
    was_working: bool
    was_why: str

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> ChangedDay:
        """As the database tells it."""
        return cls(
            date.fromisoformat(facts["day"]),
            facts["working"],
            facts["why"],
            facts["was_working"],
            facts["was_why"],
        )


@dataclass(frozen=True, slots=True)
class ImportResult:
    """An accepted file. rows = inserted + updated + unchanged + repeated + refused.

    `refusals`: the first 1,000. `refused_by_agency`: bad ratings without label and reason (Art. 7).
    `warnings`: sentence → rows it concerns. `moved`, `days`: for a holiday notice.
    `differences`: where the months touched have cases in detail and in summary, and these disagree.
    """

    kind: Kind
    rows: int
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    refused: int = 0
    tickets_opened: int = 0
    tickets_joined: int = 0
    refusals: tuple[Refusal, ...] = ()
    refused_by_agency: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)
    moved: tuple[MovedDeadline, ...] = ()
    days: tuple[ChangedDay, ...] = ()
    differences: tuple[CaseDifference, ...] = ()
    changes: Changes = field(default_factory=Changes)
    profile: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One line of 12345's returned file: closed with a receipt, or refused with a reason; `problem`: neither."""

    row: int
    number: str | None
    case_number: str | None
    receipt: str | None
    closed_on: date | None
    refusal: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class AssessedRow:
    """One line of a third party's file of assessed values, as it is written; None where there is no such column."""

    row: int
    agency: str | None = None
    indicator: str | None = None
    period: str | None = None
    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    evidence: str | None = None
    assessor: str | None = None
