"""Weights, assessed values and totals in the database: who may, what counts, and what the workbooks say."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import Connection

from app.assessments import commands, files, queries, workbook
from app.assessments.rows import Draft, drafts
from app.errors import UserError
from app.rankings.queries import Period, period_text
from models.rules import indicators
from models.rules.indicators import INDICATORS, PARENTS, Source
from tests.databases import MONDAY, Database

OCTOBER = Period.month(date(2026, 10, 1))
EVEN = {code: weight for parent in PARENTS for code, weight in indicators.equal(parent).items()}


@pytest.fixture
def desk(database: Database) -> Database:
    database.freeze(MONDAY)
    database.rows("UPDATE pd.app_user SET is_head = true WHERE login = 'officer'")
    for login, agency in (("liaison-01", "甲镇"), ("liaison-02", "乙镇")):
        database.liaison(login, agency)
    return database


@contextmanager
def reading(desk: Database, login: str) -> Iterator[Connection]:
    store = desk.person(login)
    with store.read() as connection:
        yield connection
    store.close()


@contextmanager
def writing(desk: Database, login: str) -> Iterator[Connection]:
    store = desk.person(login)
    try:
        with store.write() as connection:
            yield connection
    finally:
        store.close()


def draft(desk: Database, indicator: str = "1.1", value: str | None = "80", **over: Any) -> Draft:
    made = dict(agency_id=desk.agency("甲镇"), period=OCTOBER, indicator=indicator, source=Source.REVIEW,
                evidence="评议会记录", assessor="评议组", value=Decimal(value) if value else None)  # fmt: skip
    return Draft(**{**made, **over})


def enter(desk: Database, *given: Draft, login: str = "officer") -> int:
    with writing(desk, login) as connection:
        return commands.assess(connection, given).made


def totals(desk: Database, login: str = "officer") -> Any:
    with reading(desk, login) as connection:
        return queries.totals(connection, OCTOBER, group="township")


def recalculated(path: Path) -> Path:
    """The workbook as LibreOffice computes it, whatever the file says that its formulas come to."""
    content = dict(_parts(path))
    bare = path.with_name("bare.xlsx")
    with zipfile.ZipFile(bare, "w") as archive:
        for name, data in content.items():
            archive.writestr(
                name, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", data) if "sheets/" in name else data
            )
    into = path.parent / "computed"
    profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    subprocess.run(["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", into, bare],
                   check=True, capture_output=True, timeout=120)  # fmt: skip
    return into / bare.name


def _parts(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


def test_the_database_holds_the_same_tree(database: Database) -> None:
    kept = set(database.rows("SELECT code, parent FROM pd.indicators()"))
    assert kept == {(one.code, one.parent) for one in INDICATORS.values()}
    with database.store.read() as connection:
        shipped = queries.weights_of(connection, date(2026, 10, 1))
    assert indicators.weights_problem(shipped.weights) is None
    with pytest.raises(UserError, match="早于第一份"), database.store.read() as connection:
        queries.weights_of(connection, date(2019, 1, 1))


def test_weights_take_the_head_a_reason_and_a_month_that_is_open(desk: Database) -> None:
    pairs = {"4": {("4.1", "4.2"): Fraction(1, 3)}}

    def put(
        month: date, weights: dict[str, Decimal] = EVEN, reason: str = "局务会议定", login: str = "officer"
    ) -> None:
        with writing(desk, login) as connection:
            commands.put_weights(connection, month, weights, pairs, reason=reason)

    put(date(2026, 9, 1))
    with desk.store.read() as connection:
        first, shipped = queries.weight_sets(connection)
    assert (first.weights, first.pairs, first.reason) == (EVEN, pairs, "局务会议定")
    assert shipped.effective_from == date(2020, 12, 1)
    for refused, said in (
        ({"weights": {**EVEN, "good": Decimal("0.1")}}, "合计应为1"),
        ({"reason": " "}, "写明"),
        ({"month": date(2026, 9, 2)}, "1日"),
    ):
        with pytest.raises(UserError, match=said):
            put(**{"month": date(2026, 10, 1), **refused})  # type: ignore[arg-type]
    desk.raw("officer", "SELECT pd.close_month('2026-10-01', '')")
    with desk.store.read() as connection:
        assert queries.first_free(connection) == date(2026, 11, 1)
    with pytest.raises(UserError, match="封账"):
        put(date(2026, 10, 1))
    put(date(2026, 11, 1))
    desk.rows("UPDATE pd.app_user SET is_head = false WHERE login = 'officer'")
    with pytest.raises(UserError, match="负责人"):
        put(date(2026, 12, 1))


def test_the_latest_of_each_source_counts_and_their_mean_is_the_value(desk: Database) -> None:
    assert enter(desk, draft(desk), draft(desk, value="70", source=Source.INSPECTION)) == 2
    assert enter(desk, draft(desk)) == 0
    assert enter(desk, draft(desk, value="90")) == 1
    assert enter(desk, draft(desk, "3.2", None, numerator=1, denominator=3)) == 1
    own, other = totals(desk).rows
    assert own.values["1.1"].exact == 80 and own.values["3.2"].exact == Fraction(100, 3)
    assert other.values == {} and other.evaluation.total is None
    with desk.store.read() as connection:
        newest, *_ = found = queries.entries(connection, OCTOBER, own.id)
        commands_entry = next(one for one in found if one.value == 90)
    assert newest.indicator == "3.2" and [one.counts for one in found] == [True, True, True, False]
    with desk.store.write() as connection:
        commands.withdraw(connection, commands_entry.id, "记录有误")
    assert totals(desk).rows[0].values["1.1"].exact == 75
    with desk.store.read() as connection:
        taken = next(one for one in queries.entries(connection, OCTOBER, own.id) if one.withdrawn_at)
    assert taken.withdraw_reason == "记录有误" and not taken.counts
    with pytest.raises(UserError, match="已经撤回"), desk.store.write() as connection:
        commands.withdraw(connection, taken.id, "再撤一次")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": "100.5"}, "0到100"), ({"value": "80.123"}, "0到100"), ({"value": None}, "评价值"),
        ({"evidence": " "}, "依据"), ({"assessor": "长" * 61}, "评价人"),
        ({"value": None, "numerator": 1, "denominator": 2}, "比例类"),
        ({"indicator": "3.2", "value": None, "numerator": 3, "denominator": 2}, "不大于"),
        ({"indicator": "3.2", "value": None, "numerator": 0, "denominator": 0}, "大于0"),
        ({"period": Period.month(date(2026, 12, 1))}, "不晚于本月"),
    ],
)  # fmt: skip
def test_what_cannot_be_entered_is_said_and_nothing_is(
    desk: Database, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        enter(desk, draft(desk, "1.2"), draft(desk, **change))
    assert desk.one("SELECT count(*) FROM pd.assessment") == 0


def test_an_agency_sees_its_own_and_enters_nothing(desk: Database) -> None:
    enter(desk, draft(desk), draft(desk, agency_id=desk.agency("乙镇"), value="60"))
    found = totals(desk, "liaison-01")
    assert [row.agency for row in found.rows] == ["甲镇"] and found.rows[0].rank is None and not found.ranked
    with reading(desk, "liaison-01") as connection:
        assert queries.entries(connection, OCTOBER, desk.agency("乙镇")) == ()
    assert {row.agency for row in totals(desk, "bureau").rows} == {"甲镇", "乙镇"}
    for login in ("liaison-01", "bureau"):
        with pytest.raises(UserError):
            enter(desk, draft(desk, value="99"), login=login)


def test_rates_are_those_of_the_tally_and_only_whole_totals_are_ranked(desk: Database) -> None:
    for agency in ("甲镇", "乙镇"):
        desk.ticket(agency, opened=MONDAY - timedelta(days=5))
    enter(desk, draft(desk))
    first, second = totals(desk).rows
    assert (first.agency, first.rank, second.rank) == ("甲镇", 1, None)
    assert (first.values["rectified"].numerator, first.values["rectified"].denominator) == (0, 1)
    assert "satisfied" in {one.code for one in first.evaluation.missing}
    assert first.evaluation.total == 40 and second.evaluation.total == 0


def test_the_workbook_recomputes_to_the_same(desk: Database, tmp_path: Path) -> None:
    for agency in ("甲镇", "乙镇"):
        desk.ticket(agency, opened=MONDAY - timedelta(days=5))
        enter(desk, *(draft(desk, code, value, agency_id=desk.agency(agency), evidence="=1+1")
                      for code, value in (("1.1", "80"), ("1.2", "71.35"), ("4.1", "93.5"))))  # fmt: skip
    enter(
        desk,
        draft(desk, "3.2", None, numerator=1, denominator=7),
        draft(desk, "1.1", "60", source=Source.THIRD),
    )
    desk.agency("丙镇")
    done = workbook.export(desk.store, tmp_path / "总分.xlsx", OCTOBER, group="township")
    found = totals(desk)
    assert done.rows == len(found.rows) == 3
    for path in (done.path, recalculated(done.path)) if shutil.which("soffice") else (done.path,):
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(workbook.TOTALS).to_python()
        for line, row in zip(sheet[4:], found.rows, strict=True):
            assert line[1] == row.agency
            assert line[0] == (row.rank or "不排名")
            total = row.evaluation.total
            assert line[2] == ("" if total is None else pytest.approx(float(total)))
    noted = desk.one("SELECT facts FROM pd.event WHERE action = 'export' ORDER BY id DESC LIMIT 1")
    assert (noted["kind"], noted["rows"]) == ("assessments", 3)
    with pytest.raises(UserError, match="xlsx"):
        workbook.export(desk.store, tmp_path / "总分.csv", OCTOBER, group="township")


def test_a_third_party_fills_the_template_and_refused_lines_say_why(desk: Database, tmp_path: Path) -> None:
    workbook.template(desk.store, tmp_path / "模板.xlsx", OCTOBER)
    headings = CalamineWorkbook.from_path(str(tmp_path / "模板.xlsx")).get_sheet_by_index(0).to_python()[0]
    lines = (
        ("甲镇", "1.1 大厅覆盖和可及", "2026年10月", "85.5", "", "", "现场查看", "某评估公司"),
        ("甲 镇", "即办件占比", "2026-10", "", "3", "4", "抽查办件", "某评估公司"),
        ("丙镇", "1.1", "2026年10月", "1", "", "", "x", "y"),
        ("甲镇", "9.9", "2026年10月", "1", "", "", "x", "y"),
        ("甲镇", "1.2", "上个月", "1", "", "", "x", "y"),
        ("甲镇", "1.2", "2026年10月", "101", "", "", "x", "y"),
        ("甲镇", "1.2", "2026年10月", "约八十", "", "", "x", "y"),
        ("甲镇", "1.2", "2026年10月", "80", "", "", "", "y"),
        ("甲镇", "1.1", "2026年10月", "80", "", "", "又一次", "y"),
    )
    path = tmp_path / "第三方.csv"
    path.write_text("\n".join(",".join(row) for row in (headings, *lines)), "utf-8")
    found = commands.read_file(desk.store, path)
    assert [line.id for line in found if line.draft] == [2, 3]
    said = [line.problem or "" for line in found if line.problem]
    for words, problem in zip(
        ("名录", "指标", "时段", "0到100", "不是数字", "依据", "两次"), said, strict=True
    ):
        assert words in problem
    assert enter(desk, *drafts(found)) == 2
    assert totals(desk).rows[0].values["3.2"].exact == 75
    path.write_text("单位,评分\n甲镇,1", "utf-8")
    with pytest.raises(UserError, match="模板"):
        commands.read_file(desk.store, path)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2026年第三季度", 7, 9), ("2026第1季度", 1, 3), ("2026年下半年", 7, 12), ("2026年度", 1, 12), ("2026", 1, 12),
        ("2026-01至2026-06", 1, 6), ("2026年8月至10月", 8, 10), ("2026年10月", 10, 10), ("2026-10-01 00:00:00", 10, 10),
    ],
)  # fmt: skip
def test_periods_are_read_as_people_write_them(written: str, first: int, last: int) -> None:
    assert files.period_of(written) == Period(date(2026, first, 1), date(2026, last, 1))


@given(st.integers(2020 * 12, 2029 * 12), st.integers(0, 30))
def test_a_period_in_our_words_is_read_back(start: int, length: int) -> None:
    first, last = (date(month // 12, month % 12 + 1, 1) for month in (start, start + length))
    assert files.period_of(period_text(Period(first, last))) == Period(first, last)


@pytest.mark.parametrize("written", ["", "2026年13月", "2026-06至2026-01", "第三季度", "去年"])
def test_what_is_no_period_is_none(written: str) -> None:
    assert files.period_of(written) is None
