"""How a record's panel looks: what stands in it from top to bottom, and where a form comes in."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from views.records.foot import StepFoot
from views.records.sheets import Sheets
from views.records.steps import StepRow
from views.shell.parts import Badge, Empty, label, row, rule, scrolling
from views.shell.tabbing import TabsAsLaidOut
from views.shell.theme import UNIT
from views.tables.chips import ChipText
from views.tickets.history import DayList, TimeLine

_NONE = ChipText("", "grey")


class RecordFrame(TabsAsLaidOut, QFrame):
    """Head, row of steps, parts of the subclass, form, tabs; the foot below, which does not scroll away."""

    #: Read out for the panel; icon, title and advice where nothing is chosen.
    name, nothing = "", ("", "", "")
    #: The words of its row of steps (none: no row).
    way: tuple[str, ...] = ()
    #: How its deadline is called, and why it has so many days.
    deadline = ("期限", "")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setAccessibleName(self.name)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.area = scrolling(self._make_body(), self)
        self.foot = StepFoot(self)
        outer.addWidget(self.area, 1)
        outer.addWidget(rule(self))
        outer.addWidget(self.foot)

    def _make_body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        column.setSpacing(3 * UNIT)
        self._empty = Empty(*self.nothing, body)
        self._shown = QWidget(body)
        self._form_title = label("", "section", body)
        self._form_title.hide()
        self._form_place = QVBoxLayout()
        self.sheets = Sheets("办理记录", body)
        self.history, self.days = TimeLine(self.sheets), DayList(self.sheets)
        self.sheets.add(
            "办理过程", self.history, lambda detail, today: self.history.show_entries(detail.steps, today)
        )
        self.sheets.add("期限说明", self.days, self._fill_days, wanted=lambda detail: bool(detail.days))
        self._make_head()
        column.addWidget(self._empty, 1)
        for part in (self._shown, self._form_title):
            column.addWidget(part)
        column.addLayout(self._form_place)
        column.addWidget(self.sheets)
        column.addStretch(1)
        return body

    def _make_head(self) -> None:
        self._parts = QVBoxLayout(self._shown)
        self._parts.setContentsMargins(0, 0, 0, 0)
        self._parts.setSpacing(3 * UNIT)
        self.title = label("", "lead", self._shown, wrap=True)
        self.badges = (Badge("", parent=self._shown), Badge("", parent=self._shown))
        head = row(self.title, *self.badges)
        head.setStretch(0, 1)
        self.facts = label("", "small", self._shown, wrap=True)
        self.way_row = StepRow(self.way, self._shown)
        self.way_row.setVisible(bool(self.way))
        self._parts.addLayout(head)
        self._parts.addWidget(self.facts)
        self._parts.addWidget(self.way_row)

    def add(self, part: QWidget) -> None:
        """Puts a part below the facts, above the form."""
        self._parts.addWidget(part)

    def say(self, title: str, facts: tuple[str | None, ...], *chips: ChipText) -> None:
        """Fills the head: title, one line of facts, up to two chips (one without a text is not shown)."""
        self.title.setText(title)
        self.facts.setText(" · ".join(fact for fact in facts if fact))
        for badge, chip in zip(self.badges, (*chips, _NONE, _NONE), strict=False):
            badge.show_text(chip.text, chip.tone)

    def _fill_days(self, detail: Any, today: Any) -> None:
        name, basis = self.deadline
        self.days.show_days(name, detail.days, today, basis=basis)

    def show_parts(self, *, empty: bool = False, content: bool = False) -> None:
        """The advice, the record, or neither: a form for something new stands alone."""
        self._empty.setVisible(empty)
        for part in (self._shown, self.sheets):
            part.setVisible(content)

    # a form and the tabs come and go ----------------------------------------------------------------------

    def mount(self, form: Any) -> None:
        """Puts a `Form` below the parts; it comes in sight once it is laid out."""
        self._form_title.setText(form.title)
        self._form_title.show()
        self._form_place.addWidget(form)
        form.show()
        QTimer.singleShot(0, form, lambda: self.area.ensureWidgetVisible(form))

    def dismount(self, form: QWidget) -> None:
        """The form goes."""
        self._form_place.removeWidget(form)
        form.hide()
        form.deleteLater()
        self._form_title.hide()

    def turn_to(self, sheet: QWidget) -> None:
        """Brings a tab's sheet to the front, and to the top once it is laid out."""
        self.sheets.turn_to(sheet)
        QTimer.singleShot(0, self, self._bring_sheets)

    def _bring_sheets(self) -> None:
        """The sheet begins at the top, once it is laid out."""
        self.area.verticalScrollBar().setValue(self.sheets.y())
