"""Tickets, who works on them, and the feed of changes. Written by `pd.act` and the loaders only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR, UUID
from sqlalchemy.orm import Mapped, mapped_column

from models.rules.lifecycle import State
from models.tables.base import THIS_TRANSACTION, Base, Id, Small

_STATES = ",".join(f"'{s.value}'" for s in State)


class Ticket(Base):
    """差评工单. `opened_at` gives its period: the rating's time, else the province's creation time.

    `agency_id`: the agency rated; `holder_id`: the lead of the latest assignment, else the one rated.
    `due_on`, `rework_due_on`, `report_due_on`: ends (24:00) of the clocks; `runs_until`: the one that
    runs now, none where no clock runs. `search`: what the search box finds it by, `grams` its pairs of
    characters. Contact data is here only masked. `co_ids`: the co-agencies of the round, so that each of
    its agencies knows the others without seeing their assignments.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("level between 1 and 5", name="level"),
        Index("uq_ticket_number", "number", unique=True, postgresql_where=text("number is not null")),
        Index("ix_ticket_case_number", "case_number"),
        Index("ix_ticket_opened", text("opened_at desc"), text("id desc")),
        Index("ix_ticket_state_opened", "state", text("opened_at desc"), text("id desc")),
        Index("ix_ticket_holder_opened", "holder_id", text("opened_at desc"), text("id desc")),
        Index("ix_ticket_runs", "runs_until", "id", postgresql_where=text("runs_until is not null")),
        Index(
            "ix_ticket_call_back",
            text("opened_at desc"),
            text("id desc"),
            postgresql_where=text("platform = 'hotline' and level <= 2"),
        ),
        Index("ix_ticket_contact_phone", "contact_phone", postgresql_where=text("contact_phone is not null")),
        Index("ix_ticket_grams", "grams", postgresql_using="gin"),
    )

    id: Mapped[Id]
    number: Mapped[str | None]
    case_number: Mapped[str | None]
    rating_id: Mapped[int | None] = mapped_column(ForeignKey("pd.rating.id", use_alter=True), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    holder_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("pd.service_item.id"))
    platform: Mapped[str | None]
    level: Mapped[int | None] = mapped_column()
    labels: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    reason: Mapped[str | None]
    contact_name: Mapped[str | None]
    contact_phone: Mapped[str | None]
    rated_at: Mapped[datetime | None]
    province_created_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=text("'pending'"))
    declined: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    round: Mapped[Small] = mapped_column(server_default=text("0"))
    co_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    received_on: Mapped[date | None]
    due_on: Mapped[date | None]
    rework_due_on: Mapped[date | None]
    report_due_on: Mapped[date | None]
    runs_until: Mapped[date | None]
    provisional: Mapped[bool] = mapped_column(server_default=text("false"))
    submitted_on: Mapped[date | None]
    handled_on: Mapped[date | None]
    search: Mapped[str] = mapped_column(server_default=text("''"))
    grams: Mapped[Any] = mapped_column(TSVECTOR, server_default=text("''"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("pd.import_batch.id"))


class TicketRevision(Base):
    """What a ticket said until `at`, when a file of the province changed it; the ticket holds what counts."""

    __tablename__ = "ticket_revision"
    __table_args__ = (Index("ix_ticket_revision_ticket_id", "ticket_id", "id"),)

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("pd.ticket.id"))
    at: Mapped[datetime]
    level: Mapped[int | None] = mapped_column()
    labels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str | None]


class Assignment(Base):
    """承办记录: one agency's part in one dispatch (`round`), as lead (主办) or co-agency (协办).

    `current` rows decide what a liaison sees. The clock's start, end and use stay on record.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("part in ('lead','co')", name="part"),
        Index("uq_assignment_round", "ticket_id", "round", "agency_id", unique=True),
        Index(
            "ix_assignment_agency_opened",
            "agency_id",
            text("opened_at desc"),
            text("ticket_id desc"),
            postgresql_where=text("current"),
        ),
    )

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("pd.ticket.id"))
    round: Mapped[Small]
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    part: Mapped[str]
    current: Mapped[bool] = mapped_column(server_default=text("true"))
    opened_at: Mapped[datetime]
    created_at: Mapped[datetime]
    received_on: Mapped[date]
    due_on: Mapped[date]
    provisional: Mapped[bool]
    acknowledged_at: Mapped[datetime | None]
    submitted_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    used_days: Mapped[int | None]


class Rectification(Base):
    """整改材料: what the lead agency found and did (Art. 3, 23), one row a submission."""

    __tablename__ = "rectification"
    __table_args__ = (Index("ix_rectification_ticket_id", "ticket_id", "id"),)

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("pd.ticket.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("pd.assignment.id"))
    submitted_at: Mapped[datetime]
    found_true: Mapped[bool]
    found_reasonable: Mapped[bool]
    cause: Mapped[str]
    measures: Mapped[str]
    feedback: Mapped[dict[str, Any]]
    reviewed_by: Mapped[str]
    cause_code: Mapped[str | None] = mapped_column(ForeignKey("pd.cause_code.code"))


class TicketTransition(Base):
    """An allowed act, as data; the same rows as `models.rules.lifecycle`."""

    __tablename__ = "ticket_transition"

    action: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    group_name: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str]
    lead_only: Mapped[bool]
    needs_reason: Mapped[bool]
    needs_lead: Mapped[bool]


class CommandLog(Base):
    """Answers already given: a person's repeated command gets the same one and happens once."""

    __tablename__ = "command_log"

    actor: Mapped[str] = mapped_column(primary_key=True)
    command_id: Mapped[str] = mapped_column(UUID(as_uuid=False), primary_key=True)
    at: Mapped[datetime]
    answer: Mapped[dict[str, Any]]


class Change(Base):
    """The change feed; read under row-level security after an empty NOTIFY.

    `tx`: the transaction that wrote it, the reader's cursor, since rows commit out of the order of their ids.
    """

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_tx", "tx"),)

    id: Mapped[Id]
    at: Mapped[datetime]
    kind: Mapped[str]
    ticket_id: Mapped[int | None] = mapped_column(BigInteger)
    actor: Mapped[str]
    tx: Mapped[int] = mapped_column(BigInteger, server_default=THIS_TRANSACTION)
