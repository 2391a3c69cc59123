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


def correct(
    database: Database, case: str, area: str, number: int = 1, *, level: int | None, target: str = "item"
) -> None:
    """An upheld appeal as its decision leaves it: the rating counts with `level`, with none not at all."""
    rating = database.one(
        "SELECT id FROM pd.rating WHERE case_number = %s AND area_code = %s AND target = %s AND rating_number = %s",
        case, area, target, number,
    )  # fmt: skip
    effect = "exclude" if level is None else "replace"
    database.rows(
        "WITH a AS (INSERT INTO pd.appeal (year, number, rating_id, agency_id, appellant, case_number, level, rated_at, window_from,"
        " window_basis, window_due, late, statement, state, filed_at, filed_by, received_on, finding_due_on, provisional, finding,"
        " effect, new_level, search, grams) SELECT 2026, 1 + (SELECT count(*) FROM pd.appeal), r.id, r.agency_id, '某某', r.case_number,"
        " r.level, r.rated_at, pd.today(), 'told', pd.today(), false, '误评', 'corrected', pd.now(), 'officer', pd.today(), pd.today(),"
        " false, 'mistaken', %s, %s, '', '' FROM pd.rating r WHERE r.id = %s RETURNING id)"
        " INSERT INTO pd.correction SELECT r.id, a.id, r.agency_id, r.case_number, r.area_code, r.target, r.rating_number, 'mistaken',"
        " %s, %s, pd.now(), 'officer' FROM a, pd.rating r WHERE r.id = %s",
        effect, level, rating, effect, level, rating,
    )  # fmt: skip
    database.rows("SELECT pd.recount_corrected(r) FROM pd.rating r WHERE id = %s", rating)


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
