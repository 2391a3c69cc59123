"""The verb `suggestions`."""

from __future__ import annotations

import argparse
from typing import Any

from app.suggestions import queries
from app.suggestions.queries import SuggestionFilter, SuggestionRow
from views.console.answer import Answer, table
from views.console.places import opened
from views.tables.chips import time_left


def listing(options: argparse.Namespace) -> Answer:
    """Newest first; `count` is of all that match."""
    wanted = SuggestionFilter(state=options.state, search=options.search)
    with opened(options) as space, space.read() as connection:
        count = queries.counts(connection, wanted).matching
        rows = queries.page(connection, wanted, limit=options.limit).rows
    heading = ("ID", "来源", "类别", "收到", "状态", "承办单位", "期限", "还剩", "意见")
    lines = [f"共 {count} 件"] + (["", *table(heading, [_line(r) for r in rows])] if rows else [])
    return Answer({"count": count, "suggestions": [_facts(r) for r in rows]}, lines)


def _facts(row: SuggestionRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "source": row.source.value,
        "topic": row.topic.value,
        "received_on": row.received_on.isoformat(),
        "place": row.place,
        "words": row.words,
        "state": row.state.value,
        "agency": row.agency,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "provisional": row.provisional,
        "days_left": row.days_left,
    }


def _line(row: SuggestionRow) -> tuple[object, ...]:
    due = f"{row.due_on}{'（暂定）' if row.provisional else ''}" if row.due_on else None
    left = time_left(row.days_left).text if row.days_left is not None else None
    words = " ".join(row.words.split())
    return (
        row.id, row.source.label, row.topic.label, row.received_on, row.state.label, row.agency, due, left, words
    )  # fmt: skip
