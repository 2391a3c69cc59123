"""The verb `circular`: a month's circular as files; issued where the month is closed, a draft where one is asked for."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.circulars import queries, writing
from app.circulars.paper import document
from app.circulars.rows import CircularFilter, CircularRow, Rendered
from app.errors import UserError
from app.outfiles import unwritable
from app.outfiles import writing as written_whole
from app.workspace import Workspace
from models.rules.circulars import Kind, State
from views.console.answer import Answer
from views.console.places import opened

_PAGE = re.compile(rb"/Type\s*/Page\b")


@dataclass(frozen=True, slots=True)
class Made:
    """Files, the pages of the PDF, and what is to be known about them."""

    files: Sequence[Rendered]
    warnings: Sequence[str]


def circular(options: argparse.Namespace) -> Answer:
    """Writes the files of a month's circular into a folder. One that is out already is written again, byte by byte."""
    _application()
    kind = Kind(options.kind)
    with opened(options) as space:
        made = _draft(space, kind, options.month) if options.draft else _issued(space, kind, options.month)
    paths = [_write(options.out, file) for file in made.files]
    pages = sum(_pages(file.content) for file in made.files if file.kind == "pdf")
    facts = {"files": [str(path) for path in paths], "pages": pages, "warnings": list(made.warnings)}
    said = [f"已写出 {len(paths)} 个文件，PDF 共 {pages} 页：", *map(str, paths)]
    return Answer(facts, said + [f"提醒：{one}" for one in made.warnings])


def _application() -> None:
    """Fonts need a Qt application, even where there is no screen."""
    from views.rankings.picture import ensure_application

    ensure_application()


def _draft(space: Workspace, kind: Kind, month: date) -> Made:
    """The draft that writes itself; nothing is kept."""
    from views.circulars import rendering
    from views.documents.painter import pages_of

    period = writing.period_of(kind, month)
    with space.read() as connection:
        draft, facts = writing.compose_draft(connection, kind, period, space.person)
        open_ = queries.months_open(connection, period.first, period.last)
        today = space.today()
    paper = document(draft, facts, number=None, on=today)
    name = f"{kind.label}_{month:%Y-%m}_草稿"
    sheets = pages_of(paper)
    return Made(rendering.rendered(paper, sheets, name), rendering.warnings(draft, sheets, open_, kind))


def _issued(space: Workspace, kind: Kind, month: date) -> Made:
    with space.read() as connection:
        row = _last(connection, kind, month)
        if row is not None:
            return Made(
                _kept(connection, row.id), [f"这个月的通报已经印发（{row.number_text}），按原件写出。"]
            )
    return _issue(space, kind, month)


def _issue(space: Workspace, kind: Kind, month: date) -> Made:
    from views.circulars import rendering
    from views.documents.painter import pages_of

    period, person = writing.period_of(kind, month), space.person
    with space.write() as connection:
        made = writing.create(connection, kind, period, person, uuid4())
        done = writing.issue(connection, made.circular, made.version, person, rendering.files)
        detail, facts = writing.opened(connection, done.circular, person)
        paper = document(detail.draft, facts, number=done.number, on=space.today())
        warnings = rendering.warnings(detail.draft, pages_of(paper), (), kind)
        return Made(_kept(connection, done.circular), warnings)


def _last(connection: Any, kind: Kind, month: date) -> CircularRow | None:
    """The newest issued circular that is about these very months."""
    period = writing.period_of(kind, month)
    found = queries.page(connection, CircularFilter(kind=kind, state=State.ISSUED, month=month))
    same = (row for row in found.rows if (row.first, row.last) == (period.first, period.last))
    return next(same, None)


def _kept(connection: Any, circular_id: int) -> list[Rendered]:
    files = queries.circular(connection, circular_id).files
    return [Rendered(file.name, file.kind, queries.file_bytes(connection, file.id)) for file in files]


def _write(folder: Path, file: Rendered) -> Path:
    path = folder / file.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    with written_whole(path) as part:
        part.write_bytes(file.content)
    return path


def _pages(content: bytes) -> int:
    """Pages of a PDF that we wrote: each has its own leaf."""
    number = len(_PAGE.findall(content))
    if not number:
        raise UserError("没有生成 PDF。", code="refused")
    return number
