"""The rule set chosen, in full, or the one being drawn up: what it would come to, and putting it in force."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.changes import Changes
from app.clock import next_month
from app.rulesets import commands, queries
from app.rulesets.queries import Consequences, Entry
from models.rules import rulewords
from models.rules.rulesets import RuleSet
from views import dates
from views.rules.form import RuleSetForm
from views.rules.parts import SidePanel, words
from views.rules.words import months_named, set_chip, since
from views.shell.parts import Button, clear
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.drafting import DraftKeeper
from views.tickets.forms import text_area

#: Beside the drafts of one person's tickets.
_SHELF = " 规则集"


class RuleSetPanel(SidePanel):
    """`compared(before, after)`: a draft is weighed; `acted(Changes)` after the sets were changed."""

    compared = Signal(object, object)
    acted = Signal(object)
    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("规则集详情", session, parent)
        self._entries: tuple[Entry, ...] = ()
        self.entry: Entry | None = None
        self._draft: RuleSet | None = None
        self._drafts = DraftKeeper(session, self, shelf=_SHELF)
        self.form = RuleSetForm(self)
        self._sheet = QWidget(self)
        self._lines = QVBoxLayout(self._sheet)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(2 * UNIT)
        self._weighed = QWidget(self)
        self._outcome = QVBoxLayout(self._weighed)
        self._outcome.setContentsMargins(0, 0, 0, 0)
        self.why = text_area("为什么撤销", self, lines=2)
        self.why.textChanged.connect(self._show_state)
        for part in (self._weighed, self._sheet, self.form, self.why):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self._make_buttons()
        self._mode("reading")

    def _make_buttons(self) -> None:
        self.put = Button("施行", None, "primary", self.foot)
        self.weigh = Button("预览后果", "search", "primary", self.foot)
        self.new = Button("以此拟定新规则集", "edit", "plain", self.foot)
        self.drop = Button("撤销", "recall", "plain", self.foot)
        self.confirm_drop = Button("确认撤销", None, "primary", self.foot)
        self.back = Button("返回修改", "edit", "plain", self.foot)
        self.cancel = Button("取消", parent=self.foot)
        self.put.clicked.connect(self._put)
        self.weigh.clicked.connect(self._weigh)
        self.new.clicked.connect(self.begin)
        self.drop.clicked.connect(self.begin_dropping)
        self.confirm_drop.clicked.connect(self._drop)
        self.back.clicked.connect(self._go_back)
        self.cancel.clicked.connect(self.stop)
        self.add_buttons(self.put, self.weigh, self.confirm_drop, self.new, self.drop, self.back, self.cancel)

    # showing ----------------------------------------------------------------------------------------------

    @property
    def may_put(self) -> bool:
        """Whether the person may change the sets."""
        return commands.may_put(self.session.person)

    @property
    def is_kept(self) -> bool:
        """Whether something is being written, which choosing another row must not lose."""
        return self.mode != "reading"

    def confirmation(self) -> Button | None:
        """The button that goes on."""
        return next((b for b in (self.put, self.weigh, self.confirm_drop) if b.isVisible()), None)

    def show_entry(self, entry: Entry, entries: tuple[Entry, ...]) -> None:
        """Shows a set in full."""
        self._entries, self.entry = entries, entry
        clear(self._lines)
        self._lines.addLayout(words(self._sheet, self._facts(entry)))
        for line in rulewords.lines(entry.rules):
            self._lines.addLayout(
                words(self._sheet, [(line.name, "secondary"), (line.value, ""), (line.source, "small")])
            )
        self._mode("reading")

    def _facts(self, entry: Entry) -> list[tuple[str, str]]:
        today = self.session.today
        by = (
            "随程序提供"
            if entry.put_by is None
            else f"{entry.put_by} {dates.moment(entry.put_at, today)} 拟定"
        )
        lines = [(f"{since(entry)}施行；{by}。", "")]
        if entry.reason:
            lines.append((f"依据：{entry.reason}", ""))
        if entry.closed:
            lines.append((f"{months_named(entry.closed)}已按它封账，不能再改。", "small"))
        if not self.may_put:
            lines.append(("规则集由中心负责人拟定和施行。", "small"))
        return lines

    def _mode(self, mode: str) -> None:
        self.mode = mode
        reading, writing, weighed = mode == "reading", mode == "writing", mode == "weighed"
        self._sheet.setVisible(mode in ("reading", "dropping"))
        self.form.setVisible(writing)
        self._weighed.setVisible(weighed)
        self.why.setVisible(mode == "dropping")
        self.put.setVisible(weighed)
        self.back.setVisible(weighed)
        self.weigh.setVisible(writing)
        self.confirm_drop.setVisible(mode == "dropping")
        self.cancel.setVisible(not reading)
        self.new.setVisible(reading and self.may_put)
        self.drop.setVisible(reading and self._can_drop())
        self.foot.setVisible(not reading or self.may_put)
        if self.entry is not None:
            drawing = "拟定新规则集" if self._draft is None or writing else f"施行“{self._draft.name}”"
            self.title.setText(drawing if writing or weighed else f"规则集 {self.entry.rules.name}")
            chip = set_chip(self.entry, self.session.today)
            self.badge.show_text(
                "草稿" if writing or weighed else chip.text, "amber" if writing or weighed else chip.tone
            )
        self._show_state()

    def _can_drop(self) -> bool:
        entry = self.entry
        return self.may_put and entry is not None and not entry.is_frozen and entry is not self._entries[0]

    def _show_state(self) -> None:
        self.put.setEnabled(not self.busy)
        self.weigh.setEnabled(
            not self.busy and self.form.problem is None if self.mode == "writing" else False
        )
        self.weigh.setToolTip(self.form.problem or "" if self.mode == "writing" else "")
        self.confirm_drop.setEnabled(not self.busy and bool(self.why.toPlainText().strip()))

    def _form_changed(self) -> None:
        self._show_state()

    # drawing up -------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Opens the form with the numbers of the set chosen, for next month."""
        if not self.may_put or self.entry is None or self.is_kept:
            return
        self._renew_form(self.entry)
        self._draft = None
        self._mode("writing")
        self.form.month.setFocus(Qt.FocusReason.TabFocusReason)
        QTimer.singleShot(0, self, self._to_the_top)

    def _to_the_top(self) -> None:
        """Once the form is laid out: the focus went to a field of a form without a place."""
        self.area.ensureVisible(0, 0)

    def _renew_form(self, entry: Entry) -> None:
        """The form with the numbers of a set for next month, or as it was left by who began it before."""
        before, self.form = self.form, RuleSetForm(self)
        self.column.replaceWidget(before, self.form)
        before.hide()
        before.deleteLater()
        self.form.edited.connect(self._form_changed)
        self.form.fill(
            entry.rules,
            queries.first_month(self._entries),
            next_month(self.session.today.replace(day=1)),
        )
        self._drafts.follow(self.form, 0)

    def hideEvent(self, event: QHideEvent) -> None:
        """The page, the window or the person goes: what was typed last is kept."""
        self._drafts.flush()
        super().hideEvent(event)

    def stop(self) -> None:
        """Nothing is put in force, nothing taken back; what was drawn up stays as a draft."""
        self._drafts.leave()
        self.why.clear()
        self._mode("reading")
        self.left.emit()

    def _go_back(self) -> None:
        self._mode("writing")

    def _weigh(self) -> None:
        if self.busy or self.form.problem is not None:
            return
        self.busy = True
        self._draft = draft = self.form.rules()
        self._show_state()
        self.session.query(self, lambda c: queries.consequences(c, draft), self._show_outcome, key="consequences",
                           failed=self._failed)  # fmt: skip

    def _show_outcome(self, found: Consequences) -> None:
        self.busy = False
        assert self._draft is not None
        clear(self._outcome)
        self._outcome.addLayout(words(self._weighed, outcome_lines(self._draft, found)))
        self._mode("weighed")
        self.put.setVisible(not found.closed)
        (self.back if found.closed else self.put).setFocus()
        self.compared.emit(found.before, self._draft)

    def _put(self) -> None:
        draft, reason = self._draft, self.form.reason.toPlainText().strip()
        if self.busy or draft is None:
            return
        self._run(lambda c: commands.put(c, draft, reason=reason), self._was_put)

    def _was_put(self, changes: Changes) -> None:
        draft = self._draft
        assert draft is not None
        self._drafts.done(0, self.form.action)
        self.session.notice("success", f"规则集“{draft.name}”自{dates.month(draft.effective_from)}施行。")
        self._end(changes)

    # taking back ------------------------------------------------------------------------------------------

    def begin_dropping(self) -> None:
        """Asks why the set is taken back."""
        if self._can_drop() and not self.is_kept:
            self._mode("dropping")
            self.why.setFocus(Qt.FocusReason.TabFocusReason)

    def _drop(self) -> None:
        entry, reason = self.entry, self.why.toPlainText().strip()
        if not self.busy and entry is not None and reason:
            self._run(lambda c: commands.drop(c, entry.id, reason=reason), self._was_dropped)

    def _was_dropped(self, changes: Changes) -> None:
        self.session.notice("success", "规则集已撤销，之前的规则集接着施行。")
        self._end(changes)

    def _run(self, work: Any, done: Any) -> None:
        self.busy = True
        self._show_state()
        self.session.command(self, work, done, failed=self._failed)

    def _end(self, changes: Changes) -> None:
        self.busy = False
        self.stop()
        self.acted.emit(changes)

    def _failed(self, error: Exception) -> None:
        self.busy = False
        self._show_state()
        self.tell_failure(error)

    def keyPressEvent(self, event) -> None:
        """Escape leaves what is being written."""
        if event.key() == Qt.Key.Key_Escape and self.is_kept and not self.busy:
            self.stop()
            return
        super().keyPressEvent(event)


def outcome_lines(draft: RuleSet, found: Consequences) -> list[tuple[str, str]]:
    """What putting a set in force would come to, each line with its role."""
    end = f"，到{dates.month(found.until)}前为止" if found.until else ""
    lines = [(f"自{dates.month(draft.effective_from)}施行{end}，接替“{found.before.name}”。", "")]
    if found.replaces and not found.closed:
        lines.append((f"同一个月已有规则集“{found.before.name}”，将由它代替。", "small"))
    if found.closed:
        lines.append((f"{months_named(found.closed)}已经封账，不能施行；请从以后的月份施行。", "red"))
    elif found.months:
        lines.append((f"{months_named(found.months)}已有数据，排名会按新规则重新计算。", ""))
    else:
        lines.append(("施行的月份还没有数据，现有的排名都不变。", ""))
    lines.append(("改了什么", "section"))
    changes = rulewords.changes(found.before, draft)
    for name, change in changes:
        lines += [(name, "secondary"), (change, "")]
    if not changes:
        lines.append(("除名称和月份外没有改动。", ""))
    if found.deadlines:
        lines.append(("新工单的期限", "section"))
    for moved in found.deadlines:
        start = dates.exact_day(moved.start)
        lines.append(
            (
                f"{moved.name}：如 {start}，由{dates.exact_day(moved.before)}改为{dates.exact_day(moved.after)}",
                "",
            )
        )
    if found.deadlines:
        past = any(moved.start > draft.effective_from for moved in found.deadlines)
        lines.append(
            (f"已经算出的期限{'现在不变，以后放假安排变动时按新规则重算' if past else '不变'}。", "small")
        )
    return lines
