"""Files of every layout, and everything that is no file of ours."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlwt

import resources
from app.errors import UserError
from app.intake import child, commands, workbooks
from app.intake.child import Request
from app.intake.kinds import Kind
from app.intake.reading import Reader
from tests.intake.files import (
    CASE,
    HEADINGS,
    SUMMARY_HEADINGS,
    TICKET_HEADINGS,
    rating,
    ratings_book,
    read,
    sheet,
    ticket,
    workbook,
)


@pytest.mark.parametrize(
    ("name", "kind", "rows", "lines", "refused", "repeated"),
    [
        ("好差评评价明细_2026-10.xlsx", "ratings", 6007, 6000, 5, 2),
        ("差评工单_2026-10.xlsx", "tickets", 19, 19, 0, 0),
        ("办件评价汇总_2026-10.xlsx", "summary", 255, 255, 0, 0),
        ("机构名录.xlsx", "registry", 124, 124, 0, 0),
    ],
)
def test_the_sample_month(name: str, kind: str, rows: int, lines: int, refused: int, repeated: int) -> None:
    seen = read(resources.path("sample", name))
    assert seen.header["kind"] == kind
    found = [seen.outcome[key] for key in ("rows", "lines", "refused", "repeated")]
    assert found == [rows, lines, refused, repeated]


def test_refused_rows_of_the_sample_say_where_and_why() -> None:
    seen = read(resources.path("sample", "好差评评价明细_2026-10.xlsx"))
    assert [(r["row"], r["column"], r["value"]) for r in seen.refused] == [
        (6004, "评价指标", ""),
        (6005, "评价指标", ""),
        (6006, "满意度", "9"),
        (6007, "办件编号", ""),
        (6008, "评价时间", "十月三十二日"),
    ]
    assert seen.outcome["refused_by_agency"] == {"吉水镇": 2}
    levels = seen.column("level")
    assert [levels.count(level) for level in "12"] == [13, 6]
    assert seen.column("is_default").count("t") == 2060


def test_the_heading_stands_anywhere_under_merged_titles(tmp_path: Path) -> None:
    rows = [["好差评评价明细"], [], ["导出时间：2026-10-31"], [], *sheet([rating()]), [], ["合计", "", 1.0]]
    seen = read(workbook(tmp_path / "a.xlsx", 一=rows))
    assert seen.header["sheets"][0]["row"] == 5
    assert seen.outcome["rows"] == 1


def test_spaces_stars_and_full_width_in_headings_and_a_heading_repeated(tmp_path: Path) -> None:
    headings = [" *办件 编号：", "被评价部门", "满意度（1-5）", "评价时间"]
    row = [CASE, "吉水　镇", "５", "2026-10-08 09:10:11"]
    seen = read(workbook(tmp_path / "a.xlsx", 一=[headings, row, headings]))
    assert seen.outcome["rows"] == 1
    assert (seen.column("agency"), seen.column("level")) == (["吉水镇"], ["5"])


def test_national_names_in_another_order_and_case(tmp_path: Path) -> None:
    headings = [
        "ASSESSTIME",
        "satisfaction",
        "projectno",
        "proDepart",
        "pf",
        "promiseTime",
        "assessNumber",
        "serviceNumber",
    ]
    headings += ["acceptDate", "isdefault", "evalDetail", "writingEvaluation", "areaCode", "userName"]
    row = [
        "2026-10-08 09:10:11",
        2,
        CASE,
        "吉水镇",
        3,
        1,
        2,
        3,
        "2026-10-09",
        0,
        "207",
        "=1+1",
        "440881",
        "张三",
    ]
    seen = read(workbook(tmp_path / "a.xlsx", 一=[headings, row]))
    (line,) = seen.lines
    assert seen.header["profile"] == "national"
    assert line["platform"] == "hall"
    assert (line["rating_number"], line["service_number"], line["case_type"]) == ("2", "3", "1")
    assert (line["labels"], line["reason"], line["area_code"]) == ("{207}", "=1+1", "440881000000")
    assert seen.outcome["warnings"] == {"评价时间早于受理时间": 1}
    assert read(tmp_path / "a.xlsx", profile="national-reversed").column("case_type") == ["2"]


def test_an_old_workbook(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("明细")
    stamp = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm:ss")
    for line, cells in enumerate(sheet([rating(评价时间=datetime(2026, 10, 8, 9, 10, 11), 满意度=5)])):
        for column, cell in enumerate(cells):
            page.write(line, column, cell, stamp) if isinstance(cell, datetime) else page.write(
                line, column, cell
            )
    book.save(str(tmp_path / "a.xls"))
    seen = read(tmp_path / "a.xls")
    assert seen.column("rated_at") == ["2026-10-08 09:10:11+08"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_files(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [delimiter.join(map(str, cells)) for cells in sheet([rating(), rating("4408812026100000002X")])]
    path = tmp_path / "a.csv"
    path.write_bytes(("\r\n".join([*lines, "合计"]) + "\r\n").encode(encoding))
    seen = read(path)
    assert seen.outcome["rows"] == 2
    assert seen.column("agency") == ["吉水镇", "吉水镇"]


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"办件编号": ""}, "办件编号", "没有办件编号"),
        ({"办件编号": 4.4088120261e17}, "办件编号", "编号被存成数字，位数已丢失"),
        ({"被评价部门": ""}, "被评价部门", "没有机构名称"),
        ({"满意度": 9}, "满意度", "满意度不在五级之内"),
        ({"评价时间": ""}, "评价时间", "没有评价时间"),
        ({"评价时间": "昨天"}, "评价时间", "时间无法识别"),
        ({"业务平台": "飞鸽"}, "业务平台", "不认识的业务平台"),
        ({"辖区编码": "廉江"}, "辖区编码", "不是行政区划代码"),
        ({"满意度": "不满意"}, "评价指标", "差评既没有标签也没有文字理由（依据：细则第七条）"),
        ({"服务次数": 0}, "服务次数", "服务次数应为正整数"),
        ({"评价次数": 3}, "评价次数", "评价次数应为1（首次）或2（追加）"),
    ],
)
def test_a_bad_row_is_refused_and_the_others_are_not(
    tmp_path: Path, cells: dict[str, object], column: str, reason: str
) -> None:
    rows = [
        rating("4408812026100000002X"),
        rating(**cells) if "办件编号" not in cells else rating(cells["办件编号"]),
    ]
    path = ratings_book(tmp_path / "a.xlsx", rows, [*HEADINGS, "服务次数", "评价次数"])
    seen = read(path)
    assert [(r["row"], r["column"], r["reason"]) for r in seen.refused] == [(3, column, reason)]
    assert len(seen.lines) == 1


def test_a_bad_rating_is_kept_where_the_file_has_no_words_at_all(tmp_path: Path) -> None:
    rows = [rating(满意度="不满意")]
    seen = read(ratings_book(tmp_path / "a.xlsx", rows, ["办件编号", "被评价部门", "满意度", "评价时间"]))
    assert seen.column("lacks_reason") == ["t"]
    assert seen.column("area_code") == ["440881000000"]


def test_free_text_between_labels_counts_as_reason(tmp_path: Path) -> None:
    rows = [
        rating(满意度="不满意", 评价指标="服务态度生硬"),
        rating("2", 满意度="不满意", 评价指标="服务态度生硬,214|不理人", 评价理由="等了很久"),
    ]
    seen = read(ratings_book(tmp_path / "a.xlsx", rows))
    assert seen.column("reason") == ["服务态度生硬", "等了很久；不理人"]
    assert seen.column("labels") == ["{}", "{214}"]


def test_the_first_of_a_key_counts_and_staff_is_another_key(tmp_path: Path) -> None:
    rows = [
        rating(),
        rating(满意度="满意"),
        rating(评价对象="人员", 窗口人员="李芳"),
        rating(评价次数="追加"),
    ]
    seen = read(ratings_book(tmp_path / "a.xlsx", rows, [*HEADINGS, "评价对象", "窗口人员", "评价次数"]))
    assert seen.outcome["repeated"] == 1
    assert seen.column("target") == ["item", "staff", "item"]


def test_a_platform_in_the_channel_column_and_defaults_by_channel(tmp_path: Path) -> None:
    rows = [rating(评价渠道="粤省事"), rating("2", 评价渠道=7), rating("3", 评价渠道="", 大厅名称="一厅")]
    headings = ["办件编号", "被评价部门", "满意度", "评价时间", "评价渠道", "大厅名称"]
    seen = read(ratings_book(tmp_path / "a.xlsx", rows, headings))
    assert seen.column("platform") == ["yueshengshi", "portal", "hall"]
    assert seen.column("is_default") == ["f", "t", "f"]
    assert seen.column("channel") == [None, "7", None]


def test_a_file_that_knows_agencies_by_code_only(tmp_path: Path) -> None:
    headings = ["projectNo", "deptCode", "satisfaction", "assessTime"]
    seen = read(workbook(tmp_path / "a.xlsx", 一=[headings, [CASE, "11440881X", 5, "2026-10-08"]]))
    assert seen.column("agency") == ["11440881X"]


def test_points_are_seen_in_the_whole_column(tmp_path: Path) -> None:
    rows = [rating(str(i), 满意度=level) for i, level in enumerate((3, 3, 10, 8), 1)]
    rows = [{**row, "评价理由": "慢"} for row in rows]
    seen = read(ratings_book(tmp_path / "a.xlsx", rows))
    assert seen.column("level") == ["2", "2", "5", "4"]


def test_tickets_and_their_refusals(tmp_path: Path) -> None:
    rows = [
        ticket(),
        ticket("HCP2", "", 满意度="", 工单生成时间=""),
        ticket("", CASE),
        ticket("HCP3", 工单生成时间="", 评价时间=""),
        ticket("HCP4", 被评价部门=""),
        ticket(),
    ]
    seen = read(workbook(tmp_path / "a.xlsx", 一=sheet(rows, TICKET_HEADINGS)))
    assert seen.column("number") == ["HCP1", "HCP2"]
    assert seen.column("case_number") == [CASE, None]
    assert seen.reasons == ["没有工单编号", "没有工单生成时间", "没有机构名称"]
    assert seen.outcome["repeated"] == 1


def test_summaries_and_their_refusals(tmp_path: Path) -> None:
    rows = [
        ["2026-10", "吉水镇", "实体大厅", "一厅", 10, 5, 9, 1, 4],
        ["2026-10", "吉水镇", "实体大厅", "一厅", 10, 5, 9, 1, 4],
        ["十月", "吉水镇", "实体大厅", "", 10, 5, 9, 1, 4],
        ["2026-10", "吉水镇", "", "", 10, 5, 9, 1, 4],
        ["2026-10", "吉水镇", "粤省事", "", 10, 11, 9, 1, 4],
        ["2026-10", "吉水镇", "粤省事", "", 10, 5, 3, 0, 4],
        ["2026-10", "吉水镇", "粤商通", "", "多", 5, 3, 0, 4],
        ["合计", "", "", "", 10, 5, 9, 1, 4],
    ]
    seen = read(workbook(tmp_path / "a.xlsx", 一=[SUMMARY_HEADINGS, *rows]))
    assert (seen.outcome["lines"], seen.outcome["repeated"]) == (1, 1)
    assert seen.reasons == [
        "月份无法识别",
        "没有业务平台",
        "主动评价办件数大于办件数",
        "默认好评数大于评价总数",
        "不是非负整数",
    ]


def test_a_registry_in_any_order_of_sheets(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        事项=[["事项编码", "事项名称", "主管部门"], ["001", "失业登记", "市民政局"], ["002", "", "市民政局"]],
        说明=[["这是说明"]],
        大厅=[
            ["所属机构", "大厅名称", "窗口数", "评价设备"],
            ["吉水镇", "一厅", 3, "评价器"],
            ["吉水镇", "二厅", 1000, ""],
        ],
        机构=[["机构名称", "类别", "责任股室"], ["吉水镇", "", "综合办"], ["市民政局", "市直部门", ""]],
    )
    seen = read(path)
    assert seen.column("kind") == ["agency", "agency", "hall", "item"]
    assert seen.reasons == ["窗口数过大", "没有事项名称"]
    assert '"kind": "township"' in str(seen.lines[0]["facts"])
    assert '"standing": 2' in str(seen.lines[1]["facts"])


def test_a_notice_of_holidays_with_days_and_spans(tmp_path: Path) -> None:
    rows = [
        ["日期", "安排", "说明"],
        ["2027-01-01", "休", "元旦"],
        ["2027-02-05至2027-02-07", "休", "春节"],
        [date(2027, 2, 14), "班", "调休上班"],
        ["2027-02-14", "班", ""],
        ["", "班", ""],
        ["2027-03-01", "也许", ""],
        ["2027-03-05至2027-03-01", "休", ""],
    ]
    seen = read(workbook(tmp_path / "a.xlsx", 一=rows))
    assert seen.header["kind"] == "calendar"
    assert [day for day, *_ in seen.outcome["notice"]] == [
        "2027-01-01", "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-14",
    ]  # fmt: skip
    assert seen.outcome["repeated"] == 1
    assert seen.reasons == ["没有日期", "安排应为“休”或“班”", "日期无法识别"]


def test_rows_before_the_first_rules_are_refused_and_a_file_of_nothing_else_as_a_whole(
    tmp_path: Path,
) -> None:
    old = rating("1", 评价时间="2020-11-30 23:59:59")
    first = date(2020, 12, 1)
    mixed = read(ratings_book(tmp_path / "a.xlsx", [old, rating("2")]), first_month=first)
    assert mixed.reasons == ["早于最早的评分规则，不能统计"]
    alone = read(ratings_book(tmp_path / "b.xlsx", [old]), first_month=first)
    assert alone.error["code"] == "before_rules"
    assert "2020年12月" in alone.error["message"]
    summary = [SUMMARY_HEADINGS, ["2020-11", "吉水镇", "粤省事", "", 1, 1, 1, 0, 0]]
    assert read(workbook(tmp_path / "c.xlsx", 一=summary), first_month=first).error["code"] == "before_rules"


def _encrypted(path: Path) -> None:
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    )


def _truncated(path: Path) -> None:
    whole = resources.path("sample", "机构名录.xlsx").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _broken_inside(path: Path) -> None:
    source = zipfile.ZipFile(resources.path("sample", "机构名录.xlsx"))
    with zipfile.ZipFile(path, "w") as out:
        for entry in source.infolist():
            content = source.read(entry)
            out.writestr(entry, content[:300] if entry.filename.startswith("xl/worksheets/") else content)


def _document(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("[Content_Types].xml", "<x/>")
        out.writestr("word/document.xml", "<x/>")


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("[Content_Types].xml", "<x/>")
        out.writestr("xl/workbook.xml", "<x/>")
        out.writestr("xl/worksheets/sheet1.xml", bytes(64 << 20))


def _no_heading(path: Path) -> None:
    workbook(path, 一=[["序号", "单位", "金额"], [1, "甲", 2]])


def _mixed(path: Path) -> None:
    workbook(path, 一=sheet([rating()]), 二=sheet([ticket()]))


def _no_time(path: Path) -> None:
    workbook(path, 一=[["办件编号", "满意度", "受理部门"], [CASE, 5, "吉水镇"]])


BAD_FILES = {
    "not_a_workbook": lambda path: path.write_bytes(b"%PDF-1.7\x00" + bytes(100)),
    "not_a_workbook ": _document,
    "not_a_workbook  ": lambda path: path.write_text("<html>假的</html>"),
    "encrypted": _encrypted,
    "truncated": _truncated,
    "truncated ": _broken_inside,
    "truncated  ": lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "empty": lambda path: path.write_bytes(b""),
    "empty ": lambda path: workbook(path, 一=[]),
    "empty  ": lambda path: workbook(path, 一=[HEADINGS]),
    "zip_bomb": _bomb,
    "no_heading": _no_heading,
    "mixed_kinds": _mixed,
    "missing_column": _no_time,
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_what_is_no_file_of_ours_is_refused_with_a_sentence(tmp_path: Path, case: str) -> None:
    path = tmp_path / "a.xlsx"
    BAD_FILES[case](path)
    error = read(path).error
    assert error["code"] == case.strip()
    assert error["message"].endswith("。")


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    assert read(tmp_path / "none.xlsx").error["code"] == "not_found"
    assert read(tmp_path).error["code"] == "unreadable"
    (tmp_path / "a.csv").write_bytes(b"\xff\xff\xff")
    assert read(tmp_path / "a.csv").error["code"] == "not_a_workbook"
    (tmp_path / "b.csv").write_text("  \n")
    assert read(tmp_path / "b.csv").error["code"] == "empty"


def test_too_many_rows_are_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ratings_book(tmp_path / "a.xlsx", [rating(str(i)) for i in range(30)])
    monkeypatch.setattr(workbooks, "MAX_ROWS", 20)
    error = read(path).error
    assert error["code"] == "too_many_rows"
    assert "500,000 行" in error["message"]


def test_a_sheet_that_is_too_long_is_counted_before_it_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "_COUNT_FROM", 0)
    path = ratings_book(tmp_path / "a.xlsx", [rating(str(i)) for i in range(1200)])
    assert not read(path).error
    monkeypatch.setattr(workbooks, "MAX_ROWS", 20)
    assert read(path).error["code"] == "too_many_rows"
    lines = tmp_path / "a.csv"
    lines.write_text("办件编号,满意度\n" + "1,5\n" * 1100)
    assert read(lines).error["code"] == "too_many_rows"


def test_a_text_file_beyond_all_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_MAX_UNPACKED", 8)
    (tmp_path / "a.csv").write_text("办件编号,满意度\n")
    assert read(tmp_path / "a.csv").error["code"] == "too_big"


def test_inspecting_shows_the_mapping_and_the_first_rows() -> None:
    seen = commands.inspect(resources.path("sample", "好差评评价明细_2026-10.xlsx"))
    assert (seen.kind, seen.kind_label, seen.profile) == (Kind.RATINGS, "评价明细", "county")
    assert ("满意度", "level") in [(column.heading, column.field) for column in seen.mapping]
    assert len(seen.first_rows) == 20
    assert len(seen.first_rows[0]) == len(seen.headings)
    assert seen.unmapped == ()


def test_an_unknown_profile_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="county（县级导出）") as raised:
        commands.inspect(tmp_path / "a.xlsx", profile="x")
    assert raised.value.code == "unknown_profile"


def test_a_child_is_killed_when_the_person_cancels() -> None:
    path = resources.path("sample", "好差评评价明细_2026-10.xlsx")
    with Reader(Request(str(path), 1), lambda: True) as reader, pytest.raises(UserError, match="已取消"):
        list(reader.frames())
    assert not Path(f"/proc/{reader.process_id}").exists()


def test_a_child_that_dies_leaves_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "nonsense")  # the child's interpreter refuses to start
    with Reader(Request(str(tmp_path), 1)) as reader, pytest.raises(UserError) as raised:
        list(reader.frames())
    assert raised.value.code == "truncated"


def test_requests_travel_whole() -> None:
    request = Request("a", 1, "county", date(2020, 12, 1))
    assert Request.from_json(request.to_json()) == request
    assert io.StringIO(request.to_json()).readline() == request.to_json()


def test_a_mistake_of_ours_is_no_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(*_: Any) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(child, "recognise", mistaken)
    seen = read(workbook(tmp_path / "a.xlsx", 一=[["日期", "安排", "说明"], ["2027-01-01", "休", "元旦"]]))
    assert seen.error["code"] == child.BUG and "KeyError" in seen.error["message"]
    monkeypatch.setattr(Reader, "_next", lambda _: (child.ERROR, json.dumps(seen.error).encode()))
    with Reader(Request("x", 1)) as reader, pytest.raises(RuntimeError, match="KeyError"):
        list(reader.frames())
