"""Files into the database: counts, idempotence, any order, refusals, nothing half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import resources
from app.errors import EnvironmentProblem, UserError
from app.intake import commands, loading, queries
from app.intake.kinds import Kind
from app.intake.results import ImportResult, Progress
from tests.databases import Database
from tests.intake.files import (
    CASE,
    HEADINGS,
    SUMMARY_HEADINGS,
    TICKET_HEADINGS,
    rating,
    ratings_book,
    sheet,
    ticket,
    workbook,
)

SAMPLES = (
    "机构名录.xlsx",
    "好差评评价明细_2026-10.xlsx",
    "差评工单_2026-10.xlsx",
    "办件评价汇总_2026-10.xlsx",
)
BAD = {"满意度": "不满意", "评价指标": "未在承诺时间内办结,209", "评价理由": "等了半个月"}


def sample(name: str) -> Path:
    return Path(resources.path("sample", name))


def counts(result: ImportResult) -> tuple[int, ...]:
    """inserted, updated, unchanged, repeated, refused; the sum is checked."""
    found = (result.inserted, result.updated, result.unchanged, result.repeated, result.refused)
    assert result.rows == sum(found)
    return found


@pytest.fixture
def load(database: Database, tmp_path: Path) -> Callable[..., ImportResult]:
    """Loads rows of ratings or tickets, or a file."""

    def run(rows: Any, **options: Any) -> ImportResult:
        if isinstance(rows, Path):
            return commands.load(database.store, rows, **options)
        headings = (
            TICKET_HEADINGS
            if "工单编号" in rows[0]
            else (*HEADINGS, "评价次数", "评价人员", "联系方式", "评价对象", "窗口人员")
        )
        return commands.load(
            database.store, workbook(tmp_path / "a.xlsx", 一=sheet(rows, headings)), **options
        )

    return run


def test_the_sample_month_and_again(database: Database) -> None:
    first = {name: commands.load(database.store, sample(name)) for name in SAMPLES}
    assert counts(first["机构名录.xlsx"]) == (124, 0, 0, 0, 0)
    detail = first["好差评评价明细_2026-10.xlsx"]
    assert counts(detail) == (6000, 0, 0, 2, 5)
    assert (detail.tickets_opened, detail.tickets_joined) == (19, 0)
    assert detail.refused_by_agency == {"吉水镇": 2}
    tickets = first["差评工单_2026-10.xlsx"]
    assert counts(tickets) == (1, 18, 0, 0, 0)
    assert (tickets.tickets_opened, tickets.tickets_joined) == (1, 18)
    assert counts(first["办件评价汇总_2026-10.xlsx"]) == (255, 0, 0, 0, 0)
    assert database.rows("SELECT count(*), count(number), count(rating_id) FROM pd.ticket") == [(20, 19, 19)]
    assert database.rows("SELECT count(*) FILTER (WHERE level = 1), count(*) FILTER (WHERE level = 2),"
                         " count(*) FILTER (WHERE is_default) FROM pd.rating") == [(13, 6, 2060)]  # fmt: skip
    assert [database.one(f"SELECT count(*) FROM pd.{table} WHERE registered")
            for table in ("agency", "hall", "service_item")] == [41, 33, 50]  # fmt: skip
    before = state(database)
    again = [commands.load(database.store, sample(name)) for name in SAMPLES]
    assert [(r.inserted, r.updated, r.tickets_opened, r.tickets_joined) for r in again] == [(0, 0, 0, 0)] * 4
    assert state(database) == before
    with database.store.read() as connection:
        assert [b.kind for b in queries.batches(connection, limit=3)] == [
            Kind.SUMMARY,
            Kind.TICKETS,
            Kind.RATINGS,
        ]
        assert queries.batches(connection)[0].kind_label == "办件评价汇总"
        assert queries.differences(connection, date(2026, 10, 1)) == ()
        assert queries.is_loaded(connection, sample(SAMPLES[0]))


_STATE = (
    "SELECT a.name, a.kind, a.standing, a.initials, a.registered FROM pd.agency a ORDER BY 1",
    """SELECT a.name, h.name, h.registered, c.name, c.device, c.registered FROM pd.hall h
       JOIN pd.agency a ON a.id = h.agency_id LEFT JOIN pd.counter c ON c.hall_id = h.id ORDER BY 1, 2, 4""",
    """SELECT i.name, i.code, a.name, i.initials, i.registered FROM pd.service_item i
       LEFT JOIN pd.agency a ON a.id = i.agency_id ORDER BY 1""",
    """SELECT t.number, t.case_number, r.case_number, a.name, o.name, i.name, t.platform, t.level, t.labels,
              t.reason, t.contact_name, t.contact_phone, t.rated_at, t.province_created_at, t.opened_at,
              t.state, t.version, t.search, t.grams
       FROM pd.ticket t JOIN pd.agency a ON a.id = t.agency_id JOIN pd.agency o ON o.id = t.holder_id
       LEFT JOIN pd.service_item i ON i.id = t.item_id LEFT JOIN pd.rating r ON r.id = t.rating_id
       ORDER BY 2""",
    """SELECT r.case_number, r.level, r.is_default, a.name, i.name, h.name, c.name, s.name, r.platform,
              r.rated_at, t.case_number
       FROM pd.rating r JOIN pd.agency a ON a.id = r.agency_id LEFT JOIN pd.service_item i ON i.id = r.item_id
       LEFT JOIN pd.hall h ON h.id = r.hall_id LEFT JOIN pd.counter c ON c.id = r.counter_id
       LEFT JOIN pd.staff_member s ON s.id = r.staff_id LEFT JOIN pd.ticket t ON t.id = r.ticket_id
       ORDER BY 1""",
    """SELECT coalesce(r.case_number, t.case_number), k.ticket_id IS NULL, k.name, k.phone FROM pd.rater k
       LEFT JOIN pd.rating r ON r.id = k.rating_id LEFT JOIN pd.ticket t ON t.id = k.ticket_id
       ORDER BY 1, 2""",
    """SELECT a.name, h.name, to_jsonb(t) - 'agency_id' - 'hall_id' FROM pd.tally t
       JOIN pd.agency a ON a.id = t.agency_id LEFT JOIN pd.hall h ON h.id = t.hall_id ORDER BY 1, 2, 3""",
    """SELECT a.name, t.day, t.due_on, t.tickets FROM pd.tally_ticket t
       JOIN pd.agency a ON a.id = t.agency_id ORDER BY 1, 2""",
    """SELECT a.name, v.month FROM pd.rating_cover v JOIN pd.agency a ON a.id = v.agency_id ORDER BY 1""",
)


def state(database: Database) -> list[list[tuple[Any, ...]]]:
    """Everything the files say, without the ids, which tell the order."""
    return [database.rows(statement) for statement in _STATE]


def test_any_order_of_the_four_files_gives_the_same_end(new_database: Callable[[], Database]) -> None:
    # Each file comes first, second, third and last, before and behind each other one.
    turned = [SAMPLES[n:] + SAMPLES[:n] for n in range(4)]
    orders = [*turned, *(order[::-1] for order in turned)]
    ends = []
    for order in orders:
        database = new_database()
        for name in order:
            commands.load(database.store, sample(name))
        ends.append(state(database))
        database.store.close()  # a login has a limited number of connections
    for order, end in zip(orders, ends, strict=True):
        for here, there in zip(ends[0], end, strict=True):
            assert here == there, order


def test_a_file_taken_over_in_parts_gives_the_same_end(
    new_database: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, parts = new_database(), new_database()
    path = sample("好差评评价明细_2026-10.xlsx")
    first = commands.load(whole.store, path)
    monkeypatch.setattr(loading, "PART", 1)
    assert counts(commands.load(parts.store, path)) == counts(first)
    assert state(parts) == state(whole)
    assert counts(commands.load(parts.store, path)) == (0, 0, 6000, 2, 5)
    assert parts.rows("SELECT months FROM pd.import_batch") == [([date(2026, 10, 1)],)] * 2


def test_a_dry_run_says_the_same_and_writes_nothing(database: Database) -> None:
    before = state(database)
    dry = commands.load(database.store, sample("好差评评价明细_2026-10.xlsx"), dry_run=True)
    assert state(database) == before
    assert database.one("SELECT count(*) FROM pd.import_batch") == 0
    assert database.one("SELECT count(*) FROM pd.event WHERE action = 'import' OR ticket_id IS NOT NULL") == 0
    real = commands.load(database.store, sample("好差评评价明细_2026-10.xlsx"))
    assert counts(real) == counts(dry)
    assert (real.tickets_opened, real.refusals) == (dry.tickets_opened, dry.refusals)
    assert not dry.changes.kinds
    assert real.changes.kinds


def test_another_level_is_a_revision_beside_the_original(
    database: Database, load: Callable[..., ImportResult]
) -> None:
    original, corrected = rating(), rating(**BAD)
    load([original])
    revised = load([corrected])
    assert counts(revised) == (0, 1, 0, 0, 0)
    assert revised.tickets_opened == 1
    assert database.rows("SELECT level, first_level, labels FROM pd.rating") == [(2, 5, [])]
    assert database.rows("SELECT level, labels, reason FROM pd.rating_revision") == [
        (2, ["209"], "等了半个月")
    ]
    assert database.rows("SELECT level, labels, reason FROM pd.ticket") == [(2, ["209"], "等了半个月")]
    # Both files once more: either version is known, and the latest still counts.
    assert counts(load([original])) == (0, 0, 1, 0, 0)
    assert counts(load([corrected])) == (0, 0, 1, 0, 0)
    assert database.one("SELECT level FROM pd.rating") == 2


def test_a_revision_for_the_better_leaves_the_ticket(
    database: Database, load: Callable[..., ImportResult]
) -> None:
    load([rating(**BAD)])
    assert counts(load([rating(满意度="满意")])) == (0, 1, 0, 0, 0)
    assert database.rows("SELECT level, state, version, labels FROM pd.ticket") == [(4, "pending", 2, [])]
    assert database.rows("SELECT action FROM pd.event WHERE ticket_id IS NOT NULL ORDER BY id") == [
        ("opened",),
        ("revised",),
    ]
    assert database.one("SELECT sum(level_4) FROM pd.tally") == 1


def test_words_that_change_are_kept_as_a_revision(
    database: Database, load: Callable[..., ImportResult]
) -> None:
    load([rating(**BAD)])
    assert counts(load([rating(**{**BAD, "评价理由": "还是没有办"})])) == (0, 1, 0, 0, 0)
    assert database.one("SELECT reason FROM pd.rating") == "等了半个月"
    assert database.one("SELECT reason FROM pd.ticket") == "还是没有办"


def test_facts_that_differ_are_told_and_not_taken(
    database: Database, load: Callable[..., ImportResult]
) -> None:
    load([rating()])
    result = load([rating(被评价部门="石城镇")])
    assert counts(result) == (0, 0, 1, 0, 0)
    assert result.warnings == {commands.UNLIKE: 1}
    assert database.one("SELECT a.name FROM pd.rating r JOIN pd.agency a ON a.id = r.agency_id") == "吉水镇"


@pytest.mark.parametrize("later_first", [False, True])
def test_a_bad_follow_up_joins_the_ticket_of_its_rating(
    database: Database, load: Callable[..., ImportResult], *, later_first: bool
) -> None:
    files = [[rating(**BAD)], [rating(**BAD, 评价次数=2)]]
    results = [load(rows) for rows in (reversed(files) if later_first else files)]
    assert [(r.tickets_opened, r.tickets_joined) for r in results] == [(1, 0), (0, 1)]
    assert database.rows(
        "SELECT r.rating_number FROM pd.ticket t JOIN pd.rating r ON r.id = t.rating_id"
    ) == [(1,)]
    assert database.one("SELECT count(DISTINCT ticket_id) FROM pd.rating WHERE ticket_id IS NOT NULL") == 1


def test_a_bad_follow_up_of_a_good_rating_opens_a_ticket(
    database: Database, load: Callable[..., ImportResult]
) -> None:
    result = load([rating(), rating(**BAD, 评价次数=2)])
    assert (result.tickets_opened, result.tickets_joined) == (1, 0)
    assert database.one("SELECT count(*) FROM pd.rating WHERE ticket_id IS NOT NULL") == 1


@pytest.mark.parametrize("tickets_first", [False, True])
def test_several_tickets_of_a_case_pair_with_its_ratings(
    database: Database, load: Callable[..., ImportResult], *, tickets_first: bool
) -> None:
    files = [
        [rating(**BAD, 评价对象="人员", 窗口人员="李芳"), rating(**BAD)],
        [ticket("HCP2"), ticket("HCP1"), ticket("HCP3")],
    ]
    for rows in reversed(files) if tickets_first else files:
        load(rows)
    pairs = database.rows("""SELECT t.number, r.target FROM pd.ticket t
                             LEFT JOIN pd.rating r ON r.id = t.rating_id ORDER BY 1""")
    assert pairs == [("HCP1", "item"), ("HCP2", "staff"), ("HCP3", None)]


def test_a_ticket_without_rating_opens_in_the_month_of_its_rating(
    database: Database, load: Callable[..., ImportResult]
) -> None:
    load(
        [
            ticket(工单生成时间="2026-11-01 10:00:00", 评价时间="2026-10-31 23:59:59"),
            ticket("HCP2", "", 评价时间=""),
        ]
    )
    assert (
        database.rows("SELECT pd.month_of(opened_at) FROM pd.ticket ORDER BY number")
        == [(date(2026, 10, 1),)] * 2
    )
    assert counts(load([ticket("HCP2", "", 评价时间="", 满意度="非常不满意")])) == (0, 1, 0, 0, 0)
    assert database.one("SELECT level FROM pd.ticket WHERE number = 'HCP2'") == 1
    assert database.one("SELECT sum(tickets) FROM pd.tally_ticket") == 2


def test_contacts_are_masked_and_apart(database: Database, load: Callable[..., ImportResult]) -> None:
    load([rating(**BAD, 评价人员="杨秀敏", 联系方式=13384382025.0)])
    assert database.rows("SELECT contact_name, contact_phone FROM pd.ticket") == [("杨**", "133****2025")]
    assert database.rows("SELECT name, phone FROM pd.rater") == [("杨秀敏", "13384382025")]
    assert "jsz" in database.one("SELECT search FROM pd.ticket")


def test_a_formula_from_outside_stays_text(database: Database, load: Callable[..., ImportResult]) -> None:
    load([rating(**{**BAD, "评价理由": "=HYPERLINK(1)\t\\N"})])
    assert database.one("SELECT reason FROM pd.rating") == "=HYPERLINK(1)\t\\N"


def test_a_partial_file_does_not_cover_its_month(
    database: Database, load: Callable[..., ImportResult]
) -> None:
    load([rating()], complete=False)
    assert database.one("SELECT count(*) FROM pd.rating_cover") == 0
    load([rating()])
    assert database.rows("SELECT month FROM pd.rating_cover") == [(date(2026, 10, 1),)]


def test_detail_and_summary_are_compared(
    database: Database, load: Callable[..., ImportResult], tmp_path: Path
) -> None:
    load([rating()])
    rows = [SUMMARY_HEADINGS, ["2026-10", "吉水镇", "政务服务网", "", 3, 1, 2, 0, 1]]
    assert counts(load(workbook(tmp_path / "s.xlsx", 一=rows))) == (1, 0, 0, 0, 0)
    rows[1][4] = 4
    assert counts(load(workbook(tmp_path / "s.xlsx", 一=rows))) == (0, 1, 0, 0, 0)
    with database.store.read() as connection:
        (found,) = queries.differences(connection, date(2026, 10, 8))
        assert (found.agency, found.platform, found.hall) == ("吉水镇", "portal", None)
        assert (found.detail.level_5, found.summary.level_5, found.summary.defaults) == (1, 2, 1)


def test_a_registry_that_changes(
    database: Database, load: Callable[..., ImportResult], tmp_path: Path
) -> None:
    def registry(counters: int, person: str) -> Path:
        return workbook(
            tmp_path / "r.xlsx",
            机构=[
                ["机构名称", "类别", "责任股室", "责任人", "排序"],
                ["吉水镇", "镇（街）", "综合办", person, 6],
            ],
            大厅=[["所属机构", "大厅名称", "窗口数", "评价设备"], ["吉水镇", "一厅", counters, "评价器"]],
            事项=[["事项编码", "事项名称", "主管部门"], ["001", "失业登记", "吉水镇"]],
        )

    assert counts(load(registry(3, "李芳"))) == (3, 0, 0, 0, 0)
    assert counts(load(registry(2, "王强"))) == (0, 2, 1, 0, 0)
    assert database.one("SELECT count(*) FROM pd.counter WHERE registered") == 2
    assert database.one("SELECT person FROM pd.responsible_office") == "王强"


def test_an_agency_known_by_its_code(
    database: Database, load: Callable[..., ImportResult], tmp_path: Path
) -> None:
    load(
        workbook(
            tmp_path / "r.xlsx",
            一=[["机构名称", "统一社会信用代码", "类别"], ["吉水镇", "11440881X", "镇（街）"]],
        )
    )
    load(workbook(tmp_path / "n.xlsx", 一=[["projectNo", "deptCode", "satisfaction", "assessTime"],
                                           [CASE, "11440881X", 5, "2026-10-08"]]))  # fmt: skip
    assert database.rows("SELECT name FROM pd.agency") == [("吉水镇",)]


def test_a_month_before_any_rules_changes_nothing(
    database: Database, load: Callable[..., ImportResult]
) -> None:
    with pytest.raises(UserError) as raised:
        load([rating(评价时间="2020-11-30 12:00:00")])
    assert raised.value.code == "before_rules"
    assert database.one("SELECT count(*) FROM pd.import_batch") == 0


def test_refused_rows_come_as_a_workbook_that_can_be_dropped_again(
    database: Database, load: Callable[..., ImportResult], tmp_path: Path
) -> None:
    path = tmp_path / "refused.xlsx"
    result = load(sample("好差评评价明细_2026-10.xlsx"), refused_to=path)
    assert [r.row for r in result.refusals] == [6004, 6005, 6006, 6007, 6008]
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    texts = [cell.value for cell in page[1]]
    assert texts[-2:] == ["原因", "原位置"]
    assert page.cell(4, texts.index("原因") + 1).value == "满意度不在五级之内"
    assert page.cell(4, texts.index("原位置") + 1).value == "评价明细 第6006行"
    again = tmp_path / "again.xlsx"
    assert counts(load(path, refused_to=again))[-1] == 5
    page.cell(4, texts.index("满意度") + 1).value = 5
    book.save(path)
    assert counts(load(path)) == (1, 0, 0, 0, 4)
    assert [cell.value for cell in openpyxl.load_workbook(again).worksheets[0][1]] == texts


def test_refused_text_that_looks_like_a_formula_is_written_as_text(
    load: Callable[..., ImportResult], tmp_path: Path
) -> None:
    load([rating(满意度=9, 评价理由="=1+1")], refused_to=tmp_path / "r.xlsx")
    cells = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets[0][2]
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]


def test_a_workbook_that_cannot_be_written_is_said_so_before_anything_is_loaded(
    database: Database, load: Callable[..., ImportResult], tmp_path: Path
) -> None:
    with pytest.raises(EnvironmentProblem, match="无法写入"):
        load([rating(), rating("2", 满意度=9)], refused_to=tmp_path / "none" / "r.xlsx")
    assert database.one("SELECT count(*) FROM pd.rating") == 0


def test_a_holiday_notice(database: Database, load: Callable[..., ImportResult], tmp_path: Path) -> None:
    rows = [["日期", "安排", "说明"], ["2027-01-01", "休", "元旦"], ["2027-01-04", "也许", ""]]
    result = load(workbook(tmp_path / "放假安排2027.xlsx", 一=rows))
    assert result.kind is Kind.CALENDAR
    assert counts(result) == (1, 0, 0, 0, 1)
    assert result.moved == ()
    assert counts(load(workbook(tmp_path / "again.xlsx", 一=rows))) == (0, 0, 1, 0, 1)
    assert database.one("SELECT working FROM pd.calendar_day WHERE day = '2027-01-01'") is False
    rows[1][0] = "什么时候"
    with pytest.raises(UserError, match="没有能用的日期"):
        load(workbook(tmp_path / "b.xlsx", 一=rows))


def test_a_file_of_nothing_but_refused_rows_is_accepted(load: Callable[..., ImportResult]) -> None:
    result = load([rating(str(n), 满意度=9) for n in range(5000)])
    assert counts(result) == (0, 0, 0, 0, 5000)
    assert len(result.refusals) == 1000
    assert counts(load([ticket(被评价部门="")])) == (0, 0, 0, 0, 1)


def test_progress_is_told_and_cancelling_rolls_back(database: Database) -> None:
    told: list[Progress] = []
    path = sample("好差评评价明细_2026-10.xlsx")
    with pytest.raises(UserError, match="已取消"):
        commands.load(database.store, path, progress=told.append, cancelled=lambda: len(told) > 1)
    assert [p.stage for p in told[:2]] == ["读取文件", "检查并写入"]
    with pytest.raises(UserError, match="已取消"):
        commands.load(
            database.store,
            path,
            cancelled=lambda: bool(told) and told[-1].stage == "登记并统计",
            progress=told.append,
        )
    assert told[-1].done == told[-1].total == 6009
    assert database.one("SELECT count(*) FROM pd.rating") == 0
    assert database.one("SELECT count(*) FROM pd.import_batch") == 0


_DIES = """
import os, signal, sys
from pathlib import Path
from app.database.engine import Store
from app.intake import commands
def die(progress):
    if progress.stage == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)
commands.load(Store(sys.argv[1]), Path(sys.argv[2]), progress=die)
"""


@pytest.mark.parametrize("stage", ["检查并写入", "登记并统计"])
def test_an_import_that_is_killed_leaves_nothing_half_done(database: Database, stage: str) -> None:
    path = sample("好差评评价明细_2026-10.xlsx")
    command = [
        sys.executable,
        "-c",
        _DIES,
        database.cluster.conninfo("officer", database.name),
        str(path),
        stage,
    ]
    done = subprocess.run(
        command, check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    )
    assert done.returncode == -signal.SIGKILL
    assert database.one("SELECT count(*) FROM pd.staging_rating") == 0
    assert database.one("SELECT count(*) FROM pd.rating") == 0
    assert counts(commands.load(database.store, path)) == (6000, 0, 0, 2, 5)
    assert database.one("SELECT count(*) FROM pd.staging_rating") == 0


def test_only_those_who_may_load(database: Database, tmp_path: Path) -> None:
    path = ratings_book(tmp_path / "a.xlsx", [rating()])
    for login in ("auditor", "bureau", "admin"):
        store = database.person(login)
        with pytest.raises(UserError):
            commands.load(store, path)
        store.close()
    assert database.one("SELECT count(*) FROM pd.rating") == 0


def test_every_load_is_an_event_without_anybodys_words(
    database: Database, load: Callable[..., ImportResult]
) -> None:
    load([rating(**BAD, 评价人员="杨秀敏")])
    (facts,) = database.rows("SELECT facts FROM pd.event WHERE action = 'import'")
    assert facts[0]["counts"]["inserted"] == 1
    assert (
        database.one(
            "SELECT count(*) FROM pd.event WHERE facts::text LIKE '%半个月%' OR facts::text LIKE '%秀敏%'"
        )
        == 0
    )
    assert database.rows("SELECT DISTINCT kind FROM pd.change WHERE kind <> 'people' ORDER BY 1") == [
        ("imports",),
        ("ratings",),
        ("tickets",),
    ]
