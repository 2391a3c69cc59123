"""Workbooks that leave the house: totals whose formulas recompute them from counts and values, and the template."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, text

from app.assessments import queries
from app.assessments.rows import AgencyTotal, Totals
from app.clock import local
from app.errors import UserError
from app.outfiles import digest, neutral, writing
from app.rankings.queries import GROUPS, Period, period_text
from app.registry import queries as registry
from models.rules import indicators
from models.rules.indicators import ASSESSED, RATES, Indicator, children
from models.rules.scoring import shown

TOTALS, COUNTS, VALUES = "总分", "一事一评计数", "评价值"
#: Columns of the totals: rank, agency, total; then the modules, rates, groups and assessed indicators, siblings together.
_ORDER = (*children(""), *RATES, *children("assessed"), *ASSESSED)
_FIRST = 3
_COLUMN = {one.code: _FIRST + at for at, one in enumerate(_ORDER)}
#: Rows from 0: title, facts, headings, weights; then the agencies.
_HEADING, _WEIGHTS, _TOP = 2, 3, 4
_TEMPLATE = (("单位", 22), ("指标", 24), ("评价时段", 18), ("评价值", 10), ("分子", 10), ("分母", 10),
             ("评价依据", 44), ("评价人或机构", 22))  # fmt: skip


class Opened(Protocol):
    """An open database."""

    read: Callable[[], AbstractContextManager[Connection]]
    write: Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, and how many agencies are in it."""

    path: Path
    rows: int


def export(space: Opened, path: Path, period: Period, *, group: str) -> Written:
    """The totals of a group with their build-up, noted in the log.

    Raises UserError for another suffix, EnvironmentProblem where it cannot be written.
    """
    _check(path)
    with writing(path) as part:
        with space.read() as connection:
            found = queries.totals(connection, period, group=group)
        _save(part, lambda book: _Book(book, found).write())
        _note(space, len(found.rows), digest(part))
    return Written(path, len(found.rows))


def template(space: Opened, path: Path, period: Period) -> Written:
    """An empty form for a third party, with the indicators and agencies to choose from."""
    _check(path)
    with writing(path) as part:
        with space.read() as connection:
            names = [one.name for one in registry.agencies(connection)]
        _save(part, lambda book: _write_template(book, names, period))
    return Written(path, 0)


def _check(path: Path) -> None:
    if path.suffix.lower() != ".xlsx":
        raise UserError("只能存为 .xlsx 文件，请改文件名的后缀。", code="unknown_format")


def _save(part: Path, fill: Callable[[Any], None]) -> None:
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(str(part), {"strings_to_formulas": False, "strings_to_urls": False})
    fill(book)
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _note(space: Opened, rows: int, sha256: str) -> None:
    with space.write() as connection:
        connection.execute(
            text("SELECT pd.log_export('assessments', CAST(:facts AS jsonb))"),
            {"facts": json.dumps({"rows": rows, "hash": sha256})},
        )


class _Book:
    """The three sheets: totals, counts of the rates, assessed values."""

    def __init__(self, book: Any, found: Totals) -> None:
        self.book, self.found = book, found
        self.bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.number = book.add_format({"num_format": "0.00"})
        self.weight = book.add_format({"num_format": "0.0000", "font_color": "#646C7E"})

    def write(self) -> None:
        """All of them."""
        page = self.book.add_worksheet(TOTALS)
        self._head(page)
        counts, values = self.book.add_worksheet(COUNTS), self.book.add_worksheet(VALUES)
        last = _TOP + len(self.found.rows) - 1
        for line, row in enumerate(self.found.rows, _TOP):
            self._agency(page, line, last, row)
        self._counts(counts)
        self._values(values)
        for printed, heading in ((page, _WEIGHTS), (counts, 0), (values, 0)):
            printed.set_landscape()
            printed.set_paper(9)
            printed.fit_to_pages(1, 0)
            printed.repeat_rows(0, heading)

    def _head(self, page: Any) -> None:
        found = self.found
        page.set_column(0, 0, 8)
        page.set_column(1, 1, 24)
        page.set_column(_FIRST - 1, _FIRST + len(_ORDER), 12)
        page.freeze_panes(_TOP, _FIRST)
        page.write_string(0, 0, f"政务服务评价总分　{GROUPS[found.group]}　{period_text(found.period)}")
        page.write_string(
            1, 0,
            f"依据：{indicators.ARTICLE}；权重自{found.weights.effective_from:%Y年%m月}起施行；截至 {local(found.cutoff):%Y-%m-%d %H:%M}。"
            "缺评价值的指标把权重让给同级其他指标；两个模块都有评价值的才排名。",
        )  # fmt: skip
        for column, heading in enumerate(("名次", "单位", "总分", *(one.title for one in _ORDER))):
            page.write_string(_HEADING, column, heading, self.bold)
        page.write_string(_WEIGHTS, 1, "权重（同级合计为1）", self.weight)
        for one in _ORDER:
            page.write_number(
                _WEIGHTS, _COLUMN[one.code], float(found.weights.weights[one.code]), self.weight
            )

    def _agency(self, page: Any, line: int, last: int, row: AgencyTotal) -> None:
        evaluation = row.evaluation
        page.write_string(line, 1, neutral(row.agency))
        total = f'=IF({_sum("", line)}="","",ROUND({_sum("", line)},2))'
        page.write_formula(line, 2, total, self.number, _cached(evaluation.exact))
        modules = ",".join(
            f"ISNUMBER({_cell(line, one.code)})+({_weight(one.code)}=0)>0" for one in children("")
        )
        better = f"{_range(2, last)}>{_at(line, 2)}"
        ranked = " * ".join(f"((ISNUMBER({_range(_COLUMN[one.code], last)})+({_weight(one.code)}=0))>0)"
                            for one in children(""))  # fmt: skip
        rank = f'=IF(AND(ISNUMBER({_at(line, 2)}),{modules}),1+SUMPRODUCT({ranked}*ISNUMBER({_range(2, last)})*({better})),"不排名")'
        if self.found.ranked:
            page.write_formula(line, 0, rank, None, row.rank or "不排名")
        for one in _ORDER:
            formula = self._formula(one, line)
            exact = evaluation.nodes[one.code].exact
            page.write_formula(line, _COLUMN[one.code], formula, self.number, _cached(exact))

    def _formula(self, one: Indicator, line: int) -> str:
        if one in RATES:
            at = 1 + 2 * RATES.index(one)
            top, below = (
                f"'{COUNTS}'!{_letter(at)}{line - _TOP + 2}",
                f"'{COUNTS}'!{_letter(at + 1)}{line - _TOP + 2}",
            )
            part = f"100*{top}/{below}"
            return f'=IF(N({below})=0,"",{"100-" if one.lower else ""}{part})'
        if one in ASSESSED:
            where = f"'{VALUES}'!$A:$A,{_at(line, 1, '$')},'{VALUES}'!$B:$B,\"{one.code}\""
            return f"=IF(COUNTIFS({where})=0,\"\",AVERAGEIFS('{VALUES}'!$F:$F,{where}))"
        return f"={_sum(one.code, line)}"

    def _counts(self, page: Any) -> None:
        page.set_column(0, 0, 24)
        page.set_column(1, 2 * len(RATES), 14)
        heads = ["单位", *(f"{one.name}：{word}" for one in RATES for word in one.counts or ())]
        for column, heading in enumerate(heads):
            page.write_string(0, column, heading, self.bold)
        for line, row in enumerate(self.found.rows, 1):
            page.write_string(line, 0, neutral(row.agency))
            for at, one in enumerate(RATES):
                value = row.values.get(one.code)
                if value is not None and value.denominator:
                    page.write_number(line, 1 + 2 * at, value.numerator)
                    page.write_number(line, 2 + 2 * at, value.denominator)

    def _values(self, page: Any) -> None:
        for column, (heading, width) in enumerate(
            (("单位", 24), ("指标", 8), ("来源", 12), ("分子", 10), ("分母", 10), ("评价值", 10),
             ("评价依据", 48), ("评价人或机构", 22), ("录入人", 12), ("录入时间", 18))
        ):  # fmt: skip
            page.set_column(column, column, width)
            page.write_string(0, column, heading, self.bold)
        line = 1
        for row in self.found.rows:
            for entry in row.counted:
                page.write_string(line, 0, neutral(row.agency))
                for column, words in (
                    (1, entry.indicator), (2, entry.source.label), (6, entry.evidence), (7, entry.assessor),
                    (8, entry.entered_by), (9, f"{local(entry.entered_at):%Y-%m-%d %H:%M}"),
                ):  # fmt: skip
                    page.write_string(line, column, neutral(words))
                if entry.numerator is None or entry.denominator is None:
                    page.write_number(line, 5, float(entry.value), self.number)
                else:
                    page.write_number(line, 3, entry.numerator)
                    page.write_number(line, 4, entry.denominator)
                    page.write_formula(
                        line, 5, f"=100*D{line + 1}/E{line + 1}", self.number, _cached(entry.exact)
                    )
                line += 1


def _sum(parent: str, line: int) -> str:
    """The weighted mean of the siblings that have a value, empty where none has."""
    codes = [one.code for one in children(parent)]
    first, last = _COLUMN[codes[0]], _COLUMN[codes[-1]]
    values = f"{_at(line, first)}:{_at(line, last)}"
    weights = f"{_letter(first)}${_WEIGHTS + 1}:{_letter(last)}${_WEIGHTS + 1}"
    present = f"SUMPRODUCT(ISNUMBER({values})*{weights})"
    return f'IF({present}=0,"",SUMPRODUCT({values},{weights})/{present})'


def _cached(exact: Fraction | None) -> Any:
    """What a program shows that does not recompute."""
    return "" if exact is None else float(shown(exact))


def _cell(line: int, code: str) -> str:
    return _at(line, _COLUMN[code])


def _weight(code: str) -> str:
    return f"{_letter(_COLUMN[code])}${_WEIGHTS + 1}"


def _range(column: int, last: int) -> str:
    return f"{_letter(column)}${_TOP + 1}:{_letter(column)}${last + 1}"


def _at(line: int, column: int, mark: str = "") -> str:
    return f"{mark}{_letter(column)}{line + 1}"


def _letter(column: int) -> str:
    """A column's letters, from 0."""
    above, rest = divmod(column, 26)
    return (chr(64 + above) if above else "") + chr(65 + rest)


def _write_template(book: Any, agencies: Sequence[str], period: Period) -> None:
    page, help_ = book.add_worksheet("第三方评价"), book.add_worksheet("填写说明")
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, (heading, width) in enumerate(_TEMPLATE):
        page.set_column(column, column, width)
        page.write_string(0, column, heading, bold)
    page.freeze_panes(1, 0)
    said_lines = _said(period_text(period))
    for line, words in enumerate(said_lines):
        help_.write_string(line, 0, words)
    help_.set_column(0, 0, 26)
    help_.set_column(1, 1, 40)
    help_.set_column(3, 3, 26)
    top = len(said_lines) + 1
    for at, one in enumerate(ASSESSED):
        help_.write_string(top + at, 0, one.title)
        if one.counts:
            help_.write_string(top + at, 1, f"比例：{one.counts[0]}／{one.counts[1]}，可只填分子、分母")
    for at, name in enumerate(agencies):
        help_.write_string(top + at, 3, neutral(name))
    for place, source, number in (("A", "D", len(agencies)), ("B", "A", len(ASSESSED))):
        if number:
            page.data_validation(
                f"{place}2:{place}2001",
                {"validate": "list", "source": f"='填写说明'!${source}${top + 1}:${source}${top + number}"},
            )


def _said(period: str) -> tuple[str, ...]:
    return (
        "每行写一个单位一项指标的评价值；下面列出指标和单位，第一张表可以下拉选择。",
        f"评价时段按整月写，例如：{period}、2026年第三季度、2026年上半年、2026年。",
        "评价值为0到100，至多两位小数；比例类指标可以改填分子、分母，由程序计算。",
        "每行都要写评价依据和评价人或机构；认不出、超出范围、重复的行不会录入，并写明原因。",
    )
