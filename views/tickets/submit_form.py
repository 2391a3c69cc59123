"""整改材料: what the agency found, did, and told the person (Art. 23); who reviewed it (Art. 3)."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QDateTime
from PySide6.QtWidgets import QDateTimeEdit, QLineEdit, QWidget

from app.clock import SHANGHAI
from models.rules.lifecycle import Action
from views.shell.session import Session
from views.tickets.forms import MEANS, ActionForm, Choice, field_row, text_area

#: How the person was told.
WAYS = {"电话": "电话", "当面": "当面", "短信": "短信", "书面": "书面"}
TRIES = {1: "1 次", 2: "2 次", 3: "3 次"}


class SubmitForm(ActionForm):
    """The rectification an agency hands in."""

    def __init__(self, action: Action, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(action, parent)
        self.say(MEANS[action])
        self.found_true = Choice({True: "属实", False: "不属实"}, self)
        self.found_reasonable = Choice({True: "合理", False: "不合理"}, self)
        self.cause = text_area("差评产生的原因", self, lines=2)
        self.measures = text_area("整改措施", self, lines=2)
        self.reached = Choice({True: "已反馈", False: "联系不上"}, self)
        self.how = Choice(WAYS, self)
        self.at = QDateTimeEdit(QDateTime.currentDateTime(), self)
        self.at.setDisplayFormat("yyyy年M月d日 HH:mm")
        self.at.setButtonSymbols(QDateTimeEdit.ButtonSymbols.NoButtons)
        self.at.setAccessibleName("反馈时间")
        self.said = text_area("评价人怎么说", self, lines=2)
        self.attempts = Choice(TRIES, self)
        self.reviewed_by = QLineEdit(self)
        self.reviewed_by.setPlaceholderText("单位审核人姓名")
        self.reviewed_by.setAccessibleName("单位审核人")
        self._lay_out()
        self._listen()
        self._show_feedback()

    def _lay_out(self) -> None:
        rows = (
            ("差评情况", self.found_true),
            ("评价诉求", self.found_reasonable),
            ("原因", self.cause),
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

    def _listen(self) -> None:
        for choice in (self.found_true, self.found_reasonable, self.how, self.attempts):
            choice.edited.connect(self.edited)
        for text in (self.cause, self.measures, self.said, self.reviewed_by):
            text.textChanged.connect(self.edited)
        self.reached.edited.connect(self._show_feedback)

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
        if not self.cause.toPlainText().strip() or not self.measures.toPlainText().strip():
            return "请写明原因和整改措施。"
        return self._feedback_problem() or (None if self.reviewed_by.text().strip() else "请填写单位审核人。")

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
        if self.reached.value():
            at = self.at.dateTime().toPython().replace(tzinfo=SHANGHAI, microsecond=0)
            said = self.said.toPlainText().strip()
            feedback: dict[str, Any] = {
                "reached": True,
                "how": self.how.value(),
                "at": at.isoformat(),
                "said": said,
            }
        else:
            feedback = {"reached": False, "attempts": self.attempts.value()}
        return {
            "payload": {
                "found_true": self.found_true.value(),
                "found_reasonable": self.found_reasonable.value(),
                "cause": self.cause.toPlainText().strip(),
                "measures": self.measures.toPlainText().strip(),
                "feedback": feedback,
                "reviewed_by": self.reviewed_by.text().strip(),
            }
        }
