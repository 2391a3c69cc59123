"""What a backup holds: a folder of three files, and the facts by which a restored database is judged."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app.errors import UserError
from models.rules.audit import GENESIS, Head

DUMP, ROLES, MANIFEST = "pingdesk.dump", "roles.sql", "manifest.json"
_FORMAT = 1
#: Rows that pass: what others should hear, and what a file is read into.
_PASSING = ("change",)


@dataclass(frozen=True, slots=True)
class Manifest:
    """`counts`: rows of each table; `files`: sha256 of each file; versions are PostgreSQL's major ones."""

    schema: str
    database: str
    made_at: str
    server: int
    tool: int
    head: Head
    counts: dict[str, int]
    files: dict[str, str]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(self.counts.values())

    def write(self, folder: Path) -> str:
        """Writes it into the folder; returns its own sha256."""
        facts = {"pingdesk_backup": _FORMAT, **asdict(self), "head": str(self.head)}
        target = folder / MANIFEST
        target.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        target.chmod(0o600)
        return sha256(target)

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Reads and checks a backup folder; raises UserError where a file is missing or not what was saved."""
        facts = _facts(folder / MANIFEST)
        try:
            made = cls(
                str(facts["schema"]),
                str(facts["database"]),
                str(facts["made_at"]),
                int(facts["server"]),
                int(facts["tool"]),
                Head.read(facts["head"]),
                {name: int(rows) for name, rows in facts["counts"].items()},
                {name: str(digest) for name, digest in facts["files"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UserError(f"“{folder / MANIFEST}”不完整，不能用来恢复。", code="bad_backup") from error
        for name in (DUMP, ROLES):
            if not (folder / name).is_file() or sha256(folder / name) != made.files.get(name):
                raise UserError(f"备份里的“{name}”缺失，或与备份时不同，不能用来恢复。", code="bad_backup")
        return made


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"“{path.parent}”不是备份文件夹：没有 {MANIFEST}。", code="bad_backup") from error
    except ValueError as error:
        raise UserError(f"“{path}”已损坏，不能用来恢复。", code="bad_backup") from error
    if not isinstance(facts, dict) or facts.get("pingdesk_backup") != _FORMAT:
        raise UserError(f"“{path}”不是本程序能恢复的备份。", code="bad_backup")
    return facts


def counts(connection: Connection) -> dict[str, int]:
    """Rows of every table that is kept."""
    tables = connection.scalars(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'pd'::regnamespace AND relkind = 'r'"
            " AND relpersistence = 'p' AND relname <> ALL (:passing) ORDER BY relname"
        ),
        {"passing": list(_PASSING)},
    ).all()
    quote = connection.dialect.identifier_preparer.quote_identifier
    return {name: int(connection.scalar(text(f"SELECT count(*) FROM pd.{quote(name)}"))) for name in tables}


def head(connection: Connection) -> Head:
    """The head of the audit chain; a schema that had none yet is at its beginning."""
    if connection.scalar(text("SELECT to_regprocedure('pd.audit_head()')")) is None:
        return GENESIS
    facts = connection.scalar(text("SELECT pd.audit_head()"))
    return Head(int(facts["no"]), str(facts["hash"]))


def sha256(path: Path) -> str:
    """A file's hash, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
