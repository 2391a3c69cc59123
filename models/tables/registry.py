"""The registry: who serves the public, where, with what (Art. 2–3, 12–14).

A name that a provincial file brings before the registry knows it becomes a row with
`registered = false`; the registry's workbook, whenever it comes, completes the same row.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Id

_UNREGISTERED = text("false")


class Agency(Base):
    """政务服务机构; `standing`: its place in printed lists, `initials`: pinyin initials for search."""

    __tablename__ = "agency"
    __table_args__ = (
        CheckConstraint("kind in ('township','department')", name="kind"),
        Index("ix_agency_standing", "standing", "id"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    standing: Mapped[int] = mapped_column(server_default=text("100000"))
    initials: Mapped[str] = mapped_column(server_default=text("''"))
    credit_code: Mapped[str | None]
    registered: Mapped[bool] = mapped_column(server_default=_UNREGISTERED)


class Hall(Base):
    """政务服务大厅、分厅 of an agency. Only registered halls count in hall adoption."""

    __tablename__ = "hall"
    __table_args__ = (UniqueConstraint("agency_id", "name"),)

    id: Mapped[Id]
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    name: Mapped[str]
    registered: Mapped[bool] = mapped_column(server_default=_UNREGISTERED)


class Counter(Base):
    """服务窗口 of a hall with its rating device: 评价器, 静态二维码, 动态二维码 (Art. 13)."""

    __tablename__ = "counter"
    __table_args__ = (UniqueConstraint("hall_id", "name"),)

    id: Mapped[Id]
    hall_id: Mapped[int] = mapped_column(ForeignKey("pd.hall.id"))
    name: Mapped[str]
    device: Mapped[str | None]
    registered: Mapped[bool] = mapped_column(server_default=_UNREGISTERED)


class StaffMember(Base):
    """服务人员 at a counter, rated beside the item (Art. 5)."""

    __tablename__ = "staff_member"
    __table_args__ = (UniqueConstraint("agency_id", "name"),)

    id: Mapped[Id]
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    name: Mapped[str]


class ResponsibleOffice(Base):
    """责任股室 and the person responsible, filed with the centre (Art. 3)."""

    __tablename__ = "responsible_office"
    __table_args__ = (UniqueConstraint("agency_id", "office"),)

    id: Mapped[Id]
    agency_id: Mapped[int] = mapped_column(ForeignKey("pd.agency.id"))
    office: Mapped[str]
    person: Mapped[str | None]
    phone: Mapped[str | None]


class ServiceItem(Base):
    """政务服务事项; `agency_id`: the department in charge, from the registry."""

    __tablename__ = "service_item"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str | None] = mapped_column(unique=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("pd.agency.id"))
    initials: Mapped[str] = mapped_column(server_default=text("''"))
    registered: Mapped[bool] = mapped_column(server_default=_UNREGISTERED)
