"""A closed month comes out as it was closed, whatever is loaded, done or changed afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest

from app.rankings import queries
from app.rankings.queries import Period
from models.rules.lifecycle import Action
from tests.databases import MONDAY, Database
from tests.store.acting import MATERIAL, act

OCTOBER = Period.month(date(2026, 10, 1))


def test_a_closed_month_keeps_its_figures(database: Database) -> None:
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    ticket = database.ticket(opened=MONDAY - timedelta(days=3))
    database.rows("SELECT pd.refresh_tally(ARRAY[DATE '2026-10-01'])")
    before = _view(database)
    database.raw("officer", "SELECT pd.close_month('2026-10-01', '十月')")
    assert _view(database).closed == (date(2026, 10, 1),)
    act(database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    act(database, ticket, Action.ACKNOWLEDGE, login="liaison-01")
    act(database, ticket, Action.SUBMIT, login="liaison-01", payload=MATERIAL)
    act(database, ticket, Action.APPROVE)
    database.rows("INSERT INTO pd.agency (name, kind) VALUES ('乙镇', 'township')")
    after = _view(database)
    assert (after.rows, after.unranked) == (before.rows, before.unranked)
    database.raw("officer", "SELECT pd.reopen_month('2026-10-01', '漏了一批数据')")
    assert _view(database).closed == ()
    assert len(_view(database).unranked) == len(before.unranked) + 1


def test_a_month_is_closed_once_after_it_ended_by_an_officer(database: Database) -> None:
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    with pytest.raises(psycopg.ProgrammingError, match="还没有结束"):
        database.raw("officer", "SELECT pd.close_month('2026-11-01', '')")
    database.raw("officer", "SELECT pd.close_month('2026-10-01', '')")
    with pytest.raises(psycopg.ProgrammingError, match="已经封账"):
        database.raw("officer", "SELECT pd.close_month('2026-10-01', '')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.raw("liaison-01", "SELECT pd.reopen_month('2026-10-01', '想改')")


def _view(database: Database) -> queries.RankingView:
    with database.store.read() as connection:
        return queries.ranking(connection, OCTOBER, group="township")
