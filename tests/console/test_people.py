"""The verbs `people …`, as two administrators of one database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.database import passwords
from tests.databases import Database
from tests.registry.desks import FIRST, SECOND, Centre, centre_of, new_login
from views.console.main import run

Console = Callable[..., tuple[int, Any]]


@pytest.fixture
def centre(database: Database) -> Iterator[Centre]:
    with centre_of(database) as made:
        yield made


@pytest.fixture
def console(centre: Centre, capsys: pytest.CaptureFixture[str]) -> Console:
    """Runs `people …` as somebody; returns the exit code and the JSON object."""

    def typed(actor: str, *words: object) -> tuple[int, Any]:
        capsys.readouterr()
        line = ["--json", "--database", centre.database.conninfo(actor), "people", *map(str, words)]
        code = run(line)
        return code, json.loads(capsys.readouterr().out)

    return typed


def test_a_liaison_is_added_moved_disabled_and_enabled(console: Console, centre: Centre) -> None:
    login = new_login("c")
    code, made = console(FIRST, "add", login, "王芳", "--group", "liaison", "--agency", "甲镇")
    assert (code, made["login"], made["done"], made["request"]) == (0, login, True, None)
    assert passwords.problem(made["password"]) is None
    assert console(FIRST, "move", login, "--agency", "乙镇") == (
        0,
        {"login": login, "done": True, "request": None},
    )
    for line in (["rename", login, "林燕"], ["disable", login], ["enable", login]):
        assert console(FIRST, *line)[1]["done"] is True
    assert console(FIRST, "reset", login)[1]["password"] != made["password"]
    (row,) = (r for r in console(FIRST, "list", "--group", "liaison")[1]["people"] if r["login"] == login)
    assert row.pop("created_at").endswith("+08:00")
    assert row == {
        "login": login, "name": "林燕", "group": "liaison", "agency": "乙镇", "is_head": False,
        "state": "must_change", "active": True, "must_change_password": True, "disabled_at": None,
    }  # fmt: skip


def test_an_officer_waits_for_the_second_administrator(console: Console) -> None:
    login = new_login("c")
    made = console(FIRST, "add", login, "赵倩", "--group", "officer", "--head")[1]
    assert made["done"] is False and made["password"]
    (asked,) = console(SECOND, "requests")[1]["requests"]
    assert asked["request"] == made["request"]
    assert [asked[k] for k in ("action", "login", "name", "group", "agency", "is_head", "asked_by")] == [
        "create", login, "赵倩", "officer", None, True, FIRST,
    ]  # fmt: skip
    assert console(FIRST, "confirm", made["request"])[1]["error"]["code"] == "forbidden"
    assert console(SECOND, "confirm", made["request"]) == (
        0,
        {"request": made["request"], "login": login, "done": True},
    )
    assert console(SECOND, "requests")[1] == {"requests": []}
    asked = console(SECOND, "head", login, "--off")[1]
    assert asked["done"] is False
    assert console(SECOND, "refuse", asked["request"])[1]["done"] is False
    asked = console(SECOND, "regroup", login, "--group", "bureau")[1]
    assert console(FIRST, "confirm", asked["request"])[1]["done"] is True


def test_refusals_are_sentences(console: Console) -> None:
    for line, code in (
        (["disable", FIRST], "forbidden"),
        (["add", "Wang", "王芳", "--group", "bureau"], "refused"),
        (["add", new_login("c"), "王芳", "--group", "liaison"], "refused"),
        (["move", "officer", "--agency", "甲镇"], "refused"),
        (["confirm", 999_999], "refused"),
    ):
        found, answer = console(FIRST, *line)
        assert (found, answer["error"]["code"]) == (1, code), line
        assert answer["error"]["message"].endswith("。")
    assert console("officer", "disable", "auditor")[1]["error"]["code"] == "forbidden"
    assert console("officer", "list")[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        [], ["dance"], ["add", "x"], ["add", "xy", "名", "--group", "king"], ["move", "xy"], ["confirm"],
        ["confirm", "0"], ["list", "--group", "king"], ["regroup", "xy"],
    ],
)  # fmt: skip
def test_usage_is_exit_2_in_chinese(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--json", "people", *words]) == 2
    message = json.loads(capsys.readouterr().out)["error"]["message"]
    assert any("一" <= c <= "鿿" for c in message)


def test_people_read_text(centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    login = new_login("c")
    for actor, words, said in (
        (FIRST, ["list"], "系统管理员"),
        (FIRST, ["requests"], "没有等待确认的申请。"),
        (FIRST, ["add", login, "赵倩", "--group", "officer"], "临时密码："),
        (FIRST, ["requests"], "赵倩"),
        (SECOND, ["confirm", "1"], "已确认"),
        (FIRST, ["disable", login], "已生效"),
    ):
        assert run(["--database", centre.database.conninfo(actor), "people", *words]) == 0
        assert said in capsys.readouterr().out
