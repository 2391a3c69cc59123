"""What is done to tickets. The door is `pd.act` in the database: it checks right, transition and version,
computes the due dates and writes the event; a repeated `command_id` gets the same answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.errors import UserError
from models.rules.lifecycle import NEEDS_LEAD, NEEDS_REASON, REJECT_REASONS, Action, State


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to. `due_on`: the rectification's due day, None before a dispatch."""

    ticket: int
    state: State
    version: int
    due_on: date | None
    changes: Changes


def act(
    connection: Connection,
    ticket_id: int,
    version: int,
    action: Action,
    *,
    command_id: UUID,
    lead: str | None = None,
    co: Sequence[str] = (),
    reason: str | None = None,
    reason_code: str | None = None,
    payload: Mapping[str, Any] | None = None,
) -> Done:
    """One action of the life-cycle (rules §2); agencies by name.

    Raises UserError with code `refused`, `forbidden`, or `stale` where somebody was faster.
    """
    facts: dict[str, Any] = dict(payload or {})
    if action in NEEDS_LEAD and lead is not None:
        facts["lead"] = _agency(connection, lead)
        facts["co"] = [_agency(connection, name) for name in co]
    if reason_code is not None:
        if reason_code not in REJECT_REASONS:
            raise UserError("请从列表中选择不予转办的理由。", code="refused")
        facts["reason_code"] = reason_code
    if reason is not None:
        facts["reason"] = reason.strip()
    if action in NEEDS_REASON and not facts.get("reason"):
        raise UserError(f"{action.label}须写明理由。", code="refused")
    answer = connection.execute(
        text("SELECT pd.act(:ticket, :version, :action, CAST(:payload AS jsonb), :command)"),
        {
            "ticket": ticket_id,
            "version": version,
            "action": action.value,
            "payload": json.dumps(facts, ensure_ascii=False),
            "command": command_id,
        },
    ).scalar_one()
    return _done(answer)


def answer_of(connection: Connection, ticket_id: int, command_id: UUID) -> Done | None:
    """What came of one's own act whose answer was lost; None where it did not happen and no longer can."""
    answer = connection.execute(
        text("SELECT pd.answer_of(:ticket, :command)"), {"ticket": ticket_id, "command": command_id}
    ).scalar_one()
    return None if answer is None else _done(answer)


def _done(answer: Mapping[str, Any]) -> Done:
    due = date.fromisoformat(answer["due_on"]) if answer["due_on"] else None
    changes = Changes(Kind.TICKETS | Kind.TALLY, frozenset({answer["ticket"]}))
    return Done(answer["ticket"], State(answer["state"]), answer["version"], due, changes)


def _agency(connection: Connection, name: str) -> int:
    found = connection.execute(
        text("SELECT id FROM agency WHERE name = :name"), {"name": name.strip()}
    ).scalar()
    if found is None:
        raise UserError(f"名录中没有“{name}”这个单位。", code="unknown_agency")
    return int(found)
