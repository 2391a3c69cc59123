"""What happened, chained so that a change of the past shows; written by the database's own functions only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import THIS_TRANSACTION, Base, Id


class Event(Base):
    """One thing that happened, append-only. `facts` holds ids, codes and hashes, never anybody's words."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_ticket_id", "ticket_id", "id", postgresql_where=text("ticket_id is not null")),
    )

    id: Mapped[Id]
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("pd.ticket.id"))
    source: Mapped[str | None]
    target: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class EventText(Base):
    """The words that belong to an event (reason, note); erasable, its hash stays in the event."""

    __tablename__ = "event_text"

    event_id: Mapped[int] = mapped_column(ForeignKey("pd.event.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("pd.ticket.id"))
    text: Mapped[str]


class EventLink(Base):
    """One link of the chain: the events of one statement, in commit order.

    `digest`: sha256 of the events' lines; `hash`: sha256 of the link before, number, time and digest.
    """

    __tablename__ = "event_link"

    no: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    events: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    digest: Mapped[bytes]
    hash: Mapped[bytes]


class EventQueue(Base):
    """Events on their way into the chain; empty outside of a transaction.

    `id`: that of the first event. No sequence: of an unlogged table it is unreadable on a promoted standby.
    """

    __tablename__ = "event_queue"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    events: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class Reveal(Base):
    """A look at a rater's contact that is on record; the number itself is given only after the commit of `tx`."""

    __tablename__ = "reveal"

    event_id: Mapped[int] = mapped_column(ForeignKey("pd.event.id"), primary_key=True, autoincrement=False)
    actor: Mapped[str]
    at: Mapped[datetime]
    tx: Mapped[int] = mapped_column(BigInteger, server_default=THIS_TRANSACTION)
