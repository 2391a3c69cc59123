"""The tally (统计台账): counts per day, agency, platform and hall, from which every score is computed.

Written by `pd.refresh_tally` alone; everyone may read it, so a liaison's ranking equals the officer's.
Where no hall is meant `hall_id` is 0, so that the key is whole.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base

_ZERO = text("0")


class SummaryCount(Base):
    """The province's monthly summary as received: cases, cases actively rated, ratings per level."""

    __tablename__ = "summary_count"
    __table_args__ = (Index("ix_summary_count_agency_id", "agency_id", "month"),)

    month: Mapped[date] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"), primary_key=True, autoincrement=False)
    platform: Mapped[str] = mapped_column(primary_key=True)
    hall_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    cases: Mapped[int]
    cases_rated: Mapped[int]
    level_5: Mapped[int]
    level_4: Mapped[int]
    level_3: Mapped[int]
    level_2: Mapped[int]
    level_1: Mapped[int]
    defaults: Mapped[int]
    batch_id: Mapped[int] = mapped_column(ForeignKey("pd.import_batch.id"))


class Tally(Base):
    """Item ratings per level, defaults among them, cases, cases actively rated.

    `day`: the day of the ratings, or the 1st of the month for counts that came as a month (`monthly`).
    `active`: ratings (item or staff) that a person gave, for hall adoption.
    """

    __tablename__ = "tally"
    __table_args__ = (Index("ix_tally_agency_id", "agency_id", "day"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    monthly: Mapped[bool] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"), primary_key=True, autoincrement=False)
    platform: Mapped[str] = mapped_column(primary_key=True)
    hall_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    cases: Mapped[int] = mapped_column(server_default=_ZERO)
    cases_rated: Mapped[int] = mapped_column(server_default=_ZERO)
    level_5: Mapped[int] = mapped_column(server_default=_ZERO)
    level_4: Mapped[int] = mapped_column(server_default=_ZERO)
    level_3: Mapped[int] = mapped_column(server_default=_ZERO)
    level_2: Mapped[int] = mapped_column(server_default=_ZERO)
    level_1: Mapped[int] = mapped_column(server_default=_ZERO)
    defaults: Mapped[int] = mapped_column(server_default=_ZERO)
    active: Mapped[int] = mapped_column(server_default=_ZERO)


class TallyStaff(Base):
    """Staff ratings per level, apart from the items' (Art. 5)."""

    __tablename__ = "tally_staff"

    day: Mapped[date] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(
        ForeignKey("pd.staff_member.id"), primary_key=True, autoincrement=False
    )
    level_5: Mapped[int]
    level_4: Mapped[int]
    level_3: Mapped[int]
    level_2: Mapped[int]
    level_1: Mapped[int]


class TallyTicket(Base):
    """Tickets that stand alike: day opened, agency they count for, days of hand-in, approval and due.

    `day 9999-12-31` stands for none, so that the key is whole. Rejected tickets are not in it.
    """

    __tablename__ = "tally_ticket"

    day: Mapped[date] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"), primary_key=True, autoincrement=False)
    submitted_on: Mapped[date] = mapped_column(primary_key=True)
    handled_on: Mapped[date] = mapped_column(primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    tickets: Mapped[int]


class TallyCase(Base):
    """Cases from detail that stand alike: `day` they were finished, `rated_on` of the first rating that a person
    gave to them (of their own, of their batch or theme), 9999-12-31 while there is none.

    The day of the rating makes the counts of any cut-off exact (rules §5: actively rated by the cut-off).
    """

    __tablename__ = "tally_case"
    __table_args__ = (Index("ix_tally_case_agency_id", "agency_id", "day"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"), primary_key=True, autoincrement=False)
    platform: Mapped[str] = mapped_column(primary_key=True)
    hall_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    rated_on: Mapped[date] = mapped_column(primary_key=True)
    cases: Mapped[int]
