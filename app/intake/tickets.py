"""Checks the province's tickets and the monthly summary, row by row: these files are small."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.intake import cells, words
from app.intake.cells import Bad
from app.intake.checking import BadRowError, Found, Row, RowCheck
from app.intake.headings import Heading
from app.intake.profiles import Profile, level_table


class TicketCheck(RowCheck):
    """Rows of the province's tickets → lines of staging_ticket."""

    table = "staging_ticket"
    key = (0,)

    def __init__(
        self, sheet: str, heading: Heading, profile: Profile, found: Found, rows: Iterator[Row] | None = None
    ) -> None:
        super().__init__(sheet, heading, profile, found)
        self.levels = level_table(profile, {cells.spelled(self.cell(r, "level")) for r in rows or ()})

    def values(self, row: Row) -> tuple[Any, ...]:
        """See `RowCheck.values`."""
        number = self.need(row, "number", cells.code, "没有工单编号")
        agency = self.agency_of(row)
        codes, free = words.labels(self.cell(row, "labels"))
        reasons = [r for r in (cells.text(self.cell(row, "reason")), free) if r]
        rated_at = self.get(row, "rated_at", cells.instant)
        created_at = self.get(row, "created_at", cells.instant) or rated_at
        if created_at is None:
            raise BadRowError("created_at", "没有工单生成时间")
        self.check_month("rated_at" if rated_at else "created_at", rated_at or created_at)
        return (
            number,
            self.get(row, "case_number", _case_if_any),
            agency,
            self._item(row),
            self.get(row, "platform", words.platform),
            self.get(row, "level", self._level),
            codes,
            "；".join(reasons) or None,
            rated_at,
            created_at,
            cells.text(self.cell(row, "rater_name")),
            cells.text(self.cell(row, "rater_phone")),
        )

    def _level(self, cell: Any) -> int | Bad | None:
        return None if cells.is_empty(cell) else words.level(cell, self.levels)

    def _item(self, row: Row) -> str | None:
        item = cells.text(self.cell(row, "item"))
        if item:
            self.found.items.add(item)
        return item


def _case_if_any(cell: Any) -> str | Bad | None:
    return None if cells.is_empty(cell) else cells.case_number(cell)


_COUNTS = ("cases", "cases_rated", "level_5", "level_4", "level_3", "level_2", "level_1", "defaults")


class SummaryCheck(RowCheck):
    """Rows of the monthly summary → lines of staging_summary. Key: month, agency, platform, hall."""

    table = "staging_summary"
    key = (0, 1, 2, 3)

    def values(self, row: Row) -> tuple[Any, ...]:
        """See `RowCheck.values`."""
        month = self.need(row, "month", cells.month, "没有期间")
        agency = self.agency_of(row)
        platform = self.need(row, "platform", words.platform, "没有业务平台")
        counts = tuple(self.get(row, count, cells.integer) or 0 for count in _COUNTS)
        if counts[1] > counts[0]:
            raise BadRowError("cases_rated", "主动评价办件数大于办件数")
        if counts[7] > sum(counts[2:7]):
            raise BadRowError("defaults", "默认好评数大于评价总数")
        self.check_month("month", month)
        return (month, agency, platform, cells.name(self.cell(row, "hall")), *counts)
