"""The ticket desk: papers and their numbers, saved filters, material, presence, suggestions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As the owner, whose tables these are."""
    op.execute("SET ROLE pd_owner")
    _documents()
    _lists()
    _material()
    _calendar()
    _suggestions()
    op.execute("RESET ROLE")


def _documents() -> None:
    """Numbers of papers."""


def _lists() -> None:
    """Filters with names."""


def _material() -> None:
    """Attachments, causes, contributions."""


def _calendar() -> None:
    """Who looks at what."""


def _suggestions() -> None:
    """Suggestions and their states."""
    op.create_index(
        "ix_ticket_call_back",
        "ticket",
        [sa.text("opened_at desc"), sa.text("id desc")],
        schema="pd",
        postgresql_where=sa.text("platform = 'hotline' and level <= 2"),
    )
