"""The workbook of refused rows: as they came, with reason and place, to be corrected and dropped again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import EnvironmentProblem
from app.intake.results import Refusal
from app.intake.synonyms import OWN_HEADINGS

#: Refusals that a result carries; the workbook has them all.
SHOWN = 1_000


@dataclass(slots=True)
class RefusedRows:
    """Refused rows as they arrive from the child: the first for the result, all of them for the workbook."""

    keep_all: bool
    first: list[Refusal] = field(default_factory=list)
    rows: dict[str, list[tuple[list[Any], str, int]]] = field(default_factory=dict)

    def add(self, frame: Iterable[Mapping[str, Any]]) -> None:
        """Rows of one frame."""
        for r in frame:
            if len(self.first) < SHOWN:
                self.first.append(Refusal(r["sheet"], r["row"], r["column"], r["value"], r["reason"]))
            if self.keep_all:
                self.rows.setdefault(r["sheet"], []).append((r["cells"], r["reason"], r["row"]))

    def write(self, path: Path, headings: Mapping[str, Sequence[str]]) -> None:
        """Writes the workbook; text stays text, also where it looks like a formula.

        Raises EnvironmentProblem where it cannot be written.
        """
        import xlsxwriter  # only where there is something to write
        from xlsxwriter.exceptions import FileCreateError

        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(str(path), {**options, "strings_to_numbers": False})
        for sheet, texts in headings.items():
            page = book.add_worksheet(_sheet_name(sheet))
            own = [text in OWN_HEADINGS for text in texts]
            kept = [text for text, ours in zip(texts, own, strict=True) if not ours]
            _write(page, 0, [*kept, *OWN_HEADINGS])
            for line, (cells, reason, row) in enumerate(self.rows.get(sheet, ()), 1):
                original = [cell for cell, ours in zip(cells, own, strict=False) if not ours]
                original += [None] * (len(kept) - len(original))
                _write(page, line, [*original, reason, f"{sheet} 第{row}行"])
        try:
            book.close()
        except (FileCreateError, OSError) as problem:
            raise _unwritable(path) from problem


def check_writable(path: Path) -> None:
    """Raises EnvironmentProblem where a file cannot be written; asked before anything is loaded."""
    new = not path.exists()
    try:
        with path.open("ab"):
            pass
        if new:
            path.unlink()
    except OSError as problem:
        raise _unwritable(path) from problem


def _unwritable(path: Path) -> EnvironmentProblem:
    return EnvironmentProblem(f"无法写入被拒行文件：{path.name}。请换一个文件夹，或关闭已打开的同名文件。")


def _write(page: Any, line: int, cells: Sequence[Any]) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, bool):
            page.write_boolean(line, column, cell)
        elif isinstance(cell, int | float):
            page.write_number(line, column, cell)
        elif cell is not None and cell != "":
            page.write_string(line, column, str(cell))


def _sheet_name(name: str) -> str:
    """A name that a workbook takes: the name of a CSV may be long or hold signs that are not allowed."""
    return "".join(c for c in name if c not in "[]:*?/\\'")[:31] or "Sheet1"
