"""Entering a central database: who may, what fits together, and the first password of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import text

from app.database import schema, versions
from app.errors import EnvironmentProblem, PingdeskError, UserError
from app.registry import own_password
from app.settings import Profile
from app.workspace import Workspace
from models.rules.people import Group
from tests.central import DATABASE, PASSWORD, Central, new_central
from tests.servers import Server, new_server

_numbers = count(1)


@pytest.fixture(scope="module")
def central() -> Iterator[Central]:
    with new_central() as made:
        yield made


@pytest.fixture
def newcomer(central: Central) -> str:
    return central.add(f"new-{next(_numbers)}", "新来的", Group.OFFICER, must_change=True)


def refused(central: Central, login: str, password: str = PASSWORD, profile: Profile | None = None) -> str:
    with pytest.raises(PingdeskError) as problem:
        Workspace.open_profile(profile or central.profile, login, password).close()
    return problem.value.code


def test_a_person_enters_by_profile_and_by_url(central: Central) -> None:
    entered = Workspace.open_profile(central.profile, "officer", PASSWORD)
    assert (entered.person.login, entered.person.group) == ("officer", Group.OFFICER)
    assert (entered.label, entered.warning, entered.embedded) == ("县中心", None, False)
    assert not entered.person.must_change_password
    entered.close()
    by_url = Workspace.open_server(central.url("auditor"))
    assert by_url.person.name == "周平"
    by_url.close()


def test_a_connection_that_is_not_verified_carries_its_warning(central: Central, monkeypatch) -> None:
    monkeypatch.setattr("app.database.connecting._is_here", lambda _host: False)
    url = central.url("officer") + "?sslmode=disable"
    entered = Workspace.open_server(url)
    assert "没有加密" in (entered.warning or "")
    again = entered.with_password(PASSWORD)
    assert again.warning == entered.warning
    again.close()
    entered.close()
    assert refused(central, "officer") == "certificate"


def test_refusals_have_codes_of_their_own(central: Central) -> None:
    central.rows("CREATE ROLE outsider LOGIN PASSWORD 'Outsider-2026'")
    assert refused(central, "officer", "wrong") == "bad_password"
    assert refused(central, "outsider", "Outsider-2026") == "no_right_to_connect"
    central.rows(f"GRANT CONNECT ON DATABASE {DATABASE} TO outsider")
    assert refused(central, "outsider", "Outsider-2026") == "unknown_person"
    absent = Profile("x", central.profile.hosts, "absent")
    assert refused(central, "officer", profile=absent) == "no_database"
    assert refused(central, "officer", profile=Profile("x", "127.0.0.1:1")) == "unreachable"


def test_who_is_disabled_is_told_so(central: Central) -> None:
    login = central.add("leaver", "离岗的", Group.BUREAU)
    admin = Workspace.open_profile(central.profile, "admin", PASSWORD)
    with admin.write() as connection:
        connection.execute(text("SELECT pd.administer('disable', 'leaver', '{}')"))
    admin.close()
    assert refused(central, login) == "disabled"


def test_the_first_thing_is_a_password_of_ones_own(central: Central, newcomer: str) -> None:
    first = Workspace.open_profile(central.profile, newcomer, PASSWORD)
    assert first.person.must_change_password
    with pytest.raises(UserError, match="修改密码"), first.write() as connection:
        connection.execute(text("SELECT pd.act(1, 1, 'reject', '{}', gen_random_uuid())"))
    second = own_password.change(first, "Ganz-neu-2026")
    first.close()
    assert not second.person.must_change_password
    assert conninfo_to_dict(second.conninfo)["password"] == "Ganz-neu-2026"
    second.check_password("Ganz-neu-2026")
    with pytest.raises(UserError):
        second.check_password(PASSWORD)
    second.rest()
    assert second.today()
    second.close()
    assert refused(central, newcomer) == "bad_password"
    (stored,) = central.rows("SELECT rolpassword FROM pg_authid WHERE rolname = %s", newcomer)[0]
    assert stored.startswith("SCRAM-SHA-256$")


# --- versions -----------------------------------------------------------------------------------------


def test_a_database_one_step_ahead_may_still_serve_an_older_program(central: Central, monkeypatch) -> None:
    monkeypatch.setattr(schema, "HEAD", "0001")
    assert refused(central, "officer") == "newer_schema"
    central.rows("UPDATE pd.instance SET oldest_client = '0001'")
    Workspace.open_profile(central.profile, "officer", PASSWORD).close()
    central.rows("UPDATE pd.instance SET oldest_client = '0002'")


def test_a_program_is_never_ahead_of_its_database(central: Central, monkeypatch) -> None:
    monkeypatch.setattr(schema, "HEAD", "0009")
    assert refused(central, "officer") == "older_schema"


def test_a_server_of_an_old_release_is_refused(central: Central, monkeypatch) -> None:
    monkeypatch.setattr(versions, "OLDEST_SERVER", 99)
    assert refused(central, "officer") == "server_too_old"


def test_a_database_without_our_tables_is_told_apart(tcp_server: Server) -> None:
    with pytest.raises(EnvironmentProblem) as problem:
        Workspace.open_server(tcp_server.conninfo())
    assert problem.value.code == "no_schema"


def test_a_server_that_is_full_says_so() -> None:
    with new_server(connections=10) as server:
        server.rows("CREATE ROLE lin LOGIN PASSWORD 'x'")
        server.rows("ALTER SYSTEM SET superuser_reserved_connections = 9")
        server.rows("ALTER SYSTEM SET max_wal_senders = 0")
        server.restart()
        import psycopg

        with psycopg.connect(server.conninfo("lin", "x")), pytest.raises(EnvironmentProblem) as problem:
            Workspace.open_server(server.conninfo("lin", "x"))
        assert problem.value.code == "too_many"
