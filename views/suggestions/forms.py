"""What is filled in: a suggestion to be recorded, and the particulars of a step."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from app.registry import queries as registry
from app.suggestions import queries
from app.suggestions.commands import SHORT, Draft
from models.rules.suggestions import RECORDED_EVENT, Source, Step, Topic, needs_text
from views import dates
from views.records.form import Form, WordsForm
from views.shell.parts import label
from views.shell.session import Session
from views.tickets.dispatch_form import AgencyField
from views.tickets.forms import Choice, date_field, field_row, text_area

#: What a step means, in a sentence shown before it is taken.
MEANS = {
    Step.DISPATCH: "转给承办单位，按差评整改的期限答复。",
    Step.HAND_BACK: "不属于本单位的，退回中心另行转办。",
    Step.ANSWER: "写明整改情况和给提出人的答复，交中心审看。",
    Step.RETURN: "退回单位重新答复，原期限不变。",
    Step.REOPEN: "回到已答复，可以再退回单位。",
    Step.SET_ASIDE: "不属政务服务的意见，写明去向后存档；以后可以恢复。",
    Step.RESTORE: "回到已登记。",
}
_HINTS = {
    Step.ANSWER: "整改情况和答复",
    Step.RETURN: "哪些地方需要重新答复",
    Step.SET_ASIDE: "为什么不属本中心，已转告哪里",
}


class RecordForm(Form):
    """A suggestion as it was found."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(RECORDED_EVENT, "登记", parent, title="登记意见")
        self._session = session
        self.source = Choice({one: one.label for one in Source}, self)
        self.source.setAccessibleName("来源")
        self.topic = Choice({one: one.label for one in Topic}, self)
        self.topic.setAccessibleName("类别")
        self.day = date_field("收到日期", session, self)
        self.place = _line("大厅或地点", "大厅或地点，可不填", self)
        self.words = text_area("意见原文", self, lines=5)
        # In a tuple, where no draft looks for fields: who left it stays off this computer.
        self._contact = (_line("提出人", "可不填", self), _line("联系方式", "可不填", self))
        for name, field in (
            ("来源", self.source), ("收到日期", self.day), ("地点", self.place), ("类别", self.topic),
            ("意见", self.words), ("提出人", self.name), ("联系方式", self.phone),
        ):  # fmt: skip
            self.column.addLayout(field_row(name, field, self))
        note = "提出人和联系方式只存不显；以后查看须写明理由并留痕。"
        self.column.addWidget(label(note, "small", self, wrap=True))
        for line in (self.place, self.name, self.phone, self.words):
            line.textChanged.connect(self.edited)
        for choice in (self.source, self.topic):
            choice.edited.connect(self.edited)
        self.day.dateChanged.connect(self.edited)

    @property
    def name(self) -> QLineEdit:
        """Who left it."""
        return self._contact[0]

    @property
    def phone(self) -> QLineEdit:
        """How to reach them."""
        return self._contact[1]

    def values(self) -> Draft:
        """What was typed."""
        return Draft(
            self.source.value(),
            self.topic.value(),
            self.day.date().toPython(),
            self.words.toPlainText().strip(),
            self.place.text().strip() or None,
            self.name.text().strip() or None,
            self.phone.text().strip() or None,
        )

    def problem(self) -> str | None:
        """What is missing, as a sentence."""
        return self.values().problem(self._session.today)

    @property
    def touched(self) -> bool:
        """Whether something was written that must not be lost."""
        lines = (self.place, self.name, self.phone)
        return bool(self.words.toPlainText().strip() or any(line.text().strip() for line in lines))


class DispatchForm(Form):
    """The agency with the due day."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        step = Step.DISPATCH
        super().__init__(step.value, step.label, parent, step=step)
        self._session = session
        self.column.addWidget(label(MEANS[step], "small", self, wrap=True))
        self.lead = AgencyField("承办单位", self)
        self.due = label("—", "strong", self)
        self.column.addLayout(field_row("承办", self.lead, self))
        self.column.addLayout(field_row("答复期限", self.due, self))
        self.lead.textChanged.connect(self.edited)
        session.query(self, registry.agencies, self._offer, key="suggestion_agencies")
        session.query(self, queries.due_if_sent, self._show_due, key="suggestion_due")

    def _offer(self, agencies: tuple[Any, ...]) -> None:
        self.lead.offer(agencies)
        self.edited.emit()

    def _show_due(self, due: Any) -> None:
        unsure = "　暂定" if due.provisional else ""
        self.due.setText(f"{dates.deadline(due.due_on, self._session.today)}{unsure}")

    def problem(self) -> str | None:
        """That no agency was named."""
        return "请选择承办单位。" if self.lead.agency is None else None

    def values(self) -> dict[str, Any]:
        """The agency."""
        return {"lead": self.lead.agency}

    @property
    def touched(self) -> bool:
        """Whether something was written that must not be lost."""
        return bool(self.lead.text().strip())


class AnswerForm(WordsForm):
    """The words of a step, as its command takes them."""

    def values(self) -> dict[str, Any]:
        """The words."""
        return {"words": self.words()}


def form_for(step: Step, session: Session, parent: QWidget) -> Form | None:
    """The particulars of a step; None where it needs none."""
    if step is Step.DISPATCH:
        return DispatchForm(session, parent)
    if not needs_text(step):
        return None
    missing = "请先写明答复。" if step is Step.ANSWER else "请先写明理由。"
    return AnswerForm(step, MEANS[step], _HINTS.get(step, "理由"), missing, parent)


def _line(name: str, hint: str, parent: QWidget) -> QLineEdit:
    made = QLineEdit(parent)
    made.setMaxLength(SHORT)
    made.setPlaceholderText(hint)
    made.setAccessibleName(name)
    return made
