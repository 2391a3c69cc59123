"""Administrators and others at their desks, in a test's own database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection

from app.database import embedded, schema
from app.database.embedded import Cluster
from app.database.engine import Store
from app.registry import administering, people, seeding
from app.registry.administering import Administered, Order
from app.registry.people import PersonRow, RequestRow
from models.rules.administration import PersonAction
from models.rules.people import Group
from tests.databases import Database

#: Logins belong to the whole server, which all tests of a run share: nobody's is used twice.
_numbers = count(1)
FIRST, SECOND = "admin", "admin-2"


def new_login(stem: str = "p") -> str:
    """A login that nobody on this server has had."""
    return f"{stem}{next(_numbers)}"


@dataclass
class Desk:
    """One person's place at work."""

    store: Store
    cluster: Cluster | None = None

    @property
    def conninfo(self) -> str:
        return self.store.conninfo

    def write(self) -> AbstractContextManager[Connection]:
        return self.store.write()


@dataclass
class Centre:
    """A database with two administrators."""

    database: Database
    _open: list[Store] = field(default_factory=list)

    def desk(self, login: str, *, embedded_server: bool = False) -> Desk:
        """Somebody's desk; of a central server unless said otherwise."""
        self._open.append(self.database.person(login))
        return Desk(self._open[-1], self.database.cluster if embedded_server else None)

    def add(self, login: str, group: Group, agency: str | None = None, *, head: bool = False) -> str:
        """A person, made by the owner; nobody asks an administrator."""
        agency_id = self.database.agency(agency) if agency else None
        secret = self.database.cluster.secret
        with schema.administration(self.database.conninfo(embedded.SUPERUSER)) as connection:
            seeding.add_person(
                connection, login, "某人", group, agency_id=agency_id, head=head, secret=secret
            )
        return login

    def somebody(self, group: Group, *, head: bool = False) -> str:
        """A new person of a group; liaisons are of 甲镇."""
        return self.add(new_login(), group, "甲镇" if group is Group.LIAISON else None, head=head)

    def order(self, actor: str, action: PersonAction, login: str, **facts: object) -> Administered:
        """What comes of an order."""
        return administering.administer(self.desk(actor), Order(action, login, **facts))  # type: ignore[arg-type]

    def decide(self, actor: str, request: int | None, *, accept: bool = True) -> Administered:
        """What comes of a decision."""
        assert request is not None
        return administering.decide(self.desk(actor), request, accept=accept)

    def raw(self, came_to: Administered, statement: str, *values: object) -> list[tuple[object, ...]]:
        """What a new person gets, with the temporary password."""
        conninfo = make_conninfo(self.database.conninfo(came_to.login), password=came_to.password)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            return connection.execute(statement, values or None).fetchall()  # type: ignore[arg-type]

    def person(self, login: str) -> PersonRow | None:
        """How somebody stands."""
        with self.desk(FIRST).store.read() as connection:
            page = people.listed(connection, Group.ADMIN)
        return next((row for row in page.everybody if row.login == login), None)

    def requests(self) -> tuple[RequestRow, ...]:
        """What waits."""
        with self.desk(FIRST).store.read() as connection:
            return people.open_requests(connection)

    def close(self) -> None:
        for store in self._open:
            store.close()


@contextmanager
def centre_of(database: Database) -> Iterator[Centre]:
    """A centre with two administrators."""
    made = Centre(database)
    database.agency("甲镇")
    database.agency("乙镇")
    made.add(SECOND, Group.ADMIN)
    yield made
    made.close()
