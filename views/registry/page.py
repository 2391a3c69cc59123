"""名录: the people, what waits for confirmation on top, the one chosen at the right; the work calendar; who is
named on papers."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.changes import Kind
from app.errors import PingdeskError
from app.registry import administering, people
from app.registry.administering import Administered
from app.registry.people import PeopleFilter, PeoplePage, PersonRow, Standing
from models.rules.administration import why_not_confirm
from models.rules.people import Group
from views.registry.bodies import BodiesView
from views.registry.calendar import CalendarView
from views.registry.columns import columns
from views.registry.panel import PersonSheet
from views.registry.requests import RequestList
from views.shell.flow import Flow
from views.shell.page import Page
from views.shell.parts import Button, Chip, Empty, row, rule
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.listed import ListCard, beside
from views.tables.model import PagedModel

#: Standings with a chip of their own, with their tones.
_STANDINGS = ((Standing.WAITING, "amber"), (Standing.MUST_CHANGE, "grey"), (Standing.DISABLED, "grey"))


class RegistryPage(Page):
    """The people of the centre and the agencies, the work calendar, and the bodies on papers."""

    title = "名录"
    shows = Kind.PEOPLE | Kind.REGISTRY | Kind.CALENDAR

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._page: PeoplePage | None = None
        self._wanted: str | None = None
        self._people_facts = ""
        self.model = PagedModel(columns(session.today), self._ask, self)
        self.model.loaded.connect(self._loaded)
        self.panel = PersonSheet(session, self)
        self.panel.acted.connect(self._acted)
        self._lay_out()
        self.panel.show_nothing()
        self.setFocusProxy(self.table)
        session.registry.bind("registry.create", self.create)
        session.registry.bind("registry.calendar", self.show_calendar)
        session.registry.bind("registry.bodies", self.show_bodies)

    def _lay_out(self) -> None:
        self.calendar = CalendarView(self.session, self)
        self.calendar.told.connect(self._show_facts)
        self._panels = QStackedWidget(self)
        self._panels.addWidget(self.panel)
        self._panels.addWidget(self.calendar.panel)
        self.bodies = BodiesView(self.session, self)
        self._panels.addWidget(self.bodies.panel)
        column, _ = beside(self, self._panels)
        column.addLayout(self._make_tabs(self))
        self._parts = QStackedWidget(self)
        self._parts.addWidget(self._make_people(self))
        self._parts.addWidget(self.calendar)
        self._parts.addWidget(self.bodies)
        column.addWidget(self._parts, 1)

    def _make_people(self, parent: QWidget) -> QWidget:
        part = QWidget(parent)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * UNIT)
        self.requests = RequestList(part)
        self.requests.decided.connect(self._decide)
        column.addWidget(self.requests)
        column.addWidget(self._make_chips(part))
        column.addWidget(self._make_list(part), 1)
        return part

    def _make_tabs(self, parent: QWidget) -> QVBoxLayout:
        self.tabs = QTabBar(parent)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("名录的各部分")
        self.tabs.addTab("人员")
        self.tabs.addTab("工作日历")
        self.tabs.addTab("文书单位")
        self.tabs.currentChanged.connect(self._tab_chosen)
        self.search = QLineEdit(parent)
        self.search.setPlaceholderText("姓名、账号、单位或拼音首字母")
        self.search.setAccessibleName("查找人员")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(36 * UNIT)
        self.search.setMaximumWidth(62 * UNIT)
        self.search.textChanged.connect(self._filter_changed)
        self.new = Button("新建人员", "add_person", parent=parent)
        self.new.clicked.connect(self.create)
        self.new.setVisible(self.session.person.group is Group.ADMIN)
        holder = QVBoxLayout()
        holder.setSpacing(0)
        line = row(self.tabs, None)
        line.setAlignment(self.tabs, Qt.AlignmentFlag.AlignBottom)
        line.addWidget(self.search, 9, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.new, 0, Qt.AlignmentFlag.AlignTop)
        line.addStrut(self.new.sizeHint().height() + 2 * UNIT)
        holder.addLayout(line)
        holder.addWidget(rule(parent))
        return holder

    def _make_chips(self, parent: QWidget) -> QWidget:
        chips = QWidget(parent)
        flow = Flow(chips)
        self._groups = {group: Chip(group.label, chips, checkable=True) for group in Group}
        self._standings = {
            standing: Chip(standing.label, chips, tone=tone, checkable=True) for standing, tone in _STANDINGS
        }
        for chip in (*self._groups.values(), *self._standings.values()):
            chip.clicked.connect(self._chip_pressed)
            flow.addWidget(chip)
        return chips

    def _make_list(self, parent: QWidget) -> ListCard:
        empty = Empty("people", "没有符合条件的人", "去掉一些筛选条件，或者换个写法。", parent)
        empty.offer("清除全部筛选", "filter").clicked.connect(self._clear_filter)
        self._card = ListCard("人员列表", self.model, empty, parent)
        self.table = self._card.table
        self.table.chosen.connect(self._row_chosen)
        return self._card

    def confirmation(self) -> Button | None:
        """Of the order that is being filled in."""
        return self.panel.confirm if self.panel.confirm.isVisible() else None

    # reading ----------------------------------------------------------------------------------------------

    @property
    def filter(self) -> PeopleFilter:
        """Which people are listed."""
        return PeopleFilter(self.search.text(), _checked(self._groups), _checked(self._standings))

    def reload(self) -> None:
        """Reads the people and the requests again, and what else is in front."""
        self.model.refresh()
        self._reload_part()

    def _reload_part(self) -> None:
        """Reads what is in front beside the people."""
        if self.shows_calendar:
            self.calendar.reload()
        elif self.shows_bodies:
            self.bodies.reload()

    def _ask(self, _key: Any, _limit: int) -> None:
        wanted, group = self.filter, self.session.person.group

        def read(connection: Any) -> PeoplePage:
            return people.listed(connection, group, wanted)

        self.session.query(self, read, self._page_read, key="people", failed=self._not_read)

    def _page_read(self, page: PeoplePage) -> None:
        self._page = page
        self._show_counts(page)
        self.requests.show_requests(page.requests, self.session.person, self.session.today)
        self.model.arrived(page)

    def _not_read(self, error: Exception) -> None:
        self.model.failed()
        self.session.notice("error", str(error), "重试", self.reload)

    def _show_counts(self, page: PeoplePage) -> None:
        active = sum(person.active for person in page.everybody)
        off = len(page.everybody) - active
        self._people_facts = f"在用 {active} 人" + (f"，已停用 {off} 人" if off else "")
        self._show_facts()
        for group, chip in self._groups.items():
            chip.set_count(page.groups.get(group, 0))
        for standing, chip in self._standings.items():
            chip.set_count(page.standings.get(standing, 0))
            chip.setVisible(bool(page.standings.get(standing)) or chip.isChecked())
        me = self.session.person
        mine = sum(why_not_confirm(r.login, r.asked_by, me.login) is None for r in page.requests)
        self.session.counted.emit("registry", mine if me.group is Group.ADMIN else 0, False)

    def _loaded(self, started: bool) -> None:
        self._card.show_rows()
        wanted, self._wanted = self._wanted, None
        if wanted is not None and self.table.choose_id(wanted):
            self._show_row(wanted)
        elif self.panel.is_kept:
            return
        elif self.panel.person is not None and self.model.row_of(self.panel.person.login) is not None:
            self._show_row(self.panel.person.login)
        elif not self.model.rows:
            self.panel.show_nothing()
        elif started or self.panel.person is not None:
            self.table.choose_id(self.model.rows[0].id)

    def _show_row(self, login: str) -> None:
        """Shows the row as it was just read: choosing a row that is chosen already tells nobody."""
        self._row_chosen(self.model.rows[self.model.row_of(login)])

    # choosing ---------------------------------------------------------------------------------------------

    def open_with(self, argument: object) -> None:
        """A person's login, or a day of the work calendar."""
        if isinstance(argument, date):
            self.show_calendar()
            self.calendar.show_day(argument)
        elif isinstance(argument, str):
            self.tabs.setCurrentIndex(0)
            self._wanted = argument
            if not self.table.choose_id(argument):
                self._clear_filter()

    @property
    def shows_calendar(self) -> bool:
        """Whether the work calendar is in front."""
        return self.tabs.currentIndex() == 1

    @property
    def shows_bodies(self) -> bool:
        """Whether the bodies on papers are in front."""
        return self.tabs.currentIndex() == 2

    def show_bodies(self) -> None:
        """Brings the bodies on papers to the front."""
        self.tabs.setCurrentIndex(2)
        self.bodies.setFocus()

    def show_calendar(self) -> None:
        """Brings the work calendar to the front."""
        self.tabs.setCurrentIndex(1)
        self.calendar.setFocus()

    def _tab_chosen(self, tab: int) -> None:
        self._parts.setCurrentIndex(tab)
        self._panels.setCurrentIndex(tab)
        self.search.setVisible(tab == 0)
        self.new.setVisible(tab == 0 and self.session.person.group is Group.ADMIN)
        self._show_facts()
        self._reload_part()

    def _show_facts(self, _told: str = "") -> None:
        shown = (self._people_facts, self.calendar.facts, self.bodies.facts)
        self.facts.setText(shown[self.tabs.currentIndex()])

    def create(self) -> None:
        """Opens the form of a new person."""
        self.tabs.setCurrentIndex(0)
        self.table.clearSelection()
        self.panel.begin_create(self._page)

    def _row_chosen(self, person: PersonRow | None) -> None:
        if person is not None and self._page is not None:
            self.panel.show_person(person, self._page)

    def _filter_changed(self, _text: object = None) -> None:
        self.model.restart()

    def _chip_pressed(self) -> None:
        """One group and one standing at a time."""
        pressed = self.sender()
        for chips in (self._groups, self._standings):
            if pressed in chips.values():
                for chip in chips.values():
                    chip.setChecked(chip is pressed and chip.isChecked())
        self._filter_changed()

    def _clear_filter(self) -> None:
        for chip in (*self._groups.values(), *self._standings.values()):
            chip.setChecked(False)
        if self.search.text():
            self.search.clear()
        else:
            self._filter_changed()

    # acting -----------------------------------------------------------------------------------------------

    def _acted(self, came_to: Administered) -> None:
        if came_to.done:
            self._wanted = came_to.login
        self.session.announce(came_to.changes)

    def _decide(self, request: int, accept: bool) -> None:
        workspace = self.session.workspace

        def work(_task: Any) -> Administered:
            return administering.decide(workspace, request, accept=accept)

        self.session.operations.command(self, work, self._decided, failed=self._not_decided)

    def _decided(self, came_to: Administered) -> None:
        self.session.notice(
            "success", "已确认，立即生效。" if came_to.done else "申请已撤销，什么都没有改变。"
        )
        self._wanted = came_to.login if came_to.done else None
        self.session.announce(came_to.changes)

    def _not_decided(self, error: Exception) -> None:
        known = isinstance(error, PingdeskError)
        tone = "warning" if known and error.exit_code == 1 else "error"
        self.session.notice(tone, str(error) if known else "程序出错了，详情已记入日志。")
        self.reload()


def _checked(chips: dict[Any, Chip]) -> Any:
    return next((value for value, chip in chips.items() if chip.isChecked()), None)
