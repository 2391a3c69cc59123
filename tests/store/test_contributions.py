"""协办意见: what co-agencies say and bring, who sees it, and how it goes with the lead's submission."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from app.errors import UserError
from app.tickets import queries
from app.tickets.case_file import case_file
from app.tickets.contributions import Contribution, said_count, still_silent
from app.tickets.queries import TicketDetail
from models.rules.lifecycle import Action
from tests.databases import MONDAY, Database
from tests.files import PNG, pdf
from tests.store.acting import MATERIAL, act
from tests.store.test_attachments import attach, detach, read

LEAD, CO, SECOND_CO, STRANGER = "liaison-01", "liaison-02", "liaison-03", "liaison-04"


@pytest.fixture
def ticket(database: Database) -> int:
    """A ticket that 甲镇 rectifies with 乙镇 and 丙镇 beside it; 丁镇 has nothing to do with it."""
    database.freeze(MONDAY)
    for login, agency in ((LEAD, "甲镇"), (CO, "乙镇"), (SECOND_CO, "丙镇"), (STRANGER, "丁镇")):
        database.liaison(login, agency)
    made = database.ticket("甲镇")
    act(database, made, Action.VERIFY_AND_DISPATCH, lead="甲镇", co=("乙镇", "丙镇"))
    act(database, made, Action.ACKNOWLEDGE, login=LEAD)
    return made


def say(database: Database, ticket: int, words: str, login: str = CO) -> None:
    act(database, ticket, Action.CONTRIBUTE, login=login, reason=words)


def seen(database: Database, ticket: int, login: str) -> TicketDetail:
    store = database.person(login)
    try:
        with store.read() as connection:
            return queries.ticket(connection, ticket)
    finally:
        store.close()


def told(part: Contribution) -> tuple[object, ...]:
    return part.round, part.agency, part.text, tuple(f.name for f in part.files)


def test_the_latest_word_of_an_agency_counts_and_all_stay_on_the_time_line(
    database: Database, ticket: int
) -> None:
    say(database, ticket, "窗口已配合")
    database.freeze(MONDAY + timedelta(hours=1))
    say(database, ticket, "窗口已配合，材料清单已更新")
    detail = seen(database, ticket, LEAD)
    first, second = detail.contributions
    assert told(first) == (1, "乙镇", "窗口已配合，材料清单已更新", ())
    assert (first.by, first.at) == ("乙镇责任人", MONDAY + timedelta(hours=1))
    assert told(second) == (1, "丙镇", "", ()) and not second.given
    assert said_count(detail.contributions) == "1/2"
    assert still_silent(detail.contributions) == ("丙镇",)
    lines = [e.text for e in detail.time_line if e.action == "提供协办意见"]
    assert lines == ["乙镇：窗口已配合", "乙镇：窗口已配合，材料清单已更新"]
    facts = database.rows("SELECT facts - 'due_on' - 'text_hash' FROM pd.event WHERE action = 'contribute'")
    assert facts[0] == ({"round": 1, "agency": database.agency("乙镇")},)


def test_who_may_say_something_and_when(database: Database, ticket: int) -> None:
    with pytest.raises(UserError, match="须写明理由"):
        say(database, ticket, "  ")
    with pytest.raises(UserError, match="协办意见由协办单位提供"):
        say(database, ticket, "我们自己", LEAD)
    for outsider, code in ((STRANGER, "forbidden"), ("officer", "refused")):
        with pytest.raises(UserError) as error:
            say(database, ticket, "不是我们", outsider)
        assert error.value.code == code
    refused = dict(seen(database, ticket, LEAD).refused)
    assert "由协办单位提供" in refused[Action.CONTRIBUTE]
    act(database, ticket, Action.SUBMIT, login=LEAD, payload=MATERIAL)
    assert "须在“整改中”时" in dict(seen(database, ticket, CO).refused)[Action.CONTRIBUTE]
    with pytest.raises(UserError, match="不允许"):
        say(database, ticket, "太晚了")


def test_each_agency_has_its_own_files_and_its_own_limit(database: Database, ticket: int) -> None:
    lead = attach(database, ticket, "主办.png", PNG, LEAD)
    for number in range(20):
        attach(database, ticket, f"{number}.png", PNG + bytes([number]), CO)
    with pytest.raises(UserError, match="至多 20 个附件"):
        attach(database, ticket, "20.png", PNG + b"x", CO)
    co = attach(database, ticket, "协办.png", PNG, SECOND_CO)  # the lead has the same: neither is told
    with pytest.raises(UserError, match="内容相同的附件已经添加过（协办"):
        attach(database, ticket, "又一次.png", PNG, SECOND_CO)
    for file, login in ((lead, SECOND_CO), (co, LEAD), (co, CO)):
        with pytest.raises(UserError, match="附件由添加它的单位移除"):
            detach(database, file, login)
    detach(database, co, SECOND_CO)
    assert read(database, lead, LEAD) == PNG


def test_what_lies_ready_goes_with_the_submission_under_its_agency(database: Database, ticket: int) -> None:
    attach(database, ticket, "主办.png", PNG, LEAD)
    attach(database, ticket, "协办.pdf", pdf(), CO)
    say(database, ticket, "已配合，电话 13384382025")
    names = {login: [f.name for f in seen(database, ticket, login).attachments]
             for login in (LEAD, CO, SECOND_CO, "officer")}  # fmt: skip
    assert names == {LEAD: ["主办.png", "协办.pdf"], CO: ["协办.pdf"], SECOND_CO: [], "officer": []}
    act(database, ticket, Action.SUBMIT, login=LEAD, payload=MATERIAL)
    facts = database.one("SELECT facts FROM pd.event WHERE action = 'submit'")
    assert facts["attachments"] == [hashlib.sha256(content).hexdigest() for content in (PNG, pdf())]
    detail = seen(database, ticket, "officer")
    assert [(f.agency, f.name, f.version) for f in detail.attachments] == [
        ("甲镇", "主办.png", detail.rectifications[0].id), ("乙镇", "协办.pdf", detail.rectifications[0].id),
    ]  # fmt: skip
    assert told(detail.contributions[0])[3] == ("协办.pdf",)
    act(database, ticket, Action.RETURN_FOR_REWORK, reason="请补充")
    with pytest.raises(UserError, match="已随整改材料提交"):
        detach(database, detail.contributions[0].files[0].id, CO)
    attach(database, ticket, "补充.png", PNG + b"x", CO)
    act(database, ticket, Action.SUBMIT, login=LEAD, payload=MATERIAL)
    assert len(seen(database, ticket, "officer").contributions[0].files) == 2


def test_the_file_of_the_ticket_tells_them_by_agency_and_masked(database: Database, ticket: int) -> None:
    attach(database, ticket, "协办.pdf", pdf(), CO)
    say(database, ticket, "已配合，电话 13384382025")
    act(database, ticket, Action.SUBMIT, login=LEAD, payload=MATERIAL)
    store = database.person("officer")
    with store.read() as connection:
        document = case_file(connection, queries.ticket(connection, ticket), "中心")
    store.close()
    table = next(
        b for b in document.blocks if getattr(b, "columns", None) and b.columns[0].title == "协办单位"
    )
    assert table.rows == (
        ("乙镇", "乙镇责任人 2026年11月2日 09:00", "已配合，电话 133****2025", "协办.pdf"),
        ("丙镇", "—", "未提供", "—"),
    )


def visible(database: Database, login: str, ticket: int) -> tuple[int, ...]:
    """Events, words and files of a ticket that somebody reads with SQL of their own."""
    return database.raw(
        login,
        "SELECT (SELECT count(*) FROM pd.event WHERE ticket_id = %s AND action = 'contribute'),"
        " (SELECT count(*) FROM pd.event_text WHERE ticket_id = %s),"
        " (SELECT count(*) FROM pd.attachment WHERE ticket_id = %s)",
        ticket, ticket, ticket,
    )[0]  # fmt: skip


def test_strangers_and_former_co_agencies_see_nothing(database: Database, ticket: int) -> None:
    file = attach(database, ticket, "协办.pdf", pdf(), CO)
    say(database, ticket, "已配合")
    assert visible(database, CO, ticket) == visible(database, LEAD, ticket) == (1, 1, 1)
    act(database, ticket, Action.REDISPATCH, lead="丙镇", reason="改由丙镇主办")
    for login in (CO, LEAD, STRANGER):
        assert visible(database, login, ticket) == (0, 0, 0)
        for statement, value in (("SELECT pd.attachment_content(%s)", file), ("SELECT pd.detach(%s)", file)):
            with pytest.raises(psycopg.Error) as error:
                database.raw(login, statement, value)
            assert error.value.sqlstate == "PD003"
        with pytest.raises(UserError) as refused:
            attach(database, ticket, "迟到.png", PNG, login)
        assert refused.value.code == "forbidden"
    detail = seen(database, ticket, SECOND_CO)
    assert [(c.round, c.agency, c.current) for c in detail.contributions] == [(1, "乙镇", False)]
    assert said_count(detail.contributions) == "" and still_silent(detail.contributions) == ()
    act(database, ticket, Action.ACKNOWLEDGE, login=SECOND_CO)
    act(database, ticket, Action.SUBMIT, login=SECOND_CO, payload=MATERIAL)
    handed_in = "SELECT rectification_id FROM pd.attachment WHERE id = %s"
    assert database.one(handed_in, file) is None  # of a round that ended


def begun(database: Database, login: str) -> psycopg.Connection:
    return psycopg.connect(database.conninfo(login))


def submit(connection: psycopg.Connection, ticket: int, version: int) -> None:
    connection.execute("SELECT pd.act(%s, %s, 'submit', %s, %s)", (ticket, version, Jsonb(MATERIAL), uuid4()))


def bring(connection: psycopg.Connection, ticket: int) -> None:
    upload = uuid4()
    connection.execute("SELECT pd.attach_part(%s, 0, %s)", (upload, PNG))
    connection.execute("SELECT pd.attach(%s, %s, '协办.png')", (ticket, upload))


def waits(database: Database, login: str, work: Future[None]) -> None:
    """Until somebody stands behind another's lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND wait_event_type = 'Lock'"
    while not work.done() and not database.one(waiting, login):
        pass
    assert not work.done()


@pytest.mark.parametrize("first", ["file", "submission"])
def test_a_file_comes_before_or_after_a_submission_never_beside_it(
    database: Database, ticket: int, first: str
) -> None:
    """Whoever is second waits for the first: the file goes along, or is refused."""
    version = database.one("SELECT version FROM pd.ticket WHERE id = %s", ticket)
    with begun(database, LEAD) as lead, begun(database, CO) as co, ThreadPoolExecutor(1) as beside:
        if first == "file":
            bring(co, ticket)
            second = beside.submit(submit, lead, ticket, version)
            waits(database, LEAD, second)
            co.commit()
            second.result(10)
        else:
            submit(lead, ticket, version)
            second = beside.submit(bring, co, ticket)
            waits(database, CO, second)
            lead.commit()
            with pytest.raises(psycopg.Error, match="只有整改中的工单"):
                second.result(10)
    versions = [v for (v,) in database.rows("SELECT rectification_id IS NULL FROM pd.attachment")]
    assert versions == ([False] if first == "file" else [])
