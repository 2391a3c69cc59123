"""The verbs about the log, on a database, on a file, and after somebody's hand was in it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app import workspace
from app.database import embedded
from app.database.embedded import Cluster
from app.workspace import Workspace
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
    """The folder of a fresh embedded database."""
    with tempfile.TemporaryDirectory(prefix="pingdesk-console-") as made:
        workspace.initialise(Path(made) / "data", fast=True)
        yield Path(made) / "data"


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    """Its server, kept running by a connection of the test's own."""
    keeper = Workspace.open_embedded(folder)
    with keeper.read():
        assert keeper.cluster is not None
        yield keeper.cluster
    keeper.close()


def touch(cluster: Cluster, statement: str) -> None:
    with psycopg.connect(cluster.conninfo(embedded.SUPERUSER), autocommit=True) as connection:
        connection.execute(statement.encode())


def test_a_database_and_its_export_are_verified(console: Console, folder: Path, tmp_path: Path) -> None:
    code, head = console("--data", folder, "audit-head")
    printed = f"{head['no']}:{head['hash']}"
    assert code == 0 and len(head["hash"]) == 64
    code, verdict = console("--data", folder, "verify-audit", "--head", printed)
    assert (code, verdict["ok"], verdict["broken"]) == (0, True, None)
    assert (verdict["links"], verdict["head"]) == (head["no"], printed)
    code, done = console("--data", folder, "audit-export", tmp_path / "log.jsonl")
    assert (code, done["ok"], done["head"], done["events"]) == (0, True, printed, verdict["events"])
    code, read = console("verify-audit", "--file", tmp_path / "log.jsonl", "--head", printed)
    assert (code, read) == (0, verdict)
    assert console("--data", folder, "audit-head")[1]["no"] == head["no"] + 1  # the export is noted


def test_what_is_broken_is_exit_1_and_named(
    console: Console, folder: Path, cluster: Cluster, tmp_path: Path
) -> None:
    head = console("--data", folder, "audit-head")[1]
    console("--data", folder, "audit-export", tmp_path / "log.jsonl")
    touch(cluster, "UPDATE pd.event SET actor = 'nobody' WHERE id = (SELECT max(id) FROM pd.event)")
    code, verdict = console("--data", folder, "verify-audit")
    assert (code, verdict["ok"], verdict["broken"]["no"]) == (1, False, head["no"] + 1)
    assert verdict["broken"]["why"].startswith(f"第 {head['no'] + 1} 环")
    lines = (tmp_path / "log.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "cut.jsonl").write_bytes(b"".join(lines[:-1]))
    assert console("verify-audit", "--file", tmp_path / "cut.jsonl")[0] == 1
    code, forged = console("verify-audit", "--file", tmp_path / "log.jsonl", "--head", f"1:{'0' * 64}")
    assert (code, forged["broken"]["no"]) == (1, 1)
    code, refused = console("verify-audit", "--file", tmp_path / "none.jsonl")
    assert (code, refused["error"]["code"]) == (1, "unreadable")


def test_the_server_administrator_and_the_auditor_may_others_not(
    console: Console, folder: Path, cluster: Cluster, tmp_path: Path
) -> None:
    for login in (embedded.SUPERUSER, "auditor"):
        assert console("--database", cluster.conninfo(login), "verify-audit")[1]["ok"]
    for line in (["verify-audit"], ["audit-export", tmp_path / "log.jsonl"]):
        code, refused = console("--data", folder, "--as", "officer", *line)
        assert (code, refused["error"]["code"]) == (1, "forbidden")
    assert console("--data", folder, "--as", "officer", "audit-head")[0] == 0


@pytest.mark.parametrize("head", ["5", "5:xyz", "x:" + "a" * 64])
def test_a_head_that_is_none_is_a_mistake_of_usage(console: Console, head: str) -> None:
    code, refused = console("verify-audit", "--head", head)
    assert (code, refused["error"]["code"]) == (2, "usage")
    assert "链头" in refused["error"]["message"]


def test_people_read_a_sentence(
    folder: Path, cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = str(tmp_path / "log.jsonl")
    for line, word in (
        (["--data", str(folder), "audit-head"], ":"),
        (["--data", str(folder), "verify-audit"], "审计链完好"),
        (["--data", str(folder), "audit-export", log], "SHA-256"),
    ):
        assert run(line) == 0
        assert word in capsys.readouterr().out
    touch(cluster, "DELETE FROM pd.event_link WHERE no = 1")
    assert run(["--data", str(folder), "verify-audit"]) == 1
    assert "审计链已断：缺第 1 环" in capsys.readouterr().out
