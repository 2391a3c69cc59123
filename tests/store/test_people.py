"""People and the second administrator, in the database itself: who may do what to whom, and what waits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from app.errors import UserError
from models.rules.administration import GUARDED, PersonAction, login_problem, needs_second
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.registry.desks import FIRST, SECOND, Centre, centre_of, new_login

VERIFIER = "SCRAM-SHA-256$4096:" + "A" * 22 + "==$" + "B" * 43 + "=:" + "C" * 43 + "="
#: What an administrator orders of an action, beside the person.
FACTS: dict[PersonAction, dict[str, object]] = {
    PersonAction.RENAME: {"name": "新名"},
    PersonAction.MOVE: {"agency": "乙镇"},
    PersonAction.REGROUP: {"group": Group.BUREAU},
    PersonAction.SET_HEAD: {"is_head": True},
}
NOBODY_ELSE = ("officer", "head", "auditor", "bureau", "liaison-01")


@pytest.fixture
def centre(database: Database) -> Iterator[Centre]:
    database.liaison("liaison-01", "甲镇")
    with centre_of(database) as made:
        yield made


def raw_order(database: Database, actor: str, action: str, login: str, **facts: object) -> object:
    return database.raw(actor, "SELECT pd.administer(%s, %s, %s::jsonb)", action, login, json.dumps(facts))[
        0
    ][0]


# --- who may ------------------------------------------------------------------------------------------


def test_only_administrators_administer_and_decide(centre: Centre) -> None:
    asked = centre.order(FIRST, PersonAction.REGROUP, centre.somebody(Group.LIAISON), group=Group.OFFICER)
    for actor in NOBODY_ELSE:
        for action in PersonAction:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw_order(centre.database, actor, action.value, "liaison-01")
        for accept in (True, False):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                centre.database.raw(actor, "SELECT pd.decide_request(%s, %s)", asked.request, accept)


def test_nobody_administers_themselves(centre: Centre) -> None:
    facts = {"group": "officer", "is_head": True, "name": "我", "verifier": VERIFIER, "agency": None}
    for action in PersonAction:
        with pytest.raises(psycopg.Error) as refused:
            raw_order(centre.database, FIRST, action.value, FIRST, **facts)
        assert refused.value.sqlstate == "PD003", action


def whose(action: PersonAction) -> list[Group]:
    """The groups an action makes sense for."""
    only = {
        PersonAction.MOVE: [Group.LIAISON],
        PersonAction.SET_HEAD: [Group.OFFICER],
        PersonAction.CREATE: [],
    }
    return only.get(action, list(Group))


@pytest.mark.parametrize(
    ("action", "group"), [(action, group) for action in PersonAction for group in whose(action)]
)
def test_each_action_is_done_at_once_or_waits_as_the_rules_say(
    centre: Centre, action: PersonAction, group: Group
) -> None:
    login = centre.somebody(group)
    facts = dict(FACTS.get(action, {}))
    if action is PersonAction.REGROUP and group is Group.BUREAU:
        facts["group"] = Group.AUDITOR
    if action is PersonAction.ENABLE:
        centre.order(FIRST, PersonAction.DISABLE, login)
    came_to = centre.order(FIRST, action, login, **facts)
    assert came_to.done is not needs_second(action, group)
    assert (came_to.request is None) is came_to.done
    assert [r.login for r in centre.requests()] == ([] if came_to.done else [login])


@pytest.mark.parametrize("group", list(Group))
def test_a_new_person_with_rights_of_the_centre_waits(centre: Centre, group: Group) -> None:
    login = new_login()
    agency = "甲镇" if group is Group.LIAISON else None
    came_to = centre.order(FIRST, PersonAction.CREATE, login, name="王芳", group=group, agency=agency)
    assert came_to.done is (group not in GUARDED)
    assert came_to.password
    known = centre.person(login)
    assert (known is not None) is came_to.done
    if known is not None:
        assert (known.name, known.group, known.agency, known.must_change_password) == (
            "王芳",
            group,
            agency,
            True,
        )


# --- what is done -------------------------------------------------------------------------------------


def test_what_is_ordered_is_done(centre: Centre) -> None:
    login = centre.somebody(Group.LIAISON)
    centre.order(FIRST, PersonAction.RENAME, login, name=" 林燕 ")
    centre.order(FIRST, PersonAction.MOVE, login, agency="乙镇")
    now = centre.person(login)
    assert now is not None and (now.name, now.agency, now.active) == ("林燕", "乙镇", True)
    centre.order(FIRST, PersonAction.DISABLE, login)
    now = centre.person(login)
    assert now is not None and not now.active and now.disabled_at is not None
    centre.order(FIRST, PersonAction.ENABLE, login)
    centre.order(FIRST, PersonAction.RESET_PASSWORD, login)
    now = centre.person(login)
    assert now is not None and now.active and now.disabled_at is None and now.must_change_password


def test_who_is_regrouped_loses_the_rights_of_before(centre: Centre) -> None:
    login = centre.somebody(Group.LIAISON)
    asked = centre.order(FIRST, PersonAction.REGROUP, login, group=Group.OFFICER, is_head=True)
    assert centre.decide(SECOND, asked.request).done
    now = centre.person(login)
    assert now is not None and (now.group, now.agency, now.is_head) == (Group.OFFICER, None, True)
    groups = "SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = %s::regrole"
    assert centre.database.rows(groups, login) == [("pd_officer",)]


def test_who_is_moved_sees_the_new_agencys_tickets_and_not_the_old_ones(centre: Centre) -> None:
    login = centre.somebody(Group.LIAISON)
    centre.order(FIRST, PersonAction.MOVE, login, agency="乙镇")
    place = "SELECT a.name FROM pd.agency a WHERE a.id = pd.my_agency()"
    assert centre.database.raw(login, place) == [("乙镇",)]


@pytest.mark.parametrize(
    ("action", "facts", "word"),
    [
        (PersonAction.MOVE, {"agency": "丙镇"}, "丙镇"),
        (PersonAction.RENAME, {"name": " "}, "姓名"),
        (PersonAction.RENAME, {"name": "长" * 41}, "姓名"),
        (PersonAction.SET_HEAD, {"is_head": True}, "负责人"),
        (PersonAction.REGROUP, {"group": Group.LIAISON, "agency": "甲镇"}, "已经是"),
        (PersonAction.REGROUP, {"group": Group.LIAISON}, "单位"),
        (PersonAction.REGROUP, {"group": Group.OFFICER, "agency": "甲镇"}, "单位"),
        (PersonAction.ENABLE, {}, "状态"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    centre: Centre, action: PersonAction, facts: dict[str, object], word: str
) -> None:
    login = centre.somebody(Group.LIAISON)
    with pytest.raises(UserError, match=word) as refused:
        centre.order(FIRST, action, login, **facts)
    assert refused.value.message.endswith("。")


def test_nobody_is_nobody(centre: Centre) -> None:
    for action in set(PersonAction) - {PersonAction.CREATE}:
        with pytest.raises(UserError):
            centre.order(FIRST, action, "nobody-here", **FACTS.get(action, {}))


@pytest.mark.parametrize(
    "facts",
    [
        {"group": "superuser"},
        {"group": None},
        {"group": "liaison", "agency": "x"},
        {"group": "liaison", "agency": 999999},
        {"group": "officer", "is_head": "perhaps"},
        {"group": "bureau", "verifier": "md5abcdef"},
        {"group": "bureau", "verifier": "in clear"},
        {"group": "bureau", "verifier": VERIFIER.replace("4096", "1024")},
        {"group": "bureau", "verifier": VERIFIER + "'; DROP TABLE pd.app_user; --"},
        {"group": "bureau", "name": "x" * 5000},
    ],
)
def test_nonsense_is_refused_and_leaves_nothing(centre: Centre, facts: dict[str, object]) -> None:
    login = new_login()
    with pytest.raises(psycopg.Error) as refused:
        raw_order(centre.database, FIRST, "create", login, **{"name": "王芳", "verifier": VERIFIER, **facts})
    assert refused.value.sqlstate == "PD001"
    assert not centre.database.rows("SELECT 1 FROM pg_roles WHERE rolname = %s", login)


def test_odd_logins_are_refused_by_the_rules_and_by_the_database(centre: Centre) -> None:
    odd = ["", "a", "a" * 32, "Liwei", "2wei", "李伟", "li wei", "li;drop", 'li"wei', "li'wei", "li\nwei",
           "pg_read", "pd_owner", "pd_officer", "postgres", "public", "none", "-li", "../li", "li%s", "li$1"]  # fmt: skip
    for login in odd:
        assert login_problem(login) is not None
        with pytest.raises(UserError):
            centre.order(FIRST, PersonAction.CREATE, login, name="王芳", group=Group.BUREAU)
        with pytest.raises(psycopg.Error) as refused:
            raw_order(centre.database, FIRST, "create", login, name="王芳", group="bureau", verifier=VERIFIER)
        assert refused.value.sqlstate == "PD001", login


def test_a_login_that_the_server_knows_already_is_not_taken_over(centre: Centre) -> None:
    for login in ("officer", "admin-2"):
        with pytest.raises(UserError, match="已经存在"):
            centre.order(FIRST, PersonAction.CREATE, login, name="王芳", group=Group.BUREAU)


# --- the second administrator -------------------------------------------------------------------------


def test_one_administrator_alone_makes_no_officer(centre: Centre) -> None:
    login = new_login()
    asked = centre.order(FIRST, PersonAction.CREATE, login, name="王芳", group=Group.OFFICER)
    with pytest.raises(UserError) as refused:
        centre.decide(FIRST, asked.request)
    assert refused.value.code == "forbidden"
    assert not centre.database.rows("SELECT 1 FROM pg_roles WHERE rolname = %s", login)
    assert centre.decide(SECOND, asked.request).done
    assert centre.raw(asked, "SELECT session_user::text") == [(login,)]


def test_one_administrator_alone_resets_no_auditor(centre: Centre) -> None:
    auditor = centre.somebody(Group.AUDITOR)
    before = centre.database.one("SELECT rolpassword FROM pg_authid WHERE rolname = %s", auditor)
    asked = centre.order(FIRST, PersonAction.RESET_PASSWORD, auditor)
    kept = "SELECT rolpassword FROM pg_authid WHERE rolname = %s"
    assert centre.database.one(kept, auditor) == before
    centre.decide(SECOND, asked.request)
    assert centre.database.one(kept, auditor).startswith("SCRAM-SHA-256$")


def test_a_puppet_is_no_second_administrator(centre: Centre) -> None:
    """An administrator made by the first one would have to be confirmed by another one already."""
    puppet = new_login()
    asked = centre.order(FIRST, PersonAction.CREATE, puppet, name="王芳", group=Group.ADMIN)
    with pytest.raises(UserError):
        centre.decide(FIRST, asked.request)
    assert centre.person(puppet) is None


def test_the_subject_does_not_confirm(centre: Centre) -> None:
    third = centre.somebody(Group.ADMIN)
    asked = centre.order(FIRST, PersonAction.REGROUP, third, group=Group.OFFICER)
    with pytest.raises(UserError) as refused:
        centre.decide(third, asked.request)
    assert refused.value.code == "forbidden"
    assert not centre.decide(third, asked.request, accept=False).done


@pytest.mark.parametrize(("actor", "outcome"), [(FIRST, "withdrawn"), (SECOND, "refused")])
def test_a_request_is_taken_back_or_refused(centre: Centre, actor: str, outcome: str) -> None:
    login = new_login()
    asked = centre.order(FIRST, PersonAction.CREATE, login, name="王芳", group=Group.OFFICER)
    assert not centre.decide(actor, asked.request, accept=False).done
    kept = centre.database.rows("SELECT outcome, decided_by FROM pd.person_request")
    assert kept == [(outcome, actor)]
    assert centre.requests() == () and centre.person(login) is None
    with pytest.raises(UserError, match="已处理"):
        centre.decide(SECOND, asked.request)


def test_an_expired_request_confirms_nothing_and_stands_in_nobodys_way(centre: Centre) -> None:
    centre.database.freeze(MONDAY)
    login = centre.somebody(Group.LIAISON)
    asked = centre.order(FIRST, PersonAction.REGROUP, login, group=Group.OFFICER)
    centre.database.freeze(MONDAY + timedelta(days=7))
    assert centre.requests() == ()
    with pytest.raises(UserError, match="过期"):
        centre.decide(SECOND, asked.request)
    again = centre.order(FIRST, PersonAction.REGROUP, login, group=Group.OFFICER)
    assert again.request != asked.request


def test_there_is_one_request_about_a_person_at_a_time(centre: Centre) -> None:
    login = centre.somebody(Group.LIAISON)
    centre.order(FIRST, PersonAction.REGROUP, login, group=Group.OFFICER)
    with pytest.raises(UserError, match="等待确认"):
        centre.order(SECOND, PersonAction.REGROUP, login, group=Group.BUREAU)


def test_a_request_does_not_outlive_its_askers_rights(centre: Centre) -> None:
    asker, login = centre.somebody(Group.ADMIN), centre.somebody(Group.LIAISON)
    asked = centre.order(asker, PersonAction.REGROUP, login, group=Group.OFFICER)
    centre.order(FIRST, PersonAction.DISABLE, asker)
    with pytest.raises(UserError, match="无效"):
        centre.decide(SECOND, asked.request)


def test_what_changed_meanwhile_is_looked_at_again(centre: Centre) -> None:
    login = centre.somebody(Group.OFFICER)
    asked = centre.order(FIRST, PersonAction.SET_HEAD, login, is_head=True)
    centre.database.rows("UPDATE pd.app_user SET is_head = true WHERE login = %s", login)
    with pytest.raises(UserError, match="没有变化"):
        centre.decide(SECOND, asked.request)


def test_the_last_administrator_stays(centre: Centre) -> None:
    """Of two who try to disable each other at most one succeeds; the one left cannot be disabled by anybody."""
    last = centre.somebody(Group.ADMIN)
    centre.database.rows(
        "UPDATE pd.app_user SET active = false WHERE group_name = 'admin' AND login <> %s", last
    )
    with pytest.raises(psycopg.Error, match="最后一名"):
        centre.database.rows(
            "SELECT pd.check_administration('disable', %s, (SELECT u FROM pd.app_user u WHERE u.login = %s), '{}')",
            last,
            last,
        )


# --- sessions -----------------------------------------------------------------------------------------


def test_who_is_disabled_is_disconnected_and_stays_out(centre: Centre) -> None:
    login = centre.somebody(Group.LIAISON)
    with psycopg.connect(centre.database.conninfo(login), autocommit=True) as at_work:
        centre.order(FIRST, PersonAction.DISABLE, login)
        with pytest.raises(psycopg.OperationalError):
            at_work.execute("SELECT pg_sleep(60)")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        psycopg.connect(centre.database.conninfo(login))
    centre.order(FIRST, PersonAction.ENABLE, login)
    assert centre.database.raw(login, "SELECT pd.my_group()") == [("liaison",)]


@pytest.mark.parametrize("action", [PersonAction.REGROUP, PersonAction.RESET_PASSWORD])
def test_who_is_regrouped_or_reset_begins_anew(centre: Centre, action: PersonAction) -> None:
    login = centre.somebody(Group.OFFICER)
    asked = centre.order(FIRST, action, login, **FACTS.get(action, {}))
    with psycopg.connect(centre.database.conninfo(login), autocommit=True) as at_work:
        assert at_work.execute("SELECT pd.my_group()").fetchone() == ("officer",)
        centre.decide(SECOND, asked.request)
        with pytest.raises(psycopg.OperationalError):
            at_work.execute("SELECT pg_sleep(60)")


def test_a_disabled_persons_request_cannot_be_decided_by_them(centre: Centre) -> None:
    third, login = centre.somebody(Group.ADMIN), centre.somebody(Group.LIAISON)
    asked = centre.order(FIRST, PersonAction.REGROUP, login, group=Group.OFFICER)
    centre.database.rows("UPDATE pd.app_user SET active = false WHERE login = %s", third)
    with pytest.raises(UserError) as refused:
        centre.decide(third, asked.request)
    assert refused.value.code == "forbidden"


# --- passwords ----------------------------------------------------------------------------------------


def test_nobody_reads_a_verifier(centre: Centre) -> None:
    centre.order(FIRST, PersonAction.CREATE, new_login(), name="王芳", group=Group.OFFICER)
    for login in (FIRST, SECOND, *NOBODY_ELSE):
        for place in (
            "* FROM pd.person_request_secret",
            "rolpassword FROM pg_authid",
            "passwd FROM pg_shadow",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                centre.database.raw(login, f"SELECT {place}")


def test_no_verifier_stands_where_somebody_reads(centre: Centre) -> None:
    centre.order(FIRST, PersonAction.CREATE, new_login(), name="王芳", group=Group.OFFICER)
    centre.order(FIRST, PersonAction.RESET_PASSWORD, centre.somebody(Group.BUREAU))
    for table in ("person_request", "event", "event_text", "change", "app_user"):
        assert not centre.database.rows(f"SELECT 1 FROM pd.{table} t WHERE t::text LIKE '%%SCRAM%%'"), table


def test_a_decided_requests_verifier_is_gone(centre: Centre) -> None:
    for actor, accept in ((SECOND, True), (SECOND, False), (FIRST, False)):
        asked = centre.order(FIRST, PersonAction.CREATE, new_login(), name="王芳", group=Group.OFFICER)
        centre.decide(actor, asked.request, accept=accept)
    assert centre.database.one("SELECT count(*) FROM pd.person_request_secret") == 0


def test_before_the_password_is_ones_own_nothing_is_done(centre: Centre) -> None:
    new = centre.order(FIRST, PersonAction.CREATE, new_login(), name="王芳", group=Group.OFFICER)
    centre.decide(SECOND, new.request)
    ticket = centre.database.ticket()
    assert centre.raw(new, "SELECT pd.my_group()") == [(None,)]
    with pytest.raises(psycopg.Error, match="修改密码"):
        centre.raw(new, "SELECT pd.reveal_contact(%s, '回访')", ticket)
    centre.raw(new, "SELECT pd.change_own_password(%s)", VERIFIER)
    waits = "SELECT must_change_password FROM pd.app_user WHERE login = %s"
    assert centre.database.rows(waits, new.login) == [(False,)]


@pytest.mark.parametrize("verifier", ["", "md5abc", "secret", VERIFIER.replace("4096", "1"), VERIFIER + "x"])
def test_a_password_in_clear_or_a_weak_verifier_is_refused(centre: Centre, verifier: str) -> None:
    with pytest.raises(psycopg.Error) as refused:
        centre.database.raw(centre.somebody(Group.BUREAU), "SELECT pd.change_own_password(%s)", verifier)
    assert refused.value.sqlstate == "PD001"


# --- what is written down -----------------------------------------------------------------------------


def test_everything_is_written_down_with_who_did_it(centre: Centre) -> None:
    login = centre.somebody(Group.LIAISON)
    before = centre.database.one("SELECT max(id) FROM pd.event")
    centre.order(FIRST, PersonAction.RENAME, login, name="林燕")
    asked = centre.order(FIRST, PersonAction.REGROUP, login, group=Group.OFFICER)
    centre.decide(SECOND, asked.request)
    centre.order(FIRST, PersonAction.DISABLE, login)
    written = centre.database.rows("SELECT actor, action FROM pd.event WHERE id > %s ORDER BY id", before)
    assert [(a, w) for a, w in written if w.startswith(("request_", "person_requested"))] == [
        (FIRST, "person_requested"),
        (SECOND, "request_confirmed"),
    ]
    assert [a for a, w in written if w == "person_changed"] == [FIRST, SECOND, FIRST]
    assert centre.database.one("SELECT count(*) FROM pd.change WHERE kind = 'people'") >= 4


def test_requests_are_read_by_administrators_and_auditors_alone(centre: Centre) -> None:
    centre.order(FIRST, PersonAction.CREATE, new_login(), name="王芳", group=Group.OFFICER)
    for login in (FIRST, SECOND, "auditor"):
        assert len(centre.database.raw(login, "SELECT 1 FROM pd.person_request")) == 1
    for login in ("officer", "bureau", "liaison-01"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            centre.database.raw(login, "SELECT 1 FROM pd.person_request")
