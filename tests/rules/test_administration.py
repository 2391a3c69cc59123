"""What an administrator may do to a person, and when a second one is needed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from models.rules.administration import (
    GUARDED,
    PersonAction,
    login_problem,
    name_problem,
    needs_second,
    place_problem,
    why_not,
    why_not_confirm,
)
from models.rules.people import Group


@dataclass(frozen=True)
class Somebody:
    login: str = "zhangsan"
    group: Group = Group.LIAISON
    active: bool = True
    waiting: bool = False


def test_every_action_has_a_name_of_its_own() -> None:
    assert len({action.label for action in PersonAction}) == len(PersonAction)


@pytest.mark.parametrize("group", list(Group))
def test_what_hands_out_the_rights_of_the_centre_waits_for_a_second_administrator(group: Group) -> None:
    guarded = group in GUARDED
    for action in (PersonAction.CREATE, PersonAction.ENABLE, PersonAction.RESET_PASSWORD):
        assert needs_second(action, group) is guarded
    assert needs_second(PersonAction.REGROUP, group) and needs_second(PersonAction.SET_HEAD, group)
    for action in (PersonAction.RENAME, PersonAction.MOVE, PersonAction.DISABLE):
        assert not needs_second(action, group)


@pytest.mark.parametrize("action", list(PersonAction))
def test_nobody_administers_themselves(action: PersonAction) -> None:
    assert "自己" in (why_not(action, Somebody(login="admin"), "admin") or "")


@pytest.mark.parametrize(
    ("action", "somebody", "word"),
    [
        (PersonAction.ENABLE, Somebody(), "在用"),
        (PersonAction.DISABLE, Somebody(active=False), "已停用"),
        (PersonAction.RESET_PASSWORD, Somebody(active=False), "先启用"),
        (PersonAction.MOVE, Somebody(group=Group.BUREAU), "单位责任人"),
        (PersonAction.SET_HEAD, Somebody(), "中心责任人"),
        (PersonAction.REGROUP, Somebody(waiting=True), "等待确认"),
    ],
)
def test_what_makes_no_sense_says_why(action: PersonAction, somebody: Somebody, word: str) -> None:
    assert word in (why_not(action, somebody, "admin") or "")


@pytest.mark.parametrize(
    ("action", "somebody"),
    [
        (PersonAction.ENABLE, Somebody(active=False)),
        (PersonAction.RENAME, Somebody(active=False)),
        (PersonAction.DISABLE, Somebody(waiting=True)),
        (PersonAction.MOVE, Somebody()),
        (PersonAction.SET_HEAD, Somebody(group=Group.OFFICER)),
        (PersonAction.RESET_PASSWORD, Somebody(group=Group.AUDITOR)),
    ],
)
def test_what_makes_sense_may_be_done(action: PersonAction, somebody: Somebody) -> None:
    assert why_not(action, somebody, "admin") is None


def test_neither_the_asker_nor_the_subject_confirms() -> None:
    assert "撤回" in (why_not_confirm("zhangsan", "admin", "admin") or "")
    assert "本人" in (why_not_confirm("zhangsan", "admin", "zhangsan") or "")
    assert why_not_confirm("zhangsan", "admin", "admin2") is None


@pytest.mark.parametrize("login", ["liwei", "li.wei", "li_wei-2", "ab", "a" * 31])
def test_plain_logins_are_taken(login: str) -> None:
    assert login_problem(login) is None


@pytest.mark.parametrize(
    "login",
    ["", "a", "a" * 32, "Liwei", "2wei", "李伟", "li wei", "li;drop", 'li"wei', "li'wei", "liwei\n", "pg_read",
     "pd_owner", "postgres", "public", "none", "-li", "li\x00wei"],
)  # fmt: skip
def test_odd_logins_are_refused(login: str) -> None:
    assert (login_problem(login) or "").endswith("。")


def test_names_and_places_are_checked() -> None:
    assert name_problem("李伟") is None
    assert name_problem(" ") and name_problem("长" * 41)
    assert place_problem(Group.LIAISON, "甲镇") is None and place_problem(Group.OFFICER, None) is None
    assert place_problem(Group.LIAISON, None) and place_problem(Group.OFFICER, "甲镇")
