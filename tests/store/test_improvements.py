"""限期整改 (Guide 8.1.2): numbered, due, answered and checked through two doors; other agencies' stay out of sight."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import product
from typing import TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest

from app.desk import notices
from app.desk import queries as desk_queries
from app.desk.notices import DueOrder, Threshold
from app.errors import UserError
from app.improvements import commands, queries
from app.improvements.commands import Done, Draft
from app.improvements.queries import OrderDetail, OrderFilter
from app.workspace import Person
from models.rules.improvements import MOVES, Figures, State, Step, allowed, following, needs_text
from models.rules.people import Group
from tests.databases import MONDAY, Database

T = TypeVar("T")
OCTOBER = date(2026, 10, 1)
ITEM = "社会保障卡申领"
DRAFT = Draft("甲镇", ITEM, OCTOBER, OCTOBER, "社保卡申领差评较多", "请查明原因，限期整改。", 10)
OFFICER = Person("officer", "李伟", Group.OFFICER, None, None, False)
LIAISON = Person("liaison-01", "甲镇责任人", Group.LIAISON, 1, "甲镇", False)
GROUPS = {"officer": Group.OFFICER, "liaison-01": Group.LIAISON, "liaison-02": Group.LIAISON}


@pytest.fixture
def desk(database: Database) -> Database:
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    database.liaison("liaison-02", "乙镇")
    for days in (3, 5):
        database.ticket(opened=MONDAY - timedelta(days=days), item=ITEM)
    database.ticket("乙镇", opened=MONDAY - timedelta(days=3), item=ITEM)
    return database


def run(desk: Database, login: str, work: Callable[..., T]) -> T:
    store = desk.person(login)
    try:
        with store.write() as connection:
            return work(connection)
    finally:
        store.close()


def issue(
    desk: Database, draft: Draft = DRAFT, *, login: str = "officer", command: UUID | None = None
) -> Done:
    return run(desk, login, lambda c: commands.issue(c, draft, command_id=command or uuid4()))


def act(desk: Database, order: int, step: Step, *, login: str = "officer", version: int | None = None,
        words: str | None = "一句话") -> Done:  # fmt: skip
    now = version or desk.one("SELECT version FROM pd.improvement_order WHERE id = %s", order)
    return run(desk, login, lambda c: commands.act(c, order, now, step, words=words))


def seen(desk: Database, order: int, login: str = "officer") -> OrderDetail:
    return run(desk, login, lambda c: queries.order(c, order))


def test_an_order_is_issued_answered_returned_and_accepted(desk: Database) -> None:
    made = issue(desk)
    assert (made.number, made.state, made.due_on) == ("限改〔2026〕1号", State.ISSUED, date(2026, 11, 16))
    detail = seen(desk, made.order, "liaison-01")
    assert detail.basis == Figures(OCTOBER, OCTOBER, 0, 0, 2, (("108", 2),))
    assert (detail.row.days_left, detail.allowed, len(detail.labels)) == (10, (Step.ANSWER,), 1)
    assert detail.after == Figures(date(2026, 11, 1), date(2026, 11, 1), 0, 0, 0)
    assert sum(day.counts for day in detail.days) == 10 and detail.days[-1].day == made.due_on
    act(desk, made.order, Step.ANSWER, login="liaison-01", words="已培训窗口人员")
    act(desk, made.order, Step.RETURN, words="请写明培训的时间")
    back = seen(desk, made.order)
    assert (back.row.state, back.row.due_on, back.row.answered_on) == (State.ISSUED, made.due_on, None)
    desk.freeze(MONDAY + timedelta(days=15))
    act(desk, made.order, Step.ANSWER, login="liaison-01", words="11月10日培训")
    assert act(desk, made.order, Step.ACCEPT, words=None).state is State.ACCEPTED
    detail = seen(desk, made.order)
    assert detail.row.is_late and detail.answer == "11月10日培训" and detail.allowed == ()
    assert [s.action for s in detail.steps] == [
        "下达限期整改", "报告整改情况", "整改退回", "报告整改情况", "整改核查通过"
    ]  # fmt: skip
    facts = desk.rows("SELECT facts::text FROM pd.event WHERE action LIKE 'improvement%%'")
    assert len(facts) == 5 and not any("培训" in f for (f,) in facts)
    assert "text_hash" in facts[0][0]
    assert desk.one("SELECT count(*) FROM pd.change WHERE kind = 'improvements'") == 5


def test_numbers_have_no_gaps_and_a_command_issues_once(desk: Database) -> None:
    command = uuid4()
    first = issue(desk, command=command)
    assert issue(desk, replace(DRAFT, subject="再来一次"), command=command) == first
    with pytest.raises(UserError, match="没有“丙镇”"):
        issue(desk, replace(DRAFT, agency="丙镇"))
    assert issue(desk, replace(DRAFT, item=None)).number == "限改〔2026〕2号"
    desk.freeze(MONDAY.replace(year=2027, month=1, day=4))
    assert issue(desk).number == "限改〔2027〕1号"


def test_the_figures_of_an_agency_are_those_of_the_tally(desk: Database) -> None:
    agency = desk.agency("甲镇")
    desk.rows(
        "INSERT INTO pd.tally (day, monthly, agency_id, platform, hall_id, level_5, level_2, level_1)"
        " VALUES ('2026-10-31', false, %s, 'hall', 0, 5, 2, 1), ('2026-11-01', false, %s, 'hall', 0, 9, 0, 0)",
        agency, agency,
    )  # fmt: skip
    figures = seen(desk, issue(desk, replace(DRAFT, item=None)).order, "liaison-01").basis
    assert figures is not None and (figures.ratings, figures.bad, figures.bad_rate) == (8, 3, 37.5)
    assert seen(desk, issue(desk, replace(DRAFT, item=None)).order).after == Figures(
        date(2026, 11, 1), date(2026, 11, 1), 9, 0, 0
    )
    desk.rows("UPDATE pd.tally SET level_1 = 7 WHERE agency_id = %s AND day = '2026-11-01'", agency)
    statement = "SELECT pd.improvement_figures(%s, NULL, '2026-10-01', '2026-11-01')"
    now = desk.raw("officer", statement, agency)[0][0]
    assert (now["ratings"], now["bad"], now["tickets"]) == (24, 10, 2)
    desk.raw("officer", "SELECT pd.close_month('2026-10-01', '')")
    desk.rows("UPDATE pd.tally SET level_1 = 9 WHERE agency_id = %s AND day >= '2026-11-01'", agency)
    desk.rows("INSERT INTO pd.tally (day, monthly, agency_id, platform, hall_id, level_1) VALUES ('2026-10-02', false, %s,"
              " 'hall', 0, 99)", agency)  # fmt: skip
    closed = desk.raw("officer", statement, agency)[0][0]
    assert (closed["ratings"], closed["bad"]) == (26, 12)
    assert following(date(2026, 10, 1), date(2026, 12, 1)) == (date(2027, 1, 1), date(2027, 3, 1))


def test_other_agencies_see_nothing_of_it(desk: Database) -> None:
    made = issue(desk)
    with pytest.raises(UserError, match="无权查看"):
        seen(desk, made.order, "liaison-02")
    for table in ("improvement_order", "improvement_step"):
        assert desk.raw("liaison-02", f"SELECT count(*) FROM pd.{table}") == [(0,)]
        assert desk.raw("liaison-01", f"SELECT count(*) FROM pd.{table}") == [(1,)]
    assert run(desk, "liaison-02", lambda c: queries.counts(c, OrderFilter())).matching == 0
    for search in ("限改〔2026〕1号", "限改1号", "甲镇", "社保卡"):
        found = run(desk, "officer", lambda c, s=search: queries.page(c, OrderFilter(search=s)))
        assert [row.id for row in found.rows] == [made.order]
        assert not run(desk, "liaison-02", lambda c, s=search: queries.page(c, OrderFilter(search=s))).rows


def test_counts_and_filters_agree(desk: Database) -> None:
    late, soon, done = (issue(desk, replace(DRAFT, days=days)).order for days in (1, 3, 5))
    act(desk, done, Step.CANCEL, words="重复")
    desk.freeze(MONDAY + timedelta(days=2))
    counts = run(desk, "liaison-01", lambda c: queries.counts(c, OrderFilter(state=State.ISSUED)))
    assert (counts.matching, counts.overdue, counts.soon) == (2, 1, 1)
    assert counts.states == {State.ISSUED: 2, State.CANCELLED: 1}
    told = run(desk, "officer", lambda c: notices.found(c, OFFICER, ((time(0), time(23, 59)),)))
    assert told is not None and [(one.order, one.threshold) for one in told if isinstance(one, DueOrder)] == [
        (soon, Threshold.SOON), (late, Threshold.OVERDUE)
    ]  # fmt: skip
    lines = [run(desk, p.login, lambda c, p=p: desk_queries.orders(c, person=p)) for p in (OFFICER, LIAISON)]
    of_orders = [[line for line in mine if isinstance(line.filter, OrderFilter)] for mine in lines]
    assert [[(line.count, line.filter) for line in mine] for mine in of_orders] == [
        [(1, OrderFilter(overdue=True)), (0, OrderFilter(state=State.ANSWERED))],
        [(1, OrderFilter(overdue=True)), (2, OrderFilter(state=State.ISSUED))],
    ]
    for wanted, ids in (
        (OrderFilter(overdue=True), [late]), (OrderFilter(soon=True), [soon]), (OrderFilter(), [done, soon, late]),
    ):  # fmt: skip
        page = run(desk, "officer", lambda c, w=wanted: queries.page(c, w, limit=2))
        rest = (
            run(desk, "officer", lambda c, w=wanted, a=page.next: queries.page(c, w, after=a)).rows
            if page.next
            else ()
        )
        assert [row.id for row in page.rows + rest] == ids


def test_what_is_prepared_is_what_is_issued(desk: Database) -> None:
    asked = queries.Proposal("甲镇", ITEM, OCTOBER, OCTOBER)
    before = run(desk, "officer", lambda c: queries.prepare(c, asked, 10))
    made = issue(desk)
    detail = seen(desk, made.order)
    assert (before.figures, before.due_on, before.days) == (detail.basis, made.due_on, detail.days)
    assert run(desk, "officer", lambda c: queries.items_of(c, "甲镇", OCTOBER, OCTOBER)) == (ITEM,)
    nobody = run(desk, "officer", lambda c: queries.prepare(c, replace(asked, agency=None), 10))
    assert nobody.figures is None and nobody.due_on == made.due_on


def facts(desk: Database, **over: object) -> str:
    made = {"agency": desk.agency("甲镇"), "first": "2026-10-01", "last": "2026-10-01", "subject": "甲", "proposal": "乙",
            "days": 5}  # fmt: skip
    return json.dumps(made | over, ensure_ascii=False)


def test_the_door_of_issuing_refuses(desk: Database) -> None:
    statement = "SELECT pd.issue_improvement(%s, gen_random_uuid())"
    for login in ("liaison-01", "bureau", "admin", "auditor"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            desk.raw(login, statement, facts(desk))
    for wrong in (
        {"agency": 0}, {"agency": None}, {"agency": "甲镇"}, {"item": 0}, {"days": 0}, {"days": 61}, {"days": None},
        {"subject": " \u3000"}, {"subject": "长" * 61}, {"proposal": "\u200b"}, {"proposal": "长" * 3001},
        {"first": "2026-10-02"}, {"first": "2026-11-01"}, {"first": None}, {"last": "十月"}, {"last": "infinity"},
    ):  # fmt: skip
        with pytest.raises(psycopg.ProgrammingError) as refused:
            desk.raw("officer", statement, facts(desk, **wrong))
        assert refused.value.sqlstate == "PD001", wrong
    with pytest.raises(psycopg.ProgrammingError, match="不完整"):
        desk.raw("officer", "SELECT pd.issue_improvement(%s, NULL)", facts(desk))
    made = desk.raw("officer", statement, facts(desk, basis={"bad": 999, "words": "原话"}))[0][0]
    kept = desk.one("SELECT basis FROM pd.improvement_order WHERE id = %s", made["order"])
    assert kept["bad"] == 0 and "words" not in kept


def test_figures_are_shown_to_whom_they_concern(desk: Database) -> None:
    statement = "SELECT pd.improvement_figures(%s, NULL, '2026-10-01', '2026-10-01') ->> 'tickets'"
    for login in ("officer", "bureau", "liaison-01"):
        assert desk.raw(login, statement, desk.agency("甲镇")) == [("2",)]
    with pytest.raises(psycopg.ProgrammingError) as foreign:
        desk.raw("liaison-02", statement, desk.agency("甲镇"))
    assert foreign.value.sqlstate == "PD003"
    for login in ("admin", "auditor"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            desk.raw(login, statement, desk.agency("甲镇"))


def test_the_database_and_the_rules_allow_the_same_moves(desk: Database) -> None:
    """Every state, step and person, by raw SQL: a move of the rules succeeds, everything else is refused."""
    made = issue(desk).order
    for state, step, login in product(State, Step, GROUPS):
        desk.rows("UPDATE pd.improvement_order SET state = %s, version = 1 WHERE id = %s", state.value, made)
        with psycopg.connect(desk.conninfo(login)) as connection:
            statement = "SELECT pd.act_improvement(%s, 1, %s, '说明') ->> 'state'"
            if login != "liaison-02" and step in allowed(state, GROUPS[login]):
                (now,) = connection.execute(statement, (made, step.value)).fetchone() or ("",)
                assert now == next(m.target for m in MOVES if (m.step, m.source) == (step, state))
            else:
                with pytest.raises(psycopg.ProgrammingError) as refused:
                    connection.execute(statement, (made, step.value))
                assert refused.value.sqlstate == ("PD003" if login == "liaison-02" else "PD001")
            connection.rollback()


def test_words_versions_and_the_table_itself_are_guarded(desk: Database) -> None:
    made = issue(desk).order
    for said in ("NULL", "' '", "repeat('长', 3001)"):
        with pytest.raises(psycopg.ProgrammingError, match="请写明"):
            desk.raw("liaison-01", f"SELECT pd.act_improvement({made}, 1, 'answer', {said})")
    for version in ("0", "NULL", "2"):
        with pytest.raises(psycopg.ProgrammingError) as stale:
            desk.raw("liaison-01", f"SELECT pd.act_improvement({made}, {version}, 'answer', '好')")
        assert stale.value.sqlstate == "PD002"
    for statement in ("UPDATE pd.improvement_order SET due_on = '2027-01-01'", "DELETE FROM pd.improvement_step",
                      "SELECT pd.note_improvement(o, 'x', 'x') FROM pd.improvement_order o"):  # fmt: skip
        for login in GROUPS:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                desk.raw(login, statement)
    with pytest.raises(UserError, match="须写明"):
        act(desk, made, Step.CANCEL, words=" ")


def test_two_officers_at_once_the_second_is_told(desk: Database) -> None:
    made = issue(desk).order
    act(desk, made, Step.ANSWER, login="liaison-01")
    act(desk, made, Step.ACCEPT, version=2)
    with pytest.raises(UserError) as stale:
        act(desk, made, Step.RETURN, version=2)
    assert stale.value.code == "stale"
    assert (seen(desk, made).steps[-1].event, seen(desk, made).steps[-1].actor) == (
        Step.ACCEPT.event,
        "officer",
    )


@pytest.mark.parametrize("seed", range(2))
def test_a_walk_keeps_every_promise(desk: Database, seed: int) -> None:
    """Random steps by anybody: the state is what the rules say, each step leaves one event, the due day stays."""
    chance = random.Random(seed)
    orders = {
        issue(desk, replace(DRAFT, agency=chance.choice(("甲镇", "乙镇")))).order: State.ISSUED
        for _ in range(4)
    }
    holders = dict(
        desk.rows("SELECT o.id, a.name FROM pd.improvement_order o JOIN pd.agency a ON a.id = o.agency_id")
    )
    due = dict(desk.rows("SELECT id, due_on FROM pd.improvement_order"))
    people = {login: psycopg.connect(desk.conninfo(login), autocommit=True) for login in GROUPS}
    steps = len(orders)
    for _ in range(120):
        order, step, login = (
            chance.choice(list(orders)),
            chance.choice(list(Step)),
            chance.choice(list(GROUPS)),
        )
        version = desk.one("SELECT version FROM pd.improvement_order WHERE id = %s", order) - chance.choice(
            (0, 0, 0, 1)
        )
        words = chance.choice(("已整改", "已整改", None))
        mine = login == "officer" or holders[order] == {"liaison-01": "甲镇", "liaison-02": "乙镇"}[login]
        move = next(
            (m for m in MOVES if (m.step, m.source, m.group) == (step, orders[order], GROUPS[login])), None
        )
        current = desk.one("SELECT version FROM pd.improvement_order WHERE id = %s", order) == version
        try:
            people[login].execute(
                "SELECT pd.act_improvement(%s, %s, %s, %s)", (order, version, step.value, words)
            )
        except psycopg.ProgrammingError:
            assert not (mine and move and current and (words or not needs_text(step)))
        else:
            assert mine and move and current and (words or not needs_text(step))
            orders[order], steps = move.target, steps + 1
    for connection in people.values():
        connection.close()
    assert dict(desk.rows("SELECT id, state FROM pd.improvement_order")) == {
        o: s.value for o, s in orders.items()
    }
    assert dict(desk.rows("SELECT id, due_on FROM pd.improvement_order")) == due
    assert desk.one("SELECT count(*) FROM pd.improvement_step") == steps
    assert desk.rows("SELECT id, version FROM pd.improvement_order ORDER BY id") == desk.rows(
        "SELECT order_id, count(*) FROM pd.improvement_step GROUP BY order_id ORDER BY order_id"
    )


def test_a_holiday_moves_the_due_day_of_open_orders(desk: Database) -> None:
    kept, done = issue(desk), issue(desk)
    act(desk, done.order, Step.CANCEL)
    desk.raw("officer", "SELECT pd.set_local_day('2026-11-05', false, '台风停工')")
    moved = seen(desk, kept.order)
    assert moved.row.due_on == date(2026, 11, 17) and moved.steps[-1].action == "限期整改期限重新计算"
    assert seen(desk, done.order).row.due_on == done.due_on
    assert desk.one("SELECT count(*) FROM pd.event WHERE action = 'improvement_deadline'") == 1
