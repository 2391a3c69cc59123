"""Appeals and corrections, callbacks and their samples, filings, referrals, people held to account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

#: (action, from, to, groups, words needed) of an appeal (Art. 25); `filing`: no person's act.
APPEAL_MOVES = (
    ("appeal_return", "filed", "returned", ("liaison", "officer"), True),
    ("appeal_return", "upheld_by_agency", "returned", ("officer",), True),
    ("appeal_supplement", "returned", "filed", ("liaison", "officer"), True),
    ("appeal_withdraw", "filed", "withdrawn", ("liaison", "officer"), True),
    ("appeal_withdraw", "returned", "withdrawn", ("liaison", "officer"), True),
    ("appeal_withdraw", "upheld_by_agency", "withdrawn", ("liaison", "officer"), True),
    ("appeal_uphold", "filed", "upheld_by_agency", ("liaison",), True),
    ("appeal_dismiss_by_agency", "filed", "dismissed_by_agency", ("liaison",), True),
    ("appeal_correct", "upheld_by_agency", "corrected", ("officer",), True),
    ("appeal_dismiss", "upheld_by_agency", "dismissed", ("officer",), True),
    ("appeal_record", "corrected", "recorded", ("filing",), False),
    ("appeal_unrecord", "recorded", "corrected", ("filing",), False),
)


def upgrade() -> None:
    """As the owner, whose tables these are."""
    op.execute("SET ROLE pd_owner")
    _appeals()
    _callbacks()
    _filings()
    _referrals()
    for action, source, target, groups, words in APPEAL_MOVES:
        for group in groups:
            op.execute(
                "INSERT INTO pd.appeal_transition (action, source, group_name, target, needs_text)"
                f" VALUES ('{action}', '{source}', '{group}', '{target}', {str(words).lower()})"
            )
    # What 误评 does to a rating: the level that the person confirmed counts (ours).
    op.execute('UPDATE pd.rule_set SET parameters = parameters || \'{"mistaken_effect": "replace"}\'')
    op.execute("RESET ROLE")


def _appeals() -> None:
    """Appeals, their steps and files, and what they corrected."""
    op.create_table(
        "appeal_transition",
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("needs_text", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("action", "source", "group_name", name=op.f("pk_appeal_transition")),
        schema="pd",
    )
    op.create_table(
        "appeal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rating_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("appellant", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("window_from", sa.Date(), nullable=False),
        sa.Column("window_basis", sa.Text(), nullable=False),
        sa.Column("window_due", sa.Date(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'filed'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("finding_due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("found_text", sa.Text(), nullable=True),
        sa.Column("found_on", sa.Date(), nullable=True),
        sa.Column("found_by", sa.Text(), nullable=True),
        sa.Column("effect", sa.Text(), nullable=True),
        sa.Column("new_level", sa.Integer(), nullable=True),
        sa.Column("withdrew_ticket", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("decided_text", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("grams", postgresql.TSVECTOR(), nullable=False),
        sa.CheckConstraint("effect in ('exclude','replace')", name=op.f("ck_appeal_effect")),
        sa.CheckConstraint("finding in ('mistaken','malicious','upheld')", name=op.f("ck_appeal_finding")),
        sa.CheckConstraint(
            "state in ('filed','returned','upheld_by_agency','dismissed_by_agency','corrected','dismissed','recorded','withdrawn')",
            name=op.f("ck_appeal_state"),
        ),
        sa.CheckConstraint(
            "window_basis in ('told','dispatched','rated')", name=op.f("ck_appeal_window_basis")
        ),
        sa.CheckConstraint("found_by <> decided_by", name=op.f("ck_appeal_two_people")),
        sa.CheckConstraint("new_level between 1 and 5", name=op.f("ck_appeal_new_level")),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_appeal_agency_id")),
        sa.ForeignKeyConstraint(["item_id"], ["pd.service_item.id"], name=op.f("fk_appeal_item_id")),
        sa.ForeignKeyConstraint(["rating_id"], ["pd.rating.id"], name=op.f("fk_appeal_rating_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["pd.staff_member.id"], name=op.f("fk_appeal_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_appeal_year_number")),
        schema="pd",
    )
    op.create_index("ix_appeal_agency_id", "appeal", ["agency_id", "id"], unique=False, schema="pd")
    op.create_index("ix_appeal_grams", "appeal", ["grams"], unique=False, schema="pd", postgresql_using="gin")
    op.create_index("ix_appeal_staff_id", "appeal", ["staff_id", "id"], unique=False, schema="pd")
    op.create_index(
        "uq_appeal_rating",
        "appeal",
        ["rating_id"],
        unique=True,
        schema="pd",
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "appeal_admission",
        sa.Column("rating_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_appeal_admission_agency_id")),
        sa.ForeignKeyConstraint(["rating_id"], ["pd.rating.id"], name=op.f("fk_appeal_admission_rating_id")),
        sa.PrimaryKeyConstraint("rating_id", name=op.f("pk_appeal_admission")),
        schema="pd",
    )
    op.create_table(
        "appeal_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('png','jpg','pdf','docx','xlsx','doc','xls')", name=op.f("ck_appeal_file_kind")
        ),
        sa.ForeignKeyConstraint(["appeal_id"], ["pd.appeal.id"], name=op.f("fk_appeal_file_appeal_id")),
        sa.ForeignKeyConstraint(["hash"], ["pd.attachment_content.hash"], name=op.f("fk_appeal_file_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_file")),
        schema="pd",
    )
    op.create_index("ix_appeal_file_appeal_id", "appeal_file", ["appeal_id", "id"], unique=False, schema="pd")
    op.create_index("ix_appeal_file_hash", "appeal_file", ["hash"], unique=False, schema="pd")
    op.create_table(
        "appeal_step",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["appeal_id"], ["pd.appeal.id"], name=op.f("fk_appeal_step_appeal_id")),
        sa.ForeignKeyConstraint(["event_id"], ["pd.event.id"], name=op.f("fk_appeal_step_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_appeal_step")),
        schema="pd",
    )
    op.create_index(
        "ix_appeal_step_appeal_id", "appeal_step", ["appeal_id", "event_id"], unique=False, schema="pd"
    )
    op.create_table(
        "correction",
        sa.Column("rating_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("rating_number", sa.SmallInteger(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(effect = 'replace') = (level is not null)", name=op.f("ck_correction_level_replaces")
        ),
        sa.CheckConstraint("effect in ('exclude','replace')", name=op.f("ck_correction_effect")),
        sa.CheckConstraint("level between 1 and 5", name=op.f("ck_correction_level")),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_correction_agency_id")),
        sa.ForeignKeyConstraint(["appeal_id"], ["pd.appeal.id"], name=op.f("fk_correction_appeal_id")),
        sa.ForeignKeyConstraint(["rating_id"], ["pd.rating.id"], name=op.f("fk_correction_rating_id")),
        sa.PrimaryKeyConstraint("rating_id", name=op.f("pk_correction")),
        sa.UniqueConstraint("appeal_id", name=op.f("uq_correction_appeal_id")),
        schema="pd",
    )


def _callbacks() -> None:
    """Samples, calls and what came of them."""
    op.create_table(
        "callback_sample",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("share", sa.Numeric(precision=5, scale=4), nullable=True),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("stock", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("drawn", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.Text(), nullable=False),
        sa.Column("command_id", sa.UUID(as_uuid=False), nullable=False),
        sa.CheckConstraint("num_nonnulls(size, share) = 1", name=op.f("ck_callback_sample_size_or_share")),
        sa.CheckConstraint("share > 0 and share <= 1", name=op.f("ck_callback_sample_share")),
        sa.CheckConstraint("size between 1 and 10000", name=op.f("ck_callback_sample_size")),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_callback_sample_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_sample")),
        schema="pd",
    )
    op.create_index(
        "ix_callback_sample_month", "callback_sample", ["month", "agency_id", "id"], unique=False, schema="pd"
    )
    op.create_table(
        "callback",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("sample_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_by", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decision_text", sa.Text(), nullable=True),
        sa.CheckConstraint("decision in ('reopen','leave')", name=op.f("ck_callback_decision")),
        sa.CheckConstraint("kind in ('hotline','agency','spot_check')", name=op.f("ck_callback_kind")),
        sa.CheckConstraint(
            "outcome in ('satisfied','unsatisfied','unreachable','declined')",
            name=op.f("ck_callback_outcome"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_callback_agency_id")),
        sa.ForeignKeyConstraint(["sample_id"], ["pd.callback_sample.id"], name=op.f("fk_callback_sample_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["pd.ticket.id"], name=op.f("fk_callback_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
        sa.UniqueConstraint("ticket_id", "kind", "round", name=op.f("uq_callback_ticket_id_kind_round")),
        schema="pd",
    )
    op.create_index("ix_callback_agency_id", "callback", ["agency_id", "id"], unique=False, schema="pd")
    op.create_index(
        "ix_callback_due",
        "callback",
        ["id"],
        unique=False,
        schema="pd",
        postgresql_where=sa.text("outcome is null"),
    )
    op.create_table(
        "callback_try",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("callback_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["pd.callback.id"], name=op.f("fk_callback_try_callback_id")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["pd.event.id"], name=op.f("fk_callback_try_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_callback_try")),
        schema="pd",
    )
    op.create_index(
        "ix_callback_try_callback_id", "callback_try", ["callback_id", "event_id"], unique=False, schema="pd"
    )


def _filings() -> None:
    """What is sent to the bureau, line by line."""
    op.create_table(
        "filing",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("last_month", sa.Date(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'filed'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("lines_hash", sa.LargeBinary(), nullable=False),
        sa.Column("chain_no", sa.Integer(), nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('corrections','rectifications')", name=op.f("ck_filing_kind")),
        sa.CheckConstraint(
            "state in ('filed','received','returned','answered','cancelled')", name=op.f("ck_filing_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_filing_year_number")),
        schema="pd",
    )
    op.create_table(
        "filing_step",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("filing_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["pd.event.id"], name=op.f("fk_filing_step_event_id")),
        sa.ForeignKeyConstraint(["filing_id"], ["pd.filing.id"], name=op.f("fk_filing_step_filing_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_filing_step")),
        schema="pd",
    )
    op.create_index(
        "ix_filing_step_filing_id", "filing_step", ["filing_id", "event_id"], unique=False, schema="pd"
    )
    op.create_table(
        "filing_line",
        sa.Column("filing_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("num_nonnulls(appeal_id, ticket_id) = 1", name=op.f("ck_filing_line_one_thing")),
        sa.ForeignKeyConstraint(["appeal_id"], ["pd.appeal.id"], name=op.f("fk_filing_line_appeal_id")),
        sa.ForeignKeyConstraint(["filing_id"], ["pd.filing.id"], name=op.f("fk_filing_line_filing_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["pd.ticket.id"], name=op.f("fk_filing_line_ticket_id")),
        sa.PrimaryKeyConstraint("filing_id", "line", name=op.f("pk_filing_line")),
        schema="pd",
    )
    op.create_index(
        "ix_filing_line_appeal_id",
        "filing_line",
        ["appeal_id"],
        unique=False,
        schema="pd",
        postgresql_where=sa.text("appeal_id is not null"),
    )
    op.create_index(
        "ix_filing_line_ticket_id",
        "filing_line",
        ["ticket_id"],
        unique=False,
        schema="pd",
        postgresql_where=sa.text("ticket_id is not null"),
    )


def _referrals() -> None:
    """Hints of misconduct, and people held to account."""
    op.create_table(
        "accountability",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("command_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "ground in ('repeated','obstruction','retaliation')", name=op.f("ck_accountability_ground")
        ),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null)", name=op.f("ck_accountability_withdrawn")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["pd.agency.id"], name=op.f("fk_accountability_agency_id")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["pd.staff_member.id"], name=op.f("fk_accountability_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability")),
        sa.UniqueConstraint(
            "recorded_by", "command_id", name=op.f("uq_accountability_recorded_by_command_id")
        ),
        schema="pd",
    )
    op.create_index(
        "ix_accountability_agency_id", "accountability", ["agency_id", "id"], unique=False, schema="pd"
    )
    op.create_index(
        "ix_accountability_staff_id", "accountability", ["staff_id", "id"], unique=False, schema="pd"
    )
    op.create_table(
        "referral",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("appeal_id", sa.BigInteger(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("people", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'made'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("command_id", sa.UUID(as_uuid=False), nullable=False),
        sa.CheckConstraint("state in ('made','closed')", name=op.f("ck_referral_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("made_by", "command_id", name=op.f("uq_referral_made_by_command_id")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_referral_year_number")),
        schema="pd",
    )
    op.create_index(
        "ix_referral_people",
        "referral",
        ["people"],
        unique=False,
        schema="pd",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "referral_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("referral_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["pd.referral.id"], name=op.f("fk_referral_step_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_step")),
        schema="pd",
    )
    op.create_index(
        "ix_referral_step_referral_id", "referral_step", ["referral_id", "id"], unique=False, schema="pd"
    )
    op.add_column("improvement_order", sa.Column("staff_id", sa.BigInteger(), nullable=True), schema="pd")
    op.create_foreign_key(
        op.f("fk_improvement_order_staff_id"),
        "improvement_order",
        "staff_member",
        ["staff_id"],
        ["id"],
        source_schema="pd",
        referent_schema="pd",
    )
