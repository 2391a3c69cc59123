"""The database grants what docs/rights.md says, no more and no less: asked of the catalogue, and tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from models.rules.people import Group
from tests.security import matrix
from tests.security.attempts import DENIED
from tests.security.county import STRANGER, County

TABLES, FUNCTIONS = matrix.tables(), matrix.functions()
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
_COLUMN_VERBS = ("SELECT", "INSERT", "UPDATE", "REFERENCES")
#: No right; and a view, which takes no rows whoever asks.
CLOSED = (DENIED, "55000", "42809")
#: Who stands for each group.
LOGINS = {
    Group.OFFICER: "officer",
    Group.LIAISON: "liaison-01",
    Group.BUREAU: "bureau",
    Group.ADMIN: "admin",
    Group.AUDITOR: "auditor",
}
#: Where a table hangs on tickets: its own column, or a way there.
_TICKET = {
    "ticket": "id",
    "ticket_revision": "ticket_id",
    "suggestion": "x.holder_id",
    "suggestion_step": "(SELECT s.holder_id FROM pd.suggestion s WHERE s.id = x.suggestion_id)",
    "rating_revision": "(SELECT r.ticket_id FROM pd.rating r WHERE r.id = x.rating_id)",
}


@contextmanager
def session(county: County, login: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(county.database.conninfo(login), autocommit=True) as connection:
        yield connection


def _signatures(county: County) -> dict[str, int]:
    """Every function as the page writes it, without the schema's name."""
    return dict(
        county.database.rows(
            "SELECT replace(oid::regprocedure::text, 'pd.', ''), oid FROM pg_proc WHERE pronamespace = 'pd'::regnamespace"
        )
    )


def test_the_page_names_every_table_and_no_other(besieged: County) -> None:
    kept = besieged.database.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'pd'::regnamespace AND relkind NOT IN ('i', 'S', 't', 'c')"
    )
    assert {name for (name,) in kept} == set(TABLES)


def test_the_page_names_every_function_and_no_other(besieged: County) -> None:
    assert set(_signatures(besieged)) == set(FUNCTIONS)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("group", Group)
def test_the_catalogue_grants_what_the_page_says(besieged: County, group: Group, table: str) -> None:
    grant = TABLES[table][group]
    whole = {grant.verb} if grant and not grant.columns else set()
    login = LOGINS[group]
    held = besieged.database.rows(
        "SELECT v FROM unnest(%s::text[]) v WHERE has_table_privilege(%s, %s, v)",
        list(VERBS), login, f"pd.{table}",
    )  # fmt: skip
    assert {verb for (verb,) in held} == whole
    columns = besieged.database.rows(
        "SELECT v, a.attname FROM pg_attribute a, unnest(%s::text[]) v WHERE a.attrelid = %s::regclass AND a.attnum > 0"
        " AND NOT a.attisdropped AND has_column_privilege(%s, a.attrelid, a.attnum, v)"
        " AND NOT has_table_privilege(%s, a.attrelid, v)",
        list(_COLUMN_VERBS), f"pd.{table}", login, login,
    )  # fmt: skip
    assert set(columns) == ({(grant.verb, name) for name in grant.columns} if grant else set())


def _tries(table: str, column: str, grant: matrix.Grant | None) -> dict[str, str]:
    """Verb → a statement that needs it and nothing else."""
    read = ", ".join(grant.columns) if grant and grant.columns else "*"
    return {
        "SELECT": f"SELECT {read} FROM pd.{table}",
        "INSERT": f"INSERT INTO pd.{table} DEFAULT VALUES",
        "UPDATE": f"UPDATE pd.{table} SET {column} = DEFAULT",
        "DELETE": f"DELETE FROM pd.{table}",
        "TRUNCATE": f"TRUNCATE pd.{table}",
        "TRIGGER": f"CREATE TRIGGER x AFTER INSERT ON pd.{table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    }


@pytest.mark.parametrize("login", [*LOGINS.values(), STRANGER])
def test_whoever_types_it_gets_what_the_page_says(besieged: County, login: str) -> None:
    group = next((g for g, name in LOGINS.items() if name == login), None)
    with session(besieged, login) as connection:
        for table, granted in TABLES.items():
            grant = granted[group] if group else None
            column = besieged.database.one(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", f"pd.{table}"
            )
            for verb, statement in _tries(table, column, grant).items():
                may = grant is not None and grant.verb == verb
                assert (_ending(connection, statement) not in CLOSED) == may, statement


@pytest.mark.parametrize("login", [*LOGINS.values(), STRANGER])
def test_functions_open_to_whom_the_page_says(besieged: County, login: str) -> None:
    group = next((g for g, name in LOGINS.items() if name == login), None)
    with session(besieged, login) as connection:
        for signature, oid in _signatures(besieged).items():
            may = group in FUNCTIONS[signature]
            held = besieged.database.one("SELECT has_function_privilege(%s, %s::oid, 'EXECUTE')", login, oid)
            assert held == may, signature
            assert (_ending(connection, _call(besieged, oid)) != DENIED) == may, signature


def _call(county: County, oid: int) -> str:
    """A call with nothing in every argument; taken back afterwards."""
    return str(
        county.database.one(
            "SELECT format('SELECT pd.%%I(%%s)', proname, (SELECT string_agg(format('%%sNULL::%%s', CASE WHEN provariadic"
            " <> 0 THEN 'VARIADIC ' END, format_type(t, NULL)), ', ' ORDER BY n) FROM unnest(proargtypes)"
            " WITH ORDINALITY AS a(t, n))) FROM pg_proc WHERE oid = %s::oid",
            oid,
        )
    )


def _ending(connection: psycopg.Connection[Any], statement: str) -> str | None:
    """The SQLSTATE of a statement whose effects are taken back."""
    connection.execute("BEGIN")
    try:
        connection.execute(statement)  # type: ignore[arg-type]
    except psycopg.Error as error:
        return error.sqlstate
    finally:
        connection.execute("ROLLBACK")
    return None


@pytest.mark.parametrize("table", [name for name, granted in TABLES.items() if any(granted.values())])
@pytest.mark.parametrize("group", Group)
def test_rows_reach_as_far_as_the_page_says(besieged: County, group: Group, table: str) -> None:
    grant = TABLES[table][group]
    if grant is None or grant.verb != "SELECT":
        return
    wanted = matrix.RANGES[grant.rows].format(
        ticket=_TICKET.get(table, "x.ticket_id"), agency=besieged.numbers["jia"], login=LOGINS[group]
    )
    if table == "assignment" and grant.rows:
        # Only the agency's own part, not its co-agencies'.
        wanted += f" AND x.current AND x.agency_id = {besieged.numbers['jia']}"
    read = ", ".join(grant.columns) if grant.columns else "x.*::text"
    seen = besieged.database.raw(LOGINS[group], f"SELECT {read} FROM pd.{table} x")
    due = besieged.database.rows(f"SELECT {read} FROM pd.{table} x WHERE {wanted}")
    assert sorted(map(repr, seen)) == sorted(map(repr, due))
    if grant.rows:
        assert 0 < len(seen) < besieged.database.one(f"SELECT count(*) FROM pd.{table}")


@pytest.mark.parametrize("login", [*LOGINS.values(), STRANGER])
def test_sequences_schemas_and_the_database_are_closed(besieged: County, login: str) -> None:
    nothing = besieged.database.rows(
        "SELECT c.relname, v FROM pg_class c, unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) v"
        " WHERE c.relkind = 'S' AND c.relnamespace = 'pd'::regnamespace AND has_sequence_privilege(%s, c.oid, v)"
        " UNION ALL SELECT n.nspname, v FROM pg_namespace n, unnest(ARRAY['CREATE', 'USAGE']) v"
        " WHERE n.nspname IN ('pd', 'public') AND has_schema_privilege(%s, n.oid, v) AND (v, n.nspname) <> ('USAGE', 'pd')"
        " UNION ALL SELECT NULL, v FROM unnest(ARRAY['CREATE', 'TEMP']) v"
        " WHERE has_database_privilege(%s, current_database(), v)",
        login, login, login,
    )  # fmt: skip
    assert nothing == []
    assert besieged.database.one("SELECT has_schema_privilege(%s, 'pd', 'USAGE')", login) == (
        login != STRANGER
    )


def test_nobody_holds_the_owner_and_no_group_holds_another(besieged: County) -> None:
    assert besieged.database.rows(
        "SELECT g.rolname, m.rolname FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid"
        " JOIN pg_roles m ON m.oid = a.member WHERE g.rolname = 'pd_owner' AND m.rolname <> 'postgres'"
        " OR m.rolname LIKE 'pd\\_%%' AND m.rolname <> 'pd_owner'"
    ) == []  # fmt: skip
    assert (
        besieged.database.one("SELECT rolcanlogin OR rolsuper FROM pg_roles WHERE rolname = 'pd_owner'")
        is False
    )


def test_whoever_runs_with_the_owners_rights_looks_in_one_place(besieged: County) -> None:
    loose = besieged.database.rows(
        "SELECT oid::regprocedure FROM pg_proc WHERE prosecdef AND pronamespace = 'pd'::regnamespace"
        " AND NOT 'search_path=pd, pg_temp' = ANY (coalesce(proconfig, '{}'))"
    )
    assert loose == []
