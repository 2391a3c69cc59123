"""Whole numbers take their type from where they stand, so that a liaison's ticket is found by its key."""

from __future__ import annotations

from sqlalchemy import text

from tests.databases import Database


def test_a_liaison_finds_a_ticket_by_its_key(database: Database) -> None:
    login = database.liaison("liaison-01", "甲镇")
    store = database.person(login)
    with store.read() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        for condition in ("id = :id", "id = ANY (:ids)"):
            plan = connection.execute(
                text(f"EXPLAIN SELECT reason FROM ticket WHERE {condition}"), {"id": 7, "ids": [7, 8]}
            ).scalars()
            assert any("Index Cond: (id = " in line for line in plan), condition
    store.close()


def test_numbers_are_what_the_database_takes_them_for(database: Database) -> None:
    with database.store.read() as connection:
        found = connection.execute(
            text(
                "SELECT 1::smallint = :one, :big + 1::bigint, ARRAY[1,2] = :many, left('abc', :few), 5 LIMIT :one"
            ),
            {"one": 1, "big": 2**40, "many": [1, 2], "few": 2},
        ).one()
    assert tuple(found) == (True, 2**40 + 1, True, "ab", 5)
