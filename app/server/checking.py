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

#: Name for programs, title for people, what is done.
_SERVER: tuple[tuple[str, str, Test], ...] = (
    ("version", "服务器版本", server.version),
    ("encoding", "编码", server.encoding),
    ("password_encryption", "密码方式", server.password_encryption),
    ("tls", "加密连接", server.tls),
    ("pg_hba", "入口规则", server.admission),
    ("auth_delay", "防猜密码", server.guessing),
    ("durability", "写盘", server.durability),
    ("standby", "备机", server.standby),
    ("archiving", "归档", server.archiving),
    ("schema", "数据表版本", database.revision),
)
#: Only where the schema is this program's: they know its tables.
_DATABASE: tuple[tuple[str, str, Test], ...] = (
    ("instance", "用途", database.instance),
    ("owner", "所有者", database.owner),
    ("groups", "人员类别", database.groups),
    ("people", "人员账号", database.people),
    ("admins", "管理员", database.admins),
    ("row_security", "行级安全", database.row_security),
    ("public_grants", "公开授权", database.public_grants),
    ("connect", "连接权限", database.entry),
    ("connections", "连接数", server.connections),
    ("code", "与新库比对", database.code),
    ("audit_chain", "审计链", database.audit_chain),
    ("backup", "备份", database.backup),
)


def check(site: Site) -> tuple[Check, ...]:
    """Every check in order; where the schema is another program's, those of the server alone."""
    with site.administration() as connection:
        require_server(connection)
        tests = (*_SERVER, *(_DATABASE if schema.revision(connection) == schema.HEAD else ()))
        return tuple(_check(name, title, test, connection, site) for name, title, test in tests)


def _check(name: str, title: str, test: Test, connection: Connection, site: Site) -> Check:
    finding = _tried(test, connection, site)
    return Check(name, title, finding.state, finding.message)


def _tried(test: Test, connection: Connection, site: Site) -> Finding:
    try:
        with connection.begin_nested():
            return test(connection, site)
    except DBAPIError as error:
        return failed(f"查不出来：{str(error.orig).splitlines()[0]}")
    except PingdeskError as error:
        return failed(error.message)
