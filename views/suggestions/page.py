"""意见建议: chips, search and list at the left, the chosen one or the form at the right."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from app.changes import Kind
from app.suggestions import queries
from app.suggestions.queries import SuggestionFilter
from models.rules.suggestions import State, Step
from views.shell.actions import suggestion_command
from views.shell.flow import Flow
from views.shell.page import Page
from views.shell.parts import Button, Chip, Empty, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.suggestions.columns import COLUMNS
from views.suggestions.panel import SuggestionPanel
from views.tables.listed import ListCard, beside
from views.tables.model import PagedModel


class SuggestionsPage(Page):
    """What was left in boxes, books and mailboxes (Art. 16)."""

    title = "意见建议"
    shows = Kind.SUGGESTIONS | Kind.CALENDAR | Kind.REGISTRY

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.filter = SuggestionFilter()
        self.panel = SuggestionPanel(session, self)
        self.panel.acted.connect(self._acted)
        self.model = PagedModel(COLUMNS, self._ask, self)
        self.model.loaded.connect(self._loaded)
        self._lay_out()
        self.setFocusProxy(self.table)
        bind = session.registry.bind
        bind("suggestion.record", self.panel.begin_recording)
        bind("suggestion.contact", self.panel.contact.ask, self.panel.contact.allows)
        bind("suggestion.days", self.panel.toggle_days, self.panel.has_days)
        for step in Step:
            bind(suggestion_command(step), partial(self.panel.begin, step), partial(self.panel.allows, step))

    def _lay_out(self) -> None:
        column, _ = beside(self, self.panel)
        chips = QWidget(self)
        self._make_chips(chips)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("搜索意见、地点、单位")
        self.search.setAccessibleName("搜索意见")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(40 * UNIT)
        self.search.textChanged.connect(self._searched)
        self.record = Button("登记意见", "add", "primary", self)
        self.record.setToolTip("Ctrl+Shift+Y")
        self.record.clicked.connect(self.panel.begin_recording)
        column.addWidget(chips)
        tools = row(self.search, self.record)
        tools.setStretch(0, 1)
        column.addLayout(tools)
        empty = Empty("suggestion", "没有意见", "从意见箱、意见簿、邮箱收到的，按“登记意见”录入。", self)
        self._card = ListCard("意见列表", self.model, empty, self)
        self.table = self._card.table
        self.table.chosen.connect(self._row_chosen)
        column.addWidget(self._card, 1)

    def _make_chips(self, parent: QWidget) -> None:
        flow = Flow(parent)
        self.overdue = Chip("超期", parent, tone="red", checkable=True)
        self.overdue.clicked.connect(self._overdue_pressed)
        flow.addWidget(self.overdue)
        self.states: dict[State, Chip] = {}
        for state in State:
            chip = Chip(state.label, parent, checkable=True)
            chip.clicked.connect(self._state_pressed)
            self.states[state] = chip
            flow.addWidget(chip)

    def confirmation(self) -> Button | None:
        """Of what is recorded, or of a step."""
        return self.panel.confirm if self.panel.form is not None else None

    # reading ----------------------------------------------------------------------------------------------

    def _ask(self, key: Any, limit: int) -> None:
        wanted = self.filter
        self.session.query(self, lambda c: queries.page(c, wanted, after=key, limit=limit), self.model.arrived,
                           key="suggestions", failed=self._not_read)  # fmt: skip

    def _not_read(self, error: Exception) -> None:
        self.model.failed()
        self.session.notice("error", str(error), "重试", self.reload)

    def reload(self) -> None:
        """Reads the listed rows, the counts and the chosen one again."""
        self.model.refresh()
        self._read_counts()
        if self.panel.suggestion_id is not None:
            self.panel.load(self.panel.suggestion_id)

    def _read_counts(self) -> None:
        wanted = self.filter
        self.session.query(
            self, lambda c: queries.counts(c, wanted), self._show_counts, key="suggestion_counts"
        )

    def _show_counts(self, counts: Any) -> None:
        self.facts.setText(f"{counts.matching:,} 件")
        self.overdue.set_count(counts.overdue)
        for state, chip in self.states.items():
            chip.set_count(counts.states.get(state, 0))
        mine = (State.RECORDED, State.ANSWERED) if self.session.is_officer else (State.DISPATCHED,)
        waiting = sum(counts.states.get(state, 0) for state in mine)
        self.session.counted.emit("suggestions", waiting, counts.overdue > 0)

    def _loaded(self, started: bool) -> None:
        self._card.show_rows()
        shown = self.panel.suggestion_id
        if shown is not None and self.model.row_of(shown) is not None:
            self.table.choose_id(shown)
        elif started and self.model.rows and self.panel.form is None:
            self.table.choose_id(self.model.rows[0].id)
        else:
            self.table.choose_nothing()

    # choosing ---------------------------------------------------------------------------------------------

    def open_with(self, argument: object) -> None:
        """A suggestion's id, or a filter."""
        if isinstance(argument, SuggestionFilter):
            self.search.setText(argument.search)
            self._change(argument)
        elif isinstance(argument, int) and self._may_leave(argument):
            self.panel.load(argument)

    def _row_chosen(self, chosen: Any) -> None:
        if chosen is None or self.model.merging or self.panel.suggestion_id == chosen.id:
            return
        if self._may_leave(chosen.id):
            self.panel.load(chosen.id)

    def _may_leave(self, wanted: int) -> bool:
        """Whether what stands at the right may give way to another; its form is closed then."""
        if self.panel.typing and self.panel.suggestion_id != wanted:
            self.session.notice("warning", "右边还有没有登记的内容，请先登记或取消。")
            return False
        if not self.panel.typing:
            self.panel.close_form()
        return True

    def _overdue_pressed(self) -> None:
        self._change(replace(self.filter, overdue=self.overdue.isChecked(), state=None))

    def _state_pressed(self) -> None:
        pressed = next(state for state, chip in self.states.items() if chip is self.sender())
        self._change(
            replace(self.filter, overdue=False, state=None if self.filter.state is pressed else pressed)
        )

    def _searched(self, text: str) -> None:
        self._change(replace(self.filter, search=text))

    def _change(self, wanted: SuggestionFilter) -> None:
        self.filter = wanted
        self.overdue.setChecked(wanted.overdue)
        for state, chip in self.states.items():
            chip.setChecked(wanted.state is state)
        self.model.restart()
        self._read_counts()

    def _acted(self, done: Any) -> None:
        self.session.announce(done.changes)
