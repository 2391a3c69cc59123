"""Appeals and tickets at random, side by side: each step ends as the rules say, and the counts stay true.

Every world has its ratings, people and days; whatever comes of the tickets, an appeal goes only where `models.rules.appeals`
lets it, the counts are those of the ratings with their corrections, and a month that was closed stays as it was.
"""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from app.clock import SHANGHAI
from app.rankings import queries as rankings
from app.rankings.queries import Period
from models.rules import appeals
from models.rules.appeals import Effect, Finding, State, Step
from models.rules.lifecycle import BY_HAND, Action
from models.rules.people import Group
from tests.databases import Database
from tests.store import loads
from tests.store.acting import MATERIAL, act

BEGIN = datetime(2026, 10, 26, 9, tzinfo=SHANGHAI)
PEOPLE = {
    "officer": (Group.OFFICER, None),
    "liaison-01": (Group.LIAISON, "甲镇"),
    "liaison-02": (Group.LIAISON, "乙镇"),
}
CASES = tuple(f"B{n}" for n in range(8))
#: What a door may say to whom it refuses: a rule, somebody was faster, no right.
REFUSED = ("PD001", "PD002", "PD003")


class World:
    """What is on file, and what the rules alone say of it."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database, self.dice = database, random.Random(seed)
        database.freeze(BEGIN)
        for number, agency in enumerate(("甲镇", "乙镇"), 1):
            database.liaison(f"liaison-0{number}", agency)
        with loads.connect(database) as connection:
            rows = [
                {
                    "case_number": case,
                    "level": 1 + n % 2,
                    "agency": ("甲镇", "乙镇")[n % 2],
                    "rated_at": BEGIN + timedelta(days=n),
                }
                for n, case in enumerate(CASES)
            ]
            loads.ratings(connection, *rows, {"case_number": "G", "level": 5, "rated_at": BEGIN})
        self.agency = {row["case_number"]: row["agency"] for row in rows}
        self.levels = {row["case_number"]: row["level"] for row in rows} | {"G": 5}
        self.appeals: dict[int, tuple[str, State, str | None, Finding | None]] = {}
        self.kept: Any = None
        self.refused = self.done = 0

    def one(self, statement: str, *values: Any) -> Any:
        return self.database.one(statement, *values)

    def ask(self, login: str, statement: str, *values: Any) -> Any:
        """The answer of a door, None where it refused with one of its own sentences."""
        try:
            return self.database.raw(login, statement, *values)[0][0]
        except psycopg.Error as error:
            assert error.sqlstate in REFUSED, error
            return None

    # steps ------------------------------------------------------------------------------------------------

    def pass_time(self) -> None:
        now = self.one("SELECT pd.now()") + timedelta(hours=self.dice.choice((3, 20, 50)))
        self.database.freeze(now)

    def work_on_a_ticket(self) -> None:
        ticket = self.dice.choice(self.database.rows("SELECT id FROM pd.ticket ORDER BY id"))[0]
        action, login = self.dice.choice(BY_HAND), self.dice.choice(list(PEOPLE))
        payload = (
            MATERIAL
            if action is Action.SUBMIT
            else {"reason_code": "other"}
            if action is Action.REJECT
            else {}
        )
        lead = (
            self.dice.choice(("甲镇", "乙镇"))
            if action in (Action.VERIFY_AND_DISPATCH, Action.REDISPATCH)
            else None
        )
        try:
            act(
                self.database,
                ticket,
                action,
                login=login,
                reason="理由",
                payload=payload,
                **({"lead": lead} if lead else {}),
            )
        except Exception as error:
            assert getattr(error, "code", None) or getattr(error, "sqlstate", "") in REFUSED, error

    def file(self) -> None:
        case, login = self.dice.choice(CASES), self.dice.choice(list(PEOPLE))
        facts = {"rating": self.one("SELECT id FROM pd.rating WHERE case_number = %s", case), "appellant": "林海",
                 "statement": "不是本人办的", "admission": self.dice.choice((None, "补办"))}  # fmt: skip
        made = self.ask(login, "SELECT pd.file_appeal(%s::jsonb, gen_random_uuid())", json.dumps(facts))
        open_ones = [
            a for a, (c, state, *_) in self.appeals.items() if c == case and state is not State.WITHDRAWN
        ]
        if made is None:
            self.refused += 1
            return
        assert not open_ones
        holder = self.one(
            "SELECT g.name FROM pd.appeal a JOIN pd.agency g ON g.id = a.agency_id WHERE a.id = %s",
            made["appeal"],
        )
        assert PEOPLE[login][1] in (None, holder)
        self.appeals[made["appeal"]] = (case, State.FILED, holder, None)

    def step(self) -> None:
        if not self.appeals:
            return
        number = self.dice.choice(list(self.appeals))
        case, state, holder, found = self.appeals[number]
        login, step = self.dice.choice(list(PEOPLE)), self.dice.choice(list(Step))
        finding, level = self.dice.choice((Finding.MISTAKEN, Finding.MALICIOUS)), self.dice.choice((None, 5))
        open_ticket = self.one(
            "SELECT EXISTS (SELECT FROM pd.rating r JOIN pd.ticket t ON t.id = r.ticket_id WHERE r.case_number = %s"
            " AND t.state NOT IN ('closed', 'rejected'))", case)  # fmt: skip
        payload = {
            "text": "核实",
            "finding": finding.value,
            "level": level,
            "withdraw_ticket": open_ticket and self.dice.random() < 0.4,
        }
        version = self.one("SELECT version FROM pd.appeal WHERE id = %s", number)
        answer = self.ask(
            login,
            "SELECT pd.act_appeal(%s, %s, %s, %s::jsonb, %s)",
            number,
            version,
            step.value,
            json.dumps(payload),
            uuid4(),
        )
        group, own = PEOPLE[login]
        may = own in (None, holder) and step in appeals.allowed(state, group)
        assert (answer is not None) == may, (login, step, state, holder)
        if answer is None:
            self.refused += 1
            return
        self.done += 1
        target = next(
            m.target for m in appeals.MOVES if m.step is step and m.source is state and m.group is group
        )
        found = finding if step is Step.UPHOLD else None if step is Step.RETURN else found
        assert answer["state"] == target.value
        self.appeals[number] = (case, target, holder, found)
        if step is Step.CORRECT:
            self.correct(case, found, level)

    def correct(self, case: str, found: Finding | None, level: int | None) -> None:
        assert found is not None
        effect = appeals.effect_of(found, level)
        if effect is Effect.EXCLUDE:
            del self.levels[case]
        else:
            self.levels[case] = int(level or 0)

    def close(self) -> None:
        if self.kept is None and self.one("SELECT pd.today() >= '2026-11-01'"):
            self.database.raw("officer", "SELECT pd.close_month('2026-10-01', '')")
            self.kept = self.figures()

    # what holds -------------------------------------------------------------------------------------------

    def figures(self) -> Any:
        with self.database.store.read() as connection:
            view = rankings.ranking(
                connection, Period.month(date(2026, 10, 1)), group="township", compare=False
            )
        return view.rows, view.unranked, view.facts

    def check(self) -> None:
        kept = self.database.rows("SELECT sum(level_5), sum(level_2), sum(level_1) FROM pd.tally")[0]
        assert tuple(int(n or 0) for n in kept) == tuple(
            sum(level == wanted for level in self.levels.values()) for wanted in (5, 2, 1)
        )
        assert self.kept is None or self.figures() == self.kept
        now = dict(self.database.rows("SELECT id, state FROM pd.appeal"))
        assert now == {number: state.value for number, (_, state, *_) in self.appeals.items()}
        gone = self.database.rows(
            "SELECT t.id FROM pd.ticket t WHERE t.state = 'rejected' AND EXISTS (SELECT FROM pd.event e WHERE e.ticket_id = t.id"
            " AND e.action = 'withdraw') EXCEPT SELECT r.ticket_id FROM pd.appeal a JOIN pd.rating r ON r.id = a.rating_id"
            " WHERE a.withdrew_ticket")  # fmt: skip
        assert gone == []


@pytest.mark.parametrize("seed", range(3))
def test_appeals_end_as_the_rules_have_it_and_the_counts_stay_true(database: Database, seed: int) -> None:
    world = World(database, seed)
    moves = (
        (world.work_on_a_ticket,) * 4 + (world.file,) * 2 + (world.step,) * 9 + (world.pass_time, world.close)
    )
    for _ in range(220):
        world.dice.choice(moves)()
    world.check()
    assert world.done > 3 and world.refused > 20
    assert database.raw("officer", "SELECT pd.rebuild_tally() ->> 'changed'") == [("0",)]
    assert (
        database.rows("SELECT count(*) FROM pd.appeal_step s WHERE s.action <> 'appeal_filed'")[0][0]
        == world.done
    )
