"""What is done with suggestions. The doors in the database decide; a repeated `command_id` happens once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.errors import UserError
from models.rules.suggestions import Source, State, Step, Topic, needs_text

#: Characters of the words, a reason or an answer; of the place and of each part of a contact.
LONGEST, SHORT = 2000, 100


@dataclass(frozen=True, slots=True)
class Draft:
    """A suggestion as it is typed in; the contact is optional."""

    source: Source | None
    topic: Topic | None
    received_on: date
    words: str
    place: str | None = None
    name: str | None = None
    phone: str | None = None

    def problem(self, today: date) -> str | None:
        """What is missing or wrong, as a sentence; None where it can be recorded."""
        if self.source is None:
            return "请选择来源。"
        if self.topic is None:
            return "请选择类别。"
        if not self.words.strip():
            return "请照原文填写意见。"
        if len(self.words) > LONGEST:
            return f"意见至多 {LONGEST} 字。"
        if any(len(part or "") > SHORT for part in (self.place, self.name, self.phone)):
            return f"地点、姓名、电话各至多 {SHORT} 字。"
        return "收到日期不能晚于今天。" if self.received_on > today else None


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    suggestion: int
    state: State
    version: int
    due_on: date | None
    changes: Changes


def record(connection: Connection, draft: Draft, *, command_id: UUID) -> Done:
    """Puts a suggestion on file. Raises UserError."""
    wrong = draft.problem(date.max)
    if wrong or draft.source is None or draft.topic is None:
        raise UserError(wrong or "请选择来源和类别。", code="refused")
    facts = {
        "source": draft.source.value,
        "topic": draft.topic.value,
        "received_on": draft.received_on.isoformat(),
        "words": draft.words,
        "place": draft.place,
        "name": draft.name,
        "phone": draft.phone,
    }
    return _done(
        connection.execute(
            text("SELECT pd.record_suggestion(CAST(:facts AS jsonb), :command)"),
            {"facts": json.dumps(facts, ensure_ascii=False), "command": command_id},
        ).scalar_one()
    )


def act(
    connection: Connection,
    suggestion_id: int,
    version: int,
    step: Step,
    *,
    command_id: UUID,
    lead: str | None = None,
    words: str | None = None,
) -> Done:
    """One step; `lead`: the agency by name, `words`: the reason or the answer. Raises UserError."""
    if needs_text(step) and not (words or "").strip():
        raise UserError(f"{step.label}须写明理由或答复。", code="refused")
    payload = {"lead": _agency(connection, lead) if lead else None, "text": words}
    return _done(
        connection.execute(
            text("SELECT pd.act_suggestion(:id, :version, :step, CAST(:payload AS jsonb), :command)"),
            {
                "id": suggestion_id,
                "version": version,
                "step": step.value,
                "payload": json.dumps(payload, ensure_ascii=False),
                "command": command_id,
            },
        ).scalar_one()
    )


def _done(answer: dict[str, Any]) -> Done:
    due = date.fromisoformat(answer["due_on"]) if answer["due_on"] else None
    state = State(answer["state"])
    return Done(answer["suggestion"], state, answer["version"], due, Changes(Kind.SUGGESTIONS))


def _agency(connection: Connection, name: str) -> int:
    found = connection.execute(
        text("SELECT id FROM agency WHERE name = :name"), {"name": name.strip()}
    ).scalar()
    if found is None:
        raise UserError(f"名录中没有“{name}”这个单位。", code="unknown_agency")
    return int(found)


def look(connection: Connection, suggestion_id: int, reason: str) -> int:
    """Writes who looks at the contact, when and why; the number of that record. Commit before `contact`."""
    return int(
        connection.execute(
            text("SELECT pd.reveal_suggestion(:id, :reason)"), {"id": suggestion_id, "reason": reason.strip()}
        ).scalar_one()
    )
