"""Circulars as lists and files show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.circulars.draft import Draft
from app.documents.numerals import paper_number
from models.rules.circulars import Kind, State


@dataclass(frozen=True, slots=True)
class CircularFilter:
    """All given conditions hold at once; `month`: one that the circular is about."""

    kind: Kind | None = None
    state: State | None = None
    month: date | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class CircularRow:
    """One line of the list. `number_text`: 好差评通报〔2026〕3号, none of a draft."""

    id: int
    kind: Kind
    state: State
    version: int
    first: date
    last: date
    title: str
    number_word: str
    year: int | None
    number: int | None
    issued_on: date | None
    changed_at: datetime
    changed_by: str

    @property
    def number_text(self) -> str | None:
        """As it stands on the paper."""
        if self.year is None or self.number is None:
            return None
        return paper_number(self.number_word, self.year, self.number)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and the id after which the next page begins, None at the end."""

    rows: tuple[CircularRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an issued circular; `hash`: its sha256 in hex."""

    id: int
    name: str
    kind: str
    size: int
    hash: str


@dataclass(frozen=True, slots=True)
class CircularDetail:
    """One with all about it. `withdraws`, `withdrawn_by`: the other circular, as a row."""

    row: CircularRow
    draft: Draft
    files: tuple[FileRow, ...]
    withdraws: CircularRow | None
    withdrawn_by: CircularRow | None
    months_open: tuple[date, ...]

    @property
    def may_be_issued(self) -> bool:
        """Whether every month it is about is closed."""
        return not self.months_open or self.row.kind is Kind.WITHDRAWAL


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file as it was made: its name, its kind (pdf, docx, xlsx, html) and its bytes."""

    name: str
    kind: str
    content: bytes
