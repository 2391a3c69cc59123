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
        _months(wanted),
        wanted.agency or "",
        Satisfaction(wanted.level).label if wanted.level else "",
        *(facet.said for facet in wanted.facets),
        "计入统计的" if wanted.counted else "",
        f"“{wanted.search.strip()}”" if wanted.search.strip() else "",
    ]
    return "，".join(part for part in found if part) or "全部"


def _months(wanted: TicketFilter) -> str:
    if wanted.month is None:
        return ""
    first = f"{wanted.month.year}年{wanted.month.month}月"
    if wanted.last_month in (None, wanted.month) or wanted.last_month is None:
        return first
    return f"{first}至{wanted.last_month.year}年{wanted.last_month.month}月"
