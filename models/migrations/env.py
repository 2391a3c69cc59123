"""Alembic's environment; the connection comes from `app.database.schema`, never from an ini file."""

from __future__ import annotations

from alembic import context

from models.tables import SCHEMA, Base


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "schema" or name == SCHEMA


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table_schema=SCHEMA,
    include_schemas=True,
    include_name=_ours,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
