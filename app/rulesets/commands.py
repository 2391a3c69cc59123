"""What changes the rules; the database demands the head of the centre, a reason, and months that are not closed."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.errors import UserError
from app.workspace import Person
from models.rules.people import Group
from models.rules.rulesets import RuleSet, problem

LONGEST_NAME, LONGEST_REASON = 30, 500
_CHANGES = Changes(Kind.RULES | Kind.TALLY)


def may_put(person: Person) -> bool:
    """Whether this person may put rule sets in force: the head of the centre."""
    return person.group is Group.OFFICER and person.is_head


def put(connection: Connection, rules: RuleSet, *, reason: str) -> Changes:
    """Puts a rule set in force from its month on. Raises UserError."""
    parameters = rules.to_json()
    if (why := problem(parameters)) is not None:
        raise UserError(f"规则集不能施行：{why}。", code="refused")
    connection.execute(
        text("SELECT pd.put_rule_set(:month, :name, CAST(:parameters AS jsonb), :reason)"),
        {
            "month": rules.effective_from,
            "name": rules.name,
            "parameters": json.dumps(parameters),
            "reason": reason,
        },
    )
    return _CHANGES


def drop(connection: Connection, month: date, *, reason: str) -> Changes:
    """Takes back the rule set that is in force from `month` on. Raises UserError."""
    connection.execute(text("SELECT pd.drop_rule_set(:month, :reason)"), {"month": month, "reason": reason})
    return _CHANGES
