"""The two commands: what they are told, what they leave alone, what they say when they cannot go on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from installer import bootstrap, checks, packages, system, tour
from installer.steps import ENVIRONMENT, USAGE, Stop


class Program:
    """The program as `run` meets it: a database or none; notes what is started."""

    def __init__(self) -> None:
        self.database = False
        self.demo = 0
        self.started: list[str] = []

    def ask(self, command: list[object]) -> tuple[int, str, str]:
        return (0 if self.database else 3), "", ""

    def call(self, command: list[object], *_: Any, **__: Any) -> int:
        self.started.append(str(command[-1]))
        self.database = True
        return self.demo


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    made = Program()
    monkeypatch.setattr(bootstrap, "python_with", lambda _: Path("python"))
    monkeypatch.setattr(bootstrap, "_LOADING", tmp_path / "loading")
    monkeypatch.setattr(bootstrap.steps, "ask", made.ask)
    monkeypatch.setattr(bootstrap.steps, "call", made.call)
    monkeypatch.setattr(system, "has_screen", lambda: False)
    monkeypatch.setattr(tour, "show", lambda *_: made.started.append("tour"))
    return made


def test_the_sample_is_loaded_into_no_database_only(program: Program) -> None:
    assert bootstrap.main(["run"]) == 0
    assert bootstrap.main(["run"]) == 0
    assert program.started == ["demo", "tour", "tour"]


def test_a_load_that_was_cut_off_is_taken_up_again_in_its_own_folder(
    program: Program, tmp_path: Path
) -> None:
    program.demo = 3
    assert bootstrap.main(["run", "--data", str(tmp_path)]) == ENVIRONMENT
    program.demo = 0
    assert bootstrap.main(["run"]) == 0
    assert bootstrap.main(["run", "--data", str(tmp_path)]) == 0
    assert program.started == ["demo", "tour", "demo", "tour"]


def test_with_a_screen_the_window_opens_instead(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program.database = True
    monkeypatch.setattr(system, "has_screen", lambda: True)
    monkeypatch.setattr(bootstrap, "_become", lambda command: program.started.append(command[-1]) or 0)
    assert bootstrap.main(["run"]) == 0
    assert Path(program.started[-1]).name == "main.py"


def test_a_folder_is_named_from_where_the_person_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert bootstrap.data_options(["--data", "here"]) == ["--data", str(tmp_path / "here")]
    assert bootstrap.data_options([]) == []


@pytest.mark.parametrize("words", [["--data"], ["--date", "x"], ["--data", "x", "y"]])
def test_other_options_are_a_matter_of_usage(words: list[str]) -> None:
    with pytest.raises(Stop) as stopped:
        bootstrap.data_options(words)
    assert stopped.value.exit_code == USAGE


@pytest.mark.parametrize("words", [[], ["walk"]])
def test_without_a_command_the_usage_is_shown(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(words) == USAGE
    assert "bootstrap.py run" in capsys.readouterr().err


def test_a_folder_of_somebody_else_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied", "/somewhere/.venv")

    monkeypatch.setattr(system, "ensure", refuse)
    assert bootstrap.main(["test"]) == ENVIRONMENT
    assert capsys.readouterr().err == "无法继续：Permission denied（/somewhere/.venv）。\n"


def test_pytest_closes_the_checks_and_a_part_is_not_held_to_the_whole() -> None:
    whole, part = (checks.pytest_command(Path("python"), extra) for extra in ((), ("tests/rules",)))
    assert "installer.gates" in whole
    assert "--cov" in whole
    assert "installer.gates" not in part
    assert part[-1] == "tests/rules"


def test_the_closing_line_is_pytests_own() -> None:
    lines = ["....", "===== 3 passed in 0.52s =====", "Exception ignored in: late"]
    assert checks.summary_line(lines, 0) == "===== 3 passed in 0.52s ====="
    assert "exit code 3" in checks.summary_line(["INTERNALERROR"], 3)
    assert packages.Lock.TEST.path.is_file()
