"""Which period: a month, a quarter, half a year, a year, or any span; and the one before or after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QWidget

from app.rankings.periods import period_text
from app.rankings.queries import Period
from views import dates
from views.shell.parts import Button, Chip, icon_button, label
from views.shell.theme import UNIT

__all__ = ["PeriodBar", "period_text", "whole_periods"]


def whole_periods(months: tuple[date, ...], length: int) -> Iterator[Period]:
    """The months, quarters, half-years or years that hold a month with figures, newest first."""
    starts = {date(m.year, (m.month - 1) // length * length + 1, 1) for m in months}
    for start in sorted(starts, reverse=True):
        yield Period(start, date(start.year, start.month + length - 1, 1))


class PeriodBar(QWidget):
    """`picked(Period)` when another one is wanted."""

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._months: tuple[date, ...] = ()
        self.period: Period | None = None
        self.earlier = icon_button("previous", "前一期（←）", self)
        self.later = icon_button("next", "后一期（→）", self)
        self.chip = Chip("月份", self, tone="accent", icon="month")
        self.earlier.clicked.connect(self.go_earlier)
        self.later.clicked.connect(self.go_later)
        self.chip.clicked.connect(self.open_menu)
        for widget in (self.earlier, self.chip, self.later):
            widget.installEventFilter(self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(UNIT)
        for widget in (self.earlier, self.chip, self.later, self._span_fields()):
            line.addWidget(widget)

    def _span_fields(self) -> QWidget:
        self._span = QWidget(self)
        line = QHBoxLayout(self._span)
        line.setContentsMargins(UNIT, 0, 0, 0)
        line.setSpacing(UNIT)
        self.first, self.last = QComboBox(self._span), QComboBox(self._span)
        self.first.setAccessibleName("起始月份")
        self.last.setAccessibleName("截止月份")
        self.confirm = Button("确定", kind="plain", parent=self._span)
        self.confirm.clicked.connect(self._pick_span)
        for widget in (
            label("从", "", self._span),
            self.first,
            label("至", "", self._span),
            self.last,
            self.confirm,
        ):
            line.addWidget(widget)
        self._span.hide()
        return self._span

    def show_period(self, period: Period, months: tuple[date, ...]) -> None:
        """Shows the period; `months`: those with figures, newest first."""
        self.period, self._months = period, months
        text = period_text(period)
        self.chip.setText(text)
        self.chip.setAccessibleName(f"期间：{text}")
        self.chip.updateGeometry()
        self.earlier.setEnabled(bool(months) and period.before.last >= months[-1])
        self.later.setEnabled(bool(months) and period.after.first <= months[0])

    def go_earlier(self) -> None:
        """The period of the same length just before."""
        if self.period is not None and self.earlier.isEnabled():
            self._pick(self.period.before)

    def go_later(self) -> None:
        """The period of the same length just after."""
        if self.period is not None and self.later.isEnabled():
            self._pick(self.period.after)

    def _pick(self, period: Period) -> None:
        self._show_span(asked=False)
        self.picked.emit(period)

    def _show_span(self, *, asked: bool) -> None:
        """The fields take the place of the period while one is asked for."""
        self._span.setVisible(asked)
        for widget in (self.earlier, self.chip, self.later):
            widget.setVisible(not asked)

    def eventFilter(self, _watched, event) -> bool:
        """← and → turn the period over where Qt's buttons would hand the focus on."""
        if event.type() != QEvent.Type.KeyPress or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if event.key() == Qt.Key.Key_Left:
            self.go_earlier()
        elif event.key() == Qt.Key.Key_Right:
            self.go_later()
        else:
            return False
        return True

    def keyPressEvent(self, event) -> None:
        """Esc leaves the period as it was."""
        if event.key() == Qt.Key.Key_Escape and self._span.isVisible():
            self._show_span(asked=False)
            self.chip.setFocus()
            return
        super().keyPressEvent(event)

    # choosing ---------------------------------------------------------------------------------------------

    def menu(self) -> QMenu:
        """Months, quarters, half-years and years with figures; the newest stand first."""
        made = QMenu(self)
        for name, length in (("月份", 1), ("季度", 3), ("半年", 6), ("全年", 12)):
            part = made.addMenu(name)
            for period in list(whole_periods(self._months, length))[:36]:
                self._entry(part, period_text(period), period)
        made.addSeparator()
        if self._months:
            latest = Period.month(self._months[0])
            for count, name in ((3, "近三个月"), (12, "近一年")):
                first = Period.month(latest.first)
                for _ in range(count - 1):
                    first = first.before
                self._entry(made, name, Period(first.first, latest.last))
        made.addAction("任意时段…").triggered.connect(self.ask_span)
        return made

    def _entry(self, menu: QMenu, text: str, period: Period) -> None:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(period == self.period)
        action.setData(period)
        action.triggered.connect(self._picked)

    def _picked(self) -> None:
        self._pick(self.sender().data())

    def open_menu(self) -> None:
        """Shows the menu below its chip."""
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.chip.mapToGlobal(self.chip.rect().bottomLeft()))

    def ask_span(self) -> None:
        """Asks for the first and the last month."""
        shown = self.period or Period.month(self._months[0])
        for box, chosen in ((self.first, shown.first), (self.last, shown.last)):
            box.clear()
            for month in _between(self._months):
                box.addItem(dates.month(month), month)
            box.setCurrentIndex(max(0, box.findData(chosen)))
        self._show_span(asked=True)
        self.first.setFocus()

    def _pick_span(self) -> None:
        first, last = self.first.currentData(), self.last.currentData()
        self._pick(Period(min(first, last), max(first, last)))


def _between(months: tuple[date, ...]) -> Iterator[date]:
    """Every month from the newest to the oldest with figures, those without too."""
    one = Period.month(months[0])
    while one.first >= months[-1]:
        yield one.first
        one = one.before
