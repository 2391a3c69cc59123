"""What the province wrote first stays beside what it wrote later, also on a ticket without a rating."""

from __future__ import annotations

from app.tickets import queries
from tests.databases import MONDAY, Database


def test_a_tickets_first_words_stay_beside_the_later_ones(database: Database) -> None:
    database.freeze(MONDAY)
    ticket = database.ticket()
    database.rows("UPDATE pd.ticket SET level = 2, reason = '只跑了一趟' WHERE id = %s", ticket)
    with database.store.read() as connection:
        first, now = queries.ticket(connection, ticket).revisions
    assert (first.level, first.reason) == (1, "材料反复要")
    assert (now.level, now.reason) == (2, "只跑了一趟")


def test_an_act_keeps_no_copy(database: Database) -> None:
    ticket = database.ticket()
    database.rows("UPDATE pd.ticket SET state = 'rejected' WHERE id = %s", ticket)
    assert database.rows("SELECT 1 FROM pd.ticket_revision") == []
