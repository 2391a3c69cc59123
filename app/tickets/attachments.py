"""附件: files of a rectification, brought in parts, kept once, given under the rights of their ticket."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from app.errors import EnvironmentProblem
from app.tickets.files import FileKind, Prepared

#: Bytes of one part.
PART = 256 * 1024


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """One file. `hash`: its sha256 in hex; `version`: the rectification it went with, None while it lies ready."""

    id: int
    name: str
    kind: FileKind
    size: int
    hash: str
    agency: str
    added_at: datetime
    added_by: str
    round: int
    version: int | None


@dataclass(frozen=True, slots=True)
class Sent:
    """How far a file is, in bytes."""

    done: int
    total: int


def of_ticket(connection: Connection, ticket_id: int) -> tuple[AttachmentRow, ...]:
    """A ticket's files in the order in which they came. What was not handed in yet is shown to the agency that
    brought it, and to the lead agency, with whose submission it goes."""
    rows = connection.execute(
        text("""
            SELECT x.id, x.name, x.kind, x.size, encode(x.hash, 'hex') AS hash, g.name AS agency, x.added_at,
                   coalesce(u.name, x.added_by) AS added_by, x.round, x.rectification_id AS version
            FROM attachment x JOIN agency g ON g.id = x.agency_id LEFT JOIN app_user u ON u.login = x.added_by
            WHERE x.ticket_id = :id AND (x.rectification_id IS NOT NULL OR x.agency_id = pd.my_agency() OR EXISTS (
                SELECT FROM assignment s WHERE s.ticket_id = :id AND s.current AND s.part = 'lead'
                                           AND s.agency_id = pd.my_agency()))
            ORDER BY x.id"""),
        {"id": ticket_id},
    )
    return tuple(AttachmentRow(**dict(r._mapping) | {"kind": FileKind(r.kind)}) for r in rows)


def attach(
    connection: Connection, ticket_id: int, file: Prepared, *, report: Callable[[Sent], None] | None = None
) -> int:
    """Brings a file to a ticket within one unit of work; `report` may raise to stop it. Raises UserError."""
    upload = uuid4()
    send_parts(connection, upload, file, report)
    return int(
        connection.execute(
            text("SELECT pd.attach(:ticket, :upload, :name)"),
            {"ticket": ticket_id, "upload": upload, "name": file.name},
        ).scalar_one()
    )


def send_parts(
    connection: Connection, upload: UUID, file: Prepared, report: Callable[[Sent], None] | None
) -> None:
    """Brings a file's bytes part by part; what becomes of them is said by whoever asked. Raises UserError."""
    total = len(file.content)
    for no, start in enumerate(range(0, total, PART)):
        part = file.content[start : start + PART]
        connection.execute(
            text("SELECT pd.attach_part(:upload, :no, :part)"), {"upload": upload, "no": no, "part": part}
        )
        if report is not None:
            report(Sent(start + len(part), total))


def detach(connection: Connection, attachment_id: int) -> None:
    """Takes a file back that was not handed in yet; raises UserError."""
    connection.execute(text("SELECT pd.detach(:id)"), {"id": attachment_id})


def content(connection: Connection, attachment_id: int) -> bytes:
    """A file's bytes; raises UserError where the reader does not see its ticket."""
    return bytes(
        connection.execute(text("SELECT pd.attachment_content(:id)"), {"id": attachment_id}).scalar_one()
    )


def note_saved(connection: Connection, hash_of_file: str) -> None:
    """Puts on record that a file left the house."""
    facts = json.dumps({"rows": 1, "hash": hash_of_file})
    connection.execute(text("SELECT pd.log_export('attachment', CAST(:facts AS jsonb))"), {"facts": facts})


def write_out(path: Path, content_of_file: bytes) -> None:
    """Writes a file, whole or not at all; raises EnvironmentProblem."""
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_bytes(content_of_file)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise EnvironmentProblem(f"没有存成（{path}：{error.strerror or error}）。", code="folder") from error
