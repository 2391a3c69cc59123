"""The columns of the list of referrals, and its chip."""

from __future__ import annotations

from typing import Any

from models.rules.referrals import State
from views import dates
from views.tables.chips import ChipText
from views.tables.model import Column


def state_chip(row: Any) -> ChipText:
    """The state as a chip."""
    return ChipText(row.state.label, "green" if row.state is State.CLOSED else "accent")


COLUMNS = (
    Column("state", "状态", 84, lambda r: r.state.label, kind="chip", chip=state_chip),
    Column("number", "编号", 150, lambda r: r.number),
    Column("department", "移送部门", 130, lambda r: r.department),
    Column("subject", "事由", 140, lambda r: r.subject, lambda r: r.hint, stretch=True),
    Column("reference", "来自", 170, lambda r: r.reference, quiet=True, needs=720),
    Column("made_on", "移送", 84, lambda r: f"{r.made_on.month}月{r.made_on.day}日",
           lambda r: dates.exact_day(r.made_on), quiet=True, needs=560),
)  # fmt: skip
