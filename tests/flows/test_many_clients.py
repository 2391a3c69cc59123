"""Fifty people at once, each at their own work: nothing is lost, nothing deadlocks, every count is right."""

from __future__ import annotations

import json
import threading
from typing import Any
from uuid import uuid4

from app.errors import UserError
from models.rules.lifecycle import Action
from tests.databases import Database
from tests.flows import clients, crowd
from tests.flows.clients import Act, Client

#: What each of the fifty does, so that a run takes some ten seconds on two cores; the benchmark runs longer.
TURNS, TICKETS = 10, 80


def test_fifty_people_at_once() -> None:
    with crowd.new_county() as county:
        report = crowd.at_work(county, TICKETS, lambda client: client.turns < TURNS)
        assert report.acts and report.done["heard"]
        assert report.done["load_file"] and report.done["bring_notice"] and report.done["administer"]


def test_of_all_who_press_at_once_one_is_first(database: Database) -> None:
    """Each version of a ticket is left by one act alone; everybody else is told to look again."""
    ticket = database.ticket()
    people = [Client(database, login) for login in ("officer", "head") * 3]

    def press(client: Client) -> None:
        for version in range(1, 9):
            action = Action.VERIFY_AND_DISPATCH if version % 2 else Action.RECALL
            given = {"lead": "甲镇"} if version % 2 else {}
            try:
                client.act(ticket, version, action, **given)
            except UserError as error:
                assert error.code == "stale"

    report = clients.at_once(people, press)
    for client in people:
        client.close()
    assert sorted(act.after for act in report.acts) == list(range(2, 10))
    clients.check(database, report, ["officer"])


def test_acts_that_meet_in_one_count_are_all_counted(database: Database) -> None:
    """Tickets of one agency and one day share a row of the tally; a later act would count it anew and mend it."""
    people = [Client(database, login) for login in ("officer", "head") * 4]
    tickets = {client: database.ticket("甲镇") for client in people}
    gate = threading.Barrier(len(people))

    def in_step(client: Client) -> None:
        for version in range(1, 11):
            action = Action.VERIFY_AND_DISPATCH if version % 2 else Action.RECALL
            gate.wait(60)
            client.act(tickets[client], version, action, **({"lead": "甲镇"} if version % 2 else {}))
            if gate.wait(60) == 0:
                clients.check_figures(database)

    report = clients.at_once(people, in_step)
    for client in people:
        client.close()
    assert len(report.acts) == 10 * len(people)
    clients.check(database, report, ["officer"])


def test_a_notice_of_holidays_waits_for_acts_that_count_days(database: Database) -> None:
    """A deadline reckoned by the old calendar while the new one comes in would be moved by nobody."""
    ticket = database.ticket()
    saturday = database.one("SELECT pd.today() + 6 - extract(isodow FROM pd.today())::integer")
    notice = json.dumps([{"day": str(saturday), "working": True, "why": "调休上班"}])
    officer, acted = Client(database, "officer"), threading.Event()

    def bring_notice() -> Any:
        acted.wait(30)
        return database.raw("head", "SELECT pd.import_notice(%s::jsonb, '通知')", notice)

    with clients.in_background(bring_notice) as told:
        with officer.workspace.write() as connection:
            Act(ticket, uuid4(), 1, Action.VERIFY_AND_DISPATCH, {"lead": "甲镇"}).carry_out(connection)
            acted.set()
            clients.until(lambda: told.done() or database.one(_WAITING) == 1)
        ((answer,),) = told.result(30)
    officer.close()
    assert [moved["ticket"] for moved in answer["moved"]] == [ticket]
    clients.check_clocks(database)


_WAITING = """
SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


def test_who_gives_way_in_a_deadlock_is_not_told(database: Database) -> None:
    """Two units of work take two tickets crosswise: one is chosen to give way, does it again, and both are done."""
    one, other = database.ticket(), database.ticket()
    both_hold_one = threading.Barrier(2)
    people = [Client(database, login) for login in ("officer", "head")]
    commands = {(client.login, ticket): uuid4() for client in people for ticket in (one, other)}

    def annotate_both(client: Client) -> None:
        tickets = (one, other) if client is people[0] else (other, one)

        def unit() -> None:
            with client.workspace.write() as connection:
                for ticket in tickets:
                    act = Act(ticket, commands[client.login, ticket], 1, Action.ANNOTATE)
                    act.carry_out(connection)
                    if not client.report.again and ticket == tickets[0]:
                        both_hold_one.wait(30)

        client.patiently(unit)

    report = clients.at_once(people, annotate_both)
    for client in people:
        client.close()
    assert report.again == {"busy": 1}
    written = database.rows("SELECT text FROM pd.event_text")
    assert sorted(written) == sorted((str(command),) for command in commands.values())
