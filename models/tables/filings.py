"""Filings with the bureau (Art. 3, 25) and referrals (Guide 8.2). Written by the doors in `filings.sql` and `referrals.sql` only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Mapped, mapped_column

from models.rules.filings import Kind, State
from models.rules.referrals import Ground
from models.rules.referrals import State as ReferralState
from models.tables.base import Base, Id, Small


class Filing(Base):
    """备案, numbered 备案〔2026〕3号: corrections or rectification results of some months, sent to the bureau.

    `lines_hash`: sha256 of the lines as they were frozen; `chain_no`, `chain_hash`: the head of the log then.
    """

    __tablename__ = "filing"
    __table_args__ = (
        CheckConstraint("kind in ({})".format(",".join(f"'{k.value}'" for k in Kind)), name="kind"),
        CheckConstraint("state in ({})".format(",".join(f"'{s.value}'" for s in State)), name="state"),
        UniqueConstraint("year", "number"),
    )

    id: Mapped[Id]
    year: Mapped[Small]
    number: Mapped[int]
    kind: Mapped[str]
    first_month: Mapped[date]
    last_month: Mapped[date]
    recipient: Mapped[str]
    note: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'filed'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    lines: Mapped[int]
    lines_hash: Mapped[bytes] = mapped_column(LargeBinary)
    chain_no: Mapped[int]
    chain_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    filed_on: Mapped[date]
    filed_at: Mapped[datetime]
    filed_by: Mapped[str]


class FilingLine(Base):
    """One thing filed, as it stood then; facts without data of the person who rated."""

    __tablename__ = "filing_line"
    __table_args__ = (
        CheckConstraint("num_nonnulls(appeal_id, ticket_id) = 1", name="one_thing"),
        Index("ix_filing_line_appeal_id", "appeal_id", postgresql_where=text("appeal_id is not null")),
        Index("ix_filing_line_ticket_id", "ticket_id", postgresql_where=text("ticket_id is not null")),
    )

    filing_id: Mapped[int] = mapped_column(ForeignKey("pd.filing.id"), primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("pd.appeal.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("pd.ticket.id"))
    facts: Mapped[dict[str, Any]]


class FilingStep(Base):
    """What was done to a filing and said; the event is in the log, the words are here."""

    __tablename__ = "filing_step"
    __table_args__ = (Index("ix_filing_step_filing_id", "filing_id", "event_id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("pd.event.id"), primary_key=True, autoincrement=False)
    filing_id: Mapped[int] = mapped_column(ForeignKey("pd.filing.id"))
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    text: Mapped[str | None]


class Referral(Base):
    """线索移送 (Guide 8.2): a hint of misconduct, handed to a department that may look into it.

    `people`: the logins that may see it, beside those marked as head; `reference`: the number of the ticket or appeal it
    comes from. Nothing of it is in the log or the feed that others read. No foreign key leads to the ticket or the appeal:
    it would lock their row, whose readers could tell. `id`, `number`: drawn by lot, not counted.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint(
            "state in ({})".format(",".join(f"'{s.value}'" for s in ReferralState)), name="state"
        ),
        UniqueConstraint("year", "number"),
        UniqueConstraint("made_by", "command_id"),
        # Without a list of what is pending, whose length those who search would feel.
        Index("ix_referral_people", "people", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    id: Mapped[Id]
    year: Mapped[Small]
    number: Mapped[int]
    ticket_id: Mapped[int | None] = mapped_column(BigInteger)
    appeal_id: Mapped[int | None] = mapped_column(BigInteger)
    reference: Mapped[str]
    department: Mapped[str]
    subject: Mapped[str]
    hint: Mapped[str]
    people: Mapped[list[str]]
    state: Mapped[str] = mapped_column(server_default=text("'made'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    made_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    command_id: Mapped[str] = mapped_column(UUID(as_uuid=False))


class ReferralStep(Base):
    """What was done to a referral; a chain of its own, since the common log would tell of it.

    `hash` = sha256(hash of the step before || this step's words).
    """

    __tablename__ = "referral_step"
    __table_args__ = (Index("ix_referral_step_referral_id", "referral_id", "id"),)

    id: Mapped[Id]
    referral_id: Mapped[int] = mapped_column(ForeignKey("pd.referral.id"))
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    text: Mapped[str | None]
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Accountability(Base):
    """追责记录 (Guide 8.2 b): why somebody of an agency was held to account, and how. Taken back, it stays."""

    __tablename__ = "accountability"
    __table_args__ = (
        CheckConstraint("ground in ({})".format(",".join(f"'{g.value}'" for g in Ground)), name="ground"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn"),
        UniqueConstraint("recorded_by", "command_id"),
        Index("ix_accountability_staff_id", "staff_id", "id"),
        Index("ix_accountability_agency_id", "agency_id", "id"),
    )

    id: Mapped[Id]
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("pd.staff_member.id"))
    ground: Mapped[str]
    facts: Mapped[str]
    measure: Mapped[str]
    decided_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    command_id: Mapped[str] = mapped_column(UUID(as_uuid=False))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdraw_reason: Mapped[str | None]
