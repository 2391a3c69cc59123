"""What every new database holds: the work calendar, the shipped rule set, the label codes, its people."""

from __future__ import annotations

import csv
import json
from datetime import datetime

from sqlalchemy import Connection, text

import resources
from app.clock import SHANGHAI
from app.registry import calendars
from models.rules.people import Group
from models.rules.ratings import label_level
from models.rules.rulesets import SHIPPED

#: People of every embedded database: login, name on screen, group, head.
PEOPLE = (
    ("officer", "李伟", Group.OFFICER, False),
    ("head", "陈志强", Group.OFFICER, True),
    ("admin", "系统管理员", Group.ADMIN, False),
    ("auditor", "审计员", Group.AUDITOR, False),
    ("bureau", "数据管理局经办", Group.BUREAU, False),
)
SECOND_OFFICER = ("officer-2", "王芳", Group.OFFICER, False)


def seed(connection: Connection) -> None:
    """Fills what is missing, as the database's administrator; a second time changes nothing."""
    if connection.execute(text("SELECT 1 FROM rule_set LIMIT 1")).scalar() is None:
        for table, rows in contents():
            connection.execute(
                text(
                    f"INSERT INTO pd.{table} SELECT * FROM jsonb_populate_recordset(NULL::pd.{table}, :rows)"
                ),
                {"rows": json.dumps(rows, ensure_ascii=False, default=str)},
            )


def contents() -> tuple[tuple[str, list[dict[str, object]]], ...]:
    """Table → rows with every column: one statement each, so that each is one entry of the log."""
    now = datetime.now(SHANGHAI)
    years = [{"year": y, "source": "国务院办公厅通知", "imported_at": now} for y in calendars.shipped_years()]
    rule_set = {
        "effective_from": SHIPPED.effective_from,
        "name": SHIPPED.name,
        "parameters": SHIPPED.to_json(),
    }
    return (
        ("calendar_day", calendars.days_to_keep()),
        ("calendar_year", years),
        ("rule_set", [rule_set]),
        ("label_code", _labels()),
    )


def _labels() -> list[dict[str, object]]:
    with resources.path("labels.csv").open(encoding="utf-8", newline="") as file:
        return [
            {
                "code": row["code"],
                "text": row["text"] or "（旧标签）",
                "level": label_level(row["code"]),
                "retired": row["retired"] == "yes",
            }
            for row in csv.DictReader(file)
        ]


def add_people(connection: Connection, *, secret: str | None) -> None:
    """The people of every embedded database; `secret`: the password of loopback logins."""
    for login, name, group, head in PEOPLE:
        add_person(connection, login, name, group, head=head, secret=secret)


def add_sample_people(connection: Connection, *, secret: str | None) -> None:
    """A second officer, and a liaison for each agency in the registry's standing order."""
    login, name, group, head = SECOND_OFFICER
    add_person(connection, login, name, group, head=head, secret=secret)
    for liaison, person, agency_id in sample_liaisons(connection):
        add_person(connection, liaison, person, Group.LIAISON, agency_id=agency_id, secret=secret)


def sample_liaisons(connection: Connection) -> list[tuple[str, str, int]]:
    """Login, name and agency of a liaison for each agency, in the registry's standing order."""
    agencies = connection.execute(
        text(
            "SELECT a.id, coalesce((SELECT o.person FROM responsible_office o WHERE o.agency_id = a.id LIMIT 1), a.name)"
            " FROM agency a WHERE a.registered ORDER BY a.standing, a.id"
        )
    )
    return [(f"liaison-{number:02}", name, agency) for number, (agency, name) in enumerate(agencies, start=1)]


def add_person(
    connection: Connection,
    login: str,
    name: str,
    group: Group,
    *,
    agency_id: int | None = None,
    head: bool = False,
    secret: str | None = None,
) -> None:
    """A person where missing. A role that another database of this server made in the same group is taken over.

    `secret`: the common password of logins on loopback; central people get theirs from an admin.
    """
    if connection.execute(text("SELECT 1 FROM app_user WHERE login = :l"), {"l": login}).scalar() is None:
        connection.execute(
            text("SELECT pd.make_person(:login, :name, :group, :agency, :head, NULL, false, true)"),
            {"login": login, "name": name, "group": group.value, "agency": agency_id, "head": head},
        )
    if secret is not None:
        quoted = connection.dialect.identifier_preparer.quote_identifier(login)
        # Of the alphabet of token_urlsafe: nothing in it needs quoting.
        connection.exec_driver_sql(f"ALTER ROLE {quoted} PASSWORD '{secret}'")
