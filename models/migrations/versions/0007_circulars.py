"""Circulars: drafts, what was issued with its files, the centre's templates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As the owner, whose tables these are."""
    op.execute("SET ROLE pd_owner")
    _circulars()
    op.execute("RESET ROLE")


def _circulars() -> None:
    """Drafts and issued ones, files, templates."""
    op.create_table(
        "circular",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("last_month", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("command_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.Text(), nullable=True),
        sa.Column("closes", sa.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("withdraws_id", sa.BigInteger(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("grams", postgresql.TSVECTOR(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'withdrawal') = (withdraws_id is not null)", name=op.f("ck_circular_withdraws")
        ),
        sa.CheckConstraint("(state = 'draft') = (number is null)", name=op.f("ck_circular_numbered")),
        sa.CheckConstraint(
            "kind in ('monthly','rectification','annual','public','withdrawal')",
            name=op.f("ck_circular_kind"),
        ),
        sa.CheckConstraint("state in ('draft','issued','withdrawn')", name=op.f("ck_circular_state")),
        sa.ForeignKeyConstraint(["withdraws_id"], ["pd.circular.id"], name=op.f("fk_circular_withdraws_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circular")),
        sa.UniqueConstraint("made_by", "command_id", name=op.f("uq_circular_made_by_command_id")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_circular_year_number")),
        schema="pd",
    )
    op.create_index(
        "ix_circular_grams", "circular", ["grams"], unique=False, schema="pd", postgresql_using="gin"
    )
    op.create_index("ix_circular_month", "circular", ["first_month", "id"], unique=False, schema="pd")
    op.create_table(
        "circular_template",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_circular_template")),
        schema="pd",
    )
    op.create_table(
        "circular_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("circular_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind in ('pdf','docx','xlsx','html')", name=op.f("ck_circular_file_kind")),
        sa.ForeignKeyConstraint(
            ["circular_id"], ["pd.circular.id"], name=op.f("fk_circular_file_circular_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circular_file")),
        schema="pd",
    )
    op.create_index(
        "ix_circular_file_circular_id", "circular_file", ["circular_id", "id"], unique=False, schema="pd"
    )
