"""Suggestions from boxes, books and mailboxes (Art. 16). Written by `pd.act_suggestion` and `pd.record_suggestion` only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from models.rules.suggestions import Source, State, Topic
from models.tables.base import Base, Id


def _one_of(column: str, values: type[Source] | type[State] | type[Topic]) -> CheckConstraint:
    names = ",".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} in ({names})", name=column)


class Suggestion(Base):
    """意见建议. `holder_id`: the agency that has it now, None at the centre; contact data is here only masked."""

    __tablename__ = "suggestion"
    __table_args__ = (
        _one_of("source", Source),
        _one_of("topic", Topic),
        _one_of("state", State),
        Index("ix_suggestion_holder_id", "holder_id", "id"),
        Index("ix_suggestion_grams", "grams", postgresql_using="gin"),
    )

    id: Mapped[Id]
    source: Mapped[str]
    topic: Mapped[str]
    received_on: Mapped[date]
    place: Mapped[str | None]
    words: Mapped[str]
    contact_name: Mapped[str | None]
    contact_phone: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default=text("'recorded'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("pd.agency.id"))
    dispatched_on: Mapped[date | None]
    due_on: Mapped[date | None]
    provisional: Mapped[bool] = mapped_column(server_default=text("false"))
    answer: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    search: Mapped[str]
    grams: Mapped[Any] = mapped_column(TSVECTOR)


class SuggestionContact(Base):
    """Who left it, where they said so (Guide 4.2). No group may read it."""

    __tablename__ = "suggestion_contact"

    suggestion_id: Mapped[int] = mapped_column(ForeignKey("pd.suggestion.id"), primary_key=True)
    name: Mapped[str | None]
    phone: Mapped[str | None]


class SuggestionStep(Base):
    """What was done with a suggestion and in what words; the event of the same id is in the chain."""

    __tablename__ = "suggestion_step"
    __table_args__ = (Index("ix_suggestion_step_suggestion_id", "suggestion_id", "event_id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("pd.event.id"), primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("pd.suggestion.id"))
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("pd.agency.id"))
    text: Mapped[str | None]


class SuggestionTransition(Base):
    """An allowed step, as data; the same rows as `models.rules.suggestions`."""

    __tablename__ = "suggestion_transition"

    action: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    group_name: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str]
    needs_text: Mapped[bool]
