"""An appeal from its filing to its decision, through the one door; the preview is what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection

from app.appeals import commands, queries
from app.appeals.commands import Draft
from app.appeals.preview import preview
from app.appeals.rows import AppealFilter
from app.clock import SHANGHAI
from app.closing import adjusting
from app.database.engine import Store
from app.errors import UserError
from app.rankings import queries as rankings
from app.rankings.queries import Period
from app.tickets.files import prepare
from models.rules.appeals import Effect, Finding, State, Step
from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import Database
from tests.store import loads
from tests.store.acting import act

T = TypeVar("T")
BEGIN = datetime(2026, 10, 12, 9, tzinfo=SHANGHAI)  # a Monday
OCTOBER = Period.month(date(2026, 10, 1))


@pytest.fixture
def desk(database: Database) -> Database:
    """甲镇 with a bad rating of an item and one of a person, their tickets sent to it; 乙镇 beside it."""
    database.freeze(BEGIN)
    for number, agency in enumerate(("甲镇", "乙镇"), 1):
        database.liaison(f"liaison-0{number}", agency)
    with loads.connect(database) as connection:
        good = [{"case_number": f"G{n}", "level": 5, "rated_at": BEGIN - timedelta(days=1)} for n in range(9)]
        bad = [
            {"case_number": f"B{n}", "level": 1, "rated_at": BEGIN - timedelta(hours=9 - n)} for n in range(3)
        ]
        loads.ratings(connection, *good, *bad)
    for (ticket,) in database.rows("SELECT id FROM pd.ticket ORDER BY id"):
        act(database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    return database


def run(database: Database, login: str, work: Callable[[Connection], T]) -> T:
    store: Store = database.person(login)
    try:
        with store.write() as connection:
            return work(connection)
    finally:
        store.close()


def rating_of(database: Database, case: str) -> int:
    return int(database.one("SELECT id FROM pd.rating WHERE case_number = %s", case))


def file(database: Database, login: str = "liaison-01", case: str = "B0", **more: Any) -> commands.Done:
    given: dict[str, Any] = {"staff": None, "appellant": "林海", "told_on": None, "statement": "点错了"}
    draft = Draft(rating_of(database, case), **(given | more))
    return run(database, login, lambda c: commands.file(c, draft, command_id=uuid4()))


def step(database: Database, login: str, one: commands.Done, what: Step, **more: Any) -> commands.Done:
    given = {"words": "已经核实"} | more
    return run(
        database, login, lambda c: commands.act(c, one.appeal, one.version, what, command_id=uuid4(), **given)
    )


def detail(database: Database, login: str, one: commands.Done) -> Any:
    return run(database, login, lambda c: queries.appeal(c, one.appeal))


def composite(database: Database) -> Any:
    with database.store.read() as connection:
        view = rankings.ranking(connection, OCTOBER, group="township", compare=False)
    return [(r.rank, r.score.facts.agency, r.score.quality.value, r.score.composite) for r in view.rows], [
        f.ratings for f in view.facts
    ]


@pytest.mark.parametrize(
    ("finding", "level", "effect", "ratings"),
    [
        (Finding.MISTAKEN, 5, Effect.REPLACE, 12),
        (Finding.MISTAKEN, None, Effect.EXCLUDE, 11),
        (Finding.MALICIOUS, None, Effect.EXCLUDE, 11),
    ],
)
def test_an_upheld_appeal_changes_the_figures_as_its_preview_said(
    desk: Database, finding: Finding, level: int | None, effect: Effect, ratings: int
) -> None:
    before = composite(desk)
    one = step(desk, "liaison-01", file(desk), Step.UPHOLD, finding=finding, level=level)
    told = run(
        desk, "officer", lambda c: preview(c, one.appeal, one.version, level=level, withdraw_ticket=True)
    )
    assert composite(desk) == before and detail(desk, "officer", one).row.state is State.UPHELD_BY_AGENCY
    assert (told.effect, told.level, told.after.ratings, told.closed) == (effect, level, ratings, False)
    done = step(desk, "officer", one, Step.CORRECT, level=level, withdraw_ticket=True)
    assert (done.state, done.effect, done.withdrew_ticket) == (State.CORRECTED, effect, True)
    assert desk.one("SELECT state FROM pd.ticket ORDER BY id LIMIT 1") == "rejected"
    again = run(
        desk, "officer", lambda c: c.exec_driver_sql("SELECT pd.rebuild_tally() ->> 'changed'").scalar()
    )
    assert again == "0"
    rows, counted = composite(desk)
    assert sum(counted) == ratings
    assert [(r[0], r[3]) for r in rows if r[1] == "甲镇"] == (
        [(told.after.rank, told.after.composite)] if told.after.rank else []
    )
    assert desk.rows("SELECT level, first_level FROM pd.rating WHERE case_number = 'B0'") == [
        (1, 1)
    ]  # it stays
    with pytest.raises(UserError, match="申诉成立而撤销"):
        act(desk, 1, Action.RESTORE, reason="恢复")


def test_a_late_appeal_is_refused_with_the_day_and_admitted_with_a_reason(desk: Database) -> None:
    desk.freeze(BEGIN + timedelta(days=20))
    with pytest.raises(UserError, match="申诉期限到2026年10月19日为止"):
        file(desk)
    prepared = run(desk, "liaison-01", lambda c: queries.prepare(c, rating_of(desk, "B0"), None))
    assert (prepared.over, prepared.admitted, prepared.window.basis) == (True, False, "dispatched")
    assert [d.day for d in prepared.days if d.counts][-1] == prepared.window.due == date(2026, 10, 19)
    run(desk, "officer", lambda c: commands.admit(c, rating_of(desk, "B0"), "本人出差"))
    one = file(desk)
    assert detail(desk, "liaison-01", one).row.late
    other = file(desk, "officer", case="B1", admission="系统故障")
    assert detail(desk, "officer", other).row.late
    told = file(desk, case="B2", told_on=(BEGIN + timedelta(days=18)).date())
    shown = detail(desk, "liaison-01", told)
    assert not shown.row.late and shown.window.basis == "told"


def test_who_may_do_what(desk: Database) -> None:
    with pytest.raises(UserError, match="无权申诉"):
        file(desk, "liaison-02")
    with pytest.raises(UserError, match="无权申诉"):
        run(desk, "liaison-02", lambda c: queries.prepare(c, rating_of(desk, "B0"), None))
    one = file(desk)
    assert run(desk, "liaison-02", lambda c: queries.page(c, AppealFilter())).rows == ()
    for login in ("liaison-02", "bureau"):
        with pytest.raises((UserError, psycopg.Error)):
            detail(desk, login, one)
    with pytest.raises(UserError, match="状态或您的身份"):
        step(desk, "officer", one, Step.UPHOLD, finding=Finding.MALICIOUS)
    one = step(desk, "liaison-01", one, Step.UPHOLD, finding=Finding.MALICIOUS)
    with pytest.raises(UserError, match="状态或您的身份"):
        step(desk, "liaison-01", one, Step.CORRECT)
    desk.rows("UPDATE pd.app_user SET name = '林 海' WHERE login = 'officer'")
    shown = detail(desk, "officer", one)
    assert Step.CORRECT not in shown.allowed and [s for s, _ in shown.refused] == [Step.CORRECT, Step.DISMISS]
    with pytest.raises(UserError, match="自己的评价"):
        step(desk, "officer", one, Step.DISMISS)
    desk.rows("UPDATE pd.app_user SET name = '李伟' WHERE login = 'officer'")
    with pytest.raises(UserError) as told:
        step(desk, "officer", one.__class__(**{**_fields(one), "version": 1}), Step.DISMISS)
    assert told.value.code == "stale"
    assert step(desk, "officer", one, Step.DISMISS).state is State.DISMISSED
    with pytest.raises(UserError, match="申诉过"):
        file(desk)


def _fields(one: commands.Done) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def test_returned_supplemented_withdrawn_and_filed_again(desk: Database) -> None:
    one = step(desk, "officer", file(desk), Step.RETURN)
    desk.freeze(BEGIN + timedelta(days=2))
    one = step(desk, "liaison-01", one, Step.SUPPLEMENT, words="补充监控录像")
    shown = detail(desk, "officer", one)
    assert shown.statement == "补充监控录像" and shown.row.due_on == date(2026, 10, 21)
    assert [s.action for s in shown.steps] == ["补正后提交", "退回补正", "提出申诉"]
    assert [d.counts for d in shown.days].count(True) == 5
    one = step(desk, "liaison-01", one, Step.WITHDRAW)
    assert one.state is State.WITHDRAWN
    assert file(desk).number == "申诉〔2026〕2号"
    found = run(desk, "officer", lambda c: queries.counts(c, AppealFilter(search="申诉〔2026〕2号")))
    assert (found.matching, found.states) == (1, {State.WITHDRAWN: 1, State.FILED: 1})
    desk.freeze(BEGIN + timedelta(days=30))
    late = run(desk, "officer", lambda c: queries.page(c, AppealFilter(overdue=True)))
    assert [r.days_left < 0 for r in late.rows if r.days_left is not None] == [True]


def test_evidence_is_the_appeals_and_stays_once_it_was_judged(desk: Database, tmp_path: Any) -> None:
    one = file(desk)
    path = tmp_path / "截图.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 300_000)
    piece = prepare(path.name, path.read_bytes())
    run(desk, "liaison-01", lambda c: commands.add_evidence(c, one.appeal, piece))
    with pytest.raises(UserError, match="已经添加过"):
        run(desk, "liaison-01", lambda c: commands.add_evidence(c, one.appeal, piece))
    with pytest.raises(UserError, match="无权办理"):
        run(desk, "liaison-02", lambda c: commands.add_evidence(c, one.appeal, piece))
    (kept,) = detail(desk, "officer", one).files
    assert run(desk, "officer", lambda c: queries.content(c, kept.id)) == path.read_bytes()
    with pytest.raises(UserError, match="无权查看"):
        run(desk, "liaison-02", lambda c: queries.content(c, kept.id))
    with pytest.raises(UserError, match="不是由您添加"):
        run(desk, "officer", lambda c: commands.remove_evidence(c, kept.id))
    desk.freeze(BEGIN + timedelta(hours=1))
    one = step(desk, "liaison-01", one, Step.UPHOLD, finding=Finding.MISTAKEN, level=4)
    with pytest.raises(UserError, match="状态不能"):
        run(desk, "liaison-01", lambda c: commands.remove_evidence(c, kept.id))
    step(desk, "officer", one, Step.RETURN)
    with pytest.raises(UserError, match="不能移除"):
        run(desk, "liaison-01", lambda c: commands.remove_evidence(c, kept.id))


def test_signals_are_counts_for_officers(desk: Database) -> None:
    one = file(desk)
    found = run(desk, "officer", lambda c: queries.signals(c, one.appeal))
    assert (found.same_words, found.same_minutes) == (2, None)  # three with the same words, no counter
    with pytest.raises((UserError, psycopg.Error)):
        run(desk, "liaison-01", lambda c: queries.signals(c, one.appeal))


def test_the_ratings_of_a_ticket_say_whether_they_may_be_appealed(desk: Database) -> None:
    ticket = desk.one("SELECT ticket_id FROM pd.rating WHERE case_number = 'B0'")
    for login in ("officer", "liaison-01"):
        (one,) = run(desk, login, lambda c: queries.appealable(c, ticket))
        assert (one.level, one.taken, one.target) == (1, None, "item")
    file(desk)
    (one,) = run(desk, "liaison-01", lambda c: queries.appealable(c, ticket))
    assert one.taken == "已经申诉过"
    assert run(desk, "liaison-02", lambda c: queries.appealable(c, ticket)) == ()
    assert len(run(desk, "liaison-01", lambda c: queries.of_ticket(c, ticket))) == 1


def test_a_closed_month_stays_and_names_the_appeal_as_its_adjustment(desk: Database) -> None:
    desk.freeze(BEGIN + timedelta(days=22))
    desk.raw("officer", "SELECT pd.close_month('2026-10-01', '')")
    desk.freeze(BEGIN + timedelta(days=23))
    before = composite(desk)
    one = step(
        desk, "liaison-01", file(desk, "officer", admission="补办"), Step.UPHOLD, finding=Finding.MALICIOUS
    )
    told = run(
        desk, "officer", lambda c: preview(c, one.appeal, one.version, level=None, withdraw_ticket=False)
    )
    assert told.closed and told.changes and (told.before.ratings, told.after.ratings) == (12, 11)
    step(desk, "officer", one, Step.CORRECT)
    assert composite(desk) == before and detail(desk, "officer", one).month_closed
    with desk.store.read() as connection:
        found = adjusting.adjustments(connection, OCTOBER.first, Group.OFFICER)
    assert [row.what for row in found.rows or () if "修正" in row.what] == [
        "申诉〔2026〕1号修正（恶意评价）：不计入"
    ]
