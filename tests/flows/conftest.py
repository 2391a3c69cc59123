"""Windows on a real database; flows that open them leave nothing behind either."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import workspace
from app.database import embedded, guard
from app.database.engine import Store
from tests.databases import Database
from tests.views.conftest import (
    cycles_apart,
    light_theme,
    nothing_left,
    qapp_cls,
    qt_warnings,
    settings_apart,
)
from views.shell.window import Window

__all__ = ["cycles_apart", "light_theme", "nothing_left", "qapp_cls", "qt_warnings", "settings_apart"]


@pytest.fixture(scope="module")
def folder(copy_sample: Callable[[Path], Path]) -> Iterator[Path]:
    """The sample month, kept running for the module."""
    with tempfile.TemporaryDirectory(prefix="pingdesk-flows-") as made:
        copy_sample(Path(made))
        keeper = workspace.Workspace.open_embedded(Path(made))
        with keeper.read():
            yield Path(made)
        keeper.close()


@pytest.fixture
def opened(qtbot, folder: Path) -> Iterator[Callable[[str], Window]]:
    """Opens windows as anybody; statements on the GUI thread are errors."""
    guard.forbid_this_thread()
    made: list[Window] = []

    def as_person(login: str) -> Window:
        window = Window(folder, login=login)
        window.show()
        made.append(window)
        with qtbot.waitSignal(window.ready, timeout=20_000):
            window.open()
        return window

    yield as_person
    for window in made:
        window.close()
        window.deleteLater()
    guard.allow_every_thread()


@pytest.fixture
def county() -> Iterator[Database]:
    """A county of one's own: its registry and people, and nothing that happened yet."""
    with tempfile.TemporaryDirectory(prefix="pingdesk-path-") as made:
        workspace.initialise(Path(made), sample=True, fast=True)
        keeper = workspace.Workspace.open_embedded(Path(made))
        cluster = embedded.running(Path(made))
        database = Database(cluster, embedded.DATABASE, Store(cluster.conninfo("officer")))
        yield database
        database.store.close()
        keeper.close()


@pytest.fixture
def at_the_desk(qtbot, county: Database) -> Iterator[Window]:
    """The window on that county, in front, with its officer at the desk."""
    guard.forbid_this_thread()
    window = Window(county.cluster.folder, login="officer")
    window.show()
    with qtbot.waitSignal(window.ready, timeout=20_000):
        window.open()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield window
    window.close()
    window.deleteLater()
    guard.allow_every_thread()
