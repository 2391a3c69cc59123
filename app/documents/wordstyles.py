"""The bare Word file that papers are written into: its page, its styles, its fonts and their substitutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.documents import fonts
from app.documents.fonts import Face
from app.documents.sheets import BODY, CELL, FINE, MM, PITCH, SMALL, TITLE

if TYPE_CHECKING:
    from docx.document import Document as Word

#: Twips and eighths of a point to a point.
TWIPS, EIGHTHS = 20, 8
RED = "D7000F"
#: What a paper is made of: Word's own names where it has them, so that its outline and its menus know them.
BODY_STYLE, TITLE_STYLE, FOOT_STYLE = "Normal", "Title", "footer"
MARK_STYLE, CELL_STYLE, STRONG_STYLE, END_STYLE = "发文机关标志", "表格", "表头", "版记"
ANNEX_STYLE = "附件"
HEADINGS = ("heading 1", "heading 2", "heading 3", "heading 4")
#: Height of a line: of the title, of table cells, of page numbers and the end block.
TITLE_LINE, CELL_LINE, FOOT_LINE = TITLE * 1.6, 19.0, 24.0

_FACES = (Face.HEITI, Face.KAITI, Face.FANGSONG, Face.FANGSONG)
#: What a 3号 character gives up so that 28 stand on a line, in twips, rounded up: full lines are set out again.
CLOSER = 5
#: Word reads a font's names into 64 characters.
_NAMES = 3
#: Styles of the template that Word expects to find.
_KEPT = {"Normal", "Default Paragraph Font", "Normal Table", "No List"}
#: Parts of the template that are of no use in a paper: styles of old versions, lists, a picture of a first page.
_DROPPED = ("stylesWithEffects", "numbering", "customXml", "thumbnail", "webSettings", "extended-properties")


def element(tag: str, parent: Any = None, **attributes: object) -> Any:
    """An element `w:tag` with `w:` attributes, in its parent where one is given."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    if parent is not None:
        parent.append(made)
    return made


def style_id(name: str) -> str:
    """What paragraphs call a style by."""
    return name.replace(" ", "")


def twips(points: float) -> int:
    """Points in Word's unit."""
    return round(points * TWIPS)


def bare() -> Word:
    """A file without text, styled after GB/T 9704."""
    import docx

    word = docx.Document()
    _drop(word.part.package)
    _drop(word.part)
    styles = word.styles.element
    for style in list(styles.style_lst):
        if style.name_val not in _KEPT:
            styles.remove(style)
    _defaults(styles)
    _styles(word)
    _settings(word.settings.element)
    _fonts(word.part)
    return word


def _drop(part: Any) -> None:
    for number, relation in list(part.rels.items()):
        if relation.reltype.rsplit("/", 1)[-1] in _DROPPED:
            del part.rels[number]


def _defaults(styles: Any) -> None:
    """Chinese in 3号仿宋, nothing between paragraphs: the template's own are for English."""
    from docx.oxml.ns import qn

    defaults = styles.find(qn("w:docDefaults"))
    for child in list(defaults):
        defaults.remove(child)
    run = element("rPr", element("rPrDefault", defaults))
    _set_in(run, Face.FANGSONG, BODY)
    element("lang", run, val="en-US", eastAsia="zh-CN", bidi="ar-SA")
    element("pPrDefault", defaults)


def _set_in(run: Any, face: Face, size: float, *, closer: int = 0) -> None:
    name = face.value
    element("rFonts", run, hint="eastAsia", ascii=name, hAnsi=name, eastAsia=name, cs=name)
    if closer:
        element("spacing", run, val=-closer)
    element("sz", run, val=round(size * 2))
    element("szCs", run, val=round(size * 2))


def _styles(word: Word) -> None:
    styles = word.styles.element
    normal = next(style for style in styles.style_lst if style.name_val == BODY_STYLE)
    for child in list(normal)[1:]:
        normal.remove(child)
    element("qFormat", normal)
    # Said again: the grid's characters are as wide as this style's.
    _set_in(element("rPr", normal), Face.FANGSONG, BODY, closer=CLOSER)
    _paragraph(normal, PITCH, indent=True)
    title = _style(styles, TITLE_STYLE, Face.TITLE, TITLE)
    _paragraph(title, TITLE_LINE, side="center", kept=True)
    for level, (name, face) in enumerate(zip(HEADINGS, _FACES, strict=True)):
        _paragraph(_style(styles, name, face, BODY), PITCH, indent=True, kept=True, level=level)
    mark = _style(styles, MARK_STYLE, Face.TITLE, BODY)
    _paragraph(mark, PITCH, side="center", kept=True)
    element("color", mark.rPr, val=RED)
    mark.rPr.insert(1, mark.rPr[-1])
    _paragraph(_style(styles, ANNEX_STYLE, Face.HEITI, BODY), PITCH, kept=True)
    _paragraph(_style(styles, CELL_STYLE, Face.FANGSONG, FINE), CELL_LINE)
    _paragraph(_style(styles, STRONG_STYLE, Face.HEITI, FINE), CELL_LINE)
    _paragraph(_style(styles, END_STYLE, Face.FANGSONG, SMALL), FOOT_LINE, beside=SMALL)
    _paragraph(_style(styles, FOOT_STYLE, Face.SONGTI, SMALL), SMALL)


def _style(styles: Any, name: str, face: Face, size: float) -> Any:
    """A style of paragraphs; those of the body's size are set as close as the body."""
    style = element("style", styles, type="paragraph", styleId=style_id(name))
    element("name", style, val=name)
    element("basedOn", style, val=BODY_STYLE)
    element("next", style, val=BODY_STYLE)
    element("qFormat", style)
    _set_in(element("rPr", style), face, size, closer=CLOSER if size == BODY else 0)
    return style


def _paragraph(
    style: Any,
    line: float,
    *,
    indent: bool = False,
    kept: bool = False,
    side: str = "both",
    level: int | None = None,
    beside: float = 0,
) -> None:
    """How a style's paragraphs stand. `line`: its lines' height, whatever the font; `kept`: with what follows."""
    made = element("pPr")
    if kept:
        element("keepNext", made)
    element("widowControl", made, val=0)
    # No space between Chinese and digits, which official papers do not have, and which would break lines elsewhere.
    element("autoSpaceDE", made, val=0)
    element("autoSpaceDN", made, val=0)
    # Word keeps 22 lines of 28 characters by the grid, others tear characters apart to it: lines and characters
    # have the grid's measure themselves.
    element("snapToGrid", made, val=0)
    element("spacing", made, before=0, after=0, line=twips(line), lineRule="exact")
    first = (
        {"firstLineChars": 200, "firstLine": twips(2 * CELL)}
        if indent
        else {"firstLineChars": 0, "firstLine": 0}
    )
    element("ind", made, left=twips(beside), right=twips(beside), **first)
    element("jc", made, val=side)
    if level is not None:
        element("outlineLvl", made, val=level)
    run = style.find(f"{{{style.nsmap['w']}}}rPr")
    style.append(made) if run is None else run.addprevious(made)


def _settings(settings: Any) -> None:
    """Odd and even pages differ; nothing of the template's history."""
    from docx.oxml.ns import qn

    for name in ("rsids", "themeFontLang", "savePreviewPicture", "shapeDefaults", "zoom"):
        for found in settings.findall(qn(f"w:{name}")):
            settings.remove(found)
    settings.find(qn("w:characterSpacingControl")).set(qn("w:val"), "compressPunctuation")
    settings.find(qn("w:defaultTabStop")).addnext(element("evenAndOddHeaders"))
    mode = settings.find(qn("w:compat")).find(qn("w:compatSetting"))
    mode.set(qn("w:val"), "15")


def _fonts(part: Any) -> None:
    """Each face with what stands in for it where it is absent, in their order."""
    from docx.opc.oxml import serialize_part_xml
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    table = parse_xml(f"<w:fonts {nsdecls('w')}/>")
    for face in Face:
        font = element("font", table, name=face.value)
        element("altName", font, val=",".join(fonts.instead(face)[:_NAMES]))
        element("charset", font, val="86")
        element("family", font, val="auto")
        element("pitch", font, val="variable")
    found = next(r for r in part.rels.values() if r.reltype.endswith("/fontTable"))
    found.target_part._blob = serialize_part_xml(table)


def page(section: Any, *, landscape: bool) -> None:
    """A4 with the margins and the grid of the standard: 22 lines of 28 characters; turned where it lies."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    top, bottom, left, right = (28, 26, 35, 37) if landscape else (37, 35, 28, 26)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    # The number's upper edge is 7 mm below the type area, its line as high as its characters.
    section.header_distance, section.footer_distance = Mm(15), Mm(round(bottom - 7 - SMALL / MM, 1))
    section.gutter = 0
    properties = section._sectPr
    for grid in properties.findall(f"{{{properties.nsmap['w']}}}docGrid"):
        properties.remove(grid)
    closer = round((CELL - BODY) * 4096)
    element("docGrid", properties, type="linesAndChars", linePitch=twips(PITCH), charSpace=closer)
