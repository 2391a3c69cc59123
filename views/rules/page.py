"""规则: the rule sets and the closed months, each a tab with its list at the left and the chosen one at the right."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.changes import Kind
from views.rules.closing import ClosingView
from views.rules.sets import RuleSetsView
from views.shell.page import Page
from views.shell.parts import Button, rule
from views.shell.session import Session
from views.tables.listed import beside

#: The tabs: what they are called, in their order.
TABS = ("规则集", "封账")


class RulesPage(Page):
    """Rule sets and closed months; everybody reads, the head and officers act."""

    title = "规则"
    shows = Kind.RULES | Kind.CLOSING | Kind.TALLY | Kind.TICKETS | Kind.REGISTRY | Kind.CALENDAR

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.sets = RuleSetsView(session, self)
        self.closing = ClosingView(session, self)
        self._views = (self.sets, self.closing)
        self._panels = QStackedWidget(self)
        self._parts = QStackedWidget(self)
        for view in self._views:
            view.told.connect(self._show_facts)
            self._panels.addWidget(view.panel)
            self._parts.addWidget(view)
        column, _ = beside(self, self._panels)
        column.addLayout(self._make_tabs())
        column.addWidget(self._parts, 1)
        self.setFocusProxy(self.sets.table)
        self._bind()

    def _make_tabs(self) -> QVBoxLayout:
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("规则的各部分")
        for name in TABS:
            self.tabs.addTab(name)
        self.tabs.currentChanged.connect(self._tab_chosen)
        holder = QVBoxLayout()
        holder.setSpacing(0)
        holder.addWidget(self.tabs)
        holder.addWidget(rule(self))
        return holder

    def _bind(self) -> None:
        registry, sets, months = self.session.registry, self.sets.panel, self.closing.panel
        registry.bind("rules.sets", self.show_sets)
        registry.bind("rules.closing", self.show_closing)
        registry.bind("rules.new", sets.begin, sets.new.isVisible)
        registry.bind("rules.drop", sets.begin_dropping, sets.drop.isVisible)
        registry.bind("closing.close", months.begin_closing, months.close_month.isVisible)
        registry.bind("closing.reopen", months.begin_reopening, months.reopen.isVisible)
        registry.bind("closing.check", months.check_close, months.check.isVisible)
        registry.bind("closing.copy", months.copy_prints, months.copy.isVisible)

    def show_sets(self) -> None:
        """Brings the rule sets to the front."""
        self.tabs.setCurrentIndex(0)

    def show_closing(self) -> None:
        """Brings the months to the front."""
        self.tabs.setCurrentIndex(1)

    def open_with(self, argument: object) -> None:
        """A month, to be shown among the closed ones."""
        if isinstance(argument, date):
            self.show_closing()
            self.closing.show_month(argument)

    def reload(self) -> None:
        """Reads the tab in front again."""
        self._views[self.tabs.currentIndex()].reload()

    def confirmation(self) -> Button | None:
        """Of what is being written."""
        return self._views[self.tabs.currentIndex()].panel.confirmation()

    def _tab_chosen(self, tab: int) -> None:
        self._parts.setCurrentIndex(tab)
        self._panels.setCurrentIndex(tab)
        view = self._views[tab]
        self.setFocusProxy(view.table)
        self._show_facts()
        view.reload()

    def _show_facts(self, _told: str = "") -> None:
        self.facts.setText(self._views[self.tabs.currentIndex()].facts)
