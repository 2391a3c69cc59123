"""Importing a workbook of ratings or cases beside calamine's bare read of it (`--rows`). Figures, not timed tests."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from app.clock import SHANGHAI
from app.intake import commands
from tests.databases import Database

HEADINGS = (
    "办件编号 辖区编码 被评价部门 事项名称 事项编码 评价人员 联系方式 证件号码 业务平台 评价渠道 满意度 评价指标 评价理由 "
    "评价时间 是否默认 大厅名称 窗口名称 窗口编号 窗口人员 评价次数 服务次数 受理时间 办结时间 数据来源"
).split()
_BARE = """
import sys, time
from python_calamine import CalamineWorkbook
start = time.perf_counter()
CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()
print(time.perf_counter() - start)
"""


def _row(number: int, draw: random.Random) -> list[Any]:
    """A rating as a county sends it: two in five at a counter, few below very satisfied."""
    agency = f"第{draw.randrange(41)}镇"
    at = datetime(2026, 9, 1, tzinfo=SHANGHAI) + timedelta(seconds=draw.randrange(30 * 86400))
    level = draw.choices(("非常满意", "满意", "基本满意", "不满意"), (9700, 200, 90, 10))[0]
    bad, hall, item = level == "不满意", draw.random() < 0.4, draw.randrange(50)
    stamp = "%Y-%m-%d %H:%M:%S"
    return [
        f"44088120260900{number:07d}X", "440881000000", agency, f"第{item}号登记", f"1144088100000{item:03d}",
        "张" + draw.choice("伟芳娜敏静"), f"138{draw.randrange(10**8):08d}", f"44088119{draw.randrange(10**10):010d}",
        "实体大厅" if hall else "政务服务网", draw.randrange(1, 8), level,
        "未在承诺时间内办结,209" if bad else "一窗受理一次办结,510" if draw.random() < 0.3 else "",
        "排队很久" if bad else "", at.strftime(stamp), draw.choice("是否否"), agency + "大厅" if hall else "",
        f"{draw.randrange(12)}号窗口" if hall else "", "", "李" + draw.choice("伟芳娜敏静") if hall else "",
        1, 1, (at - timedelta(days=2)).strftime(stamp), (at - timedelta(days=1)).strftime(stamp), "省平台",
    ]  # fmt: skip


CASE_HEADINGS = (
    "办件编号 行政区划 受理部门 事项名称 业务平台 大厅名称 受理时间 办结时间 办件状态 办件类型 批次号".split()
)


def _case(number: int, draw: random.Random) -> list[Any]:
    """A case as a county sends it: one in twenty belongs to a batch."""
    agency, hall = f"第{draw.randrange(41)}镇", draw.random() < 0.4
    at = datetime(2026, 9, 1, tzinfo=SHANGHAI) + timedelta(seconds=draw.randrange(30 * 86400))
    stamp = "%Y-%m-%d %H:%M:%S"
    return [
        f"44088120260900{number:07d}X", "440881000000", agency, f"第{number % 50}号登记", "实体大厅" if hall else "政务服务网",
        agency + "大厅" if hall else "", (at - timedelta(days=2)).strftime(stamp), at.strftime(stamp), "已办结", "承诺件",
        f"P{number // 40}" if draw.random() < 0.05 else "",
    ]  # fmt: skip


@pytest.fixture(params=["ratings", "cases"])
def book(request: pytest.FixtureRequest, tmp_path: Path, rows: int) -> Path:
    """A workbook of `rows` rows."""
    path = tmp_path / f"{request.param}.xlsx"
    draw = random.Random(1)
    headings, make = (HEADINGS, _row) if request.param == "ratings" else (CASE_HEADINGS, _case)
    with xlsxwriter.Workbook(str(path)) as out:
        page = out.add_worksheet()
        for number, cells in enumerate([headings, *(make(n, draw) for n in range(rows))]):
            page.write_row(number, 0, cells)
    return path


def _bare_read(path: Path) -> float:
    """Seconds of the bare read, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _BARE, str(path)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def test_import_beside_the_bare_read(benchmark: Any, database: Database, book: Path, rows: int) -> None:
    """The whole import, and the same file again, as multiples of the bare read."""
    bare = _bare_read(book)
    start = time.perf_counter()
    result = benchmark.pedantic(commands.load, args=(database.store, book), rounds=1, iterations=1)
    first = time.perf_counter() - start
    start = time.perf_counter()
    again = commands.load(database.store, book)
    second = time.perf_counter() - start
    print(f"\n{book.stem}: {rows:,} rows, seconds (× bare read)")
    for name, seconds in (("bare read", bare), ("import", first), ("the same file again", second)):
        print(f"  {name:<24} {seconds:>7.2f}  ({seconds / bare:.2f}×)")
    assert (result.inserted, again.inserted, again.updated) == (rows, 0, 0)
