"""What administrators do to people. The door is `pd.administer`: it checks right and rule and writes it down.

A new password is made here and reaches the server as its verifier. In an embedded database nobody types
passwords: its logins keep the one that the program connects with, or one that nobody knows.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.database import passwords
from app.database.embedded import Cluster
from app.database.engine import Store
from app.errors import UserError
from models.rules.administration import PersonAction, login_problem, name_problem, place_problem
from models.rules.people import Group


class Place(Protocol):
    """What administering needs of a place."""

    @property
    def conninfo(self) -> str:
        """How the administrator reaches the database."""

    @property
    def cluster(self) -> Cluster | None:
        """The embedded server, None for a central one."""

    def write(self) -> AbstractContextManager[Connection]:
        """A transaction."""


_WITH_PASSWORD = (PersonAction.CREATE, PersonAction.RESET_PASSWORD)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done to whom; only what the action asks for is given. `agency`: by name."""

    action: PersonAction
    login: str
    name: str | None = None
    group: Group | None = None
    agency: str | None = None
    is_head: bool | None = None


@dataclass(frozen=True, slots=True)
class Administered:
    """What an order came to: done, or a request that waits. `password`: a temporary one, known to nobody else."""

    login: str
    done: bool
    request: int | None
    password: str | None

    @property
    def changes(self) -> Changes:
        """People."""
        return Changes(Kind.PEOPLE)


def administer(place: Place, order: Order) -> Administered:
    """Carries an order out, or asks a second administrator to confirm it.

    Raises UserError with code `refused` or `forbidden`.
    """
    _check(order, place)
    password = _password(place) if order.action in _WITH_PASSWORD else None
    with place.write() as connection:
        facts = _facts(connection, order)
        if password is not None:
            facts["verifier"] = passwords.verifier(connection, order.login, password)
        answer = connection.execute(
            text("SELECT pd.administer(:action, :login, CAST(:facts AS jsonb))"),
            {"action": order.action.value, "login": order.login, "facts": json.dumps(facts)},
        ).scalar_one()
    if answer["done"]:
        _follow_up(place, order.login, order.action)
    shown = password if place.cluster is None else None
    return Administered(order.login, answer["done"], answer.get("request"), shown)


def decide(place: Place, request: int, *, accept: bool) -> Administered:
    """Confirms what another administrator asked for, or refuses it; who asked takes it back by refusing.

    Raises UserError with code `refused` or `forbidden`.
    """
    with place.write() as connection:
        asked = connection.execute(
            text("SELECT action FROM person_request WHERE id = :request"), {"request": request}
        ).scalar()
        answer = connection.execute(
            text("SELECT pd.decide_request(:request, :accept)"), {"request": request, "accept": accept}
        ).scalar_one()
    if answer["done"]:
        _follow_up(place, answer["login"], PersonAction(asked or ""))
    return Administered(answer["login"], answer["done"], request, None)


def _check(order: Order, place: Place) -> None:
    """What can be said without asking the database."""
    problem: str | None = None
    if order.action is PersonAction.RESET_PASSWORD and place.cluster is not None:
        problem = "本机数据库不用密码，没有可以重置的。"
    if order.action is PersonAction.CREATE:
        problem = login_problem(order.login)
    if order.action in (PersonAction.CREATE, PersonAction.RENAME):
        problem = problem or name_problem(order.name or "")
    if order.group is not None:
        problem = problem or place_problem(order.group, order.agency)
    if problem is not None:
        raise UserError(problem)


def _facts(connection: Connection, order: Order) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if order.name is not None:
        facts["name"] = order.name.strip()
    if order.group is not None:
        facts["group"] = order.group.value
    if order.agency is not None:
        facts["agency"] = _agency(connection, order.agency)
    if order.is_head is not None:
        facts["is_head"] = order.is_head
    return facts


def _agency(connection: Connection, name: str) -> int:
    found = connection.execute(
        text("SELECT id FROM agency WHERE name = :name"), {"name": name.strip()}
    ).scalar()
    if found is None:
        raise UserError(f"名录中没有“{name}”这个单位。", code="unknown_agency")
    return int(found)


def _password(place: Place) -> str:
    """A temporary one; in an embedded database the one its logins have in common, or one that nobody knows."""
    if place.cluster is None:
        return passwords.temporary()
    return place.cluster.secret or passwords.unknown()


def _follow_up(place: Place, login: str, action: PersonAction) -> None:
    """What can only be done once the rest stands."""
    if action is PersonAction.DISABLE:
        # A session that was just connecting when the others were ended.
        with place.write() as connection:
            connection.execute(text("SELECT pd.disconnect_disabled()"))
    if action is PersonAction.CREATE and place.cluster is not None:
        _settle_password(place.conninfo, login, _password(place))


def _settle_password(conninfo: str, login: str, password: str) -> None:
    """Where nobody types passwords nobody can change theirs either: what asks for it is cleared as that person.

    On loopback every login has the password that stands in `conninfo`.
    """
    from psycopg.conninfo import make_conninfo

    with closing(Store(make_conninfo(conninfo, user=login))) as store, store.write() as connection:
        made = passwords.verifier(connection, login, password)
        connection.execute(text("SELECT pd.change_own_password(:verifier)"), {"verifier": made})
