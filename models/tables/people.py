"""People: each a login role of the database, in one group, a liaison of one agency."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base


class AppUser(Base):
    """A person: the login role, the name on screen, the group, a liaison's agency."""

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
