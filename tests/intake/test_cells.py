"""Cells to values: the traps of numbers, times and codes in real files."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.intake import cells, words
from app.intake.cells import Bad
from app.intake.initials import initials
from app.intake.profiles import level_table, named
from app.intake.staging import encode, written
from models.rules.ratings import Platform


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2026-10-08 09:10:11", datetime(2026, 10, 8, 9, 10, 11)),
        ("2026/10/8 9:05", datetime(2026, 10, 8, 9, 5)),
        ("2026年10月8日9时5分6秒", datetime(2026, 10, 8, 9, 5, 6)),
        ("２０２６－１０－０８　09：10：11", datetime(2026, 10, 8, 9, 10, 11)),
        ("20261008091011", datetime(2026, 10, 8, 9, 10, 11)),
        (20261008091011.0, datetime(2026, 10, 8, 9, 10, 11)),
        ("2026-10-08", datetime(2026, 10, 8)),
        ("2026-10-31 24:00:00", datetime(2026, 11, 1)),
        ("2026-10-08T01:10:11+00:00", datetime(2026, 10, 8, 9, 10, 11)),
        (" 2026-10-08T01:10:11Z", datetime(2026, 10, 8, 9, 10, 11)),
        (datetime(2026, 10, 8, 9), datetime(2026, 10, 8, 9)),
        (date(2026, 10, 8), datetime(2026, 10, 8)),
        (46303.5, datetime(2026, 10, 8, 12)),
        ("", None),
        (None, None),
    ],
)
def test_times_in_every_spelling_are_local(cell: object, value: datetime | None) -> None:
    assert cells.instant(cell) == value


@pytest.mark.parametrize(
    "cell", ["十月三十二日", "2026-13-01", "2026-10-08 25:00", 12.5, 7.0, True, "9999-12-31 24:00"]
)
def test_unreadable_times_are_said_so(cell: object) -> None:
    assert cells.instant(cell) == Bad("时间无法识别")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (440881202610.0, "440881202610"),
        ("４４０８８１ 2026", "4408812026"),
        (5, "5"),
        ("", None),
        (None, None),
        (4.40881202610000e17, Bad("编号被存成数字，位数已丢失")),
        ("4.4088E+17", Bad("编号被存成科学计数法，位数已丢失")),
        (1.5, Bad("不是编号")),
        (datetime(2026, 1, 1), Bad("不是编号")),
    ],
)
def test_a_code_keeps_every_digit_or_is_refused(cell: object, value: object) -> None:
    assert cells.code(cell) == value


def test_a_case_number_may_carry_the_province_before_it() -> None:
    assert cells.case_number("44" + "440881202610000001X") == "440881202610000001X"
    assert cells.case_number("440000-440881202610000001X") == "440881202610000001X"
    assert cells.case_number("440881202610000001X") == "440881202610000001X"
    assert cells.case_number("x" * 101) == Bad("办件编号太长")
    assert cells.case_number(1e17) == Bad("编号被存成数字，位数已丢失")


def test_plain_columns_are_told_from_those_that_need_care() -> None:
    assert cells.plain_cases(["440881202610000001X", "440881202610000002X"])
    for odd in ("", " 12345", "4.4E+17", "４４０８８１", "44440881202610000001X", "1\n2", "x" * 101):
        assert not cells.plain_cases(["440881202610000001X", odd])
    assert not cells.plain_cases([1.0])
    assert cells.plain_instants(["2026-10-08 09:10:11"]) == [datetime(2026, 10, 8, 9, 10, 11)]
    for odd in ("2026-10-08", "2026-W41-4 09:10:11", "2026-13-08 09:10:11", 1.0):
        assert cells.plain_instants(["2026-10-08 09:10:11", odd]) is None
    assert cells.texts(["a ", 5.0, None, ""]) == ["a", "5", None, None]


def test_an_area_is_twelve_digits_also_where_only_the_case_tells() -> None:
    assert cells.area_code("440881") == "440881000000"
    assert cells.area_code(440881.0) == "440881000000"
    assert cells.area_code("440881001000") == "440881000000"
    assert cells.area_code("廉江") == Bad("不是行政区划代码")
    assert cells.area_code("") is None
    assert cells.area_of_case("440881202610000001X") == "440881000000"
    assert cells.area_of_case("HCP1") == ""


@pytest.mark.parametrize(
    "cell", ["2026-10", "2026年10月", "202610", 202610.0, "2026-10-31", date(2026, 10, 8)]
)
def test_a_month_in_every_spelling(cell: object) -> None:
    assert cells.month(cell) == date(2026, 10, 1)


def test_other_months_are_refused() -> None:
    assert cells.month("十月") == Bad("月份无法识别")
    assert cells.month("2026-13") == Bad("月份无法识别")
    assert cells.month("") is None


def test_counts() -> None:
    assert cells.integer("1,234") == 1234
    assert cells.integer("５") == 5
    assert cells.integer(5.0) == 5
    assert cells.integer("") is None
    assert cells.integer("-1") == Bad("不是非负整数")
    assert cells.integer("1.5") == Bad("不是非负整数")
    assert cells.text(1.5) == "1.5"
    assert cells.text(datetime(2026, 1, 1)) == "2026-01-01 00:00:00"


@pytest.mark.parametrize(
    ("cell", "level"),
    [
        ("5", 5), (5.0, 5), ("５", 5), ("5.0", 5), ("非常满意", 5), ("满 意", 4), ("一般", 3),
        ("基本满意", 3),
        ("不满意", 2), ("非常不满意", 1), ("5-非常满意", 5), ("非常满意（5）", 5), ("4星", 4),
    ],
)  # fmt: skip
def test_a_level_as_code_text_or_both(cell: object, level: int) -> None:
    assert words.level(cell, named("county").levels) == level


def test_a_level_that_contradicts_itself_or_is_none_is_refused() -> None:
    levels = named("county").levels
    assert words.level("5-不满意", levels) == Bad("满意度不在五级之内")
    assert words.level(9.0, levels) == Bad("满意度不在五级之内")
    assert words.level("", levels) == Bad("没有满意度")


def test_key_pad_and_evaluator_are_profiles_of_their_own() -> None:
    assert [words.level(c, named("keypad").levels) for c in (3, 2, 1, 0, 5)] == [5, 4, 3, 2, 1]
    assert [words.level(c, named("窗口按键评价器").levels) for c in "32105"] == [5, 4, 3, 2, 1]
    assert [words.level(c, named("evaluator").levels) for c in (0, 1, 2, 3, 4)] == [5, 4, 3, 2, 1]
    assert [words.level(c, named("points").levels) for c in (10, 8, 6, 3, 0)] == [5, 4, 3, 2, 1]


def test_a_column_is_points_only_where_it_cannot_be_codes() -> None:
    county = named("county")
    assert level_table(county, ["10", "8", "3", "9"])["3"] == 2
    assert level_table(county, ["5", "3", "10"])["3"] == 3
    assert level_table(county, ["3"])["3"] == 3
    assert level_table(named("keypad"), ["10"])["3"] == 5


def test_types_of_cases_are_a_table_of_the_profile() -> None:
    assert named("national").case_types["1"] == 1
    assert named("national-reversed").case_types["1"] == 2
    assert named("national-reversed").case_types["即办"] == 1


@pytest.mark.parametrize(
    ("cell", "codes", "free"),
    [
        ("207,208", ("207", "208"), None),
        ("207|208", ("207", "208"), None),
        ("207，２０８", ("207", "208"), None),
        ("没有提供材料样本,207|服务态度生硬,214|态度差, 不理人", ("207", "214"), "态度差, 不理人"),
        ("服务态度一般,314|服务态度较一般,314", ("314",), None),
        ("没有提供材料样本,207", ("207",), None),
        ("排队，等了207分钟", (), "排队，等了207分钟"),
        (207.0, ("207",), None),
        (207208.0, ("207", "208"), None),
        ("", (), None),
        (None, (), None),
    ],
)
def test_labels_are_matched_by_code(cell: object, codes: tuple[str, ...], free: str | None) -> None:
    assert words.labels(cell)[0] == codes
    assert (words.labels(cell)[1] or None) == (free.replace("，", ",") if free else None)


def test_platforms_and_channels() -> None:
    assert words.platform("12345热线") is Platform.HOTLINE
    assert words.platform("ＰＣ端") is Platform.PORTAL
    assert words.platform("portal") is Platform.PORTAL
    assert words.platform("飞鸽") == Bad("不认识的业务平台")
    assert words.platform("") is None
    assert words.channel("系统默认") == 7
    assert words.channel(4.0) == 4
    assert words.channel("9") == Bad("不认识的评价渠道")
    assert words.platform_of_channel(1, at_hall=False) is Platform.PORTAL
    assert words.platform_of_channel(2, at_hall=False) is Platform.APP
    assert words.platform_of_channel(5, at_hall=False) is Platform.HALL
    assert words.platform_of_channel(None, at_hall=True) is Platform.HALL


def test_flags_targets_and_numbers() -> None:
    assert words.flag("是") is True
    assert words.flag(0.0) is False
    assert words.flag("") is None
    assert isinstance(words.flag("也许"), Bad)
    assert words.target("工作人员") == "staff"
    assert words.target("") == "item"
    assert isinstance(words.target("猫"), Bad)
    assert words.rating_number("追加") == 2
    assert words.rating_number(None) == 1
    assert isinstance(words.rating_number("3"), Bad)


def test_rows_that_are_no_data() -> None:
    assert words.is_no_data(["", None, "　"])
    assert words.is_no_data(["合 计", "", 6007.0])
    assert words.is_no_data(["", "小计：", 12.0])
    assert words.is_no_data(["制表人：张三", ""])
    assert words.is_no_data(["2026-11", "合计", "", 100.0])
    assert words.is_no_data(["本页合计", 3.0]) and words.is_no_data(["共12条", ""])
    assert words.is_no_data(["制表人：张三", "审核人：李四", ""])
    assert not words.is_no_data(["说明", "x"]) and not words.is_no_data(["共青团证办理", "x"])


def test_lines_are_escaped_where_a_text_needs_it() -> None:
    assert encode([], 2) == b""
    assert encode([["a", "b"]], 2) == b"a\tb\n"
    assert encode([["a\tb", "c\\d\r\n\x00", "\x7f"]], 3) == b"a\\tb\tc\\\\d\\r\\n\t\x7f\n"
    assert written(("207", "2'0}8")) == "{207,208}"
    assert written(False) == "f"
    assert written(date(2026, 10, 1)) == "2026-10-01"
    assert written(datetime(2026, 10, 1, 2)) == "2026-10-01 02:00:00+08"


def test_initials() -> None:
    assert initials("吉水镇") == "jsz"
    assert initials("12345 热线A") == "12345rxa"
