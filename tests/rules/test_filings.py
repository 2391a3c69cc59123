"""The life of a filing as data, held together with the database's door."""

from __future__ import annotations

from itertools import product
from typing import cast

import psycopg
import pytest

from models.rules.filings import MOVES, WAITING, State, Step, allowed, needs_text
from models.rules.people import Group
from tests.databases import Database

_INSERT = """
INSERT INTO pd.filing (year, number, kind, first_month, last_month, recipient, note, state, lines, lines_hash, chain_no, filed_on, filed_at, filed_by)
VALUES (2026, %s, 'rectifications', '2026-10-01', '2026-10-01', '局', '', %s, 1, '', 0, '2026-11-02', pd.now(), 'officer') RETURNING id
"""


def _answer(
    connection: psycopg.Connection[tuple[object, ...]], number: int, step: Step, words: str | None
) -> str | None:
    """The state a step leads to, None where it is refused; nothing is kept."""
    try:
        with connection.transaction(force_rollback=True):
            said = connection.execute(
                "SELECT pd.act_filing(%s, 1, %s, %s)", (number, step.value, words)
            ).fetchone()
            assert said is not None
            return str(cast(dict[str, object], said[0])["state"])
    except psycopg.Error as error:
        assert error.sqlstate == "PD001"
        return None


@pytest.mark.parametrize("group", [Group.OFFICER, Group.BUREAU])
def test_the_database_allows_what_the_rules_say(database: Database, group: Group) -> None:
    made = {state: database.one(_INSERT, number, state.value) for number, state in enumerate(State, 1)}
    with psycopg.connect(database.conninfo(group.value), autocommit=True) as connection:
        for state, step in product(State, Step):
            move = next((m for m in MOVES if (m.source, m.step, m.group) == (state, step, group)), None)
            assert _answer(connection, made[state], step, "原因") == (move.target.value if move else None)
            wordless = move.target.value if move and not move.text else None
            assert _answer(connection, made[state], step, " ") == wordless


def test_the_bureau_always_has_an_answer_to_what_waits_for_it() -> None:
    for group, states in WAITING.items():
        assert all(allowed(state, group) for state in states)
    assert [step for step in Step if not needs_text(step)] == [Step.RECEIVE, Step.ANSWER]
    assert not any(allowed(state, group) for state in (State.ANSWERED, State.CANCELLED) for group in WAITING)
