"""What is done with appeals. The doors in the database decide; a repeated `command_id` happens once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.documents.numerals import paper_number
from app.errors import UserError
from app.tickets.attachments import Sent, send_parts
from app.tickets.files import Prepared
from models.rules.appeals import LONGEST, Effect, Finding, State, Step


@dataclass(frozen=True, slots=True)
class Draft:
    """An appeal as it is filled in. `staff`: of the agency's registry, else `appellant` as typed; `admission`: an
    officer's reason where it is late."""

    rating: int
    staff: int | None
    appellant: str
    told_on: date | None
    statement: str
    admission: str = ""

    def problem(self) -> str | None:
        """What is missing, as a sentence; None where it can be filed."""
        if self.staff is None and not self.appellant.strip():
            return "请选择或填写申诉的工作人员。"
        if not self.statement.strip():
            return "请写明申诉理由。"
        return f"申诉理由至多 {LONGEST} 字。" if len(self.statement) > LONGEST else None


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    appeal: int
    number: str
    state: State
    version: int
    effect: Effect | None
    withdrew_ticket: bool
    changes: Changes


def file(connection: Connection, draft: Draft, *, command_id: UUID) -> Done:
    """Files an appeal. Raises UserError, with the last day of the window where it is late."""
    if (wrong := draft.problem()) is not None:
        raise UserError(wrong, code="refused")
    facts = {
        "rating": draft.rating,
        "staff": draft.staff,
        "appellant": draft.appellant.strip() or None,
        "told_on": draft.told_on.isoformat() if draft.told_on else None,
        "statement": draft.statement,
        "admission": draft.admission.strip() or None,
    }
    return _done(
        connection.execute(
            text("SELECT pd.file_appeal(CAST(:facts AS jsonb), :command)"),
            {"facts": json.dumps(facts, ensure_ascii=False), "command": command_id},
        ).scalar_one()
    )


def act(
    connection: Connection,
    appeal_id: int,
    version: int,
    step: Step,
    *,
    command_id: UUID,
    words: str,
    finding: Finding | None = None,
    level: int | None = None,
    withdraw_ticket: bool = False,
) -> Done:
    """One step, with its words. `finding`: what the agency found; `level`: the one that the person confirmed, None where it
    could not be confirmed; `withdraw_ticket`: the decision takes the open ticket out of the count. Raises UserError."""
    payload: dict[str, Any] = {"text": words}
    if step is Step.UPHOLD:
        payload |= {"finding": finding.value if finding else None, "level": level}
    if step is Step.CORRECT:
        payload |= {"level": level, "withdraw_ticket": withdraw_ticket}
    return _done(
        connection.execute(
            text("SELECT pd.act_appeal(:id, :version, :step, CAST(:payload AS jsonb), :command)"),
            {
                "id": appeal_id,
                "version": version,
                "step": step.value,
                "payload": json.dumps(payload, ensure_ascii=False),
                "command": command_id,
            },
        ).scalar_one()
    )


def admit(connection: Connection, rating_id: int, reason: str) -> Changes:
    """An officer's leave to file late. Raises UserError."""
    connection.execute(
        text("SELECT pd.admit_appeal(:rating, :reason)"), {"rating": rating_id, "reason": reason}
    )
    return Changes(Kind.APPEALS)


def add_evidence(
    connection: Connection, appeal_id: int, piece: Prepared, *, report: Callable[[Sent], None] | None = None
) -> Changes:
    """Brings a file to an appeal within one unit of work; `report` may raise to stop it. Raises UserError."""
    upload = uuid4()
    send_parts(connection, upload, piece, report)
    connection.execute(
        text("SELECT pd.attach_evidence(:appeal, :upload, :name)"),
        {"appeal": appeal_id, "upload": upload, "name": piece.name},
    )
    return Changes(Kind.APPEALS)


def remove_evidence(connection: Connection, file_id: int) -> Changes:
    """Takes back a file that was not handed on yet; raises UserError."""
    connection.execute(text("SELECT pd.detach_evidence(:id)"), {"id": file_id})
    return Changes(Kind.APPEALS)


def _done(answer: dict[str, Any]) -> Done:
    kinds = Kind.APPEALS
    effect = Effect(answer["effect"]) if answer["effect"] else None
    if effect is not None:
        kinds |= Kind.RATINGS | Kind.TALLY
    if answer["withdrew_ticket"]:
        kinds |= Kind.TICKETS
    return Done(
        answer["appeal"],
        paper_number("申诉", answer["year"], answer["number"]),
        State(answer["state"]),
        answer["version"],
        effect,
        bool(answer["withdrew_ticket"]),
        Changes(kinds),
    )
