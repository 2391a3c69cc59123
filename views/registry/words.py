"""What an action on a person means, said before it is done, and how requests and people are put into words."""

from __future__ import annotations

from collections.abc import Sequence

from app.registry.administering import Order
from app.registry.people import PersonRow, RequestRow, Standing, other_admins, others_of_agency
from models.rules.administration import PersonAction, needs_second
from models.rules.people import Group
from views.tables.chips import ChipText

ICONS = {
    PersonAction.CREATE: "add_person",
    PersonAction.RENAME: "edit",
    PersonAction.MOVE: "redispatch",
    PersonAction.REGROUP: "people",
    PersonAction.SET_HEAD: "flag",
    PersonAction.RESET_PASSWORD: "key",
    PersonAction.DISABLE: "disable",
    PersonAction.ENABLE: "restore",
}
_TONES = {Standing.WAITING: "amber", Standing.MUST_CHANGE: "accent", Standing.DISABLED: "grey"}
#: What a group may do, for whoever chooses one.
MAY = {
    Group.OFFICER: "查看全部工单，核实转办、审核、报送。",
    Group.LIAISON: "只看本单位的工单，签收并提交整改。",
    Group.BUREAU: "查看统计和排名。",
    Group.ADMIN: "管理人员和名录，不看联系方式，不办理工单。",
    Group.AUDITOR: "查看全部操作记录，不能改动任何内容。",
}
#: In an embedded database nobody types passwords.
NO_PASSWORDS = "本机数据库不用密码：在“更换使用人”中选择此人即可。"


def standing_chip(person: PersonRow) -> ChipText:
    """How a person stands, as a chip."""
    return ChipText(person.standing.label, _TONES.get(person.standing, "green"))


def title(action: PersonAction, person: PersonRow | None) -> str:
    """What the action is called for this person."""
    if action is PersonAction.SET_HEAD and person is not None:
        return "取消负责人标记" if person.is_head else "标为负责人"
    return action.label


def warnings(
    action: PersonAction, person: PersonRow, everybody: Sequence[PersonRow], actor: str
) -> tuple[str, ...]:
    """What should be thought of before, sentence by sentence."""
    said = []
    if action is PersonAction.DISABLE and person.agency and not others_of_agency(person, everybody):
        said.append(f"此人是{person.agency}唯一在用的责任人：停用后该单位暂时无人签收、提交。")
    if needs_second(action, person.group):
        said.append(second_needed(everybody, actor))
    return tuple(said)


def second_needed(everybody: Sequence[PersonRow], actor: str) -> str:
    """That a second administrator is needed, and whether there is one."""
    if other_admins(actor, everybody):
        return "须由另一名系统管理员确认后生效，7 天内有效。"
    return "须由另一名系统管理员确认，但目前没有别的在用系统管理员，提交后暂时无人能确认。"


#: What an action does.
MEANS = {
    PersonAction.RENAME: "只改显示的姓名，账号不变；以往的办理记录也显示新姓名。",
    PersonAction.MOVE: "立即生效：此人改看新单位的工单，不再看到原单位的；各工单由哪个单位承办不变。",
    PersonAction.REGROUP: "确认后此人的连接立即断开，重新登录后按新类别使用；办理过的记录不变。",
    PersonAction.SET_HEAD: "负责人可以查看只限负责人的内容，其他权限不变。",
    PersonAction.RESET_PASSWORD: "原密码失效，此人的连接断开；临时密码只显示一次，首次登录须修改。",
    PersonAction.DISABLE: "立即断开此人的连接，以后不能登录；名下工单由谁承办不变，记录保留，以后可以再启用。",
    PersonAction.ENABLE: "恢复登录，密码、类别和单位都照停用之前。",
}


def asked(request: RequestRow) -> str:
    """What a request asks for: 新建人员：王芳（wangfang），中心责任人."""
    parts = [request.group.label if request.group else "", request.agency or ""]
    if request.is_head is not None and request.action is PersonAction.SET_HEAD:
        parts.append("标为负责人" if request.is_head else "取消负责人标记")
    elif request.is_head:
        parts.append("负责人")
    if request.action is PersonAction.REGROUP:
        parts[0] = f"改为{parts[0]}"
    wanted = "，".join(part for part in parts if part)
    return f"{request.action.label}：{request.name}（{request.login}）" + (f"，{wanted}" if wanted else "")


def effect(request: RequestRow) -> str:
    """What confirming a request does."""
    if request.action is PersonAction.CREATE:
        assert request.group is not None
        return f"确认后此人可以登录：{MAY[request.group]}"
    return MEANS[request.action]


def told(order: Order, name: str, *, done: bool) -> str:
    """The notice after an order."""
    came_to = "已生效。" if done else "已提交，等待另一名系统管理员确认。"
    return f"{name}：{order.action.label}，{came_to}"
