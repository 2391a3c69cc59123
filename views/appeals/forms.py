"""What is filled in: a new appeal, what the agency found, what the centre decides."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.appeals import queries
from app.appeals.commands import Draft
from app.appeals.preview import preview
from app.appeals.rows import Appealable, AppealDetail, Prepared
from app.clock import local
from models.rules.appeals import FILED_EVENT, Finding, Step
from models.rules.people import Group
from models.rules.ratings import Satisfaction
from views import dates
from views.appeals.effect import EffectTable
from views.records.form import Form, WordsForm
from views.shell.parts import Chip, label, row
from views.shell.session import Session
from views.tickets.forms import Choice, date_field, field_row, text_area
from views.tickets.history import DayList

#: What a step means, in a sentence shown before it is taken.
MEANS = {
    Step.RETURN: "退给申诉人补充材料；补正后核实期限重新起算。",
    Step.SUPPLEMENT: "写明补正后的申诉理由，代替原来的；核实期限从今天重新起算。",
    Step.WITHDRAW: "申诉人不再申诉的，写明情况后撤回；期限内可以再次提出。",
    Step.DISMISS_BY_AGENCY: "经核实评价属实的，维持原评价，申诉到此为止。",
    Step.DISMISS: "不同意单位的认定，维持原评价，申诉到此为止。",
}
_HINTS = {
    Step.SUPPLEMENT: "补正后的申诉理由",
    Step.DISMISS_BY_AGENCY: "核实情况和维持的理由",
    Step.DISMISS: "维持的理由",
}
_MISTAKEN_UNKNOWN = 0


class FileForm(Form):
    """An appeal of a member of staff against a rating of one ticket."""

    def __init__(self, session: Session, ticket: int, parent: QWidget | None = None) -> None:
        super().__init__(FILED_EVENT, "提出申诉", parent, title="提出申诉")
        self._session, self._ticket = session, ticket
        self._ratings: tuple[Appealable, ...] = ()
        self.prepared: Prepared | None = None
        self._refused = "正在读取这张工单的评价……"
        self.column.addWidget(
            label(
                "工作人员对误评、恶意评价，自获知之日起 5 个工作日内可以申诉（依据：细则第二十五条）。",
                "small",
                self,
                wrap=True,
            )
        )
        # No drafts of these: they are chosen anew from what is there then.
        self._choosers = (
            QComboBox(self),
            QComboBox(self),
            Chip("记录告知本人的日期", self, checkable=True),
            date_field("告知日期", session, self),
        )
        self.rating.setAccessibleName("申诉的评价")
        self.staff.setAccessibleName("申诉的工作人员")
        self.staff.setEditable(True)
        self.staff.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.staff.lineEdit().setPlaceholderText("从名录选择，或填写姓名")
        self.staff.lineEdit().setAccessibleName("申诉人姓名")
        self.statement = text_area("申诉理由：事情经过，为什么是误评或恶意评价", self, lines=6)
        self.admission = QLineEdit(self)
        self.admission.setPlaceholderText("准许逾期申诉的理由")
        self.admission.setAccessibleName("准许逾期申诉的理由")
        self.window_said = label("", "", self, wrap=True)
        self.window_days = DayList(self)
        for name, field in (("评价", self.rating), ("工作人员", self.staff)):
            self.column.addLayout(field_row(name, field, self))
        self.column.addLayout(row(self.told, self.told_on, None))
        self.column.addWidget(self.window_said)
        self.column.addWidget(self.window_days)
        self.column.addLayout(field_row("理由", self.statement, self))
        self.column.addWidget(self.admission)
        self.column.addWidget(label("证据文件在提出后添加。", "small", self))
        self._wire()
        session.query(
            self,
            lambda c: queries.appealable(c, ticket),
            self._offer,
            key="appealable",
            failed=self._not_offered,
        )

    @property
    def rating(self) -> QComboBox:
        """The rating appealed against."""
        return self._choosers[0]

    @property
    def staff(self) -> QComboBox:
        """Who appeals."""
        return self._choosers[1]

    @property
    def told(self) -> Chip:
        """Whether the day on which the person was told is known."""
        return self._choosers[2]

    @property
    def told_on(self) -> Any:
        """That day."""
        return self._choosers[3]

    def _wire(self) -> None:
        self.rating.currentIndexChanged.connect(self._prepare)
        self.told.toggled.connect(self.told_on.setEnabled)
        self.told.toggled.connect(self._prepare)
        self.told_on.dateChanged.connect(self._prepare)
        self.told_on.setEnabled(False)
        self.staff.currentTextChanged.connect(self.edited)
        self.statement.textChanged.connect(self.edited)
        self.admission.textChanged.connect(self.edited)
        self.admission.hide()
        self.window_days.hide()

    # what may be appealed against -------------------------------------------------------------------------

    def _offer(self, ratings: tuple[Appealable, ...]) -> None:
        self._ratings = tuple(one for one in ratings if one.taken is None)
        self.rating.blockSignals(True)
        self.rating.clear()
        for one in self._ratings:
            self.rating.addItem(_said(one), one.id)
        self.rating.blockSignals(False)
        taken = next((one.taken for one in ratings), None)
        self._refused = (
            "" if self._ratings else f"这张工单没有可以申诉的评价：{taken or '没有对应的评价明细'}。"
        )
        if self._ratings:
            self._prepare()
        self.edited.emit()

    def _not_offered(self, error: Exception) -> None:
        self._refused = str(error)
        self.edited.emit()

    def _prepare(self, *_: object) -> None:
        if not self._ratings:
            return
        rating, told = self._ratings[max(self.rating.currentIndex(), 0)], self._told_day()
        self.told_on.setMinimumDate(QDate(local(rating.rated_at).date()))
        self._session.query(self, lambda c: queries.prepare(c, rating.id, told), self._show_window,
                            key="appeal_prepared", failed=self._not_offered)  # fmt: skip

    def _told_day(self) -> date | None:
        return self.told_on.date().toPython() if self.told.isChecked() else None

    def _show_window(self, prepared: Prepared) -> None:
        self.prepared, self._refused = prepared, ""
        window, today = prepared.window, self._session.today
        unsure = "（暂定）" if prepared.provisional else ""
        late = "，已经过了期限" if prepared.over else ""
        self.window_said.setText(
            f"{window.why}算，申诉到 {dates.deadline(window.due, today)} 为止{unsure}{late}。"
        )
        self.window_days.show_days("申诉期限", prepared.days, today, basis="依据：细则第二十五条")
        self.window_days.setVisible(True)
        self.admission.setVisible(self._needs_admission)
        if not self.staff.currentText().strip() and self.staff.count() == 0:
            chosen = next((r.staff for r in self._ratings if r.id == self.rating.currentData()), None)
            for number, name in prepared.staff:
                self.staff.addItem(name, number)
            self.staff.setCurrentIndex(self.staff.findText(chosen) if chosen else -1)
        self.edited.emit()

    @property
    def _needs_admission(self) -> bool:
        late = self.prepared is not None and self.prepared.over and not self.prepared.admitted
        return late and self._session.person.group is Group.OFFICER

    # what it says -----------------------------------------------------------------------------------------

    def values(self) -> Draft:
        """What was filled in."""
        name = self.staff.currentText().strip()
        place = self.staff.findText(name)
        return Draft(
            int(self.rating.currentData() or 0),
            self.staff.itemData(place) if place >= 0 else None,
            name,
            self._told_day(),
            self.statement.toPlainText().strip(),
            self.admission.text().strip(),
        )

    def problem(self) -> str | None:
        """What is missing, as a sentence."""
        if self._refused:
            return self._refused
        if self.prepared is None:
            return "正在核对申诉期限……"
        if self.prepared.over and not self.prepared.admitted:
            if self._session.person.group is not Group.OFFICER:
                return f"申诉期限到 {dates.exact_day(self.prepared.window.due)} 为止；确有理由的，请中心准许逾期申诉。"
            if not self.admission.text().strip():
                return "已经过了申诉期限，请写明准许逾期的理由。"
        return self.values().problem()

    def outcome(self) -> str:
        """Who verifies, and until when."""
        return f"由{self.prepared.agency}在收到后 5 个工作日内核实。" if self.prepared else ""

    @property
    def touched(self) -> bool:
        """Whether something was written that must not be lost."""
        return bool(self.statement.toPlainText().strip() or self.admission.text().strip())


def _said(one: Appealable) -> str:
    of = f"对工作人员 {one.staff or ''}" if one.target == "staff" else "对事项"
    more = "（追加评价）" if one.is_follow_up else ""
    return f"{Satisfaction(one.level).label} · {of}{more} · {dates.exact(one.rated_at)}"


class FindingForm(WordsForm):
    """误评 with the level that the person confirmed, or 恶意评价."""

    def __init__(self, detail: AppealDetail, parent: QWidget | None = None) -> None:
        means = "经核实为误评或恶意评价的，写明核实情况，报中心决定（依据：细则第二十五条）。"
        super().__init__(Step.UPHOLD, means, "怎样核实的，有什么证据", "请写明核实情况。", parent)
        self._level = detail.rating.level
        self.finding = Choice({f: f.label for f in (Finding.MISTAKEN, Finding.MALICIOUS)}, self)
        self.level = level_choice(detail.rating.level, self)
        self._level_row = QWidget(self)
        self._level_row.setLayout(field_row("确认等级", self.level, self._level_row))
        self.column.insertLayout(1, field_row("认定", self.finding, self))
        self.column.insertWidget(2, self._level_row)
        self._level_row.hide()
        self.finding.edited.connect(self._changed)
        self.level.edited.connect(self.edited)

    def _changed(self) -> None:
        self._level_row.setVisible(self.finding.value() is Finding.MISTAKEN)
        self.edited.emit()

    def problem(self) -> str | None:
        """What is missing, as a sentence."""
        if self.finding.value() is None:
            return "请认定为误评或恶意评价。"
        if self.finding.value() is Finding.MISTAKEN and self.level.value() is None:
            return "请选择评价人确认的等级；无法确认的，选“无法确认”。"
        return super().problem()

    def values(self) -> dict[str, Any]:
        """Finding, level and words."""
        return {"words": self.words(), "finding": self.finding.value(), "level": self.level.value() or None}


class DecisionForm(WordsForm):
    """Correcting the rating, with what it changes shown before."""

    def __init__(self, session: Session, detail: AppealDetail, parent: QWidget | None = None) -> None:
        means = f"同意单位认定的“{detail.row.finding.label if detail.row.finding else ''}”，修正这条评价；原评价保留，修正并列。"
        super().__init__(Step.CORRECT, means, "决定的理由", "请写明决定的理由。", parent)
        self._session, self._detail = session, detail
        self.level = level_choice(detail.rating.level, self)
        self._level_row = QWidget(self)
        self._level_row.setLayout(field_row("确认等级", self.level, self._level_row))
        self._level_row.setVisible(detail.row.finding is Finding.MISTAKEN)
        self.withdraw = Chip("同时撤销差评工单，不再计入", self, checkable=True)
        self.withdraw.setVisible(detail.rating.has_open_ticket)
        self.effect = EffectTable(self)
        self.column.insertWidget(1, self._level_row)
        self.column.insertLayout(2, row(self.withdraw, None))
        self.column.insertWidget(3, self.effect)
        self.level.set_value(detail.confirmed_level or _MISTAKEN_UNKNOWN)
        self.level.edited.connect(self._ask)
        self.withdraw.toggled.connect(self._ask)
        self._ask()

    def _ask(self) -> None:
        """Tries the decision and shows what comes of it; nothing is kept."""
        one, level, withdraw = self._detail.row, self.level.value() or None, self.withdraw.isChecked()
        self.effect.wait()
        self._session.command(
            self, lambda c: preview(c, one.id, one.version, level=level, withdraw_ticket=withdraw),
            self.effect.show_preview, failed=self.effect.fail,
        )  # fmt: skip
        self.edited.emit()

    def values(self) -> dict[str, Any]:
        """Level, what becomes of the ticket, and words."""
        return {
            "words": self.words(),
            "level": self.level.value() or None,
            "withdraw_ticket": self.withdraw.isChecked(),
        }


class StepForm(WordsForm):
    """The words of a step, as its command takes them."""

    def values(self) -> dict[str, Any]:
        """The words."""
        return {"words": self.words()}


def level_choice(now: int, parent: QWidget) -> Choice:
    """The other levels, and that none could be confirmed."""
    words = {one.value: one.label for one in Satisfaction if one.value != now}
    return Choice({**words, _MISTAKEN_UNKNOWN: "无法确认"}, parent)


def form_for(step: Step, session: Session, detail: AppealDetail, parent: QWidget) -> Form:
    """The particulars of a step."""
    if step is Step.UPHOLD:
        return FindingForm(detail, parent)
    if step is Step.CORRECT:
        return DecisionForm(session, detail, parent)
    return StepForm(step, MEANS[step], _HINTS.get(step, "理由"), "请先写明理由。", parent)
