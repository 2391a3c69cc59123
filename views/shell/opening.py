"""Opening the database: work for the threads, so that the heavy imports happen there too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from views.operations import Task

if TYPE_CHECKING:
    from app.computer import Computer
    from app.settings import Profile
    from app.workspace import Workspace


@dataclass(frozen=True)
class Opened:
    """An open database, its own clock's day, and from where on its changes are followed; None: they are not."""

    workspace: Workspace
    today: date
    mark: str | None = None


def _opened(workspace: Workspace) -> Opened:
    return Opened(workspace, workspace.today(), workspace.mark())


def open_database(folder: Path | None, login: str) -> Callable[[Task], Opened | None]:
    """Opens the embedded database of a folder; None where there is none yet."""

    def work(_task: Task) -> Opened | None:
        from app import workspace
        from app.database import embedded

        place = folder or workspace.default_folder()
        if not embedded.exists(place):
            return None
        return _opened(workspace.Workspace.open_embedded(place, login))

    return work


@dataclass(frozen=True)
class LoggedIn:
    """A central database entered: with which profile, and what did not work beside it."""

    opened: Opened
    profile: Profile
    password: str
    told: str | None = None


@dataclass(frozen=True)
class Kept:
    """What this computer knows of a login: a remembered password, or why there is none; and a wait."""

    login: str
    password: str | None
    problem: str | None
    wait: timedelta


def recall(computer: Computer, profile: str, login: str) -> Callable[[Task], Kept]:
    """Asks the credential store, which may wait for the system."""

    def work(_task: Task) -> Kept:
        password = computer.credentials.recall(profile, login) if login else None
        wait = computer.attempts.left(profile, login)
        return Kept(login, password, computer.credentials.problem, wait)

    return work


def forget(computer: Computer, profile: str, login: str) -> Callable[[Task], None]:
    """Takes a password out of the credential store."""

    def work(_task: Task) -> None:
        computer.credentials.forget(profile, login)

    return work


def log_in(
    computer: Computer, profile: Profile, login: str, password: str, *, remember: bool
) -> Callable[[Task], LoggedIn]:
    """Enters a central database; what nobody waits for any more is closed at once."""

    def work(task: Task) -> LoggedIn:
        from app import entering

        entered = entering.log_in(computer, profile, login, password, remember=remember)
        try:
            task.check()
            opened = _opened(entered.workspace)
        except BaseException:
            entered.workspace.close()
            raise
        return LoggedIn(opened, replace(profile, login=login), password, entered.told)

    return work


def unlock(
    computer: Computer, profile: str, workspace: Workspace, password: str
) -> Callable[[Task], Opened | None]:
    """Checks the password; None where the workspace stays, another where its password had changed."""

    def work(_task: Task) -> Opened | None:
        from app import entering

        found = entering.unlock(computer, profile, workspace, password)
        return None if found is workspace else _opened(found)

    return work


def change_password(
    computer: Computer, profile: str, workspace: Workspace, old: str, new: str
) -> Callable[[Task], Opened]:
    """Changes one's own password; gives the database opened with the new one."""

    def work(_task: Task) -> Opened:
        from app import entering

        return _opened(entering.change_password(computer, profile, workspace, old, new))

    return work


def read_url(url: str) -> Callable[[Task], tuple[Profile, str]]:
    """The profile and the password of a URL."""

    def work(_task: Task) -> tuple[Profile, str]:
        from app.database import connecting

        return connecting.profile_of(url), connecting.password_of(url) or ""

    return work


def close(workspace: Workspace) -> Callable[[Task], None]:
    """Closes a database that was left."""

    def work(_task: Task) -> None:
        workspace.close()

    return work


def has_database(folder: Path | None) -> Callable[[Task], bool]:
    """Whether there is an embedded database."""

    def work(_task: Task) -> bool:
        from app import workspace

        return workspace.has_database(folder or workspace.default_folder())

    return work


def become(workspace: Workspace, login: str) -> Callable[[Task], Opened]:
    """Opens the same database as another person."""

    def work(_task: Task) -> Opened:
        return _opened(workspace.become(login))

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
