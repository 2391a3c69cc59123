"""Starts the window: folders, log, application, theme, shell, and only then the database, off the thread.

Nothing here imports the database, charts or spreadsheets; they come when a page needs them.
"""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from views.operations.collecting import Collector
from views.shell import theme
from views.shell.window import Window


def application(arguments: list[str] | None = None) -> QApplication:
    """The Qt application with its names, made once."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QCoreApplication.setOrganizationName("Pingdesk")
    QCoreApplication.setApplicationName("Pingdesk")
    made = QApplication(arguments or sys.argv[:1])
    made.setApplicationDisplayName("好差评工作台")
    return made


def run(folder: Path | None = None, *, login: str = "officer", url: str | None = None) -> int:
    """Shows the window until it is closed; returns the exit code. `url`: the server to log in at."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    app = application()
    theme.install(app)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    window = Window(folder, login=login, url=url)
    window.open_when_painted()
    window.show()
    collector = Collector(app)
    code = app.exec()
    collector.stop()
    return code
