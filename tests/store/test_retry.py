"""Units of work are done again while the server is away for a moment, and happen once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection

from app.database import retry
from app.database.embedded import SUPERUSER
from app.database.engine import Store
from app.errors import EnvironmentProblem, UserError
from app.tickets import commands
from app.tickets.commands import Done
from models.rules.lifecycle import Action, State
from tests.databases import Database


class Failing:
    """Work that fails with each of the errors in turn, then answers."""

    def __init__(self, *codes: str) -> None:
        self.codes, self.calls = list(codes), 0

    def __call__(self) -> str:
        self.calls += 1
        if self.codes:
            raise EnvironmentProblem("不在", code=self.codes.pop(0))
        return "好了"


@pytest.mark.parametrize("code", sorted(retry.PASSING))
def test_what_passes_is_waited_for(code: str) -> None:
    work, waited = Failing(code, code), []
    assert retry.again(work, wait=waited.append) == "好了"
    assert waited == list(retry.PAUSES[:2])


@pytest.mark.parametrize("code", ["disk_full", "newer_schema"])
def test_what_does_not_pass_is_told_at_once(code: str) -> None:
    work = Failing(code)
    with pytest.raises(EnvironmentProblem):
        retry.again(work, wait=pytest.fail)
    assert work.calls == 1


def test_a_refusal_is_told_at_once() -> None:
    def refused() -> None:
        raise UserError("不行")

    with pytest.raises(UserError):
        retry.again(refused, wait=pytest.fail)


def test_patience_ends_with_the_last_error() -> None:
    work, waited = Failing(*["unreachable"] * 9), []
    with pytest.raises(EnvironmentProblem) as told:
        retry.again(work, patience=(1, 2), wait=waited.append)
    assert told.value.code == "unreachable"
    assert (waited, work.calls) == ([1, 2], 3)


def test_somebodys_lock_is_waited_for_less_often() -> None:
    work, freed = Failing(*["busy"] * 9), []
    with pytest.raises(EnvironmentProblem):
        retry.again(work, wait=lambda _seconds: None, blocked=lambda: freed.append(1))
    assert work.calls == retry.MOST_BUSY
    assert len(freed) == retry.MOST_BUSY - 1


def test_whoever_waits_may_give_up() -> None:
    def give_up(_seconds: float) -> None:
        raise KeyboardInterrupt

    work = Failing("busy")
    with pytest.raises(KeyboardInterrupt):
        retry.again(work, wait=give_up)
    assert work.calls == 1


class LosesAnswers:
    """A store whose first answer is lost on the way: the work is committed, and nobody is told."""

    def __init__(self, store: Store) -> None:
        self._store, self.lost = store, False

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self._store.write() as connection:
            yield connection
        if not self.lost:
            self.lost = True
            raise EnvironmentProblem("连接已中断", code="disconnected")


def test_an_act_whose_answer_is_lost_happens_once(database: Database) -> None:
    ticket, command_id, tried = database.ticket("甲镇"), uuid4(), []

    def work(connection: Connection) -> Done:
        tried.append(1)
        return commands.act(
            connection, ticket, 1, Action.VERIFY_AND_DISPATCH, command_id=command_id, lead="甲镇"
        )

    done = retry.in_unit(LosesAnswers(database.store), work, wait=lambda _seconds: None)
    assert done.state is State.DISPATCHED
    assert len(tried) == 2
    assert database.one("SELECT count(*) FROM pd.event WHERE action = 'verify_and_dispatch'") == 1


def test_a_session_left_in_the_middle_is_ended_once_it_is_idle_long_enough(
    database: Database, monkeypatch
) -> None:
    """The lock timeout of an act is five seconds; the test shortens nothing but its own waiting."""
    ticket, freed = database.ticket("甲镇"), []
    monkeypatch.setattr(retry, "free_the_way", lambda _store: (freed.append(1), left.rollback()))
    with psycopg.connect(database.conninfo(SUPERUSER)) as left:
        left.execute("SELECT FROM pd.ticket WHERE id = %s FOR UPDATE", [ticket])
        database.rows("ALTER FUNCTION pd.act(bigint, integer, text, jsonb, uuid) SET lock_timeout = '50ms'")

        def work(connection: Connection) -> Done:
            return commands.act(connection, ticket, 1, Action.ANNOTATE, command_id=uuid4(), reason="电话已打")

        retry.in_unit(database.store, work, wait=lambda _seconds: None)
    assert freed == [1]


def test_freeing_the_way_ends_nobody_who_works_and_raises_nothing(database: Database) -> None:
    with psycopg.connect(database.conninfo(SUPERUSER)) as at_work:
        at_work.execute("SELECT FROM pd.ticket FOR UPDATE")
        retry.free_the_way(database.store)
        at_work.execute("SELECT 1")
    database.rows("REVOKE EXECUTE ON FUNCTION pd.free_the_way() FROM pd_officer")
    retry.free_the_way(database.store)
