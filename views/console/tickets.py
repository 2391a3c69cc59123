"""The verbs `tickets` and `act`."""

from __future__ import annotations

import argparse
import json
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from app.clock import local
from app.errors import UserError
from app.tickets import commands, queries
from app.tickets import export as exporting
from app.tickets.queries import PageKey, TicketFilter, TicketRow
from models.rules.lifecycle import State
from models.rules.ratings import Satisfaction
from views.console.answer import Answer, table
from views.console.places import opened
from views.tables.chips import time_left

_PAGE = 500


def listing(options: argparse.Namespace) -> Answer:
    """Newest first; `count` is of all that match."""
    wanted = _wanted(options)
    with opened(options) as space, space.read() as connection:
        count = queries.count(connection, wanted, person=space.person)
        rows: list[TicketRow] = []
        key: PageKey | None = None
        while len(rows) < options.limit:
            wish = min(_PAGE, options.limit - len(rows))
            page = queries.page(connection, wanted, person=space.person, after=key, limit=wish)
            rows += page.rows
            key = page.next
            if key is None:
                break
    heading = ("ID", "编号", "状态", "承办单位", "等级", "事项", "评价时间", "期限", "还剩")
    lines = [f"共 {count} 件"] + (["", *table(heading, [_line(r) for r in rows])] if rows else [])
    return Answer({"count": count, "tickets": [_facts(r) for r in rows]}, lines)


def export(options: argparse.Namespace) -> Answer:
    """All that match, into a workbook or a CSV."""
    with opened(options) as space:
        done = exporting.export(space, options.file, exporting.Wish(_wanted(options)))
    facts = {"file": str(done.path), "rows": done.rows, "sha256": done.sha256}
    return Answer(facts, [f"已导出 {done.rows} 件到“{done.path}”，文件 SHA-256 为 {done.sha256}。"])


def _wanted(options: argparse.Namespace) -> TicketFilter:
    states: frozenset[State] = frozenset({options.state} if options.state else ())
    return TicketFilter(states=states, agency=options.agency, month=options.month, search=options.search)


def act(options: argparse.Namespace) -> Answer:
    """One action of the life-cycle."""
    payload = _payload(options)
    with opened(options) as space:
        with space.read() as connection:
            row = queries.ticket(connection, options.ticket).row
        with space.write() as connection:
            done = commands.act(
                connection,
                row.id,
                row.version,
                options.action,
                command_id=uuid4(),
                lead=options.lead,
                co=options.co,
                reason=options.reason,
                payload=payload,
            )
    due = f"，整改期限 {done.due_on} 24:00" if done.due_on else ""
    return Answer(
        {
            "ticket": done.ticket,
            "state": done.state.value,
            "version": done.version,
            "due_on": _day(done.due_on),
        },
        [f"工单 {row.number or row.id} 已{options.action.label}，现为“{done.state.label}”{due}。"],
    )


def _payload(options: argparse.Namespace) -> dict[str, Any]:
    if options.payload is None:
        return {}
    try:
        payload = json.loads(options.payload.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UserError(f"读不出“{options.payload}”：{error.strerror}。", code="unreadable") from error
    except ValueError as error:
        raise UserError(f"“{options.payload}”不是 JSON 文件。", code="not_json") from error
    if not isinstance(payload, dict):
        raise UserError(f"“{options.payload}”里应当是一个 JSON 对象。", code="not_json")
    return payload


def _facts(row: TicketRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "case": row.case_number,
        "state": row.state.value,
        "agency": row.agency,
        "item": row.item,
        "level": row.level,
        "labels": list(row.labels),
        "rated_at": _instant(row.rated_at),
        "opened_at": _instant(row.opened_at),
        "received_on": _day(row.received_on),
        "due_on": _day(row.due_on),
        "rework_due_on": _day(row.rework_due_on),
        "provisional": row.provisional,
        "days_left": row.days_left,
    }


def _line(row: TicketRow) -> tuple[object, ...]:
    due = f"{row.runs_until}{'（暂定）' if row.provisional else ''}" if row.runs_until else None
    rated = f"{local(row.rated_at):%Y-%m-%d %H:%M}" if row.rated_at else None
    level = Satisfaction(row.level).label if row.level else None
    left = time_left(row.days_left).text if row.days_left is not None else None
    return row.id, row.number or "—", row.state.label, row.agency, level, row.item, rated, due, left


def _instant(value: datetime | None) -> str | None:
    return local(value).isoformat(timespec="seconds") if value else None


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
