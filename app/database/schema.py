"""Brings a database to the schema this program knows, or says why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from app.database.failures import translated
from app.errors import EnvironmentProblem
from models import migrations

#: The newest revision this program knows; a test compares it with the migrations.
HEAD = "0001"
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
    """Migrates to HEAD; returns whether anything was to do.

    One client at a time (advisory lock). Raises EnvironmentProblem where the schema is newer than ours.
    """
    connection.execute(text("SET LOCAL lock_timeout = '10s'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    now = revision(connection)
    if now == HEAD:
        return False
    if now is not None and now > HEAD:
        raise EnvironmentProblem(
            f"数据库的版本（{now}）比本程序（{HEAD}）新，请先升级程序再打开。", code="newer_schema"
        )
    _upgrade(connection)
    return True


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
    # Alembic keeps its version in the schema that the first migration makes.
    if revision(connection) is None:
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS pd"))
    command.upgrade(config, "head")


def newest_migration() -> str:
    """The newest migration that is shipped."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() or ""
