"""How rule sets and months read in lists, with their chips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.closing.rows import MonthRow, MonthState
from app.rulesets.queries import Entry
from views import dates
from views.tables.chips import ChipText
from views.tables.model import Column


@dataclass(frozen=True, slots=True)
class Whole:
    """All rows of a short list, as one page."""

    rows: Sequence[Any]
    next: None = None


_MONTH_TONES = {
    MonthState.RUNNING: "grey",
    MonthState.OPEN: "accent",
    MonthState.CLOSED: "green",
    MonthState.REOPENED: "amber",
}


def since(entry: Entry) -> str:
    """2020年12月起, or 2020年12月至2026年10月."""
    first = dates.month(entry.rules.effective_from)
    if entry.until is None:
        return f"{first}起"
    last = entry.until.replace(
        year=entry.until.year - (entry.until.month == 1), month=(entry.until.month - 2) % 12 + 1
    )
    return first if last == entry.rules.effective_from else f"{first}至{dates.month(last)}"  # fmt: skip


def set_chip(entry: Entry, today: date) -> ChipText:
    """Whether it is in force."""
    if entry.rules.effective_from > today:
        return ChipText("将施行", "amber")
    if entry.until is not None and entry.until <= today:
        return ChipText("已过", "grey")
    return ChipText("施行中", "green")


def month_chip(row: MonthRow) -> ChipText:
    """Whether it is closed."""
    return ChipText(row.state.label, _MONTH_TONES[row.state])


def months_named(months: Sequence[date]) -> str:
    """2026年9月、2026年10月, or how many where they are many."""
    if len(months) <= 3:
        return "、".join(map(dates.month, sorted(months)))
    return f"{dates.month(min(months))}至{dates.month(max(months))}共 {len(months)} 个月"


def set_columns(today: date) -> tuple[Column, ...]:
    """From when to when, name, standing, frozen by what, who."""
    return (
        Column("since", "施行", 196, since),
        Column("name", "名称", 100, lambda e: e.rules.name, stretch=True),
        Column("state", "状态", 84, lambda e: set_chip(e, today).text, kind="chip", chip=lambda e: set_chip(e, today)),
        Column("closed", "封账", 96, lambda e: f"{len(e.closed)} 个月" if e.closed else "—",
               lambda e: f"{months_named(e.closed)}已封账，不能再改" if e.closed else "没有封账的月份用它", quiet=True),
        Column("by", "拟定", 92, lambda e: e.put_by or "随程序提供", quiet=True, needs=560),
    )  # fmt: skip


def month_columns(today: date) -> tuple[Column, ...]:
    """Month, state, what it counts, when it was closed."""

    def closed(row: MonthRow) -> str:
        return f"{dates.moment(row.close.closed_at, today)} {row.close.closed_by}" if row.close else "—"

    def number(name: str) -> Any:
        return lambda row: f"{getattr(row.figures, name):,}"

    return (
        Column("month", "月份", 104, lambda r: dates.month(r.month)),
        Column("state", "状态", 92, lambda r: r.state.label, kind="chip", chip=month_chip),
        Column("ratings", "评价", 78, number("ratings"), right=True),
        Column("bad", "差评", 62, number("bad"), right=True),
        Column("tickets", "工单", 62, number("tickets"), right=True),
        Column("unhandled", "未处理", 70, number("unhandled"), right=True),
        Column("cases", "办件", 84, number("cases"), right=True, needs=620),
        Column("closed", "封账", 90, closed, stretch=True, quiet=True, needs=560),
    )
