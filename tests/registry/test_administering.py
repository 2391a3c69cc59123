"""Passwords of people who are made and reset: over TCP with SCRAM, and where nobody types any."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from app.database import embedded, passwords
from app.database.engine import Store
from app.errors import UserError
from app.registry import administering
from app.registry.administering import Administered, Order
from app.workspace import initialise
from models.rules.administration import PersonAction
from models.rules.people import Group
from tests.databases import Database
from tests.registry.desks import FIRST, SECOND, Centre, centre_of, new_login


@pytest.fixture(scope="module")
def loopback() -> Iterator[Database]:
    """An embedded server on loopback: TCP, and a password for everybody."""
    with tempfile.TemporaryDirectory(prefix="pingdesk-tests-") as place:
        with pytest.MonkeyPatch.context() as patch:  # no longer than it is made: others make theirs meanwhile
            patch.setenv("PINGDESK_LOOPBACK", "1")
            initialise(Path(place), fast=True)
        cluster = embedded.start(Path(place))
        store = Store(cluster.conninfo("officer"))
        yield Database(cluster, embedded.DATABASE, store)
        store.close()
        embedded.stop_if_unused(cluster)


@pytest.fixture
def centre(loopback: Database) -> Iterator[Centre]:
    with centre_of(loopback) as made:
        yield made


def logs_in(database: Database, login: str, password: str) -> bool:
    """Whether somebody gets in with a password."""
    try:
        psycopg.connect(make_conninfo(database.conninfo(login), password=password)).close()
    except psycopg.OperationalError as error:
        assert "password authentication failed" in str(error)
        return False
    return True


def create(centre: Centre, group: Group = Group.BUREAU, *, at_home: bool = False) -> Administered:
    """A new person; `at_home`: of an embedded database."""
    desk = centre.desk(FIRST, embedded_server=at_home)
    return administering.administer(
        desk, Order(PersonAction.CREATE, new_login("q"), name="王芳", group=group)
    )


def test_a_new_person_logs_in_with_the_temporary_password_and_changes_it(centre: Centre) -> None:
    made = create(centre)
    database, new = centre.database, "qingshan-lvshui-26"
    assert made.password is not None and passwords.problem(made.password) is None
    assert logs_in(database, made.login, made.password) and not logs_in(database, made.login, "another-one-1")
    own = Store(make_conninfo(database.conninfo(made.login), password=made.password))
    with own.write() as connection:
        verifier = passwords.verifier(connection, made.login, new)
        connection.exec_driver_sql("SELECT pd.change_own_password(%s)", (verifier,))
    own.close()
    assert logs_in(database, made.login, new) and not logs_in(database, made.login, made.password)


def test_an_officer_logs_in_only_once_a_second_administrator_has_confirmed(centre: Centre) -> None:
    made = create(centre, Group.OFFICER)
    assert made.password is not None and not made.done
    assert not logs_in(centre.database, made.login, made.password)
    centre.decide(SECOND, made.request)
    assert logs_in(centre.database, made.login, made.password)


def test_a_reset_password_is_the_only_one(centre: Centre) -> None:
    made = create(centre)
    again = centre.order(FIRST, PersonAction.RESET_PASSWORD, made.login)
    assert made.password and again.password and made.password != again.password
    assert logs_in(centre.database, made.login, again.password)
    assert not logs_in(centre.database, made.login, made.password)


def test_on_loopback_the_programs_own_password_stays_everybodys(centre: Centre) -> None:
    made = create(centre, at_home=True)
    assert made.done and made.password is None
    assert centre.database.raw(made.login, "SELECT pd.my_group()") == [("bureau",)]


def test_on_a_socket_nobody_needs_a_password(database: Database) -> None:
    with centre_of(database) as centre:
        made = create(centre, at_home=True)
        assert made.done and made.password is None
        assert database.raw(made.login, "SELECT pd.my_group()") == [("bureau",)]


def test_a_confirmed_person_of_an_embedded_database_is_at_work_at_once(database: Database) -> None:
    with centre_of(database) as centre:
        made = create(centre, Group.OFFICER, at_home=True)
        assert made.request is not None and made.password is None
        second = centre.desk(SECOND, embedded_server=True)
        assert administering.decide(second, made.request, accept=True).done
        assert database.raw(made.login, "SELECT pd.my_group()") == [("officer",)]


def test_there_is_nothing_to_reset_in_an_embedded_database(database: Database) -> None:
    with centre_of(database) as centre:
        desk = centre.desk(FIRST, embedded_server=True)
        with pytest.raises(UserError, match="不用密码"):
            administering.administer(desk, Order(PersonAction.RESET_PASSWORD, "officer"))
