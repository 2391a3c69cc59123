"""A centre of a test's own: a server over TCP, its database made by `init`, everybody's first password."""

from __future__ import annotations

import gzip
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.database import passwords, schema
from app.server import provisioning
from app.server.provisioning import Named, NewPassword
from app.server.site import Site, central
from app.workspace import Workspace
from tests.servers import Server, new_server

OLD = Path(__file__).with_name("revision_0001.sql.gz")
ADMINS = (Named("zhang", "张三"), Named("li.si", "李'四"))


@dataclass
class Centre:
    """A server and the site on it; `passwords`: what each person types now."""

    server: Server
    site: Site
    admins: tuple[Named, ...] = ADMINS
    passwords: dict[str, str] = field(default_factory=dict)

    def receive(self, new: Sequence[NewPassword]) -> None:
        """Takes temporary passwords, as a file or a slip of paper would."""
        self.passwords |= {person.login: person.password for person in new}

    def init(self, *, sample: bool = False) -> provisioning.Made:
        return provisioning.init(self.site, self.admins, self.receive, sample=sample)

    def conninfo(self, login: str) -> str:
        return self.server.conninfo(login, self.passwords[login], self.site.name)

    def settle(self, login: str) -> Workspace:
        """The person's first login: changes the password; then they work."""
        with schema.administration(self.conninfo(login)) as connection:
            chosen = f"{passwords.temporary()}-A"
            verifier = passwords.verifier(connection, login, chosen)
            connection.exec_driver_sql("SELECT pd.change_own_password(%s)", (verifier,))
        self.passwords[login] = chosen
        return Workspace.open_server(self.conninfo(login))

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.server.rows(statement, *values, dbname=self.site.name)

    def group_of(self, login: str) -> str | None:
        """What the database takes a person for who logs in with their password."""
        with psycopg.connect(self.conninfo(login)) as connection:
            found = connection.execute("SELECT pd.my_group()").fetchone()
        return found[0] if found else None

    def drop_everything(self) -> None:
        """The database, the people, the groups and the owner: as on a new server."""
        self.site.drop()
        roles = "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND NOT rolsuper ORDER BY rolname = 'pd_owner'"
        for statement in ("DROP OWNED BY {} CASCADE", "DROP ROLE {}"):
            for (role,) in self.server.rows(roles):
                self.server.rows(statement.format(f'"{role}"'))


@contextmanager
def new_centre(server: Server, name: str = "pingdesk") -> Iterator[Centre]:
    """A centre on a running server; nothing is made yet."""
    yield Centre(server, central(server.url(name)))


@contextmanager
def beside_others(server: Server, name: str) -> Iterator[Centre]:
    """A centre on a server that tests share; its admins have logins of their own."""
    admins = tuple(Named(f"{name}.{admin.login}", admin.name) for admin in ADMINS)
    yield Centre(server, central(server.url(name)), admins)


@pytest.fixture
def centre() -> Iterator[Centre]:
    """A centre on a server of this test's own; nothing is made yet."""
    with new_server() as server, new_centre(server) as made:
        yield made


@pytest.fixture
def old() -> Iterator[Centre]:
    """A database as the first release left it: tables, functions, a ticket that was dispatched."""
    with new_server() as server, new_centre(server) as centre:
        groups = ("owner", "officer", "liaison", "bureau", "admin", "auditor")
        server.rows(";".join(f"CREATE ROLE pd_{group} NOLOGIN" for group in groups))
        centre.site.create()
        script = gzip.decompress(OLD.read_bytes()).decode().replace("TO postgres;", "TO CURRENT_USER;")
        _run_script(centre, script)
        for login, group in centre.rows("SELECT login, group_name FROM pd.app_user"):
            server.rows(f'CREATE ROLE "{login}" LOGIN; GRANT pd_{group} TO "{login}"')
        yield centre


def _run_script(centre: Centre, script: str) -> None:
    command = [
        str(centre.server.tools / "psql"),
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-d",
        centre.site.conninfo,
    ]
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
