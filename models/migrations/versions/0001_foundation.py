"""Foundation: the tables, and the moves that the life-cycle allows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: Allowed acts (rules §2): action, source, group, target, whether only the lead agency's liaison may.
TRANSITIONS = (
    ("verify_and_dispatch", "pending", "officer", "dispatched", False),
    ("reject", "pending", "officer", "rejected", False),
    ("restore", "rejected", "officer", "pending", False),
    ("recall", "dispatched", "officer", "pending", False),
    ("acknowledge", "dispatched", "liaison", "rectifying", True),
    ("decline", "dispatched", "liaison", "pending", True),
    ("insist", "pending", "officer", "dispatched", False),
    ("redispatch", "dispatched", "officer", "dispatched", False),
    ("redispatch", "rectifying", "officer", "dispatched", False),
    ("submit", "rectifying", "liaison", "submitted", True),
    ("return_for_rework", "submitted", "officer", "rectifying", False),
    ("approve", "submitted", "officer", "approved", False),
    ("unapprove", "approved", "officer", "submitted", False),
    ("report", "approved", "officer", "reported", False),
    ("confirm_closed", "reported", "officer", "closed", False),
    ("report_refused", "reported", "officer", "rectifying", False),
    ("reopen", "closed", "officer", "dispatched", False),
    ("remind", "dispatched", "officer", "dispatched", False),
    ("remind", "rectifying", "officer", "rectifying", False),
    ("supervise", "dispatched", "officer", "dispatched", False),
    ("supervise", "rectifying", "officer", "rectifying", False),
    ("annotate", "pending", "officer", "pending", False),
    ("annotate", "dispatched", "officer", "dispatched", False),
    ("annotate", "rectifying", "officer", "rectifying", False),
    ("annotate", "submitted", "officer", "submitted", False),
    ("annotate", "approved", "officer", "approved", False),
    ("annotate", "reported", "officer", "reported", False),
    ("annotate", "closed", "officer", "closed", False),
    ("annotate", "rejected", "officer", "rejected", False),
    ("annotate", "dispatched", "liaison", "dispatched", False),
    ("annotate", "rectifying", "liaison", "rectifying", False),
    ("annotate", "submitted", "liaison", "submitted", False),
)
#: Actions that need a written reason, and those that name a lead agency.
NEEDS_REASON = (
    "reject",
    "restore",
    "decline",
    "insist",
    "redispatch",
    "return_for_rework",
    "unapprove",
    "report_refused",
    "reopen",
    "supervise",
    "annotate",
)
NEEDS_LEAD = ("verify_and_dispatch", "redispatch", "reopen")


def upgrade() -> None:
    """Everything belongs to pd_owner, a role without login and without members."""
    op.execute("SET ROLE pd_owner")
    _tables()
    op.execute("INSERT INTO pd.instance DEFAULT VALUES")
    _transitions()
    op.execute("RESET ROLE")


def _transitions() -> None:
    table = sa.table(
        "ticket_transition",
        *(sa.column(name, sa.Text()) for name in ("action", "source", "group_name", "target")),
        *(sa.column(name, sa.Boolean()) for name in ("lead_only", "needs_reason", "needs_lead")),
        schema="pd",
    )
    op.bulk_insert(
        table,
        [
            {
                "action": action,
                "source": source,
                "group_name": group,
                "target": target,
                "lead_only": lead_only,
                "needs_reason": action in NEEDS_REASON,
                "needs_lead": action in NEEDS_LEAD,
            }
            for action, source, group, target, lead_only in TRANSITIONS
        ],
    )


def _tables() -> None:
    op.create_table(
        "agency",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("standing", sa.Integer(), server_default=sa.text("100000"), nullable=False),
        sa.Column("initials", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("registered", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("kind in ('township','department')", name=op.f("ck_agency_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("name", name=op.f("uq_agency_name")),
        schema="pd",
    )
    op.create_index("ix_agency_standing", "agency", ["standing", "id"], unique=False, schema="pd")
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("working_no", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
        schema="pd",
    )
    op.create_index(
        "uq_calendar_day_nth",
        "calendar_day",
        ["working_no"],
        unique=True,
        schema="pd",
        postgresql_where=sa.text("working"),
    )
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
        schema="pd",
    )
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        schema="pd",
    )
    op.create_table(
        "command_log",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("command_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "command_id", name=op.f("pk_command_log")),
        schema="pd",
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=True),
        sa.Column("complete", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("months", sa.ARRAY(sa.Date()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("counts", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "refused_by_agency",
            postgresql.JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        schema="pd",
    )
    op.create_table(
        "instance",
        sa.Column("id", sa.Integer(), server_default=sa.text("1"), autoincrement=False, nullable=False),
        sa.Column("test", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_instance_single")),
        sa.CheckConstraint("test or frozen_at is null", name=op.f("ck_instance_clock")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
        schema="pd",
    )
    op.create_table(
        "label_code",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("retired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_label_code")),
        schema="pd",
    )
    op.create_table(
        "rule_set",
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("extract(day from effective_from) = 1", name=op.f("ck_rule_set_first_of_month")),
        sa.PrimaryKeyConstraint("effective_from", name=op.f("pk_rule_set")),
        schema="pd",
    )
    op.create_table(
        "staging_rating",
        sa.Column("load_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("service_number", sa.SmallInteger(), nullable=False),
        sa.Column("rating_number", sa.SmallInteger(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("item_code", sa.Text(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("channel", sa.Integer(), nullable=True),
        sa.Column("hall", sa.Text(), nullable=True),
        sa.Column("counter", sa.Text(), nullable=True),
        sa.Column("staff", sa.Text(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("lacks_reason", sa.Boolean(), nullable=False),
        sa.Column("labels", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_type", sa.SmallInteger(), nullable=True),
        sa.Column("rater_name", sa.Text(), nullable=True),
        sa.Column("rater_phone", sa.Text(), nullable=True),
        sa.Column("rater_identity", sa.Text(), nullable=True),
        schema="pd",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "staging_registry",
        sa.Column("load_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("load_id", "line", name=op.f("pk_staging_registry")),
        schema="pd",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "staging_summary",
        sa.Column("load_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("hall", sa.Text(), nullable=True),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("cases_rated", sa.Integer(), nullable=False),
        sa.Column("level_5", sa.Integer(), nullable=False),
        sa.Column("level_4", sa.Integer(), nullable=False),
        sa.Column("level_3", sa.Integer(), nullable=False),
        sa.Column("level_2", sa.Integer(), nullable=False),
        sa.Column("level_1", sa.Integer(), nullable=False),
        sa.Column("defaults", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("load_id", "line", name=op.f("pk_staging_summary")),
        schema="pd",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "staging_ticket",
        sa.Column("load_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("labels", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rater_name", sa.Text(), nullable=True),
        sa.Column("rater_phone", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("load_id", "line", name=op.f("pk_staging_ticket")),
        schema="pd",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "ticket_transition",
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("lead_only", sa.Boolean(), nullable=False),
        sa.Column("needs_reason", sa.Boolean(), nullable=False),
        sa.Column("needs_lead", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("action", "source", "group_name", name=op.f("pk_ticket_transition")),
        schema="pd",
    )
    op.create_table(
        "app_user",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("is_head", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "(group_name = 'liaison') = (agency_id is not null)", name=op.f("ck_app_user_liaison_has_agency")
        ),
        sa.CheckConstraint(
            "group_name in ('officer','liaison','bureau','admin','auditor')", name=op.f("ck_app_user_group")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_app_user_agency_id")),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_app_user")),
        schema="pd",
    )
    op.create_table(
        "hall",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("registered", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_hall_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall")),
        sa.UniqueConstraint("agency_id", "name", name=op.f("uq_hall_agency_id_name")),
        schema="pd",
    )
    op.create_table(
        "rating_cover",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_rating_cover_agency_id")),
        sa.PrimaryKeyConstraint("month", "agency_id", name=op.f("pk_rating_cover")),
        schema="pd",
    )
    op.create_table(
        "responsible_office",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["pd.agency.id"], name=op.f("fk_responsible_office_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsible_office")),
        sa.UniqueConstraint("agency_id", "office", name=op.f("uq_responsible_office_agency_id_office")),
        schema="pd",
    )
    op.create_table(
        "service_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("initials", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("registered", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_service_item_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_item")),
        sa.UniqueConstraint("code", name=op.f("uq_service_item_code")),
        sa.UniqueConstraint("name", name=op.f("uq_service_item_name")),
        schema="pd",
    )
    op.create_table(
        "staff_member",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_staff_member_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
        sa.UniqueConstraint("agency_id", "name", name=op.f("uq_staff_member_agency_id_name")),
        schema="pd",
    )
    op.create_table(
        "summary_count",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("cases_rated", sa.Integer(), nullable=False),
        sa.Column("level_5", sa.Integer(), nullable=False),
        sa.Column("level_4", sa.Integer(), nullable=False),
        sa.Column("level_3", sa.Integer(), nullable=False),
        sa.Column("level_2", sa.Integer(), nullable=False),
        sa.Column("level_1", sa.Integer(), nullable=False),
        sa.Column("defaults", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_summary_count_agency_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["pd.import_batch.id"], name=op.f("fk_summary_count_batch_id")),
        sa.PrimaryKeyConstraint("month", "agency_id", "platform", "hall_id", name=op.f("pk_summary_count")),
        schema="pd",
    )
    op.create_index(
        "ix_summary_count_agency_id", "summary_count", ["agency_id", "month"], unique=False, schema="pd"
    )
    op.create_table(
        "tally",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("monthly", sa.Boolean(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("cases_rated", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("level_5", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("level_4", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("level_3", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("level_2", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("level_1", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("defaults", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("active", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_tally_agency_id")),
        sa.PrimaryKeyConstraint("day", "monthly", "agency_id", "platform", "hall_id", name=op.f("pk_tally")),
        schema="pd",
    )
    op.create_index("ix_tally_agency_id", "tally", ["agency_id", "day"], unique=False, schema="pd")
    op.create_table(
        "tally_ticket",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("handled_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_tally_ticket_agency_id")),
        sa.PrimaryKeyConstraint(
            "day", "agency_id", "submitted_on", "handled_on", "due_on", name=op.f("pk_tally_ticket")
        ),
        schema="pd",
    )
    op.create_table(
        "counter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("hall_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("registered", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["hall_id"], ["pd.hall.id"], name=op.f("fk_counter_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
        sa.UniqueConstraint("hall_id", "name", name=op.f("uq_counter_hall_id_name")),
        schema="pd",
    )
    op.create_table(
        "tally_staff",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("level_5", sa.Integer(), nullable=False),
        sa.Column("level_4", sa.Integer(), nullable=False),
        sa.Column("level_3", sa.Integer(), nullable=False),
        sa.Column("level_2", sa.Integer(), nullable=False),
        sa.Column("level_1", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["pd.staff_member.id"], name=op.f("fk_tally_staff_staff_id")),
        sa.PrimaryKeyConstraint("day", "staff_id", name=op.f("pk_tally_staff")),
        schema="pd",
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("rating_id", sa.BigInteger(), nullable=True),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("holder_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("labels", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_phone", sa.Text(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("province_created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("declined", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("round", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("co_ids", sa.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("rework_due_on", sa.Date(), nullable=True),
        sa.Column("report_due_on", sa.Date(), nullable=True),
        sa.Column("runs_until", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("handled_on", sa.Date(), nullable=True),
        sa.Column("search", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("grams", postgresql.TSVECTOR(), server_default=sa.text("''"), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state in ('pending','dispatched','rectifying','submitted','approved','reported','closed','rejected')",
            name=op.f("ck_ticket_state"),
        ),
        sa.CheckConstraint("level between 1 and 5", name=op.f("ck_ticket_level")),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_ticket_agency_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["pd.import_batch.id"], name=op.f("fk_ticket_batch_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["pd.agency.id"], name=op.f("fk_ticket_holder_id")),
        sa.ForeignKeyConstraint(["item_id"], ["pd.service_item.id"], name=op.f("fk_ticket_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("rating_id", name=op.f("uq_ticket_rating_id")),
        schema="pd",
    )
    op.create_index("ix_ticket_case_number", "ticket", ["case_number"], unique=False, schema="pd")
    op.create_index("ix_ticket_grams", "ticket", ["grams"], unique=False, schema="pd", postgresql_using="gin")
    op.create_index(
        "ix_ticket_holder_opened",
        "ticket",
        ["holder_id", sa.literal_column("opened_at desc"), sa.literal_column("id desc")],
        unique=False,
        schema="pd",
    )
    op.create_index(
        "ix_ticket_opened",
        "ticket",
        [sa.literal_column("opened_at desc"), sa.literal_column("id desc")],
        unique=False,
        schema="pd",
    )
    op.create_index(
        "ix_ticket_runs",
        "ticket",
        ["runs_until", "id"],
        unique=False,
        schema="pd",
        postgresql_where=sa.text("runs_until is not null"),
    )
    op.create_index(
        "ix_ticket_state_opened",
        "ticket",
        ["state", sa.literal_column("opened_at desc"), sa.literal_column("id desc")],
        unique=False,
        schema="pd",
    )
    op.create_index(
        "uq_ticket_number",
        "ticket",
        ["number"],
        unique=True,
        schema="pd",
        postgresql_where=sa.text("number is not null"),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("current", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("used_days", sa.Integer(), nullable=True),
        sa.CheckConstraint("part in ('lead','co')", name=op.f("ck_assignment_part")),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_assignment_agency_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["pd.ticket.id"], name=op.f("fk_assignment_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        schema="pd",
    )
    op.create_index(
        "ix_assignment_agency_opened",
        "assignment",
        ["agency_id", sa.literal_column("opened_at desc"), sa.literal_column("ticket_id desc")],
        unique=False,
        schema="pd",
        postgresql_where=sa.text("current"),
    )
    op.create_index(
        "uq_assignment_round", "assignment", ["ticket_id", "round", "agency_id"], unique=True, schema="pd"
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["pd.ticket.id"], name=op.f("fk_event_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        schema="pd",
    )
    op.create_index(
        "ix_event_ticket_id",
        "event",
        ["ticket_id", "id"],
        unique=False,
        schema="pd",
        postgresql_where=sa.text("ticket_id is not null"),
    )
    op.create_table(
        "rater",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("rating_id", sa.BigInteger(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("identity_number", sa.Text(), nullable=True),
        sa.CheckConstraint("num_nonnulls(rating_id, ticket_id) = 1", name=op.f("ck_rater_one_owner")),
        sa.ForeignKeyConstraint(["ticket_id"], ["pd.ticket.id"], name=op.f("fk_rater_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rater")),
        schema="pd",
    )
    op.create_index(
        "uq_rater_rating_id",
        "rater",
        ["rating_id"],
        unique=True,
        schema="pd",
        postgresql_where=sa.text("rating_id is not null"),
    )
    op.create_index(
        "uq_rater_ticket_id",
        "rater",
        ["ticket_id"],
        unique=True,
        schema="pd",
        postgresql_where=sa.text("ticket_id is not null"),
    )
    op.create_table(
        "rating",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("service_number", sa.SmallInteger(), nullable=False),
        sa.Column("rating_number", sa.SmallInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("channel", sa.Integer(), nullable=True),
        sa.Column("hall_id", sa.BigInteger(), nullable=True),
        sa.Column("counter_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("first_level", sa.SmallInteger(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("first_default", sa.Boolean(), nullable=False),
        sa.Column("lacks_reason", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("labels", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_type", sa.SmallInteger(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("target in ('item','staff')", name=op.f("ck_rating_target")),
        sa.CheckConstraint("level between 1 and 5", name=op.f("ck_rating_level")),
        sa.ForeignKeyConstraint(["ticket_id"], ["pd.ticket.id"], name=op.f("fk_rating_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        schema="pd",
    )
    op.create_index("ix_rating_agency_time", "rating", ["agency_id", "rated_at"], unique=False, schema="pd")
    op.create_index(
        "ix_rating_ticket_id",
        "rating",
        ["ticket_id"],
        unique=False,
        schema="pd",
        postgresql_where=sa.text("ticket_id is not null"),
    )
    op.create_index(
        "ix_rating_staff_time",
        "rating",
        ["rated_at"],
        unique=False,
        schema="pd",
        postgresql_where=sa.text("target = 'staff'"),
    )
    op.create_index(
        "ix_rating_time",
        "rating",
        ["rated_at"],
        unique=False,
        schema="pd",
        postgresql_using="brin",
        postgresql_with={"autosummarize": True},
    )
    op.create_index(
        "uq_rating_key",
        "rating",
        ["case_number", "area_code", "target", "service_number", "rating_number"],
        unique=True,
        schema="pd",
    )
    op.create_table(
        "event_text",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["pd.event.id"], name=op.f("fk_event_text_event_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["pd.ticket.id"], name=op.f("fk_event_text_ticket_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_text")),
        schema="pd",
    )
    op.create_table(
        "rating_revision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("rating_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("labels", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["pd.import_batch.id"], name=op.f("fk_rating_revision_batch_id")
        ),
        sa.ForeignKeyConstraint(["rating_id"], ["pd.rating.id"], name=op.f("fk_rating_revision_rating_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_revision")),
        schema="pd",
    )
    op.create_index(
        "ix_rating_revision_rating_id", "rating_revision", ["rating_id", "id"], unique=False, schema="pd"
    )
    op.create_table(
        "rectification",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("assignment_id", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_true", sa.Boolean(), nullable=False),
        sa.Column("found_reasonable", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("feedback", postgresql.JSONB(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["pd.assignment.id"], name=op.f("fk_rectification_assignment_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["pd.ticket.id"], name=op.f("fk_rectification_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification")),
        schema="pd",
    )
    op.create_index(
        "ix_rectification_ticket_id", "rectification", ["ticket_id", "id"], unique=False, schema="pd"
    )
    # Ticket and rating point at each other: this one comes last.
    op.create_foreign_key(
        "fk_ticket_rating_id",
        "ticket",
        "rating",
        ["rating_id"],
        ["id"],
        source_schema="pd",
        referent_schema="pd",
    )
