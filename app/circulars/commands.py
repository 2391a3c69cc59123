"""What is done with circulars. The doors in the database decide; a number is taken only together with what it is put on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.circulars.draft import Draft, to_json
from app.circulars.rows import Rendered
from app.documents.numerals import paper_number
from app.errors import UserError
from models.rules.circulars import Kind as CircularKind

#: Makes the files of a circular, given its number (好差评通报〔2026〕3号) and the day it goes out.
Render = Callable[[str, date], Sequence[Rendered]]


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    circular: int
    version: int
    number: str | None
    changes: Changes


def create(
    connection: Connection,
    kind: CircularKind,
    first: date,
    last: date,
    draft: Draft,
    *,
    command_id: UUID,
    withdraws: int | None = None,
) -> Done:
    """Keeps a new draft; `withdraws`: the issued circular that it takes back. Raises UserError."""
    facts = {
        "kind": kind.value,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "withdraws": withdraws,
    }
    return _save(connection, facts, draft, command_id)


def save(connection: Connection, circular_id: int, version: int, draft: Draft, *, command_id: UUID) -> Done:
    """Keeps a draft as it is now written. Raises UserError, `stale` where somebody else kept it first."""
    return _save(connection, {"id": circular_id, "version": version}, draft, command_id)


def _save(connection: Connection, facts: dict[str, Any], draft: Draft, command_id: UUID) -> Done:
    whole = facts | {"title": draft.title.replace("\n", ""), "content": to_json(draft)}
    answer = connection.execute(
        text("SELECT pd.save_circular(CAST(:facts AS jsonb), :command)"),
        {"facts": json.dumps(whole, ensure_ascii=False), "command": command_id},
    ).scalar_one()
    return _done(answer, draft)


def drop(connection: Connection, circular_id: int, version: int) -> Changes:
    """Throws a draft away. Raises UserError."""
    connection.execute(
        text("SELECT pd.drop_circular(:id, :version)"), {"id": circular_id, "version": version}
    )
    return Changes(Kind.CIRCULARS)


def issue(connection: Connection, circular_id: int, version: int, draft: Draft, render: Render) -> Done:
    """Issues a draft: takes the next number, makes the files with it, keeps both in one transaction.

    Where the files cannot be made or the rules refuse, no number is used up. Raises UserError.
    """
    given = connection.execute(text("SELECT * FROM pd.next_circular_number()")).one()
    files = render(paper_number(draft.number_word, given.year, given.number), given.today)
    if not any(file.kind == "pdf" for file in files):
        raise UserError("没有生成 PDF，不能印发。", code="refused")
    answer = connection.execute(
        text("SELECT pd.issue_circular(:id, :version, CAST(:content AS jsonb), :names, :kinds, :files)"),
        {
            "id": circular_id,
            "version": version,
            "content": json.dumps(to_json(draft), ensure_ascii=False),
            "names": [file.name for file in files],
            "kinds": [file.kind for file in files],
            "files": [file.content for file in files],
        },
    ).scalar_one()
    return _done(answer, draft, Kind.CIRCULARS | Kind.CLOSING)


def put_template(connection: Connection, kind: CircularKind, version: int, content: dict[str, Any]) -> int:
    """Puts the centre's template of a kind; returns its version. Raises UserError, `stale` where it was changed since."""
    return int(
        connection.execute(
            text("SELECT pd.put_circular_template(:kind, :version, CAST(:content AS jsonb))"),
            {
                "kind": kind.value,
                "version": version,
                "content": json.dumps(content, ensure_ascii=False),
            },
        ).scalar_one()
    )


def _done(answer: dict[str, Any], draft: Draft, kinds: Kind = Kind.CIRCULARS) -> Done:
    number = paper_number(draft.number_word, answer["year"], answer["number"]) if answer["number"] else None
    return Done(answer["circular"], answer["version"], number, Changes(kinds))
