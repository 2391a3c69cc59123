"""The two steps of a look at a contact, as the window takes them; and who is offered them."""

from __future__ import annotations

import pytest

from app.errors import UserError
from app.tickets import contacts, queries
from models.rules.lifecycle import Action
from tests.databases import MONDAY, Database
from tests.store.acting import act


@pytest.fixture
def ticket(database: Database) -> int:
    database.freeze(MONDAY)
    for number, agency in enumerate(("甲镇", "乙镇"), start=1):
        database.liaison(f"liaison-{number:02}", agency)
    made = database.ticket("甲镇")
    act(database, made, Action.VERIFY_AND_DISPATCH, lead="甲镇", co=["乙镇"])
    return made


def test_record_then_contact_then_the_time_line_shows_it(database: Database, ticket: int) -> None:
    with database.store.write() as connection:
        number = contacts.record(connection, ticket, " 回访核实诉求 ")
    with database.store.read() as connection:
        assert contacts.contact(connection, number) == contacts.Contact("杨秀敏", "13384382025")
        last = queries.ticket(connection, ticket).time_line[-1]
    assert (last.action, last.text) == ("查看联系方式", "回访核实诉求")


def test_both_steps_in_one_transaction_give_nothing(database: Database, ticket: int) -> None:
    with pytest.raises(UserError, match="先写明理由"), database.store.write() as connection:
        contacts.contact(connection, contacts.record(connection, ticket, "回访核实诉求"))


@pytest.mark.parametrize(("reason", "said"), [(" x ", "写明"), ("长" * 501, "至多")])
def test_a_reason_says_something(database: Database, ticket: int, reason: str, said: str) -> None:
    with pytest.raises(UserError, match=said), database.store.write() as connection:
        contacts.record(connection, ticket, reason)


def test_what_is_offered_is_what_the_database_allows(database: Database, ticket: int) -> None:
    def refused(login: str) -> str | None:
        store = database.person(login)
        with store.read() as connection:
            answer = queries.ticket(connection, ticket).contact_refused
        store.close()
        return answer

    assert refused("officer") is None and refused("liaison-01") is None
    assert "主办单位" in (refused("liaison-02") or "")
    database.rows("UPDATE pd.ticket SET contact_name = NULL, contact_phone = NULL")
    assert "没有留下" in (refused("officer") or "")
