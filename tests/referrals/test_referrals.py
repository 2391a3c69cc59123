"""线索移送 (Guide 8.2): made, noted, named, closed; and what everybody else can learn of it: nothing."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from app.database import embedded, schema
from app.errors import UserError
from app.referrals import commands, queries
from app.referrals.commands import Done, Draft
from app.referrals.queries import ReferralDetail, ReferralFilter, Source
from app.registry import seeding
from models.rules.referrals import State, Step
from tests.databases import MONDAY, Database
from tests.store import loads

OTHERS = ("officer-2", "liaison-01", "auditor", "admin")


@pytest.fixture
def county(database: Database) -> Database:
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    with schema.administration(database.conninfo(embedded.SUPERUSER)) as connection:
        seeding.add_person(connection, *seeding.SECOND_OFFICER[:3], secret=database.cluster.secret)
    return database


def draft(ticket: int, *people: str) -> Draft:
    return Draft(Source("工单", ticket=ticket), "县纪委监委", "疑似索要好处", "收件时索要购物卡", people)


def run(county: Database, login: str, work):  # type: ignore[no-untyped-def]
    store = county.person(login)
    try:
        with store.write() as connection:
            return work(connection)
    finally:
        store.close()


def make(county: Database, ticket: int, *people: str, login: str = "officer") -> Done:
    done: Done = run(county, login, lambda c: commands.make(c, draft(ticket, *people), command_id=uuid4()))
    return done


def seen(county: Database, login: str, number: int) -> ReferralDetail:
    detail: ReferralDetail = run(county, login, lambda c: queries.referral(c, number))
    return detail


def test_it_is_made_noted_named_and_closed(county: Database) -> None:
    made = make(county, county.ticket(), "bureau")
    one = seen(county, "bureau", made.referral)
    assert (one.row.people, one.allowed) == (("bureau", "officer"), (Step.NOTE,))
    run(
        county, "bureau",
        lambda c: commands.act(c, made.referral, 1, Step.NOTE, words="已收到"),
    )  # fmt: skip
    run(
        county, "officer",
        lambda c: commands.act(c, made.referral, 2, Step.NAME, people=("officer-2",)),
    )  # fmt: skip
    with pytest.raises(UserError, match="移送人或中心负责人"):
        run(
            county, "officer-2",
            lambda c: commands.act(c, made.referral, 3, Step.CLOSE, words="了结"),
        )  # fmt: skip
    with pytest.raises(UserError) as stale:
        run(county, "head", lambda c: commands.act(c, made.referral, 2, Step.CLOSE, words="了结"))
    assert stale.value.code == "stale"
    run(county, "head", lambda c: commands.act(c, made.referral, 3, Step.CLOSE, words="纪委已立案"))
    one = seen(county, "officer-2", made.referral)
    assert (one.row.state, [s.text for s in one.steps]) == (
        State.CLOSED,
        [None, "已收到", "王芳", "纪委已立案"],
    )
    assert county.raw("head", "SELECT pd.verify_referrals()") == [(True,)]


def test_it_may_come_from_an_appeal(county: Database) -> None:
    with closing(loads.connect(county)) as connection:
        loads.ratings(connection, {"case_number": "C1", "level": 1, "rated_at": MONDAY - timedelta(days=2)})
        connection.commit()
    loads.correct(county, "C1", "440881", level=None)
    appeal = county.one("SELECT id FROM pd.appeal")
    given = Draft(Source("申诉", appeal=appeal), "县纪委监委", "疑似索要好处", "收件时索要购物卡")
    made = run(county, "officer", lambda c: commands.make(c, given, command_id=uuid4()))
    row = seen(county, "head", made.referral).row
    assert (row.appeal_id, row.ticket_id) == (appeal, None)
    assert row.reference.startswith("申诉〔2026〕")


def test_the_page_is_for_heads_and_those_named(county: Database) -> None:
    def concerned() -> list[str]:
        return [who for who in ("head", "officer", "bureau", *OTHERS) if run(county, who, queries.concerns)]

    assert concerned() == ["head"]
    made = make(county, county.ticket(), "bureau")
    assert concerned() == ["head", "officer", "bureau"]
    page = run(county, "officer", lambda c: queries.page(c, ReferralFilter(search="购物卡")))
    assert [row.number for row in page.rows] == [made.number]
    with pytest.raises(UserError, match="没有这件线索移送"):
        seen(county, "officer-2", made.referral)


def test_one_made_twice_is_one_and_its_number_does_not_count_others(county: Database) -> None:
    ticket, command = county.ticket(), uuid4()
    twice = [
        run(county, "officer", lambda c: commands.make(c, draft(ticket), command_id=command)) for _ in (1, 2)
    ]
    assert twice[0] == twice[1]
    more = [make(county, ticket, login=who) for who in ("head", "officer-2", "officer-2")]
    numbers = [done.number for done in more]
    ids = [done.referral for done in more]
    assert len(set(numbers)) == 3
    assert min(ids) > 1000 and ids != list(range(ids[0], ids[0] + 3))


#: What somebody may try who would know whether there is one. Whatever is answered must not change when there is.
LOOKS = (
    "SELECT * FROM pd.referral",
    "SELECT count(*) FROM pd.referral_step",
    "EXPLAIN SELECT * FROM pd.referral",
    "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT * FROM pd.referrals()",
    "EXPLAIN SELECT * FROM pd.referrals()",
    "SELECT * FROM pd.referrals()",
    "SELECT pd.verify_referrals()",
    "SELECT pd.act_referral(1, 1, 'note', '{\"text\": \"x\"}')",
    "SELECT * FROM pd.referral_steps(<id>)",
    "SELECT pd.sees_all_referrals()",
    "SELECT id FROM pd.my_referrals()",
    "SELECT action, ticket_id, facts FROM pd.event ORDER BY id",
    "SELECT kind, ticket_id FROM pd.change ORDER BY 1, 2",
    "SELECT * FROM pd.event_text ORDER BY 1",
    "SELECT * FROM pd.command_log",
    "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'pd' ORDER BY 1",
    "SELECT last_value FROM pd.referral_id_seq",
    "SELECT relname, n_tup_ins FROM pg_stat_all_tables WHERE relname ~ 'referral'",
    "SELECT relname, n_tup_ins FROM pg_stat_xact_all_tables WHERE relname ~ 'referral'",
    "SELECT relname, heap_blks_hit FROM pg_statio_all_tables WHERE relname ~ 'referral'",
    "SELECT idx_scan FROM pg_stat_all_indexes WHERE relname ~ 'referral'",
    "SELECT reltuples, relpages FROM pg_class WHERE relname = 'referral'",
    "SELECT pg_relation_size('pd.referral')",
    "SELECT pg_total_relation_size('pd.referral_step')",
    "SELECT * FROM pg_stats WHERE tablename ~ 'referral'",
    "SELECT calls FROM pg_stat_user_functions",
    "SELECT id, version, xmin::text, xmax::text FROM pd.ticket ORDER BY id",
    "SELECT login, xmax::text FROM pd.app_user ORDER BY login",
    "SELECT name, xmax::text FROM pd.agency ORDER BY id",
)


def test_nobody_else_learns_that_it_exists(county: Database) -> None:
    ticket = county.ticket()
    county.rows("VACUUM ANALYZE")

    def looked(number: int) -> dict[tuple[str, str], object]:
        return {
            (who, look): _answer(county, who, look.replace("<id>", str(number)))
            for who in OTHERS
            for look in LOOKS
        }

    before = looked(7)
    number = make(county, ticket, "bureau").referral
    run(county, "bureau", lambda c: commands.act(c, number, 1, Step.NOTE, words="已收到"))
    county.rows("VACUUM ANALYZE pd.referral, pd.referral_step")
    assert looked(number) == before
    for who in OTHERS:
        mine = f"SELECT pd.act_referral({number}, 2, 'note', '{{\"text\": \"x\"}}')"
        assert _answer(county, who, mine) == before[who, LOOKS[7]]


def test_nobody_feels_that_it_exists(county: Database) -> None:
    """How many pages the doors read for somebody who is named in none: EXPLAIN tells everybody."""
    ticket = county.ticket()
    doors = ("SELECT * FROM pd.referrals()", "SELECT * FROM pd.referral_steps(7)")

    def felt() -> list[object]:
        return [_pages(county, who, door) for who in OTHERS for door in doors]

    before = felt()
    for number in range(40):
        make(county, ticket, *(("bureau",) if number % 2 else ()))
    county.rows("VACUUM ANALYZE pd.referral")
    assert felt() == before


def _pages(county: Database, login: str, statement: str) -> str:
    """What the tenth run reads, when everything is at hand."""
    with psycopg.connect(county.conninfo(login), autocommit=True) as connection:
        for _ in range(9):
            connection.execute(statement)
        plan = connection.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) {statement}")
        return "".join(line for (line,) in plan if "Buffers" in line)


def _answer(county: Database, login: str, statement: str) -> object:
    try:
        return county.raw(login, statement)
    except psycopg.Error as error:
        return error.sqlstate, error.diag.message_primary, error.diag.message_detail
