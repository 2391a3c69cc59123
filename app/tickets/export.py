"""The listed or the chosen tickets into a file: masked, no formula, noted in the log, in pages by key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, text

from app.clock import local
from app.errors import UserError
from app.outfiles import digest, writing
from app.tickets import bulk, queries, sheets, words
from app.tickets.bulk import Progress
from app.tickets.rows import Order, PageKey, TicketFilter, TicketRow
from app.tickets.selection import EACH
from app.tickets.sheets import Cell
from app.workspace import Person
from models.rules.masking import mask_in_text
from models.rules.ratings import Platform, Satisfaction

#: Tickets read at a time.
PAGE = 500
STAGE = "正在导出"
#: Headings with the width of their column in characters.
COLUMNS = (
    ("工单编号", 18), ("办件编号", 24), ("状态", 11), ("被评单位", 20), ("承办单位", 20), ("协办单位", 20),
    ("事项", 30), ("平台", 14), ("窗口", 14), ("窗口人员", 12), ("等级", 12), ("标签", 30), ("评价原话", 40),
    ("评价人", 10), ("联系方式", 14), ("评价时间", 17), ("收到日期", 12), ("整改期限", 12), ("重办期限", 12),
    ("报送期限", 12), ("剩余工作日", 11), ("期限暂定", 10),
)  # fmt: skip
CANCELLED = UserError("已取消，没有导出。", code="cancelled")


class Opened(Protocol):
    """An open database as one person."""

    person: Person
    read: Callable[[], AbstractContextManager[Connection]]
    write: Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is exported: all that match in an order, or the `chosen` tickets."""

    filter: TicketFilter = field(default_factory=TicketFilter)
    order: Order = Order.NEWEST
    chosen: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written: its rows and sha256."""

    path: Path
    rows: int
    sha256: str


def export(
    space: Opened,
    path: Path,
    wish: Wish,
    *,
    tell: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Exported:
    """Writes the file, notes it in the log, and only then gives it its name.

    All rows are of one moment. Raises UserError where it was cancelled or is too much for a sheet,
    EnvironmentProblem where it cannot be written; then there is no file.
    """
    sheets.check_suffix(path)
    with writing(path) as part:
        with space.read() as connection:
            rows = _write(connection, space.person, part, path, wish, telling(tell, cancelled))
        found = digest(part)
        note(space, "tickets", rows, found)
    return Exported(path, rows, found)


def note(space: Opened, kind: str, rows: int, sha256: str) -> None:
    """What left the house, in the log: the sort, how many rows, and the file's hash."""
    with space.write() as connection:
        connection.execute(
            text("SELECT pd.log_export(:kind, CAST(:facts AS jsonb))"),
            {"kind": kind, "facts": json.dumps({"rows": rows, "hash": sha256})},
        )


def telling(
    tell: Callable[[Progress], None] | None, cancelled: Callable[[], bool]
) -> Callable[[int, int], None]:
    """Called with rows done and rows in all: tells how far it is, and stops what was cancelled."""

    def step(done: int, total: int) -> None:
        if cancelled():
            raise CANCELLED
        if tell is not None:
            tell(Progress(STAGE, done, total))

    return step


def _write(
    connection: Connection,
    person: Person,
    part: Path,
    path: Path,
    wish: Wish,
    step: Callable[[int, int], None],
) -> int:
    total = _total(connection, person, wish)
    sheets.check_rows(path, total)
    labels = {
        str(code): str(words) for code, words in connection.execute(text("SELECT code, text FROM label_code"))
    }
    headings, widths = [name for name, _ in COLUMNS], [width for _, width in COLUMNS]
    done = 0
    above = _above(connection, person, wish, total)
    with sheets.open_sheet(part, path.suffix.lower(), "差评工单", above, headings, widths) as sheet:
        step(0, total)
        for page in _pages(connection, person, wish):
            said = _said(connection, page)
            for row in page:
                sheet.row(_cells(row, said[row.id], labels))
            done += len(page)
            step(done, total)
    return done


def _total(connection: Connection, person: Person, wish: Wish) -> int:
    if wish.chosen is not None:
        return len(wish.chosen)
    return queries.count(connection, wish.filter, person=person)


def _above(connection: Connection, person: Person, wish: Wish, total: int) -> tuple[str, ...]:
    at = local(connection.execute(text("SELECT pd.now()")).scalar_one())
    which = "所选工单" if wish.chosen is not None else f"筛选条件：{words.conditions(wish.filter)}"
    clocks = "，只列有期限的" if wish.chosen is None and wish.order is Order.DEADLINE else ""
    return (
        "差评工单清单",
        f"{which}{clocks}",
        f"截至 {at:%Y-%m-%d %H:%M}，由{person.name}导出；联系方式已遮蔽",
        "",
    )


def _pages(connection: Connection, person: Person, wish: Wish) -> Iterator[Sequence[TicketRow]]:
    if wish.chosen is not None:
        for start in range(0, len(wish.chosen), PAGE):
            yield bulk.rows(connection, wish.chosen[start : start + PAGE])
        return
    key: PageKey | None = None
    while True:
        page = queries.page(connection, wish.filter, person=person, order=wish.order, after=key, limit=PAGE)
        yield page.rows
        key = page.next
        if key is None:
            return


def _said(connection: Connection, page: Sequence[TicketRow]) -> dict[int, Any]:
    found = connection.execute(
        text(f"SELECT t.id, t.reason, t.contact_name, t.contact_phone FROM {EACH}"),
        {"ids": [row.id for row in page]},
    )
    return {row.id: row for row in found}


def _cells(row: TicketRow, said: Any, labels: dict[str, str]) -> tuple[Cell, ...]:
    return (
        row.number, row.case_number, "已退单" if row.declined else row.state.label, row.rated_agency, row.agency,
        "、".join(row.co_agencies), row.item, Platform(row.platform).label if row.platform else None, row.counter,
        row.staff, Satisfaction(row.level).label if row.level else None,
        "、".join(labels.get(code, code) for code in row.labels), mask_in_text(said.reason or ""), said.contact_name,
        said.contact_phone, row.rated_at, row.received_on, row.due_on, row.rework_due_on, row.report_due_on,
        row.days_left, "暂定" if row.provisional else None,
    )  # fmt: skip
