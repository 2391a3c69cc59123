"""Charts of counts: bars with their shares for things, columns for hours and weekdays. Every number stands in words
beside its bar, so that paper without colour and the screen reader say the same."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from models.rules.rates import Slice
from views.rankings.canvas import Canvas, Spot
from views.rankings.painting import write
from views.shell import theme

ROW, BAR, COLUMNS = 26, 0.52, 150
#: The names' share of the width at most; room for number, share and cumulative share.
_LONGEST, _NUMBERS = 0.5, 150
_HEAD = 22


class BarChart(Canvas):
    """Slices, the largest on top, each with number, share and the share of all down to it (Pareto)."""

    least = QSize(300, 3 * ROW)

    def __init__(self, name: str, unit: str, parent: QWidget | None = None) -> None:
        self.name = name
        super().__init__(parent)
        self._unit = unit
        self.slices: tuple[Slice, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_slices(self, slices: Sequence[Slice]) -> None:
        """Shows other slices."""
        self.slices = tuple(slices)
        self.setFixedHeight(_HEAD + ROW * max(1, len(slices)))
        said = "，".join(f"{one.name} {one.number}{self._unit}" for one in slices[:5])
        self.setAccessibleDescription(said or "没有数据")
        self.renew()

    def draw(self, painter: QPainter, size: QSize, colors: theme.Colors) -> None:
        """Names, bars, numbers."""
        left, right = self._left(size.width()), size.width() - _NUMBERS
        most = max((one.number for one in self.slices), default=1)
        for title, x, wide in (("占比", right + 38, 54), ("累计", right + 92, 58)):
            write(painter, QRectF(x, 0, wide, _HEAD), title, theme.SMALL, colors.secondary, right=True)
        for number, one in enumerate(self.slices):
            top = _HEAD + number * ROW
            self._name(painter, QRectF(0, top, left - 8, ROW), one.name, colors)
            length = (right - left) * one.number / most
            bar = QRectF(left, top + ROW * (1 - BAR) / 2, max(2.0, length), ROW * BAR)
            painter.fillRect(bar, QColor(colors.parts[0]))
            self._numbers(painter, right, top, one, colors)

    def _name(self, painter: QPainter, box: QRectF, name: str, colors: theme.Colors) -> None:
        metrics = QFontMetricsF(theme.font())
        said = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, box.width())
        write(painter, box, said, theme.BODY, colors.text)

    def _numbers(self, painter: QPainter, x: float, top: float, one: Slice, colors: theme.Colors) -> None:
        write(
            painter,
            QRectF(x, top, 38, ROW),
            f"{one.number:,}",
            theme.BODY,
            colors.text,
            bold=True,
            right=True,
        )
        for text, left, wide in (
            (f"{one.share_shown}%", x + 38, 54),
            (f"{one.cumulative_shown}%", x + 92, 58),
        ):
            write(painter, QRectF(left, top, wide, ROW), text, theme.SMALL, colors.secondary, right=True)

    def _left(self, width: int) -> float:
        metrics = QFontMetricsF(theme.font())
        names = (metrics.horizontalAdvance(one.name) for one in self.slices)
        return min(_LONGEST * width, max(names, default=60.0) + 10)

    def find_spots(self, size: QSize) -> Sequence[Spot]:
        """Each row."""
        return tuple(
            Spot(QRectF(0, _HEAD + number * ROW, size.width(), ROW), one.key, None, self._said(one))
            for number, one in enumerate(self.slices)
        )

    def _said(self, one: Slice) -> str:
        return f"{one.name}\n{one.number:,}{self._unit}，占{one.share_shown}%，累计{one.cumulative_shown}%"


class ColumnChart(Canvas):
    """Slices in their own order, side by side."""

    least = QSize(240, COLUMNS)

    def __init__(self, name: str, every: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`every`: keys and what stands below, also where nothing was counted."""
        self.name = name
        super().__init__(parent)
        self._every = tuple(every)
        self._slices: dict[str, Slice] = {}
        self.setFixedHeight(COLUMNS)

    def show_slices(self, slices: Sequence[Slice]) -> None:
        """Shows other slices."""
        self._slices = {one.key: one for one in slices}
        most = max(slices, key=lambda one: one.number, default=None)
        self.setAccessibleDescription(f"最多的是{most.name}，{most.number}件" if most else "没有数据")
        self.renew()

    def draw(self, painter: QPainter, size: QSize, colors: theme.Colors) -> None:
        """Columns, with their numbers above and their names below."""
        base, step = size.height() - 22, size.width() / len(self._every)
        most = max((one.number for one in self._slices.values()), default=1)
        painter.fillRect(QRectF(0, base, size.width(), 1), QColor(colors.line))
        for number, (key, name) in enumerate(self._every):
            x = number * step
            write(painter, QRectF(x, base + 2, step, 18), name, theme.SMALL, colors.secondary, centre=True)
            if (one := self._slices.get(key)) is None:
                continue
            high = (base - 24) * one.number / most
            painter.fillRect(QRectF(x + step * 0.2, base - high, step * 0.6, high), QColor(colors.parts[0]))
            box = QRectF(x - 8, base - high - 20, step + 16, 18)
            write(painter, box, str(one.number), theme.SMALL, colors.text, centre=True)

    def find_spots(self, size: QSize) -> Sequence[Spot]:
        """Each column that has something."""
        step = size.width() / len(self._every)
        return tuple(
            Spot(QRectF(number * step, 0, step, size.height()), key, None, self._said(self._slices[key]))
            for number, (key, _) in enumerate(self._every)
            if key in self._slices
        )

    def _said(self, one: Slice) -> str:
        return f"{one.name}：{one.number:,}件，占{one.share_shown}%"
