"""The window: a shell around the pages, which are imported and made when first shown."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSettings, QSize, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from app.changes import Changes, Kind
from app.errors import EnvironmentProblem, UserError
from views.operations import Operation, Operations
from views.shell import icons, opening, theme
from views.shell.actions import COMMANDS, PAGES, pages_for
from views.shell.connection import Connection
from views.shell.navigation import Navigation
from views.shell.notices import NoticeBar
from views.shell.session import Session
from views.shell.welcome import Welcome

FIRST_SIZE = QSize(1366, 768)
SMALLEST = QSize(900, 560)
#: Milliseconds after the first page until the others are loaded beside it.
_IDLE = 1_500


class Window(QWidget):
    """`ready` once the first page of an open database stands."""

    ready = Signal()

    def __init__(self, folder: Path | None = None, *, login: str = "officer") -> None:
        super().__init__()
        self.setWindowTitle("好差评工作台")
        self.setMinimumSize(SMALLEST)
        self._folder, self._login = folder, login
        self.operations = Operations(self)
        self.session = Session(self.operations, self)
        self.pages: dict[str, Any] = {}
        self._front: str | None = None
        self._overlays: dict[str, Any] = {}
        self._build()
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
        self.welcome = Welcome(self.stack)
        self.stack.addWidget(self.welcome)
        line.addWidget(self.navigation)
        line.addWidget(self.stack, 1)
        self._notices: NoticeBar | None = None

    def _connect(self) -> None:
        self.navigation.chosen.connect(self._chosen)
        self.navigation.foot.clicked.connect(self._choose_person)
        self.session.requested.connect(self.show_page)
        self.session.noticed.connect(self._tell)
        self.session.counted.connect(self.navigation.set_count)
        self.operations.troubled.connect(self._troubled)
        self.welcome.retry_wanted.connect(self.open)
        self.welcome.demo_wanted.connect(self._load_demo)
        registry = self.session.registry
        for page in PAGES:
            registry.bind(f"go.{page.id}", self.navigation.entries[page.id].click)
        registry.bind("search", self._search)
        registry.bind("reload", self.reload)
        registry.bind("person", self._choose_person, self._may_choose_person)
        registry.bind("scheme", self._toggle_scheme)
        for command in COMMANDS:
            if command.shortcut:
                action = QAction(command.title, self)
                action.setShortcut(QKeySequence(command.shortcut))
                action.setProperty("command", command.id)
                action.triggered.connect(self._shortcut)
                self.addAction(action)

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
        """Opens the database off the GUI thread."""
        self.navigation.show_mark()
        self.stack.setCurrentWidget(self.welcome)
        self.welcome.wait()
        self.operations.query(self, opening.open_database(self._folder, self._login), self._opened,
                              key="open", failed=self._not_opened)  # fmt: skip

    def _opened(self, opened: opening.Opened | None) -> None:
        if opened is None:
            self.navigation.foot.show_state("", "", "还没有数据库", connected=False)
            self.welcome.invite()
            return
        self._take(opened)

    def _not_opened(self, error: Exception) -> None:
        known = isinstance(error, (UserError, EnvironmentProblem))
        text = str(error) if known else f"程序出错了（{type(error).__name__}），详情已记入日志。"
        self.navigation.foot.show_state("", "", "数据库未连接", connected=False)
        self.welcome.trouble(text)

    def _take(self, opened: opening.Opened) -> None:
        self._drop_pages()
        self.session.open(opened.workspace, opened.today, opened.mark)
        person = opened.workspace.person
        entries = pages_for(person.group)
        self.navigation.show_pages(tuple(page.id for page in entries))
        self.navigation.foot.show_state(person.name, person.agency or person.group.label,
                                        opened.workspace.label, connected=True)  # fmt: skip
        front = self._front if self._front in {page.id for page in entries} else entries[0].id
        self.show_page(front)
        self.ready.emit()
        QTimer.singleShot(_IDLE, self, self._preload)

    def _preload(self) -> None:
        """Once the first page stands: loading beside it would hold it up."""
        if self.session.is_open:
            modules = tuple(page.factory.partition(":")[0] for page in pages_for(self.session.person.group))
            self.operations.query(self, opening.preload(modules), self._preloaded, key="preload")

    def _preloaded(self, _nothing: None) -> None:
        """Nothing to show: the next page opens at once."""

    def _drop_pages(self) -> None:
        self.stack.setCurrentWidget(self.welcome)
        self.welcome.wait()
        for page_id, page in self.pages.items():
            self.session.registry.unbind_page(page_id)
            self.stack.removeWidget(page)
            page.deleteLater()
        self.pages.clear()

    def _load_demo(self) -> None:
        self.welcome.working("正在准备示例数据…", 0, None)
        self.operations.command(self, opening.load_demo(self._folder), self._demo_loaded,
                                failed=self._not_opened, progressed=self._demo_progress)  # fmt: skip

    def _demo_progress(self, progress: Any) -> None:
        self.welcome.working(str(progress), 0, None)

    def _demo_loaded(self, _counts: object) -> None:
        self.open()

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
            everything = Kind.NONE
            for kind in Kind:
                everything |= kind
            self.session.announce(Changes(everything))

    def _chosen(self, page_id: str) -> None:
        self.show_page(page_id)

    def _shortcut(self) -> None:
        self.session.registry.run(str(self.sender().property("command")))

    def _toggle_scheme(self) -> None:
        theme.toggle()

    # search and person ------------------------------------------------------------------------------------

    def _overlay(self, name: str) -> Any:
        if name not in self._overlays:
            if name == "search":
                from views.shell.search import SearchPanel

                self._overlays[name] = SearchPanel(self.session, self)
            else:
                from views.shell.person import PersonPanel

                panel = PersonPanel(self.session, self)
                panel.chosen.connect(self._become)
                self._overlays[name] = panel
        return self._overlays[name]

    def _search(self) -> None:
        self._overlay("search").open()

    def _may_choose_person(self) -> bool:
        return self.session.is_open and self.session.workspace.embedded

    def _choose_person(self) -> None:
        if self._may_choose_person():
            self._overlay("person").open()

    def _become(self, login: str) -> None:
        self.operations.query(self, opening.become(self.session.workspace, login), self._became, key="open")

    def _became(self, opened: opening.Opened) -> None:
        old = self.session.workspace
        self._take(opened)
        self.operations.query(self, lambda _task: old.close(stop=False), self._closed_old)
        self.session.notice("info", f"现在以{opened.workspace.person.name}的身份使用。")

    def _closed_old(self, _nothing: object) -> None:
        """The connections of the person before are closed."""

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

    def closeEvent(self, event) -> None:
        """Waits for work under way, then closes the database."""
        QSettings().setValue("window/geometry", self.saveGeometry())
        self.hide()
        self.operations.close(self.session.shut())
        super().closeEvent(event)
