"""统计: tabs from a list; those that show the figures of a period share one period, one filter and one reading."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.changes import Kind
from models.rules.people import Group
from views.shell.actions import EVERYONE, HANDLERS
from views.shell.page import MARGIN, Page
from views.shell.parts import Button
from views.shell.session import Session
from views.shell.theme import UNIT


@dataclass(frozen=True, slots=True)
class TabEntry:
    """A tab; `factory` is ``module:class``. The class has `shows` and `reload()`; it may have `confirmation()` and
    `open_with(argument)`, which says whether it understood."""

    title: str
    factory: str
    groups: frozenset[Group] = EVERYONE


#: Who reads orders to improve.
_CONCERNED = frozenset({Group.OFFICER, Group.LIAISON, Group.BUREAU})

TABS: tuple[TabEntry, ...] = (
    TabEntry("分析", "views.statistics.analysis:AnalysisTab"),
    TabEntry("限期整改", "views.improvements.tab:ImprovementsTab", _CONCERNED),
    TabEntry("窗口人员", "views.staff.tab:StaffTab", _CONCERNED),
    TabEntry("提醒名单", "views.cases.tab:RemindersTab", HANDLERS),
    TabEntry("年度", "views.statistics.annual:AnnualTab", _CONCERNED),
)


class StatisticsPage(Page):
    """The tabs that concern the person's group."""

    title = "统计"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("统计内容")
        self._stack = QStackedWidget(self)
        self._stale_tabs: set[QWidget] = set()
        self.shows = Kind.NONE
        for entry in TABS:
            if session.person.group in entry.groups:
                self._add(entry)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 4 * UNIT, MARGIN, MARGIN)
        outer.setSpacing(3 * UNIT)
        outer.addLayout(self.header())
        outer.addWidget(self.tabs)
        outer.addWidget(self._stack, 1)
        self.tabs.currentChanged.connect(self._tab_chosen)

    def _add(self, entry: TabEntry) -> None:
        module, _, name = entry.factory.partition(":")
        tab = getattr(import_module(module), name)(self.session, self._stack)
        self.shows |= tab.shows
        self.tabs.addTab(entry.title)
        self._stack.addWidget(tab)

    @property
    def tab(self) -> Any:
        """The tab in front, None where there is none."""
        return self._stack.currentWidget()

    def reload(self) -> None:
        """Reads the tab in front; the others when they come to the front."""
        self._stale_tabs = {self._stack.widget(number) for number in range(self._stack.count())}
        self._show_tab()

    def _tab_chosen(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        self._show_tab()
        self.setFocusProxy(self.tab)

    def _show_tab(self) -> None:
        if self.tab in self._stale_tabs:
            self._stale_tabs.discard(self.tab)
            self.tab.reload()

    def open_with(self, argument: object) -> None:
        """A tab itself, or what one of them understands."""
        for number in range(self._stack.count()):
            tab: Any = self._stack.widget(number)
            understood = getattr(tab, "open_with", None)
            if tab is argument or (argument is not None and understood is not None and understood(argument)):
                self.tabs.setCurrentIndex(number)
                return

    def confirmation(self) -> Button | None:
        """That of the tab in front."""
        asked = getattr(self.tab, "confirmation", None)
        return None if asked is None else asked()

    def keyPressEvent(self, event: Any) -> None:
        """Ctrl+Page up and down go from tab to tab."""
        steps = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        if event.key() in steps and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.tabs.setCurrentIndex(
                (self.tabs.currentIndex() + steps[event.key()]) % max(1, self.tabs.count())
            )
            return
        super().keyPressEvent(event)
