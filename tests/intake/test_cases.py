"""Workbooks of cases (办件明细): known by their headings, checked cell by cell, loaded once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.errors import UserError
from app.intake import commands
from app.intake.kinds import Kind
from tests.databases import Database
from tests.intake.files import CASE, Seen, rating, ratings_book, read, sheet, workbook

NATIONAL = {
    "projectNo": CASE,
    "areaCode": "440881000000",
    "deptName": "吉水镇",
    "taskCode": "11440881MB2D001",
    "taskName": "失业登记",
    "platform": "政务服务网",
    "hallName": "",
    "acceptDate": "2026-10-06 08:30:00",
    "resultDate": "2026-10-08 09:10:11",
    "proStatus": "3",
    "promiseTime": "1",
}


def _case(case: Any = CASE, **cells: Any) -> dict[str, Any]:
    """A case under the county's headings."""
    row = {
        "办件编号": case,
        "受理部门": "吉水镇",
        "事项名称": "失业登记",
        "业务平台": "实体大厅",
        "大厅名称": "吉水镇大厅",
        "受理时间": "2026-10-06 08:30:00",
        "办结时间": "2026-10-08 09:10:11",
        "办件状态": "已办结",
        "办件类型": "承诺件",
        "批次号": "",
        "一件事编号": "",
    }
    return {**row, **cells}


def _read(tmp_path: Path, *rows: dict[str, Any], profile: str | None = None) -> Seen:
    book = workbook(tmp_path / "cases.xlsx", 办件=sheet(rows))
    return read(book, profile=profile, first_month=date(2020, 12, 1))


def test_county_and_national_headings_say_the_same(tmp_path: Path) -> None:
    county = _read(tmp_path, _case(批次号="P1", 一件事编号="无"))
    assert (county.header["kind"], county.header["profile"]) == ("cases", "county")
    assert county.lines == [
        {
            "load_id": "7", "line": "1", "area_code": "440881000000", "case_number": CASE, "agency": "吉水镇",
            "item": "失业登记", "item_code": None, "platform": "hall", "hall": "吉水镇大厅", "status": "3",
            "case_type": "2", "accepted_at": "2026-10-06 08:30:00+08", "finished_at": "2026-10-08 09:10:11+08",
            "batch_number": "P1", "theme_number": None,
        }
    ]  # fmt: skip
    national = _read(tmp_path, NATIONAL)
    assert (national.header["kind"], national.header["profile"]) == ("cases", "national")
    assert (national.column("platform"), national.column("case_type")) == (["portal"], ["1"])


def test_the_code_of_the_type_is_read_by_the_profile(tmp_path: Path) -> None:
    assert _read(tmp_path, NATIONAL, profile="national-reversed").column("case_type") == ["2"]


def test_a_state_left_out_follows_from_the_times(tmp_path: Path) -> None:
    rows = (_case("A1"), _case("A2", 办结时间=""), _case("A3", 办结时间="", 受理时间=""))
    seen = _read(tmp_path, *({k: v for k, v in row.items() if k != "办件状态"} for row in rows))
    assert seen.column("status") == ["3", "2", "1"]


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"办件编号": ""}, "办件编号", "没有办件编号"),
        ({"办件编号": "4.40882E+17"}, "办件编号", "编号被存成科学计数法，位数已丢失"),
        ({"受理部门": " "}, "受理部门", "没有机构名称"),
        ({"业务平台": "飞鸽传书"}, "业务平台", "不认识的业务平台"),
        ({"办件状态": "搁置"}, "办件状态", "不认识的办件状态"),
        ({"办结时间": ""}, "办结时间", "已办结的办件没有办结时间"),
        ({"办件状态": "2"}, "办件状态", "填了办结时间，办件状态却不是已办结"),
        ({"办结时间": "昨天"}, "办结时间", "时间无法识别"),
        ({"办结时间": "2020-11-30 23:59:59"}, "办结时间", "早于最早的评分规则，不能统计"),
    ],
)
def test_a_row_is_refused_by_its_cell(
    tmp_path: Path, cells: dict[str, Any], column: str, reason: str
) -> None:
    seen = _read(tmp_path, _case("B1"), _case(**cells), _case("B2"))
    assert seen.column("case_number") == ["B1", "B2"]
    assert [(r["row"], r["column"], r["reason"]) for r in seen.refused] == [(3, column, reason)]


def test_totals_repeats_and_early_finishes_are_told(tmp_path: Path) -> None:
    total = dict.fromkeys(_case(), "") | {"办件编号": "合计"}
    seen = _read(tmp_path, _case(), _case(), _case("B9", 受理时间="2026-10-09"), total)
    outcome = seen.outcome
    assert (outcome["rows"], outcome["lines"], outcome["repeated"]) == (3, 2, 1)
    assert outcome["warnings"] == {"办结时间早于受理时间": 1}


def test_ratings_are_never_taken_for_cases(tmp_path: Path) -> None:
    whole = rating(受理时间="2026-10-06", 办结时间="2026-10-08", 办件状态="3", 批次号="P1", 一件事编号="")
    assert read(ratings_book(tmp_path / "r.xlsx", [whole])).header["kind"] == "ratings"
    del whole["满意度"]
    assert read(ratings_book(tmp_path / "r.xlsx", [whole])).error["code"] == "no_heading"


def test_a_file_without_times_of_finish_says_so(tmp_path: Path) -> None:
    row = {k: v for k, v in _case().items() if k != "办结时间"}
    assert _read(tmp_path, row).error["message"] == "这是办件明细，但缺少列：办结时间。"


def test_a_file_is_loaded_once_and_mended_by_the_next(database: Database, tmp_path: Path) -> None:
    rows = [_case(f"44088120261000000{n:03}X") for n in range(30)]
    book = workbook(tmp_path / "cases.xlsx", 办件=sheet(rows))
    seen = commands.inspect(book)
    first, again = (commands.load(database.store, book) for _ in range(2))
    assert (seen.kind, first.kind, first.inserted) == (Kind.CASES, Kind.CASES, 30)
    assert (again.inserted, again.updated, again.unchanged) == (0, 0, 30)
    rows[3]["办结时间"] = "2026-11-02 00:00:00"
    mended = commands.load(
        database.store, workbook(tmp_path / "m.xlsx", 办件=sheet(rows[3:4])), complete=False
    )
    assert (mended.inserted, mended.updated) == (0, 1)
    assert database.rows("SELECT month, sum(cases) FROM pd.pooled_tally('2026-10-01', '2026-12-01', '2026-12-01')"
                         " GROUP BY month") == [(date(2026, 10, 1), 29)]  # fmt: skip
    assert database.raw("officer", "SELECT pd.rebuild_tally() ->> 'changed'") == [("0",)]


def test_a_cancelled_load_leaves_nothing(database: Database, tmp_path: Path) -> None:
    book = workbook(tmp_path / "cases.xlsx", 办件=sheet([_case()]))
    with pytest.raises(UserError):
        commands.load(database.store, book, cancelled=lambda: True)
    assert database.one("SELECT count(*) FROM pd.service_case") == 0
