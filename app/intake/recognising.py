"""From the sheets of a file to checks of their rows: which kind, which profile, which columns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from app.errors import UserError
from app.intake.cases import CaseCheck
from app.intake.checking import Check, Found
from app.intake.headings import DEPTH, Heading, find
from app.intake.kinds import FIELD_LABELS, Kind, Sheet
from app.intake.profiles import Profile, chosen, named
from app.intake.ratings import RatingCheck
from app.intake.registry import NoticeCheck, RegistryCheck
from app.intake.synonyms import REQUIRED
from app.intake.tickets import SummaryCheck, TicketCheck
from app.intake.workbooks import OpenSheet

_CHECKS: dict[Sheet, Any] = {
    Sheet.RATINGS: RatingCheck,
    Sheet.TICKETS: TicketCheck,
    Sheet.SUMMARY: SummaryCheck,
    Sheet.CASES: CaseCheck,
    Sheet.AGENCIES: RegistryCheck,
    Sheet.HALLS: RegistryCheck,
    Sheet.ITEMS: RegistryCheck,
    Sheet.CALENDAR: NoticeCheck,
}

#: In a registry agencies come first, so that halls and items find them, and their row order is theirs.
_ORDER = (Sheet.AGENCIES, Sheet.HALLS, Sheet.ITEMS)

_NEEDS_ROWS = (Sheet.RATINGS, Sheet.TICKETS)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file understood: its kind, profile, and each sheet with data beside its heading."""

    kind: Kind
    profile: Profile
    sheets: tuple[tuple[OpenSheet, Heading], ...]

    def check(self, sheet: OpenSheet, heading: Heading, found: Found) -> Check:
        """The check for one sheet's rows."""
        make = _CHECKS[heading.sheet]
        if heading.sheet in _NEEDS_ROWS and _may_hold_points(sheet, heading):
            check: Check = make(
                sheet.name, heading, self.profile, found, islice(sheet.rows(), heading.row + 1, None)
            )
        else:
            check = make(sheet.name, heading, self.profile, found)
        return check


def recognise(sheets: list[OpenSheet], profile: str | None) -> Recognised:
    """Raises UserError where nothing is known here, kinds are mixed, or a column is missing."""
    wanted = named(profile) if profile else None
    known = [(sheet, heading) for sheet in sheets if (heading := find(list(islice(sheet.rows(), DEPTH))))]
    if not known:
        names = "评价明细、省差评工单、办件评价汇总、办件明细、机构名录、放假安排"
        raise UserError(f"没有认出表头。能导入的有：{names}，表头应在前{DEPTH}行之内。", code="no_heading")
    kinds = {heading.sheet.kind for _, heading in known}
    if len(kinds) > 1:
        labels = "、".join(kind.label for kind in Kind if kind in kinds)
        raise UserError(f"一个文件里有几类数据（{labels}），请分成几个文件再导入。", code="mixed_kinds")
    for _, heading in known:
        _require(heading)
    kind = kinds.pop()
    if kind is Kind.REGISTRY:
        known.sort(key=lambda pair: _ORDER.index(pair[1].sheet))
    return Recognised(kind, wanted or chosen(heading for _, heading in known), tuple(known))


def _require(heading: Heading) -> None:
    missing = [group for group in REQUIRED[heading.sheet] if not any(f in heading.columns for f in group)]
    if missing:
        names = "、".join("或".join(FIELD_LABELS[f] for f in group) for group in missing)
        raise UserError(f"这是{heading.sheet.kind.label}，但缺少列：{names}。", code="missing_column")


def _may_hold_points(sheet: OpenSheet, heading: Heading) -> bool:
    """Whether the level column's top has numbers, so that the whole column decides if they are points."""
    column = heading.columns.get("level")
    if column is None:
        return False
    top = islice(sheet.rows(), heading.row + 1, heading.row + 201)
    return any(not isinstance(row[column], str) or row[column].strip()[:1].isdigit() for row in top)
