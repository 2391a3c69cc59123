"""The lines of 工作台: each is a button that opens what it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.cases.queries import ReminderFilter
from app.tickets.queries import Waiting
from views import dates
from views.shell import icons, theme
from views.shell.actions import PAGES
from views.shell.parts import EnterPresses, paint_badge
from views.shell.theme import UNIT
from views.tables.chips import deadline_chip

_WAITING = {
    Waiting.VERIFY: ("verify", "accent", "核对事项、单位是否属实，确定主办"),
    Waiting.SIGN: ("sign", "accent", "已转办，等主办单位签收"),
    Waiting.OVERDUE: ("overdue", "red", "过了期限还没有办完"),
    Waiting.TODAY: ("due_today", "amber", "过了今天24:00就超期"),
    Waiting.DUE_SOON: ("soon", "amber", "期限将近，请尽快办理"),
    Waiting.REVIEW: ("review", "accent", "整改材料已交，等中心审核"),
    Waiting.REPORT: ("report", "accent", "审核通过，5 个工作日内报送12345"),
    Waiting.RECTIFY: ("rectify", "accent", "已签收，正在整改"),
}


class _Line(EnterPresses, QAbstractButton):
    """A button as wide as its card, painted by its subclass."""

    height_ = 40

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._clicked)

    def sizeHint(self) -> QSize:
        """As high as two lines of text at most."""
        return QSize(260, max(self.height_, QFontMetrics(theme.font()).height() + 3 * UNIT))

    def _clicked(self) -> None:
        raise NotImplementedError

    def _begin(self) -> tuple[QPainter, QRectF]:
        c = theme.colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(-2 * UNIT + 8.5, 0.5, -0.5, -0.5)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(QColor(c.accent), 1.2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.hover))
            painter.drawRoundedRect(box, 6, 6)
        return painter, QRectF(self.rect()).adjusted(UNIT, 0, -UNIT, 0)

    def enterEvent(self, event) -> None:
        """Hover shows."""
        super().enterEvent(event)
        self.update()


def _write(painter: QPainter, box: QRectF, text: str, *, size: float = theme.BODY, bold: bool = False,
           ink: str = "text", right: bool = False) -> None:  # fmt: skip
    painter.setFont(theme.font(size, bold=bold))
    painter.setPen(theme.color(ink))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()) + 1)
    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, shown)


@dataclass(frozen=True, slots=True)
class Count:
    """A line of the desk: its name and picture, what it means, how many, and what the tickets page opens for it."""

    name: str
    icon: str
    tone: str
    means: str
    number: int
    opens: Any


def waiting_count(line: Any) -> Count:
    """One kind of waiting."""
    icon, tone, means = _WAITING.get(line.waiting, ("tickets", "accent", ""))
    return Count(line.waiting.label, icon, tone, means, line.count, line.filter)


def watched_count(line: Any) -> Count:
    """A saved filter above the number that the person set."""
    one = line.saved
    whose = "" if one.own else f"{one.owner}共享，"
    return Count(one.name, "remind", "amber", f"常用筛选，{whose}超过 {one.above:,} 件", line.count, one)


def order_count(line: Any) -> Count:
    """Orders to improve, or cases to remind of, that wait."""
    if isinstance(line.filter, ReminderFilter):
        return Count(line.name, "remind", "accent", line.means, line.count, line.filter)
    tone = "red" if line.filter.overdue else "accent"
    return Count(
        line.name, "overdue" if line.filter.overdue else "rectify", tone, line.means, line.count, line.filter
    )


def duty_count(line: Any) -> Count:
    """What waits on another page, with its icon."""
    icon = next(page.icon for page in PAGES if page.id == line.page)
    return Count(line.name, icon, "accent", line.means, line.count, (line.page, line.filter))


class CountButton(_Line):
    """A line with its count; `opened(filter)`."""

    opened = Signal(object)

    def __init__(self, count: Count, parent: QWidget | None = None) -> None:
        super().__init__(f"{count.name}，{count.number} 件，打开", parent)
        self._count = count
        self.setToolTip(f"{count.name}\n{count.means}")

    def _clicked(self) -> None:
        self.opened.emit(self._count.opens)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Icon, name, what it means, count."""
        icon, tone, means = self._count.icon, self._count.tone, self._count.means
        ink, soft = theme.colors().tone(tone)
        painter, box = self._begin()
        middle = box.center().y()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(soft))
        painter.drawRoundedRect(QRectF(box.left(), middle - 15, 30, 30), 8, 8)
        icons.paint(painter, icon, QRectF(box.left() + 6, middle - 9, 18, 18), ink)
        _write(
            painter,
            QRectF(box.left() + 44, box.top(), 124, box.height()),
            self._count.name,
            bold=True,
        )
        _write(
            painter,
            QRectF(box.left() + 172, box.top(), box.width() - 268, box.height()),
            means,
            size=theme.SMALL,
            ink="secondary",
        )
        count = QRectF(box.right() - 92, box.top(), 50, box.height())
        _write(
            painter,
            count,
            str(self._count.number),
            size=15,
            bold=True,
            ink=tone if tone != "accent" else "text",
            right=True,
        )
        _write(
            painter,
            QRectF(count.right() + 4, box.top() + 2, 16, box.height()),
            "件",
            size=theme.SMALL,
            ink="secondary",
        )
        icons.paint(painter, "next", QRectF(box.right() - 14, middle - 7, 14, 14), theme.colors().secondary)
        painter.end()


class TicketLine(_Line):
    """One ticket: chip, item, agency; `opened(ticket id)`."""

    opened = Signal(int)
    height_ = 38

    def __init__(self, ticket: Any, today: date, parent: QWidget | None = None) -> None:
        self._chip = deadline_chip(ticket)
        super().__init__(f"{self._chip.text}，{ticket.item or '事项不明'}，{ticket.agency}，打开", parent)
        self._ticket = ticket
        until = f"到期：{dates.exact_day(ticket.runs_until)}\n" if ticket.runs_until else ""
        number = ticket.number or "无省工单编号"
        self.setToolTip(f"{ticket.item or '事项不明'}\n{ticket.agency} · {number}\n{until}"
                        f"评价时间：{dates.moment(ticket.rated_at, today)}")  # fmt: skip

    def _clicked(self) -> None:
        self.opened.emit(self._ticket.id)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Chip, item, agency."""
        painter, box = self._begin()
        metrics = QFontMetrics(theme.font(theme.SMALL))
        height = metrics.height() + UNIT
        width = metrics.horizontalAdvance(self._chip.text) + 4.5 * UNIT
        chip = QRectF(box.left(), box.center().y() - height / 2, width, height)
        paint_badge(painter, chip, self._chip.text, self._chip.tone)
        left = box.left() + max(width + 3 * UNIT, 112)
        side = QFontMetrics(theme.font(theme.SMALL)).horizontalAdvance(self._ticket.agency)
        _write(
            painter,
            QRectF(left, box.top(), box.right() - left - side - 12, box.height()),
            self._ticket.item or "事项不明",
        )
        end = QRectF(box.right() - side - 4, box.top(), side + 4, box.height())
        _write(painter, end, self._ticket.agency,
               size=theme.SMALL, ink="secondary", right=True)  # fmt: skip
        painter.end()


class AgencyLine(_Line):
    """An agency in trouble: how many are overdue of how many open; `opened(agency)`."""

    opened = Signal(str)
    height_ = 30

    def __init__(self, trouble: Any, most: int, parent: QWidget | None = None) -> None:
        super().__init__(f"{trouble.agency}，超期 {trouble.overdue} 件，在办 {trouble.open} 件，打开", parent)
        self._trouble, self._most = trouble, most

    def _clicked(self) -> None:
        self.opened.emit(self._trouble.agency)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name, a bar of open tickets with the overdue part red, and the two counts."""
        c = theme.colors()
        painter, box = self._begin()
        _write(painter, QRectF(box.left(), box.top(), 170, box.height()), self._trouble.agency)
        room = box.width() - 170 - 84
        unit = room / self._most
        middle = box.center().y()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.parts[2]))
        painter.drawRoundedRect(QRectF(box.left() + 170, middle - 4, unit * self._trouble.open, 8), 3, 3)
        if self._trouble.overdue:
            painter.setBrush(QColor(c.red))
            painter.drawRoundedRect(
                QRectF(box.left() + 170, middle - 4, unit * self._trouble.overdue, 8), 3, 3
            )
        red = "red" if self._trouble.overdue else "secondary"
        _write(
            painter,
            QRectF(box.right() - 70, box.top(), 30, box.height()),
            str(self._trouble.overdue),
            bold=True,
            ink=red,
            right=True,
        )
        _write(
            painter,
            QRectF(box.right() - 38, box.top(), 38, box.height()),
            f"/ {self._trouble.open}",
            ink="secondary",
            right=True,
        )
        painter.end()
