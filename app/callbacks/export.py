"""The list of callbacks as a file, without the people called; noted in the log like every list that leaves the house."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from app.callbacks import queries
from app.callbacks.rows import CallFilter, CallRow, Key
from app.clock import local
from app.outfiles import digest, writing
from app.tickets import export as tickets
from app.tickets import sheets
from app.tickets.export import Exported, Opened
from app.tickets.sheets import Cell
from models.rules.masking import mask_in_text
from models.rules.ratings import Satisfaction

#: Headings with the width of their column in characters.
COLUMNS = (
    ("回访", 16), ("类别", 14), ("工单编号", 18), ("办件编号", 24), ("单位", 20), ("事项", 30), ("等级", 12), ("工单状态", 12),
    ("评价时间", 17), ("未接通次数", 10), ("上次回访", 17), ("回访人", 12), ("对方说", 40), ("处理", 12),
)  # fmt: skip


def export(space: Opened, path: Path, wanted: CallFilter) -> Exported:
    """Writes all that match. Raises UserError for what a sheet does not take, EnvironmentProblem where it cannot be
    written."""
    sheets.check_suffix(path)
    with writing(path) as part:
        with space.read() as connection:
            rows = _write(connection, space, part, path, wanted)
        found = digest(part)
        tickets.note(space, "callbacks", rows, found)
    return Exported(path, rows, found)


def _write(connection: Connection, space: Opened, part: Path, path: Path, wanted: CallFilter) -> int:
    at = local(connection.execute(text("SELECT pd.now()")).scalar_one())
    above = (
        "回访清单", "依据：细则第三条、第十五条、第二十四条；联系方式不导出",
        f"截至 {at:%Y-%m-%d %H:%M}，由{space.person.name}导出", "",
    )  # fmt: skip
    names, widths = [name for name, _ in COLUMNS], [width for _, width in COLUMNS]
    written = 0
    key: Key | None = None
    with sheets.open_sheet(part, path.suffix.lower(), "回访", above, names, widths) as sheet:
        while True:
            page = queries.page(connection, wanted, person=space.person, after=key, limit=tickets.PAGE)
            for row in page.rows:
                sheet.row(_cells(row))
            written, key = written + len(page.rows), page.next
            sheets.check_rows(path, written)
            if key is None:
                return written


def _cells(row: CallRow) -> tuple[Cell, ...]:
    level = Satisfaction(row.level).label if row.level else None
    words = mask_in_text(row.words) if row.words else None
    return (
        row.state.label, row.kind.label, row.number, row.case_number, row.agency, row.item, level, row.ticket_state.label,
        row.opened_at, row.tries, row.called_at, row.called_by, words, row.decision.label if row.decision else None,
    )  # fmt: skip
