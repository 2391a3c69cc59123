"""Every function somebody may call, with arguments nobody would give it: a sentence or nothing, never more."""

from __future__ import annotations

from itertools import islice, product
from typing import Any

import psycopg
import pytest

from models.rules.people import Group
from tests.security import matrix
from tests.security.attempts import Seen
from tests.security.county import County, hidden_from
from tests.security.test_matrix import LOGINS

#: Odd values of each type, as SQL.
_ODD = {
    "bigint": ("<other>", "NULL", "0", "-1", "9223372036854775807"),
    "integer": ("NULL", "0", "-2147483648", "2147483647"),
    "text": ("NULL", "''", "repeat('长', 3000)", "E'\\u200b'", "'; DROP TABLE pd.ticket; --'", "'%s%I%L'"),
    "jsonb": (
        "NULL",
        "'null'",
        "'[]'",
        "'{}'",
        "'[[[[1]]]]'",
        "'\"x\"'",
        '\'{"lead": 1e400, "co": {"0": 1}, "days": [null], "name": null, "group": {}, "agency": [], "rows": -1}\'',
        '\'[{"day": "2026-11-04", "working": "perhaps"}, {"day": "infinity"}, {"day": null}, 7]\'',
        "jsonb_build_object('names', jsonb_build_object('places', 7, 'items', jsonb_build_array(jsonb_build_object())))",
    ),
    "uuid": ("NULL", "'00000000-0000-0000-0000-000000000000'"),
    "date": ("NULL", "'infinity'", "'-infinity'", "'4713-01-01 BC'", "'5874897-12-31'"),
    "boolean": ("NULL", "true", "false"),
    "timestamp with time zone": ("NULL", "'infinity'", "'-infinity'", "'294276-12-31'", "'4714-11-24 BC'"),
    "event": ("NULL",),
    "bigint[]": ("NULL", "'{}'", "'{NULL,0,-1,9223372036854775807}'", "'{{1,2},{3,4}}'"),
    "bytea[]": ("NULL", "'{}'", "ARRAY[NULL, '']::bytea[]"),
    "text[]": ("NULL", "'{}'", "'{NULL,officer,\"\"}'", "'{{a,b},{c,d}}'"),
    "bytea": ("NULL", "''", "'\\x255044462d'", "decode(repeat('00', 1048577), 'hex')"),
}
#: What may come back: our sentences, malformed values, a missing one, a limit. Never an internal error (XX),
#: a lack of memory (53), a time-out (57) or a right that fails only behind the door (42501).
_FINE = ("PD", "22", "23", "54", "P0")
_CALLS = 60


def _calls(signature: str) -> list[str]:
    """Calls with every mixture of odd values, the first so many."""
    name, arguments = signature.rstrip(")").split("(", 1)
    kinds = arguments.split(",") if arguments else []
    mixtures = product(*(_ODD[kind] for kind in kinds))
    step = max(1, _size(kinds) // _CALLS)
    return [
        f"SELECT x::text FROM pd.{name}({', '.join(f'{v}::{_type(k)}' for v, k in zip(values, kinds, strict=True))}) x"
        for values in islice(mixtures, 0, None, step)
    ]


def _size(kinds: list[str]) -> int:
    size = 1
    for kind in kinds:
        size *= len(_ODD[kind])
    return size


def _type(kind: str) -> str:
    return "pd.event" if kind == "event" else kind


@pytest.mark.parametrize(
    ("login", "signature"),
    [
        (LOGINS[group], signature)
        for signature, groups in matrix.functions().items()
        # What is open to all is the same for all.
        for group in (sorted(groups) if len(groups) < len(Group) else [Group.LIAISON])
    ],
)
def test_a_door_answers_nonsense_with_a_sentence(besieged: County, login: str, signature: str) -> None:
    besieged.note_the_server()
    seen = Seen()
    states: dict[str, str] = {}
    with psycopg.connect(besieged.database.conninfo(login), autocommit=True) as connection:
        connection.execute("SET statement_timeout = '5s'")
        for call in map(besieged.fill, _calls(signature)):
            states[_taken_back(connection, call, seen)] = call
    strange = {state: call for state, call in states.items() if state and state[:2] not in _FINE}
    assert not strange
    assert not besieged.changed()
    told = " ".join(seen.words)
    # Officers' doors may answer with what officers see anyway.
    assert not [word for word in hidden_from(login) if word in told]


def _taken_back(connection: psycopg.Connection[Any], call: str, seen: Seen) -> str:
    """The SQLSTATE of a call that is rolled back; what came of it is kept."""
    connection.execute("BEGIN")
    try:
        seen.words.append(repr(connection.execute(call).fetchall()))  # type: ignore[arg-type]
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.Error as error:
        seen.words += filter(
            None, (error.diag.message_primary, error.diag.message_detail, error.diag.context)
        )
        return error.sqlstate or "connection"
    finally:
        connection.execute("ROLLBACK")
    return ""
