"""Cells to values. Each function takes a cell as it was read and returns a value, None, or `Bad`.

A cell is text, a number, a date, a truth value or empty; numbers come as text and text as numbers.
Times are local (Asia/Shanghai).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from app.clock import SHANGHAI

#: Above this an integer kept as a floating-point number has lost digits.
EXACT = 2**53

_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_LOOSE_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T ]*(\d{1,2})[:时点](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?秒?|分)?)?"
)
_TIGHT_TIME = re.compile(r"(20\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")
_MONTH = re.compile(r"(20\d\d)[-/.年]?(\d{1,2})月?")
_EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - cells hold local times


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell that cannot be read, and why."""

    reason: str


def is_empty(cell: Any) -> bool:
    """Whether nothing but space stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text(cell: Any) -> str | None:
    """Text as written, without space around it; numbers as they would be typed."""
    if type(cell) is str:
        return cell.strip() or None
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return str(cell)


def name(cell: Any) -> str | None:
    """A name: text without any space, so that 吉水　镇 is 吉水镇."""
    found = text(cell)
    return None if found is None else "".join(found.split())


def code(cell: Any) -> str | Bad | None:
    """A code or number of a case: half width, no space; refused where digits are lost."""
    if type(cell) is str:
        found = cell.strip()
        if not found.isascii() or " " in found:
            found = "".join(unicodedata.normalize("NFKC", found).split())
        return Bad("编号被存成科学计数法，位数已丢失") if _SCIENTIFIC.fullmatch(found) else found or None
    if isinstance(cell, bool | date):
        return Bad("不是编号")
    if isinstance(cell, float):
        if abs(cell) > EXACT:
            return Bad("编号被存成数字，位数已丢失")
        return str(int(cell)) if cell.is_integer() else Bad("不是编号")
    return None if cell is None else str(cell)


def case_number(cell: Any) -> str | Bad:
    """办件编号, never empty; a province number set before a whole number of the same province is left out."""
    found = code(cell)
    if found is None:
        return Bad("没有办件编号")
    if isinstance(found, Bad):
        return found
    if len(found) > 100:
        return Bad("办件编号太长")
    return _PREFIX.sub("", found)


_PREFIX = re.compile(r"^(\d\d)(?:0000)?[-_:]?(?=\1\d{4}20\d\d)")
_ODD_CASE = re.compile(
    r"^(?:.{0,2}$|.{101}|.*[^!-~\n]|\d(?:\.\d+)?[eE]|(\d\d)(?:0000)?[-_:]?\1\d{4}20\d\d)", re.MULTILINE
)
_AREA_IN_CASE = re.compile(r"\d{6}(?=20\d\d)")


def plain_cases(column: Sequence[Any]) -> bool:
    """Whether a column of 办件编号 holds only what `case_number` would return unchanged; one look at all."""
    try:
        whole = "\n".join(column)
    except TypeError:
        return False
    return whole.isascii() and whole.count("\n") == len(column) - 1 and not _ODD_CASE.search(whole)


def area_code(cell: Any) -> str | Bad | None:
    """行政区划 of the county, 12 digits: a township's code and its county's name the same case."""
    found = code(cell)
    if isinstance(found, str):
        known = found.isdigit() and len(found) in (6, 9, 12)
        return found[:6] + "000000" if known else Bad("不是行政区划代码")
    return found


def area_of_case(case: str) -> str:
    """The area that a case number begins with, 12 digits; empty where it does not tell."""
    found = _AREA_IN_CASE.match(case)
    return found[0] + "000000" if found else ""


def spelled(cell: Any) -> str:
    """A code or choice as it is looked up in a table: half width, no space, 5.0 as 5, empty as ''."""
    found = text(cell)
    if not found:
        return ""
    plain = "".join(unicodedata.normalize("NFKC", found).split())
    return plain[:-2] if plain.endswith(".0") and plain[:-2].isdigit() else plain


def integer(cell: Any) -> int | Bad | None:
    """A count, not negative."""
    plain = spelled(cell).replace(",", "")
    if not plain:
        return None
    return int(plain) if plain.isdecimal() and len(plain) < 10 else Bad("不是非负整数")


def instant(cell: Any) -> datetime | Bad | None:
    """A local time without zone; a day alone is its midnight, 24:00 the next day's."""
    if type(cell) is str:
        try:
            return _local(datetime.fromisoformat(cell))
        except ValueError:
            return _loose(cell)
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_number(float(cell))
    return None if cell is None else Bad("时间无法识别")


def plain_instants(column: Sequence[Any]) -> list[datetime] | None:
    """A column that is all `yyyy-MM-dd HH:mm:ss`, as times; None where any cell is not."""
    try:
        if (
            set(map(len, column)) != {19}
            or {cell[10] for cell in column} != {" "}
            or any("W" in c for c in column)
        ):
            return None
        return list(map(datetime.fromisoformat, column))
    except (TypeError, ValueError):
        return None


def texts(column: Sequence[Any]) -> list[str | None]:
    """A column as `text` returns it."""
    try:
        return [cell.strip() or None for cell in column]
    except AttributeError:
        return [text(cell) for cell in column]


def day(cell: Any) -> date | Bad | None:
    """A day."""
    found = instant(cell)
    return found.date() if isinstance(found, datetime) else found


def month(cell: Any) -> date | Bad | None:
    """A month, as its 1st: 2026-10, 2026年10月, 202610, or any day of it."""
    plain = spelled(cell)
    if not plain:
        return None
    found = _MONTH.fullmatch(plain)
    if found and 1 <= int(found[2]) <= 12:
        return date(int(found[1]), int(found[2]), 1)
    whole = day(cell)
    return whole.replace(day=1) if isinstance(whole, date) else Bad("月份无法识别")


def _local(found: datetime) -> datetime:
    return found.astimezone(SHANGHAI).replace(tzinfo=None) if found.tzinfo else found


def _loose(cell: str) -> datetime | Bad | None:
    plain = unicodedata.normalize("NFKC", cell).strip()
    if not plain:
        return None
    found = _LOOSE_TIME.fullmatch(plain) or _TIGHT_TIME.fullmatch(plain)
    if found is None:
        try:
            return _local(datetime.fromisoformat(plain))
        except ValueError:
            return Bad("时间无法识别")
    year, month_, day_, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        if (hour, minute, second) == (24, 0, 0):
            return datetime.combine(date(year, month_, day_), time()) + timedelta(days=1)
        return datetime.combine(date(year, month_, day_), time(hour, minute, second))
    except (ValueError, OverflowError):
        return Bad("时间无法识别")


def _from_number(number: float) -> datetime | Bad:
    """Excel's own count of days, within 2000–2099, or digits run together (20261001080500)."""
    if 36526 <= number < 73051:
        return _EXCEL_ZERO + timedelta(seconds=round(number * 86400))
    found = _loose(str(int(number))) if number.is_integer() and abs(number) < EXACT else None
    return found if isinstance(found, datetime) else Bad("时间无法识别")
