"""The list of callbacks: what is due by kind, what was called by its outcome; after a call the next one comes up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from app.callbacks import export, queries
from app.callbacks.rows import CallFilter
from app.rankings import queries as rankings
from models.rules.callbacks import SETTLED, Decision, Kind, Outcome
from models.rules.people import Group
from views import dates
from views.callbacks.columns import COLUMNS
from views.callbacks.panel import CallPanel
from views.operations import Task
from views.records.listing import RecordList
from views.shell.parts import Chip, Empty, icon_button
from views.shell.session import Session
from views.tickets.export import ExportBar


def _counted(wanted: CallFilter) -> str:
    """What a figure counted, in words."""
    if not wanted.counted or wanted.month is None:
        return ""
    last = wanted.last_month or wanted.month
    span = (
        dates.month(wanted.month)
        if last == wanted.month
        else f"{dates.month(wanted.month)} 至 {dates.month(last)}"
    )
    return f"计入满意率：{wanted.holder or ''} {span}"


class MonthField(QComboBox):
    """One of the months with figures, or all."""

    def __init__(self, session: Session, parent: QWidget | None = None, *, whole: str = "全部月份") -> None:
        """`whole`: what stands for all; empty where one must be chosen."""
        super().__init__(parent)
        self.setAccessibleName("月份")
        self._whole = whole
        self._offer(())
        session.query(self, rankings.months, self._offer, key="callback_months")

    def _offer(self, months: tuple[date, ...]) -> None:
        kept = self.month
        self.blockSignals(True)
        self.clear()
        if self._whole:
            self.addItem(self._whole, None)
        for month in sorted({*months, *([kept] if kept else [])}, reverse=True):
            self._add(month)
        self.blockSignals(False)
        if kept is None and not self._whole and self.count():
            self.currentIndexChanged.emit(0)
        self.show_month(kept)

    @property
    def month(self) -> date | None:
        """The month chosen."""
        chosen = self.currentData()
        return date.fromisoformat(chosen) if chosen else None

    def show_month(self, month: date | None) -> None:
        """Chooses a month, known or not."""
        kept = month.isoformat() if month is not None else None  # Qt finds equal texts, not equal dates
        if month is not None and self.findData(kept) < 0:
            self._add(month)
        if self.count():
            self.setCurrentIndex(max(0, self.findData(kept)))

    def _add(self, month: date) -> None:
        self.addItem(dates.month(month), month.isoformat())


class CallExport(ExportBar):
    """The list into a file."""

    title, subject, unit = "导出回访清单", "回访清单", "件"

    def work(self, path: Path, wish: Any) -> Callable[[Task], Any]:
        """What is done on the thread."""
        space = self._session.workspace
        return lambda _task: export.export(space, path, wish)


class CallList(RecordList):
    """The callbacks that concern a person."""

    name, hint, key = "回访列表", "搜索工单编号、事项、单位", "callback"
    columns, states = COLUMNS, SETTLED
    _advance: int | None = None

    def __init__(self, session: Session, panel: CallPanel, parent: QWidget | None = None) -> None:
        self.clocks = tuple(
            (kind.value, kind.short, "grey") for kind in Kind if kind.group is session.person.group
        )
        self.months = MonthField(session)
        officer = session.person.group is Group.OFFICER
        advice = (
            "12345热线的差评、抽中的工单会列在这里；按“抽取样本”从已整改的工单中抽查。"
            if officer
            else "提交整改以后、还没有回访的工单会列在这里。"
        )
        #: What is counted, where a figure was opened; its × leads back to what is due.
        self.counted_chip = Chip("", tone="accent", closable=True)
        self.counted_chip.closed.connect(self._leave_counted)
        self.counted_chip.clicked.connect(self._leave_counted)
        self.counted_chip.hide()
        self.save = icon_button("save", "导出所列的回访（Ctrl+Alt+L）")
        empty = Empty("call", "没有要回访的", advice)
        super().__init__(
            session, panel, CallFilter(), empty, self.counted_chip, self.months, self.save, parent=parent
        )
        self.months.currentIndexChanged.connect(self._month_chosen)
        self.save.clicked.connect(self.ask_path)
        self.bar = CallExport(session, self)
        self.layout().insertWidget(2, self.bar)

    def read(self, connection: Any, wanted: Any, after: Any, limit: int) -> Any:
        """One page of callbacks."""
        return queries.page(connection, wanted, person=self._session.person, after=after, limit=limit)

    def count(self, connection: Any, wanted: Any) -> Any:
        """How many are due by kind and settled by outcome."""
        return queries.counts(connection, wanted, person=self._session.person)

    def change(self, wanted: Any) -> None:
        """Lists what a filter lets through."""
        self.months.blockSignals(True)
        self.months.show_month(wanted.month)
        self.months.blockSignals(False)
        self.counted_chip.setText(_counted(wanted))
        self.counted_chip.updateGeometry()
        self.counted_chip.setVisible(wanted.counted)
        self.months.setVisible(not wanted.counted)
        super().change(wanted)

    def _leave_counted(self) -> None:
        self.change(CallFilter(search=self.filter.search))

    def _month_chosen(self) -> None:
        self.change(replace(self.filter, month=self.months.month))

    # as a file --------------------------------------------------------------------------------------------

    def can_export(self) -> bool:
        """Whether anything is listed, and no file under way."""
        return self.isVisible() and bool(self.model.rows) and self.bar.idle

    def ask_path(self) -> None:
        """Asks where the list goes."""
        if self.can_export():
            self.bar.ask(self.filter)

    # one after the other ----------------------------------------------------------------------------------

    def next(self) -> None:
        """The next row of the list, or the first."""
        at = self.model.row_of(self._panel.number)
        self._choose(0 if at is None or at + 1 >= len(self.model.rows) else at + 1)

    def _choose(self, at: int) -> None:
        if self.model.rows:
            self.open_id(self.model.rows[at].id)

    def _acted(self, done: Any) -> None:
        """The next comes up once the list was read again; somebody unsatisfied stays, to be decided on."""
        decides = self._session.is_officer and done.outcome is Outcome.UNSATISFIED and done.decision is None
        moved_on = done.decision is not Decision.REOPEN
        self._advance = max(self.table.currentIndex().row(), 0) if not decides and moved_on else None
        if self._panel.isAncestorOf(QApplication.focusWidget()):
            self.table.setFocus()
        super()._acted(done)

    def _loaded(self, started: bool) -> None:
        super()._loaded(started)
        at, self._advance = self._advance, None
        if self._panel.form is not None:
            return
        if at is None:
            if self._panel.number is None:
                self._choose(0)
            return
        here = self.model.row_of(self._panel.number)
        following = at if here is None else here + 1
        if following < len(self.model.rows):
            self._choose(following)
