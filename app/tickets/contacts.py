"""The rater's contact (Guide 4.2): shown to who must call, after who, when and why are on record.

Two steps in two transactions, as the database demands: a number seen before its record is committed could be
seen without one.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from app.errors import UserError
from app.tickets.rows import TicketRow
from models.rules.lifecycle import State
from models.rules.people import Group

#: States in which the lead agency has to speak with the person (Art. 3, 23).
_AGENCY_CALLS = (State.DISPATCHED, State.RECTIFYING, State.SUBMITTED, State.APPROVED, State.REPORTED)
#: Characters of a reason, at least and at most.
SHORTEST, LONGEST = 2, 500


@dataclass(frozen=True, slots=True)
class Contact:
    """Who rated, unmasked; either part may not have been left."""

    name: str | None
    phone: str | None


def why_not(row: TicketRow, group: Group, leads: bool, *, left: bool) -> str | None:
    """Why this person may not look at the contact now, None where they may. `left`: whether there is any."""
    if not left:
        return "评价人没有留下联系方式"
    if group is Group.OFFICER:
        return None
    if group is not Group.LIAISON or not leads:
        return "只有中心和主办单位可以查看联系方式"
    return None if row.state in _AGENCY_CALLS else "主办单位在办理期间可以查看联系方式"


def problem(reason: str) -> str | None:
    """What is wrong with a reason, None where nothing is."""
    length = len(reason.strip())
    if length < SHORTEST:
        return "请写明查看的理由"
    return f"理由至多 {LONGEST} 字" if length > LONGEST else None


def record(connection: Connection, ticket_id: int, reason: str) -> int:
    """First step: writes who looks, when and why; returns the record's number. Commit before the second."""
    wrong = problem(reason)
    if wrong:
        raise UserError(f"{wrong}。", code="refused")
    return int(
        connection.execute(
            text("SELECT pd.reveal_contact(:ticket, :reason)"),
            {"ticket": ticket_id, "reason": reason.strip()},
        ).scalar_one()
    )


def contact(connection: Connection, record_number: int) -> Contact:
    """Second step: the contact of one's own record, for ten minutes."""
    row = connection.execute(
        text("SELECT name, phone FROM pd.revealed_contact(:number)"), {"number": record_number}
    ).one()
    return Contact(row.name, row.phone)
