"""The engine of one person: few connections, each statement watched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event

from app.database import guard
from app.database.failures import translated
from app.database.slots import Slots
from app.errors import EnvironmentProblem

if TYPE_CHECKING:
    import psycopg

#: Connections for reading and writing; with the one that listens for changes a client holds at most three.
CONNECTIONS = 2


class Store:
    """One database as one person sees it. Safe to use from several threads."""

    def __init__(self, conninfo: str) -> None:
        """`conninfo`: a libpq connection string; nothing is connected yet."""
        self.conninfo = conninfo
        self._engine = _engine(conninfo)
        self._slots = Slots(CONNECTIONS)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only transaction; one snapshot for everything read in it."""
        with (
            self._answering(reading=True),
            self._slots.taken(write=False),
            self._engine.connect() as connection,
        ):
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A unit of work: commits at the end, rolls back on any error."""
        with self._answering(), self._slots.taken(write=True), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _answering(self, *, reading: bool = False) -> Iterator[None]:
        try:
            with translated(reading=reading):
                yield
        except EnvironmentProblem as problem:
            if problem.code == "standby":  # the server handed its work to another: look for that one
                self._engine.dispose()
            raise

    def close(self) -> None:
        """Gives every connection back."""
        self._engine.dispose()


def connect(conninfo: str, **options: Any) -> psycopg.Connection[Any]:
    """A connection as every part of the client makes it; `options` as psycopg takes them."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    from app.database.numbers import WholeNumber  # loads the driver

    given: dict[str, Any] = (
        {"application_name": "pingdesk", "connect_timeout": 10} | conninfo_to_dict(conninfo) | options
    )
    made = psycopg.connect(**given, options="-c search_path=pd -c timezone=UTC -c jit=off")
    made.adapters.register_dumper(int, WholeNumber)
    return made


def _engine(conninfo: str) -> Engine:
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(conninfo),
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_pre_ping=True,
    )
    event.listen(engine, "before_cursor_execute", _before_statement)
    return engine


def _before_statement(*_: object) -> None:
    guard.check()
