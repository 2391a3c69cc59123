"""A paper as a Word file: the page of GB/T 9704, real styles, the same text and pages as printed, the same bytes."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import docx
import pypdfium2
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm

from app.documents.docx import nominal, word_file
from app.documents.layout import lay_out
from app.documents.model import (
    Annex,
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

DAY = date(2026, 11, 2)
COLUMNS = (Column("名次", 3, Side.CENTRE), Column("镇街", 9), Column("得分", 4, Side.RIGHT))
PAPER = Document(
    title="关于2026年10月政务服务情况的通报",
    mark="市政务服务中心",
    number="通报〔2026〕3号",
    addressee="各镇街",
    blocks=(
        Paragraph("现将情况通报如下。罕见字𠮷龘；控制符\x00\x0b不留。"),
        Heading("总体情况"),
        *(Paragraph("全市办理事项一万二千件，主动评价率百分之九十八，差评均已整改。" * 6) for _ in range(3)),
        Heading("镇街排名", Level.SECOND),
        Table(COLUMNS, tuple((str(n), f"第{n}镇", "98.50") for n in range(1, 31))),
        Paragraph("抓紧整改。", Level.THIRD),
    ),
    signature=Signature("市政务服务中心", DAY),
    note="联系电话：0759-6600000",
    end=EndBlock(("市政府办公室",), "市政务服务中心", DAY),
    annexes=(
        Annex("分项得分表", (Table(COLUMNS, (("1", "甲镇", "98.50"),) * 30),), landscape=True),
        Annex("口径说明", (Paragraph("以数据截止时间为准。"),)),
    ),
)


@pytest.fixture(scope="module")
def content() -> bytes:
    return word_file(PAPER)


def test_the_page_is_that_of_the_standard(content: bytes) -> None:
    upright, lying, last = docx.Document(io.BytesIO(content)).sections
    for section, size, margins in (
        (upright, (210, 297), (37, 35, 28, 26)),
        (lying, (297, 210), (28, 26, 35, 37)),
        (last, (210, 297), (37, 35, 28, 26)),
    ):
        assert (section.page_width, section.page_height) == pytest.approx(tuple(map(Mm, size)), abs=700)
        edges = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        assert edges == pytest.approx(tuple(map(Mm, margins)), abs=700)
        (grid,) = section._sectPr.findall(qn("w:docGrid"))
        assert dict(grid.items()) == {
            qn("w:type"): "linesAndChars",
            qn("w:linePitch"): "579",
            qn("w:charSpace"): "-848",
        }
    assert lying.orientation == WD_ORIENT.LANDSCAPE
    assert "PAGE" in upright.footer._element.xml and "PAGE" in upright.even_page_footer._element.xml
    assert "tbRl" in lying.footer._element.xml


def test_styles_are_words_own_with_prescribed_fonts(content: bytes) -> None:
    word = docx.Document(io.BytesIO(content))
    used = {p.style.name for p in word.paragraphs}
    assert {"Normal", "Title", "Heading 1", "Heading 2", "发文机关标志", "版记", "附件"} == used
    fonts = {
        name: word.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Normal", "Title", "Heading 1", "Heading 2")
    }
    assert list(fonts.values()) == ["仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"]
    table = zipfile.ZipFile(io.BytesIO(content)).read("word/fontTable.xml").decode()
    assert 'w:val="FangSong_GB2312,仿宋,FangSong"' in table


def test_headings_of_tables_are_repeated_and_what_xml_cannot_hold_is_left_out(content: bytes) -> None:
    word = docx.Document(io.BytesIO(content))
    assert all(t.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for t in word.tables)
    assert word.paragraphs[4].text == "现将情况通报如下。罕见字𠮷龘；控制符不留。"
    assert "一、总体情况" in [p.text for p in word.paragraphs]


def test_the_same_paper_gives_the_same_bytes(content: bytes) -> None:
    assert word_file(PAPER) == content
    about = docx.Document(io.BytesIO(content)).core_properties
    assert about.created.date() == DAY
    assert about.author == ""


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_another_program_shows_the_text_and_the_pages_that_are_printed(
    content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "paper.docx").write_bytes(content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "paper.docx"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    converted = pypdfium2.PdfDocument(tmp_path / "paper.pdf")
    said = squeezed("".join(page.get_textpage().get_text_range() for page in converted))
    printed = lay_out(PAPER, nominal)
    assert abs(len(converted) - len(printed)) <= 1
    assert [page.get_width() > page.get_height() for page in converted].count(True) >= 1
    converted.close()
    # Lines may end elsewhere; each line of the pages is there, but for the characters that no font here has.
    for sheet in printed:
        for run in sheet.runs[:-1]:
            for words in run.text.replace("\x00", "").replace("\x0b", "").split("𠮷"):
                assert squeezed(words) in said
