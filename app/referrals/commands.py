"""What is done with referrals. The doors in the database decide; nobody else is told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.documents.numerals import paper_number
from app.errors import UserError
from app.referrals.queries import Source
from models.rules.referrals import LONGEST, SHORT, State, Step


@dataclass(frozen=True, slots=True)
class Draft:
    """A referral as it is written; `people`: logins of those who may see it, beside heads and who makes it."""

    source: Source
    department: str
    subject: str
    hint: str
    people: tuple[str, ...] = ()

    def problem(self) -> str | None:
        """What is missing or wrong, as a sentence; None where it can be made."""
        if not self.department.strip() or len(self.department) > SHORT:
            return f"请写明移送的部门，至多 {SHORT} 字。"
        if not self.subject.strip() or len(self.subject) > SHORT:
            return f"请写明事由，至多 {SHORT} 字。"
        if not self.hint.strip() or len(self.hint) > LONGEST:
            return f"请写明线索内容，至多 {LONGEST:,} 字。"
        return None


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    referral: int
    number: str
    state: State
    version: int
    changes: Changes


def make(connection: Connection, draft: Draft, *, command_id: UUID) -> Done:
    """Makes a referral; a repeated `command_id` makes one. Raises UserError."""
    if (wrong := draft.problem()) is not None:
        raise UserError(wrong, code="refused")
    facts = {
        "ticket": draft.source.ticket,
        "appeal": draft.source.appeal,
        "department": draft.department,
        "subject": draft.subject,
        "hint": draft.hint,
        "people": list(draft.people),
    }
    given = {name: value for name, value in facts.items() if value is not None}
    return _done(
        connection.execute(
            text("SELECT pd.make_referral(CAST(:facts AS jsonb), :command)"),
            {"facts": json.dumps(given, ensure_ascii=False), "command": command_id},
        ).scalar_one()
    )


def act(
    connection: Connection,
    number: int,
    version: int,
    step: Step,
    *,
    words: str | None = None,
    people: tuple[str, ...] = (),
) -> Done:
    """One step: `words` of a note or of closing, `people` to be named. Raises UserError, `stale` where another came first."""
    payload = {"people": list(people)} if step is Step.NAME else {"text": words}
    return _done(
        connection.execute(
            text("SELECT pd.act_referral(:id, :version, :step, CAST(:payload AS jsonb))"),
            {
                "id": number,
                "version": version,
                "step": step.value,
                "payload": json.dumps(payload, ensure_ascii=False),
            },
        ).scalar_one()
    )


def _done(answer: dict[str, Any]) -> Done:
    number = paper_number("线索", answer["year"], answer["number"])
    changes = Changes(Kind.REFERRALS)
    return Done(answer["referral"], number, State(answer["state"]), answer["version"], changes)
