"""Provincial data through the loaders, row by row, without a file: what a child process would have copied."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.databases import Database

_LOAD = 7
_RATING = {
    "area_code": "440881", "target": "item", "service_number": 1, "rating_number": 1, "agency": "甲镇", "item": "失业登记",
    "platform": "hall", "is_default": False, "lacks_reason": False, "labels": ["209"], "reason": "等了半个月",
}  # fmt: skip
_CASE = {"area_code": "440881", "agency": "甲镇", "platform": "hall", "status": 3}
_SUMMARY = {"agency": "甲镇", "platform": "hall", "level_4": 0, "level_3": 0, "level_1": 0, "defaults": 0}


def connect(database: Database, login: str = "officer") -> psycopg.Connection[Any]:
    """A connection whose unit of work ends with `commit`."""
    return psycopg.connect(database.conninfo(login))


def ratings(connection: psycopg.Connection[Any], *rows: dict[str, Any], complete: bool = True) -> None:
    """Item ratings: `case_number`, `level`, `rated_at`, and what differs."""
    made = [_RATING | row for row in rows]
    places = [[row["agency"], row.get("hall"), None, None] for row in made]
    months = [[row["agency"], f"{row['rated_at']:%Y-%m-01}"] for row in made]
    names = {"places": places, "items": [row["item"] for row in made], "months": months}
    _stage(connection, "staging_rating", made)
    for function in ("load_ratings_part", "load_ratings"):
        connection.execute(
            sql.SQL("SELECT {}(%s, %s)").format(sql.Identifier("pd", function)),
            (
                _LOAD,
                Jsonb({"file_name": "明细.xlsx", "file_hash": "h", "complete": complete, "names": names}),
            ),
        )


def summary(connection: psycopg.Connection[Any], *rows: dict[str, Any]) -> None:
    """Lines of the monthly summary: `month`, `cases`, `cases_rated`, `level_5`, `level_2`, and what differs."""
    _load(connection, "staging_summary", "load_summary", [_SUMMARY | row for row in rows])


def cases(connection: psycopg.Connection[Any], *rows: dict[str, Any], complete: bool = True) -> None:
    """Finished cases: `case_number`, `finished_at`, and what differs."""
    _load(connection, "staging_case", "load_cases", [_CASE | row for row in rows], complete=complete)


def begin(connection: psycopg.Connection[Any]) -> None:
    """Waits for its turn."""
    connection.execute("SELECT pd.begin_load()")


def _load(connection: psycopg.Connection[Any], table: str, function: str, rows: list[dict[str, Any]], *, complete: bool = True) -> None:  # fmt: skip
    _stage(connection, table, rows)
    batch = {"file_name": f"{function}.xlsx", "file_hash": "h", "complete": complete, "initials": {}}
    connection.execute(
        sql.SQL("SELECT {}(%s, %s)").format(sql.Identifier("pd", function)), (_LOAD, Jsonb(batch))
    )


def _stage(connection: psycopg.Connection[Any], table: str, rows: list[dict[str, Any]]) -> None:
    begin(connection)
    for line, row in enumerate(rows, start=1):
        whole: dict[str, Any] = {"load_id": _LOAD, "line": line, **row}
        connection.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier("pd", table),
                sql.SQL(", ").join(map(sql.Identifier, whole)),
                sql.SQL(", ").join([sql.Placeholder()] * len(whole)),
            ),
            list(whole.values()),
        )
