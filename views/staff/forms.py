"""What is filled in: an accountability record, and why one is taken back."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QComboBox, QWidget

from app.rankings.periods import period_text
from app.staff.commands import RecordDraft, Withdrawal
from app.staff.rows import StaffStep
from models.rules.referrals import Ground
from views import dates
from views.records.form import Form
from views.shell.parts import label
from views.shell.session import Session
from views.tickets.forms import Choice, date_field, field_row, text_area


def counted_facts(detail: Any) -> str:
    """The facts that were counted, offered for a record of repeated bad ratings."""
    row = detail.row
    said = (
        f"{period_text(detail.period)}评价{row.counts.ratings:,}条，其中差评{row.counts.bad:,}条"
        f"（{row.counts.bad_rate}%），平均分{row.counts.mean}。"
    )
    if row.appeals:
        said += f"申诉{row.appeals:,}件，修正{row.corrected:,}条。"
    if row.run:
        said += f"评价连续{row.run}个月在本单位末位。"
    return said + (f"此前下达限期整改{row.orders:,}次。" if row.orders else "")


class RecordForm(Form):
    """Why somebody is held to account, the facts, what was decided and when."""

    def __init__(self, session: Session, detail: Any, parent: QWidget | None = None) -> None:
        step = StaffStep.RECORD
        super().__init__(step.value, "登记", parent, step=step, title=f"{step.label}：{detail.row.name}")
        self._offered = counted_facts(detail)
        self.ground = Choice({one: one.label for one in Ground}, self)
        self.ground.setAccessibleName("事由")
        self.facts = text_area("事实", self, lines=5)
        self.measure = text_area("处理", self, lines=2)
        self.day = date_field("决定日期", session, self)
        for name, field in (
            ("事由", self.ground), ("事实", self.facts), ("处理", self.measure), ("决定日期", self.day),
        ):  # fmt: skip
            self.column.addLayout(field_row(name, field, self))
        said = "中心和所在单位看得到；登记后不能改，只能写明理由撤回（依据：指南 8.2 b）。"
        self.column.addWidget(label(said, "small", self, wrap=True))
        self.ground.edited.connect(self._ground_chosen)
        for field in (self.facts, self.measure):
            field.textChanged.connect(self.edited)
        self.day.dateChanged.connect(self.edited)

    def _ground_chosen(self) -> None:
        """The counted facts are offered where they are the ground, and nobody has worded others."""
        if self.ground.value() is Ground.REPEATED and not self.facts.toPlainText().strip():
            self.facts.setPlainText(self._offered)
        self.edited.emit()

    def values(self) -> RecordDraft:
        """What was written."""
        return RecordDraft(
            self.ground.value(), self.facts.toPlainText().strip(), self.measure.toPlainText().strip(),
            self.day.date().toPython(),
        )  # fmt: skip

    def problem(self) -> str | None:
        """What is missing, as a sentence."""
        return self.values().problem()

    @property
    def touched(self) -> bool:
        """Whether something was written that must not be lost."""
        written = self.facts.toPlainText().strip()
        return bool((written and written != self._offered) or self.measure.toPlainText().strip())


class WithdrawForm(Form):
    """Which record is taken back, and why."""

    def __init__(self, detail: Any, parent: QWidget | None = None) -> None:
        step = StaffStep.WITHDRAW
        super().__init__(step.value, "撤回", parent, step=step, title=step.label)
        # In a tuple, where no draft looks for fields: a record may be taken back by then.
        self._choice = (QComboBox(self),)
        self.record.setAccessibleName("追责记录")
        for one in detail.records:
            if one.withdrawn is None:
                self.record.addItem(f"{dates.exact_day(one.decided_on)} {one.ground.label}", one.id)
        self.reason = text_area("为什么撤回", self, lines=3)
        self.column.addLayout(field_row("追责记录", self.record, self))
        self.column.addLayout(field_row("理由", self.reason, self))
        self.reason.textChanged.connect(self.edited)

    @property
    def record(self) -> QComboBox:
        """The record chosen."""
        return self._choice[0]

    def values(self) -> Withdrawal:
        """What was written."""
        return Withdrawal(self.record.currentData(), self.reason.toPlainText().strip())

    def problem(self) -> str | None:
        """What is missing, as a sentence."""
        return self.values().problem()

    @property
    def touched(self) -> bool:
        """Whether something was written that must not be lost."""
        return bool(self.reason.toPlainText().strip())
