"""What is done: weights put in force, values entered and withdrawn. The doors in the database decide."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app.assessments import files
from app.assessments.rows import Draft, FileLine, PairSets
from app.changes import Changes, Kind
from app.errors import UserError
from app.workspace import Workspace
from models.rules import indicators

#: Entries in one go, as the door takes them.
MOST = 5_000
#: Characters of a reason for weights, and of one for taking a value back.
LONGEST_REASON, LONGEST_WITHDRAWAL = 500, 200


@dataclass(frozen=True, slots=True)
class Assessed:
    """What entering came to: how many are new; the same once more changes nothing."""

    made: int
    given: int
    changes: Changes


def put_weights(
    connection: Connection, month: date, weights: Mapping[str, Decimal], pairs: PairSets, *, reason: str
) -> Changes:
    """Puts weights in force from a month on (the head of the centre). Raises UserError."""
    if wrong := indicators.weights_problem(weights):
        raise UserError(wrong, code="refused")
    kept = {
        parent: {f"{one}/{other}": str(times) for (one, other), times in found.items()}
        for parent, found in pairs.items()
    }
    connection.execute(
        text("SELECT pd.put_weights(:month, CAST(:weights AS jsonb), CAST(:pairs AS jsonb), :reason)"),
        {
            "month": month,
            "weights": json.dumps({code: indicators.plain(weight) for code, weight in weights.items()}),
            "pairs": json.dumps(kept),
            "reason": reason,
        },
    )
    return Changes(Kind.RULES | Kind.ASSESSMENTS)


def assess(connection: Connection, drafts: Sequence[Draft]) -> Assessed:
    """Enters values, all or none. Raises UserError."""
    wrong = next((problem for draft in drafts if (problem := draft.problem())), None)
    if wrong:
        raise UserError(wrong, code="refused")
    made = connection.execute(
        text("SELECT pd.assess(CAST(:entries AS jsonb))"),
        {"entries": json.dumps([_facts(draft) for draft in drafts], ensure_ascii=False)},
    ).scalar_one()
    return Assessed(int(made), len(drafts), Changes(Kind.ASSESSMENTS))


def _facts(draft: Draft) -> dict[str, Any]:
    return {
        "agency": draft.agency_id,
        "first": draft.period.first.isoformat(),
        "last": draft.period.last.isoformat(),
        "indicator": draft.indicator,
        "source": draft.source.value,
        "value": None if draft.value is None else str(draft.value),
        "numerator": draft.numerator,
        "denominator": draft.denominator,
        "evidence": draft.evidence,
        "assessor": draft.assessor,
    }


def withdraw(connection: Connection, entry_id: int, reason: str) -> Changes:
    """Takes a value back; it stays on record. Raises UserError."""
    connection.execute(
        text("SELECT pd.withdraw_assessment(:entry, :reason)"), {"entry": entry_id, "reason": reason.strip()}
    )
    return Changes(Kind.ASSESSMENTS)


def read_file(workspace: Workspace, path: Path, *, cancelled: Any = None) -> tuple[FileLine, ...]:
    """A third party's file line by line, nothing entered yet. Raises UserError."""
    found = files.read(path, cancelled)
    with workspace.read() as connection:
        return files.match(connection, found)
