"""What is filled in: a hint to be referred, people to be named, and the words of a step.

Nothing of it is kept as a draft: others may sit at this computer.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.referrals import queries
from app.referrals.commands import Draft
from app.referrals.queries import Colleague, Source
from app.registry import queries as registry
from models.rules.referrals import SHORT, Step
from views.records.form import Form, WordsForm
from views.shell.parts import label
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.forms import field_row, text_area

#: What a step means, in a sentence shown before it is taken.
MEANS = {
    Step.NOTE: "只有知情人和中心负责人看得到。",
    Step.CLOSE: "写明受理部门的结果。办结后不能再补充。",
    Step.NAME: "增加的人看得到全部内容和经过；增加后不能取消。",
}
_LOGIN = Qt.ItemDataRole.UserRole + 1
#: Lines of the list of people in sight.
_LINES = 5


class PeopleField(QWidget):
    """People to be named, ticked in a list that a word narrows down."""

    edited = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("按姓名或单位查找")
        self.search.setAccessibleName("查找知情人")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._narrow)
        self.list = QListWidget(self)
        self.list.setAccessibleName("知情人")
        self.list.itemChanged.connect(self.edited)
        self.list.setFixedHeight(_LINES * 7 * UNIT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        column.addWidget(self.search)
        column.addWidget(self.list)
        self.setFocusProxy(self.search)

    def offer(self, people: tuple[Colleague, ...]) -> None:
        """Who can be named."""
        self.list.blockSignals(True)
        for one in people:
            item = QListWidgetItem(f"{one.name}（{one.place}）", self.list)
            item.setData(_LOGIN, one.login)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
        self.list.blockSignals(False)

    def chosen(self) -> tuple[str, ...]:
        """The logins ticked."""
        items = (self.list.item(n) for n in range(self.list.count()))
        return tuple(str(item.data(_LOGIN)) for item in items if item.checkState() is Qt.CheckState.Checked)

    def tick(self, login: str) -> None:
        """Ticks one of them."""
        for item in (self.list.item(n) for n in range(self.list.count())):
            if item.data(_LOGIN) == login:
                item.setCheckState(Qt.CheckState.Checked)

    def _narrow(self, text: str) -> None:
        for item in (self.list.item(n) for n in range(self.list.count())):
            item.setHidden(text.strip() not in item.text() and item.checkState() is Qt.CheckState.Unchecked)


class ReferralForm(Form):
    """The department, the subject, the hint, and who may know of it."""

    def __init__(self, session: Session, source: Source, parent: QWidget | None = None) -> None:
        super().__init__("refer", "移送", parent, title="移送线索")
        self._source = source
        self.department = _line("移送部门", "纪检监察机关、公安机关或其他主管部门", self)
        self.subject = _line("事由", "", self)
        self.hint = text_area("线索内容：人员、时间、情节、证据在哪里", self, lines=7)
        self.people = PeopleField(self)
        for name, field in (
            ("来自", label(source.reference, "strong", self)), ("移送部门", self.department), ("事由", self.subject),
            ("线索内容", self.hint), ("知情人", self.people),
        ):  # fmt: skip
            self.column.addLayout(field_row(name, field, self))
        said = (
            "只有您、知情人和中心负责人看得到。工单、申诉、日志、统计里都不留痕迹；内容不存草稿（指南 8.2）。"
        )
        self.column.addWidget(label(said, "small", self, wrap=True))
        for line in (self.department, self.subject):
            line.textChanged.connect(self.edited)
        self.hint.textChanged.connect(self.edited)
        self.people.edited.connect(self.edited)
        mine = session.person.login
        session.query(self, lambda c: _others(queries.colleagues(c), (mine,)), self.people.offer,
                      key="referral_people")  # fmt: skip
        session.query(self, registry.agencies, self._offer, key="referral_agencies")

    def _offer(self, agencies: tuple[Any, ...]) -> None:
        """Agencies of the registry can be named too; the competent department often is none of them."""
        completer = QCompleter([one.name for one in agencies], self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.department.setCompleter(completer)

    def fields(self) -> dict[str, Any]:
        """None is kept as a draft."""
        return {}

    def values(self) -> Draft:
        """What was written."""
        return Draft(
            self._source, self.department.text().strip(), self.subject.text().strip(),
            self.hint.toPlainText().strip(), self.people.chosen(),
        )  # fmt: skip

    def problem(self) -> str | None:
        """What is missing, as a sentence."""
        return self.values().problem()

    def outcome(self) -> str:
        """To whom, and who will know."""
        return f"移送给{self.department.text().strip()}，知情人 {len(self.people.chosen()) + 1} 人（含您）。"

    @property
    def touched(self) -> bool:
        """Whether something was written that must not be lost."""
        lines = (self.department.text(), self.subject.text(), self.hint.toPlainText())
        return any(text.strip() for text in lines)


class NameForm(Form):
    """Further people who may know."""

    def __init__(self, session: Session, detail: Any, parent: QWidget | None = None) -> None:
        super().__init__(Step.NAME.value, Step.NAME.label, parent, step=Step.NAME)
        self.column.addWidget(label(MEANS[Step.NAME], "small", self, wrap=True))
        self.people = PeopleField(self)
        self.people.edited.connect(self.edited)
        self.column.addWidget(self.people)
        named = detail.row.people
        session.query(self, lambda c: _others(queries.colleagues(c), named), self.people.offer,
                      key="referral_people")  # fmt: skip

    def fields(self) -> dict[str, Any]:
        """None is kept as a draft."""
        return {}

    def values(self) -> tuple[str, ...]:
        """The logins."""
        return self.people.chosen()

    def problem(self) -> str | None:
        """That nobody was chosen yet."""
        return None if self.people.chosen() else "请选择要增加的知情人。"

    @property
    def touched(self) -> bool:
        """Whether somebody was chosen."""
        return bool(self.people.chosen())


class StepWords(WordsForm):
    """The words of a step, which are kept nowhere else."""

    def fields(self) -> dict[str, Any]:
        """None is kept as a draft."""
        return {}


def form_for(step: Step, session: Session, detail: Any, parent: QWidget) -> Form:
    """The particulars of a step: every one has some."""
    if step is Step.NAME:
        return NameForm(session, detail, parent)
    hint = "补充的情况" if step is Step.NOTE else "受理部门的结果"
    return StepWords(step, MEANS[step], hint, "请先写明情况。", parent)


def _others(people: tuple[Colleague, ...], named: tuple[str, ...]) -> tuple[Colleague, ...]:
    return tuple(one for one in people if one.login not in named)


def _line(name: str, hint: str, parent: QWidget) -> QLineEdit:
    made = QLineEdit(parent)
    made.setMaxLength(SHORT)
    made.setPlaceholderText(hint)
    made.setAccessibleName(name)
    return made
