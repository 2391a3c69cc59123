"""The rows of a figure into a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.rankings import export
from app.tickets.export import Exported
from views.operations import Task
from views.tickets.export import ExportBar


class RowsExportBar(ExportBar):
    """As the export of tickets, of what a number counted."""

    title, subject, unit = "导出数字的明细", "计入明细", "行"

    def work(self, path: Path, wish: Any) -> Callable[[Task], Exported]:
        """Writes the rows of a figure."""
        workspace = self._session.workspace

        def run(task: Task) -> Exported:
            def cancelled() -> bool:
                return task.cancelled

            return export.export(workspace, path, wish, tell=task.report, cancelled=cancelled)

        return run
