"""A rule set in words: what each number and choice is called, how it reads, and the article that it carries out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.rules.ratings import Platform, Satisfaction
from models.rules.rulesets import RuleSet, Weights

#: Parameter → what it is called, and the article; where there is none, the texts leave it open.
NAMES = {
    "with_hall": ("有大厅单位的权重", "细则第二十二条"),
    "without_hall": ("无大厅单位的权重", "细则第二十二条"),
    "points": ("五个等级的分值", "细则第六条"),
    "quality_platforms": ("政务服务质量计分的平台", "细则第二十二条①"),
    "quality_mean": ("多个平台怎样平均", ""),
    "coverage_channels": ("办事评价覆盖度计算的渠道", "细则第二十二条③"),
    "handled_means": ("差评工单怎样算已处理", "细则第二十二条④"),
    "ticket_denominator": ("哪些差评工单计入分母", "细则第二十二条④"),
    "no_ticket": ("没有差评工单时", ""),
    "follow_up_effect": ("追加评价", "细则第二十一条"),
    "mistaken_effect": ("误评的修正", "细则第二十五条"),
    "small_sample": ("少于多少条评价标为样本少", ""),
    "rectification_days": ("整改期限", "细则第二十三条"),
    "rework_days": ("退回重办期限", ""),
    "report_days": ("报送12345期限", "细则第二十三条"),
    "appeal_days": ("申诉期限", "细则第二十五条"),
    "due_soon_days": ("剩几个工作日提示即将到期", ""),
}
#: (parameter, value) → how the choice reads.
CHOICE_WORDS = {
    ("quality_mean", "pooled"): "各平台评价合在一起平均",
    ("quality_mean", "by_platform"): "先算各平台平均，再求平均",
    ("handled_means", "rectified"): "审核通过即算已处理",
    ("handled_means", "submitted"): "提交整改即算已处理",
    ("ticket_denominator", "all"): "全部工单",
    ("ticket_denominator", "due_or_handled"): "已到期或已处理的工单",
    ("no_ticket", "full"): "按满分计",
    ("no_ticket", "leave_out"): "不计这一项，权重分给其余各项",
    ("follow_up_effect", "first"): "首次评价计分，追加评价只展示",
    ("follow_up_effect", "latest"): "追加评价代替首次评价计分",
    ("mistaken_effect", "replace"): "按评价人确认的等级计，无法确认的不计入",
    ("mistaken_effect", "exclude"): "一律不计入",
}
#: The weights' parts in the order of Art. 22.
WEIGHT_NAMES = (
    ("quality", "政务服务质量"),
    ("handling", "差评工单处理率"),
    ("hall_adoption", "大厅推广度"),
    ("coverage", "办事评价覆盖度"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: its parameter, name, how it reads, and where it comes from ("" where the texts leave it open)."""

    parameter: str
    name: str
    value: str
    article: str

    @property
    def source(self) -> str:
        """依据：…, or that the centre decides."""
        return f"依据：{self.article}" if self.article else "文件未作规定，由中心决定"


def lines(rules: RuleSet) -> tuple[Line, ...]:
    """The whole set in words."""
    return tuple(Line(key, name, _value(rules, key), article) for key, (name, article) in NAMES.items())


def changes(before: RuleSet, after: RuleSet) -> tuple[tuple[str, str], ...]:
    """What reads otherwise: (name, how it read → how it reads); of weights and points only those that differ."""
    pairs = zip(lines(before), lines(after), strict=True)
    return tuple((old.name, _change(old, new)) for old, new in pairs if old.value != new.value)


def _change(old: Line, new: Line) -> str:
    if old.parameter not in ("with_hall", "without_hall", "points"):
        return f"{old.value} → {new.value}"
    words = zip(old.value.split("，"), new.value.split("，"), strict=True)
    return "，".join(f"{a} → {b.rpartition(' ')[2]}" for a, b in words if a != b)


def _value(rules: RuleSet, parameter: str) -> str:
    found = getattr(rules, parameter)
    if isinstance(found, Weights):
        return "，".join(f"{name} {percent(getattr(found, part))}" for part, name in WEIGHT_NAMES)
    if parameter == "points":
        return "，".join(f"{Satisfaction(n).label} {plain(found[n])}" for n in sorted(found, reverse=True))
    if isinstance(found, str):
        return CHOICE_WORDS[parameter, found]
    if isinstance(found, tuple):
        return platform_names(found)
    return f"{found} 条" if parameter == "small_sample" else f"{found} 个工作日"


def platform_names(platforms: Sequence[Platform]) -> str:
    """In the order in which all platforms stand, so that sets compare."""
    return "、".join(p.label for p in Platform if p in platforms)


def percent(share: Decimal) -> str:
    """0.3 → 30%."""
    return f"{plain(share * 100)}%"


def plain(value: Decimal) -> str:
    """Without zeros at the end: 10, 7.5."""
    return format(value.normalize() + 0, "f")
