"""What belongs to a rectification beside its words: files, the list of causes, what co-agencies contribute."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Id, Small


class CauseCode(Base):
    """差评原因: the list from which an agency chooses; `standing` is its order."""

    __tablename__ = "cause_code"

    code: Mapped[str] = mapped_column(primary_key=True)
    standing: Mapped[Small]
    retired: Mapped[bool] = mapped_column(server_default=text("false"))
    text: Mapped[str]


class AttachmentContent(Base):
    """A file's bytes, once however often it is attached. Granted to nobody; `hash`: its sha256."""

    __tablename__ = "attachment_content"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class AttachmentPart(Base):
    """Parts of a file on its way; empty outside of the transaction that brings it."""

    __tablename__ = "attachment_part"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - SQLAlchemy reads it from the class

    upload: Mapped[str] = mapped_column(UUID(as_uuid=False), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    actor: Mapped[str]
    part: Mapped[bytes] = mapped_column(LargeBinary)


class Attachment(Base):
    """附件: a file of an agency in a round of a ticket; `rectification_id` once it was handed in with one."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("kind in ('png','jpg','pdf','docx','xlsx','doc','xls')", name="kind"),
        Index("ix_attachment_ticket_id", "ticket_id", "id"),
        Index("ix_attachment_hash", "hash"),
    )

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("pd.ticket.id"))
    round: Mapped[Small]
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    rectification_id: Mapped[int | None] = mapped_column(ForeignKey("pd.rectification.id"))
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary, ForeignKey("pd.attachment_content.hash"))
    added_at: Mapped[datetime]
    added_by: Mapped[str]
