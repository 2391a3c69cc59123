"""A closed month comes out as it was closed, whatever is loaded, done or changed afterwards (rules §3, §5)."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection

from app.clock import SHANGHAI
from app.closing import adjusting, commands, queries
from app.closing.rows import MonthState
from app.errors import UserError
from app.rankings import counts
from app.rankings import queries as rankings
from app.rankings.queries import GROUPS, Period
from models.rules.lifecycle import Action
from models.rules.people import Group
from models.rules.rulesets import SHIPPED
from models.rules.scoring import NO_CASE_DATA, AgencyFacts
from tests.databases import MONDAY, Database
from tests.store import loads
from tests.store.acting import MATERIAL, act

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
CLOSE = "SELECT pd.close_month('2026-10-01', '')"
AGENCIES = ("甲镇", "乙镇", "市公安局")


def at(day: int, month: int = 10) -> datetime:
    return datetime(2026, month, day, 9, 30, tzinfo=SHANGHAI)


@pytest.fixture
def county(database: Database) -> Database:
    """Three agencies with ratings from detail, from the summary, and with cases on file; two tickets."""
    database.freeze(MONDAY)
    for number, name in enumerate(AGENCIES, start=1):
        agency = database.agency(name, "township" if name.endswith("镇") else "department")
        database.liaison(f"liaison-{number:02}", name)
        database.rows("INSERT INTO pd.hall (agency_id, name, registered) VALUES (%s, '大厅', true)", agency)
    with loads.connect(database) as connection:
        loads.ratings(
            connection,
            *(
                {"case_number": f"R{n}", "level": 1 + n % 5, "rated_at": at(1 + n), "hall": "大厅"}
                for n in range(12)
            ),
        )
        loads.summary(
            connection,
            *(
                {
                    "agency": name,
                    "month": OCTOBER,
                    "cases": 40,
                    "cases_rated": 30,
                    "level_5": 29,
                    "level_2": 1,
                }
                for name in AGENCIES
            ),
        )
        connection.commit()
        loads.cases(connection, *({"case_number": f"R{n}", "finished_at": at(1 + n)} for n in range(20)))
    for name in AGENCIES[1:]:
        database.ticket(name, opened=at(20))
    return database  # fmt: skip


def asked(database: Database, work: Callable[[Connection], Any]) -> Any:
    with database.store.read() as connection:
        return work(connection)


def view(database: Database, period: Period | None = None, group: str = "township") -> rankings.RankingView:
    return asked(database, lambda c: rankings.ranking(c, period or Period.month(OCTOBER), group=group))


def figures(database: Database) -> Any:
    """All that a ranking of October says."""
    return [(v.rows, v.unranked, v.facts, v.rule_set) for v in (view(database, group=g) for g in GROUPS)]


# whatever happens afterwards --------------------------------------------------------------------------------


def import_ratings(database: Database, dice: random.Random) -> None:
    """New ratings, and other levels for old ones, of any month."""
    with loads.connect(database) as connection:
        loads.ratings(connection, {
            "case_number": f"R{dice.randrange(30)}", "level": dice.randint(1, 5), "hall": "大厅",
            "agency": dice.choice((*AGENCIES, "丙镇")), "rated_at": at(dice.randint(1, 28), dice.choice((10, 10, 11))),
            "is_default": False, "platform": dice.choice(("hall", "portal", "hotline")),
        }, complete=dice.random() < 0.7)  # fmt: skip


def import_summary(database: Database, dice: random.Random) -> None:
    with loads.connect(database) as connection:
        loads.summary(connection, {"agency": dice.choice(AGENCIES), "month": dice.choice((OCTOBER, NOVEMBER)), "cases": 60,
                                   "cases_rated": dice.randrange(60), "level_5": dice.randrange(60), "level_2": 2})  # fmt: skip


def import_cases(database: Database, dice: random.Random) -> None:
    with loads.connect(database) as connection:
        loads.cases(connection, {
            "case_number": f"R{dice.randrange(40)}", "agency": dice.choice(AGENCIES), "platform": dice.choice(("hall", "app")),
            "finished_at": at(dice.randint(1, 28), dice.choice((9, 10, 11))), "batch_number": dice.choice((None, "B1")),
        })  # fmt: skip


def change_registry(database: Database, dice: random.Random) -> None:
    database.rows(dice.choice((
        "UPDATE pd.hall SET registered = NOT registered",
        "UPDATE pd.agency SET standing = 99 - standing",
        "UPDATE pd.agency SET name = name || '（改）' WHERE name NOT LIKE '%改%' AND name <> '甲镇' AND kind = 'department'",
        "UPDATE pd.agency SET kind = CASE kind WHEN 'township' THEN 'department' ELSE 'township' END WHERE name LIKE '丙%'",
    )))  # fmt: skip


def act_on_a_ticket(database: Database, dice: random.Random) -> None:
    """The next step of any ticket, whoever has it."""
    ticket, state, number = dice.choice(database.rows(
        "SELECT t.id, t.state, 'liaison-' || lpad((SELECT count(*) FROM pd.agency b WHERE b.id <= a.id)::text, 2, '0')"
        " FROM pd.ticket t JOIN pd.agency a ON a.id = t.holder_id"))  # fmt: skip
    moves: dict[str, tuple[Action, dict[str, Any]]] = {
        "pending": dice.choice([(Action.VERIFY_AND_DISPATCH, {"lead": dice.choice(AGENCIES[:2])}), (Action.REJECT, {
            "reason": "重复", "reason_code": "duplicate"})]),
        "dispatched": (Action.ACKNOWLEDGE, {"login": number}),
        "rectifying": (Action.SUBMIT, {"login": number, "payload": MATERIAL}),
        "submitted": (Action.APPROVE, {}),
        "approved": dice.choice([(Action.REPORT, {}), (Action.UNAPPROVE, {"reason": "再看看"})]),
    }  # fmt: skip
    if state in moves:
        action, given = moves[state]
        payload = {"reason_code": given.pop("reason_code")} if "reason_code" in given else {}
        act(database, ticket, action, **({"payload": payload} if payload else {}), **given)


def uphold_an_appeal(database: Database, dice: random.Random) -> None:
    """Against any bad rating, up to its correction; now and then the ticket goes with it."""
    found = database.rows(
        "SELECT r.id, coalesce(t.state NOT IN ('closed', 'rejected'), false) FROM pd.rating r LEFT JOIN pd.ticket t ON t.id = r.ticket_id"
        " WHERE r.level <= 2 AND NOT EXISTS (SELECT FROM pd.appeal a WHERE a.rating_id = r.id) ORDER BY r.id"
    )
    if not found:
        return
    rating, is_open = dice.choice(found)
    facts = {"rating": rating, "appellant": "窗口甲", "statement": "不是本窗口办的", "admission": "补办"}
    made = _say(database, "officer", "SELECT pd.file_appeal(%s::jsonb, gen_random_uuid())", json.dumps(facts))
    login = database.one(
        "SELECT u.login FROM pd.appeal a JOIN pd.app_user u ON u.agency_id = a.agency_id WHERE a.id = %s",
        made["appeal"],
    )
    finding = dice.choice(
        ({"finding": "malicious"}, {"finding": "mistaken", "level": 5}, {"finding": "mistaken"})
    )
    for who, version, step, more in (
        (login, 1, "appeal_uphold", finding),
        ("officer", 2, "appeal_correct", {"withdraw_ticket": is_open and dice.random() < 0.5}),
    ):
        done = "SELECT pd.act_appeal(%s, %s, %s, %s::jsonb, gen_random_uuid())"
        _say(database, who, done, made["appeal"], version, step, json.dumps({"text": "核实属实", **more}))


def _say(database: Database, login: str, statement: str, *values: Any) -> Any:
    return database.raw(login, statement, *values)[0][0]


def change_rules(database: Database, dice: random.Random) -> None:
    """From another month on, and in vain for this one."""
    parameters = json.dumps(SHIPPED.to_json() | {
        "small_sample": dice.randrange(100), "follow_up_effect": dice.choice(("first", "latest")),
        "handled_means": dice.choice(("rectified", "submitted"))})  # fmt: skip
    put = "SELECT pd.put_rule_set(%s, '新', %s, '试')"
    database.raw("head", put, dice.choice((NOVEMBER, date(2026, 12, 1))), parameters)
    if database.one("SELECT count(*) FROM pd.month_close"):
        with pytest.raises(psycopg.ProgrammingError, match="10月已经封账"):
            database.raw("head", put, dice.choice((date(2026, 9, 1), OCTOBER)), parameters)


def count_anew(database: Database, _dice: random.Random) -> None:
    database.raw("officer", "SELECT pd.rebuild_tally()")


STEPS = (import_ratings, import_ratings, import_summary, import_cases, change_registry, act_on_a_ticket,
         act_on_a_ticket, uphold_an_appeal, uphold_an_appeal, change_rules, count_anew)  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_nothing_that_happens_later_changes_a_closed_month(county: Database, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(dice.randrange(4)):
        dice.choice(STEPS[:5])(county, dice)
    before = figures(county)
    county.raw("officer", CLOSE)
    assert figures(county) == before
    for step in range(1, 19):
        county.freeze(MONDAY + timedelta(days=step))
        dice.choice(STEPS)(county, dice)
        assert figures(county) == before
        _check_sums(county)
    counted = [c.same for c in asked(county, lambda c: queries.check(c, OCTOBER))]
    assert not all(counted[:3]) and counted[3]
    assert county.one("SELECT count(*) FROM pd.correction") > 0


def _check_sums(database: Database) -> None:
    """Closed + adjustments = live for every agency; a span over closed and open months pools both."""
    live, closed, span = asked(database, lambda c: [
        counts.read(c, first, last, database.one("SELECT pd.now()"), closed=only)
        for first, last, only in ((OCTOBER, NOVEMBER, False), (OCTOBER, OCTOBER, True), (OCTOBER, NOVEMBER, True))])  # fmt: skip
    found = asked(database, lambda c: adjusting.adjustments(c, OCTOBER, Group.OFFICER)).agencies
    assert {a.group for a in found} <= set(GROUPS)
    for kind in GROUPS:
        then = {f.agency: f for f in closed.facts(OCTOBER, OCTOBER, kind)}
        now = dict(
            zip(
                (a[0] for a in live.agencies[None] if a[2] == kind),
                live.facts(OCTOBER, OCTOBER, kind),
                strict=True,
            )
        )
        ids = {a[1]: a[0] for a in closed.agencies[OCTOBER]}
        for one in (a for a in found if a.group == kind and a.agency in then and ids[a.agency] in now):
            assert _counted(one.facts.added_to(then[one.agency])) == _counted(now[ids[one.agency]])
    by_month = [
        {k: n for k, n in c.months.items() if k[0] == m} for c, m in ((closed, OCTOBER), (live, NOVEMBER))
    ]
    assert span.months == by_month[0] | by_month[1]
    pooled = {f.agency: f.ratings for kind in GROUPS for f in span.facts(OCTOBER, NOVEMBER, kind)}
    assert pooled == {
        name: sum(
            sum(sum(by.values()) for by in n.levels.values())
            for (_, i), n in span.months.items()
            if i == agency
        )
        for agency, name, _, _ in span.agencies[None]
    }


def _counted(facts: AgencyFacts) -> Any:
    levels = {(p, level): n for p, by in facts.levels.items() for level, n in by.items() if n}
    tickets = sorted((g.rectified, g.submitted, g.due, g.count) for g in facts.tickets if g.count)
    return levels, {p: c for p, c in facts.cases.items() if any(c)}, facts.halls, tickets, facts.cases_loaded


def test_what_was_changed_since_is_named_row_by_row(county: Database) -> None:
    county.raw("officer", CLOSE)
    assert asked(county, lambda c: adjusting.adjustments(c, OCTOBER, Group.OFFICER)).rows == ()
    county.freeze(MONDAY + timedelta(days=1))
    with loads.connect(county) as connection:
        loads.ratings(connection, {"case_number": "R4", "level": 1, "rated_at": at(5), "hall": "大厅"},
                      {"case_number": "R90", "level": 5, "rated_at": at(6)})  # fmt: skip
        connection.commit()
        loads.summary(
            connection,
            {"agency": "乙镇", "month": OCTOBER, "cases": 50, "cases_rated": 50, "level_5": 50, "level_2": 0},
        )
    (ticket,) = (
        t
        for (t,) in county.rows(
            "SELECT t.id FROM pd.ticket t JOIN pd.agency a ON a.id = t.holder_id WHERE a.name = '乙镇'"
        )
    )
    act(county, ticket, Action.REJECT, reason="重复", payload={"reason_code": "duplicate"})
    found = asked(county, lambda c: adjusting.adjustments(c, OCTOBER, Group.OFFICER))
    assert [(r.agency, r.what) for r in found.rows] == [
        ("乙镇", "封账后不再计数"), ("甲镇", "封账后新增"), ("甲镇", "省平台更正：非常满意 → 非常不满意"),
        ("甲镇", "封账后导入"), ("乙镇", "封账后导入")]  # fmt: skip
    by_name = {a.agency: a for a in found.agencies}
    assert set(by_name) == {"甲镇", "乙镇"} and found.more == 0
    assert {p.part.value for p in by_name["乙镇"].parts} == {"quality", "handling", "coverage"}
    assert asked(county, lambda c: adjusting.adjustments(c, OCTOBER, Group.LIAISON)).rows is None
    assert {c.of.value: c.same for c in asked(county, lambda c: queries.check(c, OCTOBER))} == {
        "ratings": False, "tickets": False, "cases": False, "counts": True}  # fmt: skip
    county.rows("UPDATE pd.closed_ticket_count SET handled = true")
    assert not asked(county, lambda c: queries.check(c, OCTOBER))[3].same


# closing ----------------------------------------------------------------------------------------------------


def test_a_month_is_closed_once_after_it_ended_by_an_officer_and_opened_again_with_a_reason(
    county: Database,
) -> None:
    rows = asked(county, queries.months)
    assert [(r.month, r.state) for r in rows] == [(OCTOBER, MonthState.OPEN)]
    assert (rows[0].figures.ratings, rows[0].figures.tickets, rows[0].figures.unhandled) == (80, 8, 8)
    ready = asked(county, lambda c: queries.readiness(c, OCTOBER, Group.OFFICER))
    assert any("还在评价期内" in w for w in ready.warnings) and any(
        "没有核实转办" in w for w in ready.warnings
    )
    assert "甲镇的办件明细和月度汇总有 1 处不一致，按明细计。" in ready.warnings
    assert ready.differences and ready.differences[0].agency == "甲镇"
    with county.store.write() as connection:
        commands.close(connection, OCTOBER, note="十月")
    with pytest.raises(UserError, match="已经封账"), county.store.write() as connection:
        commands.close(connection, OCTOBER)
    with pytest.raises(UserError, match="还没有结束"), county.store.write() as connection:
        commands.close(connection, NOVEMBER)
    for statement in (CLOSE, "SELECT pd.reopen_month('2026-10-01', '想改')", "DELETE FROM pd.closed_tally"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            county.raw("liaison-01", statement)
    closed = asked(county, queries.months)[0]
    assert (
        closed.state is MonthState.CLOSED
        and closed.close.note == "十月"
        and closed.figures == rows[0].figures
    )
    assert all(len(f.hash) == 64 for f in closed.close.fingerprints)
    assert closed.close.chain == "{}:{}".format(
        *county.rows("SELECT no, encode(hash, 'hex') FROM pd.event_link ORDER BY no DESC OFFSET 1 LIMIT 1")[0]
    )
    with pytest.raises(UserError, match="为什么重新开账"), county.store.write() as connection:
        commands.reopen(connection, OCTOBER, reason="　")
    with county.store.write() as connection:
        commands.reopen(connection, OCTOBER, reason="漏了一批数据")
    again = asked(county, queries.months)[0]
    assert (again.state, again.close, again.past[0].reopen_reason) == (
        MonthState.REOPENED,
        None,
        "漏了一批数据",
    )
    county.raw("officer", CLOSE)
    county.rows("UPDATE pd.month_close SET issued_at = pd.now() WHERE reopened_at IS NULL")
    with pytest.raises(UserError, match="已经印发"), county.store.write() as connection:
        commands.reopen(connection, OCTOBER, reason="又漏了")


def waits(database: Database, login: str, work: Future[Any]) -> None:
    """Until somebody stands behind another's lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND wait_event_type = 'Lock'"
    while not work.done() and not database.one(waiting, login):
        pass
    assert not work.done()


def test_two_close_at_once_and_one_is_told_that_it_is_done(county: Database) -> None:
    with loads.connect(county) as one, ThreadPoolExecutor(1) as beside:
        one.execute(CLOSE)
        second = beside.submit(county.raw, "head", CLOSE)
        waits(county, "head", second)
        one.commit()
        with pytest.raises(psycopg.ProgrammingError, match="已经封账"):
            second.result(30)
    assert county.one("SELECT count(*) FROM pd.month_close") == 1


def test_a_close_waits_for_an_import_and_holds_all_of_it(county: Database) -> None:
    rows = asked(county, queries.months)[0].figures.ratings
    with loads.connect(county) as load, ThreadPoolExecutor(1) as beside:
        loads.ratings(load, {"case_number": "R99", "level": 5, "rated_at": at(9)})
        closing = beside.submit(county.raw, "head", CLOSE)
        waits(county, "head", closing)
        load.commit()
        closing.result(30)
    assert asked(county, queries.months)[0].figures.ratings == rows + 1
    assert all(c.same for c in asked(county, lambda c: queries.check(c, OCTOBER)))


def test_a_closed_month_keeps_its_rules_and_why_somebody_is_not_ranked(county: Database) -> None:
    county.agency("丁镇")
    county.raw("officer", CLOSE)
    before = figures(county)
    assert view(county).unranked == (("丁镇", NO_CASE_DATA),)
    with loads.connect(county) as connection:
        loads.cases(connection, {"case_number": "D1", "agency": "丁镇", "finished_at": at(3)})
    # What no function allows: the owner's hand in the rules.
    county.rows(
        'UPDATE pd.rule_set SET parameters = parameters || \'{"small_sample": 99999, "quality_mean": "by_platform"}\''
    )
    assert figures(county) == before
