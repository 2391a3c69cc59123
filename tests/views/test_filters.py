"""The chips of the ticket list: what a filter says, and what pressing one leaves."""

from __future__ import annotations

from datetime import date

import pytest

from app.tickets import words
from app.tickets.queries import AtClose, TicketFilter
from views.tickets.filters import FilterBar

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


@pytest.mark.parametrize(
    ("first", "which", "said"),
    [
        (OCTOBER, AtClose.COUNTED, "2026年10月封账时"),
        (OCTOBER, AtClose.UNHANDLED, "2026年10月封账时未整改"),
        (SEPTEMBER, AtClose.COUNTED, "2026年9月至2026年10月（已封账的月份按封账时）"),
    ],
)
def test_the_close_of_a_month_is_one_chip_and_without_it_the_month_stays(qtbot, first, which, said):
    bar = FilterBar()
    qtbot.addWidget(bar)
    wanted = TicketFilter(agency="甲镇", month=first, last_month=OCTOBER, counted=True, at_close=which)
    assert words.conditions(wanted) == f"{said}，甲镇，计入统计的"
    bar.show_filter(wanted)
    assert bar._set["at_close"].text() == said and bar._set["month"].isHidden()
    bar._set["at_close"].closed.emit()
    assert bar.filter.at_close is None and bar.filter.month == first
    assert not bar._set["month"].isHidden() and bar._set["at_close"].isHidden()
    bar.show_filter(wanted)
    months = bar._with("month", SEPTEMBER)
    assert (months.month, months.last_month, months.at_close) == (SEPTEMBER, None, None)
