"""What somebody gets who connects with their own login and types SQL."""

from __future__ import annotations

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
    for table in ("ticket", "rating", "event_text", "assignment"):
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
