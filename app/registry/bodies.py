"""Who is named on papers: who may change it, when that was last done, and the change itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.registry.calendar_days import READS_LOG
from app.registry.rows import Body
from app.workspace import Person
from models.rules.people import Group


@dataclass(frozen=True, slots=True)
class Change:
    """When the names were last changed, and by whom."""

    at: datetime
    person: str


def may_change(person: Person) -> bool:
    """Whether this person may change the names: the head of the centre."""
    return person.group is Group.OFFICER and person.is_head


def last_change(connection: Connection, group: Group) -> Change | None:
    """The latest change on record; None where there is none, or for a group that does not read the log."""
    if group not in READS_LOG:
        return None
    found = connection.execute(
        text("""
            SELECT e.at, coalesce(u.name, e.actor) FROM event e LEFT JOIN app_user u ON u.login = e.actor
            WHERE e.action = 'configured' AND e.facts ->> 'table' = 'body' ORDER BY e.id DESC LIMIT 1""")
    ).first()
    return Change(*found) if found else None


def set_body(connection: Connection, changed: Body) -> Changes:
    """Changes what papers say from now on; a command. Raises UserError."""
    connection.execute(
        text("SELECT pd.set_body(:kind, :name, :address, :phone)"),
        {
            "kind": changed.kind.value,
            "name": changed.name,
            "address": changed.address,
            "phone": changed.phone,
        },
    )
    return Changes(Kind.REGISTRY)
