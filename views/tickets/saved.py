"""Filters kept under a name: the chip that opens them, what can be done with them, and the one that is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.errors import UserError
from app.tickets import queries, saved
from app.tickets.queries import Order, SavedFilter, TicketFilter
from views.shell import icons, theme
from views.shell.actions import command
from views.shell.parts import Chip
from views.shell.session import Session
from views.tickets.saved_strip import SavedStrip

#: What can be done with the filter that is shown, in the order of the menu.
_COMMANDS = ("save", "update", "rename", "watch", "share", "unshare", "drop")


class SavedFilters(QObject):
    """`opened(SavedFilter)`: its rows are to be listed; `left`: all filters are to be cleared."""

    opened = Signal(object)
    left = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.kept: tuple[SavedFilter, ...] = ()
        self.active: SavedFilter | None = None
        self._counts: dict[int, int] = {}
        self._wanted: tuple[TicketFilter, Order] = (TicketFilter(), Order.NEWEST)
        self._choose: int | None = None
        self._entries: dict[int, QAction] = {}
        self._named: Callable[[str], None] = self._save_as
        self.chip = Chip("常用筛选", parent, icon="down")
        self.chip.setToolTip("存下来的筛选：打开、保存、改名、提醒（Ctrl+Shift+F）")
        self.name = Chip("", parent, icon="filter", checkable=True, closable=True)
        self.change = Chip("", parent, tone="amber", icon="save")
        self.strip = SavedStrip(parent)
        self._connect()
        self._show_chips()

    def _connect(self) -> None:
        self.chip.clicked.connect(self.open_menu)
        self.name.clicked.connect(self.open_menu)
        self.name.closed.connect(self.left)
        self.change.clicked.connect(self._keep_change)
        self.strip.named.connect(self._name_given)
        self.strip.watched.connect(self._watch_above)
        self.strip.left.connect(self._give_focus_back)
        bind = self._session.registry.bind
        bind("tickets.filters", self.open_menu, self._in_sight)
        for what in _COMMANDS:
            bind(f"tickets.filter_{what}", getattr(self, f"_{what}"), partial(self._allows, what))

    @property
    def chips(self) -> tuple[Chip, ...]:
        """What stands before the other chips."""
        return self.chip, self.name, self.change

    # what is kept -----------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Reads the kept filters again; others may have shared some."""
        self._session.query(self, queries.saved_filters, self._show, key="saved")

    def _show(self, kept: tuple[SavedFilter, ...]) -> None:
        self.kept = kept
        by_id = {one.id: one for one in kept}
        if self._choose is not None:
            self.active, self._choose = by_id.get(self._choose), None
        elif self.active is not None:
            self.active = by_id.get(self.active.id)
        self._show_chips()

    def count(self) -> None:
        """Counts what each lists, as it is kept now, for the menu that is open."""
        person = self._session.person

        def read(connection: Any) -> tuple[tuple[SavedFilter, int | None], ...]:
            return tuple((one, _count(connection, one, person)) for one in queries.saved_filters(connection))

        self._session.query(self, read, self._counted, key="saved counts")

    def _counted(self, counted: tuple[tuple[SavedFilter, int | None], ...]) -> None:
        self._show(tuple(one for one, _ in counted))
        self._counts = {one.id: count for one, count in counted if count is not None}
        for one in self.kept:
            if (entry := self._entries.get(one.id)) is not None:
                entry.setText(self._entry_text(one))
                entry.setData(one)

    # what is shown ----------------------------------------------------------------------------------------

    def open(self, one: SavedFilter) -> None:
        """Lists what a kept filter lists."""
        self.active = one
        self._wanted = (one.filter, one.order)
        self._show_chips()
        self.opened.emit(one)
        if one.trouble:
            self._session.notice("warning", one.trouble)

    def leave(self) -> None:
        """What is listed comes from no kept filter."""
        self.active = None
        self._show_chips()

    def show_wanted(self, wanted: TicketFilter, order: Order) -> None:
        """What is listed now."""
        self._wanted = (wanted, order)
        if self.active is not None and wanted == TicketFilter() and not self.active.fits(wanted, order):
            self.active = None  # everything was cleared
        self._show_chips()

    @property
    def changed(self) -> bool:
        """Whether the conditions of the kept filter that is shown were changed."""
        return self.active is not None and not self.active.fits(*self._wanted)

    def _show_chips(self) -> None:
        one = self.active
        self.chip.setVisible(one is None)
        self.name.setVisible(one is not None)
        self.name.setText(one.name if one else "")
        self.name.setAccessibleName(f"常用筛选“{self.name.text()}”，按空格键打开菜单，按删除键不再用它")
        self.name.setToolTip("" if one is None or one.own else f"{one.owner}共享的筛选")
        self.name.setChecked(True)
        self.change.setVisible(self.changed)
        self.change.setText("已改动 · 保存" if one is None or one.own else "已改动 · 另存")
        self.change.setAccessibleName(self.change.text())
        for chip in self.chips:
            chip.updateGeometry()
        holder = self.chip.parentWidget()
        if holder is not None and holder.layout() is not None:
            holder.layout().invalidate()

    # the menu ---------------------------------------------------------------------------------------------

    def menu(self) -> QMenu:
        """One's own filters, those that are shared, and what can be done with the one that is shown."""
        menu = QMenu(self.chip.parentWidget())
        self._entries = {}
        for title, own in (("我的", True), ("共享的", False)):
            listed = [one for one in self.kept if one.own is own]
            if listed:
                menu.addAction(title).setEnabled(False)
            for one in listed:
                self._entry(menu, one)
        if not self.kept:
            menu.addAction("还没有存下的筛选").setEnabled(False)
        menu.addSeparator()
        able = [what for what in _COMMANDS if self._session.registry.available(f"tickets.filter_{what}")]
        for what in able:
            self._command(menu, command(f"tickets.filter_{what}"))
        if not able:
            menu.addAction("选好筛选条件后，可以在这里存下").setEnabled(False)
        return menu

    def _entry(self, menu: QMenu, one: SavedFilter) -> None:
        action = menu.addAction(self._entry_text(one))
        action.setCheckable(True)
        if self.active is not None and self.active.id == one.id:
            action.setChecked(True)
            action.setFont(theme.font(bold=True))
        if one.above is not None:
            action.setIcon(icons.icon("remind", "secondary"))
            action.setToolTip(f"超过 {one.above:,} 件时提醒我")
        action.setData(one)
        action.triggered.connect(self._picked)
        self._entries[one.id] = action

    def _entry_text(self, one: SavedFilter) -> str:
        whose = f"（{one.owner}）" if not one.own else "（已共享）" if one.shared else ""
        name = f"{one.name}{whose}".replace("&", "&&")
        count = self._counts.get(one.id)
        return name if count is None else f"{name}\t{count:,} 件"

    def _command(self, menu: QMenu, what: Any) -> None:
        action = menu.addAction(icons.icon(what.icon, "text"), what.title.removeprefix("常用筛选："))
        action.setData(what.id)
        action.triggered.connect(self._ran)

    def open_menu(self) -> None:
        """Opens the menu under its chip; the counts come as they are read."""
        self.name.setChecked(True)
        menu = self.menu()
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(self._menu_left)
        menu.aboutToHide.connect(menu.deleteLater)
        chip = self.chip if self.active is None else self.name
        menu.popup(chip.mapToGlobal(chip.rect().bottomLeft()))
        self.count()

    def _menu_left(self) -> None:
        self._entries = {}

    def _picked(self) -> None:
        self.open(self.sender().data())

    def _ran(self) -> None:
        self._session.registry.run(self.sender().data())

    # what can be done -------------------------------------------------------------------------------------

    def _in_sight(self) -> bool:
        return self.chip.isVisible() or self.name.isVisible()

    def _name_given(self, name: str) -> None:
        self._named(name)

    def _allows(self, what: str) -> bool:
        one, officer = self.active, self._session.is_officer
        if not self._in_sight():
            return False
        if what == "save":
            return self._wanted != (TicketFilter(), Order.NEWEST) and (one is None or self.changed)
        if one is None:
            return False
        if what == "drop":
            return one.own or (officer and one.shared)
        allowed = {"update": self.changed, "share": officer and not one.shared, "unshare": one.shared}
        return what == "watch" or (one.own and allowed.get(what, True))

    def _save(self) -> None:
        others = self.active is not None and not self.active.own
        self._named = self._save_as
        self.strip.ask_name("存为常用筛选", self.active.name if self.active and others else "", "保存")

    def _save_as(self, name: str) -> None:
        work = partial(saved.save, name=name, wanted=self._wanted[0], order=self._wanted[1])
        self._do(work, f"已存为常用筛选“{name}”。", self._made)

    def _made(self, done: Any) -> None:
        self._choose = done.id

    def _update(self) -> None:
        one, (wanted, order) = self._shown, self._wanted
        self._do(partial(saved.update, kept=one, wanted=wanted, order=order), f"已更新“{one.name}”。")

    def _keep_change(self) -> None:
        run = "update" if self._shown.own else "save"
        self._session.registry.run(f"tickets.filter_{run}")

    def _rename(self) -> None:
        self._named = self._rename_to
        self.strip.ask_name("改名", self._shown.name, "改名")

    def _rename_to(self, name: str) -> None:
        self._do(partial(saved.rename, kept=self._shown, name=name), f"已改名为“{name}”。")

    def _watch(self) -> None:
        self.strip.ask_number(self._shown.above)

    def _watch_above(self, above: int | None) -> None:
        one = self._shown
        told = (
            f"“{one.name}”超过 {above:,} 件时会提醒您。" if above is not None else f"“{one.name}”不再提醒。"
        )
        self._do(partial(saved.watch, kept=one, above=above), told)

    def _share(self) -> None:
        one = self._shown
        self._do(partial(saved.share, kept=one, shared=True), f"“{one.name}”已共享给中心和各单位。")

    def _unshare(self) -> None:
        one = self._shown
        self._do(partial(saved.share, kept=one, shared=False), f"“{one.name}”不再共享。")

    def _drop(self) -> None:
        one = self._shown
        others = "，别人在它上面设的提醒也没有了" if one.shared else ""
        self._do(partial(saved.drop, kept=one), f"已删除常用筛选“{one.name}”{others}。",
                 undo=partial(self._bring_back, one))  # fmt: skip

    def _bring_back(self, one: SavedFilter) -> None:
        if self._session.is_open:
            whose = "" if one.own else "，改由您保存"
            self._do(partial(saved.bring_back, kept=one), f"已恢复“{one.name}”{whose}。", self._made)

    @property
    def _shown(self) -> SavedFilter:
        """The kept filter that is shown; its commands are bound to be run only then."""
        if self.active is None:
            raise RuntimeError("no kept filter is shown")
        return self.active

    def _do(
        self,
        work: Callable[[Any], Any],
        told: str,
        then: Callable[[Any], None] | None = None,
        undo: Callable[[], None] | None = None,
    ) -> None:
        def run(connection: Any) -> tuple[Any, ...]:
            return work(connection), told, then, undo

        self._session.command(self, run, self._done, failed=self._failed)

    def _done(self, answer: tuple[Any, ...]) -> None:
        done, told, then, undo = answer
        if then is not None:
            then(done)
        self.strip.leave()
        self.reload()
        self._session.announce(done.changes)
        self._session.notice("success", told, "撤销" if undo else "", undo)

    def _failed(self, error: Exception) -> None:
        """What was typed stays, to be changed and tried again."""
        self._session.notice("warning" if isinstance(error, UserError) else "error", str(error))

    def _give_focus_back(self) -> None:
        (self.chip if self.active is None else self.name).setFocus()


def _count(connection: Any, one: SavedFilter, person: Any) -> int | None:
    """How many tickets a kept filter lists; None where it is not fully understood."""
    return queries.count(connection, one.filter, person=person, order=one.order) if one.known else None
