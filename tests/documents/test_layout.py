"""A paper on its pages: the grid of GB/T 9704, headings, signature, end block, tables over pages."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from app.documents.fonts import Face, choose
from app.documents.layout import lay_out
from app.documents.model import (
    Annex,
    Bar,
    Chart,
    Column,
    Document,
    EndBlock,
    Heading,
    Level,
    Paragraph,
    Side,
    Signature,
    Table,
)
from app.documents.numerals import chinese, paper_number
from app.documents.sheets import (
    BODY,
    BOTTOM,
    CELL,
    DEPTH,
    HEIGHT,
    LANDSCAPE,
    LEFT,
    LINES,
    MM,
    PITCH,
    RIGHT,
    ROOM,
    TOP,
    Run,
    Sheet,
)

DAY = date(2026, 11, 2)


def measure(text: str, _face: Face, size: float) -> float:
    """A character is as wide as high, a letter half."""
    return sum(size / 2 if ch.isascii() else size for ch in text)


def paper(*blocks: Heading | Paragraph | Table | Chart, **over: object) -> tuple[Sheet, ...]:
    return lay_out(Document("办理通知", blocks, **over), measure)  # type: ignore[arg-type]


CHART = Chart(
    "差评标签的次数和累计占比", "次数", "累计占比",
    (Bar("没有提供材料样本", 30, Fraction(75), "75.00%"), Bar("其余3项", 10, Fraction(100), "100%"), Bar("空", 0, None)),
    whole=40,
)  # fmt: skip


def test_a_chart_is_drawn_whole_on_one_page_and_within_the_type_area() -> None:
    pages = paper(*(Paragraph("说明") for _ in range(14)), CHART, Paragraph("之后"))
    number, heading = run(pages, CHART.title)
    assert (
        {run(pages, text)[0] for text in ("没有提供", "其余3项", "100%", "30，75.00%", "之后")}
        == {number}
        == {2}
    )
    page = pages[number - 1]
    assert all(LEFT <= x <= RIGHT for s in page.strokes for x in (s.x, s.to_x))
    assert all(heading.y < y <= BOTTOM for s in page.strokes for y in (s.y, s.to_y))
    marks = [s for s in page.strokes if s.width > 3]
    assert len(marks) == 2 and marks[0].y > marks[1].y  # no share, no mark; the more, the higher


def run(sheets: tuple[Sheet, ...], text: str) -> tuple[int, Run]:
    return next((s.number, r) for s in sheets for r in s.runs if text in r.text)


def test_22_lines_of_28_characters_fit_the_type_area() -> None:
    assert LINES * PITCH <= DEPTH < (LINES + 1) * PITCH
    assert pytest.approx(ROOM) == 28 * CELL
    lines = [r for r in paper(Paragraph("字" * 26 + "文" * 28 * 2))[0].runs if r.size == BODY]
    assert [len(r.text) for r in lines] == [26, 28, 28]
    assert lines[1].x + measure(lines[1].text, Face.FANGSONG, BODY) * lines[1].stretch == pytest.approx(RIGHT)


def test_a_full_page_holds_22_lines_and_everything_stays_in_the_type_area() -> None:
    sheets = paper(Paragraph("字" * 28 * 60))
    body = [r for r in sheets[1].runs if r.size == BODY]
    assert len(body) == LINES
    assert all(LEFT - 0.1 <= r.x and r.y <= BOTTOM for s in sheets for r in s.runs[:-1])


def test_headings_are_counted_and_set_in_their_faces() -> None:
    sheets = paper(
        Heading("甲"), Heading("乙", Level.SECOND), Paragraph("丙", Level.THIRD), Heading("丁"), Heading("戊", Level.SECOND)
    )  # fmt: skip
    texts = {r.text: r.face for r in sheets[0].runs}
    assert texts["一、甲"] is Face.HEITI
    assert texts["（一）乙"] is Face.KAITI
    assert texts["1.丙"] is Face.FANGSONG
    assert "（一）戊" in texts


def test_a_heading_is_never_the_last_line_of_a_page() -> None:
    for lines in range(12, 24):
        sheets = paper(Paragraph("字" * 28 * lines), Heading("孤"), Paragraph("行" * 40))
        assert run(sheets, "孤")[0] == run(sheets, "行")[0]


def test_mark_number_rule_and_title_stand_where_the_standard_says() -> None:
    sheets = paper(Paragraph("正文"), mark="市政务服务中心", number="转办〔2026〕3号", addressee="甲镇")
    _, mark = run(sheets, "市政务服务中心")
    assert mark.red
    assert mark.y - mark.size * 0.88 == pytest.approx(TOP + 35 * MM)
    rule = sheets[0].strokes[0]
    assert rule.red
    assert (rule.x, rule.to_x) == (LEFT, RIGHT)
    assert rule.y > run(sheets, "转办")[1].y
    assert run(sheets, "甲镇：")[1].x == LEFT
    assert run(sheets, "正文")[0] == 1


def test_page_numbers_stand_outside() -> None:
    sheets = paper(Paragraph("字" * 28 * 60))
    numbers = [run((sheet,), "—")[1] for sheet in sheets]
    assert [n.text for n in numbers] == ["— 1 —", "— 2 —", "— 3 —"]
    assert numbers[0].x > ROOM > numbers[1].x
    assert all(n.y > BOTTOM + 7 * MM for n in numbers)


def test_a_signature_takes_text_along_to_its_page() -> None:
    for lines in range(8, 24):
        sheets = paper(
            Paragraph("字" * 28 * lines), Paragraph("末段"), signature=Signature("市政务服务中心", DAY)
        )
        assert run(sheets, "2026年11月2日")[0] == run(sheets, "末段")[0]


def test_the_end_block_closes_the_last_page() -> None:
    sheets = paper(Paragraph("正文"), end=EndBlock(("乙镇", "丙镇"), "市政务服务中心", DAY))
    assert run(sheets, "抄送：乙镇，丙镇。")
    assert max(s.y for s in sheets[-1].strokes) == pytest.approx(BOTTOM)


def test_tables_repeat_their_headings_and_continue_long_rows() -> None:
    columns = (Column("时间", 8, Side.CENTRE), Column("内容", 20))
    rows = (*((str(n), "内容" * 10) for n in range(40)), ("长", "很长" * 900))
    sheets = paper(Table(columns, rows))
    assert len(sheets) > 3
    for sheet in sheets:
        assert [r.text for r in sheet.runs].count("时间") == 1
        assert all(r.y <= BOTTOM for r in sheet.runs[:-1])
    assert sum(r.text.count("很长") for s in sheets for r in s.runs) >= 850


@pytest.mark.parametrize(
    ("number", "written"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九")]
)
def test_numbers_in_chinese(number: int, written: str) -> None:
    assert chinese(number) == written


def test_numbers_of_papers_and_what_has_no_chinese_number() -> None:
    assert paper_number("转办", 2026, 3) == "转办〔2026〕3号"
    with pytest.raises(ValueError, match="100"):
        chinese(100)


def test_fonts_stand_in_and_say_so() -> None:
    fonts = choose({"仿宋", "SimHei", "Noto Serif CJK SC"})
    assert fonts.of(Face.FANGSONG).family == "仿宋"
    assert fonts.of(Face.TITLE).bold
    assert fonts.substitutions() == (
        "楷体_GB2312 → Noto Serif CJK SC",
        "方正小标宋简体 → Noto Serif CJK SC（加粗）",
        "宋体 → Noto Serif CJK SC",
    )
    assert "系统默认字体" in choose(set()).substitutions()[0]


def test_an_annex_that_lies_on_its_side_is_numbered_where_the_other_pages_are() -> None:
    columns = tuple(Column(f"栏{n}", 3) for n in range(11))
    wide = Annex("分项得分表", (Table(columns, (("9",) * 11,) * 30),), landscape=True)
    sheets = paper(Paragraph("正文"), annexes=(wide, Annex("口径说明", (Paragraph("如下"),))))
    assert [sheet.landscape for sheet in sheets] == [False, *[True] * (len(sheets) - 2), False]
    assert "附件：1.分项得分表\n2.口径说明" in sheets[0].text
    for sheet in sheets[1:-1]:
        *body, number = sheet.runs
        assert all(LANDSCAPE.left <= r.x < LANDSCAPE.right and r.y <= LANDSCAPE.bottom for r in body)
        assert [r.text for r in body].count("栏10") == 1
        assert number.turned
        # Turned back onto upright paper: 7 mm below the type area, within its width.
        upright = sheets[0].runs[-1]
        assert HEIGHT - number.x == pytest.approx(upright.y)
        assert LEFT < number.y < RIGHT
    assert sheets[1].runs[0].text == "附件1"
