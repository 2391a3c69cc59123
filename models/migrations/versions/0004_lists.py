"""Saved filters, who looks at a ticket, contributions of co-agencies, and the way to tickets of one person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As the owner, whose tables these are."""
    op.execute("SET ROLE pd_owner")
    _filters()
    _looking()
    _contributions()
    op.create_index(
        "ix_ticket_contact_phone", "ticket", ["contact_phone"], schema="pd",
        postgresql_where=sa.text("contact_phone is not null"),
    )  # fmt: skip
    op.execute("RESET ROLE")


def _filters() -> None:
    """Filters under a name, and who wants to be told of their count."""
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["pd.app_user.login"], name=op.f("fk_saved_filter_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_saved_filter_owner_name")),
        schema="pd",
    )
    op.create_index(
        "ix_saved_filter_shared", "saved_filter", ["id"], schema="pd", postgresql_where=sa.text("shared")
    )
    op.create_table(
        "filter_notice",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("filter_id", sa.BigInteger(), nullable=False),
        sa.Column("above", sa.Integer(), nullable=False),
        sa.CheckConstraint("above >= 0", name=op.f("ck_filter_notice_above")),
        sa.ForeignKeyConstraint(["login"], ["pd.app_user.login"], name=op.f("fk_filter_notice_login")),
        sa.ForeignKeyConstraint(
            ["filter_id"], ["pd.saved_filter.id"], name=op.f("fk_filter_notice_filter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("login", "filter_id", name=op.f("pk_filter_notice")),
        schema="pd",
    )
    op.create_index("ix_filter_notice_filter_id", "filter_notice", ["filter_id"], schema="pd")


def _looking() -> None:
    """Who has a ticket open."""
    op.create_table(
        "looking",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("typing", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("login", "ticket_id", name=op.f("pk_looking")),
        schema="pd",
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_looking_ticket_id", "looking", ["ticket_id"], schema="pd")


def _contributions() -> None:
    """A co-agency (协办) tells the lead what it found; the state stays."""
    op.execute(
        "INSERT INTO pd.ticket_transition (action, source, group_name, target, lead_only, needs_reason, needs_lead)"
        " VALUES ('contribute', 'rectifying', 'liaison', 'rectifying', false, true, false)"
    )
