"""The project's own Python in `.venv`, with exactly the packages of a lock.

A stamp in `.venv` holds the digest of the lock it was filled from, so that a later start asks nothing of the
network. A note lies there while packages are being installed: what a cut-off run left is made anew.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from enum import Enum
from pathlib import Path

from installer.steps import ROOT, Stop, ask, last_line, note

VENV = ROOT / ".venv"
MINIMUM = (3, 11)
_UNFINISHED = "unfinished"
_SOUND = f"import sys, pip; sys.exit(sys.version_info < {MINIMUM})"


class Lock(Enum):
    """What is installed: enough to run the program, or to test it as well."""

    RUN = "requirements.lock"
    TEST = "requirements-dev.lock"

    @property
    def path(self) -> Path:
        """The lock's file."""
        return ROOT / self.value

    @property
    def includes(self) -> tuple[Lock, ...]:
        """The locks that are satisfied together with this one."""
        return (Lock.RUN,) if self is Lock.RUN else (Lock.RUN, Lock.TEST)


def interpreter(venv: Path = VENV, platform: str = sys.platform) -> Path:
    """The Python of a virtual environment."""
    return venv / ("Scripts/python.exe" if platform == "win32" else "bin/python")


def digest(lock: Path) -> str:
    """What a stamp holds for a lock; the same on every line ending."""
    return hashlib.sha256(lock.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def is_stamped(lock: Lock, venv: Path = VENV) -> bool:
    """Whether `venv` was filled from this very lock."""
    stamp = _stamp(lock, venv)
    return stamp.is_file() and stamp.read_text(encoding="ascii", errors="replace").strip() == digest(
        lock.path
    )


def stamp_all(lock: Lock, venv: Path = VENV) -> None:
    """Notes that `venv` now holds the lock and those it includes."""
    for each in lock.includes:
        _stamp(each, venv).write_text(digest(each.path), encoding="ascii")
    (venv / _UNFINISHED).unlink(missing_ok=True)


def ensure(lock: Lock) -> Path:
    """The Python that has the lock's packages; makes and fills `.venv` where needed, or raises Stop."""
    python = interpreter()
    unfinished = (VENV / _UNFINISHED).exists()
    sound = not unfinished and _is_sound(python)
    if sound and is_stamped(lock):
        return python
    if not sound:
        _make()
    _fill(python, lock)
    return python


def _make() -> None:
    note(f"建立 Python 环境：{VENV}")
    if VENV.exists():
        shutil.rmtree(VENV)
    code, said, wrong = ask((sys.executable, "-m", "venv", VENV))
    if code:
        raise Stop(f"Python 环境建立失败：{last_line(wrong) or last_line(said)}")


def _fill(python: Path, lock: Lock) -> None:
    note(f"安装依赖（{lock.value}，首次约需下载 150 MB）…")
    (VENV / _UNFINISHED).touch()
    options = ("--require-hashes", "--no-input", "--disable-pip-version-check", "--quiet")
    code, _, wrong = ask((python, "-m", "pip", "install", *options, "-r", lock.path))
    if code:
        # pip ended by itself and left no half package: a program that ran before still runs without a network.
        (VENV / _UNFINISHED).unlink()
        raise Stop(f"依赖安装失败，请检查网络后重试：{_reason(wrong)}")
    stamp_all(lock)


def _reason(said: str) -> str:
    """The reason pip gives, without its advice."""
    errors = [line for line in said.splitlines() if line.startswith("ERROR:")]
    return (errors[-1] if errors else last_line(said)).removeprefix("ERROR:").strip()


def _is_sound(python: Path) -> bool:
    """False for none, for one left half made, and for one whose interpreter has gone or is too old."""
    return python.exists() and ask((python, "-c", _SOUND))[0] == 0


def _stamp(lock: Lock, venv: Path) -> Path:
    return venv / f"{Path(lock.value).stem}.stamp"
