"""Opens a file from outside and gives its sheets' rows; runs in the child process only.

Every way in which a file can be no file of ours ends in a `UserError` with a sentence.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from app.errors import UserError

#: Data rows in one file, over all its sheets.
MAX_ROWS = 500_000

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: A workbook of 500,000 rows × 40 columns unpacks to about 1 GB, some twenty times its packed size.
_MAX_UNPACKED = 1_500 << 20
_MAX_RATIO = 200
_RATIO_COUNTS_FROM = 32 << 20
#: Sheets larger than this are counted before they are parsed.
_COUNT_FROM = 128 << 20

NOT_WORKBOOK = UserError("这不是能识别的表格文件。请使用 .xlsx、.xls 或 .csv 文件。", code="not_a_workbook")
ENCRYPTED = UserError("文件有密码保护。请在表格软件中去掉密码，另存后再导入。", code="encrypted")
TRUNCATED = UserError("文件不完整或已损坏，读不出来。请重新导出或下载后再导入。", code="truncated")
EMPTY = UserError("文件是空的，没有数据。", code="empty")
BOMB = UserError("文件解压后大得不正常，为安全起见没有打开。请重新导出后再导入。", code="zip_bomb")
TOO_MANY = UserError(
    f"文件行数过多：每个文件最多 {MAX_ROWS:,} 行。请按月份或机构分开导出后再导入。", code="too_many_rows"
)
TOO_BIG = UserError("文件太大，超出了读取时允许使用的内存。请按月份或机构分开导出后再导入。", code="too_big")


@dataclass(slots=True)
class OpenSheet:
    """A sheet: its name, and its rows as often as they are asked for, all of one width."""

    name: str
    source: Any
    first_row: int

    @property
    def size(self) -> int:
        """Rows from the top to the last that holds anything."""
        return len(self.source) if isinstance(self.source, list) else int(self.source.end[0]) + 1

    def rows(self) -> Iterator[list[Any]]:
        """The rows; the first has number `first_row` (from 1) in the sheet."""
        if isinstance(self.source, list):
            return iter(self.source)
        return iter(self.source.iter_rows())


def sheets(path: Path) -> list[OpenSheet]:
    """The sheets of a file that hold anything. Raises UserError."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError:
        raise UserError(f"找不到文件：{path.name}。", code="not_found") from None
    except IsADirectoryError:
        raise UserError(f"“{path.name}”是文件夹，请选择文件。", code="unreadable") from None
    except OSError:
        raise UserError(f"没有权限读取文件：{path.name}。", code="unreadable") from None
    if not head:
        raise EMPTY
    found = _from_head(path, head)
    if not found:
        raise EMPTY
    return found


def _from_head(path: Path, head: bytes) -> list[OpenSheet]:
    if head.startswith(_ZIP):
        _check_zip(path)
        return _calamine(path)
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise ENCRYPTED
        return _calamine(path)
    if b"\x00" in head or path.suffix.lower() in (".xlsx", ".xls", ".xlsm"):
        raise NOT_WORKBOOK
    return _csv(path)


def _check_zip(path: Path) -> None:
    """Looks at the directory of the zip before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
                raise NOT_WORKBOOK
            if any(entry.flag_bits & 1 for entry in entries):
                raise ENCRYPTED
            _check_sizes(entries)
            for entry in entries:
                if entry.filename.startswith("xl/worksheets/") and entry.file_size > _COUNT_FROM:
                    _check_row_count(archive, entry)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError):
        raise TRUNCATED from None


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    if unpacked > _MAX_UNPACKED or (unpacked > _RATIO_COUNTS_FROM and unpacked / packed > _MAX_RATIO):
        raise BOMB


def _check_row_count(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Where the sheet says that it has too many rows, counts them without keeping them."""
    with archive.open(entry) as part:
        head = part.read(8192)
        found = re.search(rb'<dimension ref="[A-Z]+\d+:[A-Z]+(\d+)"', head)
        if found and int(found[1]) <= MAX_ROWS:
            return
        count = head.count(b"<row ")
        while block := part.read(1 << 20):
            count += block.count(b"<row ")
            if count > MAX_ROWS + 1000:
                raise TOO_MANY


def _calamine(path: Path) -> list[OpenSheet]:
    try:
        book = CalamineWorkbook.from_path(str(path))
        found = []
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height and sheet.start is not None:
                found.append(OpenSheet(name, sheet, 1))
        return found
    except PasswordError:
        raise ENCRYPTED from None
    except MemoryError:
        raise TOO_BIG from None
    except (CalamineError, OSError, ValueError) as problem:
        raise ENCRYPTED if "password" in str(problem).lower() else TRUNCATED from None


def _csv(path: Path) -> list[OpenSheet]:
    """A CSV in UTF-8 (with or without BOM) or GB18030; by comma, semicolon or tab, as its top is."""
    if path.stat().st_size > _MAX_UNPACKED // 4:
        raise TOO_BIG
    content = _decoded(path.read_bytes())
    if not content.strip():
        raise EMPTY
    top = content[:20_000]
    delimiter = max(",;\t", key=top.count)
    csv.field_size_limit(1 << 20)
    try:
        rows: list[list[Any]] = []
        for row in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) > MAX_ROWS + 1000:
                raise TOO_MANY
    except csv.Error:
        raise TRUNCATED from None
    width = max((len(row) for row in rows), default=0)
    for row in rows:
        row.extend([""] * (width - len(row)))
    return [OpenSheet(path.stem, rows, 1)] if rows else []


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NOT_WORKBOOK
