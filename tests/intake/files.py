"""Factories of foreign files, and a reading of them without a process of its own."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from app.intake.child import DATA, ERROR, HEADER, REFUSED, Request, Sender, serve
from app.intake.staging import COLUMNS, NULL

#: Headings of a county's rating detail, the few that a rating needs.
HEADINGS = (
    "办件编号",
    "辖区编码",
    "被评价部门",
    "事项名称",
    "业务平台",
    "满意度",
    "评价指标",
    "评价理由",
    "评价时间",
)
TICKET_HEADINGS = (
    "工单编号",
    "办件编号",
    "工单生成时间",
    "评价时间",
    "满意度",
    "评价标签",
    "评价内容",
    "事项名称",
    "被评价部门",
)
SUMMARY_HEADINGS = (
    "期间",
    "单位",
    "业务平台",
    "大厅",
    "办件数",
    "主动评价办件数",
    "非常满意",
    "不满意",
    "其中默认好评",
)

CASE = "4408812026100000001X"


def rating(case: Any = CASE, **cells: Any) -> dict[str, Any]:
    """A rating as a row under the county's headings; `cells` by heading."""
    row = {
        "办件编号": case,
        "辖区编码": "440881000000",
        "被评价部门": "吉水镇",
        "事项名称": "失业登记",
        "业务平台": "政务服务网",
        "满意度": "非常满意",
        "评价指标": "",
        "评价理由": "",
        "评价时间": "2026-10-08 09:10:11",
    }
    return {**row, **cells}


def ticket(number: str = "HCP1", case: str = CASE, **cells: Any) -> dict[str, Any]:
    """A ticket of the province as a row."""
    row = {
        "工单编号": number,
        "办件编号": case,
        "工单生成时间": "2026-10-08 10:00:00",
        "评价时间": "2026-10-08 09:10:11",
        "满意度": "不满意",
        "评价标签": "未在承诺时间内办结,209",
        "评价内容": "等了半个月",
        "事项名称": "失业登记",
        "被评价部门": "吉水镇",
    }
    return {**row, **cells}


def sheet(rows: Sequence[dict[str, Any]], headings: Sequence[str] | None = None) -> list[list[Any]]:
    """Heading and rows as lists of cells."""
    texts = list(headings or rows[0])
    return [texts, *([row.get(text, "") for text in texts] for row in rows)]


def workbook(path: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    """An .xlsx with these sheets; text stays text."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_numbers": False})
    stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for line, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, date | datetime):
                    page.write_datetime(line, column, cell, stamp)
                elif cell is not None and cell != "":
                    page.write(line, column, cell)
    book.close()
    return path


def ratings_book(path: Path, rows: Sequence[dict[str, Any]], headings: Sequence[str] | None = None) -> Path:
    """An .xlsx of ratings."""
    return workbook(path, 评价明细=sheet(rows, headings))


@dataclass
class Seen:
    """What the child would have sent."""

    header: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, str | None]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    outcome: dict[str, Any] = field(default_factory=dict)
    error: dict[str, str] = field(default_factory=dict)

    @property
    def reasons(self) -> list[str]:
        return [r["reason"] for r in self.refused]

    def column(self, name: str) -> list[str | None]:
        return [line[name] for line in self.lines]


def read(path: Path, *, profile: str | None = None, first_month: date | None = None) -> Seen:
    """Serves the file in this process and takes the frames apart."""
    out = io.BytesIO()
    serve(Request(str(path), 7, profile, first_month), Sender(out))
    out.seek(0)
    seen = Seen()
    while head := out.read(5):
        payload = out.read(struct.unpack("<I", head[1:])[0])
        if head[:1] == DATA:
            seen.lines += [_line(seen, raw) for raw in payload.decode().splitlines()]
            continue
        facts = json.loads(payload)
        if head[:1] == HEADER:
            seen.header = facts
        elif head[:1] == REFUSED:
            seen.refused += facts
        elif head[:1] == ERROR:
            seen.error = facts
        elif isinstance(facts, dict):
            seen.outcome = facts
    return seen


def _line(seen: Seen, raw: str) -> dict[str, str | None]:
    values = [None if cell == NULL else cell for cell in raw.split("\t")]
    return dict(zip(COLUMNS[seen.header["table"]], values, strict=True))
