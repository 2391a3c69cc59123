"""Pumps what the child sends into staging and calls the loader function: one transaction, all or nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app.errors import EnvironmentProblem, UserError
from app.intake.child import DATA, DONE, HEADER, NAMES, PROGRESS, REFUSED
from app.intake.initials import initials_of
from app.intake.kinds import Kind
from app.intake.reading import Reader
from app.intake.refusals import RefusedRows
from app.intake.results import Progress
from app.intake.staging import copy_statement

Tell = Callable[[Progress], None]

READING = "读取文件"
CHECKING = "检查并写入"
COUNTING = "登记并统计"

#: Bytes copied before the database takes them over, while the child reads on: some 40,000 ratings.
PART = 10 << 20

#: What each kind's loader takes over; the functions live in the database.
_LOADERS = {
    Kind.RATINGS: text("SELECT pd.load_ratings(:load, CAST(:batch AS jsonb))"),
    Kind.TICKETS: text("SELECT pd.load_tickets(:load, CAST(:batch AS jsonb))"),
    Kind.SUMMARY: text("SELECT pd.load_summary(:load, CAST(:batch AS jsonb))"),
    Kind.CASES: text("SELECT pd.load_cases(:load, CAST(:batch AS jsonb))"),
    Kind.REGISTRY: text("SELECT pd.load_registry(:load, CAST(:batch AS jsonb))"),
}
_PART = text("SELECT pd.load_ratings_part(:load, CAST(:batch AS jsonb))")


@dataclass(slots=True)
class Arrival:
    """A file on its way: what the child has told so far."""

    path: Path
    load_id: int
    header: Mapping[str, Any]
    frames: Iterator[tuple[bytes, Any]]
    refused: RefusedRows
    tell: Tell
    outcome: Mapping[str, Any] | None = None
    names: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What the file is."""
        return Kind(self.header["kind"])

    @property
    def total(self) -> int:
        """Rows of all sheets below their headings, totals and empty rows among them."""
        return sum(sheet["rows"] - sheet["row"] for sheet in self.header["sheets"])

    def data(self) -> Iterator[bytes]:
        """Lines for COPY as they come; keeps what else is told."""
        for frame, payload in self.frames:
            if frame == DATA:
                yield payload
            elif frame == PROGRESS:
                self.tell(Progress(CHECKING, payload, self.total))
            elif frame == NAMES:
                for kind, values in payload.items():
                    self.names.setdefault(kind, []).extend(values)
            elif frame == REFUSED:
                self.refused.add(payload)
            elif frame == DONE:
                self.outcome = payload

    @property
    def found(self) -> Mapping[str, Any]:
        """The child's last word, once `data` is through."""
        assert self.outcome is not None
        return self.outcome


def arrive(path: Path, load_id: int, reader: Reader, refused: RefusedRows, tell: Tell) -> Arrival:
    """Waits until the child has recognised the file. Raises UserError."""
    tell(Progress(READING, 0, None))
    frames = reader.frames()
    frame, header = next(frames)
    assert frame == HEADER
    return Arrival(path, load_id, header, frames, refused, tell)


def load(connection: Connection, arrival: Arrival, *, complete: bool) -> dict[str, Any]:
    """Copies and loads; the counts. To be called in a transaction that the caller ends."""
    connection.execute(text("SELECT pd.begin_load()"))
    about = _about(arrival, complete=complete)
    lines = arrival.data()
    while _copy_part(connection, arrival.header["table"], lines):
        if arrival.kind is Kind.RATINGS:
            part = {**about, "names": arrival.names}
            connection.execute(_PART, {"load": arrival.load_id, "batch": json.dumps(part)})
            arrival.names = {}
    arrival.tell(Progress(COUNTING, arrival.total, arrival.total))
    batch = {**about, **_outcome(arrival), "names": arrival.names}
    counts = connection.scalar(_LOADERS[arrival.kind], {"load": arrival.load_id, "batch": json.dumps(batch)})
    return dict(counts)


def load_lines(
    connection: Connection, load_id: int, lines: bytes, about: Mapping[str, Any]
) -> dict[str, Any]:
    """Loads ratings that came without a file; the counts. The caller has begun the load and ends the transaction.

    `about`: what `load` tells of a file, its outcome and names among it.
    """
    with _copying(connection, "staging_rating") as write:
        write(lines)
    return dict(connection.scalar(_LOADERS[Kind.RATINGS], {"load": load_id, "batch": json.dumps(about)}))


def _copy_part(connection: Connection, table: str, lines: Iterator[bytes]) -> bool:
    """Copies the next part; whether more may follow."""
    copied = 0
    with _copying(connection, table) as write:
        for chunk in lines:
            write(chunk)
            copied += len(chunk)
            if copied >= PART:
                return True
    return False


@contextmanager
def _copying(connection: Connection, table: str) -> Iterator[Callable[[bytes], None]]:
    import psycopg  # the driver loads with the first connection, not with the window

    driver = connection.connection.driver_connection
    assert driver is not None
    try:
        with driver.cursor() as cursor, cursor.copy(copy_statement(table)) as copy:
            yield copy.write
    except psycopg.errors.InsufficientPrivilege as error:
        raise UserError("您没有导入这类文件的权限。", code="forbidden") from error
    except psycopg.OperationalError as error:
        raise EnvironmentProblem(
            "与数据库的连接中断，没有导入任何数据，请稍候重试。", code="disconnected"
        ) from error


def _about(arrival: Arrival, *, complete: bool) -> dict[str, Any]:
    """What is known of a file before it is read."""
    return {
        "file_name": arrival.path.name,
        "file_hash": hash_of(arrival.path),
        "profile": arrival.header["profile"],
        "complete": complete,
    }


def _outcome(arrival: Arrival) -> dict[str, Any]:
    """What is known when all is read; the names' initials are worked out here."""
    found = arrival.found
    return {
        "repeated": found["repeated"],
        "refused": found["refused"],
        "refused_by_agency": found["refused_by_agency"],
        "initials": initials_of({*found["agencies"], *found["items"]}),
    }


def hash_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
