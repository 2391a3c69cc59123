"""工作日历: the year, its legend, and the ways to another one; what changes it is done in the panel."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.registry import calendar_days
from app.registry.calendar_days import MAY_CHANGE, YEARS, DayKind, DayRow, YearView
from views.registry.calendar_panel import CalendarPanel
from views.registry.calendar_words import year_facts
from views.registry.calendar_year import YearGrid, paint_day
from views.shell.flow import Flow
from views.shell.parts import Button, card, icon_button, label, row, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT

#: A day of each sort, drawn as the calendar draws it: what is said of it, working or not, settled or not.
_LEGEND = (
    (date(2026, 11, 2), True, "周一，工作日", True, "工作日"),
    (date(2026, 11, 7), False, "周六，休息日", True, "周末"),
    (date(2026, 10, 1), False, "国庆节假期", True, "法定节假日"),
    (date(2026, 10, 10), True, "国庆节调休上班", True, "调休上班"),
    (date(2026, 12, 28), True, "周一，工作日", False, "暂定（放假安排未公布）"),
)


class CalendarView(QWidget):
    """A year of the calendar; its panel is laid out by the page. `told(str)`: the year's facts in a line."""

    told = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._wanted: date | None = None
        self.facts = ""
        self.panel = CalendarPanel(session)
        self.panel.changed.connect(self._changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * UNIT)
        column.addLayout(self._make_bar())
        frame, inner = card(self, margin=3, spacing=2)
        self.grid = YearGrid()
        self.grid.chosen.connect(self.panel.show_day)
        self.grid.year_wanted.connect(self.show_day)
        self.grid.chosen.connect(self._bring_into_view)
        self._area = scrolling(self.grid, frame)
        inner.addWidget(self._area, 1)
        inner.addWidget(Legend(frame))
        column.addWidget(frame, 1)
        self.setFocusProxy(self.grid)

    def _make_bar(self) -> Any:
        self.year = label("", "lead", self)
        self.earlier = icon_button("previous", "上一年（Page Up）", self)
        self.later = icon_button("next", "下一年（Page Down）", self)
        self.today = Button("今天", kind="plain", parent=self)
        self.load = Button("导入放假安排", "intake", parent=self)
        self.load.setVisible(self.session.person.group in MAY_CHANGE)
        self.earlier.clicked.connect(self._go_back)
        self.later.clicked.connect(self._go_on)
        self.today.clicked.connect(self._go_today)
        self.load.clicked.connect(self.choose_file)
        return row(self.earlier, self.year, self.later, self.today, None, self.load)

    # reading ----------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Reads the year shown, at first the present one, and the log."""
        self.show_day(self._wanted or self.grid.day or self.session.today)

    def show_day(self, day: date) -> None:
        """Reads a day's year, and chooses the day in it."""
        if day.year not in YEARS:
            return
        self._wanted = day
        group = self.session.person.group

        def read(connection: Any) -> Any:
            return calendar_days.year(connection, day.year), calendar_days.log(connection, group)

        self.session.query(self, read, self._show, key="calendar", failed=self._not_read)

    def _show(self, found: tuple[YearView, Any]) -> None:
        view, log = found
        self.year.setText(f"{view.year}年")
        self.earlier.setEnabled(view.year - 1 in YEARS)
        self.later.setEnabled(view.year + 1 in YEARS)
        self.facts = year_facts(view)
        self.told.emit(self.facts)
        self.grid.show_year(view, self.session.today)
        self.panel.show_year(view, log)
        wanted, self._wanted = self._wanted, None
        self.grid.choose(wanted or view.days[0].day)

    def _not_read(self, error: Exception) -> None:
        self.session.notice("error", str(error), "重试", self.reload)

    def _changed(self, day: date) -> None:
        self._wanted = day

    def _bring_into_view(self, day: DayRow) -> None:
        spot = self.grid.day_box(day.day).center().toPoint()
        self._area.ensureVisible(spot.x(), spot.y(), 0, 5 * UNIT)

    # going about ------------------------------------------------------------------------------------------

    def _go_back(self) -> None:
        self._go(-1)

    def _go_on(self) -> None:
        self._go(1)

    def _go(self, years: int) -> None:
        day = self.grid.day or self.session.today
        leap = day.month == 2 and day.day == 29
        self.show_day((day - timedelta(days=1) if leap else day).replace(year=day.year + years))

    def _go_today(self) -> None:
        self.show_day(self.session.today)
        self.grid.setFocus()

    def choose_file(self) -> None:
        """Asks for the file of a year's notice."""
        dialog = QFileDialog(self, "选择放假安排", "", "Excel 或 CSV (*.xlsx *.xls *.csv)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def _file_chosen(self, name: str) -> None:
        self.panel.preview_notice(Path(name))


class Legend(QWidget):
    """What the colours and shapes of the days mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow = Flow(self)
        for day, working, why, published, name in _LEGEND:
            flow.addWidget(_LegendEntry(DayRow(day, working, why, published, None), name, self))
        local = calendar_days.LocalDay("", "", None, True, "")  # type: ignore[arg-type]
        flow.addWidget(
            _LegendEntry(DayRow(date(2026, 12, 3), False, "", True, local), DayKind.LOCAL.label, self)
        )


class _LegendEntry(QWidget):
    """A day drawn as in the calendar, and its name."""

    def __init__(self, day: DayRow, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        line = row(_Sample(day, self), label(name, "small", self), spacing=1)
        self.setLayout(line)


class _Sample(QWidget):
    """One day, drawn."""

    def __init__(self, day: DayRow, parent: QWidget) -> None:
        super().__init__(parent)
        self._day = day
        self.setFixedSize(7 * UNIT, 5 * UNIT)

    def paintEvent(self, event) -> None:
        """As the calendar does."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_day(painter, self.rect().toRectF(), self._day)
        painter.end()
