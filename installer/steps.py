"""What every step shares: where the project lies, how it speaks, how it runs another program, how it stops."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Exit codes, the same as the console's.
USAGE, ENVIRONMENT = 2, 3

#: Variables that would let other installations of Python reach into ours.
_FOREIGN = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PIP_TARGET", "PIP_PREFIX", "PIP_USER")


class Stop(Exception):
    """The surroundings stand in the way; the message is one sentence that says what to do."""

    def __init__(self, message: str, exit_code: int = ENVIRONMENT) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def say(line: str = "") -> None:
    """One line for the person; flushed, so that it stands before what the next program prints."""
    print(line, flush=True)


def note(line: str) -> None:
    """A line about setting up; beside standard output, which may be a verb's JSON."""
    print(line, file=sys.stderr, flush=True)


def speak_utf8() -> None:
    """Chinese on any locale: what a terminal cannot show is replaced, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of every program started from here."""
    kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    return kept | {"PYTHONUTF8": "1"} | dict(extra or {})


def call(
    command: Sequence[str | Path], extra: Mapping[str, str] | None = None, *, folder: Path = ROOT
) -> int:
    """Runs a program in `folder`, its output shown; returns the exit code."""
    return subprocess.call([str(part) for part in command], cwd=folder, env=environment(extra))


def ask(command: Sequence[str | Path], extra: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Runs a program without input; returns exit code, output and errors."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment(extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def last_line(said: str) -> str:
    """The last line that says something, for a sentence about a failure."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else ""
