"""A year's holiday notice on its way into the calendar."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

from app.errors import UserError
from app.intake.loading import Arrival
from app.intake.results import ChangedDay, MovedDeadline


def import_notice(connection: Connection, arrival: Arrival) -> dict[str, Any]:
    """Writes the notice; the counts, and the tickets whose due date it moves. Raises UserError."""
    for _ in arrival.data():
        pass
    found = arrival.found
    days = [{"day": day, "working": working, "why": why} for day, working, why, _ in found["notice"]]
    if not days:
        raise UserError("放假安排里没有能用的日期。", code="empty")
    answer = connection.scalar(
        text("SELECT pd.import_notice(CAST(:days AS jsonb), :source)"),
        {"days": json.dumps(days), "source": arrival.path.name},
    )
    return _counts(answer, found)


def _counts(answer: dict[str, Any], found: Any) -> dict[str, Any]:
    """A row is new where it settles a day, updated where it changes a settled one."""
    settled = {change["day"]: change["settled"] for change in answer["changed"]}
    rows: dict[int, list[str]] = {}
    for day, _, _, row in found["notice"]:
        rows.setdefault(row, []).append(day)
    changed = [[settled[day] for day in days if day in settled] for days in rows.values()]
    return {
        "inserted": sum(bool(days) and not all(days) for days in changed),
        "updated": sum(bool(days) and all(days) for days in changed),
        "unchanged": sum(not days for days in changed),
        "repeated": found["repeated"],
        "refused": found["refused"],
        "moved": tuple(map(MovedDeadline.from_json, answer["moved"])),
        "days": tuple(map(ChangedDay.from_json, answer["changed"])),
    }
