"""Reads docs/rights.md: the one list of who may do what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from models.rules.people import Group

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rights.md"
#: What a cell's range of rows means, for a table that hangs on tickets by `{ticket}`.
RANGES = {
    "": "true",
    "本单位在办": "{ticket} IN (SELECT a.ticket_id FROM pd.assignment a WHERE a.current AND a.agency_id = {agency})",
    "本单位的意见": "{ticket} = {agency}",
    "本单位的": "agency_id = {agency}",
    "本单位的整改": "order_id IN (SELECT o.id FROM pd.improvement_order o WHERE o.agency_id = {agency})",
    "本单位的人员": "staff_id IN (SELECT m.id FROM pd.staff_member m WHERE m.agency_id = {agency})",
    "本单位的申诉": "appeal_id IN (SELECT a.id FROM pd.appeal a WHERE a.agency_id = {agency})",
    "本单位的修正": "agency_id = {agency} OR appeal_id IN (SELECT a.id FROM pd.appeal a WHERE a.agency_id = {agency})"
    " OR rating_id IN (SELECT r.id FROM pd.rating r JOIN pd.assignment s ON s.ticket_id = r.ticket_id AND s.current"
    " WHERE s.agency_id = {agency})",
    "本单位计入的": "agency_id = {agency} AND NOT EXISTS (SELECT FROM pd.correction k WHERE k.effect = 'exclude'"
    " AND k.case_number = x.case_number AND k.area_code = x.area_code AND k.target = 'item')",
    "本单位的回访": "agency_id = {agency} AND (kind = 'agency' OR outcome IS NOT NULL)",
    "本单位的回访经过": "callback_id IN (SELECT c.id FROM pd.callback c WHERE c.agency_id = {agency}"
    " AND (c.kind = 'agency' OR c.outcome IS NOT NULL))",
    "已印发": "state <> 'draft'",
    "已印发的文件": "circular_id IN (SELECT c.id FROM pd.circular c WHERE c.state <> 'draft')",
    "无工单": "{ticket} IS NULL",
    "本单位在办或无工单": "{ticket} IS NULL OR {ticket} IN (SELECT a.ticket_id FROM pd.assignment a WHERE a.current"
    " AND a.agency_id = {agency})",
    "查看理由": "event_id IN (SELECT e.id FROM pd.event e WHERE e.action IN ('reveal_contact', 'suggestion_contact'))",
    "本人的或共享的": "owner = '{login}' OR shared",
    "本人的": "login = '{login}'",
    "导入期间": "true",
}
_CELL = re.compile(r"(?P<verb>SELECT|INSERT)(?:\((?P<columns>[\w, ]+)\))?(?:：(?P<range>\w+))?")
_NAME = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Grant:
    """What a cell grants: a verb, on some columns or all (none named), on some rows or all (no range)."""

    verb: str
    columns: tuple[str, ...] = ()
    rows: str = ""


def tables() -> dict[str, dict[Group, Grant | None]]:
    """Table → group → what is granted."""
    return {
        name: {group: _grant(cell) for group, cell in zip(Group, cells, strict=False)}
        for name, cells in _rows("## 表")
    }


def functions() -> dict[str, set[Group]]:
    """Function with the types of its arguments → the groups that may call it; none behind the doors."""
    doors = {
        name: {group for group, cell in zip(Group, cells, strict=False) if cell == "✓"}
        for name, cells in _rows("## 函数：门")
    }
    return doors | {name: set() for name, _ in _rows("## 函数：门后")}


def _grant(cell: str) -> Grant | None:
    if cell == "—":
        return None
    found = _CELL.fullmatch(cell)
    assert found, f"{PAGE.name} has a cell that says nothing known: {cell}"
    columns = tuple(filter(None, (found["columns"] or "").replace(" ", "").split(",")))
    assert (found["range"] or "") in RANGES, cell
    return Grant(found["verb"], columns, found["range"] or "")


def _rows(heading: str) -> list[tuple[str, list[str]]]:
    """The rows of the table under a heading: the name in the first cell, the other cells."""
    text = PAGE.read_text("utf-8").split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    names = [found[1] for row in cells if (found := _NAME.match(row[0]))]
    assert len(names) == len(set(names)) == len(cells) > 0, heading
    return [(name, row[1:]) for name, row in zip(names, cells, strict=True)]
