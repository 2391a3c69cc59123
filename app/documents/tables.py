"""Tables on their pages: columns by shares, headings repeated, a long row continued on the next page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.documents.breaking import Line, break_lines
from app.documents.fonts import Face
from app.documents.model import Column, Side, Table
from app.documents.sheets import FINE, Area, Run, Stroke, baseline, set_out

if TYPE_CHECKING:
    from app.documents.layout import Flow

_LINE, _ABOVE, _THIN = 19.0, 4.0, 0.6
#: A row of at most so many lines is never torn apart.
_WHOLE = 8

#: The lines of a row's cells.
Cells = tuple[tuple[Line, ...], ...]


def lay(flow: Flow, table: Table) -> None:
    """Puts a table where the flow stands; what follows begins on the next line of the grid."""
    lefts = _lefts(table, flow.area)
    head = _cells(flow, table, tuple(c.title for c in table.columns), lefts) if table.headed else None
    flow.y += _ABOVE
    _begin(flow, table, lefts, head, lines=1)
    for texts in table.rows:
        _row(flow, table, lefts, head, _cells(flow, table, texts, lefts))
    flow.y += _ABOVE
    flow.settle()


def _lefts(table: Table, area: Area) -> tuple[float, ...]:
    """Where the columns begin, and the last one's end."""
    whole, x = sum(c.share for c in table.columns), area.left
    places = [x]
    for column in table.columns:
        x += area.room * column.share / whole
        places.append(x)
    return tuple(places)


def _cells(flow: Flow, table: Table, texts: tuple[str, ...], lefts: tuple[float, ...]) -> Cells:
    made = []
    for column, text, left, right in zip(table.columns, texts, lefts, lefts[1:], strict=False):
        face = _face(column)

        def width(unit: str, face: Face = face) -> float:
            return flow.measure(unit, face, FINE)

        room = right - left - 2 * table.pad
        made.append(break_lines(text, width, room, room))
    return tuple(made)


def _face(column: Column) -> Face:
    return Face.HEITI if column.strong else Face.FANGSONG


def _height(cells: Cells) -> float:
    return max(len(lines) for lines in cells) * _LINE + 2 * _ABOVE


def _fits(flow: Flow) -> int:
    """How many lines of a row fit on the page."""
    return int((flow.area.bottom - flow.y - 2 * _ABOVE) / _LINE)


def _begin(flow: Flow, table: Table, lefts: tuple[float, ...], head: Cells | None, *, lines: int) -> None:
    """The top rule and the headings; on a new page where not even `lines` of a row would fit below them."""
    needed = (_height(head) if head else 0.0) + lines * _LINE + 2 * _ABOVE
    if flow.y + needed > flow.area.bottom:
        flow.turn()
    flow.page.strokes.append(Stroke(lefts[0], flow.y, lefts[-1], flow.y, _THIN))
    if head is not None:
        _paint(flow, table, lefts, head, heading=True)


def _row(flow: Flow, table: Table, lefts: tuple[float, ...], head: Cells | None, cells: Cells) -> None:
    lines = max(len(cell) for cell in cells)
    if _fits(flow) < min(lines, _WHOLE):
        flow.turn()
        _begin(flow, table, lefts, head, lines=1)
    while lines > (room := _fits(flow)):
        _paint(flow, table, lefts, tuple(cell[:room] for cell in cells))
        cells, lines = tuple(cell[room:] for cell in cells), lines - room
        flow.turn()
        _begin(flow, table, lefts, head, lines=1)
    _paint(flow, table, lefts, cells)


def _paint(
    flow: Flow, table: Table, lefts: tuple[float, ...], cells: Cells, *, heading: bool = False
) -> None:
    """One row with the rules left, between, right and below."""
    top, height = flow.y, _height(cells)
    page = flow.page
    for x in lefts:
        page.strokes.append(Stroke(x, top, x, top + height, _THIN))
    page.strokes.append(Stroke(lefts[0], top + height, lefts[-1], top + height, _THIN))
    for column, lines, left, right in zip(table.columns, cells, lefts, lefts[1:], strict=False):
        side = Side.CENTRE if heading else column.side
        face = Face.HEITI if heading else _face(column)
        y = top + (height - len(lines) * _LINE) / 2 if heading or column.strong else top + _ABOVE
        for line in lines:
            page.runs.append(_cell_line(flow, line, face, side, left + table.pad, right - table.pad, y))
            y += _LINE
    flow.y = top + height


def _cell_line(flow: Flow, line: Line, face: Face, side: Side, left: float, right: float, y: float) -> Run:
    wide = flow.measure(line.text, face, FINE)
    slack = {Side.LEFT: 0.0, Side.CENTRE: (right - left - wide) / 2, Side.RIGHT: right - left - wide}[side]
    stretch = set_out(line, wide, right - left, 1.0, FINE / 2) if side is Side.LEFT else 1.0
    return Run(left + slack, baseline(y, _LINE, FINE), line.text, face, FINE, stretch)
