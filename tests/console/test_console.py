"""The contract of the command line, verb by verb, with the facts of the sample month."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import resources
from app import workspace
from views.console.answer import table
from views.console.main import run

Console = Callable[..., tuple[int, Any]]


@pytest.fixture
def console(capsys: pytest.CaptureFixture[str]) -> Console:
    """Runs a line; returns the exit code and the one JSON object on stdout."""

    def typed(*words: object) -> tuple[int, Any]:
        capsys.readouterr()
        code = run(["--json", *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return typed


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty place for a database of the test's own."""
    with tempfile.TemporaryDirectory(prefix="pingdesk-console-") as made:
        yield Path(made) / "data"


@pytest.fixture
def own(copy_sample: Callable[[Path], Path], folder: Path) -> Path:
    """The sample month in a database that the test may change."""
    return copy_sample(folder)


def _payload(folder: Path, facts: object) -> Path:
    path = folder / "payload.json"
    path.write_text(json.dumps(facts), encoding="utf-8")
    return path


def test_init_and_demo_twice_are_once(console: Console, folder: Path) -> None:
    assert console("--data", folder, "init") == (0, {"agencies": 0, "halls": 0, "people": 5})
    assert console("--data", folder, "init", "--place", "sample") == (
        0,
        {"agencies": 41, "halls": 33, "people": 47},
    )
    for _ in range(2):
        assert console("--data", folder, "demo") == (0, {"agencies": 41, "ratings": 6000, "tickets": 20})
    code, answer = console(
        "--data", folder, "import", resources.path("sample", "好差评评价明细_2026-10.xlsx")
    )
    counts = [answer[k] for k in ("kind", "rows", "inserted", "updated", "unchanged", "repeated", "refused")]
    assert (code, counts) == (0, ["ratings", 6007, 0, 0, 6000, 2, 5])


def test_without_a_database_the_sentence_says_what_to_do(console: Console, folder: Path) -> None:
    for verb in (["tickets"], ["ranking", "--month", "2026-10"], ["rebuild-tally"], ["connection"]):
        code, answer = console("--data", folder, *verb)
        assert (code, answer["error"]["code"]) == (3, "no_database")
        assert "init" in answer["error"]["message"]


def test_a_refused_workbook_can_be_corrected_and_loaded_again(console: Console, folder: Path) -> None:
    console("--data", folder, "init", "--place", "sample")
    detail, refused = resources.path("sample", "好差评评价明细_2026-10.xlsx"), folder / "refused.xlsx"
    code, dry = console("--data", folder, "import", detail, "--dry-run")
    assert (code, dry["inserted"], dry["tickets_opened"]) == (0, 6000, 19)
    assert console("--data", folder, "tickets")[1] == {"count": 0, "tickets": []}
    code, loaded = console("--data", folder, "import", detail, "--refused", refused)
    assert loaded == dry and refused.exists()
    assert [sorted(r) for r in loaded["refusals"]] == [["column", "reason", "row", "sheet", "value"]] * 5
    code, again = console("--data", folder, "import", refused)
    assert (code, again["rows"], again["refused"]) == (0, 5, 5)


def test_files_that_are_none_are_refused_with_a_sentence(
    console: Console, sample_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.xlsx").write_text("not a workbook")
    (tmp_path / "b.csv").write_text("一,二\n1,2\n", encoding="utf-8")
    for path in (tmp_path / "a.xlsx", tmp_path / "b.csv", tmp_path / "gone.xlsx"):
        code, answer = console("--data", sample_folder, "import", path)
        assert code == 1 and answer["error"]["message"].endswith(("。", "？", "！")), answer


def test_what_a_load_did_not_take_over_is_told_beside_the_answer(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    detail = tmp_path / "moved.csv"
    detail.write_text(
        "办件编号,辖区编码,被评价部门,事项名称,业务平台,满意度,评价时间\n"
        "4408812026100000000X,440881000000,高桥镇,社会保障卡申领,政务服务网,非常满意,2026-10-25 16:41:27\n",
        encoding="utf-8",
    )
    capsys.readouterr()
    assert run(["--json", "--data", str(own), "import", str(detail), "--dry-run"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["unchanged"] == 1
    assert "提醒：" in said.err


def test_tickets_and_acts(console: Console, own: Path) -> None:
    code, answer = console("--data", own, "tickets", "--state", "pending", "--limit", "3")
    assert (code, answer["count"], len(answer["tickets"])) == (0, 20, 3)
    assert sorted(answer["tickets"][0]) == sorted([
        "id", "number", "case", "state", "agency", "item", "level", "labels", "rated_at", "opened_at", "received_on",
        "due_on", "rework_due_on", "provisional", "days_left",
    ])  # fmt: skip
    assert answer["tickets"][0]["rated_at"].endswith("+08:00")
    ticket = answer["tickets"][0]["id"]
    code, done = console(
        "--data",
        own,
        "act",
        ticket,
        "verify_and_dispatch",
        "--lead",
        "罗州街道",
        "--co",
        "城南街道",
        "石城镇",
    )
    assert (code, done["state"]) == (0, "dispatched")
    assert console("--data", own, "--as", "liaison-02", "tickets")[1]["count"] == 1
    code, refused = console("--data", own, "--as", "liaison-02", "act", ticket, "acknowledge")
    assert (code, refused["error"]["code"]) == (1, "forbidden")
    assert (
        console("--data", own, "--as", "liaison-01", "act", ticket, "acknowledge")[1]["state"] == "rectifying"
    )
    material = _payload(own, {"found_true": True})
    code, refused = console(
        "--data", own, "--as", "liaison-01", "act", ticket, "submit", "--payload", material
    )
    assert (code, refused["error"]["code"]) == (1, "refused")
    seen = console(
        "--data", own, "tickets", "--agency", "罗州街道", "--month", "2026-10", "--search", "优待证"
    )[1]
    assert [t["id"] for t in seen["tickets"]] == [ticket]
    assert console("--data", own, "act", 999_999, "reject", "--reason", "重复")[0] == 1
    for content in ("[]", "{"):
        (own / "payload.json").write_text(content)
        assert console("--data", own, "act", ticket, "annotate", "--payload", own / "payload.json")[0] == 1
    assert console("--data", own, "act", ticket, "annotate", "--payload", own / "none.json")[0] == 1


def test_deadlines_need_no_database(
    console: Console, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, answer = console("--data", folder, "deadline", "--from", "2026-09-30", "--days", "5", "--explain")
    assert (code, answer["due"], answer["provisional"]) == (0, "2026-10-13", False)
    assert [d["date"] for d in answer["days"] if d["counts"]][:3] == [
        "2026-10-08",
        "2026-10-09",
        "2026-10-10",
    ]
    assert "国庆节" in answer["days"][1]["why"]
    assert console("--data", folder, "deadline", "--from", "2003-12-31", "--days", "1")[0] == 1
    batch = tmp_path / "batch.csv"
    batch.write_text("2026-09-30,5\n2026-12-24,0\n2026-12-21,9\n")
    assert run(["--json", "--data", str(folder), "deadline", "--batch", str(batch)]) == 0
    assert capsys.readouterr().out == (
        "2026-09-30,5,2026-10-13,false\n2026-12-24,0,2026-12-24,true\n2026-12-21,9,2027-01-01,true\n"
    )
    for wrong in ("2003-12-31,1", "2026-13-01,1", "2026-01-01", "2026-01-01,-1"):
        batch.write_text(wrong)
        assert console("--data", folder, "deadline", "--batch", batch)[0] == 1
    assert console("--data", folder, "deadline", "--batch", tmp_path / "none.csv")[0] == 1


def test_ranking(console: Console, sample_folder: Path, tmp_path: Path) -> None:
    picture = tmp_path / "out" / "ranking.png"
    workbook = tmp_path / "out" / "ranking.xlsx"
    files = ("--picture", picture, "--workbook", workbook)
    code, view = console("--data", sample_folder, "ranking", "--month", "2026-10", *files)
    assert code == 0 and picture.read_bytes()[:4] == b"\x89PNG"
    assert workbook.read_bytes()[:2] == b"PK"
    assert [(r["rank"], r["agency"], r["composite"]) for r in view["rows"][:2]] == [
        (1, "河唇镇", "90.13"), (2, "新民镇", "88.24")
    ]  # fmt: skip
    assert len(view["rows"]) == 21 and view["rule_set"] == "2020-12" and view["cutoff"].endswith("+08:00")
    assert sorted(view["rows"][0]["parts"]) == ["coverage", "hall_adoption", "handling", "quality"]
    span = console(
        "--data", sample_folder, "ranking", "--from", "2026-09", "--to", "2026-10", "--group", "department"
    )[1]
    assert (span["from"], span["to"], len(span["rows"])) == ("2026-09", "2026-10", 20)
    assert any(r["hall_adoption"] is None for r in span["rows"])
    early = console("--data", sample_folder, "ranking", "--month", "2026-10", "--as-of", "2026-10-10")[1]
    assert sum(r["ratings"] for r in early["rows"]) < sum(r["ratings"] for r in view["rows"])
    assert console("--data", sample_folder, "ranking", "--month", "2020-11")[0] == 1
    assert console("--data", sample_folder, "ranking", "--from", "2026-10", "--to", "2026-09")[0] == 1


@pytest.mark.parametrize(
    "line",
    [
        [], ["dance"], ["tickets", "--limit", "0"], ["tickets", "--limit"], ["act", "1", "dance"], ["act", "x", "reject"],
        ["ranking"], ["ranking", "--month", "2026-13"], ["ranking", "--from", "2026-10"], ["deadline"],
        ["deadline", "--from", "2026-1-1", "--days", "1"], ["deadline", "--from", "2026-01-01", "--days", "-1"],
        ["deadline", "--batch", "x", "--days", "1"], ["--database", "host=x", "--as", "head", "tickets"],
        ["--database", "host=x", "--data", "y", "tickets"], ["tickets", "--nonsense"], ["import"],
    ],
)  # fmt: skip
def test_usage_is_exit_2_in_chinese(console: Console, line: list[str]) -> None:
    code, answer = console(*line)
    assert (code, answer["error"]["code"]) == (2, "usage")
    assert any("一" <= c <= "鿿" for c in answer["error"]["message"])


def test_serve_holds_the_server_until_stdin_closes(
    console: Console, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    met: list[Any] = []

    class Stdin(io.StringIO):
        def read(self, *_: Any) -> str:
            met.append(workspace.running_conninfo(folder, "head"))
            return ""

    monkeypatch.setattr("sys.stdin", Stdin())
    code, facts = console("--data", folder, "serve")
    assert code == 0 and sorted(facts) == ["dbname", "host", "port"]
    assert met and f"host={facts['host']}" in met[0] and "user=head" in met[0]
    assert console("--data", folder, "connection")[1]["error"]["code"] == "not_running"


def test_connection_and_central_database(console: Console, sample_folder: Path) -> None:
    conninfo = console("--data", sample_folder, "--as", "liaison-03", "connection")[1]["conninfo"]
    assert console("--database", conninfo, "tickets")[1]["count"] == 0
    assert console("--data", sample_folder, "--as", "nobody", "connection")[0] == 1
    assert console("--database", conninfo, "demo")[1]["error"]["code"] == "embedded_only"
    assert console("--database", conninfo, "rebuild-tally")[1]["error"]["code"] == "forbidden"
    assert console("--data", sample_folder, "rebuild-tally")[1] == {"months": 1, "changed": 0}


def test_self_test(console: Console) -> None:
    code, answer = console("self-test")
    assert (code, answer["ok"]) == (0, True), answer
    assert [c["name"] for c in answer["checks"]] == [
        "fonts",
        "icons",
        "style",
        "database",
        "migrations",
        "chart",
    ]


def test_people_read_text(sample_folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for line, word in (
        (["tickets", "--limit", "2"], "共 20 件"),
        (["ranking", "--month", "2026-10"], "河唇镇"),
        (["ranking", "--month", "2026-09"], "没有可以排名的单位"),
        (["deadline", "--from", "2026-12-21", "--days", "9", "--explain"], "（暂定）"),
        (["import", str(resources.path("sample", "差评工单_2026-10.xlsx")), "--dry-run"], "试算"),
        (["import", str(resources.path("sample", "好差评评价明细_2026-10.xlsx")), "--dry-run"], "原因"),
        (["connection"], "dbname=pingdesk"),
    ):
        assert run(["--data", str(sample_folder), *line]) == 0
        assert word in capsys.readouterr().out
    assert run(["--data", str(tmp_path / "none"), "tickets"]) == 3
    assert "init" in capsys.readouterr().err


def test_a_bug_is_kept_in_a_file_and_shows_no_traceback(
    console: Console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("app.registry.calendars.shipped", lambda: 1 / 0)
    code, answer = console("--data", tmp_path, "deadline", "--from", "2026-01-05", "--days", "1")
    assert (code, answer["error"]["code"]) == (3, "bug")
    assert "Traceback" not in answer["error"]["message"] and list(tmp_path.rglob("crash-*.txt"))
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_chinese_takes_two_places_in_tables() -> None:
    assert table(("单位", "数"), [("甲镇", 1), ("a", 12)]) == ["单位  数", "甲镇   1", "a     12"]


def test_tickets_are_exported_to_a_file(console: Console, sample_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "工单.csv"
    code, answer = console("--data", sample_folder, "export-tickets", file, "--state", "pending")
    assert (code, answer["rows"], answer["file"]) == (0, 20, str(file))
    assert len(file.read_text("utf-8-sig").splitlines()) >= 21
    code, answer = console("--data", sample_folder, "export-tickets", tmp_path / "工单.txt")
    assert (code, answer["error"]["code"]) == (1, "unknown_format")
