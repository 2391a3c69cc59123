"""A database for each test, cloned from one that is made once; without any sample place."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from app.database import embedded
from app.database.embedded import Cluster
from app.database.engine import Store
from app.workspace import initialise

_numbers = count(1)


@dataclass
class Database:
    """A test's own database: a store for any person, and the administrator's eyes past every policy."""

    cluster: Cluster
    name: str
    store: Store

    def person(self, login: str) -> Store:
        return Store(self.cluster.conninfo(login, self.name))

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(
            self.cluster.conninfo(embedded.SUPERUSER, self.name), autocommit=True
        ) as connection:
            cursor = connection.execute(statement, values or None)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, *values: Any) -> Any:
        return self.rows(statement, *values)[0][0]


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """An embedded server whose database `pingdesk` is initialised and serves as the template."""
    with tempfile.TemporaryDirectory(prefix="pingdesk-intake-") as folder:
        initialise(Path(folder), fast=True)
        cluster = embedded.start(Path(folder))
        yield cluster
        embedded.stop_if_unused(cluster)


@pytest.fixture
def new_database(server: Cluster) -> Iterator[Callable[[], Database]]:
    """Makes as many fresh databases as a test asks for."""
    made: list[Database] = []

    def make() -> Database:
        name = f"intake_{next(_numbers)}"
        _administer(server, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(embedded.DATABASE)))  # fmt: skip
        made.append(Database(server, name, Store(server.conninfo("officer", name))))
        return made[-1]

    yield make
    for database in made:
        database.store.close()
        _administer(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database.name)))


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Database:
    """One fresh database."""
    return new_database()


def _administer(cluster: Cluster, statement: sql.Composed) -> None:
    with psycopg.connect(cluster.conninfo(embedded.SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(statement)
