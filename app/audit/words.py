"""An event in words: its facts are ids, codes and hashes, and nobody reads those."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.audit.rows import Particular
from models.rules.lifecycle import REJECT_REASONS, State
from models.rules.people import Group
from models.rules.rulesets import FIRST_MONTH, RuleSet, problem
from models.rules.rulewords import lines as rule_lines

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What ids stand for: logins, agencies, files of imports, ticket numbers."""

    people: Mapping[str, str] = field(default_factory=dict)
    agencies: Mapping[int, str] = field(default_factory=dict)
    files: Mapping[int, str] = field(default_factory=dict)
    tickets: Mapping[int, str] = field(default_factory=dict)

    def person(self, login: str) -> str:
        """姓名（账号）."""
        name = self.people.get(login)
        return f"{name}（{login}）" if name else login

    def agency(self, number: Any) -> str:
        """The agency's name."""
        return self.agencies.get(number, f"单位 {number}")


_TABLES = {
    "rule_set": "评分规则",
    "calendar_day": "工作日历",
    "calendar_year": "放假安排年份",
    "label_code": "评价标签",
    "cause_code": "差评原因",
    "ticket_transition": "办理规则",
}
_OPERATIONS = {"insert": "新增", "update": "修改", "delete": "删除"}
_REQUESTS = {
    "create": "新增人员",
    "rename": "更改姓名",
    "move": "调换单位",
    "regroup": "更改类别",
    "set_head": "更改负责人标记",
    "disable": "停用",
    "enable": "恢复使用",
    "reset_password": "重置密码",
}
_KINDS = {
    "registry": "机构名录",
    "ratings": "评价明细",
    "tickets": "差评工单",
    "reminders": "提醒名单",
    "callbacks": "回访清单",
    "staff": "窗口人员评价",
    "figure_rows": "数字的明细",
    "summary": "办件评价汇总",
    "cases": "办件明细",
    "calendar": "放假安排",
    "audit": "审计记录",
    "ranking": "排名",
    "attachment": "附件",
    "report": "12345报送表",
}
_CALENDAR = {"notice": "放假安排", "local": "本地安排", "taken_back": "撤回本地安排"}
_COUNTS = {
    "rows": "数据行",
    "inserted": "新增",
    "updated": "更新",
    "unchanged": "不变",
    "repeated": "重复",
    "refused": "被拒",
    "tickets_opened": "新开工单",
    "tickets_joined": "并入工单",
}

#: A fact's name, and how its value is said.
_Say = Callable[[Any, Names], str]


def _plain(value: Any, _: Names) -> str:
    return str(value)


def _listed(words: Mapping[str, str]) -> _Say:
    return lambda value, _: words.get(str(value), str(value))


def _yes(value: Any, _: Names) -> str:
    return "是" if value else "否"


def _day(value: Any, _: Names) -> str:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return f"{day.year}年{day.month}月{day.day}日"


def _month(value: Any, _: Names) -> str:
    try:
        month = date.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return f"{month.year}年{month.month}月"


def _rules(value: Any, _: Names) -> str:
    """A rule set in words; one of another time as it stands."""
    if not isinstance(value, dict) or problem(value) is not None:
        return str(value)
    rules = RuleSet.from_json("", FIRST_MONTH, value)
    return "；".join(f"{line.name}：{line.value}" for line in rule_lines(rules))


def _agencies(value: Any, names: Names) -> str:
    return "、".join(names.agency(number) for number in value) if isinstance(value, list) else str(value)


def _counts(value: Any, _: Names) -> str:
    counts = value if isinstance(value, dict) else {}
    return "，".join(f"{word} {counts[key]}" for key, word in _COUNTS.items() if counts.get(key))


def _group(value: Any, _: Names) -> str:
    known = value in set(Group)
    return Group(value).label if known else str(value)


_FACTS: dict[str, tuple[str, _Say]] = {
    "what": ("申请", _listed(_REQUESTS)),
    "op": ("操作", _listed(_OPERATIONS)),
    "login": ("人员", lambda value, names: names.person(str(value))),
    "group": ("类别", _group),
    "agency": ("单位", lambda value, names: names.agency(value)),
    "head": ("负责人", _yes),
    "active": ("在用", _yes),
    "by": ("申请人", lambda value, names: names.person(str(value))),
    "request": ("申请编号", _plain),
    "lead": ("主办", lambda value, names: names.agency(value)),
    "co": ("协办", _agencies),
    "due_on": ("期限", _day),
    "round": ("轮次", lambda value, _: f"第 {value} 轮"),
    "reason_code": ("理由", _listed(REJECT_REASONS)),
    "found_true": ("属实", _yes),
    "found_reasonable": ("诉求合理", _yes),
    "cause_code": ("原因", _plain),
    "attachment": ("附件编号", _plain),
    "file_kind": ("附件种类", _plain),
    "size": ("字节数", _plain),
    "attachments": ("附件校验值", lambda value, _: "、".join(map(str, value))),
    "receipt": ("回执号", _plain),
    "closed_on": ("办结日期", _day),
    "from": ("原为", _day),
    "to": ("改为", _day),
    "table": ("配置", _listed(_TABLES)),
    "kind": ("种类", _listed(_KINDS)),
    "batch": ("文件", lambda value, names: names.files.get(value, f"第 {value} 次导入")),
    "rows": ("行数", _plain),
    "counts": ("结果", _counts),
    "calendar": ("事由", _listed(_CALENDAR)),
    "first": ("自", _day),
    "last": ("至", _day),
    "days": ("改动天数", _plain),
    "moved": ("改期工单", _plain),
    "rating": ("评价编号", _plain),
    "month": ("月份", _month),
    "rule_set": ("规则集", lambda value, names: f"{_month(value, names)}起"),
    "close": ("封账编号", _plain),
    "ratings": ("评价行数", _plain),
    "tickets": ("工单行数", _plain),
    "cases": ("办件行数", _plain),
    "parameters": ("规则", _rules),
    "link": ("链头", lambda value, _: f"第 {value} 环"),
}
#: Digests: long, and only good for comparing.
_DIGESTS = {
    "hash": "内容校验值",
    "text_hash": "文字校验值",
    "material_hash": "整改材料校验值",
    "name_hash": "姓名校验值",
    "code": "程序校验值",
    "ratings_hash": "评价指纹",
    "tickets_hash": "工单指纹",
    "cases_hash": "办件指纹",
    "counts_hash": "留存计数指纹",
}
#: Facts that a line leaves out: said as its subject, or nobody's first question.
_QUIET = frozenset(
    {
        "login",
        "table",
        "batch",
        "rating",
        "round",
        "request",
        "kind",
        "attachment",
        "size",
        "attachments",
        "month",
        "close",
        "parameters",
    }
)


def subject(action: str, ticket: int | None, facts: Facts, names: Names) -> str:
    """What it was done to: a ticket, a person, a file, a part of the configuration."""
    if ticket is not None:
        return names.tickets.get(ticket, f"工单 {ticket}")
    for key in ("login", "batch", "table", "kind", "month"):
        if facts.get(key) is not None:
            return _FACTS[key][1](facts[key], names)
    return "工作日历" if action == "calendar_imported" else "—"


def particulars(source: str | None, target: str | None, facts: Facts, names: Names) -> tuple[Particular, ...]:
    """Every fact in words, in an order that reads; what no word is known for comes last."""
    said = [
        Particular(name, say(facts[key], names)) for key, (name, say) in _FACTS.items() if _there(facts, key)
    ]
    said += [Particular(name, str(facts[key]), True) for key, name in _DIGESTS.items() if _there(facts, key)]
    strange = [key for key in facts if key not in _FACTS | _DIGESTS]
    said += [Particular(f"其他（{key}）", str(facts[key]), key.endswith("_hash")) for key in strange]
    return (*_moved(source, target), *said)


def line(source: str | None, target: str | None, facts: Facts, names: Names) -> str:
    """The particulars that a list shows, in one line."""
    shown = [
        f"{name} {say(facts[key], names)}"
        for key, (name, say) in _FACTS.items()
        if key not in _QUIET and _there(facts, key)
    ]
    return "；".join([p.text for p in _moved(source, target)] + shown)


def _there(facts: Facts, key: str) -> bool:
    return facts.get(key) is not None and facts[key] not in ([], {})


def _moved(source: str | None, target: str | None) -> tuple[Particular, ...]:
    """待核实 → 待签收, where the state changed."""
    if target is None or source == target:
        return ()
    old = f"{_state(source)} → " if source else ""
    return (Particular("状态", f"{old}{_state(target)}"),)


def _state(value: str) -> str:
    return State(value).label if value in set(State) else value
