"""Callbacks through their doors: what is due, three tries, the decision, samples drawn twice, and the rate."""

from __future__ import annotations

import random
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import psycopg
import pytest

from app.callbacks import commands, export, paper, queries, samples
from app.callbacks.commands import Call, Choice, Wish
from app.callbacks.rows import CallFilter, Ref, SampleFilter
from app.errors import UserError
from app.rankings.queries import Period
from app.statistics import queries as statistics
from app.statistics.briefing import briefing
from app.workspace import Person
from models.rules import sampling
from models.rules.callbacks import Decision, Kind, Outcome, Stand, Step
from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.store.acting import CLOSED, MATERIAL, act

OFFICER = Person("officer", "李伟", Group.OFFICER, None, None, False)
LIAISON = Person("liaison-01", "罗敏", Group.LIAISON, 1, "甲镇", False)
MONTH = date(2026, 11, 1)


@pytest.fixture
def desk(database: Database) -> Database:
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    database.liaison("liaison-02", "乙镇")
    return database


def rectified(database: Database, agency: str = "甲镇", *, closed: bool = False) -> int:
    """A ticket that went all its way."""
    ticket, login = database.ticket(agency), {"甲镇": "liaison-01", "乙镇": "liaison-02"}[agency]
    act(database, ticket, Action.VERIFY_AND_DISPATCH, lead=agency)
    act(database, ticket, Action.ACKNOWLEDGE, login=login)
    act(database, ticket, Action.SUBMIT, login=login, payload=MATERIAL)
    act(database, ticket, Action.APPROVE, payload={"found_true": True, "found_reasonable": True})
    if closed:
        act(database, ticket, Action.REPORT)
        act(database, ticket, Action.CONFIRM_CLOSED, payload=CLOSED)
    return ticket


@contextmanager
def reading(database: Database, login: str = "officer"):
    store = database.person(login)
    try:
        with store.read() as connection:
            yield connection
    finally:
        store.close()


def call(database: Database, ref: Ref, came_to: str, words: str = "", *, login: str = "officer", row=None):
    person = LIAISON if login == "liaison-01" else OFFICER
    store = database.person(login)
    try:
        if row is None:
            with store.read() as connection:
                row = queries.detail(connection, ref.number, person=person).row
        with store.write() as connection:
            return commands.record_call(connection, row, Call(came_to, words), command_id=uuid4())
    finally:
        store.close()


def draw(database: Database, **asked):
    wish = Wish(MONTH, (), **{"size": None, "share": None} | asked)
    with database.store.write() as connection:
        return commands.draw(connection, wish, command_id=uuid4())


def due(database: Database, person: Person = OFFICER, **wanted) -> list[tuple[int, Kind]]:
    with reading(database, person.login) as connection:
        found = queries.page(connection, CallFilter(**wanted), person=person, limit=1)
        rows = list(found.rows)
        while found.next is not None:
            found = queries.page(connection, CallFilter(**wanted), person=person, after=found.next, limit=1)
            rows += found.rows
        assert queries.counts(connection, CallFilter(**wanted), person=person).matching == len(rows)
    return [(row.ticket, row.kind) for row in rows]


def test_what_is_due_for_whom_and_three_tries(desk: Database) -> None:
    first, second, other = rectified(desk), rectified(desk), rectified(desk, "乙镇")
    hotline = desk.ticket()
    desk.rows("UPDATE pd.ticket SET platform = 'hotline' WHERE id = %s", hotline)
    assert due(desk) == [(hotline, Kind.HOTLINE)] and due(desk, search="没有这样的") == []
    assert due(desk, LIAISON) == [(first, Kind.AGENCY), (second, Kind.AGENCY)]
    draw(desk, size=1, seed="abc")
    drawn = [ticket for ticket, kind in due(desk) if kind is Kind.SPOT_CHECK]
    assert len(drawn) == 2 and other in drawn
    assert [kind for _, kind in due(desk, hotline=True)] == [Kind.HOTLINE]
    assert due(desk, LIAISON) == [
        (first, Kind.AGENCY),
        (second, Kind.AGENCY),
    ]  # a sample is not told beforehand
    ref = Ref(hotline, Kind.HOTLINE, desk.one("SELECT round FROM pd.ticket WHERE id = %s", hotline))
    assert [call(desk, ref, "no_answer").outcome for _ in range(3)] == [None, None, Outcome.UNREACHABLE]
    assert (hotline, Kind.HOTLINE) not in due(desk) and due(desk, state=Stand.UNREACHABLE) == [
        (hotline, Kind.HOTLINE)
    ]
    act(desk, hotline, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    assert (hotline, Kind.HOTLINE) not in due(desk)  # a dispatch does not make the person be called again
    with reading(desk) as connection:
        sheet = queries.detail(connection, ref.number, person=OFFICER)
        assert [step.action for step in sheet.steps] == ["回访未接通"] * 3 and sheet.row.tries == 3
        assert queries.script_of(sheet, "11月2日").startswith(f"您好，这里是{sheet.caller}。您11月2日对甲镇")
    assert (
        call(desk, Ref(first, Kind.AGENCY, 1), "satisfied", "谢谢", login="liaison-01").outcome
        is Outcome.SATISFIED
    )
    assert due(desk, LIAISON) == [(second, Kind.AGENCY)]


def test_the_list_leaves_the_house_without_numbers_and_on_record(desk: Database, tmp_path) -> None:
    first, second = rectified(desk), rectified(desk)
    draw(desk, share=Decimal(1))
    call(desk, Ref(first, Kind.SPOT_CHECK, 1), "unsatisfied", "请打 13384382025 再说")
    space = SimpleNamespace(person=OFFICER, read=desk.store.read, write=desk.store.write)
    for wanted, count in (
        (CallFilter(), 1),
        (CallFilter(state=Stand.UNDECIDED), 1),
        (CallFilter(hotline=True), 0),
    ):
        done = export.export(space, tmp_path / "回访.csv", wanted)
        assert done.rows == count
        written = (tmp_path / "回访.csv").read_text("utf-8-sig")
        assert len(written.splitlines()) == 1 + count and "13384382025" not in written
    assert (
        desk.one("SELECT count(*) FROM pd.event WHERE action = 'export' AND facts ->> 'kind' = 'callbacks'")
        == 3
    )
    assert (second, Kind.SPOT_CHECK) in due(desk)


def test_two_who_call_at_once_see_each_other(desk: Database) -> None:
    ticket = rectified(desk)
    draw(desk, size=1)
    ref = Ref(ticket, Kind.SPOT_CHECK, 1)
    with reading(desk) as connection:
        before = queries.detail(connection, ref.number, person=OFFICER).row
    call(desk, ref, "no_answer", row=before)
    with pytest.raises(UserError) as refused:
        call(desk, ref, "satisfied", row=before)
    assert refused.value.code == "stale"
    assert call(desk, ref, "satisfied").tries == 1
    with pytest.raises(UserError):
        call(desk, ref, "unsatisfied")


def test_who_is_unsatisfied_has_the_ticket_begun_anew_and_is_called_once_more(desk: Database) -> None:
    ticket = rectified(desk, closed=True)
    desk.rows("UPDATE pd.ticket SET platform = 'hotline' WHERE id = %s", ticket)
    ref = Ref(ticket, Kind.HOTLINE, 1)
    call(desk, ref, "unsatisfied", "还是老样子")
    assert due(desk) == [] and due(desk, state=Stand.UNDECIDED) == [(ticket, Kind.HOTLINE)]
    with reading(desk) as connection:
        sheet = queries.detail(connection, ref.number, person=OFFICER)
        assert sheet.allowed == (Step.REOPEN, Step.LEAVE) and sheet.measures == MATERIAL["measures"]
    choice = Choice(Decision.REOPEN, "没有整改到位", "乙镇", ("甲镇",))
    with desk.store.write() as connection:
        done = commands.decide(connection, sheet.row, choice, command_id=uuid4())
    assert (
        done.due_on == date(2026, 11, 16) and "11月16日" in done.said and desk.state(ticket) == "dispatched"
    )
    assert due(desk) == [(ticket, Kind.HOTLINE)] and due(desk, state=Stand.DECIDED) == [
        (ticket, Kind.HOTLINE)
    ]
    with reading(desk) as connection:
        assert len(queries.of_ticket(connection, ticket, person=OFFICER)) == 2
        assert queries.detail(connection, ref.number, person=OFFICER).decided == "重新办理：没有整改到位"


def test_a_ticket_not_yet_reported_goes_back_for_rework_and_a_reported_one_cannot(desk: Database) -> None:
    approved, reported = rectified(desk), rectified(desk)
    act(desk, reported, Action.REPORT)
    draw(desk, share=Decimal(1))
    for ticket in (approved, reported):
        call(desk, Ref(ticket, Kind.SPOT_CHECK, 1), "unsatisfied", "没解决")
    with reading(desk) as connection:
        sheets = [
            queries.detail(connection, Ref(t, Kind.SPOT_CHECK, 1).number, person=OFFICER)
            for t in (approved, reported)
        ]
        rework = queries.rework_due(connection)
    assert [step for step, _ in sheets[1].refused] == [Step.REOPEN] and sheets[1].allowed == (Step.LEAVE,)
    with desk.store.write() as connection:
        commands.decide(connection, sheets[0].row, Choice(Decision.REOPEN, "重办"), command_id=uuid4())
    assert desk.state(approved) == "rectifying"
    assert desk.one("SELECT rework_due_on FROM pd.ticket WHERE id = %s", approved) == rework
    with desk.store.write() as connection:
        done = commands.decide(
            connection, sheets[1].row, Choice(Decision.LEAVE, "已当面说明"), command_id=uuid4()
        )
    assert "不再办理" in done.said and desk.state(reported) == "reported"


def test_a_sample_is_drawn_twice_the_same_and_more_than_there_are_takes_all(desk: Database) -> None:
    tickets = [rectified(desk) for _ in range(4)]
    with reading(desk) as connection:
        assert [(one.name, one.number) for one in samples.stock(connection, MONTH) if one.number] == [
            ("甲镇", 4)
        ]
        assert {one.name for one in samples.stock(connection, MONTH) if not one.number} >= {"乙镇"}
    made = draw(desk, size=3, seed="xunji-2026-11")
    assert (made.stock, made.drawn, made.seed) == (4, 3, "xunji-2026-11")
    rest = draw(desk, size=50)
    assert (rest.stock, rest.drawn) == (1, 1)
    with reading(desk) as connection:
        one = samples.sample(connection, made.samples[0])
        assert one.drawn == sampling.draw(tickets, 3, "xunji-2026-11")
        assert [line.id for line in one.lines if line.drawn] == list(one.drawn)
        assert samples.check(connection, made.samples[0]).same
        assert samples.sample(connection, rest.samples[0]).row.whole
        assert [row.id for row in samples.page(connection, SampleFilter(search="xunji")).rows] == list(
            made.samples
        )
        sheet = paper.document(connection, made.samples[0])
        assert "xunji-2026-11" in str(sheet.blocks) and sampling.METHOD in str(sheet.blocks)
    desk.rows("UPDATE pd.callback_sample SET drawn = drawn[2:] || drawn[1] WHERE id = %s", made.samples[0])
    with reading(desk) as connection:
        assert not samples.check(connection, made.samples[0]).same
    with pytest.raises(UserError, match="没有可以抽查"):
        draw(desk, size=1)


def test_an_agency_neither_draws_nor_decides_nor_calls_for_others(desk: Database) -> None:
    own, other = rectified(desk), rectified(desk, "乙镇")
    draw(desk, share=Decimal(1))
    call(desk, Ref(own, Kind.SPOT_CHECK, 1), "unsatisfied", "没解决")
    record = "SELECT pd.record_call(%s, %s, %s, 'satisfied', NULL, gen_random_uuid())"
    for statement, given in (
        (record, (other, "agency", 0)),
        (record, (own, "spot_check", 2)),
        (record, (own, "hotline", 0)),
        ("SELECT pd.decide_callback(1, 2, 'leave', '{\"reason\": \"x\"}', gen_random_uuid())", ()),
        ('SELECT pd.draw_samples(\'{"month": "2026-11-01", "size": 1}\', gen_random_uuid())', ()),
    ):
        with pytest.raises(psycopg.Error) as refused:
            desk.raw("liaison-01", statement, *given)
        assert refused.value.sqlstate in ("PD003", "42501"), statement
    seen = desk.raw("liaison-01", "SELECT ticket_id, outcome FROM pd.callback")
    assert seen == [(own, "unsatisfied")]  # not that the other agency's is drawn


def test_the_database_draws_as_python_does(desk: Database) -> None:
    dice = random.Random(24)
    for _ in range(25):
        stock = dice.sample(range(1, 10**9), dice.randrange(40))
        seed, number = f"{dice.getrandbits(64):x}", dice.randrange(1, 50)
        drawn = desk.one("SELECT pd.draw(%s::bigint[], %s, %s)", stock, number, seed)
        assert tuple(drawn) == sampling.draw(stock, number, seed)


def test_the_rate_of_the_satisfied_counts_a_ticket_once_and_a_closed_month_stays(desk: Database) -> None:
    heard, unheard, unhappy = (rectified(desk) for _ in range(3))
    call(desk, Ref(heard, Kind.AGENCY, 1), "declined", login="liaison-01")
    draw(desk, share=Decimal(1))
    call(desk, Ref(heard, Kind.SPOT_CHECK, 1), "satisfied")  # the centre's word stands before the agency's
    call(desk, Ref(unhappy, Kind.SPOT_CHECK, 1), "unsatisfied", "没解决")

    def rates() -> list[tuple[int, int]]:
        with reading(desk) as connection:
            counted = statistics.figures(connection, statistics.Scope(Period.month(MONTH)), OFFICER).total
        behind = [
            len(due(desk, counted=True, month=MONTH, holder="甲镇", state=s)) for s in (Stand.SATISFIED, None)
        ]
        assert behind == [counted.satisfied, counted.called]  # a figure equals the list behind it
        assert len(due(desk, LIAISON, counted=True, month=MONTH, holder="甲镇")) == counted.called
        return [
            (counted.rate(code).numerator, counted.rate(code).denominator) for code in ("satisfied", "called")
        ]

    assert rates() == [(1, 3), (2, 3)]
    with reading(desk) as connection:
        said = briefing(statistics.figures(connection, statistics.Scope(Period.month(MONTH)), OFFICER)).text
    assert "已整改的差评3件，已回访2件，其中满意1件；件数不足30，不计百分比。" in said
    desk.freeze(MONDAY + timedelta(days=30))
    desk.raw("head", "SELECT pd.close_month(%s, '')", MONTH)
    desk.freeze(MONDAY + timedelta(days=31))
    call(desk, Ref(unheard, Kind.SPOT_CHECK, 1), "satisfied")
    with reading(desk) as connection:
        row = queries.detail(connection, Ref(unhappy, Kind.SPOT_CHECK, 1).number, person=OFFICER).row
    with desk.store.write() as connection:
        commands.decide(connection, row, Choice(Decision.REOPEN, "重办"), command_id=uuid4())
    assert rates() == [(1, 3), (2, 3)]
    desk.raw("head", "SELECT pd.reopen_month(%s, '核对')", MONTH)
    assert rates() == [(2, 2), (2, 2)]
