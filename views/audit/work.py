"""Long work of the page for the threads: verifying the chain, writing it to a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.audit import commands, queries
from app.audit.queries import Standing
from models.rules.audit import Head, Verdict
from views.operations import Task


@dataclass(frozen=True)
class Verified:
    """What a verification found, of which chain, and when by the database's clock."""

    verdict: Verdict
    standing: Standing
    at: datetime


def verifying(workspace: Any, heads: Sequence[Head]) -> Callable[[Task], Verified]:
    """Walks the whole chain; it must hold and contain the heads."""

    def work(task: Task) -> Verified:
        with workspace.read() as connection:
            standing = queries.standing(connection)

        def cancelled() -> bool:
            return task.cancelled

        verdict = queries.verify(workspace.read, heads=heads, progress=task.report, cancelled=cancelled)
        return Verified(verdict, standing, workspace.now())

    return work


def exporting(workspace: Any, path: Path) -> Callable[[Task], Any]:
    """Writes the chain to a file and reads it again."""

    def work(task: Task) -> Any:
        def cancelled() -> bool:
            return task.cancelled

        return commands.export(workspace, path, progress=task.report, cancelled=cancelled)

    return work
