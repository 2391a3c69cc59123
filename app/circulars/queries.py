"""What is shown of circulars. The database's policies decide which: drafts are the centre's, issued ones everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from app.circulars.draft import from_json
from app.circulars.rows import CircularDetail, CircularFilter, CircularRow, FileRow, Page
from app.errors import UserError
from models.rules.circulars import Kind, State

_ROW = """
    SELECT c.id, c.kind, c.state, c.version, c.first_month, c.last_month, c.title, coalesce(c.content ->> 'number_word', '') AS number_word,
           c.year, c.number, c.issued_on, c.changed_at, coalesce((SELECT u.name FROM app_user u WHERE u.login = c.changed_by), c.changed_by)
    FROM circular c"""


def page(
    connection: Connection, wanted: CircularFilter, *, after: int | None = None, limit: int = 100
) -> Page:
    """One page, the newest first."""
    where, values = _conditions(wanted)
    if after is not None:
        where.append("c.id < :after")
        values["after"] = after
    found = connection.execute(
        text(f"{_ROW}{_where(where)} ORDER BY c.id DESC LIMIT :limit"), values | {"limit": limit + 1}
    ).all()
    rows = tuple(_row(r) for r in found[:limit])
    return Page(rows, rows[-1].id if len(found) > limit else None)


def counts(connection: Connection, wanted: CircularFilter) -> tuple[int, Mapping[State, int]]:
    """How many match, and how many stand in each state."""
    where, values = _conditions(wanted)
    matching = connection.execute(text(f"SELECT count(*) FROM circular c{_where(where)}"), values)
    states = connection.execute(text("SELECT state, count(*) FROM circular GROUP BY state"))
    return int(matching.scalar_one()), {State(state): int(number) for state, number in states}


def circular(connection: Connection, circular_id: int) -> CircularDetail:
    """One with all about it; raises UserError where there is none or this person may not see it."""
    row = _one(connection, "c.id = :id", circular_id)
    if row is None:
        raise UserError("没有这份通报，或您无权查看。", code="not_found")
    kept, withdraws = connection.execute(
        text("SELECT content, withdraws_id FROM circular WHERE id = :id"), {"id": circular_id}
    ).one()
    return CircularDetail(
        row,
        from_json(kept),
        _files(connection, circular_id),
        _one(connection, "c.id = :id", withdraws) if withdraws else None,
        _one(connection, "c.withdraws_id = :id AND c.state <> 'draft'", circular_id),
        months_open(connection, row.first, row.last),
    )


def months_open(connection: Connection, first: date, last: date) -> tuple[date, ...]:
    """The months of a span that are not closed."""
    found = connection.scalars(
        text("""
            SELECT m::date FROM generate_series(CAST(:first AS date), CAST(:last AS date), INTERVAL '1 month') m
            WHERE NOT EXISTS (SELECT FROM month_close k WHERE k.month = m::date AND k.reopened_at IS NULL) ORDER BY m"""),
        {"first": first, "last": last},
    )
    return tuple(found)


def file_bytes(connection: Connection, file_id: int) -> bytes:
    """A file as it went out; raises UserError where this person may not see it."""
    found = connection.execute(
        text("SELECT content FROM circular_file WHERE id = :id"), {"id": file_id}
    ).scalar()
    if found is None:
        raise UserError("没有这个文件，或您无权查看。", code="not_found")
    return bytes(found)


def template(connection: Connection, kind: Kind) -> tuple[int, dict[str, Any] | None]:
    """The version and the content of the centre's template of a kind; 0 and none where the shipped one stands."""
    found = connection.execute(
        text("SELECT version, content FROM circular_template WHERE kind = :kind"), {"kind": kind.value}
    ).first()
    return (found.version, found.content) if found else (0, None)


def _files(connection: Connection, circular_id: int) -> tuple[FileRow, ...]:
    found = connection.execute(
        text("""SELECT id, name, kind, size, encode(hash, 'hex') FROM circular_file
                WHERE circular_id = :id ORDER BY id"""),
        {"id": circular_id},
    )
    return tuple(FileRow(*row) for row in found)


def _one(connection: Connection, condition: str, number: int) -> CircularRow | None:
    found = connection.execute(
        text(f"{_ROW} WHERE {condition} ORDER BY c.id DESC LIMIT 1"), {"id": number}
    ).first()
    return _row(found) if found else None


def _conditions(wanted: CircularFilter) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    values: dict[str, Any] = {}
    if wanted.kind:
        where.append("c.kind = :kind")
        values["kind"] = wanted.kind.value
    if wanted.state:
        where.append("c.state = :state")
        values["state"] = wanted.state.value
    if wanted.month:
        where.append(":month BETWEEN c.first_month AND c.last_month")
        values["month"] = wanted.month
    sought = wanted.search.strip().lower()
    if sought.isascii() and sought.isdecimal():
        where.append("(CAST(c.number AS text) = :search OR position(:search IN c.search) > 0)")
        values["search"] = sought
    elif sought:
        where.append("c.grams @@ pd.gram_query(:search)")
        values["search"] = sought
        for place, word in enumerate(sought.split()):
            where.append(f"position(:word_{place} IN c.search) > 0")
            values[f"word_{place}"] = word
    return where, values


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _row(found: Any) -> CircularRow:
    number, kind, state, *rest = found
    return CircularRow(number, Kind(kind), State(state), *rest)
