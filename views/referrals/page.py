"""线索移送: chips, search and list at the left, the chosen one or the form at the right."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from app.changes import Kind
from app.referrals import queries
from app.referrals.queries import ReferralFilter, Source
from models.rules.referrals import State, Step
from views.records.listing import RecordList
from views.referrals.columns import COLUMNS
from views.referrals.panel import ReferralPanel
from views.shell.actions import referral_command
from views.shell.page import Page
from views.shell.parts import Button, Empty
from views.shell.session import Session
from views.tables.listed import beside


class ReferralList(RecordList):
    """Those that this person may see; few, and read whole."""

    name, hint, key = "线索移送列表", "搜索编号、部门、事由、内容", "referral"
    columns, states, clocks = COLUMNS, State, ()

    def read(self, connection: Any, wanted: Any, after: Any, limit: int) -> Any:
        """All that fit."""
        return queries.page(connection, wanted)

    def count(self, connection: Any, wanted: Any) -> Any:
        """How many in each state."""
        return queries.counts(connection, wanted)


class ReferralsPage(Page):
    """Hints of misconduct handed to a department (Guide 8.2)."""

    title = "线索移送"
    shows = Kind.REFERRALS

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.panel = ReferralPanel(session, self)
        empty = Empty("lock", "没有线索移送", "在工单或申诉的“更多”里选择“移送线索”。", self)
        self.list = ReferralList(session, self.panel, ReferralFilter(), empty, parent=self)
        self.list.counted.connect(self._counted)
        column, _ = beside(self, self.panel)
        column.addWidget(self.list, 1)
        self.setFocusProxy(self.list.table)
        for step in Step:
            session.registry.bind(
                referral_command(step), partial(self.panel.begin, step), partial(self.panel.allows, step)
            )

    def confirmation(self) -> Button | None:
        """Of what is made, or of a step."""
        return self.panel.confirm

    def reload(self) -> None:
        """Reads the list and the chosen one again."""
        self.list.reload()

    def open_with(self, argument: object) -> None:
        """What a referral is to come from, or a referral's id."""
        if isinstance(argument, Source):
            self.panel.begin_making(argument)
        elif isinstance(argument, int):
            self.list.open_id(argument)

    def _counted(self, counts: Any) -> None:
        self.facts.setText(f"{counts.matching:,} 件，只有知情人和中心负责人看得到（指南 8.2）")
