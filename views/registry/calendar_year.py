"""A year at a glance: twelve months, each day coloured and shaped by what it is; chosen with mouse or keys."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.registry.calendar_days import DayKind, DayRow, YearView
from views.registry.calendar_words import TONES, hint, kind
from views.shell import theme
from views.shell.theme import UNIT

_WEEKDAYS = "一二三四五六日"
_WEEKS = 6
_GAP = 5 * UNIT
#: Above the days, in cells: the month's name and the weekdays.
_HEAD = 2.1
#: Where each key leads, in days.
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7}


class YearGrid(QWidget):
    """`chosen(DayRow)` when a day is; `year_wanted(date)` for a day of another year."""

    chosen = Signal(object)
    year_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: YearView | None = None
        self._rows: dict[date, DayRow] = {}
        self._today = date.min
        self.day: date | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("工作日历")

    def show_year(self, view: YearView, today: date) -> None:
        """Shows a year; the day chosen stays chosen where it is of that year."""
        self._view, self._today = view, today
        self._rows = {row.day: row for row in view.days}
        self.update()

    def choose(self, day: date) -> None:
        """Chooses a day of the year shown, or asks for its year."""
        row = self._rows.get(day)
        if row is None:
            self.year_wanted.emit(day)
            return
        self.day = day
        self.setAccessibleName(f"工作日历，{hint(row)}，{kind(row)}")
        self.update()
        self.chosen.emit(row)

    # measures ---------------------------------------------------------------------------------------------

    def _cell(self) -> float:
        """The height of a day's cell."""
        return QFontMetrics(theme.font(theme.SMALL)).height() + UNIT

    def _narrowest(self) -> float:
        """The least width of a month."""
        return 7 * (QFontMetrics(theme.font(theme.SMALL)).horizontalAdvance("30") + 2 * UNIT)

    def _columns(self, width: float) -> int:
        return next((n for n in (4, 3) if n * self._narrowest() + (n - 1) * _GAP <= width), 2)

    def _month_height(self) -> float:
        return self._cell() * (_WEEKS + _HEAD)

    def hasHeightForWidth(self) -> bool:
        """Narrower, the months need more rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """All twelve months."""
        rows = 12 // self._columns(width)
        return round(rows * self._month_height() + (rows - 1) * UNIT)

    def sizeHint(self) -> QSize:
        """Four months beside each other."""
        width = round(4 * self._narrowest() + 3 * _GAP)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Two months beside each other."""
        return QSize(round(2 * self._narrowest() + _GAP), self.heightForWidth(self.width()))

    def resizeEvent(self, event) -> None:
        """A scroll area asks for no height that depends on the width."""
        super().resizeEvent(event)
        self.setMinimumHeight(self.heightForWidth(self.width()))

    def _month_box(self, month: int) -> QRectF:
        columns = self._columns(self.width())
        width = (self.width() - (columns - 1) * _GAP) / columns
        row, column = divmod(month - 1, columns)
        return QRectF(
            column * (width + _GAP), row * (self._month_height() + UNIT), width, self._month_height()
        )

    def day_box(self, day: date) -> QRectF:
        """Where a day of the year shown stands."""
        box, cell = self._month_box(day.month), self._cell()
        place = day.replace(day=1).weekday() + day.day - 1
        width = box.width() / 7
        return QRectF(box.left() + place % 7 * width, box.top() + (_HEAD + place // 7) * cell, width, cell)

    def _day_at(self, point: QPointF) -> date | None:
        return next((day for day in self._rows if self.day_box(day).contains(point)), None)

    # mouse and keys ---------------------------------------------------------------------------------------

    def mousePressEvent(self, event) -> None:
        """Chooses the day pressed."""
        if (day := self._day_at(event.position())) is not None:
            self.choose(day)

    def keyPressEvent(self, event) -> None:
        """Arrows go by day and week, Home and End through the month, Page Up and Down by year."""
        day = self.day or self._first()
        key = event.key()
        if day is None or (target := _target(day, key)) is None:
            super().keyPressEvent(event)
            return
        self.choose(target)

    def _first(self) -> date | None:
        if self._today in self._rows:
            return self._today
        return next(iter(self._rows), None)

    def event(self, event) -> bool:
        """Hovering says why a day counts or does not."""
        if event.type() == QEvent.Type.ToolTip:
            day = self._day_at(QPointF(event.pos()))
            if day is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), hint(self._rows[day]), self)
            return True
        return super().event(event)

    def focusInEvent(self, event) -> None:
        """Shows where the keys are."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event) -> None:
        """The keys are elsewhere."""
        super().focusOutEvent(event)
        self.update()

    # painting ---------------------------------------------------------------------------------------------

    def paintEvent(self, event) -> None:
        """The months, and the mark of the day chosen."""
        if self._view is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for month in range(1, 13):
            self._paint_head(painter, month)
        for row in self._rows.values():
            paint_day(painter, self.day_box(row.day), row, today=row.day == self._today)
        if self.day in self._rows:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2.0 if self.hasFocus() else 1.2))
            painter.drawRoundedRect(self.day_box(self.day).adjusted(1, 0, -1, 0), UNIT, UNIT)
        painter.end()

    def _paint_head(self, painter: QPainter, month: int) -> None:
        box, cell = self._month_box(month), self._cell()
        painter.setFont(theme.font(theme.BODY, bold=True))
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(box.left() + UNIT, box.top(), box.width(), cell * 1.1),
                         Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"{month}月")  # fmt: skip
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(theme.color("secondary"))
        width = box.width() / 7
        for number, word in enumerate(_WEEKDAYS):
            painter.drawText(QRectF(box.left() + number * width, box.top() + cell * 1.1, width, cell),
                             Qt.AlignmentFlag.AlignCenter, word)  # fmt: skip


def _target(day: date, key: int) -> date | None:
    """The day that a key leads to from another one."""
    if (step := _STEPS.get(Qt.Key(key))) is not None:
        return day + timedelta(days=step)
    if key == Qt.Key.Key_Home:
        return day.replace(day=1)
    if key == Qt.Key.Key_End:
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
        year = day.year + (1 if key == Qt.Key.Key_PageDown else -1)
        return day.replace(year=year, day=min(day.day, 28) if day.month == 2 else day.day)
    return None


def paint_day(painter: QPainter, box: QRectF, row: DayRow, *, today: bool = False) -> None:
    """A number on its ground: round for a holiday, square for a make-up day, outlined for a local one."""
    tone = TONES.get(row.kind)
    ink = theme.color("text" if row.working else "secondary")
    middle = QRectF(0, 0, min(box.width(), 1.5 * box.height()) - 2, box.height() - 2)
    middle.moveCenter(box.center())
    if tone is not None:
        strong, soft = theme.colors().tone(tone)
        ink = QColor(strong)
        painter.setPen(QPen(ink, 1.2) if row.kind is DayKind.LOCAL else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(soft))
        radius = middle.height() / 2 if row.kind is DayKind.HOLIDAY else UNIT / 2
        painter.drawRoundedRect(middle, radius, radius)
    painter.setFont(theme.font(theme.SMALL, bold=today or row.kind is DayKind.MAKE_UP))
    painter.setPen(theme.color("accent") if today else ink)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(row.day.day))
    if not row.published:
        painter.setPen(QPen(theme.color("secondary"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(
            QPointF(middle.left() + UNIT, box.bottom() - 1), QPointF(middle.right() - UNIT, box.bottom() - 1)
        )
