"""A paper on its pages: every line and rule has its place before anything is painted or printed."""

from __future__ import annotations

from app.documents import charts, sheets, tables
from app.documents.breaking import Line, break_lines
from app.documents.fonts import Face
from app.documents.model import (
    Annex,
    Block,
    Chart,
    Document,
    EndBlock,
    Heading,
    Level,
    Paragraph,
    Signature,
    Table,
    numbered,
)
from app.documents.numerals import day
from app.documents.sheets import (
    BODY,
    BOTTOM,
    CELL,
    CLOSER,
    HEIGHT,
    LEFT,
    MM,
    PITCH,
    RIGHT,
    ROOM,
    SMALL,
    TITLE,
    TOP,
    Area,
    Measure,
    Run,
    Sheet,
    Stroke,
    baseline,
    set_out,
)

_FACES = {Level.FIRST: Face.HEITI, Level.SECOND: Face.KAITI}
#: The mark's upper edge below the type area's, the red rule below the number, and the end block's pitch.
MARK_BELOW, RULE_BELOW, _END_PITCH = 35 * MM, 4 * MM, 24.0
_TALLEST_MARK = 58.0
#: The mark of a letter is smaller: it stands above the rules.
_LETTER_MARK = 44.0
#: A last paragraph of at most so many lines goes to the next page with its signature rather than leave it alone.
_KEPT = 6


def lay_out(document: Document, measure: Measure) -> tuple[Sheet, ...]:
    """The pages of a paper."""
    flow = Flow(measure)
    if document.mark is not None and document.letter:
        _letterhead(flow, document.mark, document.number)
    elif document.mark is not None:
        _mark(flow, document.mark, document.number)
    _title(flow, document.title)
    if document.addressee is not None:
        flow.write(f"{document.addressee}：", indent=0)
    _blocks(flow, tuple(document.numbered()), _signed(document))
    _annex_notes(flow, document.annex_notes())
    if document.signature is not None:
        _sign(flow, document.signature)
    if document.note is not None:
        flow.write(f"（{document.note}）")
    if document.end is not None:
        _end(flow, document.end)
    for number, annex in enumerate(document.annexes, 1):
        _annex(flow, annex, document.annex_label(number))
    for sheet in flow.pages:
        if not (document.letter and sheet.number == 1):
            _number(sheet, measure)
        if document.stamp is not None:
            _stamp(sheet, document.stamp, measure)
    return tuple(flow.pages)


class Flow:
    """Pages that fill from the top; `y` is where the next thing goes."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        self.pages = [Sheet(1)]
        self.y = TOP

    @property
    def page(self) -> Sheet:
        """The page being filled."""
        return self.pages[-1]

    @property
    def area(self) -> Area:
        """The type area of the page being filled."""
        return self.page.area

    def turn(self, *, landscape: bool | None = None) -> None:
        """Begins a new page, lying as the one before it unless it is said how."""
        lies = self.page.landscape if landscape is None else landscape
        self.pages.append(Sheet(len(self.pages) + 1, lies))
        self.y = self.area.top

    def lines_left(self) -> int:
        """How many lines of the body still fit."""
        return int((self.area.top + self.area.lines * PITCH - self.y + 0.1) / PITCH)

    def skip(self, lines: float) -> None:
        """Leaves lines blank."""
        self.y += lines * PITCH

    def settle(self) -> None:
        """Goes to the next line of the page's grid."""
        rows = (self.y - self.area.top) / PITCH
        self.y = self.area.top + PITCH * (int(rows) + (rows - int(rows) > 0.01))

    def lines_of(self, text: str, face: Face, indent: int = 2) -> int:
        """How many lines a paragraph takes."""
        return len(self._broken(text, face, indent))

    def write(self, text: str, face: Face = Face.FANGSONG, indent: int = 2) -> None:
        """A paragraph of the body."""
        for number, line in enumerate(self._broken(text, face, indent)):
            if self.lines_left() < 1:
                self.turn()
            x = self.area.left + (indent * CELL if number == 0 else 0)
            natural = self.measure(line.text, face, BODY)
            stretch = set_out(line, natural, self.area.right - x, CLOSER, CELL / 2)
            self.page.runs.append(Run(x, baseline(self.y, PITCH, BODY), line.text, face, BODY, stretch))
            self.y += PITCH

    def put(self, text: str, x: float, face: Face, size: float, *, red: bool = False) -> None:
        """One line at a place of its own; the flow does not move."""
        self.page.runs.append(Run(x, baseline(self.y, PITCH, size), text, face, size, red=red))

    def centred(self, text: str, face: Face, size: float, about: float | None = None) -> None:
        """One line centred, between the margins or about a place."""
        middle = self.area.left + self.area.room / 2 if about is None else about
        self.put(text, middle - self.measure(text, face, size) / 2, face, size)

    def _broken(self, text: str, face: Face, indent: int) -> tuple[Line, ...]:
        def width(unit: str) -> float:
            return self.measure(unit, face, BODY) * CLOSER

        return break_lines(text, width, self.area.room - indent * CELL, self.area.room)


def mark_size(mark: str, measure: Measure) -> float:
    """As large as fits the type area on one line."""
    return min(_TALLEST_MARK, ROOM / measure(mark, Face.TITLE, 1))


def _mark(flow: Flow, mark: str, number: str | None) -> None:
    """发文机关标志, 发文字号 two lines below, the red rule 4 mm below it; the title two lines further."""
    size = mark_size(mark, flow.measure)
    wide = flow.measure(mark, Face.TITLE, size)
    top = TOP + MARK_BELOW
    x, y = LEFT + (ROOM - wide) / 2, top + size * sheets.ASCENT
    flow.page.runs.append(Run(x, y, mark, Face.TITLE, size, red=True))
    flow.y = top + size
    flow.skip(2)
    if number is not None:
        flow.centred(number, Face.FANGSONG, BODY)
    flow.skip(1)
    rule = flow.y - (PITCH - BODY) / 2 + RULE_BELOW
    flow.page.strokes.append(Stroke(LEFT, rule, RIGHT, rule, 1.5, red=True))
    flow.y = rule
    flow.skip(2)


def _letterhead(flow: Flow, mark: str, number: str | None) -> None:
    """信函格式 (GB/T 9704 10.1): the mark 30 mm below the edge, double rules of 170 mm below it and 20 mm above the foot,
    the number at the right under the first; the title two lines further."""
    size = min(mark_size(mark, flow.measure), _LETTER_MARK)
    wide = flow.measure(mark, Face.TITLE, size)
    top = 30 * MM
    flow.page.runs.append(
        Run((sheets.WIDTH - wide) / 2, top + size * sheets.ASCENT, mark, Face.TITLE, size, red=True)
    )
    rule = top + size + RULE_BELOW
    left, right = (sheets.WIDTH - 170 * MM) / 2, (sheets.WIDTH + 170 * MM) / 2
    foot = HEIGHT - 20 * MM
    for y, thick in ((rule, 2.0), (rule + 3, 0.75), (foot - 3, 0.75), (foot, 2.0)):
        flow.page.strokes.append(Stroke(left, y, right, y, thick, red=True))
    flow.y = max(TOP, rule + 3)
    flow.settle()
    if number is not None:
        flow.put(number, RIGHT - flow.measure(number, Face.FANGSONG, BODY), Face.FANGSONG, BODY)
        flow.skip(1)
    flow.skip(2)


def _stamp(page: Sheet, said: str, measure: Measure) -> None:
    """What a page is not yet, in a red frame in the corner above the type area."""
    wide, pad = measure(said, Face.HEITI, TITLE), 6.0
    right, top = page.width - 20 * MM, 14 * MM
    left, bottom = right - wide - 2 * pad, top + TITLE + 2 * pad
    page.runs.append(Run(left + pad, top + pad + TITLE * sheets.ASCENT, said, Face.HEITI, TITLE, red=True))
    for x, y, to_x, to_y in (
        (left, top, right, top), (right, top, right, bottom), (right, bottom, left, bottom), (left, bottom, left, top),
    ):  # fmt: skip
        page.strokes.append(Stroke(x, y, to_x, to_y, 1.5, red=True))


def _title(flow: Flow, title: str) -> None:
    """2号小标宋, centred, in lines of like length; without a mark it begins on the first line."""
    for text in balanced(title, flow.measure, flow.area.room):
        flow.y += (TITLE * 1.6 - PITCH) / 2
        flow.centred(text, Face.TITLE, TITLE)
        flow.y += (TITLE * 1.6 + PITCH) / 2
    flow.settle()
    flow.skip(1)


def balanced(title: str, measure: Measure, within: float = ROOM) -> tuple[str, ...]:
    """The lines of a title: as few as hold it and of like length; a typed break is kept, being by sense."""
    made: list[str] = []
    for part in title.split("\n"):

        def width(unit: str) -> float:
            return measure(unit, Face.TITLE, TITLE)

        room = within - 2 * TITLE
        fewest = len(break_lines(part, width, room, room))
        while room > 4 * TITLE and len(break_lines(part, width, room - TITLE, room - TITLE)) == fewest:
            room -= TITLE
        made.extend(line.text for line in break_lines(part, width, room, room))
    return tuple(made)


def _signed(document: Document) -> int:
    """How many lines the end of the text wants with it on its page."""
    signed = 0 if document.signature is None else 4 + (document.note is not None)
    return signed + (len(document.annexes) + 1 if document.annexes else 0)


def _annex_notes(flow: Flow, lines: tuple[str, ...]) -> None:
    """附件说明 below the text, the names under each other."""
    if lines:
        flow.skip(1)
    for number, line in enumerate(lines):
        flow.write(line, indent=5 if number else 2)


def _annex(flow: Flow, annex: Annex, label: str) -> None:
    """附件 in the corner of a new page, its title on the third line."""
    flow.turn(landscape=annex.landscape)
    flow.write(label, Face.HEITI, indent=0)
    flow.skip(1)
    _title(flow, annex.title)
    _blocks(flow, tuple(numbered(annex.blocks)), 0)


def _blocks(flow: Flow, blocks: tuple[Block, ...], signed: int) -> None:
    for place, block in enumerate(blocks):
        if isinstance(block, Table):
            tables.lay(flow, block)
            continue
        if isinstance(block, Chart):
            charts.lay(flow, block)
            continue
        if flow.lines_left() < min(_together(flow, blocks[place:], signed), flow.area.lines):
            flow.turn()
        flow.write(block.text, _face(block))


def _together(flow: Flow, blocks: tuple[Block, ...], signed: int) -> int:
    """How many lines must find room on one page: a heading with what follows, a short end with its signature."""
    block = blocks[0]
    if isinstance(block, (Table, Chart)):
        return 2
    lines = flow.lines_of(block.text, _face(block))
    if isinstance(block, Heading):
        return lines + (_together(flow, blocks[1:], signed) if len(blocks) > 1 else signed)
    return lines + signed if len(blocks) == 1 and signed and lines <= _KEPT else 1


def _face(block: Heading | Paragraph) -> Face:
    if isinstance(block, Heading):
        return _FACES.get(block.level, Face.FANGSONG)
    return Face.FANGSONG


def _sign(flow: Flow, signature: Signature) -> None:
    """The date ends four characters before the margin, the name stands above its middle."""
    if flow.lines_left() < 3:
        flow.turn()
    else:
        flow.skip(1)
    date_text = day(signature.day)
    date_wide = flow.measure(date_text, Face.FANGSONG, BODY)
    name_wide = flow.measure(signature.name, Face.FANGSONG, BODY)
    right = RIGHT - 4 * CELL
    if name_wide > date_wide:
        right = min(right, RIGHT - (name_wide - date_wide) / 2)
    for text in (signature.name, date_text):
        flow.centred(text, Face.FANGSONG, BODY, right - date_wide / 2)
        flow.y += PITCH


def _end(flow: Flow, end: EndBlock) -> None:
    """版记 at the foot of the last page, between rules."""
    copies = _copies(flow, end)
    rows = len(copies) + 1
    top = BOTTOM - rows * _END_PITCH
    if flow.y > top - PITCH / 2:
        flow.turn()
    _rule(flow.page, top, 0.35)
    for number, text in enumerate(copies):
        _end_line(flow.page, top + number * _END_PITCH, LEFT + SMALL, text)
    last = BOTTOM - _END_PITCH
    if copies:
        _rule(flow.page, last, 0.25)
    printed = f"{day(end.day)}印发"
    _end_line(flow.page, last, LEFT + SMALL, end.issuer)
    wide = flow.measure(printed, Face.FANGSONG, SMALL)
    _end_line(flow.page, last, RIGHT - SMALL - wide, printed)
    _rule(flow.page, BOTTOM, 0.35)
    flow.y = BOTTOM


def _copies(flow: Flow, end: EndBlock) -> tuple[str, ...]:
    if not end.copies:
        return ()
    text = "抄送：" + "，".join(end.copies) + "。"

    def width(unit: str) -> float:
        return flow.measure(unit, Face.FANGSONG, SMALL)

    room = ROOM - 2 * SMALL
    return tuple(line.text for line in break_lines(text, width, room, room))


def _end_line(page: Sheet, top: float, x: float, text: str) -> None:
    page.runs.append(Run(x, baseline(top, _END_PITCH, SMALL), text, Face.FANGSONG, SMALL))


def _rule(page: Sheet, y: float, millimetres: float) -> None:
    page.strokes.append(Stroke(LEFT, y, RIGHT, y, millimetres * MM))


def _number(page: Sheet, measure: Measure) -> None:
    """— 1 —, 7 mm below the type area: odd pages right, even pages left, one character in.

    On a page that lies on its side it stands where it does on the others once all are bound.
    """
    text = f"— {page.number} —"
    odd = page.number % 2 == 1
    x = RIGHT - SMALL - measure(text, Face.SONGTI, SMALL) if odd else LEFT + SMALL
    y = BOTTOM + 7 * MM + SMALL * sheets.ASCENT
    at = (HEIGHT - y, x) if page.landscape else (x, y)
    page.runs.append(Run(*at, text, Face.SONGTI, SMALL, turned=page.landscape))
