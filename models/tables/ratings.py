"""Ratings, their revisions by the province, and the people who rated, kept apart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Id, Small


class Rating(Base):
    """评价. Key: area code, case number, target, service number, rating number (1 first, 2 follow-up).

    `level`, `is_default`: what counts (the province's latest revision); `first_level`, `first_default`,
    `labels`, `reason`: as first received, never overwritten.
    `lacks_reason`: 缺原因, a bad rating from a file that carries neither labels nor reasons (Art. 7).
    `case_type`: 即办件 1, 承诺件 2.

    Agency, item, hall, counter, staff and batch carry no foreign key: the loader, the only writer, takes
    their ids from the very rows; checked once more row by row they cost 1.6 s of 3.8 s in 200,000 rows.
    The unique key begins with the case number, so that one index also finds a case (0.4 s of 2.1 s saved).
    """

    __tablename__ = "rating"
    __table_args__ = (
        CheckConstraint("target in ('item','staff')", name="target"),
        CheckConstraint("level between 1 and 5", name="level"),
        Index(
            "uq_rating_key",
            "case_number",
            "area_code",
            "target",
            "service_number",
            "rating_number",
            unique=True,
        ),
        Index("ix_rating_agency_time", "agency_id", "rated_at"),
        Index("ix_rating_time", "rated_at", postgresql_using="brin", postgresql_with={"autosummarize": True}),
        Index("ix_rating_staff_time", "rated_at", postgresql_where=text("target = 'staff'")),
        Index("ix_rating_ticket_id", "ticket_id", postgresql_where=text("ticket_id is not null")),
    )

    id: Mapped[Id]
    area_code: Mapped[str]
    case_number: Mapped[str]
    target: Mapped[str]
    service_number: Mapped[Small]
    rating_number: Mapped[Small]
    agency_id: Mapped[int] = mapped_column(BigInteger)
    item_id: Mapped[int | None] = mapped_column(BigInteger)
    platform: Mapped[str]
    channel: Mapped[int | None] = mapped_column()
    hall_id: Mapped[int | None] = mapped_column(BigInteger)
    counter_id: Mapped[int | None] = mapped_column(BigInteger)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    level: Mapped[Small]
    first_level: Mapped[Small]
    is_default: Mapped[bool]
    first_default: Mapped[bool]
    lacks_reason: Mapped[bool] = mapped_column(server_default=text("false"))
    labels: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    reason: Mapped[str | None]
    rated_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    case_type: Mapped[int | None] = mapped_column(SmallInteger)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("pd.ticket.id"))
    batch_id: Mapped[int] = mapped_column(BigInteger)


class RatingRevision(Base):
    """What a later file of the province said of the same rating; the latest counts, all stay."""

    __tablename__ = "rating_revision"
    __table_args__ = (Index("ix_rating_revision_rating_id", "rating_id", "id"),)

    id: Mapped[Id]
    rating_id: Mapped[int] = mapped_column(ForeignKey("pd.rating.id"))
    level: Mapped[Small]
    is_default: Mapped[bool]
    labels: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    reason: Mapped[str | None]
    rated_at: Mapped[datetime]
    batch_id: Mapped[int] = mapped_column(ForeignKey("pd.import_batch.id"))


class Rater(Base):
    """评价人: personal data (Guide 4.2), of a rating or of a province ticket. No group may read it.

    `rating_id` carries no foreign key: the loader writes it with the rating (0.85 s of 1.85 s saved
    in 200,000 rows).
    """

    __tablename__ = "rater"
    __table_args__ = (
        CheckConstraint("num_nonnulls(rating_id, ticket_id) = 1", name="one_owner"),
        Index("uq_rater_rating_id", "rating_id", unique=True, postgresql_where=text("rating_id is not null")),
        Index("uq_rater_ticket_id", "ticket_id", unique=True, postgresql_where=text("ticket_id is not null")),
    )

    id: Mapped[Id]
    rating_id: Mapped[int | None] = mapped_column(BigInteger)
    ticket_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("pd.ticket.id"))
    name: Mapped[str | None]
    phone: Mapped[str | None]
    identity_number: Mapped[str | None]


class LabelCode(Base):
    """评价标签: the national code, its text, the level by its first digit, whether retired."""

    __tablename__ = "label_code"

    code: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[Small]
    retired: Mapped[bool] = mapped_column(server_default=text("false"))
    text: Mapped[str]
