"""Making and upgrading a centre's database, and naming its admins, as the server's superuser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text

import resources
from app.database import passwords, schema
from app.errors import EnvironmentProblem, UserError
from app.intake import commands as intake
from app.registry import queries as registry
from app.registry import seeding
from app.server.site import Site, require_ours, require_server, strangers
from models.rules.people import Group

#: Admins of a new database: whatever raises somebody's rights needs a second one.
FIRST_ADMINS = 2


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A temporary password; it must be changed at the first login."""

    login: str
    name: str
    password: str


#: In whose name the sample county's registry is loaded.
_LOADER = "officer"
#: Where new passwords go, once: called before they are kept, so that a full disk keeps nobody out.
Deliver = Callable[[Sequence[NewPassword]], None]


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody to be an admin."""

    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """`created`: the database was missing; `changed`: anything was done; counts as they stand now."""

    database: str
    created: bool
    changed: bool
    agencies: int
    halls: int
    people: int


def init(site: Site, admins: Sequence[Named], deliver: Deliver, *, sample: bool = False) -> Made:
    """Makes the database with its first two admins; `sample`: also the sample county and its people.

    A second time changes nothing. Raises where the server will not do or the database is somebody else's.
    """
    require_two(admins)
    with schema.administration(site.elsewhere()) as connection:
        require_server(connection)
    created = not site.exists()
    changed = _make(site, admins, deliver, create=created)
    if sample:
        changed = _add_sample(site, deliver) or changed
    with site.administration() as connection:
        return Made(site.name, created, changed, *registry.counts(connection))


def require_two(admins: Sequence[Named]) -> None:
    """Raises UserError unless exactly two different people are named."""
    if len(admins) != FIRST_ADMINS or len({admin.login for admin in admins}) != FIRST_ADMINS:
        raise UserError(
            "请写明恰好两名管理员（--admin 账号=姓名，两次）：重要的人员变动须两人办理。", code="two_admins"
        )


def _make(site: Site, admins: Sequence[Named], deliver: Deliver, *, create: bool) -> bool:
    if create:
        site.create()
    elif (encoding := site.encoding()) != "UTF8":
        raise UserError(
            f"数据库“{site.name}”的编码是 {encoding}，须为 UTF8；请删除这个空库，由本命令新建。",
            code="encoding",
        )
    try:
        return _fill(site, admins, deliver)
    except BaseException:
        if create:
            site.drop()
        raise


def _fill(site: Site, admins: Sequence[Named], deliver: Deliver) -> bool:
    with site.administration() as connection:
        _require_fit(connection, site)
        if schema.revision(connection) is not None:
            return False
        schema.migrate(connection)
        seeding.seed(connection)
        deliver([_add(connection, a.login, a.name, Group.ADMIN) for a in admins])
    return True


def _require_fit(connection: Connection, site: Site) -> None:
    """Ours and as new as this program, or empty."""
    if schema.revision(connection) is not None:
        require_ours(connection)
        if not schema.is_current(connection):
            raise EnvironmentProblem(
                "数据库已经建好，但版本较旧，请运行 server upgrade。", code="older_schema"
            )
        return
    if found := strangers(connection):
        raise UserError(
            f"数据库“{site.name}”里已有别的内容（{'、'.join(found)} 等），请换一个库名。", code="not_empty"
        )


def _add(
    connection: Connection,
    login: str,
    name: str,
    group: Group,
    *,
    agency: int | None = None,
    head: bool = False,
) -> NewPassword:
    """A person with a temporary password."""
    password = passwords.temporary()
    connection.execute(
        text("SELECT pd.make_person(:login, :name, :group, :agency, :head, :verifier, true, false)"),
        {
            "login": login,
            "name": name,
            "group": group.value,
            "agency": agency,
            "head": head,
            "verifier": passwords.verifier(connection, login, password),
        },
    )
    return NewPassword(login, name, password)


# --- the sample county -------------------------------------------------------------------------------


class _AsPerson:
    """What an import needs: transactions in a person's name, opened by the superuser."""

    def __init__(self, site: Site, login: str) -> None:
        self._site, self._login = site, login

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._site.administration() as connection:
            quoted = connection.dialect.identifier_preparer.quote_identifier(self._login)
            connection.exec_driver_sql(f"SET SESSION AUTHORIZATION {quoted}")
            yield connection

    write = read


def _add_sample(site: Site, deliver: Deliver) -> bool:
    """The sample county's registry and people; nothing where there are agencies already."""
    with site.administration() as connection:
        if registry.counts(connection)[0]:
            return False
        people = [p for p in (*seeding.PEOPLE, seeding.SECOND_OFFICER) if p[2] is not Group.ADMIN]
        missing = [p for p in people if _person(connection, p[0]) is None]
        deliver([_add(connection, login, name, group, head=head) for login, name, group, head in missing])
        _let_act(connection, _LOADER, allowed=True)
    intake.load(_AsPerson(site, _LOADER), resources.path("sample", "机构名录.xlsx"))
    with site.administration() as connection:
        _let_act(connection, _LOADER, allowed=False)
        deliver(
            [
                _add(connection, login, name, Group.LIAISON, agency=agency)
                for login, name, agency in seeding.sample_liaisons(connection)
            ]
        )
    return True


def _let_act(connection: Connection, login: str, *, allowed: bool) -> None:
    """Whether a person may act before the first change of password: to load the registry in their name."""
    connection.execute(
        text("UPDATE pd.app_user SET must_change_password = NOT :allowed WHERE login = :login"),
        {"allowed": allowed, "login": login},
    )


# --- later -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Upgraded:
    """Revisions before and after; `changed`: tables or code were renewed."""

    before: str
    after: str
    changed: bool


def upgrade(site: Site, *, renew: bool = False) -> Upgraded:
    """Brings a database of ours to this program's schema and code, in one transaction.

    `renew`: functions, policies and grants are put up anew also where they are said to be this program's.
    """
    with site.administration() as connection:
        require_server(connection)
        before = require_ours(connection)
        if renew and before == schema.HEAD:
            connection.execute(text("UPDATE pd.instance SET code = NULL"))
        changed = schema.migrate(connection)
        return Upgraded(before, schema.HEAD, changed)


def add_admin(site: Site, admin: Named, deliver: Deliver) -> None:
    """A further admin, named by whoever administers the server; it is logged under that login."""
    with site.administration() as connection:
        require_server(connection)
        _require_current(connection)
        if _person(connection, admin.login) is not None:
            raise UserError(
                f"“{admin.login}”已经是本系统的人员；要给管理员新密码，请加 --reset。", code="exists"
            )
        if site.cluster is None:
            deliver([_add(connection, admin.login, admin.name, Group.ADMIN)])
        else:  # a person is chosen from a list: no password to know or to change
            seeding.add_person(connection, admin.login, admin.name, Group.ADMIN, secret=site.cluster.secret)


def reset_admin(site: Site, login: str, deliver: Deliver) -> None:
    """A new temporary password for an admin who has none left; it is logged under the superuser's login."""
    if site.cluster is not None:
        raise UserError("内置数据库不用密码，人员从名单中选择。", code="embedded")
    with site.administration() as connection:
        require_server(connection)
        _require_current(connection)
        found = _person(connection, login)
        if found is None or found[1] != Group.ADMIN or not found[2]:
            raise UserError(f"“{login}”不是在用的系统管理员；其他人员的密码由管理员重置。", code="not_admin")
        password = passwords.temporary()
        connection.execute(
            text("SELECT pd.apply_administration('reset_password', :login, '{}', :verifier)"),
            {"login": login, "verifier": passwords.verifier(connection, login, password)},
        )
        deliver([NewPassword(login, found[0], password)])


def _require_current(connection: Connection) -> None:
    require_ours(connection)
    if not schema.is_current(connection):
        raise EnvironmentProblem("数据库的版本较旧，请先运行 server upgrade。", code="older_schema")


def _person(connection: Connection, login: str) -> tuple[str, str, bool] | None:
    row = connection.execute(
        text("SELECT name, group_name, active FROM pd.app_user WHERE login = :login"), {"login": login}
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])
