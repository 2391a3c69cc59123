"""The schema is what the tables say, the transitions what the rules say, and nobody owns the owner."""

from __future__ import annotations

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from app.database import embedded, schema
from app.errors import EnvironmentProblem
from models.rules.lifecycle import NEEDS_LEAD, NEEDS_REASON, TRANSITIONS
from models.tables import Base
from tests.databases import Database


def test_the_migrations_make_what_the_tables_say(database: Database) -> None:
    # Without our search path: Alembic takes the first schema of it for the nameless one.
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(database.conninfo(embedded.SUPERUSER)),
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        options = {"include_schemas": True, "version_table_schema": "pd", "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
        assert schema.revision(connection) == schema.HEAD == schema.newest_migration()


def test_the_database_allows_the_transitions_of_the_rules(database: Database) -> None:
    kept = database.rows(
        "SELECT action, source, group_name, target, lead_only, needs_reason, needs_lead FROM pd.ticket_transition"
    )
    rules = [
        (
            t.action,
            t.source,
            t.group or "appeal",
            t.target,
            t.lead_only,
            t.action in NEEDS_REASON,
            t.action in NEEDS_LEAD,
        )
        for t in TRANSITIONS
    ]
    assert sorted(kept) == sorted(rules)


def test_a_newer_schema_is_refused_with_a_sentence(database: Database) -> None:
    database.rows("UPDATE pd.alembic_version SET version_num = '9999'")
    with (
        schema.administration(database.conninfo(embedded.SUPERUSER)) as connection,
        pytest.raises(EnvironmentProblem, match="请先升级程序"),
    ):
        schema.migrate(connection)


def test_everything_belongs_to_the_owner_who_cannot_log_in(database: Database) -> None:
    strangers = database.rows("""
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'pd' AND c.relkind IN ('r', 'v', 'S') AND c.relname NOT LIKE 'alembic%'
          AND pg_get_userbyid(c.relowner) <> 'pd_owner'
        UNION SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'pd' AND pg_get_userbyid(p.proowner) <> 'pd_owner'""")
    assert strangers == []
    assert database.one("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'pd_owner'") is False
    assert database.rows("SELECT 1 FROM pg_auth_members WHERE roleid = 'pd_owner'::regrole") == []


def test_every_definer_pins_its_search_path_and_the_public_may_execute_nothing(database: Database) -> None:
    loose = database.rows("""
        SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'pd'
        AND (p.prosecdef AND NOT coalesce(p.proconfig::text LIKE '%search_path=pd, pg_temp%', false)
             OR EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x WHERE x.grantee = 0))""")
    assert loose == []


def test_masks_are_the_same_in_the_database_and_in_the_rules(database: Database) -> None:
    from models.rules.masking import mask_name, mask_phone

    for name in ("", "杨", "杨敏", "杨秀敏", "欧阳娜娜"):
        assert database.one("SELECT pd.mask_name(%s)", name) == mask_name(name)
    for phone in ("", "1", "1234", "12345", "6685566", "07596685566", "13384382025", "+8613384382025"):
        assert database.one("SELECT pd.mask_phone(%s)", phone) == mask_phone(phone)


def test_working_days_are_the_same_in_the_database_and_in_the_rules(database: Database) -> None:
    from app.registry import calendars

    calendar = calendars.shipped()
    kept = database.rows("""
        SELECT d::date, n, pd.due(d::date, n), pd.is_provisional(d::date, pd.due(d::date, n))
        FROM generate_series(DATE '2026-09-01', DATE '2027-02-28', INTERVAL '1 day') d, unnest(ARRAY[0, 1, 5, 10]) n""")
    for start, days, due, provisional in kept:
        deadline = calendar.deadline(start, days)
        assert (deadline.due, deadline.provisional) == (due, provisional), (start, days)
