"""Checks the registry's three sheets and a year's holiday notice."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

from app.intake import cells
from app.intake.cells import Bad
from app.intake.checking import BadRowError, Row, RowCheck
from app.intake.kinds import Sheet
from models.rules.worktime import FIRST_DAY, LAST_DAY

_TOWNSHIP_KIND = re.compile(r"镇|街|乡")
_TOWNSHIP_NAME = re.compile(r"(镇|街道|乡)$")


def is_township(kind: str | None, agency: str) -> bool:
    """Whether an agency is a 镇（街）, by the registry's word for it, else by the end of its name."""
    return bool(_TOWNSHIP_KIND.search(kind) if kind else _TOWNSHIP_NAME.search(agency))


class RegistryCheck(RowCheck):
    """Rows of any of the three sheets → lines of staging_registry: the sort of row and its facts."""

    table = "staging_registry"
    key = (0, 2)

    def values(self, row: Row) -> tuple[Any, ...]:
        """The sort, its facts as JSON; and the key, which `_line` takes off again."""
        sheet = self.heading.sheet
        read = {Sheet.AGENCIES: self._agency, Sheet.HALLS: self._hall, Sheet.ITEMS: self._item}[sheet]
        key, facts = read(row)
        return sheet.value[:-1].replace("agencie", "agency"), json.dumps(facts, ensure_ascii=False), key

    def _line(self, row: Row, number: int) -> list[str] | None:
        line = super()._line(row, number)
        return line[:-1] if line else None

    def _agency(self, row: Row) -> tuple[str, dict[str, Any]]:
        name = self.agency_of(row)
        kind = cells.name(self.cell(row, "kind"))
        standing = self.get(row, "standing", cells.integer)
        return name, {
            "name": name,
            "kind": "township" if is_township(kind, name) else "department",
            "office": cells.text(self.cell(row, "office")),
            "person": cells.text(self.cell(row, "person")),
            "phone": cells.text(self.cell(row, "phone")),
            "standing": self.found.lines + 1 if standing is None else standing,
            "credit_code": self.get(row, "agency_code", cells.code),
        }

    def _hall(self, row: Row) -> tuple[str, dict[str, Any]]:
        agency = self.agency_of(row)
        hall = self.need(row, "hall", cells.name, "没有大厅名称")
        counters = self.get(row, "counters", cells.integer) or 0
        if counters > 999:
            raise BadRowError("counters", "窗口数过大")
        device = cells.text(self.cell(row, "device"))
        return f"{agency}\n{hall}", {"agency": agency, "name": hall, "counters": counters, "device": device}

    def _item(self, row: Row) -> tuple[str, dict[str, Any]]:
        item = self.need(row, "item", cells.text, "没有事项名称")
        self.found.items.add(item)
        agency = cells.name(self.cell(row, "agency"))
        if agency:
            self.found.agencies.add(agency)
        return item, {"name": item, "code": self.get(row, "item_code", cells.code), "agency": agency}


_OFF = frozenset({"休", "放假", "休息", "休假", "假", "off", "否", "0"})
_ON = frozenset({"班", "上班", "调休上班", "补班", "调休", "on", "是", "1"})


class NoticeCheck(RowCheck):
    """Rows of a holiday notice: a day or a span of days (2027-02-06至2027-02-12), off or on, and why."""

    table = ""
    key = (0,)

    def chunk(self, rows: Any, first: int) -> bytes:
        """Keeps the days in what was found; nothing is staged."""
        for number, row in enumerate(rows, first):
            if self.is_data(row):
                self.found.rows += 1
                self._keep(row, number)
        return b""

    def _keep(self, row: Row, number: int) -> None:
        try:
            days, working, why = self.values(row)
        except BadRowError as bad:
            self.reject(row, number, bad.field, bad.reason)
            return
        if days in self.found.seen:
            self.found.repeated += 1
            return
        self.found.seen.add(days)
        self.found.notice.extend((day, working, why, number) for day in days)

    def values(self, row: Row) -> tuple[Any, ...]:
        """The days, whether they are worked, and why."""
        days = self.need(row, "day", _days, "没有日期")
        if not FIRST_DAY <= min(days) <= max(days) <= LAST_DAY:
            raise BadRowError("day", f"不在工作日历的{FIRST_DAY.year}年至{LAST_DAY.year}年之内")
        plain = cells.spelled(self.cell(row, "arrangement"))
        if plain not in _OFF | _ON:
            raise BadRowError("arrangement", "安排应为“休”或“班”")
        return days, plain in _ON, cells.text(self.cell(row, "why")) or ""


def _days(cell: Any) -> tuple[date, ...] | Bad | None:
    parts = re.split(r"至|到|~|—+", cell) if isinstance(cell, str) else [cell]
    ends = [cells.day(part) for part in parts]
    known = [end for end in ends if isinstance(end, date)]
    if ends == [None]:
        return None
    if (
        len(known) != len(ends)
        or len(ends) > 2
        or not timedelta() <= known[-1] - known[0] <= timedelta(days=31)
    ):
        return Bad("日期无法识别")
    return tuple(known[0] + timedelta(days=i) for i in range((known[-1] - known[0]).days + 1))
