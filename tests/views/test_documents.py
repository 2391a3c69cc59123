"""Papers in the window: the preview, its zoom, the PDF with embedded fonts and text that is found, the menu."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import docx
import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPdfWriter
from PySide6.QtPrintSupport import QPrinter

from app.documents.model import Annex, Document, EndBlock, Heading, Paragraph, Signature
from app.tickets import papers
from app.tickets.papers import Paper
from app.tickets.rows import Notice, TimeLineEntry
from models.rules.people import Group
from tests.views.factories import NOW, TODAY, Backend, Workspace, person
from views.documents import painter
from views.operations import Operations
from views.shell.session import Session
from views.tickets.page import TicketsPage

DAY = date(2026, 11, 2)
NUMBERS = {None: "转办〔2026〕3号", 8: "督办〔2026〕5号", 7: "督办〔2026〕1号"}
PAPER = Document(
    title="政务服务“好差评”差评工单转办单",
    mark="市政务服务中心",
    number="转办〔2026〕3号",
    addressee="罗州街道",
    blocks=(
        Paragraph("现将群众意见转请办理，面见群众时说明一、二两点，页码见后。"),
        Heading("工单情况"),
        *(Paragraph("长期见不到工作人员，材料一日数改。" * 8) for _ in range(12)),
    ),
    signature=Signature("市政务服务中心", DAY),
    end=EndBlock(("城南街道",), "市政务服务中心", DAY),
)


@pytest.fixture
def noted(monkeypatch):
    made: list[tuple[int, str]] = []
    monkeypatch.setattr(papers, "note_out", lambda _c, pages, digest: made.append((pages, digest)))
    monkeypatch.setattr(
        papers, "document", lambda _c, _ticket, _paper, notice: replace(PAPER, number=NUMBERS[notice])
    )
    return made


@pytest.fixture
def desk(qtbot, monkeypatch, noted):
    backend = Backend()
    backend.install(monkeypatch)
    operations = Operations()
    session = Session(operations)
    session.open(Workspace(person(Group.OFFICER)), TODAY)
    page = TicketsPage(session)
    page.said = []
    session.noticed.connect(lambda tone, text, *_: page.said.append((tone, text)))
    qtbot.addWidget(page)
    page.resize(1190, 760)
    page.show()
    page.shown()
    settle(qtbot, page)
    page.panel.load(1)
    settle(qtbot, page)
    yield page
    operations.close()


def settle(qtbot, page) -> None:
    qtbot.waitUntil(lambda: page.session.operations.running == 0)


@pytest.fixture
def preview(qtbot, desk):
    desk.session.registry.run("ticket.print_file")
    settle(qtbot, desk)
    return desk.papers.preview


def text_of(content: bytes) -> str:
    pdf = pypdfium2.PdfDocument(content)
    said = "".join(page.get_textpage().get_text_range() for page in pdf)
    pdf.close()
    return said.replace("\r", "").replace("\n", "")


def test_the_text_of_a_pdf_is_the_text_that_was_written(qapp) -> None:
    content = painter.pdf(painter.pages_of(PAPER), PAPER.title)
    said = text_of(content)
    for words in (
        "转办〔2026〕3号",
        "差评工单转办单",
        "面见群众时说明一、二两点，页码见后",
        "长期见不到工作人员",
    ):
        assert words in said
    assert not [ch for ch in said if "\u2e80" <= ch <= "\u2fdf"]
    assert content.count(b"/FontFile") >= 1


def test_every_character_of_gb2312_is_found_in_a_pdf(qapp) -> None:
    codes = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    written = "".join(code.decode("gb2312", "ignore") for code in codes)
    assert len(written) == 6763
    pages = painter.pages_of(Document("全字", (Paragraph(written),)))
    assert not set(written) - set(text_of(painter.pdf(pages, "全字")))


def test_numbers_beside_letters_are_found_in_a_pdf(qapp) -> None:
    pages = painter.pages_of(
        Document("编号", (Paragraph("工单编号：HCP20261000013，办件编号：LJ-440881-0042。"),))
    )
    said = text_of(painter.pdf(pages, "编号"))
    assert "HCP20261000013" in said and "LJ-440881-0042" in said


def test_a_preview_stands_in_the_place_of_the_list(qtbot, desk, preview) -> None:
    assert preview.isVisible()
    assert not desk.table.isVisible()
    assert preview._title.text() == "转办〔2026〕3号"
    assert f"共 {len(preview.sheets)} 页" in preview._facts.text()
    assert "面见群众" in preview.canvas.accessibleDescription()
    assert not desk.session.registry.available("ticket.print_file")
    qtbot.keyClick(preview, Qt.Key.Key_Escape)
    assert not preview.isVisible()
    assert desk.table.isVisible()


def test_zoom_goes_in_steps_and_back_to_the_width(preview) -> None:
    before = preview.canvas.zoom
    preview.larger()
    assert preview.canvas.zoom == pytest.approx(before * 1.2)
    for _ in range(20):
        preview.smaller()
    assert preview.canvas.zoom == pytest.approx(0.4)
    preview.fit()
    assert preview.canvas.zoom == pytest.approx(before)


def test_the_pages_are_painted_white_with_a_red_mark(preview) -> None:
    picture = preview.canvas.grab().toImage()
    colours = {picture.pixelColor(x, 330).name() for x in range(picture.width())}
    assert "#ffffff" in colours
    reds = [
        (x, y) for y in range(0, 500, 2) for x in range(0, picture.width(), 2)
        if picture.pixelColor(x, y).red() > 180 and picture.pixelColor(x, y).green() < 60
    ]  # fmt: skip
    assert reds


def test_a_saved_pdf_is_whole_and_noted(qtbot, desk, preview, noted, tmp_path) -> None:
    preview.outlet.save_pdf(tmp_path / "转办单.pdf")
    settle(qtbot, desk)
    assert "差评工单" in text_of((tmp_path / "转办单.pdf").read_bytes())
    assert [pages for pages, _ in noted] == [len(preview.sheets)]
    assert desk.said[-1][0] == "success"


def test_a_saved_word_file_is_whole_and_noted(qtbot, desk, preview, noted, tmp_path) -> None:
    preview.outlet.save_word(tmp_path / "转办单.docx")
    settle(qtbot, desk)
    said = [p.text for p in docx.Document(str(tmp_path / "转办单.docx")).paragraphs]
    assert "转办〔2026〕3号" in said
    assert [pages for pages, _ in noted] == [len(preview.sheets)]


def test_the_ways_out_can_be_found_while_a_paper_is_shown(qtbot, desk, preview) -> None:
    ways = ("paper.pdf", "paper.word", "paper.print")
    assert all(desk.session.registry.available(way) for way in ways)
    preview.leave()
    assert not any(desk.session.registry.available(way) for way in ways)


def test_one_of_several_notices_is_chosen_in_the_menu_and_in_the_preview(qtbot, desk) -> None:
    sent = [Notice(7, NUMBERS[7], date(2026, 10, 30)), Notice(8, NUMBERS[8], DAY)]
    entries = tuple(TimeLineEntry(NOW, "李伟", "督办", None, notice) for notice in sent)
    desk.panel.detail = replace(desk.panel.detail, time_line=entries)
    desk.panel._show_buttons()
    menu = next(e.menu() for e in desk.panel._foot.menu.actions() if e.text() == "打印督办通知")
    assert [e.text() for e in menu.actions()] == [f"{NUMBERS[8]}　11月2日…", f"{NUMBERS[7]}　10月30日…"]
    menu.actions()[1].trigger()
    settle(qtbot, desk)
    preview = desk.papers.preview
    assert preview._title.text() == NUMBERS[7]
    latest, chosen = preview._menu.actions()
    assert chosen.isChecked() and not latest.isChecked()
    latest.trigger()
    settle(qtbot, desk)
    assert preview._title.text() == NUMBERS[8]


def test_a_place_that_cannot_be_written_is_told(qtbot, desk, preview, noted, tmp_path) -> None:
    preview.outlet.save_pdf(tmp_path / "没有这个文件夹" / "转办单.pdf")
    assert desk.said[-1][0] == "error"
    assert not noted


def test_printing_takes_the_pages_asked_for(qtbot, desk, preview, noted, tmp_path) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    printer.setPageLayout(painter.page_layout())
    printer.setFullPage(True)
    printer.setFromTo(2, 2)
    preview.outlet.print_on(printer)
    settle(qtbot, desk)
    printed = pypdfium2.PdfDocument((tmp_path / "out.pdf").read_bytes())
    assert len(printed) == 1
    printed.close()
    assert [pages for pages, _ in noted] == [1]
    # Qt's own PDF would name radicals where characters were written.
    assert "见不到工作人员" in text_of((tmp_path / "out.pdf").read_bytes())


def test_pages_on_their_side_are_printed_upright_and_shown_as_they_are_read(qapp, tmp_path) -> None:
    wide = Annex("分项得分表", (Paragraph("如下"),), landscape=True)
    pages = painter.pages_of(replace(PAPER, blocks=(), annexes=(wide,)))
    shown = pypdfium2.PdfDocument(painter.pdf(pages, "通报"))
    assert [page.get_width() > page.get_height() for page in shown] == [False, True]
    shown.close()
    printed = QPdfWriter(str(tmp_path / "printed.pdf"))
    painter.paint_on(printed, pages, printed.resolution(), upright=True)
    on_paper = pypdfium2.PdfDocument(tmp_path / "printed.pdf")
    assert not any(page.get_width() > page.get_height() for page in on_paper)
    on_paper.close()


def test_the_menu_offers_papers_and_says_why_not(desk) -> None:
    entries = {e.text(): e for e in desk.panel._foot.menu.actions() if "打印" in e.text()}
    assert list(entries) == ["打印转办单…", "打印督办通知…", "打印办理档案…"]
    assert entries["打印转办单…"].isEnabled()
    assert entries["打印督办通知…"].toolTip() == "工单没有督办过。"


def test_a_dispatch_paper_takes_its_number_first(qtbot, desk, monkeypatch) -> None:
    from app.changes import Changes, Kind

    numbered: list[int] = []

    def number(_connection, ticket: int) -> Changes:
        numbered.append(ticket)
        return Changes(Kind.TICKETS, frozenset({ticket}))

    monkeypatch.setattr(papers, "number_dispatch", number)
    desk.papers.open(Paper.DISPATCH)
    qtbot.waitUntil(desk.papers.preview.isVisible)
    settle(qtbot, desk)
    assert numbered == [1]
    desk.open_with(2)
    assert not desk.papers.preview.isVisible()
    settle(qtbot, desk)
