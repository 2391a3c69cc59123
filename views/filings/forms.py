"""What is filled in: a new filing with what it would hold, and the words of a step."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.clock import month_start
from app.filings import queries
from app.filings.commands import Draft
from app.filings.rows import Candidate, period
from models.rules.filings import Kind, Step
from views import dates
from views.records.form import Form, WordsForm
from views.shell.parts import Button, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.forms import Choice, field_row, text_area

#: What a step means, in a sentence shown before it is taken.
MEANS = {
    Step.RETURN: "退回给中心说明或补充；报送的内容不变。",
    Step.RESUBMIT: "写明补充的说明后再次报送；报送的内容不变，说明印在备案报告上。",
    Step.CANCEL: "撤销后编号保留；其中的申诉恢复为“已修正”，可以重新报送。",
}
_HINTS = {Step.RETURN: "退回的意见", Step.RESUBMIT: "补充的说明", Step.CANCEL: "撤销的理由"}
_ID = Qt.ItemDataRole.UserRole + 1
#: Months offered, and lines of the preview in sight.
_MONTHS, _LINES = 36, 8


class MonthChoice(QComboBox):
    """One of the last months, this one first."""

    def __init__(self, name: str, today: date, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        month = month_start(today)
        for _ in range(_MONTHS):
            self.addItem(dates.month(month), month.isoformat())  # a day would be found by identity only
            month = month_start(date.fromordinal(month.toordinal() - 1))

    @property
    def month(self) -> date:
        """The 1st of the month chosen."""
        return date.fromisoformat(self.currentData())

    def typed(self) -> str:
        """As a draft keeps it."""
        return str(self.currentData())

    def set_value(self, value: Any) -> None:
        """Chooses a month that a draft kept."""
        self.setCurrentIndex(max(0, self.findData(value)))


class CandidateList(QWidget):
    """What would be filed, ticked; what is not ticked is left out."""

    edited = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.said = label("", "small", self, wrap=True)
        self.all = Button("全选", None, "link", self)
        self.none = Button("全不选", None, "link", self)
        self.list = QListWidget(self)
        self.list.setAccessibleName("要报送的内容")
        self.list.setUniformItemSizes(True)
        self.list.setFixedHeight(2 * 7 * UNIT)
        self.list.itemChanged.connect(self._ticked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        line = row(self.said, self.all, self.none)
        line.setStretch(0, 1)
        column.addLayout(line)
        column.addWidget(self.list)
        for button, ticked in ((self.all, True), (self.none, False)):
            button.clicked.connect(partial(self._tick_all, ticked))
        self.setFocusProxy(self.list)

    def offer(self, found: tuple[Candidate, ...]) -> None:
        """Lists what there is; what was left out before stays left out."""
        left_out = {self._id(item) for item in self._items() if not self._is_ticked(item)}
        self.list.blockSignals(True)
        self.list.clear()
        for one in found:
            words = "　".join((one.agency, one.item or "事项不明", one.reference, one.result))
            item = QListWidgetItem(words, self.list)
            item.setToolTip(words)
            item.setData(_ID, one.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(_check(one.id not in left_out))
        self.list.blockSignals(False)
        self.list.setFixedHeight(min(max(len(found), 2), _LINES) * 7 * UNIT)
        self._ticked()

    def chosen(self) -> tuple[int, ...]:
        """The ids ticked."""
        return tuple(self._id(item) for item in self._items() if self._is_ticked(item))

    def leave_out(self, number: int) -> None:
        """Takes the tick from one."""
        for item in self._items():
            if self._id(item) == number:
                item.setCheckState(_check(False))

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(n) for n in range(self.list.count())]

    def _id(self, item: QListWidgetItem) -> int:
        return int(item.data(_ID))

    def _is_ticked(self, item: QListWidgetItem) -> bool:
        return item.checkState() is Qt.CheckState.Checked

    def _tick_all(self, ticked: bool, _checked: bool = False) -> None:
        self.list.blockSignals(True)
        for item in self._items():
            item.setCheckState(_check(ticked))
        self.list.blockSignals(False)
        self._ticked()

    def _ticked(self) -> None:
        total = self.list.count()
        self.said.setText(f"选中 {len(self.chosen()):,} / {total:,} 条" if total else "没有要报送的")
        self.edited.emit()


def _check(ticked: object) -> Qt.CheckState:
    return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked


class FilingForm(Form):
    """Kind and months, what would be filed, and a note."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("filing", "报送", parent, title="报送备案")
        self._session = session
        self._read = False
        self.kind = Choice({kind: kind.label for kind in Kind}, self)
        self.kind.setAccessibleName("种类")
        self.first = MonthChoice("起始月份", session.today, self)
        self.last = MonthChoice("截止月份", session.today, self)
        self.found = CandidateList(self)
        self.note = text_area("说明（可以不写），印在备案报告上", self, lines=4)
        self._basis = label("", "small", self, wrap=True)
        self.column.addLayout(field_row("种类", self.kind, self))
        self.column.addLayout(field_row("月份", self._months(), self))
        self.column.addWidget(self._basis)
        self.column.addWidget(self.found)
        self.column.addLayout(field_row("说明", self.note, self))
        self.kind.set_value(Kind.CORRECTIONS)
        self.kind.edited.connect(self.look_again)
        for month in (self.first, self.last):
            month.currentIndexChanged.connect(self.look_again)
        self.found.edited.connect(self.edited)
        self.note.textChanged.connect(self.edited)
        self.look_again()
        session.query(self, queries.first_unfiled, self._begin, key="filing_begin")

    def _months(self) -> QWidget:
        holder = QWidget(self)
        holder.setLayout(row(self.first, label("至", "secondary", holder), self.last, None, spacing=2))
        holder.setFocusProxy(self.first)
        return holder

    def _begin(self, month: date | None) -> None:
        """Begins with the oldest correction that waits to be filed."""
        if month is not None:
            self.first.set_value(month.isoformat())

    def fields(self) -> dict[str, Any]:
        """Only the note is kept as a draft: what there is to file changes from day to day."""
        return {"note": self.note}

    def look_again(self) -> None:
        """Reads what there is to file."""
        self._read = False
        kind, first, last = self._kind, self.first.month, self.last.month
        self._basis.setText(_BASES[kind])
        self.edited.emit()
        if first <= last:
            self._session.query(self, lambda c: queries.candidates(c, kind, first, last), self._found,
                                key="filing_candidates")  # fmt: skip

    @property
    def _kind(self) -> Kind:
        return self.kind.value() or Kind.CORRECTIONS

    def _found(self, found: tuple[Candidate, ...]) -> None:
        self._read = True
        self.found.offer(found)

    def values(self) -> Draft:
        """What was put together."""
        note = self.note.toPlainText().strip()
        return Draft(self._kind, self.first.month, self.last.month, self.found.chosen(), note)

    def problem(self) -> str | None:
        """What is missing, as a sentence."""
        draft = self.values()
        if draft.first <= draft.last and not self._read:
            return "正在读取要报送的内容…"
        if draft.first <= draft.last and not self.found.list.count():
            return "这段时间没有需要备案的内容，请换月份或种类。"
        return draft.problem()

    def outcome(self) -> str:
        """What will be filed, and that it is frozen."""
        draft = self.values()
        left = self.found.list.count() - len(draft.ids)
        out = f"，留下 {left:,} 条" if left else ""
        said = f"将报送{period(draft.first, draft.last)}{draft.kind.label} {len(draft.ids):,} 条{out}。内容报送时冻结。"
        return said + ("其中的申诉记为“已备案”。" if draft.kind is Kind.CORRECTIONS else "")

    @property
    def touched(self) -> bool:
        """Whether something was written that must not be lost."""
        return bool(self.note.toPlainText().strip())


_BASES = {
    Kind.CORRECTIONS: "月份按中心决定修正的日期算，列出还没有备案的（细则第二十五条）。",
    Kind.RECTIFICATIONS: "月份按评价的日期算，列出已整改、还没有备案的工单（细则第三条）。",
}


def form_for(step: Step, parent: QWidget) -> Form | None:
    """The words of a step; None where it is taken at once."""
    if step not in MEANS:
        return None
    return WordsForm(step, MEANS[step], _HINTS[step], "请先写明意见或理由。", parent)
