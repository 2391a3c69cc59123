"""The engine of one person: at most three connections, each statement watched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from app.database import guard
from app.database.failures import translated

#: Connections a client holds at most (two that read, one that writes).
CONNECTIONS = 3


class Store:
    """One database as one person sees it. Safe to use from several threads."""

    def __init__(self, conninfo: str) -> None:
        """`conninfo`: a libpq connection string; nothing is connected yet."""
        self.conninfo = conninfo
        self._engine = _engine(conninfo)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only transaction; one snapshot for everything read in it."""
        with translated(), self._engine.connect() as connection:
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A unit of work: commits at the end, rolls back on any error."""
        with translated(), self._engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Gives every connection back."""
        self._engine.dispose()


def _engine(conninfo: str) -> Engine:
    import psycopg

    def connect() -> Any:
        return psycopg.connect(
            conninfo,
            options="-c search_path=pd -c timezone=UTC -c jit=off",
            application_name="pingdesk",
            connect_timeout=10,
        )

    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=30,
        pool_pre_ping=True,
    )
    event.listen(engine, "before_cursor_execute", _before_statement)
    return engine


def _before_statement(*_: object) -> None:
    guard.check()
