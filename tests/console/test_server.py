"""The verbs `server …`: a centre's database from nothing to restored, with nothing but the command line."""

from __future__ import annotations

import json
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.database import schema
from app.errors import UserError
from app.server.provisioning import NewPassword
from tests.servers import Server, new_server
from views.console.main import run
from views.console.server import _Delivery

Console = Callable[..., tuple[int, Any]]
ADMINS = ("--admin", "zhang=张三", "--admin", "li=李四")


@pytest.fixture
def console(capsys: pytest.CaptureFixture[str]) -> Console:
    """Runs a line; returns the exit code and the one JSON object on stdout."""

    def typed(*words: object) -> tuple[int, Any]:
        capsys.readouterr()
        code = run(["--json", *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return typed


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of this test's own."""
    with new_server() as made:
        yield made


def test_a_centre_from_init_to_restore(console: Console, server: Server, tmp_path: Path) -> None:
    url, slip = ("--database", server.url()), tmp_path / "passwords.txt"
    code, made = console(*url, "server", "init", *ADMINS, "--passwords", slip)
    assert (code, made) == (
        0,
        {"database": "pingdesk", "created": True, "changed": True, "agencies": 0, "halls": 0, "people": 2},
    )
    assert stat.S_IMODE(slip.stat().st_mode) == 0o600
    assert slip.read_text(encoding="utf-8").splitlines()[1].startswith("zhang")
    assert console(*url, "server", "init", *ADMINS)[1]["changed"] is False
    assert console(*url, "server", "upgrade") == (
        0,
        {"from": schema.HEAD, "to": schema.HEAD, "changed": False},
    )

    code, checked = console(*url, "server", "check")
    bad = [check["name"] for check in checked["checks"] if not check["ok"]]
    assert (code, checked["ok"], bad) == (3, False, ["durability"])  # the tests' servers do without it

    added = console(*url, "server", "admin", "wang", "王五", "--passwords", tmp_path / "wang.txt")
    assert added == (0, {"login": "wang", "reset": False})
    assert console(*url, "server", "admin", "wang", "--reset")[1] == {"login": "wang", "reset": True}

    code, saved = console(*url, "server", "backup", tmp_path / "saved")
    assert code == 0 and saved["schema"] == schema.HEAD
    assert console(*url, "verify-audit", "--head", saved["head"])[1]["ok"]
    assert console(*url, "server", "backup", tmp_path / "saved")[1]["error"]["code"] == "exists"
    assert console(*url, "server", "restore", tmp_path / "saved")[1]["error"]["code"] == "not_empty"
    server.rows("DROP DATABASE pingdesk WITH (FORCE)")
    code, restored = console(*url, "server", "restore", tmp_path / "saved")
    assert (code, restored["people"], restored["kept"], restored["audit"]["ok"]) == (0, 3, 3, True)
    assert restored["head"] == saved["head"]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the account of an embedded server can reach."""
    with tempfile.TemporaryDirectory(prefix="pingdesk-console-") as made:
        yield Path(made)


def test_an_embedded_database_is_saved_and_restored(console: Console, place: Path, tmp_path: Path) -> None:
    here, there = ("--data", place / "here"), ("--data", place / "there")
    assert console(*here, "init")[0] == 0
    assert console(*here, "server", "check")[1]["ok"]
    assert console(*here, "server", "admin", "admin-2", "何志")[0] == 0
    assert console(*here, "server", "admin", "admin", "--reset")[1]["error"]["code"] == "embedded"
    assert console(*here, "server", "upgrade")[1]["changed"] is False
    _, saved = console(*here, "server", "backup", tmp_path / "saved")
    code, error = console(*there, "server", "restore", tmp_path / "nothing")
    assert (code, error["error"]["code"], (place / "there").exists()) == (1, "bad_backup", False)
    code, restored = console(*there, "server", "restore", tmp_path / "saved")
    assert (code, restored["people"], restored["head"]) == (0, 6, saved["head"])
    assert console(*there, "--as", "admin-2", "people", "list")[0] == 0


def test_the_sql_is_printed_and_nothing_is_made(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["--json", "--database", server.url(), "server", "init", *ADMINS, "--print-sql"]
    assert run(line) == 0
    printed = capsys.readouterr().out
    assert "CREATE TABLE pd.ticket" in printed and "make_person('zhang', '张三'" in printed
    assert server.rows("SELECT 1 FROM pg_database WHERE datname = 'pingdesk'") == []
    assert run(["--database", server.url(), "server", "init", *ADMINS]) == 0
    said = capsys.readouterr()
    assert "一次性密码" in said.err and "一次性密码" not in said.out
    assert run(["--database", server.url(), "server", "upgrade", "--print-sql"]) == 0
    assert "不需要升级" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (["server", "init"], "--admin"),
        (["server", "init", "--admin", "zhang"], "账号=姓名"),
        (["server", "init", *ADMINS, "--print-sql", "--place", "sample"], "--print-sql 不能与"),
        (["server", "admin", "wang"], "姓名"),
        (["server"], "WHAT"),
    ],
)
def test_lines_that_make_no_sense_are_usage(console: Console, line: list[str], word: str) -> None:
    code, answer = console("--database", "postgresql://postgres@127.0.0.1:1/pingdesk", *line)
    assert (code, answer["error"]["code"], word in answer["error"]["message"]) == (2, "usage", True)


def test_init_is_for_a_server_and_a_server_that_is_away_is_a_sentence(console: Console) -> None:
    assert console("server", "init", *ADMINS)[1]["error"]["code"] == "central_only"
    nowhere = "postgresql://postgres@127.0.0.1:1/pingdesk"
    for verb in (["init", *ADMINS], ["check"], ["upgrade"], ["backup", "/tmp/nowhere/saved"]):
        code, answer = console("--database", nowhere, "server", *verb)
        assert (code, answer["error"]["code"]) == (3, "unreachable")


def test_a_file_for_passwords_is_new_and_can_be_written(tmp_path: Path) -> None:
    new = [NewPassword("zhang", "张三", "abcd-efgh-2345")]
    deliver = _Delivery(tmp_path / "slip.txt")
    deliver([])
    assert not (tmp_path / "slip.txt").exists()
    deliver(new)
    deliver(new)
    assert (tmp_path / "slip.txt").read_text(encoding="utf-8").count("abcd-efgh-2345") == 2
    with pytest.raises(UserError, match="已经存在"):
        _Delivery(tmp_path / "slip.txt")
    with pytest.raises(UserError, match="不能写"):
        _Delivery(tmp_path / "nowhere" / "slip.txt")(new)
