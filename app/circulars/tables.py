"""The tables of circulars, of ranking and statistics; each cell that shows a figure knows its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.documents.model import Column, Side, Table
from app.rankings.queries import RankedRow, RankingView
from app.statistics.rows import Figures, MonthRates
from app.tickets.rows import Side as TicketSide
from models.rules.circulars import rank_change

_RANKING = (
    ("名次", 30, Side.CENTRE), ("单位", 58, Side.LEFT), ("办件", 36, Side.RIGHT), ("评价", 36, Side.RIGHT), ("政务服务质量", 43, Side.RIGHT),
    ("差评工单处理率", 43, Side.RIGHT), ("大厅推广度", 43, Side.RIGHT), ("办事评价覆盖度", 43, Side.RIGHT), ("综合评分", 41, Side.RIGHT),
    ("上期名次", 30, Side.CENTRE), ("升降", 32, Side.CENTRE),
)  # fmt: skip
#: The column of names grows with them, by so much a character, up to so many characters.
_PER_CHARACTER, _LONG_NAME = 8, 12
#: The last columns compare with the period before.
_OF_BEFORE = 2
_KEYS = (
    None,
    None,
    "cases",
    "ratings",
    "quality",
    "handling",
    "hall_adoption",
    "coverage",
    "composite",
    None,
    None,
)


def ranking_table(view: RankingView) -> Table:
    """名次, 办件, 评价, the four parts, 综合评分, and where the period before had ranks 上期名次, 升降; the unranked below, with why."""
    longest = max((len(fact.agency) for fact in view.facts), default=0)
    room = min(longest, _LONG_NAME) * _PER_CHARACTER
    columns = tuple(
        Column(title, max(share, room) if title == "单位" else share, side) for title, share, side in _RANKING
    )
    rows = [_ranked(row) for row in view.rows]
    keys = [_keys(row.score.facts.agency) for row in view.rows]
    facts = {one.agency: one for one in view.facts}
    for name, why in view.unranked:
        cases = sum(number for _, number in facts[name].cases.values())
        rows.append(("—", name, f"{cases:,}" if cases else "—", f"{facts[name].ratings:,}", why, *("—",) * 6))
        keys.append((None,) * len(_RANKING))
    compared = any(row.previous_rank for row in view.rows)
    past = len(_RANKING) if compared else len(_RANKING) - _OF_BEFORE
    return Table(columns[:past], tuple(row[:past] for row in rows), keys=tuple(key[:past] for key in keys))


def _ranked(row: RankedRow) -> tuple[str, ...]:
    score = row.score
    cases = sum(number for _, number in score.facts.cases.values())
    parts = (score.quality, score.handling, score.hall_adoption, score.coverage)
    return (
        str(row.rank),
        score.facts.agency + ("*" if score.small_sample else ""),
        f"{cases:,}",
        f"{score.facts.ratings:,}",
        *(_number(part.value) for part in parts),
        _number(score.composite),
        str(row.previous_rank) if row.previous_rank else "—",
        rank_change(row.rank, row.previous_rank),
    )


def ranked_figures(view: RankingView) -> Mapping[str, str]:
    """Key → figure of each cell of a ranking that shows one."""
    return {
        key: text
        for row in view.rows
        for key, text in zip(_keys(row.score.facts.agency), _ranked(row), strict=True)
        if key is not None
    }


def _keys(agency: str) -> tuple[str | None, ...]:
    return tuple(f"rank.{agency}.{key}" if key else None for key in _KEYS)


def _number(value: Decimal | None) -> str:
    return "—" if value is None else str(value)


def label_table(figures: Figures) -> Table:
    """差评标签 with number, share and cumulated share."""
    slices = figures.tickets.slices(TicketSide.LABEL) if figures.tickets else ()
    columns = (
        Column("差评标签", 52),
        Column("次数", 14, Side.RIGHT),
        Column("占比", 16, Side.RIGHT),
        Column("累计占比", 18, Side.RIGHT),
    )
    return Table(
        columns,
        tuple((s.name, f"{s.number:,}", f"{s.share_shown}%", f"{s.cumulative_shown}%") for s in slices),
    )


def bad_table(figures: Figures) -> Table:
    """Agencies with tickets: how many, answered, rectified."""
    columns = (
        Column("单位", 40),
        Column("差评工单", 20, Side.RIGHT),
        Column("已回复", 20, Side.RIGHT),
        Column("已整改", 20, Side.RIGHT),
    )
    found: Sequence[tuple[str, ...]] = [
        (one.agency, f"{c.tickets:,}", f"{c.answered:,}", f"{c.rectified:,}")
        for one in figures.agencies
        if (c := one.counts).tickets
    ]
    return Table(columns, tuple(found))


def month_table(trend: Sequence[MonthRates]) -> Table:
    """The year's months: ratings, bad ones, the good rate."""
    titles = ("月份", "评价条数", "差评条数", "好评率")
    columns = tuple(Column(t, 24, Side.LEFT if t == "月份" else Side.RIGHT) for t in titles)
    rows = (
        (f"{m.month.year}年{m.month.month}月", f"{c.ratings:,}", f"{c.bad:,}", c.rate("good").text)
        for m in trend
        if (c := m.counts)
    )
    return Table(columns, tuple(rows))


def rank_table(year: RankingView, months: Sequence[RankingView]) -> Table:
    """Each agency's rank month by month and in the whole; one month alone says nothing more than the whole."""
    if len(months) < 2:
        return Table((), ())
    titles = [f"{view.period.first.month}月" for view in months]
    columns = (
        Column("单位", 40),
        *(Column(title, 12, Side.CENTRE) for title in titles),
        Column("全期", 14, Side.CENTRE),
    )
    ranks = [{row.score.facts.agency: str(row.rank) for row in view.rows} for view in months]
    return Table(
        columns,
        tuple(
            (name, *(by_name.get(name, "—") for by_name in ranks), str(row.rank))
            for row in year.rows
            if (name := row.score.facts.agency)
        ),
    )
