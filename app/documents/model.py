"""What a paper says, apart from how it is set: the same for the screen, the printer, PDF and Word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum
from fractions import Fraction

from app.documents import numerals

#: The rules, as papers name them.
RULES = "《政务服务“好差评”管理办法实施细则》"


class Level(IntEnum):
    """Levels of headings: 一、 → （一） → 1. → （1）."""

    FIRST = 1
    SECOND = 2
    THIRD = 3
    FOURTH = 4


class Side(Enum):
    """How the text of a column stands."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered heading; its number is counted, never typed."""

    text: str
    level: Level = Level.FIRST


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure within a text, from `start` up to `end`: the key of what it shows; `detached`: it was typed by hand."""

    start: int
    end: int
    key: str
    detached: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Body text, two characters in. `level`: a numbered paragraph, set in body type; `marks`: the figures in it."""

    text: str
    level: Level | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its share of the width, how its text stands."""

    title: str
    share: int
    side: Side = Side.LEFT
    strong: bool = False


#: Columns up to which a table has its usual air.
_MANY = 8


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. `headed`: the headings stand on top, and again on every further page.

    `keys`: row by row the key of the figure that a cell shows, None where it shows none; empty where no cell does.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    headed: bool = True
    keys: tuple[tuple[str | None, ...], ...] = ()

    @property
    def pad(self) -> float:
        """What is free at the sides of a cell, in points; less where many columns share the width."""
        return 5.0 if len(self.columns) <= _MANY else 2.5


@dataclass(frozen=True, slots=True)
class Bar:
    """A count, and the share that the line has there (0–100, as shown in `said`), None where there is none."""

    name: str
    number: int
    share: Fraction | None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars and a line over them. `counted`, `shared`: what they show; `scale`: the line's ends, in percent; `whole`:
    what the bars are parts of, where the line is their sum.

    On pages only: Word has the table that follows with the same figures.
    """

    title: str
    counted: str
    shared: str
    bars: tuple[Bar, ...]
    scale: tuple[Fraction, Fraction] = (Fraction(0), Fraction(100))
    whole: int | None = None


Block = Heading | Paragraph | Table | Chart


def facts_table(facts: tuple[tuple[str, str], ...]) -> Table:
    """Names and what they say, beside each other."""
    columns = (Column("", 6, Side.CENTRE, strong=True), Column("", 22))
    return Table(columns, facts, headed=False)


@dataclass(frozen=True, slots=True)
class Annex:
    """附件: begins a page of its own. `landscape`: for tables wider than a page is."""

    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """署名 and 成文日期."""

    name: str
    day: date


@dataclass(frozen=True, slots=True)
class EndBlock:
    """版记: 抄送, 印发机关 and 印发日期."""

    copies: tuple[str, ...]
    issuer: str
    day: date


@dataclass(frozen=True, slots=True)
class Document:
    """A paper. `mark`: the issuer's mark in red, none on papers that stay in the house; `note`: 附注.

    `letter`: 信函格式, the mark between the page's edge and double rules, no number on the first page. `stamp`: what stands in a
    frame in the corner of each page of what is not yet valid (草稿).
    """

    title: str
    blocks: tuple[Block, ...]
    mark: str | None = None
    number: str | None = None
    addressee: str | None = None
    signature: Signature | None = None
    note: str | None = None
    end: EndBlock | None = None
    annexes: tuple[Annex, ...] = ()
    letter: bool = False
    stamp: str | None = None

    def numbered(self) -> Iterator[Block]:
        """The blocks with the numbers of headings and numbered paragraphs written before them."""
        return numbered(self.blocks)

    def annex_notes(self) -> tuple[str, ...]:
        """附件说明, a line for each annex."""
        if len(self.annexes) == 1:
            return (f"附件：{self.annexes[0].title}",)
        lines = (f"{number}.{annex.title}" for number, annex in enumerate(self.annexes, 1))
        return tuple(f"附件：{line}" if number == 0 else line for number, line in enumerate(lines))

    def annex_label(self, number: int) -> str:
        """What stands in the corner of an annex's first page; numbered where there are several."""
        return f"附件{number}" if len(self.annexes) > 1 else "附件"


def numbered(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Blocks with the numbers of headings and numbered paragraphs written before them."""
    counts = dict.fromkeys(Level, 0)
    for block in blocks:
        level = None if isinstance(block, (Table, Chart)) else block.level
        if isinstance(block, (Table, Chart)) or level is None:
            yield block
            continue
        counts[level] += 1
        counts.update(dict.fromkeys((deeper for deeper in Level if deeper > level), 0))
        yield type(block)(numeral(level, counts[level]) + block.text, level)


def numeral(level: Level, number: int) -> str:
    """一、 → （一） → 1. → （1）."""
    return {
        Level.FIRST: f"{numerals.chinese(number)}、",
        Level.SECOND: f"（{numerals.chinese(number)}）",
        Level.THIRD: f"{number}.",
        Level.FOURTH: f"（{number}）",
    }[level]
