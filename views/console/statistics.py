"""The verbs `statistics` and `briefing`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from app.rankings.periods import period_text
from app.rankings.queries import Period
from app.statistics import queries
from app.statistics.briefing import briefing as composed
from app.statistics.rows import TROUBLES, Figures, Scope, TicketFigures
from app.tickets.facets import Side
from models.rules.durations import Spread
from models.rules.rates import Rate, Slice
from views.console.answer import Answer, table
from views.console.places import opened


def statistics(options: argparse.Namespace) -> Answer:
    """The figures of a month or a span of months, of all agencies or one."""
    period = Period.month(options.month) if options.month else Period(options.first, options.last)
    found = _figures(options, Scope(period, agency=options.agency))
    return Answer(_facts(found), _lines(found))


def briefing(options: argparse.Namespace) -> Answer:
    """A month's briefing in sentences."""
    said = composed(_figures(options, Scope(Period.month(options.month))))
    sections = [{"title": one.title, "paragraphs": list(one.paragraphs)} for one in said.sections]
    return Answer({"month": f"{options.month:%Y-%m}", "sections": sections}, said.text.split("\n"))


def _figures(options: argparse.Namespace, scope: Scope) -> Figures:
    with opened(options) as space, space.read() as connection:
        return queries.figures(connection, scope, space.person)


def _facts(found: Figures) -> dict[str, Any]:
    said = found.tickets
    return {
        "from": f"{found.scope.period.first:%Y-%m}",
        "to": f"{found.scope.period.last:%Y-%m}",
        "agency": found.scope.agency,
        "rates": {rate.code: _rate(rate) for rate in found.rates},
        "tickets": None if said is None else said.number,
        "labels": _slices(said, Side.LABEL, "code"),
        "items": _slices(said, Side.ITEM),
        "halls": _slices(said, Side.HALL),
        "channels": _slices(said, Side.CHANNEL),
        "platforms": _slices(said, Side.PLATFORM),
        "hours": _numbers(said, Side.HOUR, "hour"),
        "weekdays": _numbers(said, Side.WEEKDAY, "weekday"),
        "repeated": [] if said is None else [
            {"name": one.name, "tickets": one.number, "before": list(one.before)} for one in said.repeated
        ],
        "times": {} if said is None else {
            "sign": _spread(said.times.sign), "rectify": _spread(said.times.rectify), "report": _spread(said.times.report)
        },
        "troubles": {} if said is None else {side.value: number for side, number in said.troubles.items()},
    }  # fmt: skip


def _rate(rate: Rate) -> dict[str, Any]:
    value = None if rate.percent is None else str(rate.percent)
    return {"value": value, "numerator": rate.numerator, "denominator": rate.denominator}


def _slices(said: TicketFigures | None, side: Side, key: str = "") -> list[dict[str, Any]]:
    def one(found: Slice) -> dict[str, Any]:
        facts = {"name": found.name, "count": found.number, "share": str(found.share_shown)}
        return ({key: found.key} if key else {}) | facts | {"cumulative": str(found.cumulative_shown)}

    return [] if said is None else [one(found) for found in said.slices(side)]


def _numbers(said: TicketFigures | None, side: Side, key: str) -> list[dict[str, int]]:
    slices = () if said is None else said.slices(side)
    return [{key: int(found.key), "count": found.number} for found in slices]


def _spread(found: Spread | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "count": found.count,
        "median": str(found.median_shown),
        "ninetieth": found.ninetieth,
        "longest": found.longest,
    }


def _lines(found: Figures) -> list[str]:
    whose = found.scope.agency or "全部单位"
    lines = [
        f"{period_text(found.scope.period)} {whose}",
        "",
        *table(
            ("指标", "数值", "分子 / 分母", "依据"),
            [(r.name, r.text, r.counted, r.article) for r in found.rates],
        ),
    ]
    if found.tickets is None:
        return [*lines, "", "差评工单的标签、事项和用时由中心和承办单位查看。"]
    for name, side in (
        ("差评标签", Side.LABEL),
        ("事项", Side.ITEM),
        ("大厅", Side.HALL),
        ("评价渠道", Side.CHANNEL),
    ):
        lines += _listed(name, found.tickets.slices(side))
    times = [
        ("签收", found.tickets.times.sign),
        ("整改", found.tickets.times.rectify),
        ("报送", found.tickets.times.report),
    ]
    rows = [
        (name, t.count, f"{t.median_shown:f}", t.ninetieth, t.longest) for name, t in times if t is not None
    ]
    if rows:
        lines += ["", *table(("用时（工作日）", "件数", "中位数", "九成以内", "最长"), rows)]
    troubles = "，".join(f"{TROUBLES[side]} {number} 件" for side, number in found.tickets.troubles.items())
    return [*lines, "", f"差评工单 {found.tickets.number} 件：{troubles}。"]


def _listed(name: str, slices: Sequence[Slice]) -> list[str]:
    if not slices:
        return []
    rows = [(one.name, one.number, f"{one.share_shown}", f"{one.cumulative_shown}") for one in slices[:20]]
    return ["", *table((name, "次数", "占比%", "累计%"), rows)]
