"""Brings a database to the schema this program knows, or says why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from app.database.failures import translated
from app.errors import EnvironmentProblem
from models import migrations, sql

#: The newest revision this program knows; a test compares it with the migrations.
HEAD = "0002"
_LOCK = 7_402_311_905


@contextmanager
def administration(conninfo: str) -> Iterator[Connection]:
    """A connection as the database's administrator, for the schema and the people; one transaction."""
    import psycopg

    engine: Engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(conninfo, options="-c search_path=pd -c timezone=UTC"),
        poolclass=NullPool,
    )
    with translated(), engine.begin() as connection:
        yield connection


def migrate(connection: Connection) -> bool:
    """Migrates to HEAD, as a superuser; returns whether anything was to do.

    One client at a time (advisory lock). The tables go up by Alembic; functions, triggers, policies and grants
    are taken down before and put up after. Raises EnvironmentProblem where the schema is newer than ours.
    """
    connection.execute(text("SET LOCAL lock_timeout = '10s'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    now = revision(connection)
    if now is not None and now > HEAD:
        raise EnvironmentProblem(
            f"数据库的版本（{now}）比本程序（{HEAD}）新，请先升级程序再打开。", code="newer_schema"
        )
    if is_current(connection):
        return False
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS pd"))
    run(connection, sql.ROLES)
    run(connection, sql.CLEAR, owner=True)
    if now != HEAD:
        _upgrade(connection)
    for name in sql.CODE:
        run(connection, name, owner=True)
    connection.execute(text("SELECT pd.standing(:from, :to, :code)"),
                       {"from": now, "to": HEAD, "code": sql.fingerprint()})  # fmt: skip
    run(connection, sql.DATABASE)
    return True


def is_current(connection: Connection) -> bool:
    """Whether tables and code are those of this program."""
    if revision(connection) != HEAD:
        return False
    return connection.execute(text("SELECT code FROM pd.instance")).scalar() == sql.fingerprint()


def run(connection: Connection, name: str, *, owner: bool = False) -> None:
    """Runs one SQL file, as `pd_owner` if `owner`."""
    # Past SQLAlchemy and its parameters: the files hold percent signs and colons of their own.
    cursor = connection.connection.cursor()
    statements = sql.text(name)
    cursor.execute(f"SET ROLE pd_owner;\n{statements}\nRESET ROLE;" if owner else statements)


def revision(connection: Connection) -> str | None:
    """The schema's revision, None in an empty database."""
    if connection.execute(text("SELECT to_regclass('pd.alembic_version')")).scalar() is None:
        return None
    return connection.execute(text("SELECT version_num FROM pd.alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def newest_migration() -> str:
    """The newest migration that is shipped."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() or ""
