"""A pytest plugin: branch coverage a part of the program must reach, or the run fails.

pytest-cov knows one limit for everything; the rules of the ground floor are held to more than the views.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from coverage import Coverage
from coverage.exceptions import CoverageException


@dataclass(frozen=True)
class Gate:
    """Percent of lines and branches that the files of `include` must reach together."""

    name: str
    include: tuple[str, ...]
    percent: float


GATES = (
    Gate("models/rules", ("models/rules/*",), 95),
    Gate("app + models", ("app/*", "models/*"), 90),
    Gate("views", ("views/*",), 80),
)
_LINES = pytest.StashKey[list[str]]()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Measures once, where the workers' data has come together."""
    if hasattr(session.config, "workerinput"):
        return
    lines, passed = judge(GATES, ".coverage")
    session.config.stash[_LINES] = lines
    if not passed and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Shows every part with its limit, above pytest's own summary."""
    terminalreporter.section("coverage")
    for line in config.stash.get(_LINES, []):
        terminalreporter.write_line(line)


def judge(gates: tuple[Gate, ...], data_file: str) -> tuple[list[str], bool]:
    """A line a gate, with the files that miss most below one that failed; and whether all passed."""
    lines, passed = [], True
    for gate in gates:
        percent, table = _measure(gate, data_file)
        reached = percent >= gate.percent
        lines.append(
            f"{gate.name}: {percent:.1f} % (limit {gate.percent:g} %){'' if reached else '  TOO LOW'}"
        )
        lines += [] if reached else table.splitlines()
        passed = passed and reached
    return lines, passed


def _measure(gate: Gate, data_file: str) -> tuple[float, str]:
    table = io.StringIO()
    coverage = Coverage(data_file=data_file)
    try:
        coverage.load()
        percent = coverage.report(include=list(gate.include), file=table, show_missing=True)
    except CoverageException as error:
        return 0.0, str(error)
    return percent, table.getvalue()
