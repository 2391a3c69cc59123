"""Taking the log out of the house, so that it can be verified without it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text

from app.audit.rows import Exported
from app.audit.verifying import Read, Tell, links, standing, verify_file
from app.errors import EnvironmentProblem
from models.rules.audit import GENESIS, write_header, write_link


class Opened(Protocol):
    """An open database as one person."""

    read: Read
    write: Read


def export(
    workspace: Opened,
    path: Path,
    *,
    progress: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Exported:
    """Writes the whole chain to a file and reads it again. A broken chain is written too: it is evidence.

    The export is noted in the log before the file bears its name. Raises UserError where this person may not
    read the log or cancelled, EnvironmentProblem where the file cannot be written; then there is none.
    """
    with workspace.read() as connection:
        head = standing(connection).head
    part = _beside(path)
    try:
        with closing(links(workspace.read, GENESIS, head, progress=progress, cancelled=cancelled)) as kept:
            written = _write(part, write_header(GENESIS, head), map(write_link, kept))
        verdict = verify_file(part, progress=progress, cancelled=cancelled)
        with workspace.write() as connection:
            _note(connection, verdict.events, written)
        part.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        part.unlink(missing_ok=True)
    return Exported(path, written, verdict)


def _beside(path: Path) -> Path:
    """An empty file in the same folder, so that naming it at the end is one step."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise _unwritable(path, error) from error
    os.close(handle)
    return Path(name)


def _write(path: Path, header: bytes, lines: Iterable[bytes]) -> str:
    """Writes the lines to disk; returns their sha256."""
    seal = sha256()
    with path.open("wb") as file:
        for line in chain((header,), lines):
            file.write(line)
            seal.update(line)
        file.flush()
        os.fsync(file.fileno())
    return seal.hexdigest()


def _note(connection: Connection, events: int, file_hash: str) -> None:
    facts = json.dumps({"rows": events, "hash": file_hash})
    connection.execute(text("SELECT pd.log_export('audit', CAST(:facts AS jsonb))"), {"facts": facts})


def _unwritable(path: Path, error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"无法写入“{path}”（{error.strerror}）。请换一个文件夹，或关闭已打开的同名文件。", code="unwritable"
    )
