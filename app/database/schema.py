"""Brings a database to the schema this program knows, or says why not."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from app.database.failures import translated
from app.errors import EnvironmentProblem
from models import migrations, sql

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest revision this program knows; a test compares it with the migrations.
HEAD = "0007"
#: Held while the schema changes: one program at a time.
LOCK = 7_402_311_905


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
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
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
    connection.connection.cursor().execute(statements(name, owner=owner))


def statements(name: str, *, owner: bool = False) -> str:
    """The text of one SQL file as it is run."""
    content = sql.text(name)
    return f"SET ROLE pd_owner;\n{content}\nRESET ROLE;" if owner else content


def revision(connection: Connection) -> str | None:
    """The schema's revision, None in an empty database."""
    if connection.execute(text("SELECT to_regclass('pd.alembic_version')")).scalar() is None:
        return None
    return connection.execute(text("SELECT version_num FROM pd.alembic_version")).scalar()


def table_script(connection: Connection, since: str | None) -> str:
    """The SQL that brings the tables from a revision to HEAD, without a transaction around it."""
    from alembic import command

    written = io.StringIO()
    config = _config(connection)
    config.output_buffer = written
    command.upgrade(config, f"{since or 'base'}:head", sql=True)
    lines = written.getvalue().splitlines()
    return "\n".join(line for line in lines if line not in ("BEGIN;", "COMMIT;"))


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def newest_migration() -> str:
    """The newest migration that is shipped."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() or ""
