"""The verbs `statistics` and `briefing`: the shapes that are documented, and the figures that the window shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from views.console.main import run


@pytest.fixture
def console(sample_folder: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a line as somebody; returns the exit code and the one JSON object on stdout."""

    def typed(*words: str, login: str = "officer") -> tuple[int, Any]:
        capsys.readouterr()
        code = run(["--json", "--data", str(sample_folder), "--as", login, *words])
        return code, json.loads(capsys.readouterr().out)

    return typed


def test_the_figures_of_the_sample_month(console: Any) -> None:
    code, said = console("statistics", "--month", "2026-10")
    assert code == 0
    assert said["rates"]["good"] == {"value": "99.68", "numerator": 5981, "denominator": 6000}
    assert said["rates"]["satisfied"]["value"] is None
    assert said["tickets"] == sum(one["count"] for one in said["platforms"]) == 20
    assert said["labels"][0] == {
        "code": "110", "name": "无理由超过法定办理时间", "count": 6, "share": "22.22", "cumulative": "22.22"
    }  # fmt: skip
    assert said["labels"][-1]["cumulative"] == "100.00"
    assert sum(one["count"] for one in said["hours"]) == sum(one["count"] for one in said["weekdays"]) == 20
    assert said["times"] == {"sign": None, "rectify": None, "report": None}


def test_an_agency_and_a_span(console: Any) -> None:
    _, whole = console("statistics", "--from", "2026-09", "--to", "2026-10")
    code, one = console("statistics", "--from", "2026-09", "--to", "2026-10", "--agency", "罗州街道")
    assert (code, one["agency"], one["from"], one["to"]) == (0, "罗州街道", "2026-09", "2026-10")
    assert 0 < one["rates"]["good"]["denominator"] < whole["rates"]["good"]["denominator"]
    assert (
        console("statistics", "--month", "2026-10", "--agency", "无此单位")[1]["error"]["code"]
        == "unknown_agency"
    )
    assert console("statistics", "--month", "2026-10", "--to", "2026-10")[0] == 2


def test_who_reads_no_ticket_gets_the_same_rates_and_no_rows(console: Any) -> None:
    _, officer = console("statistics", "--month", "2026-10")
    code, bureau = console("statistics", "--month", "2026-10", login="bureau")
    assert (code, bureau["rates"]) == (0, officer["rates"])
    assert (bureau["tickets"], bureau["labels"], bureau["times"]) == (None, [], {})


def test_the_briefing_of_a_month(console: Any) -> None:
    code, said = console("briefing", "--month", "2026-10")
    assert (code, said["month"]) == (0, "2026-10")
    assert said["sections"][0]["title"] == "评价总体情况"
    assert said["sections"][0]["paragraphs"][0].startswith("2026年10月，全市共有政务服务评价6,000条")
