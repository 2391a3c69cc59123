"""办件: the cases that ratings are about, as the province's case detail brings them. No personal data."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Small


class ServiceCase(Base):
    """A case (办件). `finished_at`: none while it runs; the case counts in the month it was finished in.

    `batch_number` (Art. 18): cases of one item handed in at once; a rating of one counts for each.
    `theme_number` (Art. 19): the case number under which a themed service was rated as a whole.
    Ids carry no foreign key: the loader, the only writer, takes them from the very rows.
    """

    __tablename__ = "service_case"
    __table_args__ = (
        CheckConstraint("status between 1 and 3", name="status"),
        CheckConstraint("(status = 3) = (finished_at is not null)", name="finished"),
        Index("ix_service_case_agency_finished", "agency_id", "finished_at"),
        Index("ix_service_case_finished", "finished_at", postgresql_where=text("finished_at is not null")),
        Index(
            "ix_service_case_batch",
            "batch_number",
            "agency_id",
            postgresql_where=text("batch_number is not null"),
        ),
        Index("ix_service_case_theme", "theme_number", postgresql_where=text("theme_number is not null")),
    )

    case_number: Mapped[str] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(BigInteger)
    item_id: Mapped[int | None] = mapped_column(BigInteger)
    platform: Mapped[str]
    hall_id: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[Small]
    case_type: Mapped[int | None] = mapped_column(SmallInteger)
    accepted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    batch_number: Mapped[str | None]
    theme_number: Mapped[str | None]
    batch_id: Mapped[int] = mapped_column(BigInteger)


class CaseCover(Base):
    """A month of an agency whose cases are on file in full: they are counted from detail, not from the summary."""

    __tablename__ = "case_cover"

    month: Mapped[date] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"), primary_key=True, autoincrement=False)


class StagingCase(Base):
    """A row of a case detail, on its way in."""

    __tablename__ = "staging_case"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __mapper_args__ = {"primary_key": ["load_id", "line"]}  # noqa: RUF012 - SQLAlchemy reads it

    load_id: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[int]
    area_code: Mapped[str]
    case_number: Mapped[str]
    agency: Mapped[str]
    item: Mapped[str | None]
    item_code: Mapped[str | None]
    platform: Mapped[str]
    hall: Mapped[str | None]
    status: Mapped[Small]
    case_type: Mapped[int | None] = mapped_column(SmallInteger)
    accepted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    batch_number: Mapped[str | None]
    theme_number: Mapped[str | None]
