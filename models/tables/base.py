"""The base of all tables: one schema, names of constraints by rule, the types used everywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import ARRAY, BigInteger, DateTime, Identity, MetaData, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

#: The schema of everything the program keeps; `public` stays empty.
SCHEMA = "pd"

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

#: A number given by the database, never guessed by a client.
Id = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
#: An instant; stored in UTC, shown in Asia/Shanghai.
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
#: The transaction that writes a row, as a number: no driver knows the type of 64-bit transaction ids.
THIS_TRANSACTION = text("(pg_current_xact_id()::text)::bigint")
Small = Annotated[int, mapped_column(SmallInteger)]


class Base(DeclarativeBase):
    """Declarative base; text is `text`, lists are arrays, documents are `jsonb`."""

    metadata = MetaData(schema=SCHEMA, naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        str: Text,
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
        datetime: DateTime(timezone=True),
    }
