"""The console at a central server: one sentence and one code for each connection that does not come about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.rules.people import Group
from tests.central import PASSWORD, Central, new_central
from views.console.main import run


@pytest.fixture(scope="module")
def central() -> Iterator[Central]:
    with new_central() as made:
        made.add("newcomer", "新来的", Group.OFFICER, must_change=True)
        yield made


@pytest.fixture(autouse=True)
def nothing_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PGPASSWORD", "PGSSLMODE", "PGPASSFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def said(capsys, url: str) -> tuple[int, dict]:
    code = run(["--json", "--database", url, "tickets"])
    return code, json.loads(capsys.readouterr().out)


def test_a_person_works_at_a_central_server(central: Central, capsys) -> None:
    assert said(capsys, central.url("officer")) == (0, {"count": 0, "tickets": []})


@pytest.mark.parametrize(
    ("change", "exit_code", "code"),
    [
        ({PASSWORD: "wrong"}, 1, "bad_password"),
        ({f":{PASSWORD}": ""}, 1, "no_password"),
        ({"/pingdesk": "/absent"}, 3, "no_database"),
        ({"127.0.0.1": "nosuch.invalid"}, 3, "unreachable"),
        ({"postgresql://": "http://"}, 3, "bad_url"),
        ({"/pingdesk": "/pingdesk?sslmode=verify-full"}, 3, "certificate"),
    ],
)
def test_each_failure_has_its_code(
    central: Central, capsys, change: dict[str, str], exit_code: int, code: str
) -> None:
    url = central.url("officer")
    for old, new in change.items():
        url = url.replace(old, new)
    found, answer = said(capsys, url)
    assert (found, answer["error"]["code"]) == (exit_code, code)
    assert answer["error"]["message"].endswith("。")


def test_a_password_of_somebody_elses_does_nothing_yet(central: Central, capsys) -> None:
    code = run(["--json", "--database", central.url("newcomer"), "rebuild-tally"])
    assert code == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "must_change_password"


def test_a_superuser_verifies_the_log_by_the_same_protected_way(
    central: Central, capsys, monkeypatch
) -> None:
    url = central.server.url()
    assert run(["--json", "--database", url, "audit-head"]) == 0
    assert run(["--json", "--database", url, "tickets"]) == 1
    assert "unknown_person" in capsys.readouterr().out
    monkeypatch.setattr("app.database.connecting._is_here", lambda _host: False)
    assert run(["--json", "--database", url, "audit-head"]) == 3
    assert '"certificate"' in capsys.readouterr().out


def test_what_is_not_protected_is_warned_of_on_standard_error(
    central: Central, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.database.connecting._is_here", lambda _host: False)
    assert run(["--json", "--database", central.url("officer") + "?sslmode=disable", "tickets"]) == 0
    assert "没有加密" in capsys.readouterr().err
