"""Lines of a small file under one heading row, wherever that stands; read in the child process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from typing import Any

from app.errors import UserError
from app.intake import cells
from app.intake.headings import DEPTH, normal
from app.intake.workbooks import EMPTY, OpenSheet


@dataclass(frozen=True)
class Layout:
    """What such a file looks like. `headings`: field → the words it goes by, apart by spaces.

    `is_heading`: whether the fields found in a row make it the heading; `unknown`, `too_many`: what is raised where
    no sheet has one, and beyond `most` lines.
    """

    headings: Mapping[str, str]
    is_heading: Callable[[Set[str]], bool]
    unknown: UserError
    too_many: UserError
    most: int

    def read(self, sheets: Sequence[OpenSheet]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each line of the sheets that have a heading, as its number in the sheet and its cells by field."""
        known = [(sheet, found) for sheet in sheets if (found := self._heading(sheet)) is not None]
        if not known:
            raise self.unknown
        count = 0
        for sheet, (at, columns) in known:
            for number, row in enumerate(islice(sheet.rows(), at + 1, None), sheet.first_row + at + 1):
                if all(cells.is_empty(row[column]) for column in columns.values()):
                    continue
                count += 1
                if count > self.most:
                    raise self.too_many
                yield number, {field: row[column] for field, column in columns.items()}
        if not count:
            raise EMPTY

    def _heading(self, sheet: OpenSheet) -> tuple[int, dict[str, int]] | None:
        """The heading's place in the sheet, and field → column; the first column of a field counts."""
        known = {normal(word): field for field, words in self.headings.items() for word in words.split()}
        for at, row in enumerate(islice(sheet.rows(), DEPTH)):
            columns: dict[str, int] = {}
            for column, cell in enumerate(row):
                if (field := known.get(normal(cell))) is not None:
                    columns.setdefault(field, column)
            if self.is_heading(columns.keys()):
                return at, columns
        return None
