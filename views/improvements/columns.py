"""The columns of the list of orders to improve, and its chips."""

from __future__ import annotations

from typing import Any

from models.rules.improvements import State
from views import dates
from views.tables.chips import ChipText, clock_chip
from views.tables.model import Column

_TONES = {State.ANSWERED: "accent", State.ACCEPTED: "green"}


def state_chip(row: Any) -> ChipText:
    """The state as a chip; what came after its due day says so."""
    if row.is_late and row.state in (State.ANSWERED, State.ACCEPTED):
        return ChipText(f"逾期{row.state.label}", "amber")
    return ChipText(row.state.label, _TONES.get(row.state, "grey"))


def deadline_chip(row: Any) -> ChipText:
    """超期 3 天, 今日到期, 剩 2 个工作日, 暂定 1月4日 while it is with the agency; else the state."""
    if row.days_left is None:
        return state_chip(row)
    return clock_chip(row.days_left, row.due_on, provisional=row.provisional)


def due_chip(row: Any) -> ChipText:
    """The deadline's chip while a clock runs, else none."""
    return deadline_chip(row) if row.days_left is not None else ChipText("", "grey")


COLUMNS = (
    Column("deadline", "期限", 112, lambda r: deadline_chip(r).text,
           lambda r: f"到期：{dates.exact_day(r.due_on)} 24:00", kind="chip", chip=deadline_chip),
    Column("number", "编号", 134, lambda r: r.number),
    Column("agency", "单位", 122, lambda r: r.agency),
    Column("subject", "整改事由", 120, lambda r: r.subject, lambda r: f"{r.subject}\n{r.about}", stretch=True),
    Column("issued_on", "下达", 84, lambda r: f"{r.issued_on.month}月{r.issued_on.day}日",
           lambda r: dates.exact_day(r.issued_on), quiet=True, needs=560),
    Column("state", "状态", 84, lambda r: r.state.label, quiet=True, needs=640),
)  # fmt: skip
