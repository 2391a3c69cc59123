"""People: each a login role of the database, in one group, a liaison of one agency."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Id


class AppUser(Base):
    """A person: the login role, the name on screen, the group, a liaison's agency.

    `must_change_password`: somebody else chose the password; nothing is done before it is changed.
    """

    __tablename__ = "app_user"
    __table_args__ = (
        CheckConstraint("group_name in ('officer','liaison','bureau','admin','auditor')", name="group"),
        CheckConstraint("(group_name = 'liaison') = (agency_id is not null)", name="liaison_has_agency"),
    )

    login: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    group_name: Mapped[str]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("pd.agency.id"))
    is_head: Mapped[bool] = mapped_column(server_default=text("false"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    must_change_password: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    disabled_at: Mapped[datetime | None]


class PersonRequest(Base):
    """What an admin asked for and a second admin must confirm. Open while `outcome` is none and not expired."""

    __tablename__ = "person_request"
    __table_args__ = (CheckConstraint("outcome in ('confirmed','refused','withdrawn')", name="outcome"),)

    id: Mapped[Id]
    action: Mapped[str]
    login: Mapped[str]
    facts: Mapped[dict[str, Any]]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class PersonRequestSecret(Base):
    """The verifier of a password that waits with its request; read by nobody, gone with the decision."""

    __tablename__ = "person_request_secret"

    request_id: Mapped[int] = mapped_column(
        ForeignKey("pd.person_request.id"), primary_key=True, autoincrement=False
    )
    verifier: Mapped[str]
