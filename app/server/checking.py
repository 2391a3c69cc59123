"""Checks a server and the database on it, without changing either."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.database import schema
from app.errors import PingdeskError
from app.server import database_tests as database
from app.server import server_tests as server
from app.server.findings import Check, Finding, Test, failed
from app.server.site import Site, require_server

_SERVER: tuple[tuple[str, Test], ...] = (
    ("version", server.version),
    ("encoding", server.encoding),
    ("password_encryption", server.password_encryption),
    ("tls", server.tls),
    ("pg_hba", server.admission),
    ("auth_delay", server.guessing),
    ("durability", server.durability),
    ("standby", server.standby),
    ("archiving", server.archiving),
    ("schema", database.revision),
)
#: Only where the schema is this program's: they know its tables.
_DATABASE: tuple[tuple[str, Test], ...] = (
    ("instance", database.instance),
    ("owner", database.owner),
    ("groups", database.groups),
    ("people", database.people),
    ("admins", database.admins),
    ("row_security", database.row_security),
    ("public_grants", database.public_grants),
    ("connect", database.entry),
    ("connections", server.connections),
    ("code", database.code),
    ("audit_chain", database.audit_chain),
    ("backup", database.backup),
)


def check(site: Site) -> tuple[Check, ...]:
    """Every check in order; where the schema is another program's, those of the server alone."""
    with site.administration() as connection:
        require_server(connection)
        tests = (*_SERVER, *(_DATABASE if schema.revision(connection) == schema.HEAD else ()))
        return tuple(_check(name, test, connection, site) for name, test in tests)


def _check(name: str, test: Test, connection: Connection, site: Site) -> Check:
    finding = _tried(test, connection, site)
    return Check(name, finding.state, finding.message)


def _tried(test: Test, connection: Connection, site: Site) -> Finding:
    try:
        with connection.begin_nested():
            return test(connection, site)
    except DBAPIError as error:
        return failed(f"查不出来：{str(error.orig).splitlines()[0]}")
    except PingdeskError as error:
        return failed(error.message)
