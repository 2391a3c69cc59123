"""A test's own database, cloned from a template that is made once a run; and factories of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

from app.clock import SHANGHAI
from app.database import embedded, schema
from app.database.embedded import Cluster
from app.database.engine import Store
from app.registry import seeding
from models.rules.people import Group

#: A Monday, with nothing special about it.
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)


@dataclass
class Database:
    """A store for any person, and the administrator's eyes past every policy."""

    cluster: Cluster
    name: str
    store: Store

    def conninfo(self, login: str) -> str:
        return self.cluster.conninfo(login, self.name)

    def person(self, login: str) -> Store:
        return Store(self.conninfo(login))

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.conninfo(embedded.SUPERUSER), autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, *values: Any) -> Any:
        return self.rows(statement, *values)[0][0]

    def raw(self, login: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What somebody gets who connects with their own login and types SQL."""
        with psycopg.connect(self.conninfo(login), autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def freeze(self, instant: datetime) -> None:
        self.rows("UPDATE pd.instance SET test = true, frozen_at = %s", instant)

    def agency(self, name: str, kind: str = "township") -> int:
        return int(
            self.one(
                "INSERT INTO pd.agency (name, kind, registered, standing) VALUES (%s, %s, true,"
                " (SELECT count(*) + 1 FROM pd.agency)) ON CONFLICT (name) DO UPDATE SET kind = excluded.kind"
                " RETURNING id",
                name,
                kind,
            )
        )

    def liaison(self, login: str, agency: str) -> str:
        agency_id = self.agency(agency)
        with schema.administration(self.conninfo(embedded.SUPERUSER)) as connection:
            seeding.add_person(
                connection,
                login,
                f"{agency}责任人",
                Group.LIAISON,
                agency_id=agency_id,
                secret=self.cluster.secret,
            )
        return login

    def batch(self) -> int:
        return int(
            self.one(
                "INSERT INTO pd.import_batch (kind, file_name, file_hash, loaded_at, loaded_by)"
                " VALUES ('tickets', 't', 'h', pd.now(), 'officer') RETURNING id"
            )
        )

    def ticket(self, agency: str = "甲镇", *, opened: datetime = MONDAY, item: str = "社会保障卡申领") -> int:
        """A pending ticket with a rater whose telephone number nobody may read."""
        agency_id = self.agency(agency)
        item_id = self.one(
            "INSERT INTO pd.service_item (name) VALUES (%s) ON CONFLICT (name) DO UPDATE SET name = excluded.name"
            " RETURNING id",
            item,
        )
        number = f"T{uuid4().hex[:12]}"
        search = f"{number.lower()} {item} {agency}"
        ticket_id = self.one(
            "INSERT INTO pd.ticket (number, case_number, agency_id, holder_id, item_id, platform, level, labels, reason,"
            " contact_name, contact_phone, rated_at, opened_at, search, grams, batch_id)"
            " VALUES (%s, %s, %s, %s, %s, 'hall', 1, '{108}', '材料反复要', '杨**', '133****2025', %s, %s, %s,"
            " pd.grams(%s), %s) RETURNING id",
            number, f"C{number}", agency_id, agency_id, item_id, opened, opened, search, search, self.batch(),
        )  # fmt: skip
        self.rows(
            "INSERT INTO pd.rater (ticket_id, name, phone) VALUES (%s, '杨秀敏', '13384382025')", ticket_id
        )
        self.rows("SELECT pd.refresh_tally(ARRAY[pd.month_of(%s)])", opened)
        return int(ticket_id)

    def state(self, ticket_id: int) -> str:
        return str(self.one("SELECT state FROM pd.ticket WHERE id = %s", ticket_id))


def administer(cluster: Cluster, statement: sql.Composed) -> None:
    with psycopg.connect(cluster.conninfo(embedded.SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(statement)
