"""Reporting to 12345: the workbook out, and what 12345 answers taken from its returned file (Art. 23)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app.errors import UserError
from app.intake.results import AnswerRow
from app.outfiles import digest, writing
from app.tickets import bulk, sheets
from app.tickets.bulk import Act
from app.tickets.export import Exported, Opened, note
from app.tickets.rows import TicketRow
from app.tickets.sheets import Cell
from models.rules.lifecycle import Action, State
from models.rules.masking import mask_in_text

COLUMNS = (
    ("工单编号", 18), ("办件编号", 24), ("承办单位", 20), ("事项", 30), ("评价时间", 17), ("转办日期", 12),
    ("是否属实", 10), ("是否合理", 10), ("原因", 40), ("整改措施", 40), ("反馈情况", 40), ("单位审核人", 12),
    ("提交日期", 12), ("审核日期", 12), ("报送期限", 12), ("回执编号", 18), ("办结日期", 12), ("退回原因", 30),
)  # fmt: skip
_MATERIAL = """
SELECT DISTINCT ON (r.ticket_id) r.ticket_id, r.found_true, r.found_reasonable, r.cause, r.measures, r.feedback,
    r.reviewed_by, t.submitted_on, t.handled_on,
    (SELECT e.facts FROM event e WHERE e.ticket_id = t.id AND e.action = 'approve' ORDER BY e.id DESC LIMIT 1) AS approved
FROM rectification r JOIN ticket t ON t.id = r.ticket_id WHERE t.id = ANY (:ids) ORDER BY r.ticket_id, r.id DESC
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """A line of the returned file beside the ticket it is about; `problem`: why it cannot be taken."""

    answer: AnswerRow
    row: TicketRow | None
    problem: str | None

    @property
    def id(self) -> int:
        """The line's number in the file."""
        return self.answer.row

    @property
    def act(self) -> Act | None:
        """What it comes to: closed, or refused."""
        if self.row is None or self.problem is not None:
            return None
        if self.answer.refusal:
            return bulk.act_on(self.row, Action.REPORT_REFUSED, {"reason": self.answer.refusal})
        assert self.answer.closed_on is not None
        closed = {"receipt": self.answer.receipt, "closed_on": self.answer.closed_on.isoformat()}
        return bulk.act_on(self.row, Action.CONFIRM_CLOSED, {"payload": closed})


def write(space: Opened, path: Path, chosen: Sequence[int]) -> Exported:
    """The workbook for 12345, one line a ticket; its last three columns are for the answer.

    Raises UserError where a ticket is not approved, EnvironmentProblem where it cannot be written.
    """
    sheets.check_suffix(path)
    with writing(path) as part:
        with space.read() as connection:
            rows = bulk.rows(connection, chosen)
            _check(rows)
            material = {m.ticket_id: m for m in connection.execute(text(_MATERIAL), {"ids": list(chosen)})}
        headings, widths = [name for name, _ in COLUMNS], [width for _, width in COLUMNS]
        with sheets.open_sheet(part, path.suffix.lower(), "差评工单报送", (), headings, widths) as sheet:
            for row in rows:
                sheet.row(_cells(row, material[row.id]))
        found = digest(part)
        note(space, "report", len(rows), found)
    return Exported(path, len(rows), found)


def _check(rows: Sequence[TicketRow]) -> None:
    wrong = [row for row in rows if row.state not in (State.APPROVED, State.REPORTED)]
    if wrong or not rows:
        raise UserError(f"有 {len(wrong):,} 件还没有审核通过，不能写入报送表。", code="not_approved")


def _cells(row: TicketRow, found: Any) -> tuple[Cell, ...]:
    said = found.approved or {}
    true, reasonable = (
        said.get("found_true", found.found_true),
        said.get("found_reasonable", found.found_reasonable),
    )
    return (
        row.number, row.case_number, row.agency, row.item, row.rated_at, row.received_on,
        "属实" if true else "不属实", "合理" if reasonable else "不合理", mask_in_text(found.cause),
        mask_in_text(found.measures), mask_in_text(_feedback(found.feedback)), found.reviewed_by,
        found.submitted_on, found.handled_on, row.report_due_on, None, None, None,
    )  # fmt: skip


def _feedback(facts: dict[str, Any]) -> str:
    if facts.get("reached"):
        at = str(facts.get("at", "")).replace("T", " ")
        return f"{at}{facts.get('how', '')}反馈，对方意见：{facts.get('said', '')}"
    return f"联系 {facts.get('attempts', 0)} 次未联系上"


def match(connection: Connection, answers: Sequence[AnswerRow]) -> tuple[Answered, ...]:
    """Each line beside its ticket, found by its number, else by its case where that is clear."""
    by_number = _found(connection, "number", [a.number for a in answers if a.number])
    by_case = _found(connection, "case_number", [a.case_number for a in answers if a.case_number])
    ids = {one for found in (by_number, by_case) for one in found.values() if one is not None}
    rows = {row.id: row for row in bulk.rows(connection, tuple(ids))}
    today = connection.execute(text("SELECT pd.today()")).scalar_one()
    seen: set[int] = set()
    matched = []
    for answer in answers:
        one = by_number.get(answer.number or "") or (
            by_case.get(answer.case_number or "") if not answer.number else None
        )
        row = rows.get(one) if one is not None else None
        problem = answer.problem or _problem(answer, row, today, seen)
        if row is not None:
            seen.add(row.id)
        matched.append(Answered(answer, row, problem))
    return tuple(matched)


def _found(connection: Connection, column: str, values: Sequence[str]) -> dict[str, int | None]:
    """Tickets by number or case; None where a case has several."""
    found: dict[str, int | None] = {}
    statement = f"SELECT {column}, id FROM ticket WHERE {column} = ANY (:values)"
    for value, one in connection.execute(text(statement), {"values": list(values)}):
        found[value] = None if value in found else one
    return found


def _problem(answer: AnswerRow, row: TicketRow | None, today: Any, seen: set[int]) -> str | None:
    if row is None:
        return "没有这张工单，或同一办件有几张，请写明工单编号"
    if row.id in seen:
        return "文件中同一工单出现了两次"
    if row.state is not State.REPORTED:
        return f"工单现为“{row.state.label}”，不是待12345办结"
    if answer.closed_on is not None and answer.closed_on > today:
        return "办结日期晚于今天"
    return None


def acts(matched: Sequence[Answered]) -> tuple[Act, ...]:
    """What the lines come to; those with a problem are left out."""
    return tuple(act for line in matched if (act := line.act) is not None)
