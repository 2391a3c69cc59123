"""The one row that says what this database is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base


class Instance(Base):
    """`test`: whether the clock `pd.now()` may be set here; `frozen_at`: the set instant, else none.

    `oldest_client`: the oldest schema whose programs may still work with this database; `code`: the
    fingerprint of the SQL files that stand here.
    """

    __tablename__ = "instance"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        CheckConstraint("test or frozen_at is null", name="clock"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default=text("1"))
    test: Mapped[bool] = mapped_column(server_default=text("false"))
    frozen_at: Mapped[datetime | None]
    oldest_client: Mapped[str] = mapped_column(server_default=text("'0002'"))
    code: Mapped[str | None]
