"""Imports: what was loaded, by whom, with what result; the staging tables of the big loads.

Staging is unlogged and belongs to one load by `load_id`: officers may insert, nobody may read; a loader
function of the owner checks and moves the rows. All cells arrive checked and typed by `app.intake`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Date, ForeignKey, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Id, Small

_UNLOGGED = {"prefixes": ["UNLOGGED"]}


class ImportBatch(Base):
    """One accepted file: kind, hash, months it touched, and the counts of its result."""

    __tablename__ = "import_batch"

    id: Mapped[Id]
    kind: Mapped[str]
    file_name: Mapped[str]
    file_hash: Mapped[str]
    profile: Mapped[str | None]
    complete: Mapped[bool] = mapped_column(server_default=text("true"))
    months: Mapped[list[date]] = mapped_column(ARRAY(Date), server_default=text("'{}'"))
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    refused_by_agency: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    loaded_at: Mapped[datetime]
    loaded_by: Mapped[str]


class RatingCover(Base):
    """A month of an agency whose ratings are on file in full: its levels come from detail, not summary."""

    __tablename__ = "rating_cover"

    month: Mapped[date] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"), primary_key=True, autoincrement=False)


class StagingRating(Base):
    """A row of a rating detail, on its way in; `line` numbers the rows that are copied, from 1.

    Without a primary key in the database: it would slow the copy and nothing looks a row up.
    """

    __tablename__ = "staging_rating"
    __table_args__ = _UNLOGGED
    __mapper_args__ = {"primary_key": ["load_id", "line"]}  # noqa: RUF012 - SQLAlchemy reads it

    load_id: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[int]
    area_code: Mapped[str]
    case_number: Mapped[str]
    target: Mapped[str]
    service_number: Mapped[Small]
    rating_number: Mapped[Small]
    agency: Mapped[str]
    item: Mapped[str | None]
    item_code: Mapped[str | None]
    platform: Mapped[str]
    channel: Mapped[int | None] = mapped_column()
    hall: Mapped[str | None]
    counter: Mapped[str | None]
    staff: Mapped[str | None]
    level: Mapped[Small]
    is_default: Mapped[bool]
    lacks_reason: Mapped[bool]
    labels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str | None]
    rated_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    case_type: Mapped[int | None] = mapped_column(SmallInteger)
    rater_name: Mapped[str | None]
    rater_phone: Mapped[str | None]
    rater_identity: Mapped[str | None]


class StagingTicket(Base):
    """A row of the province's tickets, on its way in."""

    __tablename__ = "staging_ticket"
    __table_args__ = _UNLOGGED

    load_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[str]
    case_number: Mapped[str | None]
    agency: Mapped[str]
    item: Mapped[str | None]
    platform: Mapped[str | None]
    level: Mapped[int | None] = mapped_column()
    labels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str | None]
    rated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    rater_name: Mapped[str | None]
    rater_phone: Mapped[str | None]


class StagingSummary(Base):
    """A row of the monthly summary, on its way in."""

    __tablename__ = "staging_summary"
    __table_args__ = _UNLOGGED

    load_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[date]
    agency: Mapped[str]
    platform: Mapped[str]
    hall: Mapped[str | None]
    cases: Mapped[int]
    cases_rated: Mapped[int]
    level_5: Mapped[int]
    level_4: Mapped[int]
    level_3: Mapped[int]
    level_2: Mapped[int]
    level_1: Mapped[int]
    defaults: Mapped[int]


class StagingRegistry(Base):
    """A row of any sheet of the registry, on its way in; `kind`: agency, hall or item, `facts` its cells.

    agency: name, kind, office, person, phone, standing, initials, credit_code · hall: agency, name,
    counters, device · item: code, name, agency, initials.
    """

    __tablename__ = "staging_registry"
    __table_args__ = _UNLOGGED

    load_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    facts: Mapped[dict[str, Any]]
