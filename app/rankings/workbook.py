"""The ranking as a workbook that reckons: counts and rules are cells, every figure is a formula over them.

Whoever doubts a rank changes a count and sees what comes out. The figures stand in the cells too, for programs that
show a workbook without reckoning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.clock import local
from app.errors import UserError
from app.outfiles import neutral, writing
from app.rankings import formulas
from app.rankings.formulas import COUNTS, FIRST, LEVELS, RULES, WORK, Places, letter, rounded
from app.rankings.periods import period_text
from app.rankings.queries import GROUPS, RankedRow, RankingView
from models.rules.rulesets import RuleSet
from models.rules.scoring import Score, mean_points
from models.rules.whatif import PartName

if TYPE_CHECKING:
    from datetime import date

TABLE, CHART = "排名", "图"
#: The table's head; the parts and their points stand between.
_BEFORE, _AFTER = ("名次", "单位", "综合评分"), ("评价", "工单", "上期名次", "升降", "备注")
_A4 = 9
#: A hair between the lines of the table, for the eye on paper.
_LINE: dict[str, Any] = {"bottom": 7, "bottom_color": "#697183"}
#: Fills that can be told apart without colour, in the order of the parts.
_FILLS = (
    ("#2358C4", None),
    ("#1F7A3D", "wide_upward_diagonal"),
    ("#9A5B00", "dotted_grid"),
    ("#697183", "light_horizontal"),
)


def write(view: RankingView, path: Path) -> Path:
    """Writes the workbook; raises UserError for another kind of file, EnvironmentProblem where it cannot be written."""
    if path.suffix.lower() != ".xlsx":
        raise UserError("排名表只能存为 .xlsx 文件，请改文件名的后缀。", code="unknown_format")
    made = content(view)
    with writing(path) as part:
        part.write_bytes(made)
    return path


def content(view: RankingView) -> bytes:
    """The workbook's bytes."""
    import xlsxwriter  # only where there is something to write

    held = BytesIO()
    book = xlsxwriter.Workbook(
        held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    _Writing(book, view).all()
    book.close()
    return held.getvalue()


def add_sheets(book: Any, view: RankingView) -> None:
    """The ranking's sheets into a workbook that holds more."""
    _Writing(book, view).all()


def title(view: RankingView) -> str:
    """镇（街道）2026年10月综合评分排名."""
    return f"{GROUPS[view.group]}{period_text(view.period)}综合评分排名"


def _month(month: date) -> str:
    return f"{month.year}年{month.month}月"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the sheet of rules: name, value (a number or words), where it comes from; `key` where formulas ask."""

    name: str
    value: float | int | str | None = None
    source: str = ""
    key: str = ""


def _rule_lines(rules: RuleSet) -> Iterator[_Line]:
    yield _Line("一、评价等级的分值")
    for level, name in LEVELS.items():
        yield _Line(name, float(rules.points[level]), "细则第六条", f"points.{level}")
    for kind, name, weights in (
        ("with", "二、有政务服务大厅的单位的权重", rules.with_hall),
        ("without", "三、没有政务服务大厅的单位的权重", rules.without_hall),
    ):
        yield _Line(name)
        for part in PartName:
            weight = float(getattr(weights, part.value))
            yield _Line(part.label, weight, part.article, f"weight.{kind}.{part}")
    yield _Line("四、口径")
    yield from _choices(rules)
    yield _Line("评价少于几条标为小样本", rules.small_sample, "", "small_sample")


def _choices(rules: RuleSet) -> Iterator[_Line]:
    platforms, channels = (
        "、".join(p.label for p in kept) for kept in (rules.quality_platforms, rules.coverage_channels)
    )
    yield _Line("服务质量计入的平台", platforms, "细则第二十二条①")
    by_platform = rules.quality_mean == "by_platform"
    yield _Line(
        "服务质量的平均",
        "先按平台平均，再平均" if by_platform else "各平台评价合并平均",
        "细则第六条、第二十二条①",
    )
    submitted = rules.handled_means == "submitted"
    yield _Line(
        "已处理的工单", "已提交整改的" if submitted else "已审核通过、报送或办结的", "细则第二十二条④"
    )
    every = rules.ticket_denominator == "all"
    yield _Line("处理率的分母", "全部工单" if every else "已到期或已处理的工单", "细则第二十二条④")
    left_out = rules.no_ticket == "leave_out"
    yield _Line(
        "没有工单时", "不计此项，其余各项按权重折算" if left_out else "处理率计满分", "细则第二十二条④"
    )
    yield _Line("覆盖度计入的渠道", f"{channels}（有办件的渠道取平均）", "细则第二十二条③")


def _said_of(view: RankingView) -> str:
    return f"数据截至 {local(view.cutoff):%Y-%m-%d %H:%M}，规则集 {view.rule_set}。"


def _notes(view: RankingView) -> Iterator[str]:
    if view.closed:
        yield f"其中已封账的月份：{'、'.join(_month(m) for m in view.closed)}，按封账时的数计。"
    yield f"{PartName.QUALITY.label}：计入平台的事项评价平均分 × 10。依据：{PartName.QUALITY.article}。"
    yield f"{PartName.HANDLING.label}：已处理工单 ÷ 工单 × 100。依据：{PartName.HANDLING.article}。"
    yield f"{PartName.HALL_ADOPTION.label}：有主动评价的大厅 ÷ 大厅 × 100。依据：{PartName.HALL_ADOPTION.article}。"
    yield f"{PartName.COVERAGE.label}：有办件的各渠道“已主动评价的办件 ÷ 办件”的平均 × 100。依据：{PartName.COVERAGE.article}。"
    yield "综合评分：各项按权重相加，不适用的项不计、其余各项按权重折算。依据：细则第二十二条。"
    yield "综合评分由未取舍的各项相加，四舍五入到两位小数；按显示的评分排名，评分相同的名次并列。"
    yield "“计数”和“规则”里的数是输入，其余都是公式：改动输入，得分和名次随之重算；行的先后不变。"


class _Writing:
    """One workbook as it comes into being."""

    def __init__(self, book: Any, view: RankingView) -> None:
        self._book, self._view, self._rules = book, view, view.rules
        self._counts = formulas.counts(view.rules)
        self._lines = tuple(_rule_lines(view.rules))
        cells = {line.key: f"$B${n}" for n, line in enumerate(self._lines, FIRST) if line.key}
        self._places = Places(tuple(c.key for c in self._counts), cells)
        self._steps = formulas.steps(view.rules, self._places)
        self._head = self._look(bold=True, bottom=1, text_wrap=True, align="center", valign="vcenter")
        self._title = self._look(bold=True, font_size=14)
        self._input, self._cell = self._look(font_color="#2358C4"), self._look()
        self._before = self._look(font_color="#2358C4", align="center", **_LINE)
        self._note = self._look(font_size=10)
        self._value = self._look(font_color="#2358C4", align="left")
        self._figure = self._look(num_format="0.00", align="right", **_LINE)
        self._centred, self._lined = self._look(align="center", **_LINE), self._look(**_LINE)
        self._wrapped = self._look(text_wrap=True, align="left")

    def _look(self, **more: Any) -> Any:
        return self._book.add_format({"font_name": "宋体", "font_size": 11, **more})

    def all(self) -> None:
        """Every sheet, in the order of the tabs; the table is the one that opens."""
        table = self._sheet(TABLE, title(self._view), repeat=FIRST - 2)
        chart = self._book.add_chartsheet(CHART) if self._view.rows else None
        self._write_counts(self._sheet(COUNTS, "计数（输入）", repeat=FIRST - 2))
        self._write_work(self._sheet(WORK, "计算（未取舍）", repeat=FIRST - 2))
        self._write_rules(self._sheet(RULES, f"规则集 {self._view.rule_set}", repeat=FIRST - 2))
        self._write_table(table)
        if chart is not None:
            self._write_chart(chart)

    def _sheet(self, name: str, heading: str, repeat: int | None = None) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        sheet.write_string(0, 0, heading, self._title)
        if repeat is not None:
            sheet.repeat_rows(repeat - 1, repeat)
        return sheet

    # inputs -----------------------------------------------------------------------------------------------

    def _write_counts(self, sheet: Any) -> None:
        self._over(sheet)
        for number, row in enumerate(self._view.rows, FIRST - 1):
            sheet.write_string(number, 0, neutral(row.score.facts.agency), self._cell)
            for column, count in enumerate(self._counts, 1):
                sheet.write_number(number, column, count.of(row.score.facts), self._input)
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, len(self._counts), 9)
        sheet.set_row(FIRST - 2, 32)
        sheet.repeat_columns(0)
        sheet.fit_to_pages(3, 0)
        sheet.freeze_panes(FIRST - 1, 1)

    def _over(self, sheet: Any) -> None:
        """Two lines of headings: whose counts they are over those that belong together."""
        sheet.write_string(FIRST - 2, 0, "单位", self._head)
        begin = 1
        for column, count in enumerate(self._counts, 1):
            sheet.write_string(FIRST - 2, column, count.heading, self._head)
            last = column == len(self._counts) or self._counts[column].over != count.over
            if last and begin < column:
                sheet.merge_range(FIRST - 3, begin, FIRST - 3, column, count.over, self._head)
            elif last:
                sheet.write_string(FIRST - 3, column, count.over, self._head)
            begin = column + 1 if last else begin

    def _write_rules(self, sheet: Any) -> None:
        for column, name in enumerate(("项目", "数值", "依据")):
            sheet.write_string(FIRST - 2, column, name, self._head)
        for number, line in enumerate(self._lines, FIRST - 1):
            look = self._cell if line.value is not None else self._look(bold=True)
            sheet.write_string(number, 0, line.name, look)
            if isinstance(line.value, str):
                sheet.write_string(number, 1, line.value, self._wrapped)
            elif line.value is not None:
                sheet.write_number(number, 1, line.value, self._value)
            sheet.write_string(number, 2, line.source, self._cell)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 60)
        sheet.set_column(2, 2, 30)

    # formulas ---------------------------------------------------------------------------------------------

    def _write_work(self, sheet: Any) -> None:
        sheet.write_string(FIRST - 2, 0, "单位", self._head)
        for column, step in enumerate(self._steps, 1):
            sheet.write_string(FIRST - 2, column, step.heading, self._head)
        for number, row in enumerate(self._view.rows, FIRST):
            sheet.write_formula(
                number - 1, 0, f"={COUNTS}!A{number}", self._cell, neutral(row.score.facts.agency)
            )
            known = _worked_out(row.score, self._rules)
            for column, step in enumerate(self._steps, 1):
                sheet.write_formula(number - 1, column, step.formula(number), self._cell, known[step.key])
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, len(self._steps), 10)
        sheet.set_row(FIRST - 2, 32)
        sheet.repeat_columns(0)
        sheet.fit_to_pages(2, 0)
        sheet.freeze_panes(FIRST - 1, 1)

    def _worked(self, key: str, line: int) -> str:
        column = next(n for n, step in enumerate(self._steps, 1) if step.key == key)
        return f"{WORK}!{letter(column)}{line}"

    def _write_table(self, sheet: Any) -> None:
        sheet.write_string(1, 0, _said_of(self._view), self._cell)
        headings = (*_BEFORE, *(p.label for p in PartName), *(f"{p.short}折算分" for p in PartName), *_AFTER)
        for column, heading in enumerate(headings):
            sheet.write_string(FIRST - 2, column, heading, self._head)
        sheet.set_row(FIRST - 2, 32)
        for number, row in enumerate(self._view.rows, FIRST):
            self._write_row(sheet, number, row)
        self._write_apart(sheet, FIRST + len(self._view.rows))
        sheet.set_column(0, 0, 6)
        sheet.set_column(1, 1, 18)
        sheet.set_column(2, len(headings) - 2, 9)
        sheet.set_column(len(headings) - 1, len(headings) - 1, 14)
        sheet.freeze_panes(FIRST - 1, 2)
        sheet.activate()

    def _write_row(self, sheet: Any, n: int, row: RankedRow) -> None:
        """Rank, name, composite, the parts and their points, counts, the rank before and the change, the marks."""
        score, last = row.score, FIRST + len(self._view.rows) - 1
        parts = [part.of(score) for part in PartName]
        cells: list[tuple[str, object]] = [
            (f"=RANK(C{n},$C${FIRST}:$C${last})", row.rank),
            (f"={COUNTS}!A{n}", neutral(score.facts.agency)),
            (rounded(self._worked("composite", n)), float(score.composite)),
            *(
                (rounded(self._worked(p, n), "—"), _value(part.value, "—"))
                for p, part in zip(PartName, parts, strict=True)
            ),
            *(
                (rounded(self._worked(f"{p}.points", n)), float(part.contribution))
                for p, part in zip(PartName, parts, strict=True)
            ),
            (self._ratings(n), score.facts.ratings),
            (f"={self._places.count('tickets', n)}", sum(g.count for g in score.facts.tickets)),
        ]
        for column, (formula, value) in enumerate(cells):
            look = self._figure if 2 <= column < 3 + 2 * len(PartName) else self._centred
            look = self._lined if column == 1 else look
            sheet.write_formula(n - 1, column, formula, look, value)
        self._write_marks(sheet, n, row, len(cells))

    def _write_marks(self, sheet: Any, n: int, row: RankedRow, column: int) -> None:
        before, ratings = f"{letter(column)}{n}", f"{letter(column - 2)}{n}"
        if row.previous_rank is not None:
            sheet.write_number(n - 1, column, row.previous_rank, self._before)
        else:
            sheet.write_blank(n - 1, column, None, self._before)
        change = f'=IF({before}="","",IF({before}>A{n},"↑"&({before}-A{n}),IF({before}<A{n},"↓"&(A{n}-{before}),"—")))'
        sheet.write_formula(n - 1, column + 1, change, self._centred, _change(row))
        last = FIRST + len(self._view.rows) - 1
        marks = (
            f'=TRIM(IF(COUNTIF($A${FIRST}:$A${last},A{n})>1,"并列 ","")'
            f'&IF({ratings}<{self._places.rule("small_sample")},"小样本",""))'
        )
        sheet.write_formula(n - 1, column + 2, marks, self._lined, self._marks(row))

    def _marks(self, row: RankedRow) -> str:
        shared = sum(other.rank == row.rank for other in self._view.rows) > 1
        return " ".join(["并列"] * shared + ["小样本"] * row.score.small_sample)

    def _ratings(self, n: int) -> str:
        keys = [f"{p.value}.{level}" for p in self._rules.quality_platforms for level in LEVELS]
        return "=" + "+".join(self._places.count(key, n) for key in (*keys, "others"))

    def _write_apart(self, sheet: Any, line: int) -> None:
        if not self._view.rows:
            sheet.write_string(line - 1, 0, "没有可以排名的单位。", self._cell)
            line += 1
        if self._view.unranked:
            sheet.write_string(line, 0, "未参加排名", self._look(bold=True))
        for number, (agency, reason) in enumerate(self._view.unranked, line + 1):
            sheet.write_string(number, 1, neutral(agency), self._cell)
            sheet.write_string(number, 2, reason, self._cell)
        below = line + len(self._view.unranked) + 2 if self._view.unranked else line
        for number, note in enumerate(_notes(self._view), below):
            sheet.write_string(number, 0, note, self._note)

    # the chart --------------------------------------------------------------------------------------------

    def _write_chart(self, page: Any) -> None:
        """Bars of the parts' points, one upon the other, the first on top."""
        chart = self._book.add_chart({"type": "bar", "subtype": "stacked"})
        first, last = FIRST - 1, FIRST + len(self._view.rows) - 2
        for column, (part, fill) in enumerate(zip(PartName, _FILLS, strict=True), 3 + len(PartName)):
            chart.add_series({
                "name": part.label,
                "categories": [TABLE, first, 1, last, 1],
                "values": [TABLE, first, column, last, column],
                "border": {"color": "#1D2330", "width": 0.5},
                "gap": 60,
                **_fill(*fill),
            })  # fmt: skip
        chart.set_title({"name": title(self._view), "overlay": False})
        chart.set_y_axis({"reverse": True, "interval_unit": 1})
        chart.set_x_axis({"min": 0, "max": 100, "num_format": "0"})
        chart.set_legend({"position": "bottom"})
        page.set_landscape()
        page.set_paper(_A4)
        page.set_chart(chart)


def _fill(color: str, pattern: str | None) -> dict[str, Any]:
    if pattern is None:
        return {"fill": {"color": color}}
    return {"pattern": {"pattern": pattern, "fg_color": color, "bg_color": "#FFFFFF"}}


def _value(value: Any, empty: str = "") -> float | str:
    return empty if value is None else float(value)


def _change(row: RankedRow) -> str:
    if row.previous_rank is None:
        return ""
    gained = row.previous_rank - row.rank
    return f"↑{gained}" if gained > 0 else f"↓{-gained}" if gained < 0 else "—"


def _worked_out(score: Score, rules: RuleSet) -> dict[str, float | str]:
    """What the reckoning comes to, column by column, for programs that do not reckon."""
    found: dict[str, float | str] = {}
    for platform in rules.quality_platforms:
        points, ratings = mean_points(score.facts.levels.get(platform, {}), rules)
        found |= {f"{platform.value}.points": float(points), f"{platform.value}.ratings": ratings}
    weights = rules.with_hall if score.has_hall else rules.without_hall
    applying = Decimal(0)
    for part in PartName:
        one = part.of(score)
        weight = Decimal(0) if one.exact is None else getattr(weights, part.value)
        applying += weight
        found[part] = _value(one.exact)
        found[f"{part}.weight"] = float(weight)
        found[f"{part}.points"] = float((one.exact or 0) * one.share)
    found["weights"] = float(applying)
    found["composite"] = float(sum((p.of(score).exact or 0) * p.of(score).share for p in PartName))
    return found
