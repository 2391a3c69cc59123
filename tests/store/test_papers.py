"""Numbers of papers: gapless within the year, taken with the act, the same at every reprint, never given twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from app.clock import SHANGHAI
from app.database.engine import Store
from app.documents.model import Document, Heading, Paragraph, Table
from app.errors import UserError
from app.registry.bodies import last_change, set_body
from app.registry.rows import Body, BodyKind
from app.tickets import papers as paperwork
from app.tickets.detail import ticket as detail_of
from app.tickets.papers import Paper
from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.store.acting import MATERIAL, act


@pytest.fixture
def desk(database: Database) -> Database:
    database.freeze(MONDAY)
    database.agency("甲镇")
    return database


def dispatched(desk: Database) -> int:
    ticket = desk.ticket("甲镇")
    act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    return ticket


def number(desk: Database, ticket: int, login: str = "officer") -> int:
    return int(desk.raw(login, "SELECT pd.number_dispatch(%s)", ticket)[0][0])


def papers(desk: Database, kind: str) -> list[tuple[Any, ...]]:
    return desk.rows("SELECT year, number, ticket_id FROM pd.paper WHERE kind = %s ORDER BY id", kind)


def test_a_dispatch_is_numbered_when_first_printed_and_then_keeps_it(desk: Database) -> None:
    first, second = dispatched(desk), dispatched(desk)
    assert [number(desk, t) for t in (second, first, second, first)] == [1, 2, 1, 2]
    assert papers(desk, "dispatch") == [(2026, 1, second), (2026, 2, first)]


def test_a_number_is_on_record_once(desk: Database) -> None:
    ticket = dispatched(desk)
    number(desk, ticket), number(desk, ticket)
    facts = desk.rows("SELECT facts FROM pd.event WHERE action = 'numbered' AND ticket_id = %s", ticket)
    assert facts == [({"paper": "dispatch", "year": 2026, "number": 1, "round": 1},)]


def test_a_number_taken_back_by_undo_is_not_given_again(desk: Database) -> None:
    ticket = dispatched(desk)
    number(desk, ticket)
    act(desk, ticket, Action.RECALL)
    with pytest.raises(psycopg.Error, match="还没有转办单"):
        number(desk, ticket)
    act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    assert number(desk, ticket) == 2


def test_each_supervision_has_its_number_with_the_act(desk: Database) -> None:
    ticket = dispatched(desk)
    for _ in range(2):
        act(desk, ticket, Action.SUPERVISE, reason="请三日内报结果")
    assert papers(desk, "supervise") == [(2026, 1, ticket), (2026, 2, ticket)]
    linked = "SELECT count(*) FROM pd.paper p JOIN pd.event e ON e.id = p.event_id AND e.action = 'supervise'"
    assert desk.one(linked) == 2


def test_a_repeated_command_takes_no_second_number(desk: Database) -> None:
    ticket = dispatched(desk)
    version, command = desk.one("SELECT version FROM pd.ticket WHERE id = %s", ticket), uuid4()
    for _ in range(2):
        act(desk, ticket, Action.SUPERVISE, reason="请速办", version=version, command_id=command)
    assert len(papers(desk, "supervise")) == 1


def test_what_fails_leaves_no_gap(desk: Database) -> None:
    ticket = dispatched(desk)
    with psycopg.connect(desk.conninfo("officer")) as connection:
        connection.execute("SELECT pd.number_dispatch(%s)", (ticket,))
        connection.rollback()
    assert number(desk, dispatched(desk)) == 1


def test_each_year_begins_with_one(desk: Database) -> None:
    number(desk, dispatched(desk))
    desk.freeze(datetime(2027, 1, 4, 9, tzinfo=SHANGHAI))
    assert number(desk, dispatched(desk)) == 1
    assert [row[:2] for row in papers(desk, "dispatch")] == [(2026, 1), (2027, 1)]


def test_a_year_begins_at_midnight_of_the_county(desk: Database) -> None:
    desk.freeze(datetime(2027, 1, 1, 0, 30, tzinfo=SHANGHAI))
    number(desk, dispatched(desk))
    desk.freeze(datetime(2027, 1, 1, 0, 0, tzinfo=SHANGHAI) - timedelta(minutes=1))
    number(desk, dispatched(desk))
    assert [row[0] for row in papers(desk, "dispatch")] == [2027, 2026]


def test_only_officers_number_and_agencies_read_what_is_theirs(desk: Database) -> None:
    mine, other = desk.liaison("jia", "甲镇"), desk.liaison("yi", "乙镇")
    ticket = dispatched(desk)
    with pytest.raises(psycopg.Error, match="permission denied"):
        number(desk, ticket, mine)
    number(desk, ticket)
    assert desk.raw(mine, "SELECT number FROM pd.paper") == [(1,)]
    assert desk.raw(other, "SELECT number FROM pd.paper") == []


def test_names_are_changed_by_the_head_alone_and_on_record(desk: Database) -> None:
    change = "SELECT pd.set_body('centre', ' 廉江市政务服务中心 ', '罗州街道1号', '0759-6600000')"
    with pytest.raises(psycopg.Error, match="只有中心负责人"):
        desk.raw("officer", change)
    desk.rows("UPDATE pd.app_user SET is_head = true WHERE login = 'officer'")
    desk.raw("officer", change)
    assert desk.one("SELECT name FROM pd.body WHERE kind = 'centre'") == "廉江市政务服务中心"
    assert (
        desk.one("SELECT count(*) FROM pd.event WHERE action = 'configured' AND facts ->> 'table' = 'body'")
        == 1
    )
    desk.raw("officer", change)
    assert desk.one("SELECT count(*) FROM pd.event WHERE facts ->> 'table' = 'body'") == 1
    for wrong in ("'centre', ' ', '', ''", "'centre', E'甲\\n乙', '', ''", "'nobody', '甲', '', ''"):
        with pytest.raises(psycopg.Error, match=r"请填写|没有这一类"):
            desk.raw("officer", f"SELECT pd.set_body({wrong})")


# --- what stands on them ------------------------------------------------------------------------------


def made(store: Store, ticket: int, paper: Paper) -> Document:
    with store.read() as connection:
        return paperwork.document(connection, ticket, paper)


def words(document: Document) -> str:
    parts = [document.title, document.number or "", document.addressee or ""]
    for block in document.numbered():
        if isinstance(block, Table):
            parts += [" ".join(row) for row in block.rows]
        elif isinstance(block, Heading | Paragraph):
            parts.append(block.text)
    return "\n".join(parts)


def test_a_dispatch_paper_names_who_what_and_until_when_and_masks_the_rater(desk: Database) -> None:
    ticket = dispatched(desk)
    with pytest.raises(UserError, match="还没有转办单"):
        made(desk.store, ticket, Paper.DISPATCH)
    with desk.store.write() as connection:
        paperwork.number_dispatch(connection, ticket)
    document = made(desk.store, ticket, Paper.DISPATCH)
    assert document.number == "转办〔2026〕1号"
    assert document.addressee == "甲镇"
    for said in ("社会保障卡申领", "材料反复要", "2026年11月16日24时", "杨** 133****2025"):
        assert said in words(document)
    assert "13384382025" not in words(document)
    assert document.signature is not None
    assert document.signature.name == "市政务服务中心"


def test_a_supervision_notice_carries_the_demand_and_says_how_late_it_is(desk: Database) -> None:
    ticket = dispatched(desk)
    desk.freeze(datetime(2026, 11, 18, 9, tzinfo=SHANGHAI))
    act(desk, ticket, Action.SUPERVISE, reason="请致电13912345678说明")
    said = words(made(desk.store, ticket, Paper.SUPERVISION))
    assert "督办〔2026〕1号" in said
    assert "至2026年11月18日已超期2个工作日" in said
    assert "请致电139****5678说明" in said


def test_each_of_several_notices_can_be_had_the_latest_first(desk: Database) -> None:
    ticket, other = dispatched(desk), dispatched(desk)
    for words_of_it in ("请速办", "再次督办"):
        act(desk, ticket, Action.SUPERVISE, reason=words_of_it)
    with desk.store.read() as connection:
        latest, first = detail_of(connection, ticket).notices
        assert [latest.number, first.number] == ["督办〔2026〕2号", "督办〔2026〕1号"]
        assert first.day == MONDAY.date()
        for notice, said in ((None, "再次督办"), (latest.id, "再次督办"), (first.id, "请速办")):
            assert said in words(paperwork.document(connection, ticket, Paper.SUPERVISION, notice))
        with pytest.raises(UserError, match="还没有督办通知"):
            paperwork.document(connection, other, Paper.SUPERVISION, first.id)


def test_the_file_holds_all_that_is_on_record(desk: Database) -> None:
    login = desk.liaison("jia", "甲镇")
    ticket = dispatched(desk)
    act(desk, ticket, Action.ACKNOWLEDGE, login=login)
    act(desk, ticket, Action.SUBMIT, login=login, payload=MATERIAL | {"measures": "已回电13384382025"})
    own = desk.person(login)
    for store in (desk.store, own):
        said = words(made(store, ticket, Paper.FILE))
        for part in (
            "一、评价情况",
            "二、转办和承办",
            "三、整改材料",
            "核实转办",
            "签收",
            "已回电133****2025",
            "日志链第",
        ):
            assert part in said
    own.close()


def test_a_paper_names_the_centre_as_it_is_called_when_the_paper_is_drawn(desk: Database) -> None:
    desk.rows("UPDATE pd.app_user SET is_head = true WHERE login = 'officer'")
    ticket = dispatched(desk)
    with desk.store.write() as connection:
        paperwork.number_dispatch(connection, ticket)
    before = made(desk.store, ticket, Paper.DISPATCH)
    renamed = Body(BodyKind.CENTRE, "廉江市政务服务中心", "", "0759-6600000")
    assert renamed.problem() is None
    assert replace(renamed, phone="转12").problem() is not None
    with desk.store.write() as connection:
        set_body(connection, renamed)
    after = made(desk.store, ticket, Paper.DISPATCH)
    assert (before.mark, after.mark) == ("市政务服务中心", "廉江市政务服务中心")
    assert before.number == after.number
    assert after.note == "联系电话：0759-6600000"
    with desk.store.read() as connection:
        changed = last_change(connection, Group.OFFICER)
        assert changed is not None and changed.at == MONDAY
        assert last_change(connection, Group.ADMIN) is None


def test_who_can_have_which_paper(desk: Database) -> None:
    ticket = desk.ticket("甲镇")
    with desk.store.read() as connection:
        pending = detail_of(connection, ticket)
    assert paperwork.why_not(Paper.DISPATCH, pending, Group.OFFICER) == "工单没有转办，还没有转办单。"
    assert paperwork.why_not(Paper.SUPERVISION, pending, Group.OFFICER) == "工单没有督办过。"
    assert paperwork.why_not(Paper.FILE, pending, Group.LIAISON) is None
    assert paperwork.why_not(Paper.DISPATCH, pending, Group.LIAISON) == "转办单由中心打印。"


def test_what_left_the_house_is_noted(desk: Database) -> None:
    with desk.store.write() as connection:
        paperwork.note_out(connection, 2, "a" * 64)
    facts = desk.one("SELECT facts FROM pd.event WHERE action = 'export'")
    assert facts == {"kind": "paper", "rows": 2, "hash": "a" * 64}
