"""What somebody gets who connects with their own login and types SQL."""

from __future__ import annotations

import json
from uuid import uuid4

import psycopg
import pytest

from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.store.acting import act

_TICKETS = (
    "ticket",
    "assignment",
    "event",
    "event_text",
    "rectification",
    "rating",
    "rating_revision",
    "change",
)
_ALL = (*_TICKETS, "rater", "command_log", "tally", "tally_ticket", "tally_staff", "agency", "hall", "app_user",
        "calendar_day", "rule_set", "import_batch", "staging_rating", "instance", "rating_cover", "summary_count")  # fmt: skip


@pytest.fixture
def two_agencies(database: Database) -> Database:
    """One ticket with 甲镇, one with 乙镇, one with nobody yet."""
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    database.liaison("liaison-02", "乙镇")
    for agency in ("甲镇", "乙镇"):
        act(database, database.ticket(agency), Action.VERIFY_AND_DISPATCH, lead=agency, reason="请尽快办理")
    database.ticket("甲镇")
    return database


def test_a_liaison_sees_what_the_agency_holds_and_nothing_else(two_agencies: Database) -> None:
    own = two_agencies.raw(
        "liaison-01", "SELECT t.id, a.name FROM pd.ticket t JOIN pd.agency a ON a.id = t.holder_id"
    )
    assert [name for _, name in own] == ["甲镇"]
    for table in _TICKETS[:4]:
        seen = two_agencies.raw("liaison-01", f"SELECT count(*) FROM pd.{table}")[0][0]
        everything = two_agencies.one(f"SELECT count(*) FROM pd.{table}")
        assert 0 < seen < everything, table
    assert two_agencies.raw("liaison-01", "SELECT 1 FROM pd.ticket WHERE search LIKE '%%乙镇%%'") == []
    joined = "SELECT DISTINCT t.id FROM pd.change c JOIN pd.ticket t ON t.id = c.ticket_id"
    assert two_agencies.raw("liaison-01", joined) == [(own[0][0],)]


@pytest.mark.parametrize("login", ["officer", "head", "liaison-01", "admin", "auditor", "bureau"])
def test_nobody_reads_a_telephone_number(two_agencies: Database, login: str) -> None:
    for statement in ("SELECT phone FROM pd.rater", "SELECT count(*) FROM pd.rater", "TABLE pd.command_log",
                      "SELECT rater_phone FROM pd.staging_rating"):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            two_agencies.raw(login, statement)


@pytest.mark.parametrize("login", ["officer", "head", "liaison-01", "admin", "auditor", "bureau"])
def test_nobody_writes_a_table(two_agencies: Database, login: str) -> None:
    for table in _ALL:
        column = two_agencies.one(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 2", f"pd.{table}"
        )
        writes = [
            f"UPDATE pd.{table} SET {column} = {column}",
            f"DELETE FROM pd.{table}",
            f"TRUNCATE pd.{table}",
        ]
        if not table.startswith("staging"):
            writes.append(f"INSERT INTO pd.{table} DEFAULT VALUES")
        for statement in writes:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                two_agencies.raw(login, statement)


@pytest.mark.parametrize("login", ["admin", "auditor", "bureau"])
def test_other_groups_read_no_ticket(two_agencies: Database, login: str) -> None:
    for table in ("ticket", "rating", "rectification", "assignment"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            two_agencies.raw(login, f"SELECT * FROM pd.{table}")


@pytest.mark.parametrize("login", ["officer", "liaison-01", "admin"])
def test_nobody_rises(two_agencies: Database, login: str) -> None:
    for statement in (
        "SET ROLE pd_owner",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "CREATE TEMPORARY TABLE ticket (id bigint)",
        "CREATE TABLE public.ticket (id bigint)",
        "CREATE FUNCTION pd.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
        "CREATE ROLE somebody",
        "ALTER TABLE pd.ticket DISABLE ROW LEVEL SECURITY",
        "SELECT pd.refresh_tally(ARRAY[DATE '2026-10-01'])",
        "SELECT pd.carry_out(NULL, 'reject', '{}')",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_xact_lock(1, 2)",
        "SELECT lo_from_bytea(0, 'x')",
    ):
        with pytest.raises(psycopg.Error):
            two_agencies.raw(login, statement)


def test_the_group_follows_the_login_not_the_role(two_agencies: Database) -> None:
    two_agencies.rows("UPDATE pd.app_user SET active = false WHERE login = 'liaison-01'")
    assert two_agencies.raw("liaison-01", "SELECT id FROM pd.ticket") == []


def test_a_liaison_cannot_act_on_a_ticket_of_others_nor_learn_that_it_exists(two_agencies: Database) -> None:
    other = two_agencies.one(
        "SELECT t.id FROM pd.ticket t JOIN pd.agency a ON a.id = t.holder_id WHERE a.name = '乙镇' AND round > 0"
    )
    answers = set()
    for ticket in (other, 999_999):
        with pytest.raises(psycopg.Error) as refused:
            two_agencies.raw(
                "liaison-01", "SELECT pd.act(%s, 1, 'acknowledge', '{}', %s::uuid)", ticket, str(uuid4())
            )
        answers.add((refused.value.sqlstate, refused.value.diag.message_primary))
    assert len(answers) == 1


def test_the_clock_cannot_be_set_outside_a_test_database(database: Database) -> None:
    with pytest.raises(psycopg.Error, match="测试"):
        database.raw("officer", "SELECT pd.set_now(now())")


def test_groups_have_their_roles(database: Database) -> None:
    for group in Group:
        assert database.rows("SELECT 1 FROM pg_roles WHERE rolname = %s AND NOT rolcanlogin", group.role)


def test_an_event_takes_only_what_its_action_has(two_agencies: Database) -> None:
    ticket = two_agencies.one("SELECT id FROM pd.ticket WHERE round > 0 ORDER BY id LIMIT 1")
    payload = {
        "reason": "已电话联系",
        "lead": 1,
        "receipt": "13384382025",
        "reason_code": "杨秀敏",
        "co": {"any": 1},
    }
    act(two_agencies, ticket, Action.ANNOTATE, login="liaison-01", payload=payload)
    facts = two_agencies.one("SELECT facts FROM pd.event ORDER BY id DESC LIMIT 1")
    assert set(facts) == {"round", "due_on", "text_hash"}


def test_nonsense_is_a_sentence_and_changes_nothing(database: Database) -> None:
    ticket = database.ticket()
    long = '{"reason": "' + "x" * 300_000 + '"}'
    for payload in (
        '{"lead": "abc"}',
        '{"lead": 1, "co": [[1]]}',
        "[1]",
        '{"lead": 99999999999999999999}',
        long,
        None,
    ):
        command = str(uuid4()) if payload else None
        with pytest.raises(psycopg.Error) as told:
            database.raw(
                "officer",
                "SELECT pd.act(%s, 1, 'verify_and_dispatch', %s::jsonb, %s::uuid)",
                ticket,
                payload or "{}",
                command,
            )
        assert told.value.sqlstate == "PD001", payload
    assert database.state(ticket) == "pending"


def test_no_version_is_no_right_version(database: Database) -> None:
    ticket = database.ticket()
    with pytest.raises(psycopg.Error) as told:
        database.raw(
            "officer",
            "SELECT pd.act(%s, NULL, 'verify_and_dispatch', %s::jsonb, %s::uuid)",
            ticket,
            f'{{"lead": {database.agency("甲镇")}}}',
            str(uuid4()),
        )
    assert told.value.sqlstate == "PD002"


def test_an_act_in_an_open_transaction_holds_up_no_other_ticket(two_agencies: Database) -> None:
    one, two = (r[0] for r in two_agencies.rows("SELECT id FROM pd.ticket WHERE round > 0 ORDER BY id"))
    with psycopg.connect(two_agencies.conninfo("liaison-01")) as waiting:
        waiting.execute("SELECT pd.act(%s, 2, 'acknowledge', '{}', %s::uuid)", [one, str(uuid4())])
        act(two_agencies, two, Action.RECALL)
        waiting.commit()
    assert two_agencies.raw("officer", "SELECT pd.rebuild_tally() ->> 'changed'") == [("0",)]


def test_a_part_of_a_load_without_its_end_does_not_commit(database: Database) -> None:
    batch = {"file_name": "a.xlsx", "file_hash": "h", "names": {"months": []}, "complete": True}
    with pytest.raises(psycopg.Error, match="没有完成"):
        database.raw("officer", "SELECT pd.load_ratings_part(77, %s::jsonb)", json.dumps(batch))
    assert database.rows("SELECT 1 FROM pd.import_batch") == []
