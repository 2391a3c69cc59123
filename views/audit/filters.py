"""The chips above the log: matters, and what else was chosen; combined, they make the filter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QMenu, QVBoxLayout, QWidget

from app.audit.queries import EventFilter, Somebody
from models.rules import events
from models.rules.events import Matter
from views import dates
from views.shell.flow import Flow
from views.shell.parts import Chip
from views.shell.theme import UNIT


@dataclass(frozen=True)
class Span:
    """A stretch of days with its name."""

    name: str
    since: date
    until: date


def spans(today: date) -> tuple[Span, ...]:
    """The stretches that are offered."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    return (
        Span("今天", today, today),
        Span("昨天", today - timedelta(days=1), today - timedelta(days=1)),
        Span("最近 7 天", today - timedelta(days=6), today),
        Span("本月", month, today),
        Span("上月", before.replace(day=1), before),
        Span("今年", today.replace(month=1, day=1), today),
    )


class EventFilters(QWidget):
    """`changed(EventFilter)` when a chip was pressed or words were typed."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter = EventFilter()
        self._people: tuple[Somebody, ...] = ()
        self._today = date.min
        self._ticket_name = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("搜索人员、事项、工单或内容，按回车")
        self.search.setAccessibleName("搜索审计记录")
        self.search.returnPressed.connect(self._typed)
        self.search.textChanged.connect(self._emptied)
        column.addWidget(self.search)
        holder = QWidget(self)
        self._flow = Flow(holder)
        self._make_chips(holder)
        column.addWidget(holder)

    def _make_chips(self, holder: QWidget) -> None:
        self._matters: dict[Matter, Chip] = {}
        for matter in Matter:
            chip = Chip(matter.label, holder, checkable=True)
            chip.clicked.connect(self._matter_pressed)
            self._matters[matter] = chip
            self._flow.addWidget(chip)
        self._set: dict[str, Chip] = {}
        for name in ("action", "actor", "days", "ticket", "search"):
            chip = Chip("", holder, closable=True, checkable=True)
            chip.setProperty("filter", name)
            chip.closed.connect(self._drop)
            chip.clicked.connect(self._keep_checked)
            chip.hide()
            self._set[name] = chip
            self._flow.addWidget(chip)
        self.more = Chip("筛选", holder, icon="filter")
        self.more.clicked.connect(self._open_menu)
        self._flow.addWidget(self.more)

    def offer(self, people: tuple[Somebody, ...], today: date) -> None:
        """The people that can be filtered by, and the day that stretches end with."""
        self._people, self._today = people, today

    def narrow(self, *, ticket: tuple[int, str] | None = None, actor: str | None = None) -> None:
        """Adds one ticket, or one person, to the conditions."""
        if ticket is not None:
            self._ticket_name = ticket[1]
            self._change(replace(self.filter, ticket=ticket[0]))
        if actor is not None:
            self._change(replace(self.filter, actor=actor))

    def clear(self) -> None:
        """Takes every condition away."""
        self._change(EventFilter())

    def _show(self) -> None:
        chosen = self.filter
        for matter, chip in self._matters.items():
            chip.setChecked(chosen.matter is matter)
        words = {
            "action": events.label(chosen.action) if chosen.action else "",
            "actor": self._name_of(chosen.actor) if chosen.actor else "",
            "days": self._days(chosen),
            "ticket": self._ticket_name if chosen.ticket is not None else "",
            "search": f"“{chosen.search}”" if chosen.search else "",
        }
        for name, chip in self._set.items():
            chip.setText(words[name])
            chip.setAccessibleName(f"{words[name]}，按删除键去掉")
            chip.setChecked(True)
            chip.setVisible(bool(words[name]))
            chip.updateGeometry()
        if self.search.text().strip() != chosen.search:
            self.search.setText(chosen.search)
        self._flow.invalidate()
        self.updateGeometry()

    def _name_of(self, login: str) -> str:
        return next((somebody.name for somebody in self._people if somebody.login == login), login)

    def _days(self, chosen: EventFilter) -> str:
        if chosen.since is None or chosen.until is None:
            return ""
        for span in spans(self._today):
            if (span.since, span.until) == (chosen.since, chosen.until):
                return span.name
        return f"{dates.plain_day(chosen.since, self._today)} 至 {dates.plain_day(chosen.until, self._today)}"

    # choosing ---------------------------------------------------------------------------------------------

    def menu(self) -> QMenu:
        """The menu of everything that can be filtered by."""
        menu = QMenu(self)
        days = menu.addMenu("时间")
        for span in spans(self._today):
            self._entry(days, span.name, "days", span, checked=self._days(self.filter) == span.name)
        whats = menu.addMenu("事项")
        for matter in Matter:
            own = whats.addMenu(matter.label)
            for action in matter.actions:
                self._entry(own, events.label(action), "action", action, checked=self.filter.action == action)
        people = menu.addMenu("人员")
        people.setEnabled(bool(self._people))
        for who in self._people:
            text = f"{who.name}（{who.login}）"
            self._entry(people, text, "actor", who.login, checked=self.filter.actor == who.login)
        menu.addSeparator()
        self._entry(menu, "清除全部筛选", "clear", None)
        return menu

    def _entry(self, menu: QMenu, text: str, name: str, value: object, *, checked: bool = False) -> None:
        action = menu.addAction(text)
        action.setCheckable(name != "clear")
        action.setChecked(checked)
        action.setData((name, value))
        action.triggered.connect(self._picked)

    def _picked(self) -> None:
        name, value = self.sender().data()
        if name == "clear":
            self.clear()
        elif name == "days":
            same = self._days(self.filter) == value.name
            self._change(self._without("days") if same else self._spanning(value))
        else:
            picked = None if getattr(self.filter, name) == value else value
            self._change(
                replace(self._without("matter") if name == "action" else self.filter, **{name: picked})
            )

    def _spanning(self, span: Span) -> EventFilter:
        return replace(self.filter, since=span.since, until=span.until)

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _matter_pressed(self) -> None:
        pressed = next(m for m, chip in self._matters.items() if chip is self.sender())
        chosen = None if self.filter.matter is pressed else pressed
        self._change(replace(self._without("action"), matter=chosen))

    def _keep_checked(self) -> None:
        self.sender().setChecked(True)

    def _drop(self) -> None:
        self._change(self._without(str(self.sender().property("filter"))))

    def _without(self, name: str) -> EventFilter:
        empty: dict[str, Any] = {"days": {"since": None, "until": None}, "search": {"search": ""}}
        return replace(self.filter, **empty.get(name, {name: None}))

    def _typed(self) -> None:
        self._change(replace(self.filter, search=self.search.text().strip()))

    def _emptied(self, text: str) -> None:
        if not text and self.filter.search:
            self._typed()

    def _change(self, chosen: EventFilter) -> None:
        self.filter = chosen
        self._show()
        self.changed.emit(chosen)
