"""Papers that leave the house: their numbers, and the names of the bodies that stand on them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Id, Small


class Paper(Base):
    """A numbered notice: 转办〔2026〕3号, 督办〔2026〕1号. Gapless within kind and year, never given twice.

    A dispatch has one in each round, taken when it is first printed; a supervision (`event_id`) has its own at once.
    """

    __tablename__ = "paper"
    __table_args__ = (
        CheckConstraint("kind in ('dispatch','supervise')", name="kind"),
        CheckConstraint("(kind = 'supervise') = (event_id is not null)", name="event"),
        UniqueConstraint("kind", "year", "number"),
        Index(
            "uq_paper_round", "ticket_id", "round", unique=True, postgresql_where=text("kind = 'dispatch'")
        ),
        Index("ix_paper_ticket_id", "ticket_id", "id"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    year: Mapped[Small]
    number: Mapped[int]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("pd.ticket.id"))
    round: Mapped[Small]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("pd.event.id"), unique=True)
    at: Mapped[datetime]
    actor: Mapped[str]


class Body(Base):
    """Who issues and who is named on papers: the centre, the bureau it reports to, the hotline."""

    __tablename__ = "body"
    __table_args__ = (CheckConstraint("kind in ('centre','bureau','hotline')", name="kind"),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str] = mapped_column(server_default=text("''"))
    phone: Mapped[str] = mapped_column(server_default=text("''"))
