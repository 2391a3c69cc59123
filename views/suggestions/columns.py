"""The columns of the list of suggestions, and its chips."""

from __future__ import annotations

from typing import Any

from models.rules.suggestions import State
from views import dates
from views.tables.chips import ChipText, clock_chip
from views.tables.model import Column

_TONES = {State.RECORDED: "accent", State.ANSWERED: "accent", State.CLOSED: "green"}


def state_chip(row: Any) -> ChipText:
    """The state as a chip."""
    return ChipText(row.state.label, _TONES.get(row.state, "grey"))


def deadline_chip(row: Any) -> ChipText:
    """超期 3 天, 今日到期, 剩 2 个工作日, 暂定 1月4日; the state where no clock runs."""
    if row.days_left is None:
        return state_chip(row)
    return clock_chip(row.days_left, row.due_on, provisional=row.provisional)


def _until(row: Any) -> str:
    return f"到期：{dates.exact_day(row.due_on)} 24:00" if row.due_on else row.state.label


def due_chip(row: Any) -> ChipText:
    """The deadline's chip while a clock runs, else none."""
    return deadline_chip(row) if row.days_left is not None else ChipText("", "grey")


COLUMNS = (
    Column("deadline", "期限", 112, lambda r: deadline_chip(r).text, _until, kind="chip", chip=deadline_chip),
    Column("received_on", "收到", 84, lambda r: f"{r.received_on.month}月{r.received_on.day}日",
           lambda r: dates.exact_day(r.received_on), quiet=True),
    Column("source", "来源", 72, lambda r: r.source.label, lambda r: r.place or r.source.label, needs=560),
    Column("topic", "类别", 118, lambda r: r.topic.label, needs=668),
    Column("words", "意见", 160, lambda r: " ".join(r.words.split()), lambda r: r.words, stretch=True),
    Column("agency", "承办", 122, lambda r: r.agency or "中心"),
    Column("state", "状态", 92, lambda r: r.state.label, quiet=True, needs=720),
)  # fmt: skip
