"""The work calendar and the rule sets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Id


class CalendarDay(Base):
    """One day; `working_no`: running number of working days up to and with it, read by every clock."""

    __tablename__ = "calendar_day"
    __table_args__ = (
        Index("uq_calendar_day_nth", "working_no", unique=True, postgresql_where=text("working")),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    why: Mapped[str]
    published: Mapped[bool]
    working_no: Mapped[int]


class CalendarYear(Base):
    """A year whose notice (放假安排) is in the calendar."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
    imported_at: Mapped[datetime]


class LocalDay(Base):
    """A day that the county itself set off or on; kept after it was taken back.

    `notice_working`, `notice_why`: what stands once it is taken back.
    """

    __tablename__ = "local_day"
    __table_args__ = (
        Index("uq_local_day_standing", "day", unique=True, postgresql_where=text("taken_back_at is null")),
    )

    id: Mapped[Id]
    day: Mapped[date]
    working: Mapped[bool]
    reason: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    notice_working: Mapped[bool]
    notice_why: Mapped[str]
    taken_back_by: Mapped[str | None]
    taken_back_at: Mapped[datetime | None]


class RuleSetRow(Base):
    """A rule set, in force from the 1st of a month (Art. 5, 22). `reason`, `put_by`: none for the shipped one."""

    __tablename__ = "rule_set"
    __table_args__ = (CheckConstraint("extract(day from effective_from) = 1", name="first_of_month"),)

    effective_from: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    put_by: Mapped[str | None]
    put_at: Mapped[datetime | None]
