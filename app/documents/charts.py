"""Charts on their pages: bars and a line over them, drawn in strokes and runs as everything else is, black on white."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from app.documents.breaking import break_lines
from app.documents.fonts import Face
from app.documents.model import Chart
from app.documents.sheets import FINE, MM, Run, Stroke

if TYPE_CHECKING:
    from app.documents.layout import Flow

#: Height of the whole, of its heading and of the names below; room at both sides for the scales.
_HIGH, _HEAD, _NAMES, _SIDE = 78 * MM, 36.0, 36.0, 34.0
_WORDS = 8.5
_LINE = 11.0
#: A bar's share of its place, and the widest it gets.
_BROAD, _WIDEST = 0.56, 34.0
_AXIS, _HATCH, _CURVE, _MARK = 0.8, 0.3, 1.3, 3.6
#: A stroke as short as can be, whose square ends make a mark; the length of a tick.
_DOT, _TICK = 0.05, 3.0
#: Between two lines of the hatching.
_STEP = 2.4
_STEPS = 5
#: What is written over something stands so far above it.
_OVER = 3.0
_MOST_LINES = 3


def lay(flow: Flow, chart: Chart) -> None:
    """Puts a chart where the flow stands, whole on one page; what follows begins on the next line of the grid."""
    if flow.y + _HIGH > flow.area.bottom:
        flow.turn()
    _Drawing(flow, chart).draw()
    flow.y += _HIGH
    flow.settle()


class _Drawing:
    """One chart between its scales: counts at the left, percent at the right."""

    def __init__(self, flow: Flow, chart: Chart) -> None:
        self.flow, self.chart, self.page = flow, chart, flow.page
        self.left, self.right = flow.area.left + _SIDE, flow.area.right - _SIDE
        self.top, self.bottom = flow.y + _HEAD, flow.y + _HIGH - _NAMES
        self.place = (self.right - self.left) / max(1, len(chart.bars))
        # Bars that are no parts of a whole keep to the lower half, and the line to the upper one.
        self.most = chart.whole or _round_up(2 * max((bar.number for bar in chart.bars), default=1))

    def draw(self) -> None:
        """Heading, scales, bars with their numbers and names, the line with its marks."""
        self._heading()
        self._scales()
        for at in range(len(self.chart.bars)):
            self._bar(at)
        self._curve()

    def _heading(self) -> None:
        chart = self.chart
        y = self.flow.y + FINE
        self._write(chart.title, self.flow.area.left, y, Face.HEITI, FINE)
        said = f"柱：{chart.counted}　线：{chart.shared}"
        self._write(said, self.flow.area.right - self._wide(said), y, Face.FANGSONG)

    def _scales(self) -> None:
        low, high = self.chart.scale
        for step in range(_STEPS + 1):
            y = self.bottom - (self.bottom - self.top) * step / _STEPS
            for x, inward in ((self.left, 1), (self.right, -1)):
                self._stroke(x, y, x + inward * _TICK, y, _AXIS)
            count = Fraction(self.most * step, _STEPS)
            if count.denominator == 1:
                said = f"{int(count):,}"
                self._write(said, self.left - 5 - self._wide(said), y + 3)
            self._write(f"{float(low + (high - low) * step / _STEPS):g}%", self.right + 5, y + 3)
        for x in (self.left, self.right):
            self._stroke(x, self.top, x, self.bottom, _AXIS)
        self._stroke(self.left, self.bottom, self.right, self.bottom, _AXIS)

    def _bar(self, at: int) -> None:
        """Hatched, so that the line can be seen before it; its number above it, its name below."""
        bar = self.chart.bars[at]
        middle, half = self._middle(at), min(self.place * _BROAD, _WIDEST) / 2
        top = self._height(at)
        if bar.number:
            for x in (middle - half, middle + half):
                self._stroke(x, top, x, self.bottom, _AXIS)
            self._stroke(middle - half, top, middle + half, top, _AXIS)
            for n in range(1, int((self.bottom - top) / _STEP) + 1):
                y = self.bottom - n * _STEP
                self._stroke(middle - half, y, middle + half, y, _HATCH)
        if not self._meets(at):
            self._centred(f"{bar.number:,}", middle, top - _OVER)
        for n, line in enumerate(self._broken(bar.name)):
            self._centred(line, middle, self.bottom + 12 + n * _LINE)

    def _broken(self, name: str) -> list[str]:
        room = self.place - 2
        lines = [one.text for one in break_lines(name, self._wide, room, room)]
        if len(lines) > _MOST_LINES:
            lines = [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1][:-1]}…"]
        return lines

    def _curve(self) -> None:
        """From mark to mark, apart where a share is missing; each mark with its share."""
        before: tuple[float, float] | None = None
        for at, bar in enumerate(self.chart.bars):
            y = self._mark(at)
            if y is None:
                before = None
                continue
            here = (self._middle(at), y)
            if before is not None:
                self._stroke(*before, *here, _CURVE)
            self._stroke(here[0] - _DOT, y, here[0] + _DOT, y, _MARK)
            said = f"{bar.number:,}，{bar.said}" if self._meets(at) else bar.said
            self._centred(said, here[0], y - 2 * _OVER)
            before = here

    def _mark(self, at: int) -> float | None:
        """Where the line's mark stands over a bar."""
        low, high = self.chart.scale
        share = self.chart.bars[at].share
        if share is None:
            return None
        return self.bottom - float((share - low) / (high - low)) * (self.bottom - self.top)

    def _height(self, at: int) -> float:
        """Where a bar ends."""
        return self.bottom - (self.bottom - self.top) * self.chart.bars[at].number / self.most

    def _meets(self, at: int) -> bool:
        """Whether the mark stands where the bar's number would: then both are written as one."""
        mark = self._mark(at)
        return mark is not None and abs(mark - self._height(at)) < 2 * _LINE

    def _middle(self, at: int) -> float:
        return self.left + (at + 0.5) * self.place

    def _wide(self, text: str) -> float:
        return self.flow.measure(text, Face.FANGSONG, _WORDS)

    def _centred(self, text: str, middle: float, y: float) -> None:
        self._write(text, middle - self._wide(text) / 2, y)

    def _write(self, text: str, x: float, y: float, face: Face = Face.FANGSONG, size: float = _WORDS) -> None:
        self.page.runs.append(Run(x, y, text, face, size))

    def _stroke(self, x: float, y: float, to_x: float, to_y: float, width: float) -> None:
        self.page.strokes.append(Stroke(x, y, to_x, to_y, width))


def _round_up(number: int) -> int:
    """The next of 5, 10, 20, 50, 100 …: five whole steps lead there."""
    size = 5
    while size < number:
        size = size * 2 if str(size)[0] in "51" else size * 5 // 2
    return size
