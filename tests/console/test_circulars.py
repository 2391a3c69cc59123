"""The verb `circular`: a draft of an open month, one number for a closed one, the same bytes when written again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from views.console.main import run

MONTH = ("--month", "2026-10")


@pytest.fixture
def console(copy_sample: Callable[[Path], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a line; returns the exit code and the one JSON object on stdout."""

    folder = copy_sample(tmp_path / "data")

    def typed(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = run(["--json", "--data", str(folder), *words])
        return code, json.loads(capsys.readouterr().out)

    return typed


def test_from_a_draft_to_the_issued_one(console: Any, tmp_path: Path, qapp: Any) -> None:
    out = tmp_path / "out"

    def circular(*more: str) -> tuple[int, Any]:
        return console("circular", *MONTH, "--out", str(out), *more)

    code, refused = circular()
    assert (code, refused["error"]["code"], out.exists()) == (1, "month_open", False)
    code, draft = circular("--draft")
    assert code == 0 and "2026年10月还没有封账，只能打印草稿。" in draft["warnings"]
    assert {Path(name).suffix for name in draft["files"]} >= {".pdf", ".docx"}
    assert console("close-month", "2026-10")[0] == 0
    code, issued = circular()
    assert code == 0 and issued["pages"] >= 2
    assert all("2026〕1号" in name for name in issued["files"])  # the draft used up no number
    first = {name: Path(name).read_bytes() for name in issued["files"]}
    code, again = circular()
    assert {name: Path(name).read_bytes() for name in again["files"]} == first
    assert "已经印发" in again["warnings"][0]
    _, rectification = circular("--kind", "rectification")
    assert all("2026〕2号" in name for name in rectification["files"])
