"""Reporting to 12345 and its answer: the workbook out, the returned file in, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from app.errors import UserError
from app.intake import commands as intake
from app.tickets import bulk, reporting
from models.rules.lifecycle import Action
from tests.databases import MONDAY, Database
from tests.store.acting import MATERIAL, act
from tests.store.test_export import Space


@pytest.fixture
def county(database: Database) -> Database:
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    return database


@pytest.fixture
def officer(county: Database) -> Any:
    space = Space(county)
    yield space
    space.store.close()


def led_to(county: Database, last: Action) -> int:
    """A ticket led through its life up to an act."""
    one = county.ticket()
    act(county, one, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    act(county, one, Action.ACKNOWLEDGE, login="liaison-01")
    act(county, one, Action.SUBMIT, login="liaison-01", payload=MATERIAL)
    act(county, one, Action.APPROVE, payload={"found_true": False})
    if last is Action.REPORT:
        act(county, one, Action.REPORT)
    return one


def number(county: Database, one: int) -> str:
    return str(county.one("SELECT number FROM pd.ticket WHERE id = %s", one))


def test_the_workbook_says_what_12345_needs(county: Database, officer: Any, tmp_path: Path) -> None:
    one = led_to(county, Action.APPROVE)
    done = reporting.write(officer, tmp_path / "报送.xlsx", [one])
    heading, line = CalamineWorkbook.from_path(str(done.path)).get_sheet_by_index(0).to_python()
    said = dict(zip(heading, line, strict=True))
    assert said["工单编号"] == number(county, one)
    # The officer found otherwise than the agency, and that is what is reported.
    assert (said["是否属实"], said["是否合理"]) == ("不属实", "合理")
    assert "表示满意" in said["反馈情况"] and said["单位审核人"] == "钟娟洋"
    assert county.one("SELECT facts ->> 'kind' FROM pd.event WHERE action = 'export'") == "report"
    assert county.state(one) == "approved"


def test_only_approved_tickets_are_written(county: Database, officer: Any, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="还没有审核通过"):
        reporting.write(officer, tmp_path / "a.xlsx", [led_to(county, Action.APPROVE), county.ticket()])
    assert list(tmp_path.iterdir()) == []


def returned(path: Path, heading: list[str], *lines: list[str]) -> Path:
    if path.suffix == ".csv":
        path.write_text("\n".join(",".join(row) for row in (heading, *lines)), "utf-8-sig")
        return path
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet()
    for at, row in enumerate((["12345办理结果"], heading, *lines)):
        page.write_row(at, 0, row)
    book.close()
    return path


@pytest.mark.parametrize("name", ["返回.xlsx", "返回.csv"])
def test_each_line_is_closed_refused_or_says_why_not(
    county: Database, officer: Any, tmp_path: Path, name: str
) -> None:
    closed, refused, early = (led_to(county, Action.REPORT), led_to(county, Action.REPORT), county.ticket())
    lines = [
        [number(county, closed), "ZJ001", "2026-11-02", ""],
        [number(county, refused), "", "", "反馈情况不清楚"],
        [number(county, early), "ZJ002", "2026-11-02", ""],
        ["无此编号", "ZJ003", "2026-11-02", ""],
        [number(county, closed), "ZJ004", "2026-11-02", ""],
        [number(county, refused), "ZJ005", "2026-11-02", "又退回"],
        [number(county, refused), "ZJ006", "", ""],
    ]
    path = returned(tmp_path / name, ["工单号", "12345回执号", "办结时间", "退回理由"], *lines)
    answers = intake.read_answers(path)
    with officer.read() as connection:
        matched = reporting.match(connection, answers)
    assert [line.problem for line in matched] == [
        None, None, "工单现为“待核实”，不是待12345办结", "没有这张工单，或同一办件有几张，请写明工单编号",
        "文件中同一工单出现了两次", "既有回执编号，又有退回原因", "没有办结日期",
    ]  # fmt: skip
    outcomes = bulk.carry_out(officer, reporting.acts(matched))
    assert all(o.done is not None for o in outcomes)
    assert (county.state(closed), county.state(refused)) == ("closed", "rectifying")
    assert county.one("SELECT facts ->> 'receipt' FROM pd.event WHERE action = 'confirm_closed'") == "ZJ001"


def test_a_case_stands_for_its_only_ticket_and_no_day_is_to_come(
    county: Database, officer: Any, tmp_path: Path
) -> None:
    one = led_to(county, Action.REPORT)
    case = f"C{number(county, one)}"
    path = returned(tmp_path / "a.csv", ["办件编号", "回执编号", "办结日期"], [case, "ZJ1", "2026-11-03"])
    with officer.read() as connection:
        (line,) = reporting.match(connection, intake.read_answers(path))
    assert line.row is not None and line.row.id == one
    assert line.problem == "办结日期晚于今天"
    assert reporting.acts([line]) == ()


def test_other_files_are_refused_with_a_sentence(tmp_path: Path) -> None:
    path = returned(tmp_path / "a.csv", ["姓名", "电话"], ["甲", "1"])
    with pytest.raises(UserError, match="不像12345的返回文件"):
        intake.read_answers(path)
    empty = returned(tmp_path / "b.csv", ["工单编号", "回执编号"])
    with pytest.raises(UserError, match="没有数据"):
        intake.read_answers(empty)
