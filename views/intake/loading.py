"""Work of the intake page for the threads, and the bar that shows how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from views import dates
from views.operations import Task
from views.shell.parts import Button, label, row
from views.shell.theme import UNIT

#: Before so many seconds the remaining time is a guess and not shown.
SETTLED = 2.0


def inspecting(path: Path) -> Callable[[Task], Any]:
    """Recognises a file without loading it."""

    def work(_task: Task) -> Any:
        from app.intake import commands

        return commands.inspect(path)

    return work


def loading(workspace: Any, path: Path, *, complete: bool = True, dry_run: bool = False,
            refused_to: Path | None = None) -> Callable[[Task], Any]:  # fmt: skip
    """Loads a file, or only counts what loading would change."""

    def work(task: Task) -> Any:
        from app.intake import commands

        def cancelled() -> bool:
            return task.cancelled

        return commands.load(workspace, path, complete=complete, dry_run=dry_run, progress=task.report,
                             cancelled=cancelled, refused_to=refused_to)  # fmt: skip

    return work


class LoadBar(QFrame):
    """Stage, bar, remaining time, and a way to stop; `cancelled` when that is pressed."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * UNIT, 3 * UNIT, 5 * UNIT, 3 * UNIT)
        self.stage = label("", "strong", self)
        self.rest = label("", "secondary", self)
        self.stop = Button("取消", "stop", "plain", self)
        self.stop.clicked.connect(self._stop)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("导入进度")
        column.addLayout(row(self.stage, self.rest, None, self.stop))
        column.addWidget(self.bar)
        self._began, self._stage = 0.0, ""
        self.hide()

    def begin(self, stage: str) -> None:
        """Something has begun whose length is not yet known."""
        self._began, self._stage = time.monotonic(), ""
        self.stage.setText(stage)
        self.rest.setText("")
        self.bar.setRange(0, 0)
        self.stop.setEnabled(True)
        self.show()

    def progress(self, progress: Any) -> None:
        """How far it is."""
        if progress.stage != self._stage:
            self._stage, self._began = progress.stage, time.monotonic()
        self.stage.setText(progress.stage)
        self.bar.setRange(0, progress.total or 0)
        self.bar.setValue(progress.done)
        self.rest.setText(self._remaining(progress))

    def _remaining(self, progress: Any) -> str:
        spent = time.monotonic() - self._began
        if not progress.total:
            return f"{progress.done:,} 行" if progress.done else ""
        said = f"{progress.done:,} / {progress.total:,}"
        if spent < SETTLED or not progress.done:
            return said
        left = spent * (progress.total - progress.done) / progress.done
        return f"{said}　还需{dates.duration(left)}"

    def _stop(self) -> None:
        self.stop.setEnabled(False)
        self.stage.setText("正在取消…")
        self.cancelled.emit()
