"""The second command: every check of the project, one after another, whatever the earlier ones said."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from installer.steps import ROOT, call, environment, say

_SUMMARY = re.compile(r"=+ .*\bin \d.*s\b.* =+")
_OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


@dataclass(frozen=True, slots=True)
class Result:
    """How one step ended, and its seconds."""

    name: str
    passed: bool
    seconds: float


def quick_checks(python: Path) -> list[tuple[str, list[str]]]:
    """Name and command of everything before pytest."""
    module = [str(python), "-m"]
    return [
        ("ruff check", [*module, "ruff", "check", "."]),
        ("ruff format", [*module, "ruff", "format", "--check", "."]),
        ("mypy", [*module, "mypy"]),
        ("import-linter", [str(python.with_name("lint-imports" + python.suffix)), "--no-logo"]),
    ]


def pytest_command(python: Path, extra: Sequence[str]) -> list[str]:
    """The tests in two processes, half of them to each in their order, so that what a module shares is made once;
    who is done first takes over from the other. Benchmarks are another verb's.

    Coverage is held to its limits when everything runs; with `extra`, pytest's own arguments, only a part does.
    """
    command = [str(python), "-m", "pytest", "-n", "2", "--dist", "worksteal", "-p", "no:benchmark"]
    command += ["--ignore", "tests/benchmarks"]
    return [*command, *(extra or ("--cov", "--cov-report=", "-p", "installer.gates"))]


def bench_command(python: Path, extra: Sequence[str]) -> list[str]:
    """The figures, in one process and without coverage, which would slow what is measured."""
    command = [
        str(python),
        "-m",
        "pytest",
        "tests/benchmarks",
        "-s",
        "-p",
        "no:xdist",
        "-p",
        "no:cacheprovider",
    ]
    return [*command, "--benchmark-sort=name", "--benchmark-columns=min,median,max,rounds", *extra]


def summary_line(lines: Sequence[str], exit_code: int) -> str:
    """The last line of pytest, or one in its place where it ended without."""
    found = [line for line in lines if _SUMMARY.fullmatch(line)]
    return found[-1] if found else f"=== pytest ended without a summary, exit code {exit_code} ==="


def summary(results: Sequence[Result]) -> list[str]:
    """One line a step."""
    width = max(len(result.name) for result in results)
    return [f"{'✓' if r.passed else '✗'} {r.name:<{width}} {r.seconds:7.1f} s" for r in results]


def run(python: Path, extra: Sequence[str]) -> int:
    """All checks; 1 where one failed. The last line printed is pytest's own."""
    results = [_timed(name, call, command) for name, command in quick_checks(python)]
    lines: list[str] = []
    results.append(_timed("pytest", lambda command: _follow(command, lines), pytest_command(python, extra)))
    exit_code = 0 if all(result.passed for result in results) else 1
    say()
    for line in (*summary(results), summary_line(lines, exit_code)):
        say(line)
    return exit_code


def bench(python: Path, extra: Sequence[str]) -> int:
    """The figures; pytest's exit code."""
    return call(bench_command(python, extra), _OFFSCREEN)


def _timed(name: str, step: Callable[[list[str]], int], command: list[str]) -> Result:
    say(f"\n── {name}")
    begun = time.monotonic()
    exit_code = step(command)
    return Result(name, exit_code == 0, time.monotonic() - begun)


def _follow(command: list[str], lines: list[str]) -> int:
    """Runs `command`, shows its lines as they come and keeps them."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(_OFFSCREEN),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            say(line.rstrip("\n"))
            lines.append(line.rstrip("\n"))
    return process.returncode
