"""A circular's PDF, measured with another program: where text, rules and page numbers stand (GB/T 9704-2012, 5.2, 7)."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from datetime import date

import pypdfium2
import pytest
from pypdfium2 import raw

from app.documents.model import Annex, Column, Document, EndBlock, Heading, Paragraph, Signature, Table
from app.documents.sheets import MM
from views.documents import painter

DAY = date(2026, 11, 9)
#: The type area in millimetres, and what measuring may be off by.
LEFT, RIGHT, TOP, BOTTOM, OFF = 28, 184, 37, 262, 0.5
SAID = "各镇（街道）办结政务服务事项，收到评价，主动评价按时汇总，数据截止时间为本月月末。" * 9
COLUMNS = tuple(Column(title, 2) for title in ("名次", "镇街", "办件", "评价", "质量", "综合评分"))


@dataclass(frozen=True)
class Letter:
    """A character: its origin from the left and the upper edge in millimetres, its size in points, and its right edge."""

    text: str
    x: float
    y: float
    size: float
    end: float


def circular(sections: int) -> bytes:
    """A circular with a landscape annex."""
    blocks = [
        block for n in range(sections) for block in (Heading(f"情况{'甲乙丙丁'[n % 4]}"), Paragraph(SAID))
    ]
    table = Table(COLUMNS, tuple((str(n), "雅塘镇", "12", "8", "90.00", "85.12") for n in range(1, 22)))
    paper = Document(
        title="关于2026年10月政务服务“好差评”工作情况的通报",
        blocks=tuple(blocks),
        mark="市政务服务中心文件",
        number="好差评通报〔2026〕12号",
        addressee="各镇人民政府、各街道办事处",
        signature=Signature("市政务服务中心", DAY),
        end=EndBlock(("市委办", "市府办"), "市政务服务中心", DAY),
        annexes=(Annex("各镇（街道）明细", (table,), landscape=True),),
    )
    return painter.pdf(painter.pages_of(paper), "通报")


def letters(page: pypdfium2.PdfPage) -> list[Letter]:
    """All that is printed on a page, blanks left out."""
    text, found, height = page.get_textpage(), [], page.get_height()
    x, y, matrix, box = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX(), raw.FS_RECTF()
    for at in range(text.count_chars()):
        shown = chr(raw.FPDFText_GetUnicode(text, at))
        if shown.strip() and raw.FPDFText_GetCharOrigin(text, at, x, y):
            raw.FPDFText_GetMatrix(text, at, matrix)
            raw.FPDFText_GetLooseCharBox(text, at, box)
            size = raw.FPDFText_GetFontSize(text, at) * abs(matrix.a)
            found.append(Letter(shown, x.value / MM, (height - y.value) / MM, size, box.right / MM))
    return found


def lines(printed: list[Letter]) -> list[list[Letter]]:
    """By the line they stand on, from above."""
    made: dict[float, list[Letter]] = {}
    for one in printed:
        made.setdefault(round(one.y, 1), []).append(one)
    return [sorted(made[y], key=lambda one: one.x) for y in sorted(made)]


def near(value: float) -> object:
    return pytest.approx(value, abs=OFF)


@pytest.fixture(scope="module", params=[(3, 4), (17, 12)], ids=["4 pages", "12 pages"])
def document(request: pytest.FixtureRequest, qapp: object) -> pypdfium2.PdfDocument:
    sections, pages = request.param
    made = pypdfium2.PdfDocument(circular(sections))
    assert len(made) >= pages
    return made


def test_every_page_is_a4_and_its_text_keeps_to_the_type_area(document: pypdfium2.PdfDocument) -> None:
    for page in document:
        wide, high = sorted((page.get_width() / MM, page.get_height() / MM))
        assert (wide, high) == (near(210), near(297))
    upright = [page for page in document if page.get_width() < page.get_height()]
    assert len(upright) < len(document)  # the annex lies on its side
    for page in upright:
        *body, _number = lines(letters(page))
        for line in body:
            assert line[0].x >= LEFT - OFF and line[-1].x <= RIGHT + OFF
            assert TOP - OFF <= line[0].y <= BOTTOM + OFF


def test_a_full_page_has_22_lines_and_a_full_line_28_characters(document: pypdfium2.PdfDocument) -> None:
    *body, _number = lines(letters(document[1]))
    steps = [after[0].y - before[0].y for before, after in zip(body, body[1:], strict=False)]
    assert len(body) == 22 and all(step == pytest.approx(225 / 22, abs=0.1) for step in steps)
    whole = [line for line in body if len(line) >= 28]
    assert whole and all(line[0].x == near(LEFT) for line in whole)
    cells = [(line[27].x - line[0].x) / 27 for line in whole]
    assert all(cell == pytest.approx(156 / 28, abs=0.05) for cell in cells)
    assert {round(one.size) for line in whole for one in line} == {16}


def test_page_numbers_stand_outside_7_mm_under_the_type_area(document: pypdfium2.PdfDocument) -> None:
    one = 14 / MM
    for place, page in enumerate(list(document)[:2], 1):
        number = lines(letters(page))[-1]
        assert "".join(letter.text for letter in number) == f"—{place}—" and round(number[0].size) == 14
        assert number[0].y - 0.88 * one == near(BOTTOM + 7)
        inner = number[-1].end if place % 2 else number[0].x
        assert inner == near(RIGHT - one if place % 2 else LEFT + one)


def test_the_head_has_its_rule_4_mm_under_the_number(document: pypdfium2.PdfDocument) -> None:
    first = document[0]
    printed = lines(letters(first))
    mark, number, title = printed[:3]
    assert mark[0].y - 0.88 * mark[0].size / MM == near(TOP + 35)
    assert "".join(one.text for one in number) == "好差评通报〔2026〕12号" and round(title[0].size) == 22
    assert (number[0].x + number[-1].x + 16 / MM) / 2 == near((LEFT + RIGHT) / 2)
    height = first.get_height()
    bounds = [one.get_bounds() for one in first.get_objects() if one.type == raw.FPDF_PAGEOBJ_PATH]
    left, bottom, right, top = max(bounds, key=lambda bound: bound[1])
    half = (top - bottom) / 2  # the bounds are half a line's width off on every side
    rule = ((height - (top + bottom) / 2) / MM, (left + half) / MM, (right - half) / MM)
    assert rule[0] - number[0].y == pytest.approx(4 + 0.12 * 16 / MM, abs=OFF)
    assert (rule[1], rule[2]) == (near(LEFT), near(RIGHT))
    assert "".join(one.text for one in printed[-1]) == "—1—" and any(
        "各镇" in "".join(c.text for c in line) for line in printed
    )


def test_characters_that_would_be_boxes_are_named(qapp: object) -> None:
    paper = Document(title="通报", blocks=(Paragraph("石镇𬭎、㐂与\U0003abcd办理。"),))
    said = painter.font_warnings(painter.pages_of(paper))
    assert "\U0003abcd" in said[-1] and "𬭎" not in said[-1] and "工" not in said[-1]
