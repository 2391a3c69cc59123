"""Finds the heading row wherever it stands, and tells by it what a sheet holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.intake.kinds import Sheet
from app.intake.synonyms import BARRED, HEADINGS, MARKS, OWN_HEADINGS

#: Rows from the top in which a heading is looked for.
DEPTH = 30

_NOISE = re.compile(r"[\s*:_]+")
_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading row: `row` from 0, `columns` field → column from 0, `texts` as written."""

    sheet: Sheet
    row: int
    columns: dict[str, int]
    texts: tuple[str, ...]

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Headings that stand for nothing known here."""
        used = set(self.columns.values())
        rest = (t for i, t in enumerate(self.texts) if i not in used and t)
        return tuple(t for t in rest if t not in OWN_HEADINGS)


def normal(text: Any) -> str:
    """A heading without case, spaces, stars and colons, full width as half width."""
    if not isinstance(text, str):
        return ""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()


_KNOWN: dict[Sheet, dict[str, tuple[str, int]]] = {
    sheet: {
        normal(word): (field, place) for field, words in table.items() for place, word in enumerate(words)
    }
    for sheet, table in HEADINGS.items()
}


def columns_of(sheet: Sheet, row: Sequence[Any]) -> dict[str, int]:
    """Field → column; where two columns stand for one field, the more usual heading wins."""
    best: dict[str, tuple[int, int]] = {}
    for column, cell in enumerate(row):
        name = normal(cell)
        found = _KNOWN[sheet].get(name) or _KNOWN[sheet].get(_BRACKETS.sub("", name))
        if found and (found[1], column) < best.get(found[0], (1000, 0)):
            best[found[0]] = (found[1], column)
    return {field: column for field, (_, column) in best.items()}


def find(rows: Sequence[Sequence[Any]]) -> Heading | None:
    """The heading among a sheet's first rows: the row and sort of sheet with most known columns."""
    best: Heading | None = None
    for number, row in enumerate(rows[:DEPTH]):
        for sheet, (needed, one_of) in MARKS.items():
            columns = columns_of(sheet, row)
            known = columns.keys()
            if (
                needed <= known
                and (not one_of or one_of & known)
                and len(columns) > (len(best.columns) if best else 1)
                and not _is_barred(sheet, row)
            ):
                best = Heading(sheet, number, columns, tuple(_shown(cell) for cell in row))
    return best


def _is_barred(sheet: Sheet, row: Sequence[Any]) -> bool:
    return any(field in columns_of(other, row) for other, field in BARRED.get(sheet, ()))


def _shown(cell: Any) -> str:
    return cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell)
