"""Particulars of what is done to many tickets: the same for all, or, for a dispatch, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from app.registry import queries as registry
from app.tickets import bulk
from app.tickets.bulk import Act, Proposals, Proposed
from models.rules.lifecycle import Action
from views import dates
from views.shell.parts import Button, label, row
from views.shell.session import Session
from views.tables.model import Column
from views.tickets.dispatch_form import AgencyField
from views.tickets.forms import MEANS, ActionForm, ReasonForm, RejectForm, field_row
from views.tickets.lines import LineTable

_ASKS_REASON = frozenset({Action.REMIND, Action.SUPERVISE})
_MEANS = MEANS | {Action.APPROVE: "按单位认定的属实、合理情况审核通过；5 个工作日内报送12345。"}

_LINES = (
    Column("number", "工单编号", 126, lambda p: p.row.number or p.row.case_number or "—",
           lambda p: p.row.item or "事项不明"),
    Column("agency", "主办单位", 150, lambda p: p.agency or "未定", lambda p: p.why, stretch=True),
)  # fmt: skip


class AlikeForm(ActionForm):
    """One set of particulars for all; without any, only what it means."""

    def __init__(self, action: Action, chosen: Sequence[Any], parent: QWidget) -> None:
        super().__init__(action, parent)
        self._chosen = tuple(chosen)
        self.inner = _inner(action, self)
        if self.inner is None:
            self.say(_MEANS.get(action, ""))
        else:
            self.inner.edited.connect(self.edited)
            self.column.addWidget(self.inner)

    def problem(self) -> str | None:
        """What the inner form misses."""
        return None if self.inner is None else self.inner.problem()

    def acts(self) -> tuple[Act, ...]:
        """One act a ticket."""
        values = {} if self.inner is None else self.inner.values()
        return tuple(bulk.act_on(ticket, self.action, values) for ticket in self._chosen)


def _inner(action: Action, parent: QWidget) -> ActionForm | None:
    if action is Action.REJECT:
        return RejectForm(action, parent)
    return ReasonForm(action, parent) if action in _ASKS_REASON else None


class DispatchLines(ActionForm):
    """Each ticket with the agency proposed and why; the chosen lines can be given another one."""

    def __init__(self, session: Session, chosen: Sequence[Any], parent: QWidget) -> None:
        super().__init__(Action.VERIFY_AND_DISPATCH, parent)
        self._ids = tuple(ticket.id for ticket in chosen)
        self._read = False
        self.due = label("正在查找建议单位…", "strong", self, wrap=True)
        self.table = LineTable("逐件主办单位", _LINES, self)
        self.table.chosen.connect(self._line_chosen)
        self.why = label("", "small", self, wrap=True)
        self.lead = AgencyField("所选行的主办单位", self)
        self.change = Button("改为此单位", parent=self)
        self.change.setEnabled(False)
        self.change.clicked.connect(self._change)
        self.lead.textChanged.connect(self._typed)
        self.lead.returnPressed.connect(self._change)
        self.column.addWidget(self.due)
        self.column.addWidget(self.table)
        self.column.addWidget(self.why)
        self.column.addLayout(field_row("主办改为", self.lead, self))
        self.column.addLayout(row(None, self.change))
        session.query(self, registry.agencies, self._agencies, key="agencies")
        session.query(self, self._propose, self._proposed, key="proposals", failed=self._not_proposed)
        self._today = session.today

    def _propose(self, connection: Any) -> Proposals:
        return bulk.proposals(connection, self._ids)

    def _agencies(self, agencies: tuple[Any, ...]) -> None:
        self.lead.offer(agencies)

    def _proposed(self, proposals: Proposals) -> None:
        self._read = True
        self.table.show_lines(proposals.lines)
        if proposals.due_on is not None:
            unsure = "（暂定）" if proposals.provisional else ""
            self.due.setText(f"整改期限 {dates.deadline(proposals.due_on, self._today)}{unsure}")
        if proposals.lines:
            self.table.choose_id(proposals.lines[0].id)
        self.edited.emit()

    def _not_proposed(self, error: Exception) -> None:
        self.due.setText(f"查不到建议单位：{error}")

    def problem(self) -> str | None:
        """Every line needs a known lead."""
        if not self._read or not self.table.lines():
            return "正在查找建议单位。"
        unknown = [line for line in self.table.lines() if not line.agency]
        return f"还有 {len(unknown)} 件没有主办单位。" if unknown else None

    def acts(self) -> tuple[Act, ...]:
        """One dispatch a line."""
        return tuple(bulk.act_on(line.row, self.action, {"lead": line.agency}) for line in self.table.lines())

    def _line_chosen(self, line: Proposed | None) -> None:
        self.why.setText(f"{line.row.item or '事项不明'}：{line.why}" if line is not None else "")

    def _typed(self, _text: str) -> None:
        self.change.setEnabled(self.lead.agency is not None)

    def _change(self) -> None:
        agency = self.lead.agency
        if agency is None:
            return
        chosen = {line.id for line in self.table.selected_rows()}
        self.table.show_lines(
            [
                replace(line, agency=agency, why="自行选择") if line.id in chosen else line
                for line in self.table.lines()
            ]
        )
        self.lead.clear()
        self._line_chosen(next((line for line in self.table.lines() if line.id in chosen), None))
        self.edited.emit()
