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
    """The county's own days."""
    op.create_table(
        "local_day",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_working", sa.Boolean(), nullable=False),
        sa.Column("notice_why", sa.Text(), nullable=False),
        sa.Column("taken_back_by", sa.Text(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_day")),
        schema="pd",
    )
    op.create_index(
        "uq_local_day_standing",
        "local_day",
        ["day"],
        unique=True,
        schema="pd",
        postgresql_where=sa.text("taken_back_at is null"),
    )


def _suggestions() -> None:
    """Suggestions and their states."""
    op.create_index(
        "ix_ticket_call_back",
        "ticket",
        [sa.text("opened_at desc"), sa.text("id desc")],
        schema="pd",
        postgresql_where=sa.text("platform = 'hotline' and level <= 2"),
    )
