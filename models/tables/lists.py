"""What people keep of their lists, and who is looking at a ticket now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Id


class SavedFilter(Base):
    """A filter of the ticket list under a name, its owner's own or shared with everyone who handles tickets.

    `conditions`: as `app.tickets.saved` writes them; the database only keeps them.
    """

    __tablename__ = "saved_filter"
    __table_args__ = (
        UniqueConstraint("owner", "name"),
        Index("ix_saved_filter_shared", "id", postgresql_where=text("shared")),
    )

    id: Mapped[Id]
    owner: Mapped[str] = mapped_column(ForeignKey("pd.app_user.login"))
    name: Mapped[str]
    conditions: Mapped[dict[str, Any]]
    shared: Mapped[bool] = mapped_column(server_default=text("false"))
    changed_at: Mapped[datetime]


class FilterNotice(Base):
    """A person wants to be told once more than `above` tickets match a filter."""

    __tablename__ = "filter_notice"
    __table_args__ = (
        CheckConstraint("above >= 0", name="above"),
        Index("ix_filter_notice_filter_id", "filter_id"),
    )

    login: Mapped[str] = mapped_column(ForeignKey("pd.app_user.login"), primary_key=True)
    filter_id: Mapped[int] = mapped_column(
        ForeignKey("pd.saved_filter.id", ondelete="CASCADE"), primary_key=True
    )
    above: Mapped[int]


class Looking(Base):
    """Who has a ticket open; a row counts for a minute after `seen_at`. Lost with a crash, and no loss."""

    __tablename__ = "looking"
    __table_args__ = (
        Index("ix_looking_ticket_id", "ticket_id"),
        {"prefixes": ["UNLOGGED"]},
    )

    login: Mapped[str] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    typing: Mapped[bool]
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
