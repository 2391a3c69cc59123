"""A central database of a test's own: a server over TCP where everybody has a password of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from app.database import passwords, schema
from app.registry import seeding
from app.settings import Profile
from models.rules.people import Group
from tests.servers import Server, new_server

DATABASE = "pingdesk"
PASSWORD = "Yunshan-2026"
PEOPLE = (
    ("officer", "李伟", Group.OFFICER),
    ("admin", "陈洁", Group.ADMIN),
    ("admin-2", "何志", Group.ADMIN),
    ("auditor", "周平", Group.AUDITOR),
)


@dataclass(frozen=True)
class Central:
    """A server whose database `pingdesk` is set up and has a few people."""

    server: Server

    @property
    def profile(self) -> Profile:
        """How a client reaches it."""
        return Profile("县中心", f"127.0.0.1:{self.server.port}", DATABASE)

    def url(self, login: str, password: str = PASSWORD) -> str:
        return f"postgresql://{login}:{password}@127.0.0.1:{self.server.port}/{DATABASE}"

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.server.rows(statement, *values, dbname=DATABASE)

    def add(self, login: str, name: str, group: Group, *, must_change: bool = False) -> str:
        """A person with the password that everybody has here."""
        with schema.administration(self.server.conninfo(dbname=DATABASE)) as connection:
            made = passwords.verifier(connection, login, PASSWORD)
            connection.execute(
                text("SELECT pd.make_person(:login, :name, :group, NULL, false, :verifier, :must, false)"),
                {"login": login, "name": name, "group": group.value, "verifier": made, "must": must_change},
            )
        return login


@contextmanager
def new_central(**server: Any) -> Iterator[Central]:
    """A central database on a server of its own, which is stopped and removed at the end."""
    with new_server(**server) as made:
        made.rows(f"CREATE DATABASE {DATABASE}")
        with schema.administration(made.conninfo(dbname=DATABASE)) as connection:
            schema.migrate(connection)
            seeding.seed(connection)
        central = Central(made)
        for login, name, group in PEOPLE:
            central.add(login, name, group)
        yield central
