"""各月: a column for each month, bad ratings red at its foot, the mean below; all of it in words too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from views import dates
from views.rankings.canvas import Canvas, Spot
from views.rankings.painting import write
from views.shell import theme

HEIGHT = 150
_FOOT, _HEAD = 38, 18


class MonthChart(Canvas):
    """The last months of one of the staff."""

    name = "各月评价"
    least = QSize(240, HEIGHT)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.months: tuple[Any, ...] = ()
        self.setFixedHeight(HEIGHT)

    def show_months(self, months: Sequence[Any]) -> None:
        """Shows other months."""
        self.months = tuple(months)
        self.setAccessibleDescription("；".join(_said(one).replace("\n", "，") for one in months))
        self.renew()

    def draw(self, painter: QPainter, size: QSize, colors: theme.Colors) -> None:
        """Columns, their numbers above, month and mean below."""
        base = size.height() - _FOOT
        most = max((one.counts.ratings for one in self.months), default=1)
        painter.fillRect(QRectF(0, base, size.width(), 1), QColor(colors.line))
        for box, one in self._columns(size):
            high = (base - _HEAD) * one.counts.ratings / most
            low = (base - _HEAD) * one.counts.bad / most
            inner = box.adjusted(box.width() * 0.22, 0, -box.width() * 0.22, 0)
            painter.fillRect(QRectF(inner.x(), base - high, inner.width(), high), QColor(colors.parts[1]))
            painter.fillRect(QRectF(inner.x(), base - low, inner.width(), low), QColor(colors.red))
            number = QRectF(box.x(), base - high - _HEAD, box.width(), _HEAD)
            write(painter, number, str(one.counts.ratings), theme.SMALL, colors.text, centre=True)
            ink = colors.red if one.last else colors.secondary
            name = f"{one.month.month}月"
            write(painter, QRectF(box.x(), base + 2, box.width(), 17), name, theme.SMALL, ink, centre=True)
            mean = QRectF(box.x(), base + 19, box.width(), 17)
            write(painter, mean, f"{one.counts.mean}", theme.SMALL, ink, centre=True)

    def _columns(self, size: QSize) -> list[tuple[QRectF, Any]]:
        step = size.width() / max(6, len(self.months))
        return [(QRectF(n * step, 0, step, size.height()), one) for n, one in enumerate(self.months)]

    def find_spots(self, size: QSize) -> Sequence[Spot]:
        """Each month."""
        return tuple(Spot(box, "", one.month, _said(one)) for box, one in self._columns(size))


def _said(one: Any) -> str:
    counts = one.counts
    closed = "，已封账" if one.closed else ""
    last = "，末位" if one.last else ""
    return (
        f"{dates.month(one.month)}{closed}\n评价 {counts.ratings:,} 条，差评 {counts.bad:,} 条（{counts.bad_rate}%）\n"
        f"平均分 {counts.mean}，第 {one.rank} 名（共 {one.ranked} 人{last}）"
    )
