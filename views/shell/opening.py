"""Opening the database: work for the threads, so that the heavy imports happen there too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from views.operations import Task

if TYPE_CHECKING:
    from app.workspace import Workspace


@dataclass(frozen=True)
class Opened:
    """An open database, its own clock's day, and from where on its changes are followed; None: they are not."""

    workspace: Workspace
    today: date
    mark: str | None = None


def open_database(folder: Path | None, login: str) -> Callable[[Task], Opened | None]:
    """Opens the embedded database of a folder; None where there is none yet."""

    def work(_task: Task) -> Opened | None:
        from app import workspace
        from app.database import embedded

        place = folder or workspace.default_folder()
        if not embedded.exists(place):
            return None
        opened = workspace.Workspace.open_embedded(place, login)
        return Opened(opened, opened.today(), opened.mark())

    return work


def become(workspace: Workspace, login: str) -> Callable[[Task], Opened]:
    """Opens the same database as another person."""

    def work(_task: Task) -> Opened:
        other = workspace.become(login)
        return Opened(other, other.today(), other.mark())

    return work


def load_demo(folder: Path | None) -> Callable[[Task], Any]:
    """Makes the database with the sample month."""

    def work(task: Task) -> Any:
        from app import workspace

        return workspace.demo(folder or workspace.default_folder(), task.report)

    return work


def preload(modules: tuple[str, ...]) -> Callable[[Task], None]:
    """Loads the modules of pages not opened yet, so that the first click on one does not wait for charts."""

    def work(_task: Task) -> None:
        for module in modules:
            import_module(module)

    return work
