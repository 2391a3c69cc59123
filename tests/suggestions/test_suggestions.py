"""意见建议 (Art. 16): moves as data, one door, due days, contact in two steps, search, and who sees what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from app.errors import UserError
from app.suggestions import commands, queries
from app.suggestions.commands import Done, Draft
from app.suggestions.queries import SuggestionDetail, SuggestionFilter
from models.rules.people import Group
from models.rules.suggestions import MOVES, Source, State, Step, Topic, allowed
from tests.databases import MONDAY, Database

DRAFT = Draft(
    Source.BOX, Topic.PLACE, date(2026, 11, 1), "大厅没有饮水机", "甲镇大厅一楼", "杨秀敏", "13384382025"
)


@pytest.fixture
def desk(database: Database) -> Database:
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    database.liaison("liaison-02", "乙镇")
    return database


def record(
    desk: Database, draft: Draft = DRAFT, *, login: str = "officer", command: UUID | None = None
) -> int:
    store = desk.person(login)
    try:
        with store.write() as connection:
            return commands.record(connection, draft, command_id=command or uuid4()).suggestion
    finally:
        store.close()


def act(desk: Database, number: int, step: Step, *, login: str = "officer", version: int | None = None,
        command: UUID | None = None, lead: str | None = None, words: str | None = None) -> Done:  # fmt: skip
    now = version or desk.one("SELECT version FROM pd.suggestion WHERE id = %s", number)
    store = desk.person(login)
    try:
        with store.write() as connection:
            return commands.act(
                connection, number, now, step, command_id=command or uuid4(), lead=lead, words=words
            )
    finally:
        store.close()


def seen(desk: Database, number: int, login: str) -> SuggestionDetail:
    store = desk.person(login)
    try:
        with store.read() as connection:
            return queries.suggestion(connection, number)
    finally:
        store.close()


def test_the_database_allows_the_moves_of_the_rules(database: Database) -> None:
    kept = database.rows(
        "SELECT action, source, group_name, target, needs_text FROM pd.suggestion_transition"
    )
    assert sorted(kept) == sorted((m.step, m.source, m.group, m.target, m.text) for m in MOVES)


def test_every_state_can_be_left_and_has_somebody() -> None:
    for state in State:
        assert any(allowed(state, group) for group in (Group.OFFICER, Group.LIAISON))


def test_a_suggestion_travels_from_the_box_to_its_end(desk: Database) -> None:
    number = record(desk)
    sent = act(desk, number, Step.DISPATCH, lead="甲镇")
    assert (sent.state, sent.due_on) == (State.DISPATCHED, date(2026, 11, 16))
    days = seen(desk, number, "liaison-01").days
    assert days[-1].day == sent.due_on and sum(day.counts for day in days) == 10
    act(desk, number, Step.ANSWER, login="liaison-01", words="已添置饮水机")
    act(desk, number, Step.RETURN, words="请写明何时到位")
    act(desk, number, Step.ANSWER, login="liaison-01", words="11月5日到位")
    act(desk, number, Step.CLOSE)
    detail = seen(desk, number, "officer")
    assert (detail.row.state, detail.answer, detail.row.agency) == (State.CLOSED, "11月5日到位", "甲镇")
    assert [s.action for s in detail.steps] == [
        "登记意见", "转办意见", "答复意见", "退回重新答复", "答复意见", "意见办结"
    ]  # fmt: skip
    assert detail.steps[3].text == "请写明何时到位" and detail.allowed == (Step.REOPEN,)
    facts = desk.rows("SELECT facts::text FROM pd.event WHERE action LIKE 'suggestion%%'")
    assert len(facts) == 6 and not any("饮水" in f or "133" in f for (f,) in facts)
    assert desk.one("SELECT count(*) FROM pd.change WHERE kind = 'suggestions' AND ticket_id IS NULL") == 6
    assert desk.one("SELECT count(*) FROM pd.event_queue") == 0


def test_what_is_no_business_of_the_centre_is_set_aside_and_restored(desk: Database) -> None:
    number = record(desk)
    act(desk, number, Step.SET_ASIDE, words="属供水公司")
    assert act(desk, number, Step.RESTORE, words="误操作").state is State.RECORDED


def test_a_recall_and_a_hand_back_end_the_clock(desk: Database) -> None:
    number = record(desk)
    act(desk, number, Step.DISPATCH, lead="甲镇")
    assert act(desk, number, Step.RECALL).due_on is None
    act(desk, number, Step.DISPATCH, lead="乙镇")
    with pytest.raises(UserError, match="须写明"):
        act(desk, number, Step.HAND_BACK, login="liaison-02")
    assert act(desk, number, Step.HAND_BACK, login="liaison-02", words="属甲镇").state is State.RECORDED


def test_an_agency_sees_and_does_what_it_holds(desk: Database) -> None:
    number = record(desk)
    own = record(desk, login="liaison-01")
    for login in ("liaison-01", "liaison-02"):
        with pytest.raises(UserError, match="无权"):
            seen(desk, number, login)
    assert seen(desk, own, "liaison-01").allowed == ()
    act(desk, number, Step.DISPATCH, lead="甲镇")
    assert Step.ANSWER in seen(desk, number, "liaison-01").allowed
    with pytest.raises(UserError, match="无权"):
        act(desk, number, Step.ANSWER, login="liaison-02", words="不是我们的")
    with pytest.raises(UserError, match="不允许"):
        act(desk, number, Step.CLOSE, login="liaison-01")
    with pytest.raises(UserError, match="没有“丙镇”"):
        act(desk, own, Step.DISPATCH, lead="丙镇")
    with pytest.raises(UserError, match="请指定承办单位"):
        act(desk, own, Step.DISPATCH)


def test_what_was_confirmed_happens_once(desk: Database) -> None:
    command = uuid4()
    number = record(desk, command=command)
    assert record(desk, command=command) == number
    again = uuid4()
    first = act(desk, number, Step.DISPATCH, lead="甲镇", version=1, command=again)
    assert act(desk, number, Step.DISPATCH, lead="甲镇", version=1, command=again) == first
    with pytest.raises(UserError) as stale:
        act(desk, number, Step.RECALL, version=1)
    assert stale.value.code == "stale"
    with pytest.raises(UserError, match="另一件意见"):
        act(desk, record(desk), Step.DISPATCH, lead="甲镇", command=again)


def test_the_contact_takes_a_reason_and_two_transactions(desk: Database) -> None:
    number = record(desk)
    act(desk, number, Step.DISPATCH, lead="甲镇")
    detail = seen(desk, number, "liaison-01")
    assert (detail.contact_name, detail.contact_phone) == (
        "杨**",
        "133****2025",
    ) and detail.contact_refused is None
    store = desk.person("liaison-01")
    with pytest.raises(UserError, match="先写明理由"), store.write() as connection:
        queries.contact(connection, commands.look(connection, number, "核实诉求"))
    with store.write() as connection:
        looked = commands.look(connection, number, "核实诉求")
    with store.read() as connection:
        assert queries.contact(connection, looked) == ("杨秀敏", "13384382025")
    with pytest.raises(UserError, match="理由"), store.write() as connection:
        commands.look(connection, number, " ")
    store.close()
    with pytest.raises(UserError), desk.store.read() as connection:
        queries.contact(connection, looked)
    assert seen(desk, number, "officer").steps[-1].text == "核实诉求"
    act(desk, number, Step.ANSWER, login="liaison-01", words="好")
    assert seen(desk, number, "liaison-01").contact_refused
    without = record(desk, replace(DRAFT, name=None, phone=" "))
    assert "没有留下" in (seen(desk, without, "officer").contact_refused or "")
    with pytest.raises(UserError, match="没有留下"), desk.store.write() as connection:
        commands.look(connection, without, "核实诉求")


def test_lists_search_and_counts_are_one(desk: Database) -> None:
    numbers = [record(desk, replace(DRAFT, words=f"意见{n}，厕所太远")) for n in range(5)]
    act(desk, numbers[0], Step.DISPATCH, lead="甲镇")
    desk.freeze(MONDAY + timedelta(days=21))
    with desk.store.read() as connection:
        first = queries.page(connection, SuggestionFilter(), limit=3)
        rest = queries.page(connection, SuggestionFilter(), after=first.next, limit=3)
        assert [r.id for r in (*first.rows, *rest.rows)] == numbers[::-1] and rest.next is None
        late = queries.page(connection, SuggestionFilter(overdue=True)).rows
        assert [(r.id, r.days_left) for r in late] == [(numbers[0], -5)]
        for wanted, count in (
            (SuggestionFilter(state=State.RECORDED), 4),
            (SuggestionFilter(search="厕所 甲镇"), 5),
            (SuggestionFilter(search="意见3"), 1),
            (SuggestionFilter(search="没有"), 0),
            (
                SuggestionFilter(search=str(numbers[2])),
                1 + sum(f"意见{numbers[2]}，" == f"意见{n}，" for n in range(5)),
            ),
        ):
            assert (
                len(queries.page(connection, wanted).rows)
                == queries.counts(connection, wanted).matching
                == count
            )
        assert queries.counts(connection, SuggestionFilter()).overdue == 1
        assert queries.due_if_sent(connection).due_on > date(2026, 11, 23)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": None}, "来源"), ({"topic": None}, "类别"), ({"words": " "}, "原文"),
        ({"words": "长" * 2001}, "至多 2000"), ({"place": "长" * 101}, "至多 100"),
        ({"received_on": date(2026, 11, 3)}, "不能晚于今天"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(desk: Database, change: dict[str, object], said: str) -> None:
    draft = replace(DRAFT, **change)  # type: ignore[arg-type]
    assert said in (draft.problem(MONDAY.date()) or "")
    with pytest.raises(UserError, match=said):
        record(desk, draft)


def test_due_days_follow_the_calendar_and_leave_a_trace(desk: Database) -> None:
    number = record(desk)
    act(desk, number, Step.DISPATCH, lead="甲镇")
    before = desk.one("SELECT due_on FROM pd.suggestion WHERE id = %s", number)
    day = (before - timedelta(days=3)).isoformat()
    desk.raw(
        "officer",
        "SELECT pd.import_notice(jsonb_build_array(jsonb_build_object('day', %s::text, 'working', false, 'why', '放假')), 't')",
        day,
    )
    detail = seen(desk, number, "officer")
    assert desk.one("SELECT due_on FROM pd.suggestion WHERE id = %s", number) > before
    assert detail.steps[-1].action == "期限重新计算"
