"""意见建议: chips, search and list at the left, the chosen one or the form at the right."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from app.changes import Kind
from app.suggestions import queries
from app.suggestions.queries import SuggestionFilter
from models.rules.suggestions import State, Step
from views.records.listing import RecordList
from views.shell.actions import suggestion_command
from views.shell.page import Page
from views.shell.parts import Button, Empty
from views.shell.session import Session
from views.suggestions.columns import COLUMNS
from views.suggestions.panel import SuggestionPanel
from views.tables.listed import beside


class SuggestionList(RecordList):
    """The suggestions a person may see."""

    name, hint, key = "意见列表", "搜索意见、地点、单位", "suggestion"
    columns, states = COLUMNS, State

    def read(self, connection: Any, wanted: Any, after: Any, limit: int) -> Any:
        """One page of suggestions."""
        return queries.page(connection, wanted, after=after, limit=limit)

    def count(self, connection: Any, wanted: Any) -> Any:
        """How many in each state."""
        return queries.counts(connection, wanted)


class SuggestionsPage(Page):
    """What was left in boxes, books and mailboxes (Art. 16)."""

    title = "意见建议"
    shows = Kind.SUGGESTIONS | Kind.CALENDAR | Kind.REGISTRY

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.panel = SuggestionPanel(session, self)
        self.record = Button("登记意见", "add", "primary", self)
        self.record.setToolTip("Ctrl+Shift+Y")
        self.record.clicked.connect(self.panel.begin_recording)
        empty = Empty("suggestion", "没有意见", "从意见箱、意见簿、邮箱收到的，按“登记意见”录入。", self)
        self.list = SuggestionList(session, self.panel, SuggestionFilter(), empty, self.record, parent=self)
        self.list.counted.connect(self._counted)
        column, _ = beside(self, self.panel)
        column.addWidget(self.list, 1)
        self.setFocusProxy(self.list.table)
        self._bind()

    def _bind(self) -> None:
        bind, panel = self.session.registry.bind, self.panel
        bind("suggestion.record", panel.begin_recording)
        bind("suggestion.contact", panel.contact.ask, panel.contact.allows)
        bind("suggestion.days", panel.explain_days, panel.has_days)
        for step in Step:
            bind(suggestion_command(step), partial(panel.begin, step), partial(panel.allows, step))

    def confirmation(self) -> Button | None:
        """Of what is recorded, or of a step."""
        return self.panel.confirm

    def reload(self) -> None:
        """Reads the list and the chosen one again."""
        self.list.reload()

    def open_with(self, argument: object) -> None:
        """A suggestion's id, or a filter."""
        if isinstance(argument, SuggestionFilter):
            self.list.open_filter(argument)
        elif isinstance(argument, int):
            self.list.open_id(argument)

    def _counted(self, counts: Any) -> None:
        self.facts.setText(f"{counts.matching:,} 件")
        mine = (State.RECORDED, State.ANSWERED) if self.session.is_officer else (State.DISPATCHED,)
        waiting = sum(counts.states.get(state, 0) for state in mine)
        self.session.counted.emit("suggestions", waiting, counts.overdue > 0)
