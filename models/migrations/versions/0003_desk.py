"""The ticket desk: papers and their numbers, material, suggestions."""

from __future__ import annotations

import csv

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import resources

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As the owner, whose tables these are."""
    op.execute("SET ROLE pd_owner")
    _documents()
    _material()
    _calendar()
    _suggestions()
    op.execute("RESET ROLE")


def _documents() -> None:
    """Numbers of papers, and the bodies named on them."""
    op.create_table(
        "paper",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('dispatch','supervise')", name=op.f("ck_paper_kind")),
        sa.CheckConstraint("(kind = 'supervise') = (event_id is not null)", name=op.f("ck_paper_event")),
        sa.ForeignKeyConstraint(["ticket_id"], ["pd.ticket.id"], name=op.f("fk_paper_ticket_id")),
        sa.ForeignKeyConstraint(["event_id"], ["pd.event.id"], name=op.f("fk_paper_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("kind", "year", "number", name=op.f("uq_paper_kind_year_number")),
        sa.UniqueConstraint("event_id", name=op.f("uq_paper_event_id")),
        schema="pd",
    )
    op.create_index(
        "uq_paper_round", "paper", ["ticket_id", "round"], unique=True, schema="pd",
        postgresql_where=sa.text("kind = 'dispatch'"),
    )  # fmt: skip
    op.create_index("ix_paper_ticket_id", "paper", ["ticket_id", "id"], schema="pd")
    bodies = op.create_table(
        "body",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("phone", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("kind in ('centre','bureau','hotline')", name=op.f("ck_body_kind")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_body")),
        schema="pd",
    )
    named = {"centre": "市政务服务中心", "bureau": "市政务服务数据管理局", "hotline": "12345政务服务便民热线"}
    op.bulk_insert(bodies, [{"kind": kind, "name": name} for kind, name in named.items()])


def _material() -> None:
    """Attachments, causes, contributions."""
    causes = op.create_table(
        "cause_code",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("standing", sa.SmallInteger(), nullable=False),
        sa.Column("retired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_cause_code"),
        schema="pd",
    )
    op.bulk_insert(causes, _causes())
    op.add_column("rectification", sa.Column("cause_code", sa.Text(), nullable=True), schema="pd")
    op.create_foreign_key(
        "fk_rectification_cause_code", "rectification", "cause_code", ["cause_code"], ["code"],
        source_schema="pd", referent_schema="pd",
    )  # fmt: skip
    op.create_table(
        "attachment_content",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_attachment_content"),
        schema="pd",
    )
    # Files are compressed already: trying again costs seconds and saves nothing.
    op.execute("ALTER TABLE pd.attachment_content ALTER content SET STORAGE EXTERNAL")
    op.create_table(
        "attachment_part",
        sa.Column("upload", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("part", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("upload", "no", name="pk_attachment_part"),
        schema="pd",
        prefixes=["UNLOGGED"],
    )
    op.execute("ALTER TABLE pd.attachment_part ALTER part SET STORAGE EXTERNAL")
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("rectification_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('png','jpg','pdf','docx','xlsx','doc','xls')", name="ck_attachment_kind"
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name="fk_attachment_agency_id"),
        sa.ForeignKeyConstraint(["hash"], ["pd.attachment_content.hash"], name="fk_attachment_hash"),
        sa.ForeignKeyConstraint(
            ["rectification_id"], ["pd.rectification.id"], name="fk_attachment_rectification_id"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["pd.ticket.id"], name="fk_attachment_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        schema="pd",
    )
    op.create_index("ix_attachment_ticket_id", "attachment", ["ticket_id", "id"], schema="pd")
    op.create_index("ix_attachment_hash", "attachment", ["hash"], schema="pd")


def _causes() -> list[dict[str, object]]:
    """The shipped list."""
    with resources.path("causes.csv").open(encoding="utf-8", newline="") as file:
        return [
            {"code": row["code"], "text": row["text"], "standing": number, "retired": row["retired"] == "yes"}
            for number, row in enumerate(csv.DictReader(file), start=1)
        ]


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
    _suggestion_tables()
    moves = op.create_table(
        "suggestion_transition",
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("needs_text", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("action", "source", "group_name", name=op.f("pk_suggestion_transition")),
        schema="pd",
    )
    columns = ("action", "source", "group_name", "target", "needs_text")
    op.bulk_insert(moves, [dict(zip(columns, move, strict=True)) for move in SUGGESTION_MOVES])


#: Steps of suggestions, literally: action, source, group, target, whether words are needed.
SUGGESTION_MOVES = (
    ("suggestion_dispatch", "recorded", "officer", "dispatched", False),
    ("suggestion_recall", "dispatched", "officer", "recorded", False),
    ("suggestion_hand_back", "dispatched", "liaison", "recorded", True),
    ("suggestion_answer", "dispatched", "liaison", "answered", True),
    ("suggestion_return", "answered", "officer", "dispatched", True),
    ("suggestion_close", "answered", "officer", "closed", False),
    ("suggestion_reopen", "closed", "officer", "answered", True),
    ("suggestion_set_aside", "recorded", "officer", "not_for_us", True),
    ("suggestion_restore", "not_for_us", "officer", "recorded", True),
)


def _suggestion_tables() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_phone", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'recorded'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("holder_id", sa.BigInteger(), nullable=True),
        sa.Column("dispatched_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("grams", postgresql.TSVECTOR(), nullable=False),
        sa.CheckConstraint("source in ('box','book','mail')", name=op.f("ck_suggestion_source")),
        sa.CheckConstraint(
            "topic in ('attitude','efficiency','procedure','place','system','praise','other')",
            name=op.f("ck_suggestion_topic"),
        ),
        sa.CheckConstraint(
            "state in ('recorded','dispatched','answered','closed','not_for_us')",
            name=op.f("ck_suggestion_state"),
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["pd.agency.id"], name=op.f("fk_suggestion_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        schema="pd",
    )
    op.create_index("ix_suggestion_holder_id", "suggestion", ["holder_id", "id"], schema="pd")
    op.create_index("ix_suggestion_grams", "suggestion", ["grams"], schema="pd", postgresql_using="gin")
    op.create_table(
        "suggestion_contact",
        sa.Column("suggestion_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["pd.suggestion.id"], name=op.f("fk_suggestion_contact_suggestion_id")
        ),
        sa.PrimaryKeyConstraint("suggestion_id", name=op.f("pk_suggestion_contact")),
        schema="pd",
    )
    _suggestion_steps()


def _suggestion_steps() -> None:
    op.create_table(
        "suggestion_step",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("suggestion_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["pd.event.id"], name=op.f("fk_suggestion_step_event_id")),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["pd.suggestion.id"], name=op.f("fk_suggestion_step_suggestion_id")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_suggestion_step_agency_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_suggestion_step")),
        schema="pd",
    )
    op.create_index(
        "ix_suggestion_step_suggestion_id", "suggestion_step", ["suggestion_id", "event_id"], schema="pd"
    )
