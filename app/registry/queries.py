"""What is shown of the registry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from app.errors import UserError
from app.registry import calendars
from app.registry.rows import Body, BodyKind
from models.rules import rulesets
from models.rules.rulesets import RuleSet
from models.rules.worktime import Calendar

__all__ = [
    "AgencyName",
    "Body",
    "BodyKind",
    "agencies",
    "body",
    "calendar",
    "counts",
    "rule_set",
    "rule_sets",
]


@dataclass(frozen=True, slots=True)
class AgencyName:
    """An agency as it is offered for choice; `initials`: pinyin initials."""

    id: int
    name: str
    kind: str
    initials: str
    standing: int


def agencies(connection: Connection) -> tuple[AgencyName, ...]:
    """All agencies in standing order."""
    rows = connection.execute(
        text("SELECT id, name, kind, initials, standing FROM agency ORDER BY standing, id")
    )
    return tuple(AgencyName(*row) for row in rows)


def body(connection: Connection, kind: BodyKind) -> Body:
    """One body as papers name it."""
    return next(found for found in bodies(connection) if found.kind is kind)


def bodies(connection: Connection) -> tuple[Body, ...]:
    """Who is named on papers, the centre first."""
    rows = connection.execute(text("SELECT kind, name, address, phone FROM body"))
    found = {BodyKind(kind): Body(BodyKind(kind), *rest) for kind, *rest in rows}
    return tuple(found[kind] for kind in BodyKind)


def counts(connection: Connection) -> tuple[int, int, int]:
    """Registered agencies, registered halls, people."""
    row = connection.execute(
        text(
            "SELECT (SELECT count(*) FROM agency WHERE registered), (SELECT count(*) FROM hall WHERE registered),"
            " (SELECT count(*) FROM app_user)"
        )
    ).one()
    return row[0], row[1], row[2]


def rule_set(connection: Connection, month: date) -> RuleSet | None:
    """The rule set in force in a month, None before the first one."""
    return rulesets.in_force(rule_sets(connection), month)


def rule_sets(connection: Connection) -> tuple[RuleSet, ...]:
    """All rule sets, the earliest first."""
    rows = connection.execute(
        text("SELECT name, effective_from, parameters FROM rule_set ORDER BY effective_from")
    )
    return tuple(RuleSet.from_json(*row) for row in rows)


def today(connection: Connection) -> date:
    """The database's day."""
    return connection.execute(text("SELECT pd.today()")).scalar_one()  # type: ignore[no-any-return]


def rule_number(connection: Connection, name: str) -> int:
    """A number of the rule set in force today; raises UserError where none is."""
    rules = rule_set(connection, today(connection))
    if rules is None:
        raise UserError("还没有适用的规则集。", code="no_rule_set")
    return int(getattr(rules, name))


def calendar(connection: Connection, starts: Iterable[tuple[date, int]]) -> Calendar:
    """The work calendar of this database, as much as these deadlines need: (start, working days)."""
    return calendars.kept_for(connection, starts)
