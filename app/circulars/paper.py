"""The document of a circular: its draft with the tables of its facts, a number and a day once it is issued."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.circulars.draft import Draft, Inset, Words, bound
from app.circulars.facts import Facts
from app.documents.model import (
    Annex,
    Block,
    Document,
    EndBlock,
    Heading,
    Mark,
    Paragraph,
    Signature,
)
from models.rules.circulars import Form


def document(draft: Draft, facts: Facts | None, *, number: str | None, on: date) -> Document:
    """The pages' content. `facts`: none for a circular without figures; `number`: none while it is a draft.

    Figures stand as the facts show them; those typed by hand stay as typed.
    """
    written = bound(draft, facts.shown) if facts is not None else draft
    blocks: list[Block] = [_paragraph(written.opening)] if written.opening.pieces else []
    for section in written.sections:
        blocks.append(Heading(section.title))
        blocks += [block for part in section.blocks for block in _block(part, facts)]
    headed = written.form is not Form.PLAIN
    return Document(
        title=written.title,
        blocks=tuple(blocks),
        mark=written.mark if headed else None,
        number=(number or f"{written.number_word}〔{on.year}〕　号") if headed else number,
        addressee=written.addressee or None,
        signature=Signature(written.issuer, on),
        note=written.note or None,
        end=EndBlock(written.copies, written.printed_by or written.issuer, on) if headed else None,
        annexes=tuple(_annexes(written, facts)),
        letter=written.form is Form.LETTER,
        stamp="草稿" if number is None else None,
    )


def _annexes(draft: Draft, facts: Facts | None) -> Iterator[Annex]:
    for supplement in draft.supplements:
        blocks = tuple(block for inset in supplement.insets for block in _block(inset, facts))
        if blocks:
            yield Annex(supplement.title, blocks, landscape=supplement.landscape)


def _block(part: Words | Inset, facts: Facts | None) -> Iterator[Block]:
    if isinstance(part, Words):
        yield _paragraph(part)
    elif facts is not None and part.kind == "picture":
        if part.key in facts.charts:
            yield facts.charts[part.key]
    elif facts is not None and part.key in facts.tables and facts.tables[part.key].rows:
        yield facts.tables[part.key]


def _paragraph(words: Words) -> Paragraph:
    marks, place = [], 0
    for piece in words.pieces:
        text = piece if isinstance(piece, str) else piece.text
        if not isinstance(piece, str):
            marks.append(Mark(place, place + len(text), piece.key, piece.detached))
        place += len(text)
    return Paragraph(words.text, words.level, tuple(marks))
