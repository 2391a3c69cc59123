"""The columns of the list of filings and of what one holds, and the chip of its state."""

from __future__ import annotations

from typing import Any

from models.rules.filings import State
from views import dates
from views.tables.chips import ChipText
from views.tables.model import Column

_TONES = {State.FILED: "accent", State.RECEIVED: "accent", State.RETURNED: "amber", State.ANSWERED: "green"}


def state_chip(row: Any) -> ChipText:
    """The state as a chip."""
    return ChipText(row.state.label, _TONES.get(row.state, "grey"))


COLUMNS = (
    Column("state", "状态", 84, lambda r: r.state.label, kind="chip", chip=state_chip),
    Column("number", "编号", 138, lambda r: r.number),
    Column("title", "内容", 150, lambda r: r.title, lambda r: f"{r.title}（{r.kind.article}）", stretch=True),
    Column("lines", "条数", 62, lambda r: f"{r.lines:,}", right=True),
    Column("recipient", "报送", 160, lambda r: r.recipient, quiet=True, needs=720),
    Column("filed_on", "报送日期", 84, lambda r: f"{r.filed_on.month}月{r.filed_on.day}日",
           lambda r: dates.exact_day(r.filed_on), quiet=True, needs=560),
)  # fmt: skip

LINE_COLUMNS = (
    Column("id", "序号", 46, lambda r: f"{r.id:,}", right=True, quiet=True, needs=360),
    Column("agency", "单位", 88, lambda r: r.said("agency")),
    Column("item", "事项", 84, lambda r: r.said("item") or "事项不明", lambda r: r.reference, stretch=True),
    Column("result", "结果", 126, lambda r: r.result, lambda r: f"原评价：{r.level}"),
)
