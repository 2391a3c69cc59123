"""The annexes of a circular as a workbook: the tables of its facts with real numbers, and native charts beside them."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO
from typing import Any

from app.circulars.draft import Draft
from app.circulars.facts import Facts
from app.documents.model import Side, Table
from app.outfiles import neutral
from app.rankings.queries import GROUPS, RankingView
from models.rules.circulars import Kind

_A4 = 9
_NUMBER = re.compile(r"-?[0-9][0-9,]*(\.[0-9]+)?%?")
#: Parts of the composite with the fill of their bars: told apart in black and white too.
_PARTS = (("quality", "政务服务质量", "#2358C4"), ("handling", "差评工单处理率", "#7F9FE0"), ("hall_adoption", "大厅推广度", "#B9CBF0"),
          ("coverage", "办事评价覆盖度", "#E3EBFA"))  # fmt: skip
_SCORES = "得分构成"


def annex_book(draft: Draft, facts: Facts, number: str) -> bytes:
    """The workbook. Nobody's words are in it but the centre's own."""
    import xlsxwriter

    buffer = BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": draft.title.replace("\n", ""), "author": "", "comments": number})
    made = _Book(book)
    for group, name in GROUPS.items():
        if facts.kind is not Kind.RECTIFICATION and facts.tables[f"ranking.{group}"].rows:
            made.table(f"{name}排名", facts.tables[f"ranking.{group}"], draft, number)
    if facts.kind in (Kind.MONTHLY, Kind.ANNUAL):
        made.scores(facts.views["township"])
    for key, name in (("ranks", "逐月名次"), ("months", "逐月评价")):
        if facts.tables[key].rows:
            made.table(name, facts.tables[key], draft, number)
    if facts.kind is not Kind.PUBLIC:
        for key, name in (("labels", "差评标签"), ("bad", "差评工单")):
            if facts.tables[key].rows:
                made.table(name, facts.tables[key], draft, number, chart=key == "labels")
    if not book.worksheets():
        made.note("附件", draft, number)
    book.close()
    return buffer.getvalue()


class _Book:
    """Sheets of one look: title, number, headings, rows; printed on A4 across, the headings on each page."""

    def __init__(self, book: Any) -> None:
        self._book = book
        look = {"font_name": "仿宋", "font_size": 11, "valign": "vcenter"}
        self._title = book.add_format({**look, "font_size": 16, "bold": True, "align": "center"})
        self._small = book.add_format({**look, "font_size": 10, "align": "center"})
        self._head = book.add_format(
            {**look, "bold": True, "border": 1, "align": "center", "text_wrap": True}
        )
        self._text = book.add_format({**look, "border": 1})
        self._middle = book.add_format({**look, "border": 1, "align": "center"})
        self._right = book.add_format({**look, "border": 1, "align": "right"})
        self._whole = book.add_format({**look, "border": 1, "align": "right", "num_format": "#,##0"})
        self._exact = book.add_format({**look, "border": 1, "num_format": "0.00"})
        self._percent = book.add_format({**look, "border": 1, "num_format": "0.00%"})

    def note(self, name: str, draft: Draft, number: str) -> None:
        """A sheet that says only what it belongs to."""
        self._sheet(name, 1, draft, number)

    def _sheet(self, name: str, columns: int, draft: Draft, number: str) -> Any:
        sheet = self._book.add_worksheet(re.sub(r"[\[\]:*?/\\]", "", name)[:31])
        last = max(columns - 1, 1)
        sheet.merge_range(0, 0, 0, last, neutral(draft.title.replace("\n", "")), self._title)
        sheet.merge_range(1, 0, 1, last, neutral(number), self._small)
        sheet.set_row(0, 30)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        sheet.set_footer("&C— &P —")
        return sheet

    def table(self, name: str, table: Table, draft: Draft, number: str, *, chart: bool = False) -> None:
        """A table of the circular, its figures as numbers."""
        sheet = self._sheet(name, len(table.columns), draft, number)
        whole = sum(column.share for column in table.columns)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, max(7.0, 118 * column.share / whole))
            sheet.write_string(2, place, neutral(column.title), self._head)
        for line, texts in enumerate(table.rows, 3):
            sheet.set_row(line, 20)
            for place, (text, column) in enumerate(zip(texts, table.columns, strict=True)):
                self._cell(sheet, line, place, text, column.side)
        sheet.freeze_panes(3, 2)
        if chart:
            self._pareto(sheet, name, len(table.rows))

    def _cell(self, sheet: Any, line: int, place: int, text: str, side: Side) -> None:
        words = {Side.CENTRE: self._middle, Side.RIGHT: self._right, Side.LEFT: self._text}[side]
        if not _NUMBER.fullmatch(text):
            sheet.write_string(line, place, neutral(text), words)
            return
        plain = text.replace(",", "")
        if plain.endswith("%"):
            sheet.write_number(line, place, float(Decimal(plain[:-1]) / 100), self._percent)
        elif side is Side.CENTRE:
            sheet.write_number(line, place, float(plain), self._middle)
        else:
            sheet.write_number(line, place, float(plain), self._exact if "." in plain else self._whole)

    def _pareto(self, sheet: Any, name: str, rows: int) -> None:
        """Labels by number, and what they add up to."""
        bars = self._book.add_chart({"type": "column"})
        line = self._book.add_chart({"type": "line"})
        last = 2 + rows
        bars.add_series(
            {
                "name": "次数",
                "categories": [name, 3, 0, last, 0],
                "values": [name, 3, 1, last, 1],
                "fill": {"color": "#2358C4"},
            }
        )
        line.add_series({"name": "累计占比", "categories": [name, 3, 0, last, 0], "values": [name, 3, 3, last, 3], "y2_axis": True,
                         "line": {"color": "#1D2330"}, "marker": {"type": "diamond"}})  # fmt: skip
        bars.combine(line)
        line.set_y2_axis({"num_format": "0%", "min": 0, "max": 1})
        bars.set_title({"name": "差评标签"})
        bars.set_legend({"position": "bottom"})
        bars.set_size({"width": 760, "height": 380})
        sheet.insert_chart(last + 2, 0, bars, {"description": "差评标签的次数和累计占比，数字见上表"})

    def scores(self, view: RankingView) -> None:
        """What each part contributes to the composite, as stacked bars in the order of the ranking."""
        if not view.rows:
            return
        sheet = self._book.add_worksheet(_SCORES)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 4, 14)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 1)
        for place, (_, name, _colour) in enumerate(_PARTS, 1):
            sheet.write_string(0, place, name, self._head)
        sheet.write_string(0, 0, "单位", self._head)
        for line, row in enumerate(view.rows, 1):
            sheet.write_string(line, 0, neutral(row.score.facts.agency), self._text)
            for place, (part, _, _colour) in enumerate(_PARTS, 1):
                sheet.write_number(line, place, float(getattr(row.score, part).contribution), self._exact)
        chart = self._book.add_chart({"type": "bar", "subtype": "stacked"})
        for place, (_, name, colour) in enumerate(_PARTS, 1):
            chart.add_series({"name": name, "categories": [_SCORES, 1, 0, len(view.rows), 0], "values": [_SCORES, 1, place, len(view.rows), place],
                              "fill": {"color": colour}, "border": {"color": "#1D2330", "width": 0.5}, "gap": 40})  # fmt: skip
        chart.set_title({"name": "综合评分的构成"})
        chart.set_y_axis({"reverse": True, "interval_unit": 1})
        chart.set_x_axis({"min": 0, "max": 100, "name": "分", "label_position": "high"})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 820, "height": max(320, 60 + 26 * len(view.rows))})
        sheet.insert_chart(0, 6, chart, {"description": "各单位综合评分由四项得分构成，数字见左表"})
