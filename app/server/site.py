"""A database as its administrator (a superuser) reaches it, on a centre's server or embedded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app.database import connecting, embedded, schema
from app.database.embedded import Cluster
from app.errors import EnvironmentProblem, UserError

#: The oldest PostgreSQL that the rights in the database rely on (`CREATE` on `public`, `security_invoker`).
OLDEST_SERVER = 15
#: The database that every server has: where others are made from.
_MAINTENANCE = "postgres"
_NOT_OURS = (_MAINTENANCE, "template0", "template1")


@dataclass(frozen=True, slots=True)
class Site:
    """`conninfo` reaches the database `name` as a superuser; `cluster`: the embedded server, else none.

    `warning`: what of the connection is not protected.
    """

    conninfo: str
    name: str
    cluster: Cluster | None = None
    warning: str | None = None

    def administration(self) -> AbstractContextManager[Connection]:
        """One transaction in the database itself."""
        return schema.administration(self.conninfo)

    def elsewhere(self, database: str = _MAINTENANCE) -> str:
        """The connection string of another database of the same server."""
        from psycopg.conninfo import make_conninfo

        return make_conninfo(self.conninfo, dbname=database)

    @contextmanager
    def maintenance(self) -> Iterator[Any]:
        """A psycopg connection beside the database, each statement on its own: for making and dropping it."""
        connection = connecting.connect(self.elsewhere())
        connection.autocommit = True
        # An empty database needs no second copy: a standby that is away must not hold this up.
        connection.execute("SET synchronous_commit = local")
        with connection:
            yield connection

    def exists(self) -> bool:
        """Whether the database is there; raises EnvironmentProblem where the server does not answer."""
        return self.encoding() is not None

    def encoding(self) -> str | None:
        """The database's encoding, asked from beside it: in some, no text can be read. None without one."""
        with self.maintenance() as connection:
            found = connection.execute(
                "SELECT pg_encoding_to_char(encoding)::text FROM pg_database WHERE datname = %s", [self.name]
            ).fetchone()
        return None if found is None else str(found[0])

    def create(self) -> None:
        """Makes the database: UTF-8, and the plain order of characters, which no system update changes."""
        from psycopg import sql

        with self.maintenance() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'").format(
                    sql.Identifier(self.name)
                )
            )

    def drop(self) -> None:
        """Drops the database."""
        from psycopg import sql

        with self.maintenance() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name))
            )


def central(url: str) -> Site:
    """The site of a URL or connection string; raises UserError where it names no database of ours."""
    from psycopg.conninfo import conninfo_to_dict

    target = connecting.to_url(url)
    name = str(conninfo_to_dict(target.conninfo).get("dbname") or "")
    if not name or name in _NOT_OURS:
        raise UserError(
            "请在数据库地址里写明好差评工作台的库名，例如 postgresql://postgres@服务器/pingdesk。",
            code="no_database_named",
        )
    return Site(target.conninfo, name, warning=target.warning)


@contextmanager
def own(folder: Path, *, create: bool = False) -> Iterator[Site]:
    """The site of an embedded database, whose server runs meanwhile; `create`: also where there is none."""
    cluster = embedded.start(folder, create=create)
    try:
        yield Site(cluster.conninfo(embedded.SUPERUSER), embedded.DATABASE, cluster)
    finally:
        embedded.stop_if_unused(cluster)


def require_server(connection: Connection) -> int:
    """The server's major version; raises where it is too old or the login is no superuser."""
    major = server_major(connection)
    if major < OLDEST_SERVER:
        raise EnvironmentProblem(
            f"服务器是 PostgreSQL {major}，需要 {OLDEST_SERVER} 或更高版本，请先升级服务器。",
            code="server_too_old",
        )
    if not connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
        raise UserError("这项操作须以数据库的超级用户（如 postgres）连接。", code="not_superuser")
    return major


def server_major(connection: Connection) -> int:
    """The server's major version."""
    return int(connection.scalar(text("SELECT current_setting('server_version_num')::int / 10000")))


def require_ours(connection: Connection) -> str:
    """The schema's revision; raises where the database is not ours, or newer than this program."""
    found = schema.revision(connection)
    if found is None:
        raise EnvironmentProblem(
            "这个数据库里没有好差评工作台的数据表，请先运行 server init。", code="no_schema"
        )
    if found > schema.HEAD:
        raise EnvironmentProblem(
            f"数据库的版本（{found}）比本程序（{schema.HEAD}）新，请先升级程序。", code="newer_schema"
        )
    return found


def encrypted(conninfo: str) -> bool:
    """Whether a connection to the server goes by TLS."""
    with schema.administration(conninfo) as connection:
        return bool(connection.scalar(text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")))


def strangers(connection: Connection) -> tuple[str, ...]:
    """What a database holds that should be empty: the first few schemas and tables of somebody's."""
    rows = connection.execute(
        text(
            "SELECT n.nspname || coalesce('.' || c.relname, '') FROM pg_namespace n"
            " LEFT JOIN pg_class c ON c.relnamespace = n.oid"
            " WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
            " AND (n.nspname <> 'public' OR c.oid IS NOT NULL) ORDER BY 1 LIMIT 5"
        )
    )
    return tuple(row[0] for row in rows)
