"""Who is named on papers: the centre, the bureau it reports to, the hotline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.registry.calendar_days import READS_LOG
from app.workspace import Person
from models.rules.people import Group

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_PHONE = 40, 100, 30
_PHONE = re.compile(rf"[0-9 +()（）-]{{0,{LONGEST_PHONE}}}")


class BodyKind(StrEnum):
    """Which body."""

    CENTRE = "centre"
    BUREAU = "bureau"
    HOTLINE = "hotline"

    @property
    def label(self) -> str:
        """The Chinese name of what it is."""
        return {"centre": "中心", "bureau": "市政务服务数据管理局", "hotline": "12345热线"}[self.value]


@dataclass(frozen=True, slots=True)
class Body:
    """A body as papers name it."""

    kind: BodyKind
    name: str
    address: str
    phone: str

    def problem(self) -> str | None:
        """What is missing or wrong, as a sentence."""
        if not self.name.strip():
            return "请填写单位名称。"
        if not _PHONE.fullmatch(self.phone):
            return "电话只能用数字、空格、加号、短横线和括号。"
        return None


@dataclass(frozen=True, slots=True)
class Change:
    """When the names were last changed, and by whom."""

    at: datetime
    person: str


def may_change(person: Person) -> bool:
    """Whether this person may change the names: the head of the centre."""
    return person.group is Group.OFFICER and person.is_head


def body(connection: Connection, kind: BodyKind) -> Body:
    """One body as papers name it."""
    return next(found for found in bodies(connection) if found.kind is kind)


def bodies(connection: Connection) -> tuple[Body, ...]:
    """All of them, the centre first."""
    rows = connection.execute(text("SELECT kind, name, address, phone FROM body"))
    found = {BodyKind(kind): Body(BodyKind(kind), *rest) for kind, *rest in rows}
    return tuple(found[kind] for kind in BodyKind)


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
