"""The inline panels in which an action's particulars are given."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from models.rules.lifecycle import NEEDS_LEAD, NEEDS_REASON, REJECT_REASONS, Action
from views.shell.flow import Flow
from views.shell.parts import Chip, label, row
from views.shell.session import Session
from views.shell.theme import UNIT

#: What an action does, in a sentence shown before it is done.
MEANS = {
    Action.REJECT: "工单不再转办，也不计入统计；以后可以恢复。",
    Action.RESTORE: "工单回到待核实。",
    Action.RECALL: "单位签收前可以撤回，工单回到待核实。",
    Action.ACKNOWLEDGE: "签收后由本单位整改，期限自收到之日起算，不因签收早晚改变。",
    Action.DECLINE: "不属于本单位的，签收前可以退回中心；期限不因退单停走。",
    Action.INSIST: "维持原主办单位，期限一直在走，没有重新起算。",
    Action.REDISPATCH: "改由另一单位主办，期限重新起算；原承办记录保留。",
    Action.CONTRIBUTE: "协办意见由主办单位写进整改材料，也会记入办理过程。",
    Action.SUBMIT: "提交后由中心审核。",
    Action.RETURN_FOR_REWORK: "退回单位重办；重办期限为 3 个工作日，原整改期限不变。",
    Action.APPROVE: "审核通过后 5 个工作日内报送12345。",
    Action.UNAPPROVE: "报送前可以撤回审核，工单回到待审核。",
    Action.REPORT: "报送湛江12345系统后不能再撤回审核。",
    Action.CONFIRM_CLOSED: "按12345的办结回执登记。",
    Action.REPORT_REFUSED: "12345退回的，单位重办，重办期限重新起算。",
    Action.REOPEN: "回访不满意的，重新转办，期限重新起算。",
    Action.REMIND: "催办会记入办理过程。",
    Action.SUPERVISE: "督办会记入办理过程，并编号。",
    Action.ANNOTATE: "批注会记入办理过程，不改变工单状态。",
}
_REASON_HINTS = {
    Action.ANNOTATE: "批注内容",
    Action.CONTRIBUTE: "本单位查到的情况、采取的措施",
    Action.DECLINE: "为什么不属于本单位，应由哪个单位办理",
    Action.RETURN_FOR_REWORK: "哪些地方需要重办",
    Action.REPORT_REFUSED: "12345的退回原因",
    Action.SUPERVISE: "督办要求",
    Action.REMIND: "催办内容（可不填）",
}


class ActionForm(QWidget):
    """Particulars of one action; `edited` whenever they change."""

    edited = Signal()

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.action = action
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(2 * UNIT)

    def problem(self) -> str | None:
        """What is still missing, as a sentence; None when it can be done."""
        return None

    def values(self) -> dict[str, Any]:
        """The particulars as the command takes them."""
        return {}

    @property
    def touched(self) -> bool:
        """Whether the person would miss it: a form that they opened, or wrote in."""
        return True

    def words(self) -> str:
        """What was written, as a note may keep it."""
        return ""

    def show_detail(self, detail: Any) -> None:
        """The ticket was read again while the form is open."""

    def say(self, text: str, role: str = "small") -> None:
        """Adds a sentence."""
        self.column.addWidget(label(text, role, self, wrap=True))


class ReasonForm(ActionForm):
    """A written reason, needed or welcome."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(action, parent)
        self.say(MEANS.get(action, ""))
        self.text = text_area(_REASON_HINTS.get(action, "理由"), self)
        self.text.textChanged.connect(self.edited)
        self.column.addWidget(self.text)

    def problem(self) -> str | None:
        """A reason is needed where the rules say so."""
        needed = self.action in NEEDS_REASON and not self.text.toPlainText().strip()
        return "请先写明理由。" if needed else None

    def words(self) -> str:
        """The reason."""
        return self.text.toPlainText().strip()

    def values(self) -> dict[str, Any]:
        """The reason, None where it was left empty."""
        return {"reason": self.text.toPlainText().strip() or None}


class RejectForm(ReasonForm):
    """A reason from the list, and text."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(action, parent)
        self.codes = Choice(REJECT_REASONS, self)
        self.codes.setAccessibleName("原因")
        self.codes.edited.connect(self.edited)
        self.column.insertWidget(1, self.codes)
        self.text.setPlaceholderText("具体说明")
        self.text.setAccessibleName("具体说明")

    def problem(self) -> str | None:
        """Both the code and the text are needed."""
        if self.codes.value() is None:
            return "请先选择不予转办的原因。"
        return None if self.text.toPlainText().strip() else "请写明具体说明。"

    def name_duplicate(self, name: str) -> None:
        """Fills in 重复, of the ticket named; what was written before stays."""
        self.codes.set_value("duplicate")
        said = f"与{name}重复。"
        if said not in (words := self.words()):
            self.text.setPlainText("\n".join(filter(None, (words, said))))

    def values(self) -> dict[str, Any]:
        """Reason and its code."""
        return {**super().values(), "reason_code": self.codes.value()}


class ApproveForm(ActionForm):
    """Confirms or changes 属实 and 合理."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(action, parent)
        self.say(MEANS[action])
        self.found_true = Choice({True: "属实", False: "不属实"}, self)
        self.found_reasonable = Choice({True: "合理", False: "不合理"}, self)
        for name, choice in (("差评情况", self.found_true), ("评价诉求", self.found_reasonable)):
            choice.setAccessibleName(name)
            choice.edited.connect(self.edited)
            self.column.addLayout(field_row(name, choice, self))

    def problem(self) -> str | None:
        """Both findings are needed."""
        missing = self.found_true.value() is None or self.found_reasonable.value() is None
        return "请先认定是否属实、是否合理。" if missing else None

    def values(self) -> dict[str, Any]:
        """The findings."""
        return {
            "payload": {
                "found_true": self.found_true.value(),
                "found_reasonable": self.found_reasonable.value(),
            }
        }


class ClosedForm(ActionForm):
    """The receipt of 12345 and its date."""

    def __init__(self, action: Action, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(action, parent)
        self.say(MEANS[action])
        self.receipt = QLineEdit(self)
        self.receipt.setPlaceholderText("12345办结回执编号")
        self.receipt.setAccessibleName("回执编号")
        self.receipt.textChanged.connect(self.edited)
        self.closed_on = date_field("办结日期", session, self)
        self.column.addLayout(field_row("回执编号", self.receipt, self))
        self.column.addLayout(field_row("办结日期", self.closed_on, self))

    def problem(self) -> str | None:
        """The receipt is needed."""
        return None if self.receipt.text().strip() else "请填写12345办结回执编号。"

    def values(self) -> dict[str, Any]:
        """Receipt and day."""
        day = self.closed_on.date().toPython()
        return {"payload": {"receipt": self.receipt.text().strip(), "closed_on": day.isoformat()}}


class Choice(QWidget):
    """One of a few words, as chips."""

    edited = Signal()

    def __init__(self, words: dict[Any, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow = Flow(self)
        self._chips: dict[Any, Chip] = {}
        for value, word in words.items():
            chip = Chip(word, self, checkable=True)
            chip.clicked.connect(self._picked)
            self._chips[value] = chip
            flow.addWidget(chip)

    def value(self) -> Any:
        """The value chosen, or None."""
        return next((value for value, chip in self._chips.items() if chip.isChecked()), None)

    def word(self) -> str:
        """The word chosen, empty where none is."""
        return next((chip.text() for chip in self._chips.values() if chip.isChecked()), "")

    def set_value(self, value: Any) -> None:
        """Chooses a value."""
        for known, chip in self._chips.items():
            chip.setChecked(known == value)
        self.edited.emit()

    def _picked(self) -> None:
        self.set_value(next(value for value, chip in self._chips.items() if chip is self.sender()))


def text_area(hint: str, parent: QWidget, *, lines: int = 3) -> QPlainTextEdit:
    """A field for a few lines of text; Tab leaves it."""
    made = QPlainTextEdit(parent)
    made.setPlaceholderText(hint)
    made.setAccessibleName(hint)
    made.setTabChangesFocus(True)
    made.setFixedHeight(made.fontMetrics().lineSpacing() * lines + 5 * UNIT)
    return made


def date_field(name: str, session: Session, parent: QWidget) -> QDateEdit:
    """A day, today to begin with and never later."""
    made = QDateEdit(parent)
    today = session.today
    made.setDate(QDate(today.year, today.month, today.day))
    made.setMaximumDate(made.date())
    made.setDisplayFormat("yyyy年M月d日")
    made.lineEdit().setTextMargins(2 * UNIT, 0, 0, 0)
    made.setAccessibleName(name)
    return made


def field_row(name: str, field: QWidget, parent: QWidget):
    """A name of fixed width and its field."""
    word = label(name, "secondary", parent)
    word.setFixedWidth(17 * UNIT)
    word.setBuddy(field)
    field.setProperty("named", name)
    made = row(word, spacing=2)
    made.addWidget(field, 1)
    return made


def form_for(action: Action, session: Session, detail: Any, parent: QWidget) -> ActionForm | None:
    """The form an action needs; None where it needs nothing and is done at once."""
    from views.tickets.contributions import ContributeForm
    from views.tickets.dispatch_form import DispatchForm
    from views.tickets.report import ReportForm
    from views.tickets.submit_form import SubmitForm

    if action in NEEDS_LEAD:
        return DispatchForm(action, session, detail, parent)
    if action is Action.REPORT:
        return ReportForm(session, (detail.row,), parent)
    if action is Action.REJECT:
        return RejectForm(action, parent)
    if action is Action.APPROVE:
        return ApproveForm(action, parent)
    if action is Action.CONFIRM_CLOSED:
        return ClosedForm(action, session, parent)
    if action is Action.CONTRIBUTE:
        return ContributeForm(action, session, detail, parent)
    if action is Action.SUBMIT:
        return SubmitForm(action, session, detail, parent)
    if action in NEEDS_REASON or action is Action.REMIND:
        return ReasonForm(action, parent)
    return None
