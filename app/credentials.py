"""Passwords in the system's own credential store; without one a password is not remembered.

Every call may wait for the system, or for a person who must unlock the store: never on the GUI thread.
"""

from __future__ import annotations

import logging
from typing import Any, Protocol

from app.errors import EnvironmentProblem

log = logging.getLogger(__name__)

SERVICE = "pingdesk"
#: The backends of the systems' own stores; any other may keep nothing, or keep it in a file.
_SYSTEMS = tuple(
    f"keyring.backends.{name}" for name in ("Windows", "macOS", "SecretService", "libsecret", "kwallet")
)
NO_STORE = "这台电脑没有可用的系统凭据库，不能记住密码，每次登录须输入。"


class Backend(Protocol):
    """What keyring's backends do."""

    def get_password(self, service: str, username: str) -> str | None:
        """The password kept, or none."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keeps a password."""

    def delete_password(self, service: str, username: str) -> None:
        """Forgets a password; raises where there is none."""


class Credentials:
    """The passwords of this person on this computer, by profile and login."""

    def __init__(self, backend: Backend | None = None) -> None:
        """`backend`: a test's own; otherwise the system's, looked for at first use."""
        self._backend, self._looked = backend, backend is not None

    @property
    def problem(self) -> str | None:
        """Why no password can be remembered here; none where one can."""
        return None if self._found() is not None else NO_STORE

    def recall(self, profile: str, login: str) -> str | None:
        """The password remembered; none also where the store does not answer."""
        backend = self._found()
        try:
            return backend.get_password(SERVICE, _key(profile, login)) if backend is not None else None
        except Exception as error:  # each system's backend raises its own
            log.info("the credential store does not answer: %s", error)
            return None

    def remember(self, profile: str, login: str, password: str) -> None:
        """Keeps a password; raises EnvironmentProblem where it cannot."""
        backend = self._found()
        if backend is None:
            raise EnvironmentProblem(NO_STORE, code="no_store")
        try:
            backend.set_password(SERVICE, _key(profile, login), password)
        except Exception as error:  # each system's backend raises its own
            raise EnvironmentProblem(
                "系统凭据库没有接受密码，这次没有记住；下次登录请再输入。", code="no_store"
            ) from error

    def forget(self, profile: str, login: str) -> None:
        """Takes a password out, where there is one."""
        backend = self._found()
        try:
            if backend is not None and backend.get_password(SERVICE, _key(profile, login)) is not None:
                backend.delete_password(SERVICE, _key(profile, login))
        except Exception as error:  # each system's backend raises its own
            log.info("the credential store forgets nothing: %s", error)

    def _found(self) -> Backend | None:
        if not self._looked:
            self._backend, self._looked = _system_store(), True
        return self._backend


def _key(profile: str, login: str) -> str:
    return f"{login}@{profile}"


def _system_store() -> Backend | None:
    try:
        import keyring

        return _safe(keyring.get_keyring())
    except Exception as error:  # a broken store is no store
        log.info("no credential store: %s", error)
        return None


def _safe(backend: Any) -> Backend | None:
    """The first backend of the system's own; a chain is looked into, since it may lead to a file."""
    if hasattr(backend, "backends"):
        return next((safe for one in backend.backends if (safe := _safe(one)) is not None), None)
    return backend if type(backend).__module__.startswith(_SYSTEMS) else None
