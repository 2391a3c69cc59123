"""The figures of an order in sentences: for the panel and for the paper alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.clock import next_month
from models.rules.improvements import Figures

#: How many labels a sentence names.
_NAMED = 3


def months(first: date, last: date) -> str:
    """2026年10月, 2026年10月至12月, 2026年12月至2027年1月."""
    begin = f"{first.year}年{first.month}月"
    if first == last:
        return begin
    return f"{begin}至{'' if first.year == last.year else f'{last.year}年'}{last.month}月"


def counted(figures: Figures) -> str:
    """评价 8 条，其中差评 3 条，差评率 37.50%；差评工单 2 件."""
    tickets = f"差评工单 {figures.tickets} 件"
    if not figures.ratings:
        return f"没有评价数据；{tickets}"
    return f"评价 {figures.ratings:,} 条，其中差评 {figures.bad:,} 条，差评率 {figures.bad_rate}%；{tickets}"


def labelled(figures: Figures, texts: Mapping[str, str]) -> str:
    """没有提供材料样本（2 件）、态度生硬（1 件）; empty without labels."""
    named = figures.labels[:_NAMED]
    return "、".join(f"{texts.get(code, code)}（{number} 件）" for code, number in named)


def subject(item: str | None) -> str:
    """What a proposal is called until somebody words it."""
    return f"{item}差评较多"[:60] if item else "政务服务差评较多"


def proposal(figures: Figures | None, texts: Mapping[str, str]) -> str:
    """What is demanded until somebody words it: the most frequent labels first."""
    about = labelled(figures, texts) if figures is not None else ""
    first = (
        f"逐件核查差评工单，重点查明“{_bare(figures, texts)}”等问题的原因。"
        if about
        else "逐件核查差评工单，查明原因。"
    )
    return f"{first}\n对照办事指南和服务规范落实整改，举一反三。\n在期限内报告原因、措施和整改结果。"


def staff_proposal(name: str) -> str:
    """What is demanded about one of the staff until somebody words it (Guide 8.2 a)."""
    return (
        f"约谈{name}，逐件核查其差评，查明原因。\n对照服务规范落实培训和整改，所在单位跟进检查。\n"
        "在期限内报告原因、措施和整改结果；再次连续末位的，按规定追究责任。"
    )


def _bare(figures: Figures | None, texts: Mapping[str, str]) -> str:
    codes = [code for code, _ in figures.labels[:_NAMED]] if figures is not None else []
    return "”“".join(texts.get(code, code) for code in codes)


def effect(before: Figures, after: Figures | None, counted_to: date) -> str:
    """What the same figures were in the months that followed, beside those before; no verdict on small numbers."""
    if after is None:
        return "其后的月份还没有开始，效果以后才看得到。"
    unfinished = (
        f"（截至{counted_to.month}月{counted_to.day}日）" if counted_to < next_month(after.last) else ""
    )
    said = f"{months(after.first, after.last)}{unfinished}：{counted(after)}。"
    if before.bad_rate is None or after.bad_rate is None:
        return f"{said}差评工单由 {before.tickets} 件变为 {after.tickets} 件。"
    difference = after.bad_rate - before.bad_rate
    if not difference:
        return f"{said}差评率与此前相同。"
    way = "下降" if difference < 0 else "上升"
    return f"{said}差评率较此前{way} {abs(difference)} 个百分点。"
