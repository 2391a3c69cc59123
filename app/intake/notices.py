"""A year's holiday notice on its way into the calendar."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from app.errors import UserError
from app.intake.loading import Arrival
from app.intake.results import MovedDeadline


def import_notice(connection: Connection, arrival: Arrival) -> dict[str, Any]:
    """Writes the notice; the counts, and the tickets whose due date it moves. Raises UserError."""
    for _ in arrival.data():
        pass
    found = arrival.found
    days = [{"day": day, "working": working, "why": why} for day, working, why in found["notice"]]
    if not days:
        raise UserError("放假安排里没有能用的日期。", code="empty")
    years = Counter(day["day"][:4] for day in days)
    year = int(years.most_common(1)[0][0])
    answer = connection.scalar(
        text("SELECT pd.import_notice(:year, CAST(:days AS jsonb), :source)"),
        {"year": year, "days": json.dumps(days), "source": arrival.path.name},
    )
    return _counts(answer, found)


def _counts(answer: dict[str, Any], found: Any) -> dict[str, Any]:
    accepted = found["rows"] - found["repeated"] - found["refused"]
    moved = tuple(
        MovedDeadline(
            m["ticket"], m.get("number"), date.fromisoformat(m["from"]), date.fromisoformat(m["to"])
        )
        for m in answer["moved"]
    )
    return {"inserted": accepted, "repeated": found["repeated"], "refused": found["refused"], "moved": moved}
