"""Papers in the window: the preview, its zoom, the PDF with embedded fonts and text that is found, the menu."""

from __future__ import annotations

from datetime import date

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter

from app.documents.model import Document, EndBlock, Heading, Paragraph, Signature
from app.tickets import papers
from app.tickets.papers import Paper
from models.rules.people import Group
from tests.views.factories import TODAY, Backend, Workspace, person
from views.documents import painter
from views.operations import Operations
from views.shell.session import Session
from views.tickets.page import TicketsPage

DAY = date(2026, 11, 2)
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
    monkeypatch.setattr(papers, "document", lambda _c, _ticket, _paper: PAPER)
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
    preview.save_pdf(tmp_path / "转办单.pdf")
    settle(qtbot, desk)
    assert "差评工单" in text_of((tmp_path / "转办单.pdf").read_bytes())
    assert [pages for pages, _ in noted] == [len(preview.sheets)]
    assert desk.said[-1][0] == "success"


def test_a_place_that_cannot_be_written_is_told(qtbot, desk, preview, noted, tmp_path) -> None:
    preview.save_pdf(tmp_path / "没有这个文件夹" / "转办单.pdf")
    assert desk.said[-1][0] == "error"
    assert not noted


def test_printing_takes_the_pages_asked_for(qtbot, desk, preview, noted, tmp_path) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    printer.setPageLayout(painter.page_layout())
    printer.setFullPage(True)
    printer.setFromTo(2, 2)
    preview.print_on(printer)
    settle(qtbot, desk)
    printed = pypdfium2.PdfDocument((tmp_path / "out.pdf").read_bytes())
    assert len(printed) == 1
    printed.close()
    assert noted


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
