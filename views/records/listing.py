"""The list of records beside their panel: chips by clock and state, search, rows; the selection is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from views.records.panel import RecordPanel
from views.shell.flow import Flow
from views.shell.parts import Button, Chip, Empty, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tables.listed import ListCard
from views.tables.model import Column, PagedModel


class RecordList(QWidget):
    """`counted(counts)` after each reading. A subclass says what it lists and by which chips."""

    counted = Signal(object)

    #: Read out for the table, which also keeps its columns' widths under it; words of the search field.
    name, hint = "", ""
    #: Names its readings.
    key = ""
    columns: tuple[Column, ...] = ()
    #: Flag of the filter (and number of the counts), word and tone of each chip by clock.
    clocks: tuple[tuple[str, str, str], ...] = (("overdue", "超期", "red"),)
    #: Each has a `label`; the values of the filter's `state`.
    states: ClassVar[Any] = ()

    def read(self, connection: Any, wanted: Any, after: Any, limit: int) -> Any:
        """One page of rows; a list that is read whole gives no next."""
        raise NotImplementedError

    def count(self, connection: Any, wanted: Any) -> Any:
        """What stands on the chips."""
        raise NotImplementedError

    def __init__(
        self,
        session: Session,
        panel: RecordPanel,
        everything: Any,
        empty: Empty,
        *tools: Button,
        parent: QWidget | None = None,
    ) -> None:
        """`everything`: the filter that leaves nothing out; `tools` stand beside the search."""
        super().__init__(parent)
        self._session, self._panel = session, panel
        self.filter = everything
        panel.acted.connect(self._acted)
        panel.began.connect(self.mark_shown)
        self.model = PagedModel(self.columns, self._ask, self)
        self.model.loaded.connect(self._loaded)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * UNIT)
        column.addWidget(self._make_chips())
        column.addLayout(self._make_tools(tools))
        self.card = ListCard(self.name, self.model, empty, self)
        self.table = self.card.table
        self.table.chosen.connect(self._row_chosen)
        column.addWidget(self.card, 1)
        self.setFocusProxy(self.table)

    def _make_chips(self) -> QWidget:
        holder = QWidget(self)
        flow = Flow(holder)
        #: By flag of the filter, and by state.
        self.clock_chips = {
            flag: Chip(word, holder, tone=tone, checkable=True) for flag, word, tone in self.clocks
        }
        self.state_chips = {state: Chip(state.label, holder, checkable=True) for state in self.states}
        for chip in (*self.clock_chips.values(), *self.state_chips.values()):
            chip.clicked.connect(self._chip_pressed)
            flow.addWidget(chip)
        return holder

    def _make_tools(self, tools: tuple[Button, ...]) -> Any:
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.hint)
        self.search.setAccessibleName(self.hint)
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(40 * UNIT)
        self.search.textChanged.connect(self._searched)
        line = row(self.search, *tools)
        line.setStretch(0, 1)
        return line

    # reading ----------------------------------------------------------------------------------------------

    def _ask(self, key: Any, limit: int) -> None:
        wanted = self.filter
        self._session.query(self, lambda c: self.read(c, wanted, key, limit), self.model.arrived,
                            key=f"{self.key}_list", failed=self._not_read)  # fmt: skip

    def _not_read(self, error: Exception) -> None:
        self.model.failed()
        self._session.notice("error", str(error), "重试", self.reload)

    def reload(self) -> None:
        """Reads the listed rows, the counts and the chosen one again."""
        self.model.refresh()
        self._read_counts()
        self._panel.reload()

    def _read_counts(self) -> None:
        wanted = self.filter
        self._session.query(
            self, lambda c: self.count(c, wanted), self._show_counts, key=f"{self.key}_counts"
        )

    def _show_counts(self, counts: Any) -> None:
        for flag, chip in self.clock_chips.items():
            chip.set_count(getattr(counts, flag))
        for state, chip in self.state_chips.items():
            chip.set_count(counts.states.get(state, 0))
        self.counted.emit(counts)

    def _loaded(self, started: bool) -> None:
        self.card.show_rows()
        shown = self._panel.number
        if started and self.model.rows and self._panel.form is None and self.model.row_of(shown) is None:
            # It may be the current row already: what was left of the list handed the mark on.
            self.open_id(self.model.rows[0].id)
        else:
            self.mark_shown()

    def mark_shown(self) -> None:
        """The row of what stands at the right is the current one, or none is."""
        if self._panel.number is None or not self.table.choose_id(self._panel.number):
            self.table.choose_nothing()

    # choosing ---------------------------------------------------------------------------------------------

    def open_id(self, number: int) -> None:
        """Shows a record at the right, unless something is being written there."""
        if self._may_leave(number):
            self._panel.load(number)
            self.mark_shown()

    def _row_chosen(self, chosen: Any) -> None:
        if chosen is None or self.model.merging or self._panel.number == chosen.id:
            return
        if self._may_leave(chosen.id):
            self._panel.load(chosen.id)
        else:
            QTimer.singleShot(0, self, self.mark_shown)

    def _may_leave(self, wanted: int) -> bool:
        """Whether what stands at the right may give way to another; its form is closed then."""
        if self._panel.typing and self._panel.number != wanted:
            self._session.notice("warning", "右边还有没有办完的内容，请先确认或取消。")
            return False
        if not self._panel.typing:
            self._panel.close_form()
        return True

    def _chip_pressed(self) -> None:
        """One chip at a time, by clock or by state; pressed again it lets everything through."""
        pressed = self.sender()
        flags = {flag: chip is pressed and chip.isChecked() for flag, chip in self.clock_chips.items()}
        state = next(
            (s for s, chip in self.state_chips.items() if chip is pressed and chip.isChecked()), None
        )
        self.change(replace(self.filter, state=state, **flags))

    def _searched(self, text: str) -> None:
        self.change(replace(self.filter, search=text))

    def open_filter(self, wanted: Any) -> None:
        """Lists what another page asked for."""
        self.search.setText(wanted.search)
        self.change(wanted)

    def change(self, wanted: Any) -> None:
        """Lists what a filter lets through."""
        self.filter = wanted
        for flag, chip in self.clock_chips.items():
            chip.setChecked(getattr(wanted, flag))
        for state, chip in self.state_chips.items():
            chip.setChecked(wanted.state is state)
        self.model.restart()
        self._read_counts()

    def _acted(self, done: Any) -> None:
        self._session.announce(done.changes)
