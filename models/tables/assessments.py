"""The Guide's evaluation (GB/T 39735 §7, annex A): indicators, their weights, assessed values; orders to improve."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Id, Small


class IndicatorWeights(Base):
    """Weights of the indicators (subjective weighting), in force from the 1st of a month.

    `weights`: code → weight as a string, 0–1, those of siblings sum to 1; `pairs`: the comparisons they came from.
    """

    __tablename__ = "indicator_weights"
    __table_args__ = (CheckConstraint("extract(day from effective_from) = 1", name="first_of_month"),)

    effective_from: Mapped[date] = mapped_column(primary_key=True)
    weights: Mapped[dict[str, Any]]
    pairs: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    reason: Mapped[str]
    put_by: Mapped[str | None]
    put_at: Mapped[datetime]


class Assessment(Base):
    """An assessed value of one indicator for one agency and period; `value` 0–100 to two decimals.

    `source`: 综合点评 review, 监督查评 inspection, 第三方 third. `numerator`, `denominator` where it is a ratio.
    The latest that was not withdrawn counts, one for each source; an indicator's value is their mean.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        CheckConstraint("value between 0 and 100", name="value"),
        CheckConstraint("source in ('review','inspection','third')", name="source"),
        CheckConstraint(
            "extract(day from first_month) = 1 and extract(day from last_month) = 1 and first_month <= last_month",
            name="period",
        ),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn"),
        Index("ix_assessment_agency_id", "agency_id", "first_month", "indicator", "id"),
    )

    id: Mapped[Id]
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    first_month: Mapped[date]
    last_month: Mapped[date]
    indicator: Mapped[str]
    source: Mapped[str]
    value: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    evidence: Mapped[str]
    assessor: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    withdrawn_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdraw_reason: Mapped[str | None]


class ImprovementOrder(Base):
    """限期整改: a demand to an agency from what its ratings show (Guide 8.1.2), numbered 限改〔2026〕1号.

    States: issued 待整改 → answered 待核查 → accepted 已完成; returned to issued; cancelled 已撤销.
    `staff_id`: a member of the agency's staff whom it is about (Guide 8.2 a).
    `basis`: the figures it rests on, as they were shown (counts, period, labels), no words of raters.
    """

    __tablename__ = "improvement_order"
    __table_args__ = (
        CheckConstraint("state in ('issued','answered','accepted','cancelled')", name="state"),
        UniqueConstraint("year", "number"),
        UniqueConstraint("issued_by", "command_id"),
        Index("ix_improvement_order_agency_id", "agency_id", "id"),
    )

    id: Mapped[Id]
    year: Mapped[Small]
    number: Mapped[int]
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("pd.service_item.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("pd.staff_member.id"))
    subject: Mapped[str]
    proposal: Mapped[str]
    basis: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default=text("'issued'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    issued_on: Mapped[date]
    days: Mapped[Small]
    due_on: Mapped[date]
    provisional: Mapped[bool]
    answer: Mapped[str | None]
    answered_on: Mapped[date | None]
    issued_by: Mapped[str]
    issued_at: Mapped[datetime]
    command_id: Mapped[str] = mapped_column(UUID(as_uuid=False))


class ImprovementStep(Base):
    """What was done to an order and said; the event is in the log, the words are here."""

    __tablename__ = "improvement_step"
    __table_args__ = (Index("ix_improvement_step_order_id", "order_id", "event_id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("pd.event.id"), primary_key=True, autoincrement=False)
    order_id: Mapped[int] = mapped_column(ForeignKey("pd.improvement_order.id"))
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    text: Mapped[str | None]
