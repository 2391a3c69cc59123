"""Acting on a ticket as somebody, through the command, in one unit of work."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from app.tickets import commands
from app.tickets.commands import Done
from models.rules.lifecycle import Action
from tests.databases import Database

#: What the lead agency writes when it submits.
MATERIAL = {
    "found_true": True,
    "found_reasonable": True,
    "cause": "窗口告知不全",
    "measures": "已补充材料清单并培训窗口人员",
    "feedback": {"reached": True, "how": "电话", "at": "2026-11-02T10:30", "said": "表示满意"},
    "reviewed_by": "钟娟洋",
}
CLOSED = {"receipt": "ZJ12345-01", "closed_on": "2026-11-02"}


def act(database: Database, ticket: int, action: Action, *, login: str = "officer", **given: Any) -> Done:
    version = given.pop("version", None) or database.one(
        "SELECT version FROM pd.ticket WHERE id = %s", ticket
    )
    store = database.person(login)
    try:
        with store.write() as connection:
            return commands.act(
                connection, ticket, version, action, command_id=given.pop("command_id", uuid4()), **given
            )
    finally:
        store.close()
