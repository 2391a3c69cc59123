"""Checks by columns of a chunk, not row by row, for the files that run to 200,000 rows.

A column of few distinct values costs one look into a table per cell; the rest one call.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from app.intake import cells, words
from app.intake.cells import Bad
from app.intake.checking import BEFORE_RULES, Check, Found, Row
from app.intake.headings import Heading
from app.intake.profiles import Profile
from app.intake.staging import COLUMNS, NULL, encode, written

#: The table of seen spellings starts anew at this size, so that no column eats the memory.
_MEMO = 50_000

Reader = Callable[[Any], Any]


class Memo(dict[Any, Any]):
    """What each spelling of a column means, worked out once."""

    def __init__(self, read: Reader) -> None:
        super().__init__()
        self.read = read
        self.bad = False

    def __missing__(self, cell: Any) -> Any:
        if len(self) >= _MEMO:
            self.clear()
        value = self.read(cell)
        self.bad = self.bad or isinstance(value, Bad)
        self[cell] = value
        return value


#: Fields that mean the same in every such sheet.
_READERS: dict[str, Reader] = {
    "agency": lambda cell: cells.name(cell) or "",
    "agency_code": cells.code,
    "area_code": cells.area_code,
    "item": cells.text,
    "item_code": cells.code,
    "platform": words.platform,
    "hall": cells.name,
}


class ColumnCheck(Check):
    """A check that goes by columns; `readers`: what a cell of a field means, beside those that all share."""

    def __init__(
        self, sheet: str, heading: Heading, profile: Profile, found: Found, readers: Mapping[str, Reader]
    ) -> None:
        super().__init__(sheet, heading, profile, found)
        shared = {**_READERS, "case_type": lambda cell: profile.case_types.get(cells.spelled(cell))}
        self.memos = {name: Memo(read) for name, read in {**shared, **readers}.items()}

    @abstractmethod
    def part(self, numbers: list[int], rows: list[Row]) -> ColumnPart:
        """Rows of data with their numbers in the sheet."""

    def chunk(self, rows: Sequence[Row], first: int) -> bytes:
        """See `Check.chunk`."""
        numbers = range(first, first + len(rows))
        data = [
            (number, row) for number, row in zip(numbers, rows, strict=True) if self._looks_like_data(row)
        ]
        if not data:
            return b""
        self.found.rows += len(data)
        part = self.part([number for number, _ in data], [row for _, row in data])
        return encode(part.lines(), len(COLUMNS[self.table]))

    def _looks_like_data(self, row: Row) -> bool:
        """`is_data`, asked in full only where the case number does not look like one."""
        case = row[self.heading.columns["case_number"]]
        return (type(case) is str and case[:1].isdigit()) or self.is_data(row)


class ColumnPart:
    """One chunk of rows by columns. The first fault of a row is the one that is told."""

    def __init__(self, check: ColumnCheck, numbers: list[int], rows: list[Row]) -> None:
        self.check = check
        self.found = check.found
        self.numbers = numbers
        self.rows = rows
        self.size = len(rows)
        self.faults: dict[int, tuple[str, str]] = {}
        #: Rows whose refusal is counted by agency.
        self.by_agency: set[int] = set()
        self.columns = list(zip(*rows, strict=True))

    @abstractmethod
    def lines(self) -> list[Sequence[str]]:
        """The rows that stand, as written values in the order of the staging table."""

    def raw(self, field_name: str) -> Sequence[Any] | None:
        """The cells of a field, None where the sheet has no such column."""
        column = self.check.heading.columns.get(field_name)
        return None if column is None else self.columns[column]

    def column(self, field_name: str) -> list[Any]:
        """A column through its memo; a cell that cannot be read becomes a fault and None."""
        memo = self.check.memos[field_name]
        raw = self.raw(field_name)
        values = [memo[None]] * self.size if raw is None else list(map(memo.__getitem__, raw))
        return self._sound(field_name, values) if memo.bad else values

    def each(self, field_name: str, read: Reader) -> list[Any]:
        """A column cell by cell."""
        raw = self.raw(field_name)
        if raw is None:
            return [None] * self.size
        return self._sound(field_name, list(map(read, raw)))

    def texts(self, field_name: str) -> list[Any]:
        """A column of free text."""
        raw = self.raw(field_name)
        return [None] * self.size if raw is None else cells.texts(raw)

    def times(self, field_name: str) -> tuple[list[Any], list[Any]]:
        """A column of times, and the same as written for the database."""
        raw = self.raw(field_name)
        plain = None if raw is None else cells.plain_instants(raw)
        if raw is not None and plain is not None:
            return plain, [cell + "+08" for cell in raw]
        values = self.each(field_name, cells.instant)
        return values, written_column(values)

    def cases(self) -> list[Any]:
        """The column of case numbers."""
        raw = self.raw("case_number") or ()
        return list(raw) if cells.plain_cases(raw) else self.each("case_number", cells.case_number)

    def agencies(self) -> list[Any]:
        """Each row's agency, by its name or else its code; a row without one is at fault."""
        names = self.column("agency")
        by_code = self.column("agency_code")
        if self.raw("agency_code") is not None:
            names = [name or code for name, code in zip(names, by_code, strict=True)]
        for i, name in enumerate(names):
            if not name:
                self.fault(i, "agency", "没有机构名称")
                names[i] = None
        return names

    def areas(self, cases: list[Any]) -> list[Any]:
        """Each row's area, as told or as its case number begins."""
        areas = self.column("area_code")
        if None in areas:
            areas = [
                area or (cells.area_of_case(case) if case else "")
                for area, case in zip(areas, cases, strict=True)
            ]
        return areas

    def since_rules(self, field_name: str, times: list[Any]) -> None:
        """Rows before the first rule set are at fault; an empty time is not."""
        start = datetime.combine(self.found.first_month or date.min, time())
        if min(filter(None, times), default=start) >= start:
            return
        for i, when in enumerate(times):
            if when is not None and when < start:
                self.found.before_rules += 1
                self.fault(i, field_name, BEFORE_RULES)

    def fault(self, row: int, field_name: str, reason: str) -> None:
        """Refuses a row of this chunk, unless it is already."""
        self.faults.setdefault(row, (field_name, reason))

    def keep(self, keys: list[tuple[Any, ...]]) -> list[int]:
        """Rows without fault whose key has not come before."""
        seen, faults = self.found.seen, self.faults
        keep = []
        for i, key in enumerate(keys):
            if i in faults:
                continue
            if key in seen:
                self.found.repeated += 1
                continue
            seen.add(key)
            keep.append(i)
        return keep

    def report(self, agencies: list[Any]) -> None:
        """Tells the rows at fault."""
        for i, (field_name, reason) in sorted(self.faults.items()):
            agency = agencies[i] if i in self.by_agency else None
            self.check.reject(self.rows[i], self.numbers[i], field_name, reason, agency=agency)

    def written(self, kept: Sequence[Sequence[Any]], size: int) -> list[Sequence[str]]:
        """Columns of the rows that stand as lines, the load's number and their own before them."""
        line = self.found.lines
        self.found.lines += size
        head = [[str(self.found.load_id)] * size, [str(line + i) for i in range(1, size + 1)]]
        return list(zip(*head, *map(written_column, kept), strict=True))

    def _sound(self, field_name: str, values: list[Any]) -> list[Any]:
        for i, value in enumerate(values):
            if type(value) is Bad:
                self.fault(i, field_name, value.reason)
                values[i] = None
        return values


def written_column(column: Sequence[Any]) -> list[str]:
    """A column as written values, by the quickest way for what it holds."""
    first = next((value for value in column if value is not None), None)
    if first is None:
        return [NULL] * len(column)
    if type(first) is str and None not in column:
        return list(column)
    if type(first) is str:
        return [NULL if value is None else value for value in column]
    if isinstance(first, datetime):
        return [NULL if value is None else value.isoformat(" ") + "+08" for value in column]
    return list(map(Memo(written).__getitem__, column))
