"""The parts of the composite score in words (Art. 22)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from models.rules.ratings import Platform

#: Field of the score and short name, in the order of the bars.
PARTS = (
    ("quality", "服务质量"),
    ("handling", "工单处理"),
    ("hall_adoption", "大厅推广"),
    ("coverage", "评价覆盖"),
)
#: The parts' full names.
NAMES = {
    "quality": "政务服务质量",
    "handling": "差评工单处理率",
    "hall_adoption": "大厅推广度",
    "coverage": "办事评价覆盖度",
}
ARTICLE = "依据：细则第二十二条"
GROUPS = {"township": "镇（街）", "department": "市直部门"}


def value_text(value: Decimal | None) -> str:
    """98.93, — where the part does not apply."""
    return "—" if value is None else f"{value:.2f}"


def change_of(row: Any) -> int | None:
    """Ranks gained (positive) or lost since the period before; None where there was none."""
    return None if row.previous_rank is None else row.previous_rank - row.rank


def change_text(row: Any) -> str:
    """↑4, ↓1, 持平; nothing where there was no period before."""
    change = change_of(row)
    if change is None:
        return ""
    return f"↑{change}" if change > 0 else f"↓{-change}" if change < 0 else "—"


def counted(score: Any, part: str) -> str:
    """The numerator and denominator of a part, in words."""
    shown = getattr(score, part)
    number = f"{shown.numerator.normalize():,f}"
    if part == "quality":
        return f"{shown.denominator:,} 条评价，共 {number} 分"
    if part == "handling":
        return f"{number} / {shown.denominator} 件" if shown.denominator else "没有工单，计满分"
    if part == "hall_adoption":
        return f"{number} / {shown.denominator} 个大厅" if shown.denominator else "没有大厅，不计此项"
    return f"{number} / {shown.denominator:,} 件办件"


def channel_lines(score: Any) -> tuple[tuple[str, int, int], ...]:
    """Coverage by channel: name, cases rated, cases."""
    return tuple((Platform(p).label, rated, cases) for p, (rated, cases) in score.channels.items())


def tickets_of(score: Any) -> int:
    """Tickets that count for the agency in the period."""
    return sum(group.count for group in score.facts.tickets)
