"""The columns of the list of appeals, and its chips."""

from __future__ import annotations

from typing import Any

from models.rules.appeals import State
from models.rules.ratings import Satisfaction
from views import dates
from views.tables.chips import ChipText, clock_chip
from views.tables.model import Column

_TONES = {
    State.FILED: "accent",
    State.RETURNED: "amber",
    State.UPHELD_BY_AGENCY: "accent",
    State.CORRECTED: "green",
    State.RECORDED: "green",
}


def state_chip(row: Any) -> ChipText:
    """The state as a chip."""
    return ChipText(row.state.label, _TONES.get(row.state, "grey"))


def deadline_chip(row: Any) -> ChipText:
    """超期 3 天, 今日到期, 剩 2 个工作日 while the agency verifies; the state where no clock runs."""
    if row.days_left is None:
        return state_chip(row)
    return clock_chip(row.days_left, row.due_on, provisional=row.provisional)


def due_chip(row: Any) -> ChipText:
    """The clock's chip while it runs, else none."""
    return deadline_chip(row) if row.days_left is not None else ChipText("", "grey")


def _until(row: Any) -> str:
    return (
        f"单位核实到期：{dates.exact_day(row.due_on)} 24:00" if row.days_left is not None else row.state.label
    )


COLUMNS = (
    Column("deadline", "期限", 112, lambda r: deadline_chip(r).text, _until, kind="chip", chip=deadline_chip),
    Column("number", "编号", 128, lambda r: r.number, lambda r: f"{r.number}\n办件 {r.case_number}", needs=520),
    Column("filed", "提出", 106, lambda r: dates.short_moment(r.filed_at), lambda r: dates.exact(r.filed_at), quiet=True, needs=640),
    Column("appellant", "工作人员", 76, lambda r: r.appellant),
    Column("level", "等级", 84, lambda r: Satisfaction(r.level).label, needs=760),
    Column("item", "事项", 140, lambda r: r.item or "事项不明", lambda r: r.item or "", stretch=True),
    Column("agency", "单位", 112, lambda r: r.agency, needs=460),
    Column("finding", "认定", 76, lambda r: r.finding.label if r.finding else "—", quiet=True, needs=900),
    Column("state", "状态", 92, lambda r: r.state.label, quiet=True, needs=1000),
)  # fmt: skip
