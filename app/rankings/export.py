"""The rows behind a figure as a file: those that the reader may see, masked, no formula, noted in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app.clock import local
from app.outfiles import digest, writing
from app.rankings import case_rows, figures, hall_rows, staff_rows
from app.rankings.case_rows import CaseFigure, CaseRow
from app.rankings.figures import Figure, FigureRow
from app.rankings.hall_rows import HallFigure, HallRow
from app.rankings.periods import period_text
from app.rankings.staff_rows import StaffFigure
from app.tickets import sheets
from app.tickets.export import Exported, Opened, note, telling
from app.tickets.sheets import Cell
from models.rules.lifecycle import State
from models.rules.masking import mask_in_text
from models.rules.ratings import Platform, Satisfaction

#: Rows read at a time: many, since each reading sorts what is left.
PAGE = 20_000

AnyFigure = Figure | StaffFigure | HallFigure | CaseFigure


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a kind of row is written. `source`: the module that lists it; headings with widths in characters."""

    source: Any
    name: str
    columns: tuple[tuple[str, int], ...]
    cells: Callable[[Any], tuple[Cell, ...]]


def export(
    space: Opened,
    path: Path,
    figure: AnyFigure,
    *,
    tell: Callable[[Any], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Exported:
    """Writes the file, notes it in the log, and only then gives it its name.

    Raises UserError where it was cancelled or is too much for a sheet, EnvironmentProblem where it cannot be written.
    """
    sheets.check_suffix(path)
    with writing(path) as part:
        with space.read() as connection:
            rows = _write(connection, space, part, path, figure, telling(tell, cancelled))
        found = digest(part)
        note(space, "figure_rows", rows, found)
    return Exported(path, rows, found)


def _write(
    connection: Connection,
    space: Opened,
    part: Path,
    path: Path,
    figure: AnyFigure,
    step: Callable[[int, int], None],
) -> int:
    kind = _KINDS[type(figure)]
    counted = kind.source.counted(connection, figure)
    at = local(connection.execute(text("SELECT pd.now()")).scalar_one())
    hidden = f"；另有 {counted.hidden:,} 条不在查看范围" if counted.hidden else ""
    above = (
        f"{kind.name}：{figure.agency or '全部单位'}，{period_text(figure.period)}",
        f"计入 {counted.count:,}{hidden}",
        f"截至 {at:%Y-%m-%d %H:%M}，由{space.person.name}导出；文字中的联系方式已遮蔽",
        "",
    )
    names, widths = [name for name, _ in kind.columns], [width for _, width in kind.columns]
    done, total = 0, counted.count - counted.hidden
    with sheets.open_sheet(part, path.suffix.lower(), kind.name, above, names, widths) as sheet:
        step(0, total)
        for page in _pages(connection, kind.source, figure):
            for row in page:
                sheet.row(kind.cells(row))
            done += len(page)
            sheets.check_rows(path, done)
            step(done, max(total, done))
    return done


def _pages(connection: Connection, source: Any, figure: AnyFigure) -> Iterator[Any]:
    key: Any = None
    while True:
        page = source.rows(connection, figure, after=key, limit=PAGE)
        yield page.rows
        key = page.next
        if key is None:
            return


def _rating(row: FigureRow) -> tuple[Cell, ...]:
    default = row.source == "rating" and row.is_default
    return (
        row.agency, row.at, Satisfaction(row.level).label, row.number, row.item, Platform(row.platform).label, row.hall,
        row.counter, row.staff, "、".join(row.labels), mask_in_text(row.words or ""),
        "超时默认好评" if default else figures.SOURCES[row.source], row.case_number,
        State(row.state).label if row.state else None,
    )  # fmt: skip


def _case(row: CaseRow) -> tuple[Cell, ...]:
    return (
        row.at, row.number, row.rated, row.rated_on, row.item, Platform(row.platform).label, row.hall,
        case_rows.SOURCES[row.source], row.case_number,
    )  # fmt: skip


def _hall(row: HallRow) -> tuple[Cell, ...]:
    return row.name, row.ratings, "有主动评价" if row.active else "没有主动评价"


_RATED = (
    ("单位", 20), ("评价时间", 17), ("等级", 12), ("计为条数", 10), ("事项", 30), ("平台", 14), ("大厅", 20), ("窗口", 14),
    ("窗口人员", 12), ("标签", 30), ("评价原话", 40), ("来源", 24), ("办件编号", 24), ("工单状态", 12),
)  # fmt: skip
_CASED = (
    ("办结时间", 17), ("计为件数", 10), ("有主动评价", 12), ("评价日期", 12), ("事项", 30), ("渠道", 14), ("大厅", 20),
    ("来源", 20), ("办件编号", 24),
)  # fmt: skip
_KINDS = {
    Figure: _Kind(figures, "计入的评价", _RATED, _rating),
    StaffFigure: _Kind(staff_rows, "对服务人员的评价", _RATED, _rating),
    CaseFigure: _Kind(case_rows, "计入的办件", _CASED, _case),
    HallFigure: _Kind(hall_rows, "登记的大厅", (("大厅", 30), ("主动评价", 12), ("大厅推广", 16)), _hall),
}
