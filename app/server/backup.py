"""A backup: the database as one snapshot sees it, its people with their verifiers, and what must come out."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from app.clock import local
from app.database import schema
from app.errors import EnvironmentProblem, UserError
from app.server import manifest, tools
from app.server.manifest import DUMP, ROLES, Manifest
from app.server.site import Site, encrypted, require_ours, require_server
from models import sql

_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_PEOPLE = """
SELECT format('SELECT pg_temp.person(%L, %L, %L, %s, %L);', u.login, u.group_name, r.rolcanlogin, r.rolconnlimit,
              r.rolpassword)
FROM pd.app_user u JOIN pg_authid r ON r.rolname = u.login ORDER BY u.login
"""


@dataclass(frozen=True, slots=True)
class Saved:
    """Where a backup lies and what it holds; `without_password`: people who could not log in from it."""

    folder: Path
    manifest: Manifest
    without_password: int


def save(site: Site, folder: Path) -> Saved:
    """Backs the database up into a new folder, readable to its maker alone, and notes it in the log.

    Nothing is left behind where it fails. Raises UserError where the folder is not empty.
    """
    with _draft(folder) as draft:
        with site.administration() as connection:
            connection.exec_driver_sql(_SNAPSHOT)
            made = _save(site, connection, draft)
            without = _without_password(connection)
        digest = made.write(draft)
    _note(site, made, digest)
    return Saved(folder, made, without)


def _save(site: Site, connection: Connection, folder: Path) -> Manifest:
    server = require_server(connection)
    _refuse_standby(connection)
    revision = require_ours(connection)
    found = tools.find(server, tls=encrypted(site.conninfo))
    snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
    tools.dump(found, site.conninfo, snapshot, folder / DUMP)
    (folder / DUMP).chmod(0o600)
    _write_roles(connection, folder / ROLES)
    return Manifest(
        schema=revision,
        database=site.name,
        made_at=local(connection.scalar(text("SELECT now()"))).isoformat(timespec="seconds"),
        server=server,
        tool=found.major,
        head=manifest.head(connection),
        counts=manifest.counts(connection),
        files={name: manifest.sha256(folder / name) for name in (DUMP, ROLES)},
    )


def _refuse_standby(connection: Connection) -> None:
    if connection.scalar(text("SELECT pg_is_in_recovery()")):
        raise EnvironmentProblem("连接的是备机，备份会写入日志，请在主机上进行。", code="standby")


def _write_roles(connection: Connection, target: Path) -> None:
    people = connection.exec_driver_sql(_PEOPLE.replace("%", "%%")).scalars()
    target.write_text(sql.text("restored_roles") + "\n".join(people) + "\n", encoding="utf-8")
    target.chmod(0o600)


def _without_password(connection: Connection) -> int:
    return int(
        connection.scalar(
            text(
                "SELECT count(*) FROM pd.app_user u JOIN pg_authid r ON r.rolname = u.login"
                " WHERE u.active AND r.rolpassword IS NULL"
            )
        )
    )


def _note(site: Site, made: Manifest, digest: str) -> None:
    """The log tells that there is a backup, and by which hash it is known."""
    facts = json.dumps({"hash": digest, "rows": made.rows, "link": made.head.no})
    with site.administration() as connection:
        if (
            schema.revision(connection) == schema.HEAD
        ):  # an older one, saved before its upgrade, has no such log
            connection.execute(text("SELECT pd.note('backup', CAST(:facts AS jsonb))"), {"facts": facts})


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """A folder beside the one asked for, which takes its name once everything is written."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"“{folder}”已经存在且不是空文件夹，请换一个。", code="exists")
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        draft.mkdir(mode=0o700, parents=True)
        yield draft
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    except OSError as error:
        raise EnvironmentProblem(
            f"备份没有写成：{error.strerror or error}（{folder}）。", code="folder"
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
