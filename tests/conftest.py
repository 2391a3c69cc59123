"""What every test may ask for: a database of its own; and no log record passes unseen."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from psycopg import sql

from app.database import embedded, schema
from app.database.embedded import Cluster
from app.database.engine import Store
from app.workspace import Workspace, demo, initialise
from models.sql import DATABASE
from tests.databases import Database, administer
from tests.servers import copy_cluster, pair, tcp_server, tls_server

__all__ = ["pair", "tcp_server", "tls_server"]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
settings.register_profile("project", deadline=None, max_examples=60)
settings.load_profile("project")
_numbers = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the random walk is."""
    parser.addoption("--histories", type=int, default=400, help="histories of tickets in the random walk")


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """An embedded server whose database `pingdesk` is initialised and serves as the template."""
    with tempfile.TemporaryDirectory(prefix="pingdesk-tests-") as folder:
        initialise(Path(folder), fast=True)
        cluster = embedded.start(Path(folder))
        yield cluster
        embedded.stop_if_unused(cluster)


@pytest.fixture
def new_database(server: Cluster) -> Iterator[Callable[[], Database]]:
    """Makes as many fresh databases as a test asks for."""
    made: list[Database] = []

    def make() -> Database:
        name = f"test_{next(_numbers)}"
        administer(
            server,
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(embedded.DATABASE)
            ),
        )
        # A clone has the template's tables and policies, but not what the database itself grants.
        with schema.administration(server.conninfo(embedded.SUPERUSER, name)) as connection:
            schema.run(connection, DATABASE)
        made.append(Database(server, name, Store(server.conninfo("officer", name))))
        return made[-1]

    yield make
    for database in made:
        database.store.close()
        administer(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database.name)))


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Database:
    """One fresh database."""
    return new_database()


@pytest.fixture(scope="session")
def sample_image() -> Iterator[Path]:
    """The sample county and its month in a folder whose server does not run, to be copied."""
    with tempfile.TemporaryDirectory(prefix="pingdesk-image-") as folder:
        demo(Path(folder), fast=True)
        yield Path(folder)


@pytest.fixture(scope="session")
def copy_sample(sample_image: Path) -> Callable[[Path], Path]:
    """Puts a copy of the sample county into a folder: a demo of its own in a tenth of the time."""

    def copy(folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        cluster = embedded._plan(folder)
        cluster.data.parent.mkdir(parents=True, exist_ok=True)
        embedded._give(cluster, cluster.data.parent)
        copy_cluster(embedded._read_marker(sample_image).data, cluster.data)
        embedded._write_marker(cluster)
        return folder

    return copy


@pytest.fixture(scope="session")
def sample_folder(copy_sample: Callable[[Path], Path]) -> Iterator[Path]:
    """The folder of an embedded database with the sample county and its month; read only, please."""
    with tempfile.TemporaryDirectory(prefix="pingdesk-sample-") as folder:
        copy_sample(Path(folder))
        keeper = Workspace.open_embedded(Path(folder))
        with keeper.read():
            yield Path(folder)
        keeper.close()


@pytest.fixture
def sample(sample_folder: Path) -> Iterator[Workspace]:
    """The sample county as its officer."""
    workspace = Workspace.open_embedded(sample_folder)
    yield workspace
    workspace.close(stop=False)


@pytest.fixture(autouse=True)
def no_unexpected_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning that nobody asked for fails the test; a test that expects one clears it."""
    yield
    found = [r for r in caplog.get_records("call") if r.levelno >= logging.WARNING]
    assert not found, [r.getMessage() for r in found]
