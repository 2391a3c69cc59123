"""The one door: who may take which step, with what, and what it leaves on record (rules §2)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from app.errors import UserError
from app.tickets import queries
from app.tickets.queries import Order, TicketFilter, Waiting
from app.workspace import Person
from models.rules.lifecycle import Action, State
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.store.acting import CLOSED, MATERIAL, act

OFFICER = Person("officer", "李伟", Group.OFFICER, None, None, False)


@pytest.fixture
def desk(database: Database) -> Database:
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    database.liaison("liaison-02", "乙镇")
    return database


def test_a_ticket_travels_from_verification_to_its_close(desk: Database) -> None:
    ticket = desk.ticket()
    sent = act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇", co=["乙镇"])
    assert (sent.state, sent.due_on) == (State.DISPATCHED, date(2026, 11, 16))
    act(desk, ticket, Action.ACKNOWLEDGE, login="liaison-01")
    act(desk, ticket, Action.SUBMIT, login="liaison-01", payload=MATERIAL)
    act(desk, ticket, Action.APPROVE)
    act(desk, ticket, Action.REPORT)
    closed = act(desk, ticket, Action.CONFIRM_CLOSED, payload=CLOSED)
    assert closed.state is State.CLOSED
    events = desk.rows("SELECT action, source, target FROM pd.event WHERE ticket_id = %s ORDER BY id", ticket)
    assert [e[0] for e in events] == [
        "verify_and_dispatch", "acknowledge", "submit", "approve", "report", "confirm_closed"
    ]  # fmt: skip
    assert all(one[2] == two[1] for one, two in zip(events, events[1:], strict=False))


def test_what_an_appeal_took_out_is_greyed_and_refused(desk: Database) -> None:
    ticket, slip = desk.ticket(), desk.ticket()
    desk.rows("SELECT pd.withdraw_ticket(%s, '申诉成立')", ticket)
    act(desk, slip, Action.REJECT, reason="误判", reason_code="other")
    with desk.store.read() as connection:
        rows = {r.id: r for r in queries.page(connection, TicketFilter(), person=OFFICER).rows}
        refused = dict(queries.ticket(connection, ticket).refused)
        assert Action.RESTORE in queries.ticket(connection, slip).allowed
    assert (rows[ticket].withdrawn, rows[slip].withdrawn) == (True, False)
    assert refused[Action.RESTORE] == "工单因申诉成立而撤销，不能恢复"
    with pytest.raises(UserError, match="不能恢复"):
        act(desk, ticket, Action.RESTORE, reason="误操作")


def test_a_slip_is_taken_back_until_the_lead_has_signed(desk: Database) -> None:
    ticket = desk.ticket("乙镇")
    act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    assert act(desk, ticket, Action.RECALL).due_on is None
    row = desk.rows(
        "SELECT holder_id = agency_id, received_on, runs_until FROM pd.ticket WHERE id = %s", ticket
    )
    assert row == [(True, None, None)]
    act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    act(desk, ticket, Action.ACKNOWLEDGE, login="liaison-01")
    with pytest.raises(UserError, match="不允许"):
        act(desk, ticket, Action.RECALL)


def test_insisting_never_stops_the_clock_and_a_new_dispatch_starts_another(desk: Database) -> None:
    ticket = desk.ticket()
    due = act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇").due_on
    act(desk, ticket, Action.DECLINE, login="liaison-01", reason="不属于本单位职责")
    desk.freeze(MONDAY + timedelta(days=2))
    assert act(desk, ticket, Action.INSIST, reason="经核实属你单位").due_on == due
    act(desk, ticket, Action.DECLINE, login="liaison-01", reason="仍不属于")
    again = act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="乙镇")
    assert again.due_on == date(2026, 11, 18)
    rounds = desk.rows(
        "SELECT round, ended_by, used_days, current FROM pd.assignment WHERE ticket_id = %s ORDER BY 1",
        ticket,
    )
    assert rounds == [(1, "decline", 2, False), (2, None, None, True)]
    with pytest.raises(UserError, match="退单"):
        other = desk.ticket()
        act(desk, other, Action.INSIST, reason="没有退过单")


def test_rework_has_its_own_date_and_leaves_the_first_one(desk: Database) -> None:
    ticket = desk.ticket()
    due = act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇").due_on
    act(desk, ticket, Action.ACKNOWLEDGE, login="liaison-01")
    act(desk, ticket, Action.SUBMIT, login="liaison-01", payload=MATERIAL)
    assert desk.one("SELECT report_due_on FROM pd.ticket WHERE id = %s", ticket) == date(2026, 11, 9)
    back = act(desk, ticket, Action.RETURN_FOR_REWORK, reason="没有写明如何告知")
    assert back.due_on == due
    kept = desk.rows("SELECT rework_due_on, runs_until, report_due_on FROM pd.ticket WHERE id = %s", ticket)
    assert kept == [(date(2026, 11, 5), date(2026, 11, 5), None)]


def test_material_must_be_whole(desk: Database) -> None:
    ticket = desk.ticket()
    act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    act(desk, ticket, Action.ACKNOWLEDGE, login="liaison-01")
    with pytest.raises(UserError, match="整改措施、单位审核人"):
        act(
            desk,
            ticket,
            Action.SUBMIT,
            login="liaison-01",
            payload=MATERIAL | {"measures": " ", "reviewed_by": ""},
        )
    with pytest.raises(UserError, match="联系不上"):
        act(
            desk,
            ticket,
            Action.SUBMIT,
            login="liaison-01",
            payload=MATERIAL | {"feedback": {"reached": False}},
        )
    away = MATERIAL | {"feedback": {"reached": False, "attempts": 3}}
    assert act(desk, ticket, Action.SUBMIT, login="liaison-01", payload=away).state is State.SUBMITTED


def test_only_the_lead_signs_the_co_agency_reads(desk: Database) -> None:
    ticket = desk.ticket()
    act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇", co=["乙镇"])
    with pytest.raises(UserError, match="主办单位"):
        act(desk, ticket, Action.ACKNOWLEDGE, login="liaison-02")
    store = desk.person("liaison-02")
    with store.read() as connection:
        detail = queries.ticket(connection, ticket)
    store.close()
    assert (detail.row.agency, detail.row.co_agencies) == ("甲镇", ("乙镇",))
    assert Action.ANNOTATE in detail.allowed
    assert (Action.ACKNOWLEDGE, "由主办单位办理") in detail.refused


def test_two_people_on_one_ticket_the_second_is_told(desk: Database) -> None:
    ticket = desk.ticket()
    act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇", version=1)
    with pytest.raises(UserError) as told:
        act(desk, ticket, Action.REJECT, reason="重复", version=1)
    assert told.value.code == "stale"


def test_what_was_confirmed_happened_once(desk: Database) -> None:
    ticket, command = desk.ticket(), uuid4()
    first = act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇", command_id=command, version=1)
    again = act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇", command_id=command, version=1)
    assert first == again
    assert desk.one("SELECT count(*) FROM pd.event WHERE ticket_id = %s", ticket) == 1


@pytest.mark.parametrize("action", [Action.REJECT, Action.ANNOTATE])
def test_some_acts_need_a_reason(desk: Database, action: Action) -> None:
    with pytest.raises(UserError, match="理由"):
        act(desk, desk.ticket(), action, reason="  ")


def test_an_unknown_agency_reason_or_ticket_is_a_sentence(desk: Database) -> None:
    ticket = desk.ticket()
    with pytest.raises(UserError, match="名录中没有“丙镇”"):
        act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="丙镇")
    with pytest.raises(UserError, match="主办单位"):
        act(desk, ticket, Action.VERIFY_AND_DISPATCH)
    with pytest.raises(UserError, match="相同"):
        act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇", co=["甲镇"])
    with pytest.raises(UserError, match="列表"):
        act(desk, ticket, Action.REJECT, reason="重复", reason_code="dislike")
    with pytest.raises(UserError, match="没有这张工单"):
        act(desk, 999_999, Action.REJECT, reason="重复", version=1)


def test_words_stay_out_of_the_events(desk: Database) -> None:
    ticket = desk.ticket()
    act(desk, ticket, Action.REJECT, reason="与四月的工单重复", reason_code="duplicate")
    facts = desk.one("SELECT facts FROM pd.event WHERE ticket_id = %s", ticket)
    assert facts["reason_code"] == "duplicate" and len(facts["text_hash"]) == 64
    assert "四月" not in str(facts)
    with desk.store.read() as connection:
        last = queries.ticket(connection, ticket).time_line[-1]
    assert last.action == "不予转办" and last.text == "重复；与四月的工单重复"


def test_a_figure_of_the_desk_equals_its_list(desk: Database) -> None:
    for number in range(7):
        ticket = desk.ticket("甲镇" if number % 2 else "乙镇")
        if number > 2:
            act(desk, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
        if number > 4:
            act(desk, ticket, Action.ACKNOWLEDGE, login="liaison-01")
    desk.freeze(MONDAY + timedelta(days=21))
    agency_id = desk.agency("甲镇")
    liaison = Person("liaison-01", "", Group.LIAISON, agency_id, "甲镇", False)
    for person, login in ((OFFICER, "officer"), (liaison, "liaison-01")):
        store = desk.person(login)
        with store.read() as connection:
            for waiting in Waiting:
                wanted = TicketFilter(waiting=waiting)
                rows = queries.page(connection, wanted, person=person, limit=3)
                seen = list(rows.rows)
                while rows.next:
                    rows = queries.page(connection, wanted, person=person, after=rows.next, limit=3)
                    seen += rows.rows
                assert (
                    len({r.id for r in seen}) == len(seen) == queries.count(connection, wanted, person=person)
                )
            overdue = queries.page(
                connection, TicketFilter(waiting=Waiting.OVERDUE), person=person, order=Order.DEADLINE
            )
            assert [r.days_left for r in overdue.rows] == [-5] * 4
        store.close()


def test_searching_finds_chinese_words_numbers_and_initials(desk: Database) -> None:
    desk.ticket(item="老年人优待证办理")
    desk.ticket(item="食品经营许可")
    with desk.store.read() as connection:

        def found(words: str) -> int:
            return queries.count(connection, TicketFilter(search=words), person=OFFICER)

        assert [found("优待证"), found("食品 甲镇"), found("许"), found("可食"), found("不存在"), found("甲 镇")] == [
            1, 1, 1, 0, 0, 2
        ]  # fmt: skip
        assert found("'; DROP TABLE --") == found("\\") == found("% _") == 0
        assert found("a\\b") == 0


def test_the_proposal_follows_history(desk: Database) -> None:
    desk.liaison("liaison-03", "市公安局")
    for _ in range(2):
        act(desk, desk.ticket(item="居住证申领"), Action.VERIFY_AND_DISPATCH, lead="市公安局")
    ticket, another = desk.ticket(item="居住证申领"), desk.ticket(item="婚姻登记预约")
    with desk.store.read() as connection:
        proposal = queries.propose_dispatch(connection, ticket)
        other = queries.propose_dispatch(connection, another)
    assert (proposal.agency, proposal.why) == ("市公安局", "同类工单 2 件由其承办")
    assert (other.agency, other.due_on, other.days[-1].day) == (
        "甲镇",
        date(2026, 11, 16),
        date(2026, 11, 16),
    )
