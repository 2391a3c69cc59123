"""Logging in with what this computer keeps: a wait after five wrong ones, passwords remembered or forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from app import entering
from app.attempts import Attempts
from app.computer import Computer
from app.credentials import Credentials
from app.entering import WrongPassword
from app.errors import UserError
from app.settings import SettingsFile
from models.rules.people import Group
from tests.central import PASSWORD, Central, new_central
from tests.store.test_attempts import Clock
from tests.store.test_credentials import Fake, Locked

_numbers = count(1)
CENTRE = "县中心"


@pytest.fixture(scope="module")
def central() -> Iterator[Central]:
    with new_central() as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def computer(tmp_path: Path, clock: Clock) -> Computer:
    return Computer(SettingsFile(tmp_path), Credentials(Fake()), Attempts(tmp_path, clock))


@pytest.fixture
def login(central: Central) -> str:
    return central.add(f"lin-{next(_numbers)}", "林燕", Group.OFFICER)


def log_in(
    computer: Computer, central: Central, login: str, password: str = PASSWORD, *, remember: bool = False
):
    return entering.log_in(computer, central.profile, login, password, remember=remember)


def wrong(computer: Computer, central: Central, login: str, password: str = "wrong") -> float:
    with pytest.raises(WrongPassword) as refused:
        log_in(computer, central, login, password)
    return refused.value.wait.total_seconds()


def test_a_password_is_remembered_only_where_asked(computer: Computer, central: Central, login: str) -> None:
    entered = log_in(computer, central, login, remember=True)
    entered.workspace.close()
    assert entered.told is None
    assert computer.credentials.recall(CENTRE, login) == PASSWORD
    log_in(computer, central, login).workspace.close()
    assert computer.credentials.recall(CENTRE, login) is None


def test_a_store_that_refuses_keeps_nobody_out(computer: Computer, central: Central, login: str) -> None:
    refusing = Computer(computer.settings, Credentials(Locked()), computer.attempts)
    entered = log_in(refusing, central, login, remember=True)
    assert "没有记住" in (entered.told or "")
    entered.workspace.close()


def test_after_five_wrong_ones_even_the_right_one_waits(
    computer: Computer, central: Central, login: str, clock: Clock
) -> None:
    assert [wrong(computer, central, login) for _ in range(5)] == [0, 0, 0, 0, 30]
    clock.on(12)
    assert wrong(computer, central, login, PASSWORD) == 18
    clock.on(18)
    log_in(computer, central, login).workspace.close()
    assert computer.attempts.left(CENTRE, login) == timedelta(0)


def test_other_troubles_are_not_counted(computer: Computer, central: Central, login: str) -> None:
    central.rows(f'ALTER ROLE "{login}" NOLOGIN')
    for _ in range(6):
        with pytest.raises(UserError) as refused:
            log_in(computer, central, login)
        assert refused.value.code == "disabled"
    assert computer.attempts.left(CENTRE, login) == timedelta(0)


def test_a_locked_window_opens_to_its_password_only(computer: Computer, central: Central, login: str) -> None:
    workspace = log_in(computer, central, login).workspace
    with pytest.raises(WrongPassword):
        entering.unlock(computer, CENTRE, workspace, "wrong")
    assert entering.unlock(computer, CENTRE, workspace, PASSWORD) is workspace
    assert workspace.today()
    workspace.close()


def test_a_password_given_meanwhile_unlocks_too(computer: Computer, central: Central, login: str) -> None:
    workspace = log_in(computer, central, login).workspace
    changed = entering.change_password(computer, CENTRE, workspace, PASSWORD, "Zweites-2026")
    changed.close()
    with pytest.raises(WrongPassword):
        entering.unlock(computer, CENTRE, workspace, PASSWORD)
    other = entering.unlock(computer, CENTRE, workspace, "Zweites-2026")
    assert other is not workspace
    assert other.today()
    other.close()
    workspace.close()


def test_who_changes_the_password_knows_the_old_one(computer: Computer, central: Central, login: str) -> None:
    workspace = log_in(computer, central, login, remember=True).workspace
    with pytest.raises(WrongPassword):
        entering.change_password(computer, CENTRE, workspace, "wrong", "Zweites-2026")
    changed = entering.change_password(computer, CENTRE, workspace, PASSWORD, "Zweites-2026")
    assert computer.credentials.recall(CENTRE, login) == "Zweites-2026"
    changed.close()
    workspace.close()
    log_in(computer, central, login, "Zweites-2026").workspace.close()
