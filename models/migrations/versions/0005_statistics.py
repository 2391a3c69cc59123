"""Statistics: cases, closed months, rule sets with their makers, the Guide's indicators, orders to improve."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: The shipped weights (ours), code → weight; siblings sum to 1.
WEIGHTS = {
    "rates": "0.5", "assessed": "0.5",
    "good": "0.2", "default_good": "0.2", "answered": "0.2", "rectified": "0.2", "satisfied": "0.2",
    "1": "0.25", "2": "0.25", "3": "0.25", "4": "0.25",
    "1.1": "0.2", "1.2": "0.2", "1.3": "0.2", "1.4": "0.2", "1.5": "0.2",
    "2.1": "0.2", "2.2": "0.2", "2.3": "0.2", "2.4": "0.2", "2.5": "0.2",
    "3.1": "0.17", "3.2": "0.17", "3.3": "0.17", "3.4": "0.17", "3.5": "0.16", "3.6": "0.16",
    "4.1": "0.34", "4.2": "0.33", "4.3": "0.33",
}  # fmt: skip


def upgrade() -> None:
    """As the owner, whose tables these are."""
    op.execute("SET ROLE pd_owner")
    _cases()
    _closing()
    _rules()
    _guide()
    op.execute("RESET ROLE")


def _cases() -> None:
    """Cases from detail, and what they count."""
    op.create_table(
        "service_case",
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("case_type", sa.SmallInteger(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("batch_number", sa.Text(), nullable=True),
        sa.Column("theme_number", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(status = 3) = (finished_at is not null)", name=op.f("ck_service_case_finished")),
        sa.CheckConstraint("status between 1 and 3", name=op.f("ck_service_case_status")),
        sa.PrimaryKeyConstraint("case_number", "area_code", name=op.f("pk_service_case")),
        schema="pd",
    )
    op.create_index(
        "ix_service_case_agency_finished",
        "service_case",
        ["agency_id", "finished_at"],
        unique=False,
        schema="pd",
    )
    op.create_index(
        "ix_service_case_batch",
        "service_case",
        ["batch_number", "agency_id"],
        unique=False,
        schema="pd",
        postgresql_where=sa.text("batch_number is not null"),
    )
    op.create_index(
        "ix_service_case_finished",
        "service_case",
        ["finished_at"],
        unique=False,
        schema="pd",
        postgresql_where=sa.text("finished_at is not null"),
    )
    op.create_index(
        "ix_service_case_theme",
        "service_case",
        ["theme_number"],
        unique=False,
        schema="pd",
        postgresql_where=sa.text("theme_number is not null"),
    )
    op.create_table(
        "staging_case",
        sa.Column("load_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("item_code", sa.Text(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("hall", sa.Text(), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("case_type", sa.SmallInteger(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("batch_number", sa.Text(), nullable=True),
        sa.Column("theme_number", sa.Text(), nullable=True),
        schema="pd",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "case_cover",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_case_cover_agency_id")),
        sa.PrimaryKeyConstraint("month", "agency_id", name=op.f("pk_case_cover")),
        schema="pd",
    )
    op.create_table(
        "tally_case",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_tally_case_agency_id")),
        sa.PrimaryKeyConstraint(
            "day", "agency_id", "platform", "hall_id", "rated_on", name=op.f("pk_tally_case")
        ),
        schema="pd",
    )
    op.create_index("ix_tally_case_agency_id", "tally_case", ["agency_id", "day"], unique=False, schema="pd")


def _closing() -> None:
    """Months that were closed, as they stood."""
    op.create_table(
        "month_close",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("rule_set", sa.Date(), nullable=False),
        sa.Column("rule_set_name", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(), nullable=False),
        sa.Column("ratings", sa.Integer(), nullable=False),
        sa.Column("ratings_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("tickets_hash", sa.LargeBinary(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("cases_hash", sa.LargeBinary(), nullable=False),
        sa.Column("chain_no", sa.BigInteger(), nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by", sa.Text(), nullable=True),
        sa.Column("reopen_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(reopened_at is null) = (reopened_by is null)", name=op.f("ck_month_close_reopened")
        ),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_month_close_first_of_month")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_close")),
        schema="pd",
    )
    op.create_index(
        "uq_month_close_standing",
        "month_close",
        ["month"],
        unique=True,
        schema="pd",
        postgresql_where=sa.text("reopened_at is null"),
    )
    op.create_table(
        "closed_agency",
        sa.Column("close_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("standing", sa.Integer(), nullable=False),
        sa.Column("halls", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.ForeignKeyConstraint(["close_id"], ["pd.month_close.id"], name=op.f("fk_closed_agency_close_id")),
        sa.PrimaryKeyConstraint("close_id", "agency_id", name=op.f("pk_closed_agency")),
        schema="pd",
    )
    op.create_table(
        "closed_tally",
        sa.Column("close_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("level_5", sa.Integer(), nullable=False),
        sa.Column("level_4", sa.Integer(), nullable=False),
        sa.Column("level_3", sa.Integer(), nullable=False),
        sa.Column("level_2", sa.Integer(), nullable=False),
        sa.Column("level_1", sa.Integer(), nullable=False),
        sa.Column("defaults", sa.Integer(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("cased", sa.Boolean(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("cases_rated", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["close_id"], ["pd.month_close.id"], name=op.f("fk_closed_tally_close_id")),
        sa.PrimaryKeyConstraint("close_id", "agency_id", "platform", "hall_id", name=op.f("pk_closed_tally")),
        schema="pd",
    )
    op.create_table(
        "closed_staff",
        sa.Column("close_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("staff_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("level_5", sa.Integer(), nullable=False),
        sa.Column("level_4", sa.Integer(), nullable=False),
        sa.Column("level_3", sa.Integer(), nullable=False),
        sa.Column("level_2", sa.Integer(), nullable=False),
        sa.Column("level_1", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["close_id"], ["pd.month_close.id"], name=op.f("fk_closed_staff_close_id")),
        sa.PrimaryKeyConstraint("close_id", "staff_id", name=op.f("pk_closed_staff")),
        schema="pd",
    )
    op.create_table(
        "closed_ticket_count",
        sa.Column("close_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("handled", sa.Boolean(), nullable=False),
        sa.Column("submitted", sa.Boolean(), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["close_id"], ["pd.month_close.id"], name=op.f("fk_closed_ticket_count_close_id")
        ),
        sa.PrimaryKeyConstraint(
            "close_id", "agency_id", "handled", "submitted", "due", name=op.f("pk_closed_ticket_count")
        ),
        schema="pd",
    )
    op.create_table(
        "closed_ticket",
        sa.Column("close_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("handled", sa.Boolean(), nullable=False),
        sa.Column("submitted", sa.Boolean(), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["close_id"], ["pd.month_close.id"], name=op.f("fk_closed_ticket_close_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["pd.ticket.id"], name=op.f("fk_closed_ticket_ticket_id")),
        sa.PrimaryKeyConstraint("close_id", "ticket_id", name=op.f("pk_closed_ticket")),
        schema="pd",
    )
    op.create_index("ix_closed_ticket_ticket_id", "closed_ticket", ["ticket_id"], unique=False, schema="pd")


def _rules() -> None:
    """Who put a rule set in force, and why."""
    op.add_column("rule_set", sa.Column("reason", sa.Text(), nullable=True), schema="pd")
    op.add_column("rule_set", sa.Column("put_by", sa.Text(), nullable=True), schema="pd")
    op.add_column("rule_set", sa.Column("put_at", sa.DateTime(timezone=True), nullable=True), schema="pd")


def _guide() -> None:
    """Indicators of the Guide, and orders to improve."""
    op.create_table(
        "indicator_weights",
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("weights", postgresql.JSONB(), nullable=False),
        sa.Column("pairs", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("put_by", sa.Text(), nullable=True),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "extract(day from effective_from) = 1", name=op.f("ck_indicator_weights_first_of_month")
        ),
        sa.PrimaryKeyConstraint("effective_from", name=op.f("pk_indicator_weights")),
        schema="pd",
    )
    op.create_table(
        "assessment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("last_month", sa.Date(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=True),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("assessor", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("source in ('review','inspection','third')", name=op.f("ck_assessment_source")),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null)", name=op.f("ck_assessment_withdrawn")
        ),
        sa.CheckConstraint(
            "extract(day from first_month) = 1 and extract(day from last_month) = 1 and first_month <= last_month",
            name=op.f("ck_assessment_period"),
        ),
        sa.CheckConstraint("value between 0 and 100", name=op.f("ck_assessment_value")),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_assessment_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        schema="pd",
    )
    op.create_index(
        "ix_assessment_agency_id",
        "assessment",
        ["agency_id", "first_month", "indicator", "id"],
        unique=False,
        schema="pd",
    )
    op.create_table(
        "improvement_order",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("basis", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'issued'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.UUID(as_uuid=False), nullable=False),
        sa.CheckConstraint(
            "state in ('issued','answered','accepted','cancelled')", name=op.f("ck_improvement_order_state")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_improvement_order_agency_id")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["pd.service_item.id"], name=op.f("fk_improvement_order_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_order")),
        sa.UniqueConstraint(
            "issued_by", "command_id", name=op.f("uq_improvement_order_issued_by_command_id")
        ),
        sa.UniqueConstraint("year", "number", name=op.f("uq_improvement_order_year_number")),
        schema="pd",
    )
    op.create_index(
        "ix_improvement_order_agency_id", "improvement_order", ["agency_id", "id"], unique=False, schema="pd"
    )
    op.create_table(
        "improvement_step",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["pd.event.id"], name=op.f("fk_improvement_step_event_id")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["pd.improvement_order.id"], name=op.f("fk_improvement_step_order_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_improvement_step")),
        schema="pd",
    )
    op.create_index(
        "ix_improvement_step_order_id",
        "improvement_step",
        ["order_id", "event_id"],
        unique=False,
        schema="pd",
    )
    # Without parameters: the statement is printed too, for those who run it with psql.
    op.execute(
        "INSERT INTO pd.indicator_weights (effective_from, weights, reason, put_at)"
        f" VALUES (DATE '2020-12-01', CAST('{json.dumps(WEIGHTS)}' AS jsonb), '随程序提供', now())"
    )
