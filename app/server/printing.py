"""The SQL that `init` and `upgrade` run, for a database administrator to read, and to run with psql instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.clock import SHANGHAI
from app.database import schema
from app.errors import UserError
from app.registry import seeding
from app.server.provisioning import Named, require_two
from app.server.site import Site, require_ours, require_server, strangers
from models import sql

_INIT = """\
-- 好差评工作台：建立数据库“{name}”所需的全部 SQL（版本 {head}，{when} 生成）。
-- 用超级用户执行。先建一个空库：
--   CREATE DATABASE {quoted} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
-- 再执行本文件：
--   psql -v ON_ERROR_STOP=1 -d {name} -f 本文件
-- 管理员此时没有密码，执行后用 server admin 账号 --reset 取得一次性密码；也可以用 psql 变量带入
-- SCRAM-SHA-256 校验值（-v verifier_1='SCRAM-SHA-256$…' -v verifier_2='…'），首次登录须修改密码。
"""
_UPGRADE = """\
-- 好差评工作台：把数据库“{name}”从版本 {since} 升级到 {head} 所需的全部 SQL（{when} 生成）。
-- 先备份，再用超级用户执行：
--   psql -v ON_ERROR_STOP=1 -d {name} -f 本文件
"""
_SAME_START = """\
DO $$
BEGIN
    IF (SELECT version_num FROM pd.alembic_version) <> '{since}' THEN
        RAISE EXCEPTION '数据库的版本不是 {since}，请重新生成升级用的 SQL。';
    END IF;
END $$;"""


def init_script(site: Site, admins: Sequence[Named]) -> str:
    """Everything `init` would run in an empty database; people come without verifiers."""
    require_two(admins)
    _require_room(site)
    with schema.administration(site.elsewhere()) as connection:
        require_server(connection)
        parts = [
            _head(_INIT, site, quoted=_identifier(site.name)),
            *_schema(connection, None),
            *_seeds(),
            *_people(admins),
        ]
    return _whole(parts)


def upgrade_script(site: Site, *, renew: bool = False) -> str:
    """Everything `upgrade` would run; a comment alone where there is nothing to do."""
    with site.administration() as connection:
        require_server(connection)
        since = require_ours(connection)
        if schema.is_current(connection) and not renew:
            return f"-- 数据库“{site.name}”已是版本 {schema.HEAD}，不需要升级。\n"
        parts = [_head(_UPGRADE, site, since=since), *_schema(connection, since)]
    return _whole(parts)


def _require_room(site: Site) -> None:
    if not site.exists():
        return
    with site.administration() as connection:
        if found := strangers(connection):
            raise UserError(
                f"数据库“{site.name}”已经有内容（{'、'.join(found)} 等），不需要或不能再建。",
                code="not_empty",
            )


def _schema(connection: Connection, since: str | None) -> Iterable[str]:
    """The same steps, in the same order, as `app.database.schema.migrate`."""
    yield "SET LOCAL lock_timeout = '10s';"
    yield f"SELECT pg_advisory_xact_lock({schema.LOCK});"
    yield "CREATE SCHEMA IF NOT EXISTS pd;"
    if since is not None:
        yield _SAME_START.format(since=since)
    yield _section("角色", schema.statements(sql.ROLES))
    yield _section("拆下旧的函数、触发器、策略和授权", schema.statements(sql.CLEAR, owner=True))
    if since != schema.HEAD:
        yield _section("表", schema.table_script(connection, since))
    for name in sql.CODE:
        yield _section(name, schema.statements(name, owner=True))
    old = "NULL" if since is None else _literal(since)
    yield f"SELECT pd.standing({old}, {_literal(schema.HEAD)}, {_literal(sql.fingerprint())});"
    yield _section("数据库本身的授权", schema.statements(sql.DATABASE))


def _seeds() -> Iterable[str]:
    for table, rows in seeding.contents():
        columns = ", ".join(rows[0])
        values = ",\n".join(f"  ({', '.join(map(_literal, row.values()))})" for row in rows)
        yield _section(f"初始内容：{table}", f"INSERT INTO pd.{table} ({columns}) VALUES\n{values};")


def _people(admins: Sequence[Named]) -> Iterable[str]:
    yield _section("两名管理员", "")
    for number, admin in enumerate(admins, start=1):
        variable = f"verifier_{number}"
        yield f"\\if :{{?{variable}}}\n\\else\n\\set {variable} ''\n\\endif"
        yield (
            f"SELECT pd.make_person({_literal(admin.login)}, {_literal(admin.name)}, 'admin', NULL, false,"
            f" nullif(:'{variable}', ''), true, false);"
        )


def _head(template: str, site: Site, **more: str) -> str:
    now = datetime.now(SHANGHAI).isoformat(timespec="seconds")
    return template.format(name=site.name, head=schema.HEAD, when=now, **more)


def _whole(parts: Sequence[str]) -> str:
    head, *steps = parts
    opening = "\\set ON_ERROR_STOP on\nSET client_encoding = 'UTF8';\nSET timezone = 'UTC';\nBEGIN;"
    return "\n\n".join([head + opening, *steps, "COMMIT;"]) + "\n"


def _section(title: str, body: str) -> str:
    return f"-- ---- {title} ----\n{body}".rstrip()


def _literal(value: Any) -> str:
    from psycopg import sql as quoting
    from psycopg.types.json import Jsonb

    return quoting.Literal(Jsonb(value) if isinstance(value, dict) else value).as_string(None)


def _identifier(name: str) -> str:
    from psycopg import sql as quoting

    return quoting.Identifier(name).as_string(None)
