"""The columns of the list of people."""

from __future__ import annotations

from datetime import date

from app.clock import local_day
from app.registry.people import PersonRow
from views import dates
from views.registry.words import standing_chip
from views.tables.model import Column


def _standing_hint(person: PersonRow) -> str:
    if person.disabled_at is not None:
        return f"{dates.exact(person.disabled_at)} 停用"
    return {"waiting": "有一项申请等待另一名系统管理员确认", "must_change": "本人登录后须先修改密码"}.get(
        person.standing.value, "可以登录"
    )


def _group(person: PersonRow) -> str:
    """Only officers of the centre are heads."""
    return "中心负责人" if person.is_head else person.group.label


def _group_hint(person: PersonRow) -> str:
    return f"{person.group.label}，标为负责人" if person.is_head else person.group.label


def columns(today: date) -> tuple[Column, ...]:
    """Name, login, group, agency, standing, since when."""

    def created(person: PersonRow) -> str:
        return dates.day(local_day(person.created_at), today)

    return (
        Column("name", "姓名", 112, lambda p: p.name),
        Column("login", "账号", 116, lambda p: p.login, quiet=True, needs=560),
        Column("group", "类别", 112, _group, _group_hint),
        Column("agency", "单位", 92, lambda p: p.agency or "—", stretch=True),
        Column("standing", "状态", 88, lambda p: p.standing.label, _standing_hint, kind="chip", chip=standing_chip),
        Column("created", "建立", 104, created, lambda p: dates.exact(p.created_at), quiet=True, needs=700),
    )  # fmt: skip
