"""申诉: chips, search and list at the left, the chosen one or the form at the right."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from app.appeals import queries
from app.appeals.rows import Against, AppealFilter
from app.changes import Kind
from models.rules.appeals import State, Step
from views.appeals.columns import COLUMNS
from views.appeals.panel import AppealPanel
from views.records.listing import RecordList
from views.shell.actions import appeal_command
from views.shell.page import Page
from views.shell.parts import Button, Empty
from views.shell.session import Session
from views.tables.listed import beside

#: Steps that a person takes by hand.
BY_HAND = tuple(step for step in Step if step not in (Step.RECORD, Step.UNRECORD))


class AppealList(RecordList):
    """The appeals a person may see."""

    name, hint, key = "申诉列表", "搜索编号、办件、工作人员、事项、单位", "appeal"
    columns, states = COLUMNS, State
    clocks = (("overdue", "超期", "red"), ("soon", "即将到期", "amber"))

    def read(self, connection: Any, wanted: Any, after: Any, limit: int) -> Any:
        """One page of appeals."""
        return queries.page(connection, wanted, after=after, limit=limit)

    def count(self, connection: Any, wanted: Any) -> Any:
        """How many in each state."""
        return queries.counts(connection, wanted)


class AppealsPage(Page):
    """Staff against mistaken and malicious ratings (Art. 25)."""

    title = "申诉"
    shows = Kind.APPEALS | Kind.CALENDAR | Kind.TICKETS

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.panel = AppealPanel(session, self)
        empty = Empty("appeal", "没有申诉", "在工单详情的“申诉”一栏，对误评、恶意评价提出申诉。", self)
        empty.offer("去工单", "tickets").clicked.connect(lambda: session.go("tickets"))
        self.list = AppealList(session, self.panel, AppealFilter(), empty, parent=self)
        self.list.counted.connect(self._counted)
        column, _ = beside(self, self.panel)
        column.addWidget(self.list, 1)
        self.setFocusProxy(self.list.table)
        bind, panel = session.registry.bind, self.panel
        bind("referral.make_from_appeal", panel.refer, panel.can_refer)
        bind("appeal.days", panel.explain_days, panel.has_days)
        for step in BY_HAND:
            bind(appeal_command(step), partial(panel.begin, step), partial(panel.allows, step))

    def confirmation(self) -> Button | None:
        """Of what is filed, or of a step."""
        return self.panel.confirm

    def reload(self) -> None:
        """Reads the list and the chosen one again."""
        self.list.reload()

    def open_with(self, argument: object) -> None:
        """An appeal's id, a filter, or the ticket against whose rating one is to be filed."""
        if isinstance(argument, AppealFilter):
            self.list.open_filter(argument)
        elif isinstance(argument, Against):
            self.panel.begin_filing(argument.ticket)
        elif isinstance(argument, int):
            self.list.open_id(argument)

    def _counted(self, counts: Any) -> None:
        self.facts.setText(f"{counts.matching:,} 件")
        mine = (State.UPHELD_BY_AGENCY,) if self.session.is_officer else (State.FILED, State.RETURNED)
        waiting = sum(counts.states.get(state, 0) for state in mine)
        self.session.counted.emit("appeals", waiting, counts.overdue > 0)
