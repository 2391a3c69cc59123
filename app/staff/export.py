"""The list of staff as a file: what is listed, noted in the log like every list that leaves the house."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from app.clock import local
from app.outfiles import digest, writing
from app.rankings.queries import period_text
from app.staff import queries
from app.staff.rows import Page, StaffFilter, StaffRow
from app.tickets import export as tickets
from app.tickets import sheets
from app.tickets.export import Exported, Opened
from app.tickets.sheets import Cell
from models.rules.ratings import Satisfaction
from models.rules.staffing import Standing

_LEVELS = tuple(sorted(Satisfaction, reverse=True))
#: Headings with the width of their column in characters.
COLUMNS = (
    ("单位", 20), ("名次", 8), ("本单位有评价的人数", 12), ("姓名", 12), ("平均分", 9), ("评价", 9),
    *((level.label, 10) for level in _LEVELS), ("差评率%", 9), ("申诉", 8), ("修正", 8), ("限期整改", 9), ("追责", 8),
    ("连续末位（月）", 12), ("备注", 12),
)  # fmt: skip


def export(space: Opened, path: Path, wanted: StaffFilter) -> Exported:
    """Writes all that match. Raises EnvironmentProblem where it cannot be written."""
    sheets.check_suffix(path)
    with writing(path) as part:
        with space.read() as connection:
            page = queries.page(connection, wanted, space.person)
            at = local(connection.execute(text("SELECT pd.now()")).scalar_one())
        _write(page, part, path, f"截至 {at:%Y-%m-%d %H:%M}，由{space.person.name}导出")
        found = digest(part)
        tickets.note(space, "staff", len(page.rows), found)
    return Exported(path, len(page.rows), found)


def _write(page: Page, part: Path, path: Path, said: str) -> None:
    period = period_text(page.period) if page.period is not None else ""
    basis = "平均分满分10分，申诉修正已计入，名次在本单位内排，平均分相同的并列（依据：细则第五条、第六条）"
    closed = "已封账的月份按封账时的数" if page.closed else ""
    above = (f"窗口人员评价　{period}", basis, said, closed)
    names, widths = [name for name, _ in COLUMNS], [width for _, width in COLUMNS]
    with sheets.open_sheet(part, path.suffix.lower(), "窗口人员", above, names, widths) as sheet:
        for row in page.rows:
            sheet.row(_cells(row))


def _cells(row: StaffRow) -> tuple[Cell, ...]:
    counts = row.counts
    remark = row.state.label if row.state is Standing.BOTTOM else "小样本" if row.small else ""
    return (
        row.agency, row.rank, row.ranked, row.name, counts.mean, counts.ratings,
        *(counts.levels[level] for level in _LEVELS), counts.bad_rate, row.appeals, row.corrected, row.orders,
        row.records, row.run, remark,
    )  # fmt: skip
