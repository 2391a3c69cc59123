"""The public release as one page of HTML that stands alone: nothing is fetched, nothing runs, nobody is named."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from html import escape

from app.circulars.facts import Facts
from app.documents.model import Block, Document, Heading, Side, Table, numbered
from app.documents.numerals import day

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2330; --paper: #fff; --line: #c9cedb; --bar: #2358c4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9f0; --paper: #15181e; --line: #3a4252; --bar: #6e9bf5; } }
body { margin: 0 auto; max-width: 52rem; padding: 2rem 1rem; font: 1rem/1.75 "Noto Serif CJK SC", "FangSong", serif;
       color: var(--ink); background: var(--paper); }
h1 { text-align: center; font-size: 1.6rem; line-height: 1.4; } h2 { font-size: 1.15rem; }
p { text-indent: 2em; margin: .4em 0; } .end { text-align: right; text-indent: 0; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { border: 1px solid var(--line); padding: .3em .5em; } .c { text-align: center; } .r { text-align: right; font-variant-numeric: tabular-nums; }
svg { width: 100%; height: auto; } svg text { fill: var(--ink); font-size: 13px; } svg rect { fill: var(--bar); }
@media print { body { max-width: none; color: #000; background: #fff; } }
"""
_CLASSES = {Side.LEFT: "", Side.CENTRE: ' class="c"', Side.RIGHT: ' class="r"'}
_HIGH, _LABEL, _WIDE = 24, 170, 640


def public_page(document: Document, facts: Facts) -> bytes:
    """The page; its tables can be read out, its chart says in words what it shows."""
    title = document.title.replace("\n", "")
    body = "\n".join(_body(document, facts))
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><main>\n{body}\n</main></body></html>\n"
    ).encode()


def _body(document: Document, facts: Facts) -> Iterator[str]:
    yield f"<h1>{escape(document.title).replace(chr(10), '<br>')}</h1>"
    for block in numbered(document.blocks):
        yield _block(block)
        if isinstance(block, Table) and block is facts.tables.get("ranking.township"):
            yield _bars(facts)
    for number, annex in enumerate(document.annexes, 1):
        yield f"<h2>{document.annex_label(number)} {escape(annex.title)}</h2>"
        yield from (_block(block) for block in numbered(annex.blocks))
    if document.signature is not None:
        yield f'<p class="end">{escape(document.signature.name)}<br>{day(document.signature.day)}</p>'
    if document.note is not None:
        yield f"<p>（{escape(document.note)}）</p>"


def _block(block: Block) -> str:
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Heading):
        return f"<h2>{escape(block.text)}</h2>"
    return f"<p>{escape(getattr(block, 'text', ''))}</p>"


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(column.title)}</th>' for column in table.columns)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{_CLASSES[c.side]}>{escape(text)}</td>" for c, text in zip(table.columns, texts, strict=True)
        )
        + "</tr>"
        for texts in table.rows
    )
    top = f"<thead><tr>{head}</tr></thead>" if table.headed else ""
    return f'<div class="wide"><table>{top}<tbody>{rows}</tbody></table></div>'


def _bars(facts: Facts) -> str:
    """综合评分 of the townships as bars."""
    rows = [(row.score.facts.agency, row.score.composite) for row in facts.views["township"].rows]
    parts = []
    for place, (name, score) in enumerate(rows):
        y, wide = place * _HIGH, Decimal(_WIDE - _LABEL - 60) * score / 100
        parts.append(
            f'<text x="{_LABEL - 8}" y="{y + 17}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="{_LABEL}" y="{y + 4}" width="{wide:.1f}" height="{_HIGH - 8}"/>'
            f'<text x="{_LABEL + float(wide) + 6:.1f}" y="{y + 17}">{score}</text>'
        )
    said = f"各镇（街道）综合评分，数字见表，共{len(rows)}个"
    return f'<svg viewBox="0 0 {_WIDE} {len(rows) * _HIGH}" role="img" aria-label="{said}">{"".join(parts)}</svg>'
