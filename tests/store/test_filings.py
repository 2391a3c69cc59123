"""备案 (Art. 3, 25): filed, frozen, answered or cancelled; its report and its workbook."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import openpyxl
import psycopg
import pytest
from sqlalchemy import Connection

from app.documents.model import Paragraph, Table
from app.errors import UserError
from app.filings import commands, export, paper, queries
from app.filings.commands import Done, Draft
from app.filings.rows import FilingDetail, FilingFilter
from app.workspace import Person
from models.rules.filings import Kind, State, Step
from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.store import loads
from tests.store.acting import MATERIAL, act

T = TypeVar("T")
MONTH = date(2026, 11, 1)
ITEM = "=HYPERLINK(1)"


@pytest.fixture
def desk(database: Database) -> Database:
    """Two corrected appeals of 甲镇, decided in November; two rectified tickets."""
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    with loads.connect(database) as connection:
        loads.ratings(
            connection,
            *(
                {"case_number": f"B{n}", "level": 1, "rated_at": MONDAY.replace(hour=n + 1), "item": ITEM}
                for n in range(2)
            ),
        )
    for number, rating in database.rows("SELECT row_number() OVER (ORDER BY id), id FROM pd.rating"):
        _appeal(database, rating, number)
    for _ in range(2):
        ticket = database.ticket(item=ITEM)
        act(database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
        act(database, ticket, Action.ACKNOWLEDGE, login="liaison-01")
        act(database, ticket, Action.SUBMIT, login="liaison-01", payload=MATERIAL)
        act(database, ticket, Action.APPROVE)
    return database


def _appeal(database: Database, rating: int, number: int) -> None:
    ticket = database.one("SELECT id FROM pd.ticket WHERE rating_id = %s", rating)
    act(database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    facts = {"rating": rating, "appellant": "林海", "statement": "点错了"}
    made = database.raw(
        "liaison-01", "SELECT pd.file_appeal(%s::jsonb, gen_random_uuid())", json.dumps(facts)
    )[0][0]
    for login, action, payload in (
        ("liaison-01", "appeal_uphold", {"finding": "mistaken", "level": 5, "text": "核实为误评"}),
        (
            "officer",
            "appeal_correct",
            {"text": f"同意修正，致电 1338438202{number} 核实", "withdraw_ticket": True},
        ),
    ):
        database.raw(
            login, "SELECT pd.act_appeal(%s, (SELECT version FROM pd.appeal WHERE id = %s), %s, %s::jsonb, gen_random_uuid())",
            made["appeal"], made["appeal"], action, json.dumps(payload),
        )  # fmt: skip


def run(database: Database, login: str, work: Callable[[Connection], T]) -> T:
    store = database.person(login)
    try:
        with store.write() as connection:
            return work(connection)
    finally:
        store.close()


def offered(database: Database, kind: Kind) -> tuple[int, ...]:
    return tuple(
        one.id for one in run(database, "officer", lambda c: queries.candidates(c, kind, MONTH, MONTH))
    )


def make(database: Database, kind: Kind, ids: tuple[int, ...], *, command: UUID | None = None) -> Done:
    draft = Draft(kind, MONTH, MONTH, ids, "电话 13384382025 已核")
    return run(database, "officer", lambda c: commands.make(c, draft, command_id=command or uuid4()))


def step(database: Database, login: str, done: Done, what: Step, words: str | None = None) -> Done:
    return run(database, login, lambda c: commands.act(c, done.filing, done.version, what, words=words))


def seen(database: Database, done: Done, login: str = "bureau") -> FilingDetail:
    group = Group(login) if login in {g.value for g in Group} else Group.LIAISON
    return run(database, login, lambda c: queries.filing(c, done.filing, group=group))


def states(database: Database) -> list[Any]:
    return [state for (state,) in database.rows("SELECT state FROM pd.appeal ORDER BY id")]


def test_some_are_filed_the_bureau_returns_and_answers(desk: Database) -> None:
    first, second = offered(desk, Kind.CORRECTIONS)
    command = uuid4()
    done = make(desk, Kind.CORRECTIONS, (first,), command=command)
    assert make(desk, Kind.CORRECTIONS, (first,), command=command).filing == done.filing
    assert (done.number, done.state, states(desk)) == (
        "备案〔2026〕1号",
        State.FILED,
        ["recorded", "corrected"],
    )
    assert offered(desk, Kind.CORRECTIONS) == (second,)
    with pytest.raises(UserError) as stale:
        make(desk, Kind.CORRECTIONS, (first, second))
    assert stale.value.code == "stale"
    assert seen(desk, done).allowed == (Step.RECEIVE, Step.RETURN)
    received = step(desk, "bureau", done, Step.RECEIVE)
    with pytest.raises(UserError) as stale:
        step(desk, "bureau", done, Step.RETURN, "补充")
    assert stale.value.code == "stale"
    with pytest.raises(UserError, match="写明"):
        step(desk, "bureau", received, Step.RETURN, "  ")
    again = step(
        desk, "officer", step(desk, "bureau", received, Step.RETURN, "请补充依据"), Step.RESUBMIT, "依据已补"
    )
    end = step(desk, "bureau", step(desk, "bureau", again, Step.RECEIVE), Step.ANSWER)
    detail = seen(desk, end, "officer")
    assert (detail.row.state, detail.allowed, detail.remark, detail.explanation) == (
        State.ANSWERED, (), "请补充依据", "依据已补",
    )  # fmt: skip
    assert [one.action for one in detail.steps] == [
        "准予备案", "接收", "说明后重报", "退回", "接收", "报送备案",
    ]  # fmt: skip


def test_cancelling_lets_the_appeals_be_filed_again(desk: Database) -> None:
    ids = offered(desk, Kind.CORRECTIONS)
    done = step(desk, "officer", make(desk, Kind.CORRECTIONS, ids), Step.CANCEL, "报错了月份")
    assert (states(desk), offered(desk, Kind.CORRECTIONS)) == (["corrected"] * 2, ids)
    assert (run(desk, "officer", queries.unfiled), run(desk, "officer", queries.first_unfiled)) == (2, MONTH)
    assert make(desk, Kind.CORRECTIONS, ids).number == "备案〔2026〕2号"
    assert seen(desk, done).lines  # what was filed stays on file


def test_what_is_filed_does_not_change_by_later_acts(desk: Database) -> None:
    ids = offered(desk, Kind.RECTIFICATIONS)
    done = make(desk, Kind.RECTIFICATIONS, ids)
    before = seen(desk, done)
    assert offered(desk, Kind.RECTIFICATIONS) == ()
    act(desk, ids[0], Action.UNAPPROVE, reason="复核")
    act(desk, ids[0], Action.RETURN_FOR_REWORK, reason="措施不实")
    act(desk, ids[0], Action.SUBMIT, login="liaison-01", payload=MATERIAL | {"measures": "另外的措施"})
    desk.rows("UPDATE pd.agency SET name = '改名镇' WHERE name = '甲镇'")
    desk.rows("UPDATE pd.service_item SET name = '改名事项'")
    after = seen(desk, done)
    assert after == before and after.intact
    desk.rows('UPDATE pd.filing_line SET facts = facts || \'{"agency": "乙镇"}\' WHERE line = 1')
    assert not seen(desk, done).intact  # and whoever changes it all the same is found out


def test_the_report_and_the_workbook_show_the_lines_masked(desk: Database, tmp_path: Path) -> None:
    done = make(desk, Kind.CORRECTIONS, offered(desk, Kind.CORRECTIONS))
    report = run(desk, "bureau", lambda c: paper.document(c, done.filing))
    assert (report.title, report.number, report.addressee) == (
        "关于报送2026年11月\n评价修正情况的备案报告", "备案〔2026〕1号", run(desk, "bureau", lambda c: _bureau(c)),
    )  # fmt: skip
    said = "".join(block.text for block in report.blocks if isinstance(block, Paragraph))
    assert "第二十五条" in said and "误评2条；按“非常满意”计2条" in said and "133****2025" in said
    (annex,) = report.annexes
    (table,) = annex.blocks
    assert annex.landscape and isinstance(table, Table) and table.headed and len(table.rows) == 2
    everything = said + str(table.rows)
    assert not [one for one in ("13384382021", "13384382022", "13384382025") if one in everything]
    seal = next(block for block in report.blocks if isinstance(block, Table))
    assert dict(seal.rows)["内容校验码（SHA-256）"] == seen(desk, done).lines_hash
    target = tmp_path / "备案.xlsx"
    written = _export(desk, target, done.filing)
    sheet = openpyxl.load_workbook(target)["评价修正"]
    assert (written.rows, sheet.max_row, sheet["D5"].value, sheet["D5"].data_type) == (2, 6, f"'{ITEM}", "s")
    assert (
        desk.one("SELECT facts ->> 'hash' FROM pd.event WHERE action = 'export' ORDER BY id DESC LIMIT 1")
        == written.sha256
    )


def _bureau(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT name FROM body WHERE kind = 'bureau'").scalar())


class _Space:
    """An open database as the bureau."""

    def __init__(self, database: Database) -> None:
        self.store = database.person("bureau")
        self.person = Person("bureau", "张敏", Group.BUREAU, None, None, False)
        self.read, self.write = self.store.read, self.store.write


def _export(database: Database, target: Path, number: int) -> Any:
    space = _Space(database)
    try:
        return export.export(space, target, number)
    finally:
        space.store.close()


def test_only_the_centre_and_the_bureau_read_filings(desk: Database) -> None:
    done = make(desk, Kind.RECTIFICATIONS, offered(desk, Kind.RECTIFICATIONS))
    assert run(desk, "bureau", lambda c: queries.waiting(c, group=Group.BUREAU)) == 1
    for sought, number in (("甲镇", 1), (done.number, 1), ("乙镇", 0)):
        found = run(desk, "bureau", lambda c, s=sought: queries.counts(c, FilingFilter(search=s)))  # type: ignore[misc]
        assert (
            found.matching,
            len(run(desk, "bureau", lambda c, s=sought: queries.page(c, FilingFilter(search=s))).rows),
        ) == (number, number)  # type: ignore[misc]
    for login in ("liaison-01", "auditor", "admin"):
        with pytest.raises(psycopg.Error):
            desk.raw(login, "SELECT * FROM pd.filing")
    with pytest.raises(psycopg.Error, match="permission denied"):
        desk.raw("bureau", "SELECT pd.to_file('corrections', '2026-11-01', '2026-11-01')")
