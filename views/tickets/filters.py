"""The chips above the ticket list: combined, they make the filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.tickets.queries import TicketFilter, Waiting
from app.tickets.words import as_closed
from models.rules.lifecycle import State
from models.rules.ratings import Satisfaction
from views import dates
from views.shell.flow import Flow
from views.shell.parts import Chip

#: Waiting kinds that have a chip of their own, with their tones.
_WAITING = ((Waiting.ME, "grey"), (Waiting.OVERDUE, "red"), (Waiting.DUE_SOON, "amber"))


class FilterBar(QWidget):
    """`changed(TicketFilter)` when a chip was pressed."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, before: Sequence[Chip] = ()) -> None:
        """`before`: chips that stand before those of the conditions."""
        super().__init__(parent)
        self.filter = TicketFilter()
        self._agencies: tuple[str, ...] = ()
        self._months: tuple[date, ...] = ()
        flow = Flow(self)
        for chip in before:
            flow.addWidget(chip)
        self._waiting: dict[Any, Chip] = {}
        for waiting, tone in _WAITING:
            chip = Chip(waiting.label, self, tone=tone, checkable=True)
            chip.clicked.connect(self._waiting_pressed)
            self._waiting[waiting] = chip
            flow.addWidget(chip)
        self._set: dict[str, Chip] = {}
        for name in (
            "waiting",
            "state",
            "month",
            "at_close",
            "agency",
            "level",
            "facets",
            "counted",
            "search",
        ):
            chip = Chip("", self, closable=True, checkable=True)
            chip.setProperty("filter", name)
            chip.closed.connect(self._drop)
            chip.clicked.connect(self._keep_checked)
            chip.hide()
            self._set[name] = chip
            flow.addWidget(chip)
        self.more = Chip("筛选", self, icon="filter")
        self.more.clicked.connect(self._open_menu)
        flow.addWidget(self.more)

    def offer(self, agencies: tuple[str, ...], months: tuple[date, ...]) -> None:
        """The agencies and months that can be filtered by."""
        self._agencies, self._months = agencies, months

    def set_counts(self, counts: dict[Any, int]) -> None:
        """The counts behind the waiting chips."""
        for waiting, chip in self._waiting.items():
            chip.set_count(counts.get(waiting))

    def show_filter(self, chosen: TicketFilter) -> None:
        """Shows a filter without telling about it."""
        self.filter = chosen
        for waiting, chip in self._waiting.items():
            chip.setChecked(chosen.waiting is waiting)
        words = {
            "waiting": chosen.waiting.label if chosen.waiting and chosen.waiting not in self._waiting else "",
            "state": "、".join(s.label for s in State if s in chosen.states),
            "month": "" if as_closed(chosen) else _months(chosen),
            "at_close": as_closed(chosen),
            "agency": chosen.agency or "",
            "level": Satisfaction(chosen.level).label if chosen.level else "",
            "facets": "、".join(facet.said for facet in chosen.facets),
            "counted": "计入统计的" if chosen.counted else "",
            "search": f"“{chosen.search}”" if chosen.search else "",
        }
        for name, chip in self._set.items():
            chip.setText(words[name])
            chip.setAccessibleName(f"{words[name]}，按删除键去掉")
            chip.setChecked(True)
            chip.setVisible(bool(words[name]))
            chip.updateGeometry()
        self.layout().invalidate()
        self.updateGeometry()

    def menu(self) -> QMenu:
        """The menu of everything that can be filtered by."""
        menu = QMenu(self)
        states = menu.addMenu("状态")
        for state in State:
            self._entry(states, state.label, "state", state, checked=state in self.filter.states)
        levels = menu.addMenu("等级")
        for level in (Satisfaction.DISSATISFIED, Satisfaction.VERY_DISSATISFIED):
            self._entry(levels, level.label, "level", int(level), checked=self.filter.level == level)
        for waiting in (Waiting.TODAY, Waiting.CALL_BACK):
            self._entry(menu, waiting.label, "waiting", waiting, checked=self.filter.waiting is waiting)
        months = menu.addMenu("月份")
        for month in self._months:
            self._entry(months, dates.month(month), "month", month, checked=self.filter.month == month)
        agencies = menu.addMenu("单位")
        for agency in self._agencies:
            self._entry(agencies, agency, "agency", agency, checked=self.filter.agency == agency)
        for sub, values in ((months, self._months), (agencies, self._agencies)):
            sub.setEnabled(bool(values))
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
            self._change(TicketFilter())
        elif name == "state":
            self._change(replace(self.filter, states=self.filter.states ^ {value}))
        else:
            self._change(self._with(name, None if getattr(self.filter, name) == value else value))

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _waiting_pressed(self) -> None:
        pressed = next(w for w, chip in self._waiting.items() if chip is self.sender())
        self._change(replace(self.filter, waiting=None if self.filter.waiting is pressed else pressed))

    def _keep_checked(self) -> None:
        self.sender().setChecked(True)

    def _drop(self) -> None:
        name = str(self.sender().property("filter"))
        empty: dict[str, object] = {"state": frozenset(), "search": "", "counted": False, "facets": ()}
        field = "states" if name == "state" else name
        self._change(self._with(field, empty.get(name)))

    def _with(self, field: str, value: object) -> TicketFilter:
        """The filter with one condition changed; another month ends a span of months, and may be an open one."""
        more: dict[str, object] = {"last_month": None, "at_close": None} if field == "month" else {}
        return replace(self.filter, **{field: value}, **more)

    def _change(self, chosen: TicketFilter) -> None:
        self.show_filter(chosen)
        self.changed.emit(chosen)


def _months(chosen: TicketFilter) -> str:
    """The month or span of months in words."""
    if chosen.month is None:
        return ""
    if chosen.last_month in (None, chosen.month):
        return dates.month(chosen.month)
    return f"{dates.month(chosen.month)} 至 {dates.month(chosen.last_month)}"
