"""Rule sets are put in force by the head, checked twice alike, and frozen by the months they scored."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, datetime
from typing import Any

import psycopg
import pytest

from app.clock import SHANGHAI
from app.errors import UserError
from app.rankings.queries import Period, history
from app.registry.queries import rule_sets
from app.rulesets import comparing, queries
from app.rulesets.commands import drop, put
from models.rules.ratings import Platform
from models.rules.rulesets import CHOICES, RANGES, SHIPPED, RuleSet, problem
from tests.databases import MONDAY, Database

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
PUT = "SELECT pd.put_rule_set(%s, %s, %s, %s)"
#: What a parameter may be mistaken for.
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 3, 61, 0.3, "0.3", "1", "1.5", "0.30000", "3", "", "hall", [], ["hall"], ["hall", "hall"],
    ["bank"], [["hall"]], [3], {}, {"quality": "1"}, {"1": "10"}, "pooled", ["pooled"],
)  # fmt: skip


def mutilated(dice: random.Random) -> Any:
    """A rule set's parameters in which something may be wrong, at any depth."""
    made = deepcopy(SHIPPED.to_json())
    for _ in range(dice.randrange(3)):
        place = made
        if dice.random() < 0.5:
            inner = place.get(dice.choice(("with_hall", "without_hall", "points")))
            place = inner if isinstance(inner, dict) else made
        what = dice.choice([*place, "other"])
        if dice.random() < 0.2:
            place.pop(what, None)
        else:
            place[what] = dice.choice(ODD)
    return made


def varied(dice: random.Random) -> RuleSet:
    """A rule set that is one."""
    cuts = sorted(dice.randrange(1, 100) for _ in range(3))
    parts = [str(b - a) for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    weights = dict(zip(("quality", "handling", "hall_adoption", "coverage"), parts, strict=True))
    made = SHIPPED.to_json()
    made["with_hall"] = {name: f"0.{int(part):02}" for name, part in weights.items()}
    made |= {name: dice.choice(values) for name, values in CHOICES.items()}
    made |= {name: dice.randint(*ends) for name, ends in RANGES.items()}
    for name in ("quality_platforms", "coverage_channels"):
        made[name] = [p.value for p in dice.sample(list(Platform), dice.randint(1, 11))]
    made["points"] = {str(level): str(dice.randint(0, 40) / 4) for level in range(1, 6)}
    return RuleSet.from_json("试", NOVEMBER, made)


def test_the_program_and_the_database_refuse_the_same_sets_with_the_same_words(database: Database) -> None:
    dice = random.Random(22)
    sets = [varied(dice).to_json() for _ in range(150)] + [mutilated(dice) for _ in range(1200)]
    sets.append(SHIPPED.to_json() | {"coverage_channels": ["hall", "hall"]})
    found = [answer for (answer,) in database.rows(
        "SELECT pd.rule_problem(p) FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS x(p, n) ORDER BY n",
        json.dumps(sets),
    )]  # fmt: skip
    assert [problem(one) for one in sets] == found
    assert not any(found[:150]) and len(set(found)) == 8
    for good in (one for one, said in zip(sets, found, strict=True) if said is None):
        assert RuleSet.from_json("试", NOVEMBER, good).to_json() == good


@pytest.fixture
def head(database: Database) -> Iterator[Any]:
    database.freeze(MONDAY)
    store = database.person("head")
    yield store
    store.close()


def changed(month: date = NOVEMBER, **over: Any) -> RuleSet:
    return RuleSet.from_json("新规则", month, SHIPPED.to_json() | over)


def test_the_head_puts_a_set_in_force_with_a_reason_and_everybody_reads_it(
    database: Database, head: Any
) -> None:
    with head.write() as connection:
        put(connection, changed(rectification_days=8), reason="市局来文")
    with database.store.read() as connection:
        first, second = queries.entries(connection)
    assert (first.rules, first.until, first.put_by, first.is_frozen) == (SHIPPED, NOVEMBER, None, False)
    assert (second.rules.name, second.put_by, second.reason) == ("新规则", "陈志强", "市局来文")
    assert database.one("SELECT pd.rule_number('rectification_days', '2026-11-30')") == 8
    assert database.one("SELECT pd.rule_number('rectification_days', '2026-10-31')") == 10
    for login, month in (
        ("officer", NOVEMBER),
        ("admin", NOVEMBER),
        ("head", date(2020, 12, 1)),
        ("head", date(2030, 1, 1)),
    ):
        with pytest.raises(psycopg.Error) as refused:
            database.raw(login, PUT, month, "乱改", json.dumps(SHIPPED.to_json()), "想改")
        assert refused.value.sqlstate in ("PD001", "PD003", "42501"), login
    with pytest.raises(UserError, match="依据"), head.write() as connection:
        put(connection, changed(), reason="　")


def test_a_set_that_scored_a_closed_month_is_frozen(database: Database, head: Any) -> None:
    with head.write() as connection:
        put(connection, changed(OCTOBER, small_sample=50), reason="试行")
    database.raw("officer", "SELECT pd.close_month('2026-10-01', '')")
    with database.store.read() as connection:
        assert [e.closed for e in queries.entries(connection)] == [(), (OCTOBER,)]
    for work in (
        lambda c: put(c, changed(OCTOBER), reason="再改"),
        lambda c: drop(c, OCTOBER, reason="不要了"),
    ):
        with pytest.raises(UserError, match="封账"), head.write() as connection:
            work(connection)
    with head.write() as connection:  # before it, and after it, nothing that was scored changes
        put(connection, changed(date(2026, 9, 1)), reason="九月起")
        put(connection, changed(NOVEMBER), reason="十一月起")
    with head.write() as connection:
        drop(connection, NOVEMBER, reason="不要了")
    database.raw("officer", "SELECT pd.reopen_month('2026-10-01', '重算')")
    with head.write() as connection:
        drop(connection, OCTOBER, reason="不再试行")
    with database.store.read() as connection:
        assert [r.effective_from for r in rule_sets(connection)] == [SHIPPED.effective_from, date(2026, 9, 1)]
    assert database.one("SELECT count(*) FROM pd.event WHERE action = 'rule_set_dropped'") == 2


def test_two_sets_are_held_against_each_other_on_the_same_month(database: Database) -> None:
    database.freeze(MONDAY)
    for name, rated, bad in (("甲镇", 90, 0), ("乙镇", 50, 1), ("丙镇", 50, 1)):
        agency = database.agency(name)
        batch = database.batch()
        database.rows("INSERT INTO pd.summary_count VALUES ('2026-10-01', %s, 'hall', 0, 100, %s, %s, 0, 0, %s, 0, 0, %s)",
                      agency, rated, rated - bad, bad, batch)  # fmt: skip
    database.ticket("甲镇", opened=datetime(2026, 10, 5, 9, tzinfo=SHANGHAI))
    database.rows("SELECT pd.refresh_tally('{2026-10-01}')")
    candidate = changed(
        without_hall={"quality": "0.3", "handling": "0", "hall_adoption": "0", "coverage": "0.7"}
    )
    with database.store.read() as connection:
        counted = history(connection, Period.month(OCTOBER))
        consequences = queries.consequences(connection, candidate)
    found = comparing.compare(counted, OCTOBER, "township", SHIPPED, candidate)
    rows = {row.agency: row for row in found.rows}
    assert [(r.agency, r.before.rank, r.after.rank) for r in found.rows if r.before and r.after] == [
        ("甲镇", 3, 1), ("乙镇", 1, 2), ("丙镇", 1, 2)]  # fmt: skip
    assert rows["甲镇"].moved == 2 and rows["乙镇"].moved == -1 and found.moved == 3
    assert {name.value: change for name, change in rows["甲镇"].parts}["handling"] == 0
    assert not found.counts_differ
    assert consequences.months == () and consequences.until is None and consequences.closed == ()
    assert [(d.name, d.before, d.after) for d in consequences.deadlines] == []
