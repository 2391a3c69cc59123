"""A filter in words, as a sheet or a notice names it."""

from __future__ import annotations

from app.tickets.rows import TicketFilter
from models.rules.lifecycle import State
from models.rules.ratings import Satisfaction


def conditions(wanted: TicketFilter) -> str:
    """Every condition that holds, or 全部."""
    found = [
        wanted.waiting.label if wanted.waiting else "",
        "、".join(state.label for state in State if state in wanted.states),
        as_closed(wanted) or _months(wanted),
        wanted.agency or "",
        Satisfaction(wanted.level).label if wanted.level else "",
        *(facet.said for facet in wanted.facets),
        "计入统计的" if wanted.counted else "",
        f"“{wanted.search.strip()}”" if wanted.search.strip() else "",
    ]
    return "，".join(part for part in found if part) or "全部"


def as_closed(wanted: TicketFilter) -> str:
    """The months of a filter that counts as their close did; empty where it does not."""
    if wanted.at_close is None or wanted.month is None:
        return ""
    said = wanted.at_close.label
    if wanted.last_month in (None, wanted.month):
        return f"{_months(wanted)}封账时{said}"
    return f"{_months(wanted)}{said}（已封账的月份按封账时）"


def _months(wanted: TicketFilter) -> str:
    if wanted.month is None:
        return ""
    first = f"{wanted.month.year}年{wanted.month.month}月"
    if wanted.last_month in (None, wanted.month) or wanted.last_month is None:
        return first
    return f"{first}至{wanted.last_month.year}年{wanted.last_month.month}月"
