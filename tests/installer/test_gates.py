"""Coverage is held to a limit for each part, and a part that was not measured has not passed."""

from __future__ import annotations

from pathlib import Path

import pytest
from coverage import CoverageData

from installer.gates import GATES, Gate, judge


@pytest.fixture
def measured(tmp_path: Path) -> tuple[Path, Path]:
    """A program of four lines of which three ran, and the data file that says so."""
    program = tmp_path / "program.py"
    program.write_text("a = 1\nif a:\n    b = 2\nelse:\n    b = 3\n", encoding="utf-8")
    data = CoverageData(basename=str(tmp_path / "data"))
    data.add_lines({str(program): [1, 2, 3]})
    data.write()
    return program, tmp_path / "data"


@pytest.mark.parametrize(("limit", "passes"), [(75, True), (75.1, False)])
def test_a_part_passes_at_its_limit(measured: tuple[Path, Path], limit: float, passes: bool) -> None:
    program, data = measured
    lines, passed = judge((Gate("part", (str(program),), limit),), str(data))
    assert passed is passes
    assert lines[0].startswith("part: 75.0 %")
    assert ("TOO LOW" in lines[0]) is not passes


def test_a_part_that_failed_shows_the_lines_that_are_missing(measured: tuple[Path, Path]) -> None:
    program, data = measured
    lines, _ = judge((Gate("part", (str(program),), 90),), str(data))
    assert any(line.split()[-1] == "5" for line in lines[1:] if "program.py" in line)


def test_nothing_measured_is_nothing_passed(tmp_path: Path) -> None:
    lines, passed = judge((Gate("part", ("nowhere/*",), 1),), str(tmp_path / "none"))
    assert not passed
    assert lines[0].startswith("part: 0.0 %")


def test_the_limits_are_those_of_the_three_parts() -> None:
    assert [(gate.name, gate.percent) for gate in GATES] == [
        ("models/rules", 95),
        ("app + models", 90),
        ("views", 80),
    ]
