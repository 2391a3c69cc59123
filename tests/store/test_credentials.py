"""Passwords go to the system's own store or nowhere."""

from __future__ import annotations

import keyring
import pytest
from keyring.backends import chainer, fail, null
from keyring.errors import PasswordDeleteError

from app import credentials
from app.credentials import NO_STORE, Credentials
from app.errors import EnvironmentProblem


class Fake:
    """A store in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


class Locked(Fake):
    """A store whose owner does not unlock it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked

    set_password = get_password  # type: ignore[assignment]


def of_module(name: str) -> object:
    return type("Keyring", (Fake,), {"__module__": name})()


def test_a_password_is_remembered_for_a_profile_and_a_login() -> None:
    store = Credentials(Fake())
    assert store.problem is None
    store.remember("中心", "lin", "Geheim")
    assert store.recall("中心", "lin") == "Geheim"
    assert store.recall("中心", "wang") is None
    assert store.recall("市中心", "lin") is None
    store.forget("中心", "lin")
    store.forget("中心", "lin")
    assert store.recall("中心", "lin") is None


@pytest.mark.parametrize(
    "backend",
    [
        fail.Keyring(), null.Keyring(), chainer.ChainerBackend(), of_module("keyrings.alt.file"),
        of_module("keyrings.cryptfile.cryptfile"), of_module("somebody.elses"),
    ],
)  # fmt: skip
def test_what_is_not_the_systems_own_store_is_refused(monkeypatch, backend: object) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    store = Credentials()
    assert store.problem == NO_STORE
    assert store.recall("中心", "lin") is None
    store.forget("中心", "lin")
    with pytest.raises(EnvironmentProblem):
        store.remember("中心", "lin", "Geheim")


@pytest.mark.parametrize("name", ["Windows", "macOS", "SecretService", "kwallet"])
def test_the_systems_own_stores_are_used(monkeypatch, name: str) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: of_module(f"keyring.backends.{name}"))
    assert Credentials().problem is None


def test_a_chain_is_followed_to_the_systems_own_store(monkeypatch) -> None:
    chain = Fake()
    chain.backends = [of_module("keyrings.alt.file"), of_module("keyring.backends.SecretService")]
    monkeypatch.setattr(keyring, "get_keyring", lambda: chain)
    store = Credentials()
    store.remember("中心", "lin", "Geheim")
    assert not chain.kept
    assert chain.backends[1].kept


def test_a_store_that_cannot_be_found_is_none(monkeypatch) -> None:
    def broken() -> object:
        raise RuntimeError("no session bus")

    monkeypatch.setattr(keyring, "get_keyring", broken)
    assert Credentials().problem == NO_STORE


def test_a_store_that_stays_locked_stops_nobody() -> None:
    store = Credentials(Locked())
    assert store.recall("中心", "lin") is None
    store.forget("中心", "lin")
    with pytest.raises(EnvironmentProblem) as problem:
        store.remember("中心", "lin", "Geheim")
    assert problem.value.code == "no_store"
    assert credentials.SERVICE == "pingdesk"
