"""What is filled in: an order to be issued, and the words of a step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QWidget

from app.improvements import queries, words
from app.improvements.commands import Draft
from app.improvements.queries import Proposal
from app.rankings import queries as rankings
from app.registry import queries as registry
from models.rules.improvements import FEWEST_DAYS, MOST_DAYS, SHORT, USUAL_DAYS, Step, needs_text
from views import dates
from views.improvements.figures import FigureCard
from views.records.form import Form, WordsForm
from views.shell.parts import Button, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.dispatch_form import AgencyField
from views.tickets.forms import field_row, text_area
from views.tickets.history import DayList

#: What a step means, in a sentence shown before it is taken.
MEANS = {
    Step.ANSWER: "写明原因、措施和整改结果，交中心核查。",
    Step.RETURN: "退回单位继续整改，原期限不变。",
    Step.CANCEL: "通知不再执行，编号留着，写明理由。",
}
_HINTS = {Step.ANSWER: "原因、措施和整改结果", Step.RETURN: "哪些地方还没有整改到位"}
_ALL_ITEMS = "全部事项"


class OrderForm(Form):
    """Whom it is for, the months and item it rests on, the figures, what is demanded, and the due day."""

    def __init__(self, session: Session, proposal: Proposal | None, parent: QWidget | None = None) -> None:
        super().__init__(_draft_name(proposal), "下达", parent, title="提出限期整改")
        self._session = session
        self._item = proposal.item if proposal is not None else None
        self._staff = proposal.staff if proposal is not None else None
        self._worded = False
        self.prepared: Any = None
        self.agency = AgencyField("单位", self)
        self.agency.setText((proposal.agency if proposal is not None else None) or "")
        self.first, self.last = _months_field("起始月份", self), _months_field("截止月份", self)
        self.item = _Chosen("事项", self)
        self.subject = QLineEdit(self)
        self.subject.setMaxLength(SHORT)
        self.subject.setAccessibleName("整改事由")
        self.text = text_area("整改要求", self, lines=6)
        self.days = _Days(self)
        self.days.setRange(FEWEST_DAYS, MOST_DAYS)
        self.days.setValue(USUAL_DAYS)
        self.days.setSuffix(" 个工作日")
        self.days.setAccessibleName("期限")
        self.days.lineEdit().setTextMargins(2 * UNIT, 0, 0, 0)
        self._make_results()
        self._lay_out()
        if proposal is not None:
            self._begin_with(proposal)
        self._connect()
        session.query(self, registry.agencies, self._offer_agencies, key="improvement_agencies")
        session.query(self, rankings.months, self._offer_months, key="improvement_months")

    def _make_results(self) -> None:
        self.figures = FigureCard(self)
        self.figures.hide()
        self.due = label("—", "strong", self, wrap=True)
        self.why = Button("逐日说明", "down", "flat", self)
        self.why.setCheckable(True)
        self.list = DayList(self)
        self.list.hide()

    def _lay_out(self) -> None:
        column = self.column
        months = QWidget(self)
        span = row(self.first, label("至", "secondary", months), self.last)
        span.setStretch(0, 1)
        span.setStretch(2, 1)
        months.setLayout(span)
        about = ("事项", self.item)
        if self._staff is not None:
            about = ("窗口人员", label(self._staff.name, "strong", self))
            self.agency.setEnabled(False)
            self.item.hide()
        for name, field in (("单位", self.agency), ("统计时段", months), about):
            column.addLayout(field_row(name, field, self))
        column.addWidget(self.figures)
        for name, field in (("整改事由", self.subject), ("整改要求", self.text), ("期限", self.days)):
            column.addLayout(field_row(name, field, self))
        column.addLayout(field_row("到期", self.due, self))
        column.addLayout(row(19, self.why, None, spacing=0))
        column.addWidget(self.list)

    def _connect(self) -> None:
        self.agency.textChanged.connect(self._asked_anew)
        for field in (self.first, self.last, self.item):
            field.currentIndexChanged.connect(self._asked_anew)
        self.days.valueChanged.connect(self._asked_anew)
        self.subject.textEdited.connect(self._words_typed)
        self.text.textChanged.connect(self._words_typed)
        self.subject.textChanged.connect(self.edited)
        self.why.toggled.connect(self.list.setVisible)

    # what can be chosen -----------------------------------------------------------------------------------

    def _offer_agencies(self, agencies: tuple[Any, ...]) -> None:
        self.agency.offer(agencies)
        self._asked_anew()

    def _begin_with(self, proposal: Proposal) -> None:
        """The months it was opened for stand chosen."""
        for field, month in ((self.first, proposal.first), (self.last, proposal.last)):
            field.addItem(dates.month(month), month)

    def _offer_months(self, months: tuple[date, ...]) -> None:
        """Months with figures beside what is chosen, newest first."""
        for field in (self.first, self.last):
            chosen = field.currentData()
            field.blockSignals(True)
            field.clear()
            for month in sorted({*months, *((chosen,) if chosen else ())}, reverse=True):
                field.addItem(dates.month(month), month)
            field.setCurrentIndex(max(0, field.findData(chosen)))
            field.blockSignals(False)
        self._asked_anew()

    def _offer_items(self, items: tuple[str, ...]) -> None:
        self.item.blockSignals(True)
        self.item.clear()
        self.item.addItem(_ALL_ITEMS, None)
        for name in dict.fromkeys((*((self._item,) if self._item else ()), *items)):
            self.item.addItem(name, name)
        self.item.setCurrentIndex(max(0, self.item.findData(self._item)))
        self.item.blockSignals(False)

    # what follows from it ---------------------------------------------------------------------------------

    def _asked_anew(self) -> None:
        """Reads the figures and the due day for what is chosen now."""
        if self.item.count():
            self._item = self.item.currentData()
        self.edited.emit()
        first, last = self.first.currentData(), self.last.currentData()
        if first is None or last is None or last < first:
            return
        asked = Proposal(self.agency.agency, self._item, first, last, self._staff)
        days = self.days.value()

        def read(connection: Any) -> tuple[Any, Any]:
            items = queries.items_of(connection, asked.agency, first, last)
            return items, queries.prepare(connection, asked, days)

        self._session.query(self, read, self._show, key="improvement_prepared")

    def _show(self, answer: tuple[Any, Any]) -> None:
        items, self.prepared = answer
        self._offer_items(items)
        self.figures.show_figures(self.prepared.figures, self.prepared.labels)
        unsure = "　暂定" if self.prepared.provisional else ""
        self.due.setText(f"{dates.deadline(self.prepared.due_on, self._session.today)}{unsure}")
        self.list.show_days("整改期限", self.prepared.days, self._session.today)
        self._propose()
        self.edited.emit()

    def _propose(self) -> None:
        """Words the order from the figures until somebody words it themselves."""
        if self._worded:
            return
        whole = self.prepared
        self.subject.setText(self._staff.subject if self._staff else words.subject(self._item))
        self.text.blockSignals(True)
        self.text.setPlainText(
            words.staff_proposal(self._staff.name)
            if self._staff
            else words.proposal(whole.figures, whole.labels)
        )
        self.text.blockSignals(False)

    def _words_typed(self) -> None:
        self._worded = bool(self.subject.text().strip() or self.text.toPlainText().strip())
        self.edited.emit()

    # what was filled in -----------------------------------------------------------------------------------

    def values(self) -> Draft:
        """What was filled in."""
        today = self._session.today.replace(day=1)
        return Draft(
            self.agency.agency, self._item, self.first.currentData() or today, self.last.currentData() or today,
            self.subject.text().strip(), self.text.toPlainText().strip(), self.days.value(),
            self._staff.id if self._staff else None,
        )  # fmt: skip

    def problem(self) -> str | None:
        """What is missing, as a sentence."""
        return self.values().problem()

    def outcome(self) -> str:
        """To whom and until when; or that there is nothing to rest it on."""
        if self.prepared is None:
            return ""
        figures = self.prepared.figures
        if figures is not None and not figures.bad and not figures.tickets:
            return "这一时段没有差评，请核对单位、时段和事项。"
        due = dates.deadline(self.prepared.due_on, self._session.today)
        return f"将编号下达{self.agency.agency}，期限 {due}。下达后对方即可看到；要收回，须写明理由撤销。"

    @property
    def touched(self) -> bool:
        """Whether something was written that must not be lost."""
        return self._worded


def _draft_name(proposal: Proposal | None) -> str:
    """What is drawn up from a figure has a draft of its own."""
    if proposal is None:
        return "issue"
    about = proposal.item if proposal.staff is None else f"人员{proposal.staff.id}"
    return f"issue {proposal.agency} {about} {proposal.first} {proposal.last}"


def form_for(step: Step, parent: QWidget) -> Form | None:
    """The words of a step; None where it needs none."""
    if not needs_text(step):
        return None
    missing = "请先写明整改情况。" if step is Step.ANSWER else "请先写明理由。"
    return WordsForm(step, MEANS[step], _HINTS.get(step, "理由"), missing, parent)


class _Chosen(QComboBox):
    """A choice that is kept with a draft; `read`: what was kept as it is held here."""

    def __init__(self, name: str, parent: QWidget, read: Callable[[str], Any] = str) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._read = read

    def typed(self) -> str | None:
        """What is chosen, as it is kept."""
        return str(self.currentData()) if self.currentData() is not None else None

    def set_value(self, kept: str | None) -> None:
        """Chooses what was kept, whether or not it is offered yet."""
        data = self._read(kept) if kept is not None else None
        if data is not None and self.findData(data) < 0:
            self.addItem(dates.month(data) if isinstance(data, date) else str(data), data)
        self.setCurrentIndex(max(0, self.findData(data)) if self.count() else -1)


class _Days(QSpinBox):
    """Working days, kept with a draft."""

    def typed(self) -> int:
        """The number."""
        return self.value()

    def set_value(self, kept: Any) -> None:
        """Puts the number back."""
        self.setValue(int(kept))


def _months_field(name: str, parent: QWidget) -> _Chosen:
    return _Chosen(name, parent, date.fromisoformat)
