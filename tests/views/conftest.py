"""Every test of the views must leave nothing behind: no thread, timer or window, and no warning of Qt's."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from views.shell import theme

#: What the offscreen platform says about itself; everything else fails the test.
_OFFSCREEN = ("propagateSizeHints", "This plugin does not support raise", "grabbing the keyboard")


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """The application class that pytest-qt makes."""
    return QApplication


@pytest.fixture(autouse=True)
def settings_apart(tmp_path, qapp, monkeypatch) -> Iterator[None]:
    """Settings of a test are its own."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    qapp.setOrganizationName("PingdeskTests")
    qapp.setApplicationName("PingdeskTests")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    yield
    QSettings().sync()


@pytest.fixture(autouse=True)
def light_theme(qapp) -> theme.Theme:
    """Tests begin in the light scheme."""
    return theme.install(qapp, forced="light")


@pytest.fixture(autouse=True)
def qt_warnings() -> Iterator[list[str]]:
    """Any warning of Qt's fails the test."""
    said: list[str] = []

    def handler(kind: QtMsgType, _context: object, message: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(known in message for known in _OFFSCREEN):
            said.append(message)

    before = qInstallMessageHandler(handler)
    yield said
    qInstallMessageHandler(before)
    assert not said, f"Qt said: {said}"


@pytest.fixture(autouse=True)
def cycles_apart() -> Iterator[None]:
    """No worker collects cycles during a test, as in the program: it could end the timers of another thread."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def nothing_left(qapp) -> Iterator[None]:
    """Threads, running timers and windows left behind fail the test."""
    threads, windows = set(threading.enumerate()), set(map(id, qapp.topLevelWidgets()))
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    qapp.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = [w for w in qapp.topLevelWidgets() if id(w) not in windows and w.isVisible()]
    assert not left, f"windows left open: {left}"
    made = [t for t in threading.enumerate() if t not in threads]
    for left_feed in (t for t in made if t.name == "feed"):
        left_feed.join(10)  # nobody waits for the feed of a person who left the desk
    ours = ("read", "write", "feed")
    alive = [t for t in made if t.is_alive() and t.name.startswith(ours)]
    assert not alive, f"threads left running: {alive}"
    timers = [t for w in left for t in w.findChildren(QTimer) if t.isActive()]
    assert not timers, f"timers left running: {timers}"
