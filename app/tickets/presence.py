"""Who else has a ticket open now, and telling that oneself has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Somebody else who has the ticket open. `since`: aware; `typing`: they are filling something in."""

    name: str
    since: datetime
    typing: bool


def look(connection: Connection, ticket_id: int, *, typing: bool) -> tuple[Onlooker, ...]:
    """Says that this person has the ticket open, for a minute; gives who else has, the longest first.

    Raises UserError where they may not see it.
    """
    found = connection.execute(
        text("SELECT name, since, typing_too FROM pd.look(:ticket, :typing)"),
        {"ticket": ticket_id, "typing": typing},
    )
    return tuple(Onlooker(row.name, row.since, row.typing_too) for row in found)


def look_away(connection: Connection, ticket_id: int) -> None:
    """Says that this person has left the ticket."""
    connection.execute(text("SELECT pd.look_away(:ticket)"), {"ticket": ticket_id})
