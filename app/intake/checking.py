"""What every check of rows shares: the sink for what it finds, and the reading of a row by field."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from app.intake import cells
from app.intake.cells import Bad
from app.intake.headings import Heading
from app.intake.profiles import Profile
from app.intake.staging import COLUMNS, encode, written
from app.intake.words import is_no_data

Row = Sequence[Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is not loaded: where (row from 1 in the sheet), what, why, and the row itself."""

    sheet: str
    row: int
    column: str
    value: str
    reason: str
    cells: tuple[Any, ...]

    def facts(self) -> dict[str, Any]:
        """As it goes to the parent."""
        return {name: getattr(self, name) for name in self.__slots__}


class BadRowError(Exception):
    """A row that cannot be loaded: the field at fault and the reason."""

    def __init__(self, field_name: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field_name
        self.reason = reason


class Names:
    """Distinct names in the ratings that are sent, told once each: the loader need not look for them."""

    def __init__(self) -> None:
        self._seen: dict[str, set[Any]] = {"places": set(), "items": set(), "months": set()}
        self._fresh: dict[str, set[Any]] = {"places": set(), "items": set(), "months": set()}

    def add(self, kind: str, values: set[Any]) -> None:
        """`places` (agency, hall, counter, staff), `items`, `months` (agency, year × 12 + month)."""
        fresh = values - self._seen[kind]
        self._seen[kind] |= fresh
        self._fresh[kind] |= fresh

    def take(self) -> dict[str, list[Any]]:
        """What is new since it was last asked for; empty where nothing is."""
        fresh, self._fresh = self._fresh, {kind: set() for kind in self._fresh}
        if not any(fresh.values()):
            return {}
        months = [(agency, f"{(n - 1) // 12}-{(n - 1) % 12 + 1:02}-01") for agency, n in fresh["months"]]
        return {"places": list(fresh["places"]), "items": list(fresh["items"]), "months": months}


@dataclass(slots=True)
class Found:
    """What the checks of a whole file found. `rows` counts data rows of all sheets."""

    load_id: int
    first_month: date | None = None
    rows: int = 0
    lines: int = 0
    repeated: int = 0
    before_rules: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    refused: int = 0
    refused_by_agency: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    agencies: set[str] = field(default_factory=set)
    items: set[str] = field(default_factory=set)
    names: Names = field(default_factory=lambda: Names())
    seen: set[Any] = field(default_factory=set)
    notice: list[tuple[date, bool, str, int]] = field(default_factory=list)

    def reject(self, rejected: Rejected, agency: str | None = None) -> None:
        """Counts and keeps a refused row; `agency` where the refusal is counted by agency (Art. 7)."""
        self.refused += 1
        self.rejected.append(rejected)
        if agency:
            self.refused_by_agency[agency] += 1


BEFORE_RULES = "早于最早的评分规则，不能统计"


class Check(ABC):
    """Checks the rows of one sheet and turns them into lines of one staging table."""

    table: str

    def __init__(self, sheet: str, heading: Heading, profile: Profile, found: Found) -> None:
        self.sheet = sheet
        self.heading = heading
        self.profile = profile
        self.found = found

    @abstractmethod
    def chunk(self, rows: Sequence[Row], first: int) -> bytes:
        """Rows of the sheet, the first of them number `first` (from 1), as lines for COPY."""

    def is_data(self, row: Row) -> bool:
        """Whether a row is data: not empty, no total, and not the heading once more."""
        return not is_no_data(row) and not self._is_heading(row)

    def _is_heading(self, row: Row) -> bool:
        columns = self.heading.columns.values()
        return all(cells.text(row[c]) == self.heading.texts[c] for c in columns if c < len(row))

    def reject(
        self, row: Row, number: int, field_name: str, reason: str, *, agency: str | None = None
    ) -> None:
        """Refuses a row, by the column that stands for the field."""
        column = self.heading.columns.get(field_name)
        heading = self.heading.texts[column] if column is not None else ""
        value = cells.text(row[column]) if column is not None and column < len(row) else None
        self.found.reject(Rejected(self.sheet, number, heading, value or "", reason, tuple(row)), agency)

    def is_before_rules(self, when: date) -> bool:
        """Whether a day lies before the first rule set."""
        first = self.found.first_month
        return first is not None and when < first


class RowCheck(Check):
    """A check that goes row by row; for the files that are small."""

    #: Fields whose values say that a row came before.
    key: tuple[int, ...]

    @abstractmethod
    def values(self, row: Row) -> tuple[Any, ...]:
        """The staging columns after load and line; raises BadRowError."""

    def chunk(self, rows: Sequence[Row], first: int) -> bytes:
        """See `Check.chunk`."""
        good: list[list[str]] = []
        for number, row in enumerate(rows, first):
            if self.is_data(row):
                self.found.rows += 1
                line = self._line(row, number)
                if line is not None:
                    good.append(line)
        return encode(good, len(COLUMNS[self.table]))

    def _line(self, row: Row, number: int) -> list[str] | None:
        try:
            values = self.values(row)
        except BadRowError as bad:
            self.reject(row, number, bad.field, bad.reason)
            return None
        key = (self.heading.sheet, *(values[i] for i in self.key))
        if key in self.found.seen:
            self.found.repeated += 1
            return None
        self.found.seen.add(key)
        self.found.lines += 1
        return [str(self.found.load_id), str(self.found.lines), *map(written, values)]

    def cell(self, row: Row, field_name: str) -> Any:
        """The cell of a field, None where the sheet has no such column."""
        column = self.heading.columns.get(field_name)
        return None if column is None or column >= len(row) else row[column]

    def get(self, row: Row, field_name: str, read: Callable[[Any], T | Bad]) -> T:
        """The value of a field; raises BadRowError where it cannot be read."""
        value = read(self.cell(row, field_name))
        if isinstance(value, Bad):
            raise BadRowError(field_name, value.reason)
        return value

    def need(self, row: Row, field_name: str, read: Callable[[Any], T | Bad | None], reason: str) -> T:
        """The value of a field that must be there."""
        value = self.get(row, field_name, read)
        if value is None:
            raise BadRowError(field_name, reason)
        return value

    def agency_of(self, row: Row) -> str:
        """The agency's name, or its credit code where a file has only that."""
        found = self.get(row, "agency", cells.name) or self.get(row, "agency_code", cells.code)
        if not found:
            raise BadRowError("agency", "没有机构名称")
        self.found.agencies.add(found)
        return found

    def check_month(self, field_name: str, when: date | datetime) -> None:
        """Raises BadRowError for a time before the first rule set."""
        if self.is_before_rules(when.date() if isinstance(when, datetime) else when):
            self.found.before_rules += 1
            raise BadRowError(field_name, BEFORE_RULES)
