"""An environment is made once; what a cut-off run left is made anew; a failure is one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from installer import packages
from installer.packages import Lock
from installer.steps import ENVIRONMENT, Stop


class Machine:
    """A machine whose `venv` and pip only take notes."""

    def __init__(self, venv: Path) -> None:
        self.venv = venv
        self.done: list[str] = []
        self.sound = True
        self.pip: tuple[int, str] = (0, "")

    def ask(self, command: tuple[object, ...]) -> tuple[int, str, str]:
        words = [str(word) for word in command]
        if "venv" in words:
            self.done.append("venv")
            python = packages.interpreter(self.venv)
            python.parent.mkdir(parents=True)
            python.touch()
            self.sound = True
            return 0, "", ""
        if "pip" in words:
            self.done.append("pip")
            assert "--require-hashes" in words
            return self.pip[0], "", self.pip[1]
        return (0 if self.sound else 1), "", ""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path / ".venv")
    monkeypatch.setattr(packages, "VENV", made.venv)
    monkeypatch.setattr(packages, "ask", made.ask)
    monkeypatch.setattr(packages.interpreter, "__defaults__", (made.venv, "linux"))
    monkeypatch.setattr(packages.is_stamped, "__defaults__", (made.venv,))
    monkeypatch.setattr(packages.stamp_all, "__defaults__", (made.venv,))
    return made


def test_nothing_is_done_twice(machine: Machine) -> None:
    first = packages.ensure(Lock.RUN)
    assert machine.done == ["venv", "pip"]
    assert packages.ensure(Lock.RUN) == first
    assert machine.done == ["venv", "pip"]


def test_what_tests_need_is_added_and_covers_what_the_program_needs(machine: Machine) -> None:
    packages.ensure(Lock.RUN)
    packages.ensure(Lock.TEST)
    packages.ensure(Lock.RUN)
    assert machine.done == ["venv", "pip", "pip"]


def test_another_lock_is_installed_into_the_same_environment(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages.ensure(Lock.RUN)
    monkeypatch.setattr(packages, "digest", lambda _: "changed")
    packages.ensure(Lock.RUN)
    assert machine.done == ["venv", "pip", "pip"]


@pytest.mark.parametrize("left", ["an empty folder", "no working interpreter", "half the packages"])
def test_what_a_cut_off_run_left_is_made_anew(machine: Machine, left: str) -> None:
    if left == "an empty folder":
        machine.venv.mkdir()
    else:
        packages.ensure(Lock.RUN)
    if left == "no working interpreter":
        machine.sound = False
    if left == "half the packages":
        (machine.venv / "unfinished").touch()
    machine.done.clear()
    packages.ensure(Lock.RUN)
    assert machine.done == ["venv", "pip"]


def test_a_failed_installation_is_one_sentence_and_is_tried_again(machine: Machine) -> None:
    machine.pip = (
        1,
        "WARNING: slow\nERROR: No matching distribution found for alembic\n[notice] pip is old\n",
    )
    with pytest.raises(
        Stop, match=r"请检查网络后重试：No matching distribution found for alembic$"
    ) as stopped:
        packages.ensure(Lock.RUN)
    assert stopped.value.exit_code == ENVIRONMENT
    machine.pip = (0, "")
    packages.ensure(Lock.RUN)
    assert packages.is_stamped(Lock.RUN)


def test_the_program_still_runs_where_what_tests_need_could_not_be_had(machine: Machine) -> None:
    packages.ensure(Lock.RUN)
    machine.pip = (1, "ERROR: no network")
    with pytest.raises(Stop):
        packages.ensure(Lock.TEST)
    machine.done.clear()
    packages.ensure(Lock.RUN)
    assert not machine.done


def test_a_lock_is_the_same_whatever_ends_its_lines(tmp_path: Path) -> None:
    (tmp_path / "unix").write_bytes(b"a==1 \\\n    --hash=sha256:00\n")
    (tmp_path / "windows").write_bytes(b"a==1 \\\r\n    --hash=sha256:00\r\n")
    assert packages.digest(tmp_path / "unix") == packages.digest(tmp_path / "windows")


def test_the_interpreter_lies_elsewhere_on_windows() -> None:
    assert packages.interpreter(Path("v"), "win32") == Path("v/Scripts/python.exe")
    assert packages.interpreter(Path("v"), "linux") == Path("v/bin/python")


def pins(lock: Lock) -> set[str]:
    """The versions a lock pins."""
    lines = lock.path.read_text(encoding="utf-8").splitlines()
    return {line.removesuffix(" \\") for line in lines if line[:1].isalnum()}


def test_the_two_locks_agree_and_name_no_address() -> None:
    assert pins(Lock.RUN) < pins(Lock.TEST)
    for lock in Lock:
        text = lock.path.read_text(encoding="utf-8")
        assert "://" not in text
        assert text.count("==") <= text.count("--hash=sha256:")


def test_every_direct_dependency_has_its_reason() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (Lock.RUN.path.parent / name).read_text(encoding="utf-8").splitlines():
            assert not line[:1].isalnum() or "  # " in line or line.startswith("pytest>"), line
