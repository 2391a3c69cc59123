"""The window: a shell around the pages, which are imported and made when first shown."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSettings, QSize, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from app.changes import EVERYTHING
from app.computer import Computer
from app.errors import EnvironmentProblem, UserError
from views.operations import Operation, Operations
from views.shell import icons, opening, theme
from views.shell.actions import COMMANDS, PAGES, pages_for
from views.shell.badges import Badges
from views.shell.connection import Connection
from views.shell.entrance import Entrance
from views.shell.navigation import Navigation
from views.shell.notices import NoticeBar
from views.shell.personal import PersonalPages
from views.shell.presence import Presence
from views.shell.session import Session
from views.shell.welcome import Welcome

FIRST_SIZE = QSize(1366, 768)
SMALLEST = QSize(900, 560)
#: Milliseconds after the first page until the others are loaded beside it.
_IDLE = 1_500


class Window(QWidget):
    """`ready` once the first page of an open database stands."""

    ready = Signal()

    def __init__(
        self,
        folder: Path | None = None,
        *,
        login: str = "officer",
        url: str | None = None,
        computer: Computer | None = None,
    ) -> None:
        """`folder`, `url`: the database to open, otherwise the one used last; `computer`: a test's own."""
        super().__init__()
        self.setWindowTitle("好差评工作台")
        self.setMinimumSize(SMALLEST)
        self.operations = Operations(self)
        self.session = Session(self.operations, self)
        self.pages: dict[str, Any] = {}
        self._front: str | None = None
        self._overlays: dict[str, Any] = {}
        self._build()
        self.entrance = Entrance(self.operations, self.stack, self.navigation.foot, computer or Computer(), self,
                                 folder=folder, login=login, url=url)  # fmt: skip
        self.presence = Presence(self.session, self.entrance, self._overlays, self)
        self.connection = Connection(self.session, self.navigation.foot, self)
        self._connect()
        geometry = QSettings().value("window/geometry")
        if not (geometry and self.restoreGeometry(geometry)):
            self.resize(FIRST_SIZE)

    def _build(self) -> None:
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        self.navigation = Navigation(self)
        self.stack = QStackedWidget(self)
        line.addWidget(self.navigation)
        line.addWidget(self.stack, 1)
        self._notices: NoticeBar | None = None
        self._due: Any = None
        self.badges = Badges(self.session, self)
        self.personal = PersonalPages(self.session, self.navigation, self)

    def _connect(self) -> None:
        self.navigation.chosen.connect(self._chosen)
        self.navigation.foot.clicked.connect(self.presence.foot_pressed)
        self.session.requested.connect(self.show_page)
        self.session.noticed.connect(self._tell)
        self.session.counted.connect(self.navigation.set_count)
        self.operations.troubled.connect(self._troubled)
        self.entrance.opened.connect(self._take)
        self.entrance.told.connect(self.session.notice)
        self.presence.taken.connect(self._take)
        self.presence.left.connect(self._left)
        registry = self.session.registry
        for page in PAGES:
            registry.bind(f"go.{page.id}", self.navigation.entries[page.id].click,
                          partial(self.navigation.shows, page.id) if page.personal else None)  # fmt: skip
        registry.bind("search", self._search)
        registry.bind("reload", self.reload)
        registry.bind("scheme", self._toggle_scheme)
        registry.bind("confirm", self._confirm, lambda: self._front in self.pages)
        registry.bind("undo", self._undo, self._can_undo)
        registry.bind("sides", self._change_side, lambda: self._front in self.pages)
        registry.bind("keys", self._show_keys)
        for command in COMMANDS:
            if command.shortcut:
                action = QAction(command.title, self)
                action.setShortcuts(_sequences(command.shortcut))
                action.setProperty("command", command.id)
                action.triggered.connect(self._shortcut)
                self.addAction(action)

    @property
    def welcome(self) -> Welcome:
        """What stands before a database is open."""
        return self.entrance.welcome

    @property
    def notices(self) -> NoticeBar:
        """The notice bar, made with the first notice."""
        if self._notices is None:
            self._notices = NoticeBar(self.stack)
        return self._notices

    def _tell(self, tone: str, text: str, offer: str, run: Callable[[], None] | None) -> None:
        self.notices.tell(tone, text, offer, run)

    # opening ----------------------------------------------------------------------------------------------

    def open_when_painted(self) -> None:
        """Opens the database once the shell stands: its imports would hold up the first paint."""
        self.navigation.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """After the navigation's first paint the opening begins."""
        if watched is self.navigation and event.type() == QEvent.Type.Paint:
            self.navigation.removeEventFilter(self)
            QTimer.singleShot(0, self, self._stands)
        return False

    def _stands(self) -> None:
        from app.database import guard

        guard.forbid_this_thread(strict=not getattr(sys, "frozen", False))
        self.open()
        self.setWindowIcon(icons.icon("mark", "accent"))

    def open(self) -> None:
        """Begins: with the database asked for or used last, or the ways there are."""
        self.navigation.show_mark()
        self.entrance.begin()

    def _take(self, opened: opening.Opened) -> None:
        self._drop_pages()
        self.session.open(opened.workspace, opened.today, opened.mark)
        person = opened.workspace.person
        entries = pages_for(person.group)
        self.navigation.show_pages(tuple(page.id for page in entries))
        self.navigation.foot.show_state(person.name, person.agency or person.group.label, opened.workspace.label,
                                        connected=True, warning=opened.workspace.warning,
                                        own=opened.workspace.embedded)  # fmt: skip
        front = self._front if self._front in {page.id for page in entries} else entries[0].id
        self.show_page(front)
        self.presence.began()
        self.ready.emit()
        QTimer.singleShot(_IDLE, self, self._preload)

    def _preload(self) -> None:
        """Once the first page stands: loading beside it would hold it up."""
        if self.session.is_open:
            modules = tuple(page.factory.partition(":")[0] for page in pages_for(self.session.person.group))
            self.operations.query(self, opening.preload(modules), self._preloaded, key="preload")
            self.badges.read()
            self.personal.read()
            self._watch_deadlines()

    def _watch_deadlines(self) -> None:
        if self._due is None:
            from app.desk.notices import Told
            from views.desk.tray import DueNotices

            told = Told(self.entrance.computer.settings.folder)
            self._due = DueNotices(self.session, lambda: self.entrance.settings.notice_hours, told, self)
            self._due.opened.connect(self._come_forward)
        self._due.begin()

    def _come_forward(self) -> None:
        self.showNormal() if self.isMinimized() else self.show()
        self.raise_()
        self.activateWindow()

    def _preloaded(self, _nothing: None) -> None:
        """Nothing to show: the next page opens at once."""

    def _drop_pages(self) -> None:
        self.stack.setCurrentWidget(self.welcome)
        self.welcome.wait()
        if self._notices is not None:
            self._notices.hide()
        for page_id, page in self.pages.items():
            self.session.registry.unbind_page(page_id)
            self.stack.removeWidget(page)
            page.deleteLater()
        self.pages.clear()

    def _left(self) -> None:
        """Somebody has logged out."""
        if self._due is not None:
            self._due.end()
        self._drop_pages()
        self._front = None
        self.navigation.show_pages(())
        self.entrance.show_login()

    # pages ------------------------------------------------------------------------------------------------

    def show_page(self, page_id: str, argument: object = None) -> None:
        """Brings a page to the front, made on first use, and hands it what it was asked to show."""
        if not self.session.is_open or not self.session.registry.allowed(f"go.{page_id}"):
            return
        page = self.pages.get(page_id) or self._make(page_id)
        self._front = page_id
        self.navigation.choose(page_id)
        self.stack.setCurrentWidget(page)
        if argument is not None:
            page.open_with(argument)
        page.shown()
        page.setFocus()

    def _make(self, page_id: str) -> Any:
        entry = next(page for page in PAGES if page.id == page_id)
        module, _, name = entry.factory.partition(":")
        page = getattr(import_module(module), name)(self.session, self.stack)
        self.pages[page_id] = page
        self.stack.addWidget(page)
        if self._notices is not None:
            self._notices.raise_()
        return page

    def reload(self) -> None:
        """Everything is stale; the page in front reads at once."""
        if self.session.is_open:
            self.session.announce(EVERYTHING)

    def _chosen(self, page_id: str) -> None:
        self.show_page(page_id)

    def _shortcut(self) -> None:
        self.session.registry.run(str(self.sender().property("command")))

    def _toggle_scheme(self) -> None:
        theme.toggle()

    def _confirm(self) -> None:
        """Presses what confirms; where something is missing, says what."""
        button = self.pages[self._front].confirmation()
        if button is None:
            return
        if button.isEnabled():
            button.click()
        elif problem := button.accessibleDescription():
            self.notices.tell("warning", problem)

    def _can_undo(self) -> bool:
        return self._notices is not None and self._notices.offers_undo

    def _undo(self) -> None:
        self.notices.offer.click()

    def _change_side(self) -> None:
        self.pages[self._front].change_side()

    def _show_keys(self) -> None:
        if "keys" not in self._overlays:
            from views.shell.keys import KeysPanel

            self._overlays["keys"] = KeysPanel(self.session, self)
        self._overlays["keys"].open()

    def _search(self) -> None:
        if "search" not in self._overlays:
            from views.shell.search import SearchPanel

            self._overlays["search"] = SearchPanel(self.session, self)
        self._overlays["search"].open()

    # trouble and the end ----------------------------------------------------------------------------------

    def _troubled(self, operation: Operation, error: Exception) -> None:
        if isinstance(error, UserError):
            self.notices.tell("warning", str(error))
        elif isinstance(error, EnvironmentProblem):
            self.notices.tell("error", str(error), "重试", lambda: self.operations.retry(operation))
        else:
            self.notices.tell(
                "error", f"程序出错了（{type(error).__name__}），详情已记入日志，您的数据没有受影响。"
            )

    def resizeEvent(self, event) -> None:
        """Keeps floating panels in place."""
        super().resizeEvent(event)
        for panel in self._overlays.values():
            if panel.isVisible():
                panel.place()
        self.presence.place()

    def closeEvent(self, event) -> None:
        """Waits for work under way, then closes the database."""
        QSettings().setValue("window/geometry", self.saveGeometry())
        self.hide()
        self.presence.idle.end()
        if self._due is not None:
            self._due.end()
        unused = self.entrance.left_over()
        self.operations.close(self.session.shut() or (unused.close if unused is not None else None))
        super().closeEvent(event)


def _sequences(shortcut: str) -> list[QKeySequence]:
    """The shortcut; Enter is two keys, and both are meant."""
    return [QKeySequence(keys) for keys in dict.fromkeys((shortcut, shortcut.replace("Enter", "Return")))]
