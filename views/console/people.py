"""The verbs `people …`: the people, what is done to them, and what waits for a second administrator."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from app.clock import local
from app.registry import administering, people
from app.registry.administering import Administered, Order
from app.registry.people import PeopleFilter, PersonRow, RequestRow
from models.rules.administration import PersonAction
from views.console.answer import Answer, table
from views.console.places import opened

#: Who acts in an embedded database unless `--as` says otherwise.
ADMIN = "admin"


def listing(options: argparse.Namespace) -> Answer:
    """Everybody, or those of a group; officers first."""
    with opened(options, default=ADMIN) as space, space.read() as connection:
        page = people.listed(connection, space.person.group, PeopleFilter(group=options.group))
    heading = ("账号", "姓名", "类别", "单位", "负责人", "状态", "建立")
    lines = [f"共 {len(page.rows)} 人", "", *table(heading, [_line(p) for p in page.rows])]
    return Answer({"people": [_facts(p) for p in page.rows]}, lines)


def requests(options: argparse.Namespace) -> Answer:
    """What waits for a second administrator, the oldest first."""
    with opened(options, default=ADMIN) as space, space.read() as connection:
        found = people.open_requests(connection)
    heading = ("编号", "申请", "账号", "姓名", "类别", "单位", "申请人", "提出", "到期")
    rows = [
        (
            r.id, r.action.label, r.login, r.name, r.group.label if r.group else None, r.agency, r.asked_by_name,
            _minute(r.asked_at), _minute(r.expires_at),
        )
        for r in found
    ]  # fmt: skip
    lines = table(heading, rows) if rows else ["没有等待确认的申请。"]
    return Answer({"requests": [_request(r) for r in found]}, lines)


def order(options: argparse.Namespace) -> Answer:
    """One action on one person; `options.action` says which."""
    wanted = Order(
        options.action,
        options.person,
        name=getattr(options, "name", None),
        group=getattr(options, "group", None),
        agency=getattr(options, "agency", None),
        is_head=getattr(options, "head", None),
    )
    with opened(options, default=ADMIN) as space:
        came_to = administering.administer(space, wanted)
    facts: dict[str, Any] = {"login": came_to.login, "done": came_to.done, "request": came_to.request}
    if options.action in (PersonAction.CREATE, PersonAction.RESET_PASSWORD):
        facts["password"] = came_to.password
    return Answer(facts, _said(wanted, came_to))


def decide(options: argparse.Namespace) -> Answer:
    """Confirms a request, or refuses it; who asked takes it back by refusing."""
    with opened(options, default=ADMIN) as space:
        came_to = administering.decide(space, options.request, accept=options.accept)
    said = "已确认，立即生效。" if came_to.done else "申请已撤销，什么都没有改变。"
    return Answer({"request": options.request, "login": came_to.login, "done": came_to.done}, [said])


def _said(wanted: Order, came_to: Administered) -> list[str]:
    what = f"{wanted.login}：{wanted.action.label}"
    if came_to.done:
        said = [f"{what}，已生效。"]
    else:
        said = [
            f"{what}，已提交第 {came_to.request} 号申请，由另一名系统管理员用 people confirm {came_to.request} 确认后生效。"
        ]
    if came_to.password is not None:
        said.append(f"临时密码：{came_to.password}（交给本人；首次登录须修改，只显示这一次）")
    return said


def _line(person: PersonRow) -> tuple[object, ...]:
    return (
        person.login, person.name, person.group.label, person.agency, "是" if person.is_head else None,
        person.standing.label, _minute(person.created_at),
    )  # fmt: skip


def _facts(person: PersonRow) -> dict[str, Any]:
    return {
        "login": person.login,
        "name": person.name,
        "group": person.group.value,
        "agency": person.agency,
        "is_head": person.is_head,
        "state": person.standing.value,
        "active": person.active,
        "must_change_password": person.must_change_password,
        "created_at": _instant(person.created_at),
        "disabled_at": _instant(person.disabled_at),
    }


def _request(request: RequestRow) -> dict[str, Any]:
    return {
        "request": request.id,
        "action": request.action.value,
        "login": request.login,
        "name": request.name,
        "group": request.group.value if request.group else None,
        "agency": request.agency,
        "is_head": request.is_head,
        "asked_by": request.asked_by,
        "asked_at": _instant(request.asked_at),
        "expires_at": _instant(request.expires_at),
    }


def _instant(value: datetime | None) -> str | None:
    return local(value).isoformat(timespec="seconds") if value else None


def _minute(value: datetime) -> str:
    return f"{local(value):%Y-%m-%d %H:%M}"
