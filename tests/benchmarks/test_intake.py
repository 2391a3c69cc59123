"""Importing a workbook of ratings beside calamine's bare read of it. Figures, not timed tests.

`PINGDESK_BENCH_RATINGS` gives the number of rows; the figures of the project are taken with 200,000.
"""

from __future__ import annotations

import os
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

ROWS = int(os.environ.get("PINGDESK_BENCH_RATINGS", "2000"))
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


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of `ROWS` rows × 24 columns."""
    path = tmp_path_factory.mktemp("bench") / "ratings.xlsx"
    draw = random.Random(1)
    with xlsxwriter.Workbook(str(path)) as out:
        page = out.add_worksheet()
        for number, cells in enumerate([HEADINGS, *(_row(n, draw) for n in range(ROWS))]):
            page.write_row(number, 0, cells)
    return path


def _bare_read(path: Path) -> float:
    """Seconds of the bare read, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _BARE, str(path)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def test_import_beside_the_bare_read(benchmark: Any, database: Database, book: Path) -> None:
    bare = _bare_read(book)
    result = benchmark.pedantic(commands.load, args=(database.store, book), rounds=1, iterations=1)
    start = time.perf_counter()
    again = commands.load(database.store, book)
    seconds = time.perf_counter() - start
    benchmark.extra_info["rows"] = ROWS
    if benchmark.stats:
        benchmark.extra_info["times_bare_read"] = round(benchmark.stats["min"] / bare, 2)
        benchmark.extra_info["again_to_first"] = round(seconds / benchmark.stats["min"], 2)
    assert (result.inserted, again.inserted, again.updated) == (ROWS, 0, 0)
