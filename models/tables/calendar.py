"""The work calendar and the rule sets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base


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


class RuleSetRow(Base):
    """A rule set, in force from the 1st of a month (Art. 5, 22)."""

    __tablename__ = "rule_set"
    __table_args__ = (CheckConstraint("extract(day from effective_from) = 1", name="first_of_month"),)

    effective_from: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
    parameters: Mapped[dict[str, Any]]
