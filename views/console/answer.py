"""A verb's answer: one JSON object for programs, lines of text for people."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """`facts`: the JSON object, None for verbs that always print text; `lines`: the same for people."""

    facts: dict[str, Any] | None
    lines: list[str] = field(default_factory=list)
    exit_code: int = 0

    def show(self, *, as_json: bool) -> None:
        """Prints to stdout."""
        if as_json and self.facts is not None:
            print(json.dumps(self.facts, ensure_ascii=False))
        else:
            for line in self.lines:
                print(line)
        sys.stdout.flush()


def table(heading: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Rows in columns; Chinese characters take two places. Numbers stand right."""
    cells = [list(heading)] + [["" if c is None else str(c) for c in row] for row in rows]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(heading))]
    right = [bool(rows) and all(_is_number(row[i]) for row in rows) for i in range(len(heading))]
    return [
        "  ".join(_pad(c, w, r) for c, w, r in zip(row, widths, right, strict=True)).rstrip() for row in cells
    ]


def _is_number(cell: object) -> bool:
    return cell is None or str(cell) in ("", "—") or str(cell).lstrip("-").replace(".", "", 1).isdigit()


def _pad(cell: str, width: int, right: bool) -> str:
    space = " " * (width - _width(cell))
    return space + cell if right else cell + space


def _width(cell: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in cell)
