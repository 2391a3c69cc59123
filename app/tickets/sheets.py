"""Rows into a workbook or a CSV, one after the other, so that memory stays flat however many there are."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from app.clock import local
from app.errors import UserError
from app.outfiles import neutral

#: What a cell can hold; codes are texts, and stay so.
Cell = str | int | Decimal | date | datetime | None
#: Rows that a sheet of .xlsx takes, less the lines above them.
MOST_ROWS = 1_048_000
SUFFIXES = (".xlsx", ".csv")


class Sheet(Protocol):
    """Where rows go."""

    def row(self, cells: Sequence[Cell]) -> None:
        """Appends a row."""


def check_suffix(path: Path) -> None:
    """Raises UserError for a kind of file that is not written."""
    if path.suffix.lower() not in SUFFIXES:
        raise UserError("只能导出为 .xlsx 或 .csv 文件，请改文件名的后缀。", code="unknown_format")


def check_rows(path: Path, rows: int) -> None:
    """Raises UserError for more rows than a sheet takes."""
    if path.suffix.lower() == ".xlsx" and rows > MOST_ROWS:
        raise UserError(
            f"共 {rows:,} 行，超过一张工作表的容量。请缩小范围，或导出为 .csv 文件。", code="too_many_rows"
        )


@contextmanager
def open_sheet(
    path: Path, kind: str, name: str, above: Sequence[str], headings: Sequence[str], widths: Sequence[int]
) -> Iterator[Sheet]:
    """A sheet with its headings. `kind`: the suffix; `above`: lines over the headings, in workbooks only,
    since a CSV is for other programs. Raises OSError where it cannot be written."""
    if kind == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(headings)
            yield _Csv(writer)
        return
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    with tempfile.TemporaryDirectory(
        dir=path.parent, prefix=".pingdesk-", ignore_cleanup_errors=True
    ) as apart:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(str(path), {**options, "strings_to_numbers": False, "tmpdir": apart})
        sheet = _begin(book, name, above, headings, widths)
        try:
            yield sheet
            book.close()
        except FileCreateError as error:
            raise (error.args[0] if isinstance(error.args[0], OSError) else OSError(str(error))) from error
        finally:
            # What XlsxWriter opened for the rows it closes only where all went well.
            with suppress(OSError):
                sheet.page.row_data_fh.close()


def _begin(
    book: Any, name: str, above: Sequence[str], headings: Sequence[str], widths: Sequence[int]
) -> _Workbook:
    page = book.add_worksheet(name)
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    page.freeze_panes(len(above) + 1, 1)
    sheet = _Workbook(page, book.add_format({"num_format": "yyyy-mm-dd"}),
                      book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))  # fmt: skip
    for line in above:
        sheet.row([line])
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, heading in enumerate(headings):
        page.write_string(sheet.line, column, heading, bold)
    sheet.line += 1
    return sheet


@dataclass(slots=True)
class _Csv:
    writer: Any

    def row(self, cells: Sequence[Cell]) -> None:
        self.writer.writerow([_flat(cell) for cell in cells])


def _flat(cell: Cell) -> str | int | Decimal:
    if isinstance(cell, datetime):
        return f"{local(cell):%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    return neutral(cell) if isinstance(cell, str) else "" if cell is None else cell


@dataclass(slots=True)
class _Workbook:
    page: Any
    day: Any
    moment: Any
    line: int = 0

    def row(self, cells: Sequence[Cell]) -> None:
        for column, cell in enumerate(cells):
            self._write(column, cell)
        self.line += 1

    def _write(self, column: int, cell: Cell) -> None:
        if isinstance(cell, datetime):
            self.page.write_datetime(self.line, column, local(cell).replace(tzinfo=None), self.moment)
        elif isinstance(cell, date):
            self.page.write_datetime(self.line, column, cell, self.day)
        elif isinstance(cell, int | Decimal):
            self.page.write_number(self.line, column, cell)
        elif cell:
            self.page.write_string(self.line, column, neutral(cell)[:32_767])
