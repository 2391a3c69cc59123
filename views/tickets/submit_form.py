"""整改材料: what the agency found, did, and told the person (Art. 23); who reviewed it (Art. 3)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QDateTime, Signal
from PySide6.QtWidgets import QDateTimeEdit, QFrame, QLineEdit, QMenu, QVBoxLayout, QWidget

from app.clock import SHANGHAI, local
from app.tickets import queries
from app.tickets.contributions import still_silent
from models.rules.lifecycle import Action
from views import dates
from views.shell.parts import Button, label, row
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.attachments import STILL_COMING, FilesForm
from views.tickets.contributions import AdoptionBlock
from views.tickets.forms import MEANS, Choice, field_row, text_area

#: How the person was told.
WAYS = {"电话": "电话", "当面": "当面", "短信": "短信", "书面": "书面"}
TRIES = {1: "1 次", 2: "2 次", 3: "3 次"}


class CauseField(Button):
    """One cause of the list, chosen from a menu."""

    edited = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("选择原因", "down", "plain", parent)
        self.setProperty("aligned", "left")
        self.setAccessibleName("差评原因")
        self._causes: dict[str, str] = {}
        self._code: str | None = None
        self.choices = QMenu(self)
        self.setMenu(self.choices)
        session.query(self, queries.causes, self.offer, key="causes")

    def offer(self, causes: dict[str, str]) -> None:
        """The causes that can be chosen, code → text."""
        self._causes = causes
        self.choices.clear()
        for code, text in causes.items():
            self.choices.addAction(text).triggered.connect(partial(self.set_value, code))
        self._show()

    def value(self) -> str | None:
        """The code chosen, None where there is none, or it is no longer offered."""
        return self._code if self._code in self._causes else None

    def typed(self) -> str | None:
        """The code chosen, also before the list was read."""
        return self._code

    def set_value(self, code: str | None, *_: object) -> None:
        """Chooses a cause."""
        self._code = code
        self._show()

    def _show(self) -> None:
        text = self._causes.get(self._code or "", "选择原因")
        self.setText(text)
        self.setAccessibleName(f"差评原因：{text}")
        self.edited.emit()


class SubmitForm(FilesForm):
    """The rectification an agency hands in; returned work begins with what was missing and what was said last."""

    def __init__(self, action: Action, session: Session, detail: Any, parent: QWidget | None = None) -> None:
        super().__init__(action, session, detail.row.id, parent)
        if detail.returned is not None:
            self.column.addWidget(_missing(detail.returned, session, self))
        self.say(MEANS[action])
        self.found_true = Choice({True: "属实", False: "不属实"}, self)
        self.found_reasonable = Choice({True: "合理", False: "不合理"}, self)
        self.cause_code = CauseField(session, self)
        self.cause = text_area("具体说明差评产生的原因", self, lines=2)
        self.measures = text_area("整改措施", self, lines=4 if detail.contributions else 2)
        self.contributions = AdoptionBlock(session, self.measures, self)
        self.reached = Choice({True: "已反馈", False: "联系不上"}, self)
        self.how = Choice(WAYS, self)
        self.at = QDateTimeEdit(QDateTime.currentDateTime(), self)
        self.at.setDisplayFormat("yyyy年M月d日 HH:mm")
        self.at.lineEdit().setTextMargins(2 * UNIT, 0, 0, 0)
        self.at.setAccessibleName("反馈时间")
        self.said = text_area("评价人怎么说", self, lines=2)
        self.attempts = Choice(TRIES, self)
        self.reviewed_by = QLineEdit(self)
        self.reviewed_by.setPlaceholderText("单位审核人姓名")
        self.reviewed_by.setAccessibleName("单位审核人")
        self.silent = label("", "amber", self, wrap=True)
        self._lay_out()
        self._listen()
        self.lead_to_files(self.cause, self.measures, self.said)
        self._begin(detail)
        self._show_feedback()

    def _lay_out(self) -> None:
        rows = (
            ("差评情况", self.found_true),
            ("评价诉求", self.found_reasonable),
            ("差评原因", self.cause_code),
            ("原因说明", self.cause),
            ("整改措施", self.measures),
            ("反馈情况", self.reached),
            ("反馈方式", self.how),
            ("反馈时间", self.at),
            ("反馈内容", self.said),
            ("联系次数", self.attempts),
            ("单位审核人", self.reviewed_by),
        )
        self._rows: dict[QWidget, Any] = {}
        for name, field in rows:
            line = field_row(name, field, self)
            self._rows[field] = line.itemAt(0).widget()
            self.column.addLayout(line)
            if field is self.measures:
                self.column.addWidget(self.contributions)
        self.column.addWidget(label("附件", "secondary", self))
        self.column.addWidget(self.files)
        self.column.addWidget(self.silent)

    def _listen(self) -> None:
        for part in (
            self.found_true,
            self.found_reasonable,
            self.cause_code,
            self.how,
            self.attempts,
        ):
            part.edited.connect(self.edited)
        for text in (self.cause, self.measures, self.said, self.reviewed_by):
            text.textChanged.connect(self.edited)
        self.at.dateTimeChanged.connect(self.edited)
        self.reached.edited.connect(self._show_feedback)

    def _begin(self, detail: Any) -> None:
        """With the last version's words, where the work came back."""
        self.show_detail(detail)
        if detail.returned is None or not detail.rectifications:
            return
        last = detail.rectifications[0]
        self.found_true.set_value(last.found_true)
        self.found_reasonable.set_value(last.found_reasonable)
        self.cause_code.set_value(last.cause_code)
        self.cause.setPlainText(last.cause)
        self.measures.setPlainText(last.measures)
        self.reviewed_by.setText(last.reviewed_by)
        if last.answer is not None:
            self._begin_feedback(last.answer)

    def _begin_feedback(self, answer: Any) -> None:
        self.reached.set_value(answer.reached)
        self.how.set_value(answer.how)
        self.said.setPlainText(answer.said or "")
        self.attempts.set_value(answer.attempts)
        if (at := _moment(answer.at)) is not None:
            self.at.setDateTime(QDateTime(at.year, at.month, at.day, at.hour, at.minute, 0))

    def show_detail(self, detail: Any) -> None:
        """Files and what co-agencies say may have changed; what was typed stays."""
        super().show_detail(detail)
        self.contributions.show_parts(detail.contributions)
        silent = still_silent(detail.contributions)
        self.silent.setText(f"{'、'.join(silent)} 尚未提供协办意见，仍可提交。")
        self.silent.setVisible(bool(silent))

    def _show_feedback(self) -> None:
        reached = self.reached.value()
        for field in (self.how, self.at, self.said):
            field.setVisible(reached is True)
            self._rows[field].setVisible(reached is True)
        self.attempts.setVisible(reached is False)
        self._rows[self.attempts].setVisible(reached is False)
        self.edited.emit()

    def problem(self) -> str | None:
        """The first thing still missing."""
        if self.found_true.value() is None or self.found_reasonable.value() is None:
            return "请先认定是否属实、是否合理。"
        if self.cause_code.value() is None:
            return "请从列表中选择差评原因。"
        if not self.cause.toPlainText().strip() or not self.measures.toPlainText().strip():
            return "请写明原因和整改措施。"
        reviewer = None if self.reviewed_by.text().strip() else "请填写单位审核人。"
        return self._feedback_problem() or reviewer or (STILL_COMING if self.files.busy else None)

    def _feedback_problem(self) -> str | None:
        if self.reached.value() is None:
            return "请填写反馈情况。"
        if self.reached.value():
            complete = self.how.value() is not None and self.said.toPlainText().strip()
            return None if complete else "请填写反馈方式和评价人的意见。"
        return None if self.attempts.value() is not None else "请填写联系次数。"

    def words(self) -> str:
        """Cause, measures and what the person said."""
        written = (("原因", self.cause), ("整改措施", self.measures), ("反馈内容", self.said))
        found = [(name, field.toPlainText().strip()) for name, field in written]
        return "\n".join(f"{name}：{text}" for name, text in found if text)

    def values(self) -> dict[str, Any]:
        """The rectification as the command takes it."""
        return {
            "payload": {
                "found_true": self.found_true.value(),
                "found_reasonable": self.found_reasonable.value(),
                "cause_code": self.cause_code.value(),
                "cause": self.cause.toPlainText().strip(),
                "measures": self.measures.toPlainText().strip(),
                "feedback": self._feedback(),
                "reviewed_by": self.reviewed_by.text().strip(),
            }
        }

    def _feedback(self) -> dict[str, Any]:
        if not self.reached.value():
            return {"reached": False, "attempts": self.attempts.value()}
        at = self.at.dateTime().toPython().replace(tzinfo=SHANGHAI, microsecond=0)
        said = self.said.toPlainText().strip()
        return {"reached": True, "how": self.how.value(), "at": at.isoformat(), "said": said}


def _missing(returned: Any, session: Session, parent: QWidget) -> QFrame:
    """Why it came back, on top of everything."""
    frame = QFrame(parent)
    frame.setProperty("tone", "amber")
    frame.setAccessibleName("退回原因")
    column = QVBoxLayout(frame)
    column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
    column.setSpacing(UNIT)
    when = dates.moment(returned.at, session.today)
    column.addLayout(
        row(label(returned.action, "strong", frame), label(f"{returned.by}　{when}", "small", frame), None)
    )
    column.addWidget(label(returned.reason or "没有写明原因。", "", frame, wrap=True))
    column.addWidget(label("下面已填入上次提交的内容，请补正后再提交。", "small", frame, wrap=True))
    return frame


def _moment(at: str | None) -> datetime | None:
    """A typed moment in the county's time, None where it is none."""
    try:
        when = datetime.fromisoformat(at or "")
    except ValueError:
        return None
    return local(when) if when.tzinfo else when
