"""What an administrator may do to a person, and what waits for a second administrator.

Nobody makes themselves more than they are, and nobody alone gives somebody the rights of the centre's own
people: those steps become requests that another administrator confirms. The database decides again.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Protocol

from models.rules.people import Group

#: Groups with rights beyond those of one agency or one bureau.
GUARDED = frozenset({Group.OFFICER, Group.ADMIN, Group.AUDITOR})
#: A login stands in connection strings and in the log.
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,30}")
_TAKEN = re.compile(r"(pg|pd)_.*|postgres|public|none")
#: A name's length at most.
LONGEST_NAME = 40


class PersonAction(StrEnum):
    """What is done to a person."""

    CREATE = "create"
    RENAME = "rename"
    MOVE = "move"
    REGROUP = "regroup"
    SET_HEAD = "set_head"
    RESET_PASSWORD = "reset_password"
    DISABLE = "disable"
    ENABLE = "enable"

    @property
    def label(self) -> str:
        """The action's Chinese name."""
        return _LABELS[self.value]


_LABELS = {
    "create": "新建人员",
    "rename": "改姓名",
    "move": "调换单位",
    "regroup": "改类别",
    "set_head": "改负责人标记",
    "reset_password": "重置密码",
    "disable": "停用",
    "enable": "启用",
}


class Subject(Protocol):
    """The part of a person the rules look at; `waiting`: a request about them is open."""

    @property
    def login(self) -> str:
        """The login."""

    @property
    def group(self) -> Group:
        """The group."""

    @property
    def active(self) -> bool:
        """Whether they may log in."""

    @property
    def waiting(self) -> bool:
        """Whether a request about them is open."""


def needs_second(action: PersonAction, group: Group) -> bool:
    """Whether a second administrator must confirm; `group`: the person's, for a new one the wanted one."""
    if action in (PersonAction.REGROUP, PersonAction.SET_HEAD):
        return True
    handed_out = (PersonAction.CREATE, PersonAction.ENABLE, PersonAction.RESET_PASSWORD)
    return action in handed_out and group in GUARDED


def why_not(action: PersonAction, subject: Subject, actor: str) -> str | None:
    """Why an administrator may not do this to a person now; None where they may."""
    if subject.login == actor:
        return "不能给自己办理，请由另一名系统管理员办理"
    if action is PersonAction.ENABLE and subject.active:
        return "此人在用"
    if action not in (PersonAction.ENABLE, PersonAction.RENAME) and not subject.active:
        return "此人已停用，请先启用"
    if action is PersonAction.MOVE and subject.group is not Group.LIAISON:
        return "只有单位责任人可以调换单位"
    if action is PersonAction.SET_HEAD and subject.group is not Group.OFFICER:
        return "只有中心责任人可以标为负责人"
    if subject.waiting and needs_second(action, subject.group):
        return "此人已有一项申请等待确认，请先处理"
    return None


def why_not_confirm(subject: str, asked_by: str, actor: str) -> str | None:
    """Why an administrator may not confirm a request; None where they may."""
    if actor == asked_by:
        return "您是申请人，须由另一名系统管理员确认；您可以撤回"
    if actor == subject:
        return "这项申请与您本人有关，须由另一名系统管理员确认；您可以拒绝"
    return None


def login_problem(login: str) -> str | None:
    """What is wrong with a login, as a sentence; None where nothing is."""
    if not _LOGIN.fullmatch(login):
        return "账号由小写字母开头，只用小写字母、数字、点、横线和下划线，2至31个字符。"
    if _TAKEN.fullmatch(login):
        return "这个账号由数据库保留，请换一个。"
    return None


def name_problem(name: str) -> str | None:
    """What is wrong with a person's name, as a sentence; None where nothing is."""
    if not name.strip():
        return "请填写姓名。"
    return f"姓名至多 {LONGEST_NAME} 个字。" if len(name.strip()) > LONGEST_NAME else None


def place_problem(group: Group, agency: str | None) -> str | None:
    """What is wrong with a group and an agency together; None where nothing is."""
    if group is Group.LIAISON and agency is None:
        return "单位责任人须选择所在单位。"
    if group is not Group.LIAISON and agency is not None:
        return "只有单位责任人才选择单位。"
    return None
