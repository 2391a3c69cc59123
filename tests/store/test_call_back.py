"""须回访 (Art. 15): the mark, the filter, the count and the calls that are due are one."""

from __future__ import annotations

from uuid import uuid4

from app.callbacks import commands
from app.callbacks import queries as callbacks
from app.callbacks.commands import Call
from app.callbacks.rows import CallFilter
from app.desk import queries as desk
from app.tickets import queries
from app.tickets.queries import TicketFilter, Waiting
from app.workspace import Person
from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.store.acting import act

OFFICER = Person("officer", "李伟", Group.OFFICER, None, None, False)


def marked(database: Database) -> list[list[int]]:
    """The tickets marked, listed, and called for."""
    with database.store.read() as connection:
        every = queries.page(connection, TicketFilter(), person=OFFICER).rows
        listed = queries.page(connection, TicketFilter(waiting=Waiting.CALL_BACK), person=OFFICER).rows
        due = callbacks.page(connection, CallFilter(), person=OFFICER).rows
        counts = {line.name: line.count for line in desk.duties(connection, person=OFFICER)}
        assert counts["回访待办"] == len(due)
    return [
        [row.id for row in every if row.is_called_back],
        [row.id for row in listed],
        [row.ticket for row in due],
    ]


def test_a_bad_rating_by_hotline_is_listed_counted_and_marked_until_the_person_was_called(
    database: Database,
) -> None:
    database.freeze(MONDAY)
    hall, hotline, rejected, good = (database.ticket() for _ in range(4))
    database.rows("UPDATE pd.ticket SET platform = 'hotline' WHERE id <> %s", hall)
    database.rows("UPDATE pd.ticket SET level = 3 WHERE id = %s", good)
    act(database, rejected, Action.REJECT, reason="重复", reason_code="duplicate")
    assert marked(database) == [[hotline]] * 3
    with database.store.read() as connection:
        row = callbacks.page(connection, CallFilter(), person=OFFICER).rows[0]
    with database.store.write() as connection:
        commands.record_call(connection, row, Call("satisfied", ""), command_id=uuid4())
    assert marked(database) == [[]] * 3
