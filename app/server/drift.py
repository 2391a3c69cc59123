"""How a database differs from one that this program would make now: beside it, in a moment, and dropped again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

from sqlalchemy import Connection, text

from app.database import schema
from app.server.site import Site

#: Kind and name → what it is, for everything in the schema. Names of roles, never their numbers.
_CATALOGUE = """
WITH ours AS (
    SELECT oid, relname, relkind, relrowsecurity, relforcerowsecurity, relpersistence, relacl, relowner
    FROM pg_class WHERE relnamespace = 'pd'::regnamespace AND relname !~ '^alembic_version')
SELECT '表 ' || relname AS name, concat_ws(' ', relkind, relpersistence, relrowsecurity, relforcerowsecurity) AS what
FROM ours WHERE relkind <> 'i'
UNION ALL
SELECT '授权 ' || relname || ' ' || acl.privilege_type || ' → ' || pg_get_userbyid(acl.grantee), acl.is_grantable::text
FROM ours, aclexplode(coalesce(relacl, acldefault('r', relowner))) acl WHERE acl.grantee <> relowner AND acl.grantee <> 0
UNION ALL
SELECT '授权 ' || c.relname || '.' || a.attname || ' ' || acl.privilege_type || ' → ' || pg_get_userbyid(acl.grantee), ''
FROM ours c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) acl
UNION ALL
SELECT '列 ' || c.relname || '.' || a.attname,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
FROM ours c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT '约束 ' || c.relname || '.' || n.conname, pg_get_constraintdef(n.oid) FROM ours c JOIN pg_constraint n ON n.conrelid = c.oid
WHERE n.contype <> 'n'
UNION ALL
SELECT '索引 ' || c.relname, concat_ws(' ', pg_get_indexdef(c.oid), i.indisvalid) FROM ours c JOIN pg_index i ON i.indexrelid = c.oid
UNION ALL
SELECT '策略 ' || tablename || '.' || policyname, concat_ws(' ', permissive, roles, cmd, qual, with_check)
FROM pg_policies WHERE schemaname = 'pd'
UNION ALL
SELECT '触发器 ' || c.relname || '.' || t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
FROM ours c JOIN pg_trigger t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal
UNION ALL
SELECT '函数 ' || p.oid::regprocedure, pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace = 'pd'::regnamespace
  AND p.prokind <> 'a'
UNION ALL
SELECT '授权 ' || p.oid::regprocedure || ' ' || acl.privilege_type || ' → ' || pg_get_userbyid(acl.grantee), ''
FROM pg_proc p, aclexplode(p.proacl) acl WHERE p.pronamespace = 'pd'::regnamespace AND acl.grantee NOT IN (0, p.proowner)
UNION ALL
SELECT '授权 模式 ' || nspname || ' ' || acl.privilege_type || ' → ' || pg_get_userbyid(acl.grantee), ''
FROM pg_namespace n, aclexplode(nspacl) acl WHERE nspname IN ('pd', 'public') AND acl.grantee NOT IN (0, n.nspowner)
UNION ALL
SELECT '授权 系统函数 ' || p.oid::regprocedure || ' → ' || coalesce(r.rolname, 'PUBLIC'), acl.privilege_type
FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl LEFT JOIN pg_roles r ON r.oid = acl.grantee
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ~ '^(pg_(try_)?advisory_|lo_|lowrite|pg_read_|pg_ls_)'
UNION ALL
SELECT '模式 ' || nspname, '' FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
UNION ALL
SELECT '对象 ' || relname, '' FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""


def differences(connection: Connection, site: Site) -> list[str]:
    """What is missing, added or other, each in a few words; empty where nothing is."""
    here = _catalogue(connection)
    with _reference(site) as conninfo, schema.administration(conninfo) as beside:
        beside.execute(text("SET LOCAL synchronous_commit = local"))
        schema.migrate(beside)
        fresh = _catalogue(beside)
    missing = [f"缺 {name}" for name in fresh if name not in here]
    added = [f"多出 {name}" for name in here if name not in fresh]
    changed = [f"改动过 {name}" for name in here if name in fresh and here[name] != fresh[name]]
    return sorted(missing) + sorted(added) + sorted(changed)


def _catalogue(connection: Connection) -> dict[str, str]:
    # Types and functions of ours are printed with their schema only where it is on no path.
    connection.execute(text("SET LOCAL search_path = pg_catalog"))
    found = {row[0]: row[1] for row in connection.execute(text(_CATALOGUE))}
    connection.execute(text("SET LOCAL search_path = pd"))
    return found


@contextmanager
def _reference(site: Site) -> Iterator[str]:
    beside = Site(site.conninfo, f"{site.name[:40]}_check_{token_hex(4)}", site.cluster)
    beside.create()
    try:
        yield site.elsewhere(beside.name)
    finally:
        beside.drop()
