"""A circular says what the ranking says, in its text, tables, workbook and page; nobody who rated or works there is named."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import openpyxl
import pytest

from app.circulars import compose, facts, paper, templates
from app.circulars.facts import Facts
from app.circulars.page import public_page
from app.circulars.workbook import annex_book
from app.clock import SHANGHAI
from app.documents.model import Document, Table
from app.rankings import queries as rankings
from app.rankings.queries import Period
from app.workspace import Person
from models.rules.circulars import Kind
from models.rules.people import Group
from tests.databases import Database
from tests.store import loads

OCTOBER = Period.month(date(2026, 10, 1))
ON = date(2026, 11, 9)
OFFICER = Person("officer", "李伟", Group.OFFICER, None, None, False)
LONG = "某某省某某市某某县某某镇人民政府便民服务与综合行政执法办公室"
STAFF, WORDS, PHONE = "欧阳窗口", "排队排了三个小时没人理", "13384382025"


def load(database: Database, rows: list[dict[str, Any]], cases: dict[str, int]) -> None:
    """Ratings and a summary of October; 2 halls a township."""
    with loads.connect(database) as connection:
        if rows:
            loads.ratings(connection, *rows)
        lines = [
            {
                "agency": agency,
                "month": OCTOBER.first,
                "cases": number,
                "cases_rated": number // 2,
                "level_5": 0,
                "level_2": 0,
            }
            for agency, number in cases.items()
        ]
        loads.summary(connection, *lines)
    database.rows("UPDATE pd.agency SET kind = 'township'")
    database.freeze(datetime(2026, 11, 9, 10, tzinfo=SHANGHAI))
    database.raw("officer", "SELECT pd.close_month('2026-10-01', '')")


def rated(agency: str, number: int, level: int) -> dict[str, Any]:
    moment = datetime(2026, 10, 9, 9, tzinfo=SHANGHAI) + timedelta(minutes=number)
    return {
        "case_number": f"{agency}{level}{number}",
        "agency": agency,
        "level": level,
        "rated_at": moment,
        "reason": f"{WORDS}{PHONE}",
    }


#: Months of extremes: what was rated and how many cases there were.
MONTHS: dict[str, tuple[list[dict[str, Any]], dict[str, int]]] = {
    "usual": ([rated(a, n, 5 - (n % 9 == 0) * 4) for a in ("甲镇", "乙镇", "丙镇") for n in range(12)], {"甲镇": 40, "乙镇": 50, "丙镇": 60}),
    "no bad rating": ([rated(a, n, 5) for a in ("甲镇", "乙镇") for n in range(4)], {"甲镇": 40, "乙镇": 50}),
    "all tied": ([rated(a, n, 5) for a in ("甲镇", "乙镇", "丙镇") for n in range(4)], dict.fromkeys(("甲镇", "乙镇", "丙镇"), 40)),
    "one unranked": ([rated("甲镇", n, 5) for n in range(4)], {"甲镇": 40, "乙镇": 0}),
    "nothing": ([], {"甲镇": 0}),
    "a long name": ([rated(LONG, n, 1 + n % 5) for n in range(30)], {LONG: 400}),
}  # fmt: skip


def read(database: Database, kind: Kind) -> tuple[Facts, Document]:
    with database.store.read() as connection:
        found = facts.read(connection, kind, OCTOBER, OFFICER)
    draft = compose.compose(found, templates.shipped(kind))
    return found, paper.document(draft, found, number="好差评通报〔2026〕1号", on=ON)


def texts(document: Document) -> Iterator[str]:
    """All that stands in a circular."""
    for block in (*document.blocks, *(b for annex in document.annexes for b in annex.blocks)):
        if isinstance(block, Table):
            yield from (cell for row in block.rows for cell in row)
        else:
            yield getattr(block, "text", "")


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("kind", [k for k in Kind if k is not Kind.WITHDRAWAL])
def test_every_month_reads_as_an_official_writes(database: Database, month: str, kind: Kind) -> None:
    load(database, *MONTHS[month])
    found, document = read(database, kind)
    said = "\n".join(texts(document))
    assert found.closed and document.blocks
    assert not re.search(r"None|nan|\{|\}|0\.00个百分点|[，。；][，。；]|“”|增加0|减少0", said), said
    for staff_or_rater in (STAFF, WORDS, PHONE):
        assert staff_or_rater not in said


def test_tables_text_and_workbook_show_what_the_ranking_shows(database: Database) -> None:
    load(database, *MONTHS["usual"])
    found, document = read(database, Kind.MONTHLY)
    with database.store.read() as connection:
        view = rankings.ranking(connection, OCTOBER, group="township")
    wanted = [
        (
            row.rank,
            row.score.facts.agency,
            row.score.facts.ratings,
            row.score.quality.value,
            row.score.composite,
        )
        for row in view.rows
    ]
    (table,) = [b for b in document.blocks if isinstance(b, Table)]
    assert [(int(r[0]), r[1].rstrip("*"), int(r[3]), r[4], r[8]) for r in table.rows] == [
        (rank, agency, number, str(quality), str(composite))
        for rank, agency, number, quality, composite in wanted
    ]
    draft = compose.compose(found, templates.shipped(Kind.MONTHLY))
    book = openpyxl.load_workbook(io.BytesIO(annex_book(draft, found, "1号")))
    sheet = book["镇（街道）排名"]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert [(r[0], r[1].rstrip("*"), r[3], r[8]) for r in rows] == [
        (a, b, c, pytest.approx(float(e))) for a, b, c, _, e in wanted
    ]
    assert found.shown["total.ratings"] == f"{sum(f.ratings for f in view.facts):,}"
    said = "\n".join(texts(document))
    assert (
        f"共收到评价{found.shown['total.ratings']}条" in said and f"差评{found.shown['total.bad']}条" in said
    )
    scores = book["得分构成"]
    made = [sum(v or 0 for v in row[1:5]) for row in scores.iter_rows(min_row=2, max_col=5, values_only=True)]
    assert made == [pytest.approx(float(e), abs=0.02) for *_, e in wanted]


def test_the_public_page_stands_alone_and_says_the_same(database: Database) -> None:
    load(database, *MONTHS["usual"])
    found, document = read(database, Kind.PUBLIC)
    page = public_page(document, found).decode()
    assert "http" not in re.sub(r"http-equiv", "", page) and "<script" not in page
    plain = unescape(re.sub(r"<[^>]+>", " ", page))
    for text in texts(document):
        assert text in plain
    for row in found.views["township"].rows:
        assert page.count(str(row.score.composite)) >= 2  # in the table and beside its bar
    for hidden in (STAFF, WORDS, PHONE, "李伟"):
        assert hidden not in page


def test_a_figure_typed_by_hand_stays_and_is_marked(database: Database) -> None:
    load(database, *MONTHS["usual"])
    with database.store.read() as connection:
        found = facts.read(connection, Kind.MONTHLY, OCTOBER, OFFICER)
    draft = compose.compose(found, templates.shipped(Kind.MONTHLY))
    first = draft.sections[0]
    words = first.blocks[0]
    typed = replace(
        words,
        pieces=tuple(
            replace(p, text="9,999", detached=True) if getattr(p, "key", "") == "total.cases" else p
            for p in words.pieces
        ),
    )  # type: ignore[union-attr]
    changed = replace(
        draft, sections=(replace(first, blocks=(typed, *first.blocks[1:])), *draft.sections[1:])
    )
    made = paper.document(changed, found, number=None, on=ON)
    paragraph = made.blocks[2]
    assert "9,999件" in paragraph.text and [m.key for m in paragraph.marks if m.detached] == ["total.cases"]  # type: ignore[union-attr]
    assert all(paragraph.text[m.start : m.end] for m in paragraph.marks) and made.stamp == "草稿"  # type: ignore[union-attr]
