"""A paper as a Word file that can be edited: the same text, faces, tables and numbers as on its printed pages.

Word breaks lines and pages itself; the grid, the margins and the height of lines are those of the pages drawn here.
The same paper gives the same bytes on every computer: prescribed fonts are named, with what stands in for them.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from app.documents import wordstyles
from app.documents.fonts import Face
from app.documents.layout import MARK_BELOW, RULE_BELOW, balanced, mark_size
from app.documents.model import (
    Annex,
    Block,
    Chart,
    Document,
    EndBlock,
    Heading,
    Side,
    Signature,
    Table,
    numbered,
)
from app.documents.numerals import day
from app.documents.sheets import (
    BODY,
    BOTTOM,
    CELL,
    FINE,
    HEIGHT,
    LANDSCAPE,
    LEFT,
    MM,
    PITCH,
    PORTRAIT,
    RIGHT,
    ROOM,
    SMALL,
    TITLE,
    Area,
)
from app.documents.wordstyles import (
    ANNEX_STYLE,
    BODY_STYLE,
    CELL_STYLE,
    EIGHTHS,
    END_STYLE,
    FOOT_LINE,
    FOOT_STYLE,
    HEADINGS,
    MARK_STYLE,
    RED,
    STRONG_STYLE,
    TITLE_LINE,
    TITLE_STYLE,
    TWIPS,
    element,
    style_id,
    twips,
)

#: A paper without a day of its own, and every part of the file, is dated so.
_UNDATED = date(2020, 12, 1)
#: What XML cannot hold; nobody sees it on paper either.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SIDES = {Side.LEFT: "left", Side.CENTRE: "center", Side.RIGHT: "right"}
#: A row of at most so many lines is never torn apart; a last paragraph of so many characters stays with its signature.
_WHOLE, _KEPT = 8, 6 * 28
#: What is free below a table.
_BELOW = 8


def word_file(document: Document) -> bytes:
    """The paper as .docx."""
    word = wordstyles.bare()
    writer = _Writer(word)
    writer.document(document)
    about = word.core_properties
    about.title, about.author, about.last_modified_by = _legal(document.title), "", ""
    about.comments, about.revision = "", 1
    dated = document.signature.day if document.signature else _UNDATED
    about.created = about.modified = datetime.combine(dated, time())
    packed = io.BytesIO()
    word.save(packed)
    return _timeless(packed.getvalue())


def _timeless(packed: bytes) -> bytes:
    """The same parts without the time they were packed at."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, (*_UNDATED.timetuple()[:3], 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return out.getvalue()


def _stamp_pages(section: Any, said: str) -> None:
    """What each page is not yet, in red at the head of it; further sections take it over."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        paragraph = header.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run = paragraph.add_run(said)
        run.font.size, run.font.color.rgb, run.font.bold = Pt(TITLE), RGBColor.from_string(RED), True


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)


def nominal(text: str, _face: Face, size: float) -> float:
    """The width of a text in a font of even widths: Word's is not known here."""
    wide = sum(2 - (unicodedata.east_asian_width(ch) in ("Na", "H", "N")) for ch in text)
    return wide * size / 2


def _lines(text: str, room: float, size: float) -> int:
    """How many lines a text takes, at least one."""
    parts = text.split("\n")
    return sum(max(1, math.ceil(nominal(part, Face.FANGSONG, size) / room)) for part in parts)


@dataclass(frozen=True, slots=True)
class Look:
    """Where a paragraph differs from its style, in points.

    `indent`: of the first line, in characters; `right`: from the margin, where there is an indent; `line`: height of
    its lines; `before`: properties that come before the spacing.
    """

    indent: float | None = None
    right: float = 0
    above: float = 0
    below: float = 0
    side: str | None = None
    kept: bool = False
    line: float | None = None
    size: float | None = None
    before: tuple[Any, ...] = ()


AS_STYLED = Look()


class _Writer:
    """Writes paragraphs and tables to the end of a file; its last section is the one being filled."""

    def __init__(self, word: Any) -> None:
        self._word = word
        self._body = word.element.body
        self._area: Area = PORTRAIT
        wordstyles.page(word.sections[0], landscape=False)
        _number_pages(word.sections[0], landscape=False)

    def document(self, document: Document) -> None:
        """The whole paper."""
        if document.stamp is not None:
            _stamp_pages(self._word.sections[0], document.stamp)
        if document.mark is not None:
            self._mark(document.mark, document.number)
        self._title(document.title, above=2 * PITCH if document.mark is not None else 0)
        if document.addressee is not None:
            self.paragraph(f"{document.addressee}：", BODY_STYLE, Look(indent=0))
        notes = document.annex_notes()
        self._blocks(tuple(document.numbered()), signed=document.signature is not None)
        for number, line in enumerate(notes):
            look = Look(indent=5, kept=True) if number else Look(above=PITCH, kept=True)
            self.paragraph(line, BODY_STYLE, look)
        if document.signature is not None:
            self._sign(document.signature)
        if document.note is not None:
            self.paragraph(f"（{document.note}）")
        if document.end is not None:
            self._end(document.end)
        for number, annex in enumerate(document.annexes, 1):
            self._annex(annex, document.annex_label(number))

    def paragraph(self, text: str, style: str = BODY_STYLE, look: Look = AS_STYLED) -> None:
        """A paragraph, its properties in the order that Word insists on."""
        made = element("p")
        properties = element("pPr", made)
        element("pStyle", properties, val=style_id(style))
        if look.kept:
            element("keepNext", properties)
        properties.extend(look.before)
        height = {} if look.line is None else {"line": twips(look.line), "lineRule": "exact"}
        if look.above or look.below or height:
            element("spacing", properties, before=twips(look.above), after=twips(look.below), **height)
        if look.indent is not None:
            element("ind", properties, right=twips(look.right), firstLineChars=round(look.indent * 100),
                    firstLine=twips(look.indent * CELL))  # fmt: skip
        if look.side is not None:
            element("jc", properties, val=look.side)
        _run(made, text, look.size)
        self._body[-1].addprevious(made)

    def _mark(self, mark: str, number: str | None) -> None:
        """The issuer's mark, its number, and the red rule under it, as far apart as on the page."""
        # A hair smaller than what fills the line: rounded up it would wrap.
        size = int(mark_size(mark, nominal) * 2 - 1) / 2
        leading = size * 0.2
        above = MARK_BELOW - leading / 2
        self.paragraph(mark, MARK_STYLE, Look(above=above, line=size + leading, size=size))
        borders = element("pBdr")
        space = round(RULE_BELOW - (PITCH - BODY) / 2)
        element("bottom", borders, val="single", sz=round(1.5 * EIGHTHS), space=space, color=RED)
        look = Look(indent=0, above=2 * PITCH - leading / 2, side="center", before=(borders,))
        self.paragraph(number or "", BODY_STYLE, look)

    def _title(self, title: str, *, above: float = 0, room: float = ROOM) -> None:
        """In lines of like length, and a blank one below it."""
        lines = balanced(title, nominal, room)
        high = len(lines) * TITLE_LINE
        rows = math.ceil(high / PITCH - 0.01)
        self.paragraph("\n".join(lines), TITLE_STYLE, Look(above=above, below=(rows + 1) * PITCH - high))

    def _blocks(self, blocks: tuple[Block, ...], *, signed: bool = False) -> None:
        for place, block in enumerate(blocks):
            if isinstance(block, Table):
                self._table(block)
            elif isinstance(block, Chart):
                continue  # drawn on pages only; the table after it says the same
            elif isinstance(block, Heading):
                self.paragraph(block.text, HEADINGS[block.level - 1])
            else:
                last = signed and place == len(blocks) - 1 and len(block.text) <= _KEPT
                self.paragraph(block.text, BODY_STYLE, Look(kept=last))

    def _sign(self, signature: Signature) -> None:
        """The date ends four characters before the margin, the name stands above its middle."""
        written = day(signature.day)
        wide = nominal(written, Face.FANGSONG, CELL)
        over = (nominal(signature.name, Face.FANGSONG, CELL) - wide) / 2
        right = max(4 * CELL, over)
        name = Look(indent=0, right=right - over, above=PITCH, side="right", kept=True)
        self.paragraph(signature.name, BODY_STYLE, name)
        self.paragraph(written, BODY_STYLE, Look(indent=0, right=right, side="right"))

    def _end(self, end: EndBlock) -> None:
        """版记 at the foot of the page, between rules: each of its two parts in a frame with a place of its own."""
        last = BOTTOM - FOOT_LINE
        edges = (("top", 0.25 if end.copies else 0.35), ("bottom", 0.35))
        if end.copies:
            copies = f"抄送：{'，'.join(end.copies)}。"
            high = FOOT_LINE * _lines(copies, ROOM - 2 * SMALL, SMALL)
            self._framed(copies, last - high, high, (("top", 0.35),))
        self._framed(f"{end.issuer}\t{day(end.day)}印发", last, FOOT_LINE, edges)
        self._thin()

    def _framed(self, text: str, y: float, high: float, rules: tuple[tuple[str, float], ...]) -> None:
        """A line of 版记 at `y` from the page's edge; `rules`: edges with the millimetres of their rules."""
        frame = element("framePr", w=twips(ROOM), h=twips(high), hRule="atLeast", wrap="notBeside",
                        vAnchor="page", hAnchor="page", x=twips(LEFT), y=twips(y))  # fmt: skip
        borders, tabs = element("pBdr"), element("tabs")
        for edge, thick in rules:
            element(edge, borders, val="single", sz=round(thick * MM * EIGHTHS), space=0, color="000000")
        element("tab", tabs, val="right", pos=twips(ROOM - SMALL))
        self.paragraph(text, END_STYLE, Look(before=(frame, borders, tabs), side="left"))

    def _thin(self, high: float = 1) -> None:
        """An empty paragraph that takes next to no room: what carries a frame or stands after a table."""
        self.paragraph("", BODY_STYLE, Look(indent=0, line=high))

    def _annex(self, annex: Annex, label: str) -> None:
        """附件 in the corner of a new page, its title on the third line."""
        area = LANDSCAPE if annex.landscape else PORTRAIT
        turned = area is not self._area
        if turned:
            self._section(landscape=annex.landscape)
            self._area = area
        before = () if turned else (element("pageBreakBefore"),)
        self.paragraph(label, ANNEX_STYLE, Look(before=before))
        self._title(annex.title, above=PITCH, room=area.room)
        self._blocks(tuple(numbered(annex.blocks)))

    def _section(self, *, landscape: bool) -> None:
        section = self._word.add_section()
        # The paragraph that ends the section before must not make a page of its own.
        ended = self._body[-2]
        element("spacing", ended.pPr, before=0, after=0, line=twips(1), lineRule="exact")
        ended.pPr.append(ended.pPr.find(_w("sectPr")))
        wordstyles.page(section, landscape=landscape)
        _number_pages(section, landscape=landscape)

    def _table(self, table: Table) -> None:
        whole = sum(column.share for column in table.columns)
        widths = [twips(self._area.room * column.share / whole) for column in table.columns]
        made = element("tbl")
        _table_properties(element("tblPr", made), sum(widths), table.pad)
        grid = element("tblGrid", made)
        for width in widths:
            element("gridCol", grid, w=width)
        if table.headed:
            _row(made, table, tuple(column.title for column in table.columns), widths, heading=True)
        for texts in table.rows:
            _row(made, table, texts, widths)
        self._body[-1].addprevious(made)
        # Two tables that follow each other would be one; and a file may not end with a table.
        self._thin(_BELOW)


def _w(tag: str) -> str:
    from docx.oxml.ns import qn

    return qn(f"w:{tag}")


def _run(paragraph: Any, text: str, size: float | None = None) -> None:
    run = element("r", paragraph)
    if size is not None:
        properties = element("rPr", run)
        element("sz", properties, val=round(size * 2))
        element("szCs", properties, val=round(size * 2))
    run.text = _legal(text)


def _table_properties(properties: Any, wide: int, pad: float) -> None:
    element("tblW", properties, w=wide, type="dxa")
    borders = element("tblBorders", properties)
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        element(edge, borders, val="single", sz=5, space=0, color="000000")
    element("tblLayout", properties, type="fixed")
    margins = element("tblCellMar", properties)
    for edge, room in (("top", 4), ("left", pad), ("bottom", 4), ("right", pad)):
        element(edge, margins, w=twips(room), type="dxa")


def _row(
    table: Any, content: Table, texts: tuple[str, ...], widths: list[int], *, heading: bool = False
) -> None:
    row = element("tr", table)
    properties = element("trPr", row)
    lines = max(
        _lines(text, width / TWIPS - 2 * content.pad, FINE) for text, width in zip(texts, widths, strict=True)
    )
    if lines <= _WHOLE:
        element("cantSplit", properties)
    if heading:
        element("tblHeader", properties)
    for column, text, width in zip(content.columns, texts, widths, strict=True):
        cell = element("tc", row)
        about = element("tcPr", cell)
        element("tcW", about, w=width, type="dxa")
        strong = heading or column.strong
        if strong:
            element("vAlign", about, val="center")
        paragraph = element("p", cell)
        looks = element("pPr", paragraph)
        element("pStyle", looks, val=style_id(STRONG_STYLE if strong else CELL_STYLE))
        element("jc", looks, val="center" if heading else _SIDES[column.side])
        _run(paragraph, text)


def _number_pages(section: Any, *, landscape: bool) -> None:
    """— 1 — at the foot of the page: odd pages right, even pages left, one character in.

    On pages that lie on their side it runs down the left edge, where upright pages have it once all are bound.
    """
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]._p
        for child in list(paragraph):
            paragraph.remove(child)
        properties = element("pPr", paragraph)
        element("pStyle", properties, val=style_id(FOOT_STYLE))
        if landscape:
            # As high as a number of three digits; the odd pages' ends where those of upright pages do.
            high = 5 * SMALL
            y = RIGHT - SMALL - high if side == "right" else LEFT + SMALL
            element("framePr", properties, w=twips(SMALL), h=twips(high), hRule="exact", wrap="around",
                    vAnchor="page", hAnchor="page", x=twips(HEIGHT - BOTTOM - 7 * MM - SMALL), y=twips(y))  # fmt: skip
        else:
            element("ind", properties, left=twips(SMALL), right=twips(SMALL), firstLine=0)
        element("jc", properties, val=side)
        if landscape:
            element("textDirection", properties, val="tbRl")
            # A frame belongs to the paragraph after it.
            element("pStyle", element("pPr", element("p", paragraph.getparent())), val=style_id(FOOT_STYLE))
        _run(paragraph, "— ")
        for kind in ("begin", None, "end"):
            run = element("r", paragraph)
            if kind is None:
                element("instrText", run).text = "PAGE"
            else:
                element("fldChar", run, fldCharType=kind)
        _run(paragraph, " —")
