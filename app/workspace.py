"""An open database as one person: what every window and every verb of the console works with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, text

import resources
from app.database import connecting, embedded, schema, versions
from app.database.connecting import Target
from app.database.embedded import Cluster
from app.database.engine import Store
from app.database.feed import MARK
from app.errors import UserError
from app.settings import Profile
from models.rules.people import Group


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works with the program; liaisons belong to one agency."""

    login: str
    name: str
    group: Group
    agency_id: int | None
    agency: str | None
    is_head: bool
    #: Whether the password is still the one somebody else chose: nothing can be done before it is changed.
    must_change_password: bool = False


_PEOPLE = """
SELECT u.login, u.name, u.group_name, u.agency_id, a.name, u.is_head, u.must_change_password
FROM app_user u LEFT JOIN agency a ON a.id = u.agency_id
WHERE u.active
ORDER BY array_position(ARRAY['officer','liaison','bureau','admin','auditor'], u.group_name), u.login
"""


_NOBODY = "没有“{}”这个人员，或已停用；请核对账号，或联系管理员。"
#: The database's name in every embedded server.
DATABASE = embedded.DATABASE
#: The newest schema this program knows.
SCHEMA_HEAD = schema.HEAD
newest_migration = schema.newest_migration


def running_conninfo(folder: Path, login: str) -> str:
    """How a person reaches the embedded database while somebody keeps it running; raises where nobody does."""
    cluster = embedded.running(folder)
    if not _may_log_in(cluster, login):
        raise UserError(f"没有“{login}”这个人员。", code="unknown_person")
    return cluster.conninfo(login)


def default_folder() -> Path:
    """Where an embedded database lives unless said otherwise."""
    from platformdirs import user_data_path

    return user_data_path("pingdesk", appauthor=False)


class Workspace:
    """One open database as one person. Safe to use from several threads; at most three connections."""

    def __init__(self, store: Store, person: Person, label: str, cluster: Cluster | None) -> None:
        self._store, self.person, self.label, self._cluster = store, person, label, cluster
        #: What the connection leaves unprotected, to be shown as long as it stands.
        self.warning: str | None = None
        self.read: Callable[[], AbstractContextManager[Connection]] = store.read
        self.write: Callable[[], AbstractContextManager[Connection]] = store.write

    @classmethod
    def open_embedded(cls, folder: Path, login: str = "officer") -> Workspace:
        """Starts the folder's server if needed and opens it; raises EnvironmentProblem."""
        cluster = embedded.start(folder)
        try:
            _bring_up_to_date(cluster)
            return cls._as(cluster.conninfo(login), login, "本机数据库", cluster)
        except BaseException:
            embedded.stop_if_unused(cluster)
            raise

    @classmethod
    def open_server(cls, url: str, password: str | None = None) -> Workspace:
        """Opens a central database; the URL's login acts, libpq finds the password where none is given."""
        return cls._at(connecting.to_url(url, password))

    @classmethod
    def open_profile(cls, profile: Profile, login: str, password: str) -> Workspace:
        """Logs in at the server of a profile; raises UserError or EnvironmentProblem, a sentence each."""
        return cls._at(connecting.to_profile(profile, login, password))

    @classmethod
    def _at(cls, target: Target) -> Workspace:
        opened = cls._as(target.conninfo, target.login, target.label, None)
        opened.warning = target.warning
        return opened

    @classmethod
    def _as(cls, conninfo: str, login: str, label: str, cluster: Cluster | None) -> Workspace:
        if cluster is not None and not _may_log_in(cluster, login):
            raise UserError(f"没有“{login}”这个人员。", code="unknown_person")
        store = Store(conninfo)
        try:
            person = _enter(store, login)
        except BaseException:
            store.close()
            raise
        return cls(store, person, label, cluster)

    @property
    def embedded(self) -> bool:
        """Whether the database is the program's own, where a person is chosen from a list."""
        return self._cluster is not None

    @property
    def conninfo(self) -> str:
        """How this person reaches the database."""
        return self._store.conninfo

    @property
    def place(self) -> str:
        """Which database this is, the same however and as whomever it is reached."""
        if self._cluster is not None:
            return str(self._cluster.folder.resolve())
        return connecting.place_of(self.conninfo)

    @property
    def cluster(self) -> Cluster | None:
        """The embedded server, None for a central one."""
        return self._cluster

    def people(self) -> tuple[Person, ...]:
        """Active people, officers first."""
        with self.read() as connection:
            return tuple(_person(*row) for row in connection.execute(text(_PEOPLE)))

    def become(self, login: str) -> Workspace:
        """The same embedded database as another person; this workspace stays open until closed."""
        if self._cluster is None:
            raise UserError("中心数据库须以本人账号登录。", code="not_embedded")
        return Workspace._as(self._cluster.conninfo(login), login, self.label, self._cluster)

    def check_password(self, password: str) -> None:
        """Logs in once more, with a password; raises UserError or EnvironmentProblem."""
        connecting.check_password(self.conninfo, password)

    def knows_password(self, password: str) -> bool:
        """Whether this is the password that the workspace connects with."""
        return connecting.password_of(self.conninfo) == password

    def with_password(self, password: str) -> Workspace:
        """The same central database and person with another password; this one stays open until closed."""
        other = Workspace._as(
            connecting.with_password(self.conninfo, password), self.person.login, self.label, None
        )
        other.warning = self.warning
        return other

    def rest(self) -> None:
        """Gives the connections back while nobody works; the next statement connects again."""
        self._store.close()

    def now(self) -> datetime:
        """The database's clock."""
        with self.read() as connection:
            return connection.execute(text("SELECT pd.now()")).scalar_one()  # type: ignore[no-any-return]

    def today(self) -> date:
        """The database's day, in Asia/Shanghai."""
        with self.read() as connection:
            return connection.execute(text("SELECT pd.today()")).scalar_one()  # type: ignore[no-any-return]

    def mark(self) -> str:
        """Up to where changes are known to whoever begins to read now; where the feed of changes begins."""
        with self.read() as connection:
            return connection.execute(text(MARK)).scalar_one()  # type: ignore[no-any-return]

    def close(self, *, stop: bool = True) -> None:
        """Gives the connections back; the embedded server stops when nobody else uses it."""
        self._store.close()
        if stop and self._cluster is not None:
            embedded.stop_if_unused(self._cluster)


def initialise(folder: Path, *, sample: bool = False, fast: bool = False) -> None:
    """Makes or completes an embedded database: schema, calendar, rule set, codes, people.

    `sample`: also the sample county's registry and people. A second time changes nothing.
    """
    from app.registry import seeding  # with all the tables: a third of a second that a window does not need

    cluster = embedded.start(folder, create=True, fast=fast)
    _create_database(cluster)
    with schema.administration(cluster.conninfo(embedded.SUPERUSER)) as connection:
        schema.migrate(connection)
        seeding.seed(connection)
        seeding.add_people(connection, secret=cluster.secret)
    if sample:
        _load_samples(folder, ("机构名录.xlsx",))
        with schema.administration(cluster.conninfo(embedded.SUPERUSER)) as connection:
            seeding.add_sample_people(connection, secret=cluster.secret)


def demo(folder: Path, progress: Callable[[str], None] | None = None, *, fast: bool = False) -> None:
    """The sample county and its sample month, through the real importer. A second time changes nothing."""
    say = progress or (lambda _: None)
    say("正在创建数据库…")
    initialise(folder, sample=True, fast=fast)
    for name in ("好差评评价明细_2026-10.xlsx", "差评工单_2026-10.xlsx", "办件评价汇总_2026-10.xlsx"):
        say(f"正在导入{name}…")
        _load_samples(folder, (name,))


def _load_samples(folder: Path, names: tuple[str, ...]) -> None:
    from app.intake import commands, queries

    workspace = Workspace.open_embedded(folder)
    try:
        for name in names:
            file = resources.path("sample", name)
            with workspace.read() as connection:
                if queries.is_loaded(connection, file):
                    continue
            commands.load(workspace, file)
    finally:
        workspace.close(stop=False)


def _create_database(cluster: Cluster) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(cluster.conninfo(embedded.SUPERUSER, "postgres"), autocommit=True) as connection:
        there = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [embedded.DATABASE]
        ).fetchone()
        if there is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(embedded.DATABASE)))


def _bring_up_to_date(cluster: Cluster) -> None:
    """Migrates an older embedded database on opening: nobody else administers it."""
    with schema.administration(cluster.conninfo(embedded.SUPERUSER)) as connection:
        if not schema.is_current(connection):
            schema.migrate(connection)


def _may_log_in(cluster: Cluster, login: str) -> bool:
    with schema.administration(cluster.conninfo(embedded.SUPERUSER)) as connection:
        found = connection.execute(
            text("SELECT 1 FROM pd.app_user WHERE login = :login AND active"), {"login": login}
        )
        return found.scalar() is not None


def _enter(store: Store, login: str) -> Person:
    """Who has logged in, once program and database are found to fit."""
    try:
        with store.read() as connection:
            versions.check(connection)
            return _find(connection, login)
    except UserError as error:
        if error.code != "forbidden":
            raise
        # A login of the server that is nobody here may not even look into the schema.
        raise UserError(_NOBODY.format(login), code="unknown_person") from error


def _find(connection: Connection, login: str) -> Person:
    for row in connection.execute(text(_PEOPLE)):
        if row[0] == login:
            return _person(*row)
    raise UserError(_NOBODY.format(login), code="unknown_person")


def _person(
    login: str, name: str, group: str, agency_id: int | None, agency: str | None, is_head: bool, must: bool
) -> Person:
    return Person(login, name, Group(group), agency_id, agency, is_head, must)


def has_database(folder: Path) -> bool:
    """Whether a folder holds an embedded database."""
    return embedded.exists(folder)
