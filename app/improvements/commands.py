"""What is done with orders to improve. The doors in the database decide; a repeated `command_id` issues once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.documents.numerals import paper_number
from app.errors import UserError
from models.rules.improvements import (
    FEWEST_DAYS,
    LONGEST,
    MOST_DAYS,
    SHORT,
    State,
    Step,
    needs_text,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """An order as it is written: whom it is for, the months it rests on, what is demanded, in how many working days.

    `staff`: the id of the member of the staff whom it is about.
    """

    agency: str | None
    item: str | None
    first: date
    last: date
    subject: str
    proposal: str
    days: int
    staff: int | None = None

    def problem(self) -> str | None:
        """What is missing or wrong, as a sentence; None where it can be issued."""
        if not self.agency:
            return "请选择单位。"
        if self.last < self.first:
            return "起始月份不能晚于截止月份。"
        if not self.subject.strip() or len(self.subject) > SHORT:
            return f"请写明整改事由，至多 {SHORT} 字。"
        if not self.proposal.strip() or len(self.proposal) > LONGEST:
            return f"请写明整改要求，至多 {LONGEST} 字。"
        if not FEWEST_DAYS <= self.days <= MOST_DAYS:
            return f"期限为 {FEWEST_DAYS} 至 {MOST_DAYS} 个工作日。"
        return None


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    order: int
    number: str
    state: State
    version: int
    due_on: date
    changes: Changes


def issue(connection: Connection, draft: Draft, *, command_id: UUID) -> Done:
    """Issues an order: the database numbers it, counts its figures and sets the due day. Raises UserError."""
    if (wrong := draft.problem()) is not None:
        raise UserError(wrong, code="refused")
    facts = {
        "agency": _id(connection, "agency", draft.agency),
        "item": _id(connection, "service_item", draft.item),
        "first": draft.first.isoformat(),
        "last": draft.last.isoformat(),
        "subject": draft.subject,
        "proposal": draft.proposal,
        "days": draft.days,
        "staff": draft.staff,
    }
    return _done(
        connection.execute(
            text("SELECT pd.issue_improvement(CAST(:facts AS jsonb), :command)"),
            {"facts": json.dumps(facts, ensure_ascii=False), "command": command_id},
        ).scalar_one()
    )


def act(connection: Connection, order_id: int, version: int, step: Step, *, words: str | None = None) -> Done:
    """One step; `words`: the answer or the reason. Raises UserError, `stale` where another step came first."""
    if needs_text(step) and not (words or "").strip():
        raise UserError(f"{step.label}须写明情况或理由。", code="refused")
    return _done(
        connection.execute(
            text("SELECT pd.act_improvement(:id, :version, :step, :words)"),
            {"id": order_id, "version": version, "step": step.value, "words": words},
        ).scalar_one()
    )


def _done(answer: dict[str, Any]) -> Done:
    number = paper_number("限改", answer["year"], answer["number"])
    due = date.fromisoformat(answer["due_on"])
    return Done(
        answer["order"], number, State(answer["state"]), answer["version"], due, Changes(Kind.IMPROVEMENTS)
    )


def _id(connection: Connection, table: str, name: str | None) -> int | None:
    """The id of a name of the registry; none for none."""
    if not name:
        return None
    found = connection.execute(
        text(f"SELECT id FROM {table} WHERE name = :name"), {"name": name.strip()}
    ).scalar()
    if found is None:
        raise UserError(f"名录中没有“{name}”。", code="unknown_name")
    return int(found)
