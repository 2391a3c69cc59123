"""Restoring a backup: people, tables, rights; and the proof that what came out is what went in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from app.audit import queries as audit
from app.database import schema
from app.database.embedded import Cluster
from app.errors import EnvironmentProblem, UserError
from app.server import manifest, tools
from app.server.manifest import DUMP, ROLES, Manifest
from app.server.site import Site, encrypted, require_server, strangers
from models import sql
from models.rules.audit import Verdict

#: A dump is put in without owners: the superuser who saved it may be called otherwise here.
_OWN = """
DO $$
DECLARE
    place text;
BEGIN
    FOR place IN SELECT 'TABLE ' || oid::regclass FROM pg_class
                 WHERE relnamespace = 'pd'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
           UNION ALL SELECT 'FUNCTION ' || oid::regprocedure FROM pg_proc WHERE pronamespace = 'pd'::regnamespace LOOP
        EXECUTE format('ALTER %s OWNER TO pd_owner', place);
    END LOOP;
END $$
"""
_PEOPLE = """
SELECT count(*) FILTER (WHERE u.active), count(*) FILTER (WHERE u.login = ANY (:known)),
       count(*) FILTER (WHERE u.active AND r.rolpassword IS NULL)
FROM pd.app_user u JOIN pg_authid r ON r.rolname = u.login
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """`people`: active ones; `kept`: logins that stood on the server and keep their passwords;
    `without_password`: active people who cannot log in before they are given one; `audit`: what a walk of
    the whole chain says of it."""

    manifest: Manifest
    people: int
    kept: int
    without_password: int
    audit: Verdict


def restore(site: Site, folder: Path) -> Restored:
    """Restores a backup into a database that is missing or empty; where it fails, none is left.

    Raises UserError for a backup that is damaged or people who are somebody else on this server.
    """
    saved = require_backup(folder)
    known, server = _look(site, saved)
    with _made(site):
        fitting = tools.find(max(server, saved.tool), tls=encrypted(site.elsewhere()))
        _make_people(site, (folder / ROLES).read_text(encoding="utf-8"))
        tools.restore(fitting, site.conninfo, folder / DUMP, server=server)
        return _finish(site, saved, known)


def require_backup(folder: Path) -> Manifest:
    """The manifest of a folder that can be restored by this program; raises where it cannot."""
    saved = Manifest.read(folder)
    if saved.schema > schema.HEAD:
        raise EnvironmentProblem(
            f"备份的版本（{saved.schema}）比本程序（{schema.HEAD}）新，请先升级程序。", code="newer_schema"
        )
    return saved


def _look(site: Site, saved: Manifest) -> tuple[list[str], int]:
    """The logins that stand on the server, and its major version; raises where it is older than the backup's."""
    with schema.administration(site.elsewhere()) as connection:
        server = require_server(connection)
        known = list(connection.scalars(text("SELECT rolname FROM pg_roles")))
    if server < saved.server:
        raise EnvironmentProblem(
            f"备份来自 PostgreSQL {saved.server}，不能恢复到更旧的 PostgreSQL {server}。",
            code="server_too_old",
        )
    return known, server


@contextmanager
def _made(site: Site) -> Iterator[None]:
    """The database, empty; dropped again where what follows fails, unless it stood before."""
    stood = site.exists()
    if stood:
        with site.administration() as connection:
            if found := strangers(connection):
                raise UserError(
                    f"数据库“{site.name}”不是空的（有 {'、'.join(found)} 等），不能恢复到这里。",
                    code="not_empty",
                )
    else:
        site.create()
    try:
        yield
    except BaseException:
        _clear(site) if stood else site.drop()
        raise


def _clear(site: Site) -> None:
    with site.administration() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS pd CASCADE"))


def _make_people(site: Site, statements: str) -> None:
    import psycopg

    with site.maintenance() as connection:
        try:
            connection.execute(statements)
        except psycopg.DatabaseError as error:
            message = error.diag.message_primary or str(error)
            raise UserError(message, code="other_person") from error


def _finish(site: Site, saved: Manifest, known: list[str]) -> Restored:
    with site.administration() as connection:
        _prove(connection, saved)
        connection.execute(text("TRUNCATE pd.change"))  # its cursor counts the transactions of another server
        _put_up_rights(connection)
        if site.cluster is not None:
            _free_of_passwords(connection, site.cluster)
        people, kept, without = connection.execute(text(_PEOPLE), {"known": known}).one()
    verdict = audit.verify(site.administration, heads=(saved.head,))
    return Restored(saved, people, kept, without, verdict)


def _prove(connection: Connection, saved: Manifest) -> None:
    found = manifest.counts(connection)
    unlike = sorted(name for name in saved.counts | found if saved.counts.get(name) != found.get(name))
    if unlike:
        raise EnvironmentProblem(
            f"恢复出来的行数与备份清单不同：{'、'.join(unlike)}。", code="restored_unlike"
        )
    if manifest.head(connection) != saved.head:
        raise EnvironmentProblem("恢复出来的审计链头与备份清单不同。", code="restored_unlike")


def _put_up_rights(connection: Connection) -> None:
    """Rights, functions and triggers as this program says, whatever the dump says; an older schema goes up."""
    connection.exec_driver_sql(_OWN.replace("%", "%%"))
    if not schema.is_current(connection):
        schema.migrate(connection)
        return
    schema.run(connection, sql.ROLES)
    for name in (sql.CLEAR, *sql.CODE):
        schema.run(connection, name, owner=True)
    schema.run(connection, sql.DATABASE)


def _free_of_passwords(connection: Connection, cluster: Cluster) -> None:
    """Nobody types one in an embedded database; on loopback its program has one for all."""
    connection.execute(text("UPDATE pd.app_user SET must_change_password = false"))
    if cluster.secret is None:
        return
    quote = connection.dialect.identifier_preparer.quote_identifier
    for login in connection.scalars(text("SELECT login FROM pd.app_user")).all():
        # Of the alphabet of token_urlsafe: nothing in it needs quoting.
        connection.exec_driver_sql(f"ALTER ROLE {quote(login)} PASSWORD '{cluster.secret}'")
