"""The files of a circular: PDF as it is printed, Word to be worked with, the annexes as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.circulars.draft import Draft
from app.circulars.facts import Facts
from app.circulars.paper import document
from app.circulars.rows import Rendered
from app.documents.model import Document
from app.documents.sheets import Sheet
from models.rules.circulars import Kind
from views.documents.painter import font_warnings, pages_of, pdf


def files(draft: Draft, facts: Facts | None, number: str, on: date) -> Sequence[Rendered]:
    """What is kept of a circular when it goes out under a number."""
    paper = document(draft, facts, number=number, on=on)
    made = rendered(paper, pages_of(paper), number)
    if facts is None:
        return made
    page = (public_release(paper, facts, number),) if facts.kind is Kind.PUBLIC else ()
    return (*made, annexes(draft, facts, number), *page)


def public_release(paper: Document, facts: Facts, name: str) -> Rendered:
    """The page for the public, one file that stands alone."""
    from app.circulars.page import public_page

    return Rendered(f"{name}.html", "html", public_page(paper, facts))


def annexes(draft: Draft, facts: Facts, name: str) -> Rendered:
    """The tables of a circular as a workbook under a name."""
    from app.circulars.workbook import annex_book

    return Rendered(f"{name} 附表.xlsx", "xlsx", annex_book(draft, facts, name))


def rendered(paper: Document, sheets: tuple[Sheet, ...], name: str) -> Sequence[Rendered]:
    """The paper as PDF and Word under a name."""
    from app.documents.docx import word_file  # with python-docx, which takes its time

    return (
        Rendered(f"{name}.pdf", "pdf", pdf(sheets, name)),
        Rendered(f"{name}.docx", "docx", word_file(paper)),
    )


def warnings(draft: Draft, sheets: tuple[Sheet, ...], months_open: Sequence[date], kind: Kind) -> list[str]:
    """What is to be known before a circular goes out on these pages."""
    said = []
    if months_open and kind is not Kind.WITHDRAWAL:
        months = "、".join(f"{m.year}年{m.month}月" for m in months_open)
        said.append(f"{months}还没有封账，只能打印草稿。")
    if loose := draft.detached():
        said.append(f"手填的数字 {len(loose)} 处：{'、'.join(f.text for f in loose[:5])}。")
    return [*said, *(f"{one}。" for one in font_warnings(sheets))]
