"""The verbs about the log: `verify-audit`, `audit-export` and `audit-head`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.audit import commands, queries
from app.audit.rows import Progress
from app.audit.verifying import Read
from app.database import connecting
from app.database.engine import Store
from app.errors import UserError
from app.workspace import Workspace
from models.rules.audit import Verdict
from views.console.answer import Answer
from views.console.places import opened

#: Who reads the log of an embedded database unless said otherwise.
AUDITOR = "auditor"


def verify(options: argparse.Namespace) -> Answer:
    """Walks the chain of the database, or of an exported file; exit code 1 where it is broken."""
    heads = (options.head,) if options.head else ()
    if options.file:
        verdict = queries.verify_file(options.file, heads=heads)
    else:
        with _reading(options) as read:
            verdict = queries.verify(read, heads=heads, progress=_progress(options))
    return Answer(_facts(verdict), [_sentence(verdict)], exit_code=0 if verdict.ok else 1)


def export(options: argparse.Namespace) -> Answer:
    """Writes the chain to a file that can be verified without the database."""
    with opened(options, default=AUDITOR) as space:
        done = commands.export(space, options.file, progress=_progress(options))
    facts = {"file": str(done.path), "sha256": done.sha256, **_facts(done.verdict)}
    lines = [f"审计记录已导出到“{done.path}”，文件 SHA-256 为 {done.sha256}。", _sentence(done.verdict)]
    return Answer(facts, lines, exit_code=0 if done.verdict.ok else 1)


def head(options: argparse.Namespace) -> Answer:
    """The newest link, to be written down or printed."""
    with _reading(options) as read, read() as connection:
        found = queries.standing(connection).head
    return Answer({"no": found.no, "hash": found.hash}, [str(found)])


@contextmanager
def _reading(options: argparse.Namespace) -> Iterator[Read]:
    """The database to be read: of a central one also by its administrator, who is nobody in it."""
    if options.database:
        space = _central(options.database)
        try:
            yield space.read
        finally:
            space.close()
    else:
        with opened(options, default=AUDITOR) as own:
            yield own.read


def _central(url: str) -> Workspace | Store:
    try:
        return Workspace.open_server(url)
    except UserError as error:
        if error.code != "unknown_person":
            raise
        return Store(connecting.to_url(url).conninfo)


def _progress(options: argparse.Namespace) -> Any:
    return None if options.json or not sys.stderr.isatty() else _tell


def _tell(progress: Progress) -> None:
    print(f"\r{progress.stage} {progress.done}/{progress.total}   ", end="", file=sys.stderr, flush=True)


def _facts(verdict: Verdict) -> dict[str, Any]:
    broken = verdict.broken
    return {
        "ok": verdict.ok,
        "links": verdict.links,
        "events": verdict.events,
        "head": str(verdict.head),
        "broken": None if broken is None else {"no": broken.no, "why": broken.why},
    }


def _sentence(verdict: Verdict) -> str:
    counts = f"{verdict.links} 环、{verdict.events} 条事件，到 {verdict.head}"
    if verdict.broken is None:
        return f"审计链完好：{counts}。"
    return f"审计链已断：{verdict.broken.why}。此前完好的有{counts}。"
