"""A third party's values by file: read in the child process, each line held against registry, tree and rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from sqlalchemy import Connection

from app.assessments.rows import Draft, FileLine
from app.intake.commands import read_assessed
from app.intake.results import AssessedRow
from app.rankings.queries import Period
from app.registry import queries as registry
from models.rules.indicators import ASSESSED, Source

_MONTH = r"(20\d\d)[-/.年]?(\d{1,2})月?(?:[-/.]?\d{1,2}日?(?:00:00:00)?)?"
_ONE = re.compile(_MONTH)
_SPAN = re.compile(rf"{_MONTH}(?:至|到|~|-|—){{1,2}}(?:(20\d\d)[-/.年]?)?(\d{{1,2}})月?")
_QUARTER = re.compile(r"(20\d\d)年?第?([一二三四1-4])季度?")
_HALF = re.compile(r"(20\d\d)年?(上|下)半年")
_YEAR = re.compile(r"(20\d\d)年?(?:度|全年)?")
_BY_NAME = {one.name: one.code for one in ASSESSED} | {one.code: one.code for one in ASSESSED}
_NUMBER = re.compile(r"([1-4]\.\d)(?!\d)")


def read(path: Path, cancelled: Callable[[], bool] | None) -> tuple[AssessedRow, ...]:
    """The lines as they are written. Raises UserError."""
    return read_assessed(path, cancelled=cancelled)


def match(connection: Connection, found: Sequence[AssessedRow]) -> tuple[FileLine, ...]:
    """Each line with what it would enter, or the reason why it cannot be taken."""
    agencies = {"".join(one.name.split()): one.id for one in registry.agencies(connection)}
    seen: set[tuple[int, str, Period]] = set()
    return tuple(_line(row, agencies, seen) for row in found)


def _line(row: AssessedRow, agencies: dict[str, int], seen: set[tuple[int, str, Period]]) -> FileLine:
    draft, problem = _draft(row, agencies)
    if draft is not None:
        key = (draft.agency_id, draft.indicator, draft.period)
        draft, problem = (None, "文件中同一单位、指标、时段出现了两次") if key in seen else (draft, None)
        seen.add(key)
    counts = f"{row.numerator or '—'}/{row.denominator or '—'}"
    said = row.value or (counts if row.numerator or row.denominator else "—")
    return FileLine(row.row, row.agency or "—", row.indicator or "—", row.period or "—", said, draft, problem)


def _draft(row: AssessedRow, agencies: dict[str, int]) -> tuple[Draft | None, str | None]:
    agency = agencies.get("".join((row.agency or "").split()))
    if agency is None:
        return None, f"名录中没有“{row.agency or ''}”这个单位"
    code = indicator_of(row.indicator or "")
    if code is None:
        return None, f"没有“{row.indicator or ''}”这项指标"
    period = period_of(row.period or "")
    if period is None:
        return (
            None,
            f"时段“{row.period or ''}”无法识别，请写成 2026年10月、2026年第三季度、2026年上半年或 2026年",
        )
    try:
        numbers = [_number(cell) for cell in (row.value, row.numerator, row.denominator)]
    except InvalidOperation:
        return None, "评价值或分子、分母不是数字"
    value, *counts = numbers
    if any(count is not None and count != count.to_integral_value() for count in counts):
        return None, "分子、分母应为整数"
    numerator, denominator = (None if count is None else int(count) for count in counts)
    draft = Draft(
        agency,
        period,
        code,
        Source.THIRD,
        row.evidence or "",
        row.assessor or "",
        value,
        numerator,
        denominator,
    )
    problem = draft.problem()
    return (None, problem.rstrip("。")) if problem else (draft, None)


def _number(cell: str | None) -> Decimal | None:
    """A number as it is typed; raises InvalidOperation, also for what is no finite number."""
    plain = unicodedata.normalize("NFKC", cell or "").replace(",", "").strip()
    if not plain:
        return None
    found = Decimal(plain)
    if not found.is_finite() or abs(found) > 10**12:
        raise InvalidOperation
    return found


def indicator_of(cell: str) -> str | None:
    """The code of an assessed indicator, by its number, its name or both; None for another."""
    plain = "".join(unicodedata.normalize("NFKC", cell).split())
    found = _NUMBER.match(plain)
    return _BY_NAME.get(found[1] if found else plain)


def period_of(cell: str) -> Period | None:
    """Whole months: 2026-10, 2026年10月, 2026年第三季度, 2026年上半年, 2026年, 2026-01至2026-06; None for another."""
    plain = "".join(unicodedata.normalize("NFKC", cell).split())
    try:
        return _period(plain)
    except ValueError:
        return None


def _period(plain: str) -> Period | None:
    if found := _YEAR.fullmatch(plain):
        return _from(int(found[1]), 1, 12)
    if found := _QUARTER.fullmatch(plain):
        number = "一二三四1234".index(found[2]) % 4 + 1
        return _from(int(found[1]), 3 * number - 2, 3)
    if found := _HALF.fullmatch(plain):
        return _from(int(found[1]), 1 if found[2] == "上" else 7, 6)
    if found := _ONE.fullmatch(plain):
        return Period.month(date(int(found[1]), int(found[2]), 1))
    if found := _SPAN.fullmatch(plain):
        first = date(int(found[1]), int(found[2]), 1)
        last = date(int(found[3] or found[1]), int(found[4]), 1)
        return Period(first, last) if first <= last else None
    return None


def _from(year: int, month: int, length: int) -> Period:
    return Period(date(year, month, 1), date(year, month + length - 1, 1))
