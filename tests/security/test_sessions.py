"""Attempts that begin with what is allowed: other sessions, waiting locks, people who change, two databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from app.database import embedded, schema
from app.registry import seeding
from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import MONDAY
from tests.security.county import RATER, VERIFIER, WHY, WORDS, County
from tests.store.acting import MATERIAL, act

Rows = list[tuple[Any, ...]]


@contextmanager
def session(county: County, login: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(county.database.conninfo(login), autocommit=True) as connection:
        yield connection


def person(county: County, group: Group, agency: str | None = None) -> str:
    """Somebody new, of a login that no other test has."""
    login = f"p-{uuid4().hex[:10]}"
    with schema.administration(county.database.conninfo(embedded.SUPERUSER)) as connection:
        seeding.add_person(
            connection, login, login, group,
            agency_id=agency and county.database.agency(agency), secret=county.database.cluster.secret,
        )  # fmt: skip
    return login


def administer(county: County, who: str, action: str, login: str, **facts: Any) -> dict[str, Any]:
    answer = county.database.raw(
        who, "SELECT pd.administer(%s, %s, %s::jsonb)", action, login, json.dumps(facts)
    )
    return dict(answer[0][0])


def refused(county: County, who: str, state: str, statement: str, *values: Any) -> str:
    """The sentence with which a statement is refused."""
    with pytest.raises(psycopg.Error) as told:
        county.database.raw(who, statement, *values)
    assert told.value.sqlstate == state, told.value
    return str(told.value.diag.message_primary)


# --- people who change ----------------------------------------------------------------------------------


@pytest.mark.parametrize("group", [Group.OFFICER, Group.LIAISON, Group.AUDITOR, Group.BUREAU])
def test_an_old_session_of_somebody_disabled_is_ended(living: County, group: Group) -> None:
    login = person(living, group, "甲镇" if group is Group.LIAISON else None)
    with pytest.raises(psycopg.OperationalError), session(living, login) as old:
        old.execute("SELECT 1 FROM pd.change")
        administer(living, "admin", "disable", login)
        old.execute("SELECT 1 FROM pd.change")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        living.database.raw(login, "SELECT 1")


def test_who_connects_while_being_disabled_can_do_nothing_and_is_ended_afterwards(living: County) -> None:
    login = person(living, Group.OFFICER)
    ticket = living.ticket("甲镇")
    with psycopg.connect(living.database.conninfo("admin")) as disabling:
        disabling.execute("SELECT pd.administer('disable', %s, '{}')", [login])
        with pytest.raises(psycopg.OperationalError), session(living, login) as late:
            late.execute("SELECT 1")
            disabling.commit()
            with pytest.raises(psycopg.Error, match="无权办理"):
                late.execute("SELECT pd.act(%s, 1, 'annotate', '{\"reason\": \"x\"}', %s)", [ticket, uuid4()])
            with pytest.raises(psycopg.Error, match="无权查看"):
                late.execute("SELECT pd.reveal_contact(%s, %s)", [ticket, WHY])
            assert living.database.raw("admin", "SELECT pd.disconnect_disabled()") == [(1,)]
            late.execute("SELECT 1")


def test_a_regrouped_person_loses_the_old_session_and_the_old_rights(living: County) -> None:
    login = person(living, Group.OFFICER)
    with pytest.raises(psycopg.OperationalError), session(living, login) as old:
        old.execute("SELECT 1 FROM pd.ticket")
        asked = administer(living, "admin", "regroup", login, group="bureau")
        assert old.execute("SELECT pd.my_group()").fetchone() == ("officer",)
        living.database.raw("second-admin", "SELECT pd.decide_request(%s, true)", asked["request"])
        old.execute("SELECT 1 FROM pd.ticket")
    refused(living, login, "42501", "SELECT 1 FROM pd.ticket")
    refused(living, login, "42501", "SET ROLE pd_officer")


def test_a_moved_liaison_sees_the_new_agency_alone(living: County) -> None:
    login = person(living, Group.LIAISON, "甲镇")
    with session(living, login) as old:
        old.execute("PREPARE p AS SELECT DISTINCT holder_id FROM pd.ticket")
        assert old.execute("EXECUTE p").fetchall() == [(living.numbers["jia"],)]
        administer(living, "admin", "move", login, agency=living.numbers["yi"])
        assert old.execute("EXECUTE p").fetchall() == [(living.numbers["yi"],)]


def test_before_the_first_password_is_changed_nothing_is_done(living: County) -> None:
    login = person(living, Group.OFFICER)
    living.database.rows("UPDATE pd.app_user SET must_change_password = true WHERE login = %s", login)
    ticket = living.ticket("甲镇")
    for statement in (
        f"SELECT pd.act({ticket}, 1, 'annotate', '{{\"reason\": \"x\"}}', '{uuid4()}')",
        f"SELECT pd.reveal_contact({ticket}, '{WHY}')",
        "SELECT pd.begin_load()",
        "SELECT pd.rebuild_tally()",
        "SELECT pd.import_notice('[]', 'x')",
    ):
        assert "首次登录请先修改密码" in refused(living, login, "PD003", statement)
    # Past the door the password may be changed; it does not count.
    living.database.raw(login, f"ALTER ROLE CURRENT_USER PASSWORD '{uuid4()}'")
    assert living.database.raw(login, "SELECT pd.my_group()") == [(None,)]


def test_a_liaison_before_the_first_password_sees_nothing(living: County) -> None:
    login = person(living, Group.LIAISON, "甲镇")
    assert living.database.raw(login, "SELECT count(*) > 0 FROM pd.ticket") == [(True,)]
    living.database.rows("UPDATE pd.app_user SET must_change_password = true WHERE login = %s", login)
    assert living.database.raw(login, "SELECT 1 FROM pd.ticket") == []


# --- one admin alone ------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["officer", "admin", "auditor"])
def test_an_admin_alone_makes_nobody_of_the_centre(living: County, group: str) -> None:
    login = f"p-{uuid4().hex[:10]}"
    done = administer(living, "admin", "create", login, name="新人", group=group, verifier=VERIFIER)
    assert done["done"] is False
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        living.database.raw(login, "SELECT 1")
    refused(living, "admin", "PD003", "SELECT pd.decide_request(%s, true)", done["request"])
    assert living.database.rows("SELECT 1 FROM pd.app_user WHERE login = %s", login) == []


@pytest.mark.parametrize(
    ("action", "facts"),
    [
        ("reset_password", {"verifier": VERIFIER}),
        ("regroup", {"group": "admin"}),
        ("set_head", {"is_head": True}),
    ],
)
def test_an_admin_alone_changes_no_officer(living: County, action: str, facts: dict[str, Any]) -> None:
    login = person(living, Group.OFFICER)
    standing = "SELECT u::text, r.rolpassword, r.rolcanlogin FROM pd.app_user u, pg_authid r WHERE %s IN (u.login) AND r.rolname = u.login"
    before = living.database.rows(standing, login)
    done = administer(living, "admin", action, login, **facts)
    assert done["done"] is False and living.database.rows(standing, login) == before
    again = "SELECT pd.administer(%s, %s, %s::jsonb)"
    refused(living, "admin", "PD001", again, action, login, json.dumps(facts))
    living.database.raw("admin", "SELECT pd.decide_request(%s, false)", done["request"])
    refused(living, "second-admin", "PD001", "SELECT pd.decide_request(%s, true)", done["request"])
    assert living.database.rows(standing, login) == before


def test_an_admin_alone_brings_no_officer_back(living: County) -> None:
    login = person(living, Group.OFFICER)
    administer(living, "admin", "disable", login)
    assert administer(living, "admin", "enable", login)["done"] is False
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        living.database.raw(login, "SELECT 1")


def test_whom_a_request_is_about_cannot_confirm_it(living: County) -> None:
    third = person(living, Group.ADMIN)
    done = administer(living, "admin", "regroup", third, group="officer")
    refused(living, third, "PD003", "SELECT pd.decide_request(%s, true)", done["request"])


def test_a_request_dies_with_its_askers_rights_and_with_time(living: County) -> None:
    third = person(living, Group.ADMIN)
    login = person(living, Group.OFFICER)
    done = administer(living, third, "set_head", login, is_head=True)
    administer(living, "admin", "disable", third)
    refused(living, "second-admin", "PD001", "SELECT pd.decide_request(%s, true)", done["request"])
    living.database.raw("admin", "SELECT pd.decide_request(%s, false)", done["request"])
    done = administer(living, "admin", "set_head", login, is_head=True)
    living.database.rows("UPDATE pd.person_request SET expires_at = pd.now() WHERE id = %s", done["request"])
    refused(living, "second-admin", "PD001", "SELECT pd.decide_request(%s, true)", done["request"])
    assert living.database.one("SELECT is_head FROM pd.app_user WHERE login = %s", login) is False


def test_who_was_disabled_while_waiting_for_a_turn_does_nothing_any_more(living: County) -> None:
    third, login = person(living, Group.ADMIN), person(living, Group.BUREAU)
    with psycopg.connect(living.database.conninfo("admin")) as first:
        first.execute("SELECT pd.administer('disable', %s, '{}')", [third])
        with session(living, third) as late, ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(late.execute, "SELECT pd.administer('disable', %s, '{}')", [login])
            _until_it_waits(living, late)
            first.commit()
            with pytest.raises(psycopg.Error, match="没有这项操作的权限"):
                waiting.result()
    assert living.database.one("SELECT active FROM pd.app_user WHERE login = %s", login) is True


def test_two_admins_cannot_disable_each_other(living: County) -> None:
    """The last one stays, also when both press the button at once."""
    others = "UPDATE pd.app_user SET active = %s WHERE group_name = 'admin' AND login NOT IN (%s, %s)"
    one, two = person(living, Group.ADMIN), person(living, Group.ADMIN)
    living.database.rows(others, False, one, two)
    with psycopg.connect(living.database.conninfo(one)) as first:
        first.execute("SELECT pd.administer('disable', %s, '{}')", [two])
        with session(living, two) as late, ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(late.execute, "SELECT pd.administer('disable', %s, '{}')", [one])
            _until_it_waits(living, late)
            first.commit()
            with pytest.raises(psycopg.Error):
                waiting.result()
    third = person(living, Group.BUREAU)
    assert administer(living, one, "disable", third)["done"] is True
    living.database.rows("UPDATE pd.app_user SET active = true WHERE login IN ('admin', 'second-admin')")


def _until_it_waits(county: County, connection: psycopg.Connection[Any]) -> None:
    waits = "SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted"
    while not county.database.rows(waits, connection.info.backend_pid):
        pass


# --- the door -------------------------------------------------------------------------------------------


def test_a_forged_payload_changes_nothing_but_what_its_action_has(living: County) -> None:
    ticket = living.ticket("甲镇")
    act(living.database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    act(living.database, ticket, Action.ACKNOWLEDGE, login="liaison-01")
    kept = "SELECT due_on, runs_until, state, holder_id, level, reason, round, received_on FROM pd.ticket WHERE id = %s"
    before = living.database.rows(kept, ticket)
    forged = {"due_on": "2030-01-01", "runs_until": "2030-01-01", "state": "closed", "version": 99, "level": 5,
              "holder_id": living.numbers["yi"], "lead": living.numbers["yi"], "co": [living.numbers["yi"]],
              "received_on": "2030-01-01", "round": 9, "reason": "已联系", "actor": "officer"}  # fmt: skip
    act(living.database, ticket, Action.ANNOTATE, login="liaison-01", payload=forged)
    assert living.database.rows(kept, ticket) == before
    act(living.database, ticket, Action.SUBMIT, login="liaison-01", payload=MATERIAL | forged)
    after = living.database.rows(kept, ticket)
    assert [row[0] for row in after] == [row[0] for row in before] and after[0][2:7] == (
        "submitted",
        *before[0][3:7],
    )
    assert living.database.one("SELECT max(submitted_on) FROM pd.assignment WHERE ticket_id = %s", ticket) == (
        living.database.one("SELECT pd.today()")
    )  # fmt: skip


def test_a_command_of_ones_own_opens_no_other_ticket_and_anothers_answers_nothing(living: County) -> None:
    one, two = living.ticket("甲镇"), living.ticket("甲镇")
    command = uuid4()
    act(living.database, one, Action.VERIFY_AND_DISPATCH, lead="甲镇", command_id=command)
    payload = json.dumps({"lead": living.numbers["jia"]})
    said = refused(
        living, "officer", "PD001", "SELECT pd.act(%s, 1, 'verify_and_dispatch', %s, %s)", two, payload, command
    )  # fmt: skip
    assert "另一张工单" in said
    refused(
        living, "liaison-02", "PD003", "SELECT pd.act(%s, 1, 'verify_and_dispatch', %s, %s)", one, payload, command
    )  # fmt: skip


def test_a_recalled_ticket_is_gone_from_every_table(living: County) -> None:
    ticket = living.ticket("甲镇")
    act(living.database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇", reason="请办理")
    act(living.database, ticket, Action.RECALL)
    for table, column in (("ticket", "id"), ("assignment", "ticket_id"), ("event", "ticket_id"),
                          ("event_text", "ticket_id"), ("change", "ticket_id")):  # fmt: skip
        assert living.database.raw("liaison-01", f"SELECT 1 FROM pd.{table} WHERE {column} = {ticket}") == []


def test_a_co_agency_sees_the_ticket_and_signs_nothing(living: County) -> None:
    ticket = living.ticket("甲镇")
    act(living.database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇", co=["乙镇"])
    assert living.database.raw("liaison-02", f"SELECT 1 FROM pd.ticket WHERE id = {ticket}") == [(1,)]
    assert (
        len(living.database.raw("liaison-02", f"SELECT 1 FROM pd.assignment WHERE ticket_id = {ticket}")) == 1
    )
    for action in ("acknowledge", "decline"):
        refused(
            living, "liaison-02", "PD003", "SELECT pd.act(%s, 2, %s, '{\"reason\": \"不归我办\"}', %s)",
            ticket, action, uuid4(),
        )  # fmt: skip
    refused(living, "liaison-02", "PD003", "SELECT pd.reveal_contact(%s, %s)", ticket, WHY)


def test_a_look_grows_old_and_does_not_outlive_the_ticket(living: County) -> None:
    ticket = living.ticket("甲镇")
    act(living.database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    look = living.database.raw("liaison-01", "SELECT pd.reveal_contact(%s, %s)", ticket, WHY)[0][0]
    seen = "SELECT phone FROM pd.revealed_contact(%s)"
    assert living.database.raw("liaison-01", seen, look) == [(RATER[1],)]
    living.database.rows(
        "UPDATE pd.reveal SET at = at - INTERVAL '10 minutes 1 second' WHERE event_id = %s", look
    )
    refused(living, "liaison-01", "PD003", seen, look)
    fresh = living.database.raw("liaison-01", "SELECT pd.reveal_contact(%s, %s)", ticket, WHY)[0][0]
    act(living.database, ticket, Action.RECALL)
    refused(living, "liaison-01", "PD003", seen, fresh)


def test_a_look_that_was_rolled_back_shows_nothing(living: County) -> None:
    with psycopg.connect(living.database.conninfo("officer")) as connection:
        made = connection.execute("SELECT pd.reveal_contact(%s, %s)", [living.numbers["own"], WHY]).fetchone()
        connection.rollback()
        with pytest.raises(psycopg.Error, match="先写明理由"):
            connection.execute("SELECT * FROM pd.revealed_contact(%s)", made)


def test_who_sits_on_the_chain_is_put_out_and_the_administrator_is_let_be(living: County) -> None:
    """`free_the_way`, without its ten seconds of patience."""
    mine, others = living.ticket("甲镇"), living.ticket("乙镇")
    body = living.database.one("SELECT prosrc FROM pg_proc WHERE proname = 'free_the_way'")
    impatient = body.replace("INTERVAL '10 seconds'", "INTERVAL '0 seconds'")
    note = "SELECT pd.act(%s, 1, 'annotate', '{\"reason\": \"记一笔\"}', %s)"
    with (
        pytest.raises(psycopg.OperationalError),
        psycopg.connect(living.database.conninfo("officer")) as sitting,
        psycopg.connect(living.database.conninfo(embedded.SUPERUSER)) as administrator,
        session(living, "second-officer") as waiting,
        session(living, embedded.SUPERUSER) as eyes,
        ThreadPoolExecutor(1) as thread,
    ):
        administrator.execute("UPDATE pd.agency SET initials = initials")
        sitting.execute(note, [mine, uuid4()])
        sitting.execute("SET CONSTRAINTS ALL IMMEDIATE")
        done = thread.submit(waiting.execute, note, [others, uuid4()])
        _until_it_waits(living, waiting)
        eyes.execute("SET ROLE pd_owner; SET search_path = pd")
        assert eyes.execute(impatient).fetchone() == (1,)
        assert done.result().fetchone() is not None
        administrator.commit()
        sitting.execute("SELECT 1")
    events = "SELECT count(*) FROM pd.event WHERE ticket_id = %s AND action = 'annotate'"
    assert [living.database.one(events, ticket) for ticket in (mine, others)] == [0, 1]


# --- loads, notices, exports ----------------------------------------------------------------------------


def test_rows_cannot_be_slipped_into_anothers_load(living: County) -> None:
    row = "INSERT INTO pd.staging_summary SELECT 1, 1, '2026-10-01', '甲镇', 'hall', NULL, 1, 1, 1, 0, 0, 0, 0, 0"
    with psycopg.connect(living.database.conninfo("officer")) as loading:
        loading.execute("SELECT pd.begin_load()")
        with session(living, "second-officer") as other:
            other.execute("SET lock_timeout = '20ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute(row)
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute("SELECT pd.begin_load()")
            loading.rollback()
            with pytest.raises(psycopg.Error, match="先开始导入"):
                other.execute(row)


def test_a_notice_tells_an_admin_no_number_of_a_ticket(living: County) -> None:
    living.database.freeze(MONDAY)
    ticket = living.ticket("甲镇")
    act(living.database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    moved = "SELECT m ->> 'number' FROM jsonb_array_elements(pd.import_notice(%s::jsonb, '试') -> 'moved') m WHERE (m ->> 'ticket')::bigint = %s"
    rest = json.dumps([{"day": "2026-11-04", "working": False, "why": "停工"}])
    work = json.dumps([{"day": "2026-11-04", "working": True, "why": ""}])
    assert living.database.raw("admin", moved, rest, ticket) == [(None,)]
    assert [number[:7] for (number,) in living.database.raw("officer", moved, work, ticket)] == [
        WORDS["甲镇"][3]
    ]


def test_an_export_leaves_its_kind_its_rows_and_its_hash_and_nothing_else(living: County) -> None:
    facts = {"rows": "12", "hash": "a" * 64, "note": RATER[0], "actor": "officer"}
    living.database.raw("bureau", "SELECT pd.log_export('ranking', %s::jsonb)", json.dumps(facts))
    last = living.database.rows(
        "SELECT actor, facts FROM pd.event WHERE action = 'export' ORDER BY id DESC LIMIT 1"
    )
    assert last == [("bureau", {"kind": "ranking", "rows": 12, "hash": "a" * 64})]


def test_a_forged_knock_tells_the_listeners_nothing(living: County) -> None:
    with session(living, "officer") as listening:
        listening.execute("LISTEN pd_change")
        newest = "SELECT max(id) FROM pd.change"
        before = listening.execute(newest).fetchone()
        living.database.raw("liaison-01", "SELECT pg_notify('pd_change', '{\"ticket\": 1}')")
        assert [n.channel for n in listening.notifies(timeout=5, stop_after=1)] == ["pd_change"]
        assert listening.execute(newest).fetchone() == before


# --- the way in -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["liaison-01", "admin", "stranger"])
@pytest.mark.parametrize(
    "words",
    [
        {"options": "-c role=pd_owner"},
        {"options": "-c session_authorization=officer"},
        {"options": "-c session_preload_libraries=auto_explain"},
        {"options": "-c session_replication_role=replica"},
        {"replication": "database"},
        {"replication": "true"},
    ],
    ids=str,
)
def test_nobody_comes_in_as_more_than_they_are(besieged: County, login: str, words: dict[str, str]) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(besieged.database.conninfo(login), **words).close()  # type: ignore[arg-type]


def test_settings_from_outside_open_nothing(besieged: County) -> None:
    with (
        psycopg.connect(
            besieged.database.conninfo("liaison-01"),
            options="-c row_security=off -c search_path=pg_temp,public",
        ) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT 1 FROM pd.ticket")


# --- two databases on one server ------------------------------------------------------------------------


def test_people_of_one_database_have_no_business_in_another(living: County, besieged: County) -> None:
    login = person(living, Group.OFFICER)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        besieged.database.raw(login, "SELECT 1")
    for action, facts in (("disable", "{}"), ("reset_password", json.dumps({"verifier": VERIFIER}))):
        said = refused(
            besieged, "admin", "PD001", "SELECT pd.administer(%s, %s, %s::jsonb)", action, login, facts
        )
        assert "没有" in said
    taken = json.dumps({"name": "x", "group": "bureau", "verifier": VERIFIER})
    refused(besieged, "admin", "PD001", "SELECT pd.administer('create', %s, %s::jsonb)", login, taken)
