"""The columns of the list of circulars, and the chip of a state."""

from __future__ import annotations

from typing import Any

from app.rankings.periods import period_text
from app.rankings.queries import Period
from models.rules.circulars import State
from views import dates
from views.tables.chips import ChipText
from views.tables.model import Column

_TONES = {State.DRAFT: "amber", State.ISSUED: "green", State.WITHDRAWN: "grey"}


def state_chip(row: Any) -> ChipText:
    """The state as a chip."""
    return ChipText(row.state.label, _TONES[row.state])


def months(row: Any) -> str:
    """The months that it is about."""
    return period_text(Period(row.first, row.last))


COLUMNS = (
    Column("state", "状态", 84, lambda r: r.state.label, kind="chip", chip=state_chip),
    Column("number", "文号", 170, lambda r: r.number_text or "—"),
    Column("title", "标题", 180, lambda r: r.title, lambda r: f"{r.title}（{r.kind.article}）", stretch=True),
    Column("kind", "种类", 100, lambda r: r.kind.label, quiet=True, needs=640),
    Column("months", "月份", 110, months, quiet=True, needs=760),
    Column("issued_on", "印发日期", 124, lambda r: dates.exact_day(r.issued_on) if r.issued_on else "—",
           quiet=True, needs=560),
)  # fmt: skip
