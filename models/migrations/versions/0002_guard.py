"""The database guards itself: requests of admins, the chained log, reveals, the feed's cursor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: States from which an appeal's decision takes a ticket out of the count (rules §2, `withdraw`).
OPEN_STATES = ("pending", "dispatched", "rectifying", "submitted", "approved", "reported")
#: As a number, since no driver knows the type of 64-bit transaction ids.
THIS_TRANSACTION = sa.text("(pg_current_xact_id()::text)::bigint")


def upgrade() -> None:
    """As the owner, whose tables these are."""
    op.execute("SET ROLE pd_owner")
    _people()
    _audit()
    _feed()
    _originals()
    op.add_column(
        "instance",
        sa.Column("oldest_client", sa.Text(), server_default=sa.text("'0002'"), nullable=False),
        schema="pd",
    )
    op.add_column("instance", sa.Column("code", sa.Text(), nullable=True), schema="pd")
    for state in OPEN_STATES:
        op.execute(
            "INSERT INTO pd.ticket_transition (action, source, group_name, target, lead_only, needs_reason, needs_lead)"
            f" VALUES ('withdraw', '{state}', 'appeal', 'rejected', false, true, false)"
        )
    op.execute("RESET ROLE")


def _people() -> None:
    for column in (
        sa.Column("must_change_password", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("app_user", column, schema="pd")
    op.create_table(
        "person_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome in ('confirmed','refused','withdrawn')", name=op.f("ck_person_request_outcome")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_request")),
        schema="pd",
    )
    op.create_table(
        "person_request_secret",
        sa.Column("request_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["pd.person_request.id"], name=op.f("fk_person_request_secret_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_person_request_secret")),
        schema="pd",
    )


def _audit() -> None:
    op.create_table(
        "event_link",
        sa.Column("no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("events", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_event_link")),
        schema="pd",
    )
    op.create_table(
        "event_queue",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("events", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_queue")),
        schema="pd",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "reveal",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tx", sa.BigInteger(), server_default=THIS_TRANSACTION, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["pd.event.id"], name=op.f("fk_reveal_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_reveal")),
        schema="pd",
    )


def _feed() -> None:
    """The cursor of the feed: rows commit out of the order of their numbers."""
    op.add_column(
        "change",
        sa.Column("tx", sa.BigInteger(), server_default=THIS_TRANSACTION, nullable=False),
        schema="pd",
    )
    op.create_index("ix_change_tx", "change", ["tx"], unique=False, schema="pd")


def _originals() -> None:
    """What a ticket said before the province changed it."""
    op.create_table(
        "ticket_revision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("labels", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["pd.ticket.id"], name=op.f("fk_ticket_revision_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_revision")),
        schema="pd",
    )
    op.create_index("ix_ticket_revision_ticket_id", "ticket_revision", ["ticket_id", "id"], schema="pd")
