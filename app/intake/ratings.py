"""Checks the rating detail: by columns of a chunk, not row by row, because months run to 200,000 rows.

A column of few distinct values costs one look into a table per cell; the rest one call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from app.intake import cells, words
from app.intake.cells import Bad
from app.intake.checking import BEFORE_RULES, Check, Found, Row
from app.intake.headings import Heading
from app.intake.profiles import Profile, level_table
from app.intake.staging import COLUMNS, NULL, encode, written

#: The table of seen spellings starts anew at this size, so that no column eats the memory.
_MEMO = 50_000

#: Art. 7, as a refused row shows it.
NO_REASON = "差评既没有标签也没有文字理由（依据：细则第七条）"
EARLY = "评价时间早于受理时间"


class Memo(dict[Any, Any]):
    """What each spelling of a column means, worked out once."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
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


class RatingCheck(Check):
    """Rows of a rating detail → lines of staging_rating."""

    table = "staging_rating"

    def __init__(
        self, sheet: str, heading: Heading, profile: Profile, found: Found, rows: Iterator[Row] | None = None
    ) -> None:
        super().__init__(sheet, heading, profile, found)
        self.width = max(len(heading.texts), max(heading.columns.values()) + 1)
        column = heading.columns["level"]
        levels = level_table(profile, {cells.spelled(r[column]) for r in rows or () if len(r) > column})
        readers: dict[str, Callable[[Any], Any]] = {
            "agency": lambda cell: cells.name(cell) or "",
            "agency_code": cells.code,
            "area_code": cells.area_code,
            "item": cells.text,
            "item_code": cells.code,
            "platform": words.platform,
            "channel": self._channel,
            "hall": cells.name,
            "counter": cells.name,
            "staff": cells.name,
            "level": lambda cell: words.level(cell, levels),
            "labels": words.labels,
            "is_default": words.flag,
            "target": words.target,
            "rating_number": words.rating_number,
            "service_number": lambda cell: _service_number(cells.integer(cell)),
            "case_type": lambda cell: profile.case_types.get(cells.spelled(cell)),
        }
        self.memos = {name: Memo(read) for name, read in readers.items()}
        self.has_words = bool(heading.columns.keys() & {"labels", "reason"})

    def _channel(self, cell: Any) -> int | Bad | None:
        """The channel; a platform's name in this column, where there is no other, is left to `_platforms`."""
        found = words.channel(cell)
        if isinstance(found, Bad) and isinstance(words.platform(cell), str):
            return None
        return found

    def chunk(self, rows: Sequence[Row], first: int) -> bytes:
        """See `Check.chunk`."""
        numbers = range(first, first + len(rows))
        data = [
            (number, row) for number, row in zip(numbers, rows, strict=True) if self._looks_like_data(row)
        ]
        if not data:
            return b""
        self.found.rows += len(data)
        part = Part(self, [number for number, _ in data], [row for _, row in data])
        return encode(part.lines(), len(COLUMNS[self.table]))

    def _looks_like_data(self, row: Row) -> bool:
        """`is_data`, asked in full only where the case number does not look like one."""
        case = row[self.heading.columns["case_number"]]
        return (type(case) is str and case[:1].isdigit()) or self.is_data(row)


def _service_number(found: int | Bad | None) -> int | Bad:
    if found is None:
        return 1
    return found if isinstance(found, Bad) or 0 < found < 32768 else Bad("服务次数应为正整数")


class Part:
    """One chunk of rows by columns. The first fault of a row is the one that is told."""

    def __init__(self, check: RatingCheck, numbers: list[int], rows: list[Row]) -> None:
        self.check = check
        self.found = check.found
        self.numbers = numbers
        self.rows = rows
        self.size = len(rows)
        self.faults: dict[int, tuple[str, str]] = {}
        self.by_agency: set[int] = set()
        self.columns = list(zip(*rows, strict=True))

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

    def each(self, field_name: str, read: Callable[[Any], Any]) -> list[Any]:
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
        return values, _written(values)

    def _cases(self) -> list[Any]:
        raw = self.raw("case_number") or ()
        return list(raw) if cells.plain_cases(raw) else self.each("case_number", cells.case_number)

    def _sound(self, field_name: str, values: list[Any]) -> list[Any]:
        for i, value in enumerate(values):
            if type(value) is Bad:
                self.faults.setdefault(i, (field_name, value.reason))
                values[i] = None
        return values

    def lines(self) -> list[Sequence[str]]:
        """The rows that stand, as written values in the order of the staging table."""
        cases = self._cases()
        agencies = self._agencies()
        levels = self.column("level")
        rated, rated_text = self._rated()
        accepted, accepted_text = self.times("accepted_at")
        _, finished_text = self.times("finished_at")
        codes, reasons = self._words()
        target, service, number = (self.column(f) for f in ("target", "service_number", "rating_number"))
        areas = self._areas(cases)
        platforms, channels, halls, counters = self._places()
        items, item_codes = self.column("item"), self.column("item_code")
        defaults = self._defaults(channels)
        lacking = self._lacking(levels, codes, reasons)
        case_types, staff = self.column("case_type"), self.column("staff")
        persons = [self.texts(f) for f in ("rater_name", "rater_phone", "rater_identity")]
        self._warn_of_early(rated, accepted)
        keep = self._keep(list(zip(areas, cases, target, service, number, strict=True)))
        self._report(agencies)
        load, line = str(self.found.load_id), self.found.lines
        self.found.lines += len(keep)
        columns: list[list[Any]] = [
            areas,
            cases,
            target,
            service,
            number,
            agencies,
            items,
            item_codes,
            platforms,
        ]
        columns += [channels, halls, counters, staff, levels, defaults, lacking, codes, reasons]
        columns += [rated_text, accepted_text, finished_text, case_types, *persons]
        kept = columns if len(keep) == self.size else [[column[i] for i in keep] for column in columns]
        self._name(kept, rated if len(keep) == self.size else [rated[i] for i in keep])
        head = [[load] * len(keep), [str(line + i) for i in range(1, len(keep) + 1)]]
        return list(zip(*head, *map(_written, kept), strict=True))

    def _name(self, kept: Sequence[Sequence[Any]], rated: Sequence[datetime]) -> None:
        """Tells the distinct names and months of the rows that stand."""
        agencies, items, item_codes, halls, counters, staff = (kept[i] for i in (5, 6, 7, 10, 11, 12))
        named = {item or code for item, code in zip(items, item_codes, strict=True)} - {None}
        self.found.agencies.update(agencies)
        self.found.items.update(named)
        self.found.names.add("items", named)
        self.found.names.add("places", set(zip(agencies, halls, counters, staff, strict=True)))
        months = [when.year * 12 + when.month for when in rated]
        self.found.names.add("months", set(zip(agencies, months, strict=True)))

    def _agencies(self) -> list[Any]:
        names = self.column("agency")
        by_code = self.column("agency_code")
        if self.raw("agency_code") is not None:
            names = [name or code for name, code in zip(names, by_code, strict=True)]
        for i, name in enumerate(names):
            if not name:
                self.faults.setdefault(i, ("agency", "没有机构名称"))
                names[i] = None
        return names

    def _rated(self) -> tuple[list[Any], list[Any]]:
        rated, as_written = self.times("rated_at")
        first = self.found.first_month
        start = datetime.combine(first or date.min, time())
        if None not in rated and min(rated) >= start:
            return rated, as_written
        for i, when in enumerate(rated):
            if when is None:
                self.faults.setdefault(i, ("rated_at", "没有评价时间"))
            elif when < start:
                self.found.before_rules += 1
                self.faults.setdefault(i, ("rated_at", BEFORE_RULES))
        return rated, as_written

    def _words(self) -> tuple[list[Any], list[Any]]:
        """Label codes and written reasons; free text between the labels joins the reason."""
        labels = self.column("labels")
        reasons = self.texts("reason")
        for i, (_, free) in enumerate(labels):
            if free:
                reasons[i] = f"{reasons[i]}；{free}" if reasons[i] else free
        return [codes for codes, _ in labels], reasons

    def _areas(self, cases: list[Any]) -> list[Any]:
        areas = self.column("area_code")
        if None in areas:
            areas = [
                area or (cells.area_of_case(case) if case else "")
                for area, case in zip(areas, cases, strict=True)
            ]
        return areas

    def _places(self) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
        channels, halls, counters = (self.column(f) for f in ("channel", "hall", "counter"))
        platforms = self.column("platform")
        if self.raw("platform") is None and (named := self.raw("channel")) is not None:
            platforms = [p if isinstance(p := words.platform(cell), str) else None for cell in named]
        if None in platforms:
            platforms = [
                p or words.platform_of_channel(channel, at_hall=bool(hall or counter))
                for p, channel, hall, counter in zip(platforms, channels, halls, counters, strict=True)
            ]
        return platforms, channels, halls, counters

    def _defaults(self, channels: list[Any]) -> list[bool]:
        flags = self.column("is_default")
        return [channel == 7 if flag is None else flag for flag, channel in zip(flags, channels, strict=True)]

    def _lacking(self, levels: list[Any], codes: list[Any], reasons: list[Any]) -> list[bool]:
        """Bad ratings without label and reason: refused (Art. 7), kept where the file has neither column."""
        lacking = [False] * self.size
        for i, level in enumerate(levels):
            if level is not None and level <= 2 and not codes[i] and not reasons[i]:
                lacking[i] = True
                if self.check.has_words and i not in self.faults:
                    self.faults[i] = ("labels" if self.raw("labels") is not None else "reason", NO_REASON)
                    self.by_agency.add(i)
        return lacking

    def _warn_of_early(self, rated: list[Any], accepted: list[Any]) -> None:
        if self.raw("accepted_at") is not None:
            pairs = zip(rated, accepted, strict=True)
            self.found.warnings[EARLY] += sum(
                1 for r, a in pairs if r is not None and a is not None and r < a
            )

    def _keep(self, keys: list[tuple[Any, ...]]) -> list[int]:
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

    def _report(self, agencies: list[Any]) -> None:
        for i, (field_name, reason) in sorted(self.faults.items()):
            agency = agencies[i] if i in self.by_agency else None
            self.check.reject(self.rows[i], self.numbers[i], field_name, reason, agency=agency)


def _written(column: Sequence[Any]) -> list[str]:
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
