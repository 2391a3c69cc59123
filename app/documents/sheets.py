"""The sheet of GB/T 9704-2012 in points, and what is put on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.documents.breaking import Line
from app.documents.fonts import Face

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
#: The type area: margins 37 mm on top and 28 mm at the left; 156 × 225 mm.
LEFT, TOP = 28 * MM, 37 * MM
ROOM, DEPTH = 156 * MM, 225 * MM
RIGHT, BOTTOM = LEFT + ROOM, TOP + DEPTH
#: 22 lines on a page (29 pt would give 21), 28 characters on a line.
LINES, CHARACTERS = 22, 28
PITCH, CELL = 28.95, ROOM / 28
#: 3号 body, 2号 title, 4号 page numbers and end block, 小四 in tables.
BODY, TITLE, SMALL, FINE = 16, 22, 14, 12
#: A 3号 character is wider than its cell: the body is set a little closer.
CLOSER = CELL / BODY
#: A line is set out by at most so much; one that lacks more stays ragged.
_WIDEST = 1.13
#: How far below the top of a character its baseline lies.
ASCENT = 0.88


@dataclass(frozen=True, slots=True)
class Area:
    """The type area of a page, and how many lines it takes."""

    left: float
    top: float
    room: float
    depth: float
    lines: int

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.room

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.depth


PORTRAIT = Area(LEFT, TOP, ROOM, DEPTH, LINES)
#: The same sheet turned: its head lies at the left edge, where an upright page is bound (GB/T 9704 11.1).
LANDSCAPE = Area(HEIGHT - BOTTOM, LEFT, DEPTH, ROOM, 15)

#: The width of a text in a face at a size, in points.
Measure = Callable[[str, Face, float], float]


@dataclass(frozen=True, slots=True)
class Run:
    """A line of text; `y` is its baseline, `stretch` what every character's width is multiplied by.

    `turned`: it runs down the page, as the number of an upright page does on one that lies on its side.
    """

    x: float
    y: float
    text: str
    face: Face
    size: float
    stretch: float = 1.0
    red: bool = False
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line from one point to another."""

    x: float
    y: float
    to_x: float
    to_y: float
    width: float
    red: bool = False


@dataclass(slots=True)
class Sheet:
    """A page with its number; upright, or on its side."""

    number: int
    landscape: bool = False
    runs: list[Run] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)

    @property
    def area(self) -> Area:
        """Where the text goes."""
        return LANDSCAPE if self.landscape else PORTRAIT

    @property
    def width(self) -> float:
        """As it is read."""
        return HEIGHT if self.landscape else WIDTH

    @property
    def height(self) -> float:
        """As it is read."""
        return WIDTH if self.landscape else HEIGHT

    @property
    def text(self) -> str:
        """What stands on it, line by line."""
        return "\n".join(run.text for run in self.runs)


def baseline(top: float, pitch: float, size: float) -> float:
    """Where the characters of a line stand, in the middle of its height."""
    return top + (pitch - size) / 2 + size * ASCENT


def set_out(line: Line, natural: float, room: float, stretch: float, half: float) -> float:
    """The stretch that makes a full line as wide as its room; other lines keep theirs.

    `half`: what of the last character may hang over, where it is a mark whose right half is empty.
    """
    if not line.full or natural <= 0:
        return stretch
    # A mark at the end that found no whole place hangs over with its empty half.
    target = room + half if natural * stretch > room + 0.01 else room
    return target / natural if target / natural <= stretch * _WIDEST else stretch
