"""Appeals of staff against ratings (Art. 25), and what was corrected. Written by the doors in `appeals.sql` only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from models.rules.appeals import Effect, Finding, State
from models.tables.base import Base, Id, Small


def _names(values: type[State] | type[Finding] | type[Effect]) -> str:
    return ",".join(f"'{value.value}'" for value in values)


class Appeal(Base):
    """申诉, numbered 申诉〔2026〕3号. `agency_id` verifies; `appellant`: whose rating it is, as the registry has it.

    `case_number`, `item_id`, `level`, `rated_at`: the rating appealed, as it stood at filing.
    `window_from`, `window_basis`, `window_due`: the time for filing and what it ran from; `late`: admitted by an officer.
    `received_on`, `finding_due_on`: the agency's clock, begun anew by a supplement.
    `finding`: mistaken 误评, malicious 恶意评价 or upheld 维持; `found_*`, `decided_*`: who, when, in which words.
    `effect`, `new_level`: what the decision did to the rating; `withdrew_ticket`: whether it took the ticket out of the count.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint(f"state in ({_names(State)})", name="state"),
        CheckConstraint(f"finding in ({_names(Finding)})", name="finding"),
        CheckConstraint(f"effect in ({_names(Effect)})", name="effect"),
        CheckConstraint("window_basis in ('told','dispatched','rated')", name="window_basis"),
        CheckConstraint("new_level between 1 and 5", name="new_level"),
        CheckConstraint("found_by <> decided_by", name="two_people"),
        UniqueConstraint("year", "number"),
        Index("uq_appeal_rating", "rating_id", unique=True, postgresql_where=text("state <> 'withdrawn'")),
        Index("ix_appeal_agency_id", "agency_id", "id"),
        Index("ix_appeal_staff_id", "staff_id", "id"),
        Index("ix_appeal_grams", "grams", postgresql_using="gin"),
    )

    id: Mapped[Id]
    year: Mapped[Small]
    number: Mapped[int]
    rating_id: Mapped[int] = mapped_column(ForeignKey("pd.rating.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("pd.staff_member.id"))
    appellant: Mapped[str]
    case_number: Mapped[str]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("pd.service_item.id"))
    level: Mapped[Small]
    rated_at: Mapped[datetime]
    told_on: Mapped[date | None]
    window_from: Mapped[date]
    window_basis: Mapped[str]
    window_due: Mapped[date]
    late: Mapped[bool]
    statement: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'filed'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    filed_at: Mapped[datetime]
    filed_by: Mapped[str]
    received_on: Mapped[date]
    finding_due_on: Mapped[date]
    provisional: Mapped[bool]
    finding: Mapped[str | None]
    found_text: Mapped[str | None]
    found_on: Mapped[date | None]
    found_by: Mapped[str | None]
    effect: Mapped[str | None]
    new_level: Mapped[int | None] = mapped_column()
    withdrew_ticket: Mapped[bool] = mapped_column(server_default=text("false"))
    decided_text: Mapped[str | None]
    decided_on: Mapped[date | None]
    decided_by: Mapped[str | None]
    search: Mapped[str]
    grams: Mapped[Any] = mapped_column(TSVECTOR)


class AppealAdmission(Base):
    """An officer's leave to file late, with the reason; used once."""

    __tablename__ = "appeal_admission"

    rating_id: Mapped[int] = mapped_column(ForeignKey("pd.rating.id"), primary_key=True, autoincrement=False)
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    at: Mapped[datetime]
    actor: Mapped[str]
    reason: Mapped[str]


class AppealTransition(Base):
    """An allowed step, as data; the same rows as `models.rules.appeals`."""

    __tablename__ = "appeal_transition"

    action: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    group_name: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str]
    needs_text: Mapped[bool]


class AppealStep(Base):
    """What was done to an appeal and said; the event is in the log, the words are here."""

    __tablename__ = "appeal_step"
    __table_args__ = (Index("ix_appeal_step_appeal_id", "appeal_id", "event_id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("pd.event.id"), primary_key=True, autoincrement=False)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("pd.appeal.id"))
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    text: Mapped[str | None]


class AppealFile(Base):
    """证据: a file of an appeal; its bytes are with those of all attachments."""

    __tablename__ = "appeal_file"
    __table_args__ = (
        CheckConstraint("kind in ('png','jpg','pdf','docx','xlsx','doc','xls')", name="kind"),
        Index("ix_appeal_file_appeal_id", "appeal_id", "id"),
        Index("ix_appeal_file_hash", "hash"),
    )

    id: Mapped[Id]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("pd.appeal.id"))
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary, ForeignKey("pd.attachment_content.hash"))
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class Correction(Base):
    """修正 beside a rating, which stays as it came: left out of the count, or counted with another level.

    `level`: the level that counts instead, where `effect` is replace. `agency_id`, `case_number`, `area_code`, `target`,
    `rating_number`: as the rating has them, so that cases are found without it. In force from `decided_at` for every month that is
    not closed then; months closed before show it as an adjustment.
    """

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint(f"effect in ({_names(Effect)})", name="effect"),
        CheckConstraint("(effect = 'replace') = (level is not null)", name="level_replaces"),
        CheckConstraint("level between 1 and 5", name="level"),
    )

    rating_id: Mapped[int] = mapped_column(ForeignKey("pd.rating.id"), primary_key=True, autoincrement=False)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("pd.appeal.id"), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    case_number: Mapped[str]
    area_code: Mapped[str]
    target: Mapped[str]
    rating_number: Mapped[Small]
    finding: Mapped[str]
    effect: Mapped[str]
    level: Mapped[int | None] = mapped_column()
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
