"""How the rows behind a figure are listed: columns, what is read, and what is said of it, by the kind of figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.clock import local
from app.rankings import case_rows, hall_rows
from app.rankings.case_rows import CaseFigure
from app.rankings.figures import Figure
from app.rankings.hall_rows import HallFigure
from app.rankings.queries import Period
from models.rules.ratings import Platform
from views import dates
from views.tables.model import Column

#: Lines of counts, which belong to a month and to no moment.
WHOLE = frozenset({"summary", "closed"})


@dataclass(frozen=True)
class Listing:
    """A kind of list. `source`: the module whose `rows` and `counted` are read; `unit`: what the rows are counted in.

    `title`, `said`: of a figure, and of what it counted.
    """

    source: Any
    columns: tuple[Column, ...]
    unit: str
    title: Callable[[Any], str]
    said: Callable[[Any, Any], str]


def when(one: Any) -> str:
    """The moment of a row, the month of a line of counts."""
    return dates.month(local(one.at)) if one.source in WHOLE else dates.short_moment(one.at)


def when_exactly(one: Any) -> str:
    """The same for hovering."""
    return when(one) if one.source in WHOLE else dates.exact(one.at)


def _asks(hall: Any) -> str:
    return "有主动评价" if hall.active else "没有主动评价"


HALLS = Listing(
    hall_rows,
    (
        Column("name", "大厅", 200, lambda r: r.name, lambda r: r.name, stretch=True),
        Column("ratings", "主动评价", 110, lambda r: f"{r.ratings:,} 条", right=True),
        Column("active", "大厅推广", 160, _asks),
    ),
    "个",
    lambda _figure: "登记的大厅",
    lambda _figure, found: (
        f"登记的大厅 {found.count:,} 个，其中 {found.active:,} 个有主动评价（依据：细则第二十二条②）。"
    ),
)


def _rated(one: Any) -> str:
    """Whether a case was rated, and when; of a line of counts, how many."""
    if one.source in WHOLE:
        return f"{one.rated:,} 件"
    return f"{one.rated_on:%m-%d} 评价" if one.rated_on else "没有主动评价"


def _case_source(one: Any) -> str:
    return case_rows.SOURCES[one.source]


def _channels(figure: Any) -> str:
    return f"{'、'.join(Platform(platform).label for platform in figure.platforms)}的办件"


def _cases_said(figure: Any, found: Any) -> str:
    said = f"办件 {found.count:,} 件，其中 {found.rated:,} 件有主动评价（依据：细则第二十二条③）。"
    return said + ("各渠道分别计算，再取平均。" if len(figure.platforms) > 1 else "")


CASES = Listing(
    case_rows,
    (
        Column("at", "办结时间", 110, when, when_exactly, quiet=True),
        Column("rated", "主动评价", 110, _rated, lambda r: dates.exact_day(r.rated_on)),
        Column("number", "计为", 80, lambda r: f"{r.number:,} 件", right=True),
        Column("item", "事项", 150, lambda r: r.item or "—", lambda r: r.item or "", stretch=True),
        Column("platform", "渠道", 110, lambda r: Platform(r.platform).label),
        Column("hall", "大厅", 140, lambda r: r.hall or "—", lambda r: r.hall or "", needs=860),
        Column("source", "来源", 130, _case_source, quiet=True),
        Column("case", "办件编号", 170, lambda r: r.case_number or "—", lambda r: r.case_number or "", needs=740),
    ),
    "件",
    _channels,
    _cases_said,
)  # fmt: skip

#: By the kind of figure; ratings are the panel's own.
LISTINGS = {HallFigure: HALLS, CaseFigure: CASES}


def figure_of(name: str, agency: str, period: Period, rules: Any) -> Figure | HallFigure | CaseFigure | None:
    """What a number of the ranking counted, where its rows are listed here; `coverage.hall`: one channel's cases."""
    part, _, channel = name.partition(".")
    if part == "hall_adoption":
        return HallFigure(agency, period)
    if part == "coverage":
        channels = (channel,) if channel else tuple(c.value for c in rules.coverage_channels)
        return CaseFigure(agency, period, channels)
    if part in ("quality", "ratings"):
        platforms = rules.quality_platforms if part == "quality" else ()
        return Figure(agency, period, tuple(p.value for p in platforms))
    return None
