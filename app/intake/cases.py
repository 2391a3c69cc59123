"""Checks the case detail (办件明细): by columns, a county's month has 90,000 rows. No level, no personal data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.intake import cells, words
from app.intake.cells import Bad
from app.intake.checking import Found, Row
from app.intake.columns import ColumnCheck, ColumnPart
from app.intake.headings import Heading
from app.intake.profiles import Profile

FINISHED = 3
EARLY = "办结时间早于受理时间"
NO_FINISH = "已办结的办件没有办结时间"
NOT_FINISHED = "填了办结时间，办件状态却不是已办结"


class CaseCheck(ColumnCheck):
    """Rows of a case detail → lines of staging_case. Key: area and case number."""

    table = "staging_case"

    def __init__(
        self, sheet: str, heading: Heading, profile: Profile, found: Found, rows: Iterator[Row] | None = None
    ) -> None:
        readers = {"case_status": words.case_status, "batch_number": _group, "theme_number": _theme}
        super().__init__(sheet, heading, profile, found, readers)

    def part(self, numbers: list[int], rows: list[Row]) -> CasePart:
        """See `ColumnCheck.part`."""
        return CasePart(self, numbers, rows)


def _group(cell: Any) -> str | Bad | None:
    """A batch's number; a dash or 无 stands for none."""
    found = cells.code(cell)
    return None if isinstance(found, str) and found in _NONE else found


def _theme(cell: Any) -> str | Bad | None:
    """The number of a themed service, written as the case numbers that ratings bear."""
    found = _group(cell)
    return cells.case_number(found) if isinstance(found, str) else found


_NONE = frozenset({"-", "--", "/", "无", "否", "0", "—"})


class CasePart(ColumnPart):
    """One chunk of cases."""

    def lines(self) -> list[Sequence[str]]:
        """See `ColumnPart.lines`."""
        cases, agencies = self.cases(), self.agencies()
        accepted, accepted_text = self.times("accepted_at")
        finished, finished_text = self.times("finished_at")
        self.since_rules("finished_at", finished)
        statuses = self._statuses(accepted, finished)
        halls, case_types = self.column("hall"), self.column("case_type")
        batches, themes = self.column("batch_number"), self.column("theme_number")
        items, item_codes, areas = self.column("item"), self.column("item_code"), self.areas(cases)
        platforms = self._platforms(halls)
        self._warn_of_early(accepted, finished)
        keep = self.keep(list(zip(areas, cases, strict=True)))
        self.report(agencies)
        columns = [areas, cases, agencies, items, item_codes, platforms, halls, statuses, case_types]
        columns += [accepted_text, finished_text, batches, themes]
        kept = columns if len(keep) == self.size else [[column[i] for i in keep] for column in columns]
        self._name(*kept[2:5])
        return self.written(kept, len(keep))

    def _name(self, agencies: Sequence[Any], items: Sequence[Any], codes: Sequence[Any]) -> None:
        """Tells the names whose initials are wanted."""
        self.found.agencies.update(agencies)
        self.found.items.update({item or code for item, code in zip(items, codes, strict=True)} - {None})

    def _statuses(self, accepted: list[Any], finished: list[Any]) -> list[Any]:
        """Each row's state, told or else as its times say; a finish that does not go with it is a fault."""
        statuses = self.column("case_status")
        if None in statuses:
            statuses = [
                told or (FINISHED if done is not None else 2 if begun is not None else 1)
                for told, begun, done in zip(statuses, accepted, finished, strict=True)
            ]
        for i, (status, done) in enumerate(zip(statuses, finished, strict=True)):
            if (status == FINISHED) != (done is not None):
                field = "finished_at" if status == FINISHED else "case_status"
                self.fault(i, field, NO_FINISH if status == FINISHED else NOT_FINISHED)
        return statuses

    def _platforms(self, halls: list[Any]) -> list[Any]:
        platforms = self.column("platform")
        if None in platforms:
            platforms = [
                told or words.platform_of_channel(None, at_hall=bool(hall))
                for told, hall in zip(platforms, halls, strict=True)
            ]
        return platforms

    def _warn_of_early(self, accepted: list[Any], finished: list[Any]) -> None:
        pairs = zip(accepted, finished, strict=True)
        early = sum(1 for begun, done in pairs if begun is not None and done is not None and done < begun)
        self.found.warnings[EARLY] += early
