"""What is done about the staff: accountability records (Guide 8.2 b). The doors in the database decide."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.errors import UserError
from models.rules.referrals import LONGEST, Ground

#: Characters of a measure, and of the reason for taking a record back.
MEASURE = 500


@dataclass(frozen=True, slots=True)
class RecordDraft:
    """An accountability record as it is written."""

    ground: Ground | None
    facts: str
    measure: str
    decided_on: date

    def problem(self) -> str | None:
        """What is missing or wrong, as a sentence; None where it can be recorded."""
        if self.ground is None:
            return "请选择事由。"
        if not self.facts.strip() or len(self.facts) > LONGEST:
            return f"请写明事实，至多 {LONGEST:,} 字。"
        if not self.measure.strip() or len(self.measure) > MEASURE:
            return f"请写明处理，至多 {MEASURE} 字。"
        return None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A record that is taken back, and why."""

    record: int | None
    reason: str

    def problem(self) -> str | None:
        """What is missing, as a sentence."""
        if self.record is None:
            return "请选择要撤回的记录。"
        fits = 0 < len(self.reason.strip()) <= MEASURE
        return None if fits else f"请写明为什么撤回，至多 {MEASURE} 字。"


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    staff: int
    said: str
    changes: Changes


def record(connection: Connection, staff_id: int, draft: RecordDraft, *, command_id: UUID) -> Done:
    """Puts a record on file; a repeated `command_id` puts one. Raises UserError."""
    if (wrong := draft.problem()) is not None or draft.ground is None:
        raise UserError(wrong or "请选择事由。", code="refused")
    facts = {
        "staff": staff_id,
        "ground": draft.ground.value,
        "facts": draft.facts,
        "measure": draft.measure,
        "decided_on": draft.decided_on.isoformat(),
    }
    connection.execute(
        text("SELECT pd.record_accountability(CAST(:facts AS jsonb), :command)"),
        {"facts": json.dumps(facts, ensure_ascii=False), "command": command_id},
    )
    return Done(staff_id, f"已登记追责：{draft.ground.label}。", Changes(Kind.STAFF))


def withdraw(connection: Connection, staff_id: int, given: Withdrawal) -> Done:
    """Takes a record back; it stays on file with the reason. Raises UserError."""
    if (wrong := given.problem()) is not None:
        raise UserError(wrong, code="refused")
    connection.execute(
        text("SELECT pd.withdraw_accountability(:record, :reason)"),
        {"record": given.record, "reason": given.reason},
    )
    return Done(staff_id, "追责记录已撤回，原件和理由留着。", Changes(Kind.STAFF))
