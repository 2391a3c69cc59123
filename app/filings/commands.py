"""What is done with filings. The doors in the database decide; a repeated `command_id` files once."""

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
from models.rules import filings
from models.rules.filings import LONGEST, State, Step, needs_text

#: Filing records corrected appeals, cancelling takes that back.
_CHANGED = Changes(Kind.FILINGS | Kind.APPEALS)


@dataclass(frozen=True, slots=True)
class Draft:
    """A filing as it is put together: months by their 1st; `ids`: which of the candidates, in any order."""

    kind: filings.Kind
    first: date
    last: date
    ids: tuple[int, ...]
    note: str = ""

    def problem(self) -> str | None:
        """What is missing or wrong, as a sentence; None where it can be filed."""
        if self.first > self.last:
            return "起始月份不能晚于截止月份。"
        if not self.ids:
            return "请至少选一项报送的内容。"
        return f"说明至多 {LONGEST:,} 字。" if len(self.note) > LONGEST else None


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    filing: int
    number: str
    state: State
    version: int
    lines: int
    changes: Changes


def make(connection: Connection, draft: Draft, *, command_id: UUID) -> Done:
    """Files what was chosen; its lines are frozen. Raises UserError, `stale` where some of it was filed meanwhile."""
    if (wrong := draft.problem()) is not None:
        raise UserError(wrong, code="refused")
    facts = {
        "kind": draft.kind.value,
        "first": draft.first.isoformat(),
        "last": draft.last.isoformat(),
        "ids": list(draft.ids),
        "note": draft.note,
    }
    return _done(
        connection.execute(
            text("SELECT pd.make_filing(CAST(:facts AS jsonb), :command)"),
            {"facts": json.dumps(facts, ensure_ascii=False), "command": command_id},
        ).scalar_one()
    )


def act(connection: Connection, number: int, version: int, step: Step, *, words: str | None = None) -> Done:
    """One step, with a remark or an explanation. Raises UserError, `stale` where another came first."""
    said = (words or "").strip()
    if needs_text(step) and not said:
        raise UserError("请写明意见或理由。", code="refused")
    return _done(
        connection.execute(
            text("SELECT pd.act_filing(:id, :version, :step, :said)"),
            {"id": number, "version": version, "step": step.value, "said": said or None},
        ).scalar_one()
    )


def _done(answer: dict[str, Any]) -> Done:
    return Done(
        answer["filing"],
        paper_number("备案", answer["year"], answer["number"]),
        State(answer["state"]),
        answer["version"],
        answer["lines"],
        _CHANGED,
    )
