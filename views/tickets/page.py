"""工单: chips and list at the left, the chosen ticket at the right."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QStackedWidget, QWidget

from app.appeals.rows import Against
from app.changes import Kind
from app.errors import UserError
from app.rankings import queries as rankings
from app.registry import queries as registry
from app.tickets import bulk, queries
from app.tickets.export import Wish
from app.tickets.queries import Order, SavedFilter, TicketFilter, Waiting
from models.rules.lifecycle import BY_HAND, Action
from views.shell.actions import ticket_command
from views.shell.page import Page
from views.shell.parts import Button, Chip, Empty, icon_button
from views.shell.session import Session
from views.tables.listed import ListCard, beside
from views.tables.model import PagedModel
from views.tickets.bulk import BulkPanel
from views.tickets.columns import COLUMNS
from views.tickets.drill import Drill
from views.tickets.export import ExportBar
from views.tickets.filters import FilterBar
from views.tickets.panel import TicketPanel
from views.tickets.papers import TicketPapers
from views.tickets.report import reading
from views.tickets.saved import SavedFilters


@dataclass(frozen=True)
class Counts:
    """All that match, and what waits, for the chips."""

    matching: int
    waiting: dict[Any, int]


class TicketsPage(Page):
    """The list an officer lives in all day."""

    title = "工单"
    shows = Kind.TICKETS | Kind.RATINGS | Kind.CALENDAR | Kind.REGISTRY

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._by_deadline = False
        self._counted: int | None = None
        self._wanted: int | None = None
        self._advance = False
        #: Whether all that is listed was chosen, beyond the rows that were fetched.
        self._everything = False
        self.panel = TicketPanel(session, self)
        self.panel.acted.connect(self._acted)
        self.bulk = BulkPanel(session, self)
        self.bulk.acted.connect(session.announce)
        self.bulk.all_wanted.connect(self.choose_all)
        self.bulk.left.connect(self._bulk_left)
        self.bulk.export_wanted.connect(self.choose_export)
        self.export = ExportBar(session, self)
        self.model = PagedModel(COLUMNS, self._ask, self)
        self.model.loaded.connect(self._loaded)
        self.saved = SavedFilters(session, self)
        self.saved.opened.connect(self._saved_opened)
        self.saved.left.connect(self._leave_saved)
        self.filters = FilterBar(self, before=self.saved.chips)
        self.filters.changed.connect(self._filter_changed)
        self._lay_out()
        self.papers = TicketPapers(session, self.panel, self._split, self)
        self.layout().addWidget(self.papers.preview)
        self.setFocusProxy(self.table)
        session.query(self, self._read_choices, self._offer, key="choices")
        session.registry.bind("ticket.contact", self.panel.contact.ask, self._allows_contact)
        session.registry.bind("referral.make", self.panel.refer, self.panel.can_refer)
        session.registry.bind("appeal.file", self._file_appeal, lambda: self.panel.ticket_id is not None)
        session.registry.bind("ticket.similar", self.panel.show_similar, self._allows_similar)
        alike = self.panel.sheets.similar
        session.registry.bind("ticket.duplicate", alike.reject_as_duplicate, alike.allows_duplicate)
        for action in BY_HAND:
            session.registry.bind(
                ticket_command(action), partial(self._begin, action), partial(self._allows, action)
            )
        session.registry.bind("tickets.all", self.choose_all, self._allows_all)
        session.registry.bind("tickets.answers", self.choose_answers, self._allows_answers)
        session.registry.bind("tickets.export", self.choose_export, self._allows_export)

    def _file_appeal(self) -> None:
        if self.panel.ticket_id is not None:
            self.session.go("appeals", Against(self.panel.ticket_id))

    def _lay_out(self) -> None:
        self._side = QStackedWidget(self)
        self._side.addWidget(self.panel)
        self._side.addWidget(self.bulk)
        column, self._split = beside(self, self._side)
        column.addLayout(self._make_chips())
        column.addWidget(self.saved.strip)
        column.addWidget(self.export)
        empty = Empty("empty", "没有符合条件的工单", "去掉一些筛选条件，或者换一个月份。", self)
        empty.offer("清除全部筛选", "filter").clicked.connect(self._clear_filter)
        self._card = ListCard("工单列表", self.model, empty, self)
        self.table = self._card.table
        self.table.chosen.connect(self._row_chosen)
        self.table.selected.connect(self._selection_changed)
        column.addWidget(self._card, 1)

    def _make_chips(self) -> QHBoxLayout:
        chips = QHBoxLayout()
        chips.addWidget(self.filters, 1)
        self._order_chip = Chip("按期限", self, icon="soon", checkable=True)
        self._order_chip.setToolTip("只列有期限在走的工单，先到期的在前")
        self._order_chip.clicked.connect(self._change_order)
        save = icon_button("save", "导出所列或所选的工单（Ctrl+E）", self)
        save.clicked.connect(self.choose_export)
        parts: list[QWidget] = [self._order_chip, save]
        if self.session.is_officer:
            answers = icon_button("finish", "登记12345返回文件", self)
            answers.clicked.connect(self.choose_answers)
            parts.append(answers)
        for part in parts:
            chips.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        return chips

    def confirmation(self) -> Button | None:
        """Of the many chosen, or of the one."""
        return self.bulk.confirm if self.bulk.wanted else self.panel.confirm

    # reading ----------------------------------------------------------------------------------------------

    def _ask(self, key: Any, limit: int) -> None:
        chosen, person, order = self.filters.filter, self.session.person, self._order()

        def read(connection: Any) -> Any:
            return queries.page(connection, chosen, person=person, order=order, after=key, limit=limit)

        self.session.query(self, read, self._page_read, key="page", failed=self._not_read)

    def _page_read(self, page: Any) -> None:
        self.model.arrived(page)

    def _not_read(self, error: Exception) -> None:
        self.model.failed()
        self.session.notice("error", str(error), "重试", self.reload)

    def reload(self) -> None:
        """Reads the listed rows, the counts and the chosen ticket again."""
        self.model.refresh()
        self.saved.reload()
        self._read_counts()
        if self._everything and not self.bulk.pinned:
            self.choose_all()
        if self.panel.ticket_id is not None:
            self.panel.load(self.panel.ticket_id)

    def _read_counts(self) -> None:
        chosen, person, order = self.filters.filter, self.session.person, self._order()
        kinds = (Waiting.ME, Waiting.OVERDUE, Waiting.DUE_SOON)

        def read(connection: Any) -> Counts:
            waiting = {w: queries.count(connection, TicketFilter(waiting=w), person=person) for w in kinds}
            return Counts(queries.count(connection, chosen, person=person, order=order), waiting)

        self.session.query(self, read, self._show_counts, key="counts")

    def _show_counts(self, counts: Counts) -> None:
        self.filters.set_counts(counts.waiting)
        mine = counts.waiting[Waiting.ME]
        shown = f"{counts.matching:,} 件" + ("，只列有期限的" if self._by_deadline else "")
        hidden = (self._counted or 0) - counts.matching
        shown += f"，另有 {hidden:,} 件由其他单位办理，不在您可查看的范围" if hidden > 0 else ""
        self.facts.setText(shown + (f"，{mine:,} 件待我处理" if mine else ""))
        self.bulk.set_listed(counts.matching)
        self.session.counted.emit("tickets", mine, False)

    def _read_choices(self, connection: Any) -> tuple[tuple[str, ...], tuple]:
        return tuple(a.name for a in registry.agencies(connection)), rankings.months(connection)

    def _offer(self, choices: tuple) -> None:
        self.filters.offer(*choices)

    # choosing ---------------------------------------------------------------------------------------------

    def open_with(self, argument: object) -> None:
        """A filter, kept or not, a figure to open, the deadline order, or a ticket's id."""
        if argument is not None:
            self.papers.close()
        counted = argument.counted if isinstance(argument, Drill) else None
        argument = argument.filter if isinstance(argument, Drill) else argument
        if argument is Order.DEADLINE:
            self.saved.leave()
            self._show_filter(TicketFilter(), Order.DEADLINE)
        elif isinstance(argument, SavedFilter):
            self.saved.open(argument)
        elif isinstance(argument, TicketFilter):
            self.saved.leave()
            self._show_filter(argument, Order.NEWEST)
            self._counted = counted
        elif isinstance(argument, int):
            self._wanted = argument
            self.panel.load(argument)
            if not self.table.choose_id(argument):
                self._clear_filter()

    def _saved_opened(self, kept: SavedFilter) -> None:
        self._show_filter(kept.filter, kept.order)

    def _leave_saved(self) -> None:
        self.saved.leave()
        self._show_filter(TicketFilter(), Order.NEWEST)

    def _show_filter(self, wanted: TicketFilter, order: Order) -> None:
        self._by_deadline = order is Order.DEADLINE
        self._order_chip.setChecked(self._by_deadline)
        self.filters.show_filter(wanted)
        self._filter_changed(wanted)

    def _filter_changed(self, _chosen: object) -> None:
        self._counted = None
        self._everything = False
        self._list_anew()

    def _list_anew(self) -> None:
        self.saved.show_wanted(self.filters.filter, Order.DEADLINE if self._by_deadline else Order.NEWEST)
        self.model.restart()
        self._read_counts()

    def _clear_filter(self) -> None:
        self.filters.show_filter(TicketFilter())
        self._filter_changed(None)

    def _change_order(self) -> None:
        self._by_deadline = self._order_chip.isChecked()
        self._list_anew()

    def _order(self) -> Order:
        """What runs out first, where every listed ticket has a clock; else the newest first."""
        clocks = self.filters.filter.waiting in (Waiting.OVERDUE, Waiting.TODAY, Waiting.DUE_SOON)
        return Order.DEADLINE if self._by_deadline or clocks else Order.NEWEST

    def _loaded(self, started: bool) -> None:
        self._card.show_rows()
        wanted, self._wanted = self._wanted, None
        advance, self._advance = self._advance, False
        if wanted is not None:
            self.table.choose_id(wanted)
        else:
            following = self.table.currentIndex().row() if advance and not started else 0
            self._keep_choice(max(following, 0) if started or advance else None)

    def _keep_choice(self, otherwise: int | None) -> None:
        """The ticket at the right stays chosen; where it left the list, the row `otherwise`, or none."""
        if self._everything:
            self.table.selectAll()
        self._selection_changed()
        if self.bulk.wanted:
            return
        shown, rows = self.panel.ticket_id, self.model.rows
        if shown is not None and self.model.row_of(shown) is not None:
            if self.table.current_id() != shown:
                self.table.choose_id(shown)
        elif self.panel.typing or otherwise is None:
            self.table.choose_nothing()
        elif rows:
            self.table.choose_id(rows[otherwise].id)
            self.panel.load(self.table.current_id())
        else:
            self.panel.show_nothing()

    def _row_chosen(self, row: Any) -> None:
        if row is None or self.model.merging:
            return  # rows that leave the list hand the mark to their neighbour; nobody chose it
        if self.panel.ticket_id != row.id:
            self.panel.load(row.id)

    # many -------------------------------------------------------------------------------------------------

    def choose_all(self) -> None:
        """Chooses all that is listed, also what was not fetched yet."""
        chosen, person, order = self.filters.filter, self.session.person, self._order()

        def read(connection: Any) -> Any:
            return bulk.rows(connection, bulk.ids(connection, chosen, person=person, order=order))

        self.session.query(self, read, self._all_read, key="all", failed=self._not_all)

    def _all_read(self, rows: Any) -> None:
        self._everything = True
        self.table.selectAll()
        self.bulk.choose(rows)
        self._show_side()

    def _not_all(self, error: Exception) -> None:
        self.session.notice("warning" if isinstance(error, UserError) else "error", str(error))

    def choose_export(self) -> None:
        """Asks where the listed tickets go, or, where many are chosen, the chosen ones."""
        chosen = tuple(row.id for row in self.bulk.rows) if self.bulk.wanted else None
        self.export.ask(Wish(self.filters.filter, self._order(), chosen))

    def choose_answers(self) -> None:
        """Asks for the file that 12345 returned."""
        dialog = QFileDialog(self.window(), "登记12345返回文件", "", "表格 (*.xlsx *.xls *.csv)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.read_answers)
        dialog.open()

    def read_answers(self, name: str) -> None:
        """Reads a returned file; nothing is entered before it was looked at."""
        work = reading(self.session.workspace, Path(name))
        self.session.operations.query(self, work, self._answers_read, key="answers", failed=self._not_all)

    def _answers_read(self, lines: Any) -> None:
        if not self.bulk.pinned:
            self.bulk.open_answers(lines)
            self._show_side()

    def _allows_answers(self) -> bool:
        return self.isVisible() and not self.bulk.pinned

    def _allows_export(self) -> bool:
        return self._split.isVisible() and bool(self.model.rows) and self.export.idle

    def _selection_changed(self) -> None:
        if self.model.merging:
            return  # told once the rows are in place
        chosen = self.table.selected_rows()
        if self._everything and len(chosen) == len(self.model.rows):
            return
        self._everything = False
        self.bulk.choose(chosen)
        self._show_side()

    def _show_side(self) -> None:
        self._side.setCurrentWidget(self.bulk if self.bulk.wanted else self.panel)

    def _bulk_left(self) -> None:
        """Back to the one ticket that the list's mark stands on."""
        self._everything = False
        at = self.table.currentIndex().row()
        self.table.choose_nothing()
        self.bulk.choose(())
        self._show_side()
        if self.model.rows:
            self.table.choose_id(self.model.rows[min(max(at, 0), len(self.model.rows) - 1)].id)
        self.table.setFocus()

    def _begin(self, action: Action) -> None:
        if self.bulk.wanted:
            self.bulk.begin(action)
        else:
            self.panel.begin(action)

    def _allows_all(self) -> bool:
        return self._split.isVisible() and bool(self.model.rows) and not self.bulk.pinned

    def _allows(self, action: Action) -> bool:
        if self.bulk.wanted:
            return self._split.isVisible() and self.bulk.allows(action)
        return (
            self._split.isVisible() and self.panel.detail is not None and action in self.panel.detail.allowed
        )

    def _allows_contact(self) -> bool:
        return self._split.isVisible() and self.panel.contact.allows()

    def _allows_similar(self) -> bool:
        return self._split.isVisible() and not self.bulk.wanted and self.panel.detail is not None

    def _acted(self, done: Any) -> None:
        self._advance = True
        if self.panel.isAncestorOf(QApplication.focusWidget()):
            self.table.setFocus()
        self.session.announce(done.changes)
