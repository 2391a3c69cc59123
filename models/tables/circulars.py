"""Circulars: drafts, what was issued with its files, the centre's templates. Written by the doors in `circulars.sql` only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR, UUID
from sqlalchemy.orm import Mapped, mapped_column

from models.rules.circulars import Kind, State
from models.tables.base import Base, Id


class Circular(Base):
    """通报. `content`: its text with figures as fields, as `app.circulars.draft` reads it; frozen once issued.

    `year`, `number`: the number of the year's sequence, none of a draft; `closes`: the month closes whose figures it says;
    `withdraws_id`: the circular that this one takes back.
    """

    __tablename__ = "circular"
    __table_args__ = (
        CheckConstraint("kind in ({})".format(",".join(f"'{k.value}'" for k in Kind)), name="kind"),
        CheckConstraint("state in ({})".format(",".join(f"'{s.value}'" for s in State)), name="state"),
        CheckConstraint("(state = 'draft') = (number is null)", name="numbered"),
        CheckConstraint("(kind = 'withdrawal') = (withdraws_id is not null)", name="withdraws"),
        UniqueConstraint("year", "number"),
        UniqueConstraint("made_by", "command_id"),
        Index("ix_circular_month", "first_month", "id"),
        Index("ix_circular_grams", "grams", postgresql_using="gin"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    first_month: Mapped[date]
    last_month: Mapped[date]
    title: Mapped[str]
    content: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default=text("'draft'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    command_id: Mapped[str] = mapped_column(UUID(as_uuid=False))
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    year: Mapped[int | None] = mapped_column()
    number: Mapped[int | None]
    issued_on: Mapped[date | None]
    issued_at: Mapped[datetime | None]
    issued_by: Mapped[str | None]
    closes: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    withdraws_id: Mapped[int | None] = mapped_column(ForeignKey("pd.circular.id"))
    search: Mapped[str]
    grams: Mapped[Any] = mapped_column(TSVECTOR)


class CircularFile(Base):
    """A file of an issued circular, as it went out: a reprint gives these very bytes. `hash`: its sha256."""

    __tablename__ = "circular_file"
    __table_args__ = (
        CheckConstraint("kind in ('pdf','docx','xlsx','html')", name="kind"),
        Index("ix_circular_file_circular_id", "circular_id", "id"),
    )

    id: Mapped[Id]
    circular_id: Mapped[int] = mapped_column(ForeignKey("pd.circular.id"))
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class CircularTemplate(Base):
    """What the centre's circulars of a kind begin with: issuer, recipients, copies, sections, wording; shipped where absent."""

    __tablename__ = "circular_template"

    kind: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
