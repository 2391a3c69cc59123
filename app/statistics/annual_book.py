"""年度考核表 as a workbook: rates, means, the year's score and rank are formulas over the counts beside them.

The year's ranking stands in it with its own sheets of counts, rules and reckoning, from which score and rank are taken.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, text

from app.clock import local
from app.errors import UserError
from app.outfiles import digest, neutral, writing
from app.rankings import workbook
from app.rankings.formulas import FIRST, letter
from app.rankings.queries import GROUPS
from app.statistics import annual
from app.statistics.annual import AnnualRow, AnnualSheet, StaffRow, StaffSheet
from app.workspace import Person
from models.rules.rates import RateCounts
from models.rules.ratings import Satisfaction

YEAR, MONTHS, STAFF = "年度考核", "各月", "窗口人员"
_A4 = 9
#: The year's table: heading and width.
_COLUMNS = (
    ("名次", 6), ("单位", 20), ("综合评分", 9), ("评价", 9), ("好评", 9), ("好评率%", 9), ("默认好评", 9), ("超时默认好评率%", 10),
    ("办件", 9), ("主动评价办件", 9), ("参评率%", 9), ("差评工单", 8), ("已整改", 8), ("整改率%", 9), ("已回复", 8),
    ("回复率%", 9), ("已回访", 8), ("回访满意", 8), ("回访满意率%", 9), ("超期未交", 8), ("退回过的工单", 8), ("备注", 14),
)  # fmt: skip
_STAFF_COLUMNS = (
    ("姓名", 14), *((level.label, 10) for level in sorted(Satisfaction, reverse=True)), ("合计", 8), ("平均分", 9),
    ("差评率%", 9),
)  # fmt: skip
#: Rates by the columns of what is divided: column of the rate, numerator, denominator, code, and the column without whose
#: count there is no rate.
_RATES = (
    (5, 4, 3, "good", 3), (7, 6, 4, "default_good", 4), (10, 9, 8, "participation", 8), (13, 12, 11, "rectified", 11),
    (15, 14, 11, "answered", 11), (18, 17, 12, "satisfied", 16),
)  # fmt: skip
NO_APPEALS = "申诉尚未登记，表中没有申诉一栏。"


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, and how many lines its table has."""

    path: Path
    rows: int


class Opened(Protocol):
    """An open database as one person."""

    person: Person
    read: Callable[[], AbstractContextManager[Connection]]
    write: Callable[[], AbstractContextManager[Connection]]


def export_year(space: Opened, path: Path, year: int, *, group: str) -> Written:
    """Writes the year of a group and notes it in the log.

    Raises UserError for another kind of file, EnvironmentProblem where it cannot be written.
    """
    _check(path)
    with space.read() as connection:
        made = annual.sheet(connection, year, group, person=space.person)
    return _write(space, path, len(made.rows), lambda book: _Book(book).year(made))


def export_staff(space: Opened, path: Path, year: int, *, agency: str) -> Written:
    """Writes an agency's staff of a year and notes it in the log; raises as `export_year` does."""
    _check(path)
    with space.read() as connection:
        made = annual.staff(connection, year, agency, person=space.person)
    return _write(space, path, len(made.rows), lambda book: _Book(book).staff(made))


def _check(path: Path) -> None:
    if path.suffix.lower() != ".xlsx":
        raise UserError("年度考核表只能存为 .xlsx 文件，请改文件名的后缀。", code="unknown_format")


def _write(space: Opened, path: Path, rows: int, fill: Callable[[Any], None]) -> Written:
    import xlsxwriter  # only where there is something to write

    held = BytesIO()
    book = xlsxwriter.Workbook(
        held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    fill(book)
    book.close()
    with writing(path) as part:
        part.write_bytes(held.getvalue())
        with space.write() as connection:
            facts = json.dumps({"rows": str(rows), "hash": digest(part)})
            connection.execute(
                text("SELECT pd.log_export('annual', CAST(:facts AS jsonb))"), {"facts": facts}
            )
    return Written(path, rows)


def notes(sheet: AnnualSheet) -> tuple[str, ...]:
    """What the table rests on, and what is not in it."""
    made = [
        f"数据截至 {local(sheet.view.cutoff):%Y-%m-%d %H:%M}，规则集 {sheet.view.rule_set}。依据：细则第二十二条、第二十六条。",
        "年度数由各月的计数合并得出，不是各月得分的平均。",
    ]
    if sheet.view.closed:
        made.append(f"已封账的月份按封账时的数计：{_named(sheet.view.closed)}。")
    for why in dict.fromkeys(sheet.absent.values()):
        made.append(f"{why}的月份：{_named([m for m, reason in sheet.absent.items() if reason == why])}。")
    made.append(
        "超期未交：到期没有提交整改的工单。退回：中心或12345退回重办过的工单，按现有工单计；没有权限看的单位为“—”。"
    )
    return (*made, NO_APPEALS)


def _named(months: Sequence[date]) -> str:
    """1月至9月、11月."""
    runs: list[list[int]] = []
    for month in sorted(m.month for m in months):
        if runs and runs[-1][-1] == month - 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return "、".join(f"{run[0]}月" if len(run) == 1 else f"{run[0]}月至{run[-1]}月" for run in runs)


def cells(row: AnnualRow) -> tuple[int | str, ...]:
    """The counts of a row in the order of the columns, rates left out: they are reckoned from these."""
    c: RateCounts = row.counts
    returned = "—" if row.returned is None else row.returned
    return (c.ratings, c.good, c.defaults, c.cases, c.cases_rated, c.tickets, c.rectified, c.answered, c.called, c.satisfied,
            row.overdue, returned)  # fmt: skip


class _Book:
    """One workbook as it comes into being."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._head = self._look(bold=True, bottom=1, text_wrap=True, align="center", valign="vcenter")
        self._title, self._note = self._look(bold=True, font_size=14), self._look(font_size=10)
        line = {"bottom": 7, "bottom_color": "#697183"}
        self._input, self._text = self._look(font_color="#2358C4", **line), self._look(**line)
        self._figure = self._look(num_format="0.00", align="right", **line)
        self._centred = self._look(align="center", **line)

    def _look(self, **more: Any) -> Any:
        return self._book.add_format({"font_name": "宋体", "font_size": 11, **more})

    def _sheet(self, name: str, heading: str, columns: Sequence[tuple[str, int]]) -> Any:
        """A sheet ready for A4 across: headings on every page, pages numbered."""
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        sheet.repeat_rows(FIRST - 2)
        sheet.freeze_panes(FIRST - 1, 2)
        sheet.set_row(FIRST - 2, 32)
        sheet.write_string(0, 0, heading, self._title)
        for column, (title, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(FIRST - 2, column, title, self._head)
        return sheet

    # the year ---------------------------------------------------------------------------------------------

    def year(self, made: AnnualSheet) -> None:
        """The year, its months, and the ranking of the year with what it is reckoned from."""
        table = self._sheet(YEAR, f"{GROUPS[made.group]}{made.year}年度考核表", _COLUMNS)
        self._months(made)
        workbook.add_sheets(self._book, made.view)
        for number, row in enumerate(made.rows, FIRST):
            self._row(table, number, row)
        for number, said in enumerate(notes(made), FIRST + len(made.rows)):
            table.write_string(number, 0, said, self._note)
        table.activate()
        table.set_first_sheet()

    def _row(self, sheet: Any, n: int, row: AnnualRow) -> None:
        """Rank and score from the ranking's sheet, counts as they are, rates from the counts."""
        if row.score is not None:
            sheet.write_formula(n - 1, 0, f"={workbook.TABLE}!A{n}", self._centred, row.rank)
            sheet.write_formula(n - 1, 2, f"={workbook.TABLE}!C{n}", self._figure, float(row.score.composite))
        else:
            sheet.write_string(n - 1, 0, "—", self._centred)
            sheet.write_string(n - 1, 2, "—", self._centred)
        sheet.write_string(n - 1, 1, neutral(row.agency), self._text)
        for column, value in zip((3, 4, 6, 8, 9, 11, 12, 14, 16, 17, 19, 20), cells(row), strict=True):
            sheet.write(n - 1, column, value, self._input if isinstance(value, int) else self._centred)
        for column, above, below, code, unless in _RATES:
            percent = row.counts.rate(code).percent
            self._ratio(
                sheet, n, column, letter(above), letter(below), percent, times=100, unless=letter(unless)
            )
        small = row.score is not None and row.score.small_sample
        sheet.write(n - 1, 21, row.reason or ("小样本" if small else None), self._text)

    def _ratio(
        self,
        sheet: Any,
        n: int,
        column: int,
        above: str,
        below: str,
        shown: Any,
        *,
        times: int,
        unless: str = "",
    ) -> None:
        formula = f'=IF({unless or below}{n}=0,"—",ROUND({times}*{above}{n}/{below}{n},2))'
        sheet.write_formula(n - 1, column, formula, self._figure, "—" if shown is None else float(shown))

    def _months(self, made: AnnualSheet) -> None:
        """Score and rank of each month; what is absent says why."""
        every = sorted({*made.months, *made.absent})
        columns = (("单位", 20), *((f"{m.month}月{what}", 8) for m in every for what in ("评分", "名次")))
        sheet = self._sheet(MONTHS, f"{GROUPS[made.group]}{made.year}年各月综合评分", columns)
        for number, row in enumerate(made.rows, FIRST - 1):
            sheet.write_string(number, 0, neutral(row.agency), self._text)
            for at, month in enumerate(every):
                stood, why = row.months.get(month), made.absent.get(month, "—")
                if stood is None:
                    sheet.write_string(number, 1 + 2 * at, why, self._centred)
                    sheet.write_string(number, 2 + 2 * at, "—", self._centred)
                else:
                    sheet.write_number(number, 1 + 2 * at, float(stood.composite), self._figure)
                    sheet.write_number(number, 2 + 2 * at, stood.rank, self._centred)

    # the staff --------------------------------------------------------------------------------------------

    def staff(self, made: StaffSheet) -> None:
        """Ratings per person by level, mean and share of the bad from them; the points stand above."""
        sheet = self._sheet(STAFF, f"{made.agency}{made.year}年窗口人员评价", _STAFF_COLUMNS)
        sheet.write_string(1, 0, "分值", self._note)
        for column, level in enumerate((5, 4, 3, 2, 1), 1):
            sheet.write_number(1, column, float(made.rules.points[level]), self._input)
        for number, row in enumerate(made.rows, FIRST):
            self._person(sheet, number, row)
        below = FIRST + len(made.rows)
        for number, said in enumerate(staff_notes(made), below):
            sheet.write_string(number, 0, said, self._note)

    def _person(self, sheet: Any, n: int, row: StaffRow) -> None:
        sheet.write_string(n - 1, 0, neutral(row.name), self._text)
        for column, level in enumerate((5, 4, 3, 2, 1), 1):
            sheet.write_number(n - 1, column, row.levels[level], self._input)
        sheet.write_formula(n - 1, 6, f"=SUM(B{n}:F{n})", self._centred, row.ratings)
        mean = f'=IF(G{n}=0,"—",ROUND(SUMPRODUCT(B{n}:F{n},$B$2:$F$2)/G{n},2))'
        sheet.write_formula(n - 1, 7, mean, self._figure, float(row.mean or 0))
        bad = f'=IF(G{n}=0,"—",ROUND(100*(E{n}+F{n})/G{n},2))'
        sheet.write_formula(n - 1, 8, bad, self._figure, float(row.bad_rate or 0))


def staff_notes(sheet: StaffSheet) -> tuple[str, ...]:
    """What the table of the staff rests on."""
    if not sheet.rows:
        return (f"{sheet.year}年没有窗口人员的评价。",)
    return (
        "按窗口人员的评价计，与事项评价分开。平均分满分10分；差评率＝不满意和非常不满意÷合计。依据：细则第五条、第六条、第二十六条。",
        "已封账的月份按封账时的数计。供单位内部考核使用。",
    )
