"""A month is closed, listed and opened again from the command line; its ranking is that of the close."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.workspace import Workspace
from views.console.main import run

Console = Callable[..., tuple[int, Any]]


@pytest.fixture
def folder(copy_sample: Callable[[Path], Path]) -> Iterator[Path]:
    """The sample county's month, of the test's own."""
    with tempfile.TemporaryDirectory(prefix="pingdesk-closing-") as made:
        copy_sample(Path(made))
        keeper = Workspace.open_embedded(Path(made))
        with keeper.read():
            yield Path(made)
        keeper.close()
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def console(folder: Path, capsys: pytest.CaptureFixture[str]) -> Console:
    """Runs a line; returns the exit code and the one JSON object on stdout."""

    def typed(*words: object) -> tuple[int, Any]:
        capsys.readouterr()
        code = run(["--json", "--data", str(folder), *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return typed


def test_a_month_is_closed_listed_and_opened_again(
    console: Console, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = console("ranking", "--month", "2026-10")[1]
    code, closed = console("close-month", "2026-10", "--note", "十月")
    assert (code, closed["month"], closed["note"], closed["rule_set"]) == (0, "2026-10", "十月", "2020-12")
    assert (closed["ratings"], closed["tickets"]) == (6000, 20)
    assert all(len(closed[f"{what}_hash"]) == 64 for what in ("ratings", "tickets", "cases"))
    (tmp_path / "why.json").write_text('{"reason_code": "duplicate"}')
    assert console("act", 1, "reject", "--reason", "重复", "--payload", tmp_path / "why.json")[0] == 0
    after = console("ranking", "--month", "2026-10")[1]
    assert {k: v for k, v in after.items() if k != "cutoff"} == {
        k: v for k, v in before.items() if k != "cutoff"
    }
    assert console("close-month", "2026-10")[0] == 1
    (month,) = console("months")[1]["months"]
    assert (month["state"], month["close"], month["ratings"]) == ("closed", closed, 6000)
    assert run(["--data", str(folder), "months"]) == 0 and "已封账" in capsys.readouterr().out
    assert console("reopen-month", "2026-10", "--reason", "漏了一批") == (
        0,
        {"month": "2026-10", "state": "reopened"},
    )
    assert console("months")[1]["months"][0]["close"] is None
    assert console("--as", "liaison-01", "close-month", "2026-10")[0] == 1
