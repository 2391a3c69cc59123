"""The reminder list as a file: no personal data in it; noted in the log like every list that leaves the house."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from app.cases import queries
from app.cases.queries import Key, Reminder, ReminderFilter
from app.clock import local
from app.outfiles import digest, writing
from app.tickets import export as tickets
from app.tickets import sheets
from app.tickets.export import Exported, Opened
from app.tickets.sheets import Cell
from models.rules.ratings import Platform

#: Headings with the width of their column in characters.
COLUMNS = (
    ("单位", 20), ("事项", 34), ("大厅", 22), ("平台", 16), ("办件编号", 26), ("办结时间", 17), ("默认好评时间", 17),
    ("剩余小时", 10),
)  # fmt: skip


def export(space: Opened, path: Path, wanted: ReminderFilter) -> Exported:
    """Writes all that match, to be called or messaged. Raises EnvironmentProblem where it cannot be written."""
    sheets.check_suffix(path)
    with writing(path) as part:
        with space.read() as connection:
            rows = _write(connection, space, part, path, wanted)
        found = digest(part)
        tickets.note(space, "reminders", rows, found)
    return Exported(path, rows, found)


def _write(connection: Connection, space: Opened, part: Path, path: Path, wanted: ReminderFilter) -> int:
    total = queries.counts(connection, wanted).matching
    sheets.check_rows(path, total)
    at = local(connection.execute(text("SELECT pd.now()")).scalar_one())
    above = (
        "待提醒评价的办件",
        "办结超过24小时、尚未评价，期满7日按默认好评计（依据：细则第二十条）",
        f"截至 {at:%Y-%m-%d %H:%M}，由{space.person.name}导出",
        "",
    )
    names, widths = [name for name, _ in COLUMNS], [width for _, width in COLUMNS]
    with sheets.open_sheet(part, path.suffix.lower(), "提醒名单", above, names, widths) as sheet:
        key: Key | None = None
        while True:
            page = queries.reminders(connection, wanted, after=key, limit=tickets.PAGE)
            for row in page.rows:
                sheet.row(_cells(row))
            key = page.next
            if key is None:
                return total


def _cells(row: Reminder) -> tuple[Cell, ...]:
    return (
        row.agency, row.item, row.hall, Platform(row.platform).label, row.case_number, row.finished_at, row.default_at,
        row.hours_left,
    )  # fmt: skip
