"""Closed months: the facts of a month as they stood, with the rules in force, so that they come out the same for ever.

Everyone may read them, as they may read the tally; only the list of tickets is guarded as tickets are.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Id


class MonthClose(Base):
    """封账: a month frozen at `closed_at` with its rule set. `reopened_at`: it stands no more.

    `ratings`, `tickets`, `cases`: how many rows were counted; the hashes are of those rows (sha256 over their
    ids and what was counted of them, in their order), so that a later list can be held against them.
    `chain_no`, `chain_hash`: the head of the log's chain just before.
    """

    __tablename__ = "month_close"
    __table_args__ = (
        CheckConstraint("extract(day from month) = 1", name="first_of_month"),
        CheckConstraint("(reopened_at is null) = (reopened_by is null)", name="reopened"),
        Index("uq_month_close_standing", "month", unique=True, postgresql_where=text("reopened_at is null")),
    )

    id: Mapped[Id]
    month: Mapped[date]
    closed_at: Mapped[datetime]
    closed_by: Mapped[str]
    note: Mapped[str]
    rule_set: Mapped[date]
    rule_set_name: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    ratings: Mapped[int]
    ratings_hash: Mapped[bytes] = mapped_column(LargeBinary)
    tickets: Mapped[int]
    tickets_hash: Mapped[bytes] = mapped_column(LargeBinary)
    cases: Mapped[int]
    cases_hash: Mapped[bytes] = mapped_column(LargeBinary)
    chain_no: Mapped[int] = mapped_column(BigInteger)
    chain_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    issued_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[str | None]
    reopen_reason: Mapped[str | None]


class ClosedAgency(Base):
    """An agency as it stood: name, kind, place in lists, and its registered halls."""

    __tablename__ = "closed_agency"

    close_id: Mapped[int] = mapped_column(
        ForeignKey("pd.month_close.id"), primary_key=True, autoincrement=False
    )
    agency_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str]
    kind: Mapped[str]
    standing: Mapped[int]
    halls: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class ClosedTally(Base):
    """The month's counts of an agency by platform and hall, as the tally keeps them by day.

    `cased`: whether case counts were at hand, which tells 无办件 from 缺办件数据.
    """

    __tablename__ = "closed_tally"

    close_id: Mapped[int] = mapped_column(
        ForeignKey("pd.month_close.id"), primary_key=True, autoincrement=False
    )
    agency_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    platform: Mapped[str] = mapped_column(primary_key=True)
    hall_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    level_5: Mapped[int]
    level_4: Mapped[int]
    level_3: Mapped[int]
    level_2: Mapped[int]
    level_1: Mapped[int]
    defaults: Mapped[int]
    active: Mapped[int]
    cased: Mapped[bool]
    cases: Mapped[int]
    cases_rated: Mapped[int]


class ClosedStaff(Base):
    """The month's staff ratings per level."""

    __tablename__ = "closed_staff"

    close_id: Mapped[int] = mapped_column(
        ForeignKey("pd.month_close.id"), primary_key=True, autoincrement=False
    )
    staff_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    level_5: Mapped[int]
    level_4: Mapped[int]
    level_3: Mapped[int]
    level_2: Mapped[int]
    level_1: Mapped[int]


class ClosedTicket(Base):
    """A ticket as it was counted: for whom, and how it stood at the close."""

    __tablename__ = "closed_ticket"
    __table_args__ = (Index("ix_closed_ticket_ticket_id", "ticket_id"),)

    close_id: Mapped[int] = mapped_column(
        ForeignKey("pd.month_close.id"), primary_key=True, autoincrement=False
    )
    ticket_id: Mapped[int] = mapped_column(ForeignKey("pd.ticket.id"), primary_key=True, autoincrement=False)
    agency_id: Mapped[int] = mapped_column(BigInteger)
    handled: Mapped[bool]
    submitted: Mapped[bool]
    due: Mapped[bool]


class ClosedTicketCount(Base):
    """How many tickets of an agency stood alike; the counts that everybody may read."""

    __tablename__ = "closed_ticket_count"

    close_id: Mapped[int] = mapped_column(
        ForeignKey("pd.month_close.id"), primary_key=True, autoincrement=False
    )
    agency_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    handled: Mapped[bool] = mapped_column(primary_key=True)
    submitted: Mapped[bool] = mapped_column(primary_key=True)
    due: Mapped[bool] = mapped_column(primary_key=True)
    tickets: Mapped[int]
