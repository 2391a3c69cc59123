"""须回访 (Art. 15): the mark, the filter and the count are one."""

from __future__ import annotations

from app.desk import queries as desk
from app.tickets import queries
from app.tickets.queries import TicketFilter, Waiting
from app.workspace import Person
from models.rules.lifecycle import Action
from models.rules.people import Group
from tests.databases import MONDAY, Database
from tests.store.acting import act

OFFICER = Person("officer", "李伟", Group.OFFICER, None, None, False)


def test_a_bad_rating_by_hotline_is_listed_counted_and_marked(database: Database) -> None:
    database.freeze(MONDAY)
    hall, hotline, rejected, good = (database.ticket() for _ in range(4))
    database.rows("UPDATE pd.ticket SET platform = 'hotline' WHERE id <> %s", hall)
    database.rows("UPDATE pd.ticket SET level = 3 WHERE id = %s", good)
    act(database, rejected, Action.REJECT, reason="重复", reason_code="duplicate")
    with database.store.read() as connection:
        every = queries.page(connection, TicketFilter(), person=OFFICER).rows
        listed = queries.page(connection, TicketFilter(waiting=Waiting.CALL_BACK), person=OFFICER).rows
        line = next(w for w in desk.waiting(connection, person=OFFICER) if w.waiting is Waiting.CALL_BACK)
    assert [r.id for r in every if r.is_called_back] == [r.id for r in listed] == [hotline]
    assert line.count == 1
