"""Names in letters."""

from __future__ import annotations

import pytest

from app.registry.spelling import Spelling, proposed_login, spelling
from models.rules.administration import login_problem


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [("李伟", "liwei", "lw"), ("吕 布", "lvbu", "lb"), ("Li 2", "li2", "l"), ("。", "", "")],
)
def test_names_are_spelled_without_tones(name: str, full: str, initials: str) -> None:
    assert spelling(name).full == full
    assert spelling(name).initials[: len(initials)] == initials


def test_a_login_is_proposed_that_nobody_has() -> None:
    assert proposed_login("李伟", ()) == "liwei"
    assert proposed_login("李伟", ("liwei", "liwei2")) == "liwei3"
    assert proposed_login("3李伟", ()) == "liwei"


@pytest.mark.parametrize("name", ["李伟", "欧阳" * 20, "阿卜杜拉·买买提", "John Smith", "a1"])
def test_a_proposed_login_is_a_good_one(name: str) -> None:
    assert login_problem(proposed_login(name, ())) is None


@pytest.mark.parametrize("name", ["", "。", "啊", "123"])
def test_where_nothing_can_be_spelled_nothing_is_proposed(name: str) -> None:
    assert proposed_login(name, ()) == ""


def test_a_spelling_is_a_value() -> None:
    assert spelling("李伟") == Spelling("liwei", "lw")
