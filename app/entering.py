"""Logging in at a central server, unlocking, changing one's password: each a wait after too many wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from app.computer import Computer
from app.errors import EnvironmentProblem, UserError
from app.registry import own_password
from app.settings import Profile
from app.workspace import Workspace

T = TypeVar("T")


class WrongPassword(UserError):
    """The password was wrong, or it is too soon for another; `wait`: how long the next try must wait."""

    def __init__(self, message: str, wait: timedelta) -> None:
        super().__init__(message, code="bad_password")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Entered:
    """A database entered; `told`: what did not work beside it, as a sentence."""

    workspace: Workspace
    told: str | None = None


def log_in(computer: Computer, profile: Profile, login: str, password: str, *, remember: bool) -> Entered:
    """Enters a central database; raises UserError or EnvironmentProblem, a sentence each.

    `remember`: the password is kept in the system's store, or taken out of it.
    """
    workspace = _tried(
        computer, profile.name, login, lambda: Workspace.open_profile(profile, login, password)
    )
    return Entered(workspace, _kept(computer, profile.name, login, password if remember else None))


def unlock(computer: Computer, profile: str, workspace: Workspace, password: str) -> Workspace:
    """The same workspace where its password was typed; another where an admin has given a new one meanwhile."""
    login = workspace.person.login
    workspace.rest()  # so that the check is not a connection too many
    _tried(computer, profile, login, lambda: workspace.check_password(password))
    return workspace if workspace.knows_password(password) else workspace.with_password(password)


def change_password(computer: Computer, profile: str, workspace: Workspace, old: str, new: str) -> Workspace:
    """A new password of one's own, once the old one was typed; returns the database opened with it."""
    login = workspace.person.login
    workspace.rest()
    _tried(computer, profile, login, lambda: workspace.check_password(old))
    changed = own_password.change(workspace, new)
    if computer.credentials.recall(profile, login) is not None:
        _kept(computer, profile, login, new)
    return changed


def _tried(computer: Computer, profile: str, login: str, attempt: Callable[[], T]) -> T:
    """Counts wrong passwords; raises WrongPassword for one, and before it was waited long enough."""
    wait = computer.attempts.left(profile, login)
    if wait:
        raise WrongPassword("密码连续输错，请稍候再试。", wait)
    try:
        done = attempt()
    except UserError as error:
        if error.code != "bad_password":
            raise
        raise WrongPassword(error.message, computer.attempts.failed(profile, login)) from error
    computer.attempts.succeeded(profile, login)
    return done


def _kept(computer: Computer, profile: str, login: str, password: str | None) -> str | None:
    """Remembers or forgets a password; a store that refuses keeps nobody out."""
    if password is None:
        computer.credentials.forget(profile, login)
        return None
    try:
        computer.credentials.remember(profile, login, password)
    except EnvironmentProblem as problem:
        return problem.message
    return None
