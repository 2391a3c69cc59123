"""转办: the lead agency proposed with its reason, co-agencies, and the due date before it is confirmed."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QSortFilterProxyModel, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QVBoxLayout, QWidget

from app.registry import queries as registry
from app.tickets import queries
from models.rules.lifecycle import NEEDS_REASON, Action
from views import dates
from views.shell.flow import Flow
from views.shell.parts import Button, Chip, clear, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.forms import ActionForm, field_row, text_area
from views.tickets.history import DayList


class _ByNameOrInitials(QSortFilterProxyModel):
    """Agencies whose name contains, or whose pinyin initials begin with, what was typed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._initials: dict[str, str] = {}
        self._needle = ""

    def know(self, initials: dict[str, str]) -> None:
        """Initials by name."""
        self._initials = initials

    def look_for(self, needle: str) -> None:
        """Filters."""
        self._needle = needle.strip().lower()
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent) -> bool:
        """Whether the agency fits."""
        name = self.sourceModel().index(source_row, 0).data()
        return self._needle in name.lower() or self._initials.get(name, "").lower().startswith(self._needle)


class AgencyField(QLineEdit):
    """An agency's name, completed by name or initials."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText("单位名称或拼音首字母")
        self.names: tuple[str, ...] = ()
        self._list = QStringListModel(self)
        self._proxy = _ByNameOrInitials(self)
        self._proxy.setSourceModel(self._list)
        self._completer = QCompleter(self._proxy, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(8)
        self._completer.setWidget(self)
        self._completer.activated.connect(self._complete)
        self.textEdited.connect(self._typed)

    def offer(self, agencies: tuple[Any, ...]) -> None:
        """The agencies that can be named."""
        self.names = tuple(a.name for a in agencies)
        self._proxy.know({a.name: a.initials or "" for a in agencies})
        self._list.setStringList(list(self.names))

    def matching(self, text: str) -> list[str]:
        """The names that fit what was typed, in standing order."""
        self._proxy.look_for(text)
        return [self._proxy.index(i, 0).data() for i in range(self._proxy.rowCount())]

    @property
    def agency(self) -> str | None:
        """The agency named exactly, or None."""
        text = self.text().strip()
        return text if text in self.names else None

    def _typed(self, text: str) -> None:
        found = self.matching(text)
        if text.strip() and found and found != [text.strip()]:
            self._completer.complete()
        else:
            self._completer.popup().hide()

    def _complete(self, name: str) -> None:
        self.setText(name)
        self.setCursorPosition(len(name))

    def focusOutEvent(self, event) -> None:
        """One match is taken as meant."""
        found = self.matching(self.text()) if self.text().strip() and self.agency is None else []
        if len(found) == 1 and event.reason() != Qt.FocusReason.PopupFocusReason:
            self._complete(found[0])
        super().focusOutEvent(event)


class DispatchForm(ActionForm):
    """Lead, co-agencies, due date with its explanation; a reason where the action needs one."""

    def __init__(self, action: Action, session: Session, detail: Any, parent: QWidget | None = None) -> None:
        super().__init__(action, parent)
        self._session, self._detail = session, detail
        self._proposal = ""
        self.lead = AgencyField("主办单位", self)
        self.why = label("正在查找建议单位…", "small", self, wrap=True)
        self.others = OtherAgencies(self)
        self.others.chosen.connect(self.lead.setText)
        self.due = label("—", "strong", self)
        self.explain = Button("逐日说明", kind="link", parent=self)
        self.explain.setCheckable(True)
        self.days = DayList(self)
        self.days.hide()
        self.co = CoAgencies(self)
        self.reason = text_area("理由", self, lines=2) if action in NEEDS_REASON else None
        self._lay_out()
        self.lead.textChanged.connect(self.edited)
        self.explain.toggled.connect(self.days.setVisible)
        session.query(self, registry.agencies, self._agencies, key="agencies")
        session.query(self, self._propose, self._proposed, key="proposal", failed=self._no_proposal)

    def _propose(self, connection: Any) -> Any:
        return queries.propose_dispatch(connection, self._detail.row.id)

    def _lay_out(self) -> None:
        self.column.addLayout(field_row("主办", self.lead, self))
        for said in (self.why, self.others):
            indent = row(17 + 2, spacing=0)
            indent.addWidget(said, 1)
            self.column.addLayout(indent)
        self.column.addLayout(field_row("协办", self.co, self))
        name = label("整改期限", "secondary", self)
        name.setFixedWidth(17 * UNIT)
        self.column.addLayout(row(name, self.due, None, self.explain, spacing=2))
        self.column.addWidget(self.days)
        if self.reason is not None:
            self.reason.textChanged.connect(self.edited)
            self.column.addWidget(self.reason)

    def problem(self) -> str | None:
        """A known lead is needed, and the reason where the rules say so."""
        if self.lead.agency is None:
            return "请选择主办单位。"
        if self.lead.agency in self.co.agencies():
            return "主办单位不能同时是协办单位。"
        if self.reason is not None and not self.reason.toPlainText().strip():
            return "请先写明理由。"
        return None

    def values(self) -> dict[str, Any]:
        """Lead, co-agencies and reason."""
        made: dict[str, Any] = {"lead": self.lead.agency, "co": self.co.agencies()}
        if self.reason is not None:
            made["reason"] = self.reason.toPlainText().strip()
        return made

    @property
    def touched(self) -> bool:
        """Whether anything differs from what was proposed."""
        changed = self.lead.text().strip() not in ("", self._proposal)
        return changed or bool(self.co.agencies() or self.co.field.text().strip() or self.words())

    @property
    def proposed(self) -> str:
        """The lead that was proposed, empty before."""
        return self._proposal

    def words(self) -> str:
        """The reason."""
        return self.reason.toPlainText().strip() if self.reason is not None else ""

    def _agencies(self, agencies: tuple[Any, ...]) -> None:
        self.lead.offer(agencies)
        self.co.offer(agencies)
        self.edited.emit()

    def _proposed(self, proposal: Any) -> None:
        self._proposal = proposal.agency
        if not self.lead.text():
            self.lead.setText(self._proposal)
        self.why.setText(f"依据：{proposal.why}")
        self.others.offer(proposal)
        today = self._session.today
        unsure = "　暂定" if proposal.provisional else ""
        self.due.setText(f"{dates.deadline(proposal.due_on, today)}{unsure}")
        self.days.show_days("整改期限", proposal.days, today)
        self.edited.emit()

    def _no_proposal(self, error: Exception) -> None:
        self.why.setText(f"没有建议单位，请自行选择（{error}）")
        self.due.setText("转办后计算")
        self.explain.hide()


class OtherAgencies(QWidget):
    """Where else it might go, as chips to be pressed; once another is chosen, the first one is among them."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._flow = Flow(self)
        self.chips: tuple[Chip, ...] = ()
        self.hide()

    def offer(self, proposal: Any) -> None:
        """Offers a proposal's others, and says why on hover."""
        clear(self._flow)
        self.chips = tuple(Chip(f"或：{one.agency}", self) for one in proposal.others)
        for chip, one in zip(self.chips, proposal.others, strict=True):
            chip.setToolTip(f"依据：{one.why}")
            chip.setAccessibleDescription(one.why)
            chip.clicked.connect(partial(self._press, one.agency))
            self._flow.addWidget(chip)
        self.setVisible(bool(self.chips))

    def _press(self, agency: str, _checked: bool = False) -> None:
        self.chosen.emit(agency)


class CoAgencies(QWidget):
    """Co-agencies as chips, and a field to add one."""

    def __init__(self, parent: DispatchForm) -> None:
        super().__init__(parent)
        self._form = parent
        self._chosen: list[str] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        self._holder = QWidget(self)
        self._flow = Flow(self._holder)
        self.field = AgencyField("添加协办单位", self)
        self.field.setPlaceholderText("需要时添加协办单位")
        self.field.textChanged.connect(self._typed)
        column.addWidget(self._holder)
        column.addWidget(self.field)
        self._holder.hide()

    def offer(self, agencies: tuple[Any, ...]) -> None:
        """The agencies that can be named."""
        self.field.offer(agencies)

    def agencies(self) -> tuple[str, ...]:
        """The co-agencies chosen."""
        return tuple(self._chosen)

    def typed(self) -> list[str]:
        """The co-agencies chosen, as a draft keeps them."""
        return list(self._chosen)

    def set_value(self, agencies: list[str]) -> None:
        """Chooses these."""
        self._chosen = [str(agency) for agency in agencies]
        self._show()

    def add(self, agency: str) -> None:
        """Adds one, once."""
        if agency not in self._chosen:
            self._chosen.append(agency)
            self._show()

    def _typed(self, _text: str) -> None:
        if (agency := self.field.agency) is not None:
            self.field.clear()
            self.add(agency)

    def _drop(self) -> None:
        self._chosen.remove(self.sender().text())
        self._show()

    def _show(self) -> None:
        clear(self._flow)
        for agency in self._chosen:
            chip = Chip(agency, self._holder, closable=True)
            chip.closed.connect(self._drop)
            self._flow.addWidget(chip)
            chip.show()
        self._holder.setVisible(bool(self._chosen))
        self._form.edited.emit()
