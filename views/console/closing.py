"""The verbs `months`, `close-month` and `reopen-month`."""

from __future__ import annotations

import argparse
from typing import Any

from app.clock import local
from app.closing import commands, queries
from app.closing.rows import Close, MonthRow
from views.console.answer import Answer, table
from views.console.places import opened


def months(options: argparse.Namespace) -> Answer:
    """The months with figures or a close, newest first."""
    with opened(options) as space, space.read() as connection:
        rows = queries.months(connection)
    heading = ("月份", "状态", "评价", "差评", "工单", "未处理", "办件", "封账")
    lines = table(heading, [_line(row) for row in rows]) if rows else ["还没有数据。"]
    return Answer({"months": [_month(row) for row in rows]}, lines)


def close(options: argparse.Namespace) -> Answer:
    """Freezes a month as it stands."""
    with opened(options) as space:
        with space.write() as connection:
            commands.close(connection, options.month, note=options.note)
        with space.read() as connection:
            found = queries.require(connection, options.month)
    said = [f"{options.month:%Y-%m} 已封账，规则集 {found.rules.name}。"]
    said += [f"{f.of.label} {f.rows} 行，指纹 {f.hash}" for f in found.fingerprints]
    return Answer(_closed(found), [*said, f"封账前日志的链头 {found.chain}"])


def reopen(options: argparse.Namespace) -> Answer:
    """Opens a closed month again."""
    with opened(options) as space, space.write() as connection:
        commands.reopen(connection, options.month, reason=options.reason)
    facts = {"month": f"{options.month:%Y-%m}", "state": "reopened"}
    return Answer(facts, [f"{options.month:%Y-%m} 已重新开账。"])


def _closed(close: Close) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "month": f"{close.month:%Y-%m}",
        "closed_at": local(close.closed_at).isoformat(timespec="seconds"),
        "closed_by": close.closed_by,
        "note": close.note,
        "rule_set": close.rules.name,
    }
    for one in close.fingerprints:
        facts |= {one.of.value: one.rows, f"{one.of.value}_hash": one.hash}
    return facts | {"chain": close.chain}


def _month(row: MonthRow) -> dict[str, Any]:
    figures = row.figures
    return {
        "month": f"{row.month:%Y-%m}",
        "state": row.state.value,
        "ratings": figures.ratings,
        "bad": figures.bad,
        "tickets": figures.tickets,
        "unhandled": figures.unhandled,
        "cases": figures.cases,
        "close": None if row.close is None else _closed(row.close),
    }


def _line(row: MonthRow) -> tuple[object, ...]:
    figures, close = row.figures, row.close
    when = f"{local(close.closed_at):%Y-%m-%d %H:%M} {close.closed_by}" if close else ""
    return (
        f"{row.month:%Y-%m}", row.state.label, figures.ratings, figures.bad, figures.tickets, figures.unhandled,
        figures.cases, when,
    )  # fmt: skip
