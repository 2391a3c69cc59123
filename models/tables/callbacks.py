"""Callbacks (Art. 3, 15, 24) and the samples they come from. Written by the doors in `callbacks.sql` only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Mapped, mapped_column

from models.rules.callbacks import Kind, Outcome
from models.tables.base import Base, Id, Small

_KINDS = ",".join(f"'{k.value}'" for k in Kind)
_OUTCOMES = ",".join(f"'{o.value}'" for o in Outcome)


class CallbackSample(Base):
    """抽样: rectified tickets of one agency and month, drawn at random so that anybody can draw them again.

    `stock`: the tickets there were, `drawn` those that the seed chose, by `models.rules.sampling` and `method`.
    `size` or `share` (0–1) as asked for.
    """

    __tablename__ = "callback_sample"
    __table_args__ = (
        CheckConstraint("num_nonnulls(size, share) = 1", name="size_or_share"),
        CheckConstraint("share > 0 and share <= 1", name="share"),
        CheckConstraint("size between 1 and 10000", name="size"),
        Index("ix_callback_sample_month", "month", "agency_id", "id"),
    )

    id: Mapped[Id]
    month: Mapped[date]
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    size: Mapped[int | None]
    share: Mapped[Any | None] = mapped_column(Numeric(5, 4))
    seed: Mapped[str]
    method: Mapped[str]
    stock: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    drawn: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[str]
    command_id: Mapped[str] = mapped_column(UUID(as_uuid=False))


class Callback(Base):
    """回访: one call on one round of a ticket, of one kind; `agency_id`: whose ticket it was then.

    `outcome`: None while it is due; `tries`: calls that reached nobody. `decision`: what the officer did about somebody
    unsatisfied: reopen 重新办理 or leave 不再办理.
    """

    __tablename__ = "callback"
    __table_args__ = (
        CheckConstraint(f"kind in ({_KINDS})", name="kind"),
        CheckConstraint(f"outcome in ({_OUTCOMES})", name="outcome"),
        CheckConstraint("decision in ('reopen','leave')", name="decision"),
        UniqueConstraint("ticket_id", "kind", "round"),
        Index("ix_callback_agency_id", "agency_id", "id"),
        Index("ix_callback_due", "id", postgresql_where=text("outcome is null")),
    )

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("pd.ticket.id"))
    kind: Mapped[str]
    round: Mapped[Small]
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    sample_id: Mapped[int | None] = mapped_column(ForeignKey("pd.callback_sample.id"))
    opened_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    tries: Mapped[Small] = mapped_column(server_default=text("0"))
    outcome: Mapped[str | None]
    called_at: Mapped[datetime | None]
    called_by: Mapped[str | None]
    words: Mapped[str | None]
    decision: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decision_text: Mapped[str | None]


class CallbackTry(Base):
    """One call and what came of it; the event is in the log, the words are here."""

    __tablename__ = "callback_try"
    __table_args__ = (Index("ix_callback_try_callback_id", "callback_id", "event_id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("pd.event.id"), primary_key=True, autoincrement=False)
    callback_id: Mapped[int] = mapped_column(ForeignKey("pd.callback.id"))
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    text: Mapped[str | None]
