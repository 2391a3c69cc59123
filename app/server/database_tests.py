"""What is checked of the database: schema, owner, groups, people, row security, grants, chain, backup."""

from __future__ import annotations

from sqlalchemy import Connection, text

from app.audit import queries as audit
from app.database import schema
from app.server.drift import differences
from app.server.findings import Finding, failed, fine, named, warning
from app.server.site import Site

#: Tables that hold what belongs to a ticket or to one person: nobody reads them past a policy.
GUARDED = (
    "ticket",
    "assignment",
    "rectification",
    "event",
    "event_text",
    "rating",
    "rating_revision",
    "rater",
    "change",
    "command_log",
)
_GROUPS = ("pd_officer", "pd_liaison", "pd_bureau", "pd_admin", "pd_auditor")
_DAYS_WITHOUT_BACKUP = 7
#: Links that are computed again.
_LAST_LINKS = 500
_TOTALS = """
SELECT count(*), coalesce(max(no), 0), coalesce(sum(cardinality(events)), 0), (SELECT count(*) FROM pd.event)
FROM pd.event_link
"""
_TWO = 2
_ATTRIBUTES = "rolsuper OR rolcreatedb OR rolreplication OR rolbypassrls"


def _names(connection: Connection, statement: str, **values: object) -> list[str]:
    return [str(name) for name in connection.scalars(text(statement), values)]


def revision(connection: Connection, _: Site) -> Finding:
    """Tables and code are this program's."""
    found = schema.revision(connection)
    if found is None:
        return failed("没有好差评工作台的数据表，请运行 server init")
    if found != schema.HEAD:
        return failed(f"版本 {found}，本程序是 {schema.HEAD}，请运行 server upgrade 或升级程序")
    if not schema.is_current(connection):
        return failed("版本相同，但函数和策略是旧的，请运行 server upgrade")
    return fine(f"版本 {found}，函数和策略与本程序一致")


def instance(connection: Connection, _: Site) -> Finding:
    """A real database's clock cannot be set."""
    test = connection.scalar(text("SELECT test FROM pd.instance"))
    return failed("数据库标为测试用，时间可以任意设定") if test else fine("正式使用的数据库，时间不能设定")


def owner(connection: Connection, _: Site) -> Finding:
    """Everything belongs to a role that nobody can be."""
    members = _names(
        connection,
        "SELECT m.member::regrole::text FROM pg_auth_members m WHERE m.roleid = 'pd_owner'::regrole ORDER BY 1",
    )
    if members:
        return failed(
            f"{named(members)} 是所有者 pd_owner 的成员，可以越过一切规则；请 REVOKE pd_owner FROM 该账号"
        )
    if connection.scalar(
        text(f"SELECT rolcanlogin OR {_ATTRIBUTES} FROM pg_roles WHERE rolname = 'pd_owner'")
    ):
        return failed("所有者 pd_owner 可以登录，或有多余的服务器权限")
    strangers = _names(
        connection,
        "SELECT relname FROM pg_class WHERE relnamespace = 'pd'::regnamespace AND relkind IN ('r', 'v', 'S')"
        " AND relname <> 'alembic_version' AND relowner <> 'pd_owner'::regrole"
        " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'pd'::regnamespace"
        " AND proowner <> 'pd_owner'::regrole ORDER BY 1",
    )
    return (
        failed(f"不属于 pd_owner：{named(strangers)}")
        if strangers
        else fine("所有对象属于不能登录、没有成员的 pd_owner")
    )


def groups(connection: Connection, _: Site) -> Finding:
    """The five groups are groups and nothing more."""
    more = _names(
        connection,
        f"SELECT rolname FROM pg_roles WHERE rolname = ANY (:groups) AND (rolcanlogin OR rolcreaterole OR {_ATTRIBUTES})"
        " UNION SELECT g.rolname FROM pg_roles g JOIN pg_auth_members m ON m.member = g.oid WHERE g.rolname = ANY (:groups)"
        " ORDER BY 1",
        groups=list(_GROUPS),
    )
    return (
        failed(f"人员类别 {named(more)} 可以登录，或有多余的权限")
        if more
        else fine("五个人员类别没有多余的权限")
    )


def people(connection: Connection, _: Site) -> Finding:
    """Each person's login is in their group, in nothing else, and may do nothing on the server."""
    unlike = _names(
        connection,
        f"""SELECT u.login FROM pd.app_user u LEFT JOIN pg_roles r ON r.rolname = u.login
            WHERE r.oid IS NULL OR r.rolcreaterole OR {_ATTRIBUTES} OR (u.active AND NOT r.rolcanlogin)
               OR ARRAY(SELECT DISTINCT m.roleid::regrole::text FROM pg_auth_members m WHERE m.member = r.oid)
                  IS DISTINCT FROM ARRAY['pd_' || u.group_name]
            ORDER BY 1""",
    )
    if unlike:
        return failed(f"这些人员的账号与名录不符（缺失、不能登录、类别不同或权限过多）：{named(unlike)}")
    locked = _names(
        connection,
        "SELECT u.login FROM pd.app_user u JOIN pg_roles r ON r.rolname = u.login WHERE NOT u.active AND r.rolcanlogin"
        " ORDER BY 1",
    )
    if locked:
        return warning(f"已停用的人员还能连接（看不到任何内容）：{named(locked)}")
    count = connection.scalar(text("SELECT count(*) FROM pd.app_user WHERE active"))
    return fine(f"{count} 名在用人员的账号与名录相符")


def admins(connection: Connection, site: Site) -> Finding:
    """Two admins who can log in, since what raises rights takes two."""
    rows = connection.execute(
        text(
            "SELECT u.login, r.rolpassword IS NOT NULL FROM pd.app_user u JOIN pg_authid r ON r.rolname = u.login"
            " WHERE u.group_name = 'admin' AND u.active AND r.rolcanlogin ORDER BY 1"
        )
    ).all()
    if len(rows) < _TWO and site.cluster is None:
        return failed(f"在用的管理员只有 {len(rows)} 名，须有两名；请用 server admin 增加")
    mute = [row[0] for row in rows if not row[1] and site.cluster is None]
    if mute:
        return warning(f"管理员 {named(mute)} 还没有密码，请用 server admin 账号 --reset 取得")
    return fine(f"在用的管理员 {len(rows)} 名")


def row_security(connection: Connection, _: Site) -> Finding:
    """Policies stand on every guarded table, and are in force."""
    bare = _names(
        connection,
        "SELECT t FROM unnest(CAST(:tables AS text[])) t LEFT JOIN pg_class c"
        " ON c.relnamespace = 'pd'::regnamespace AND c.relname = t WHERE NOT coalesce(c.relrowsecurity, false)",
        tables=list(GUARDED),
    )
    return (
        failed(f"行级安全没有启用：{named(bare)}")
        if bare
        else fine(f"{len(GUARDED)} 张受保护的表都启用了行级安全")
    )


def public_grants(connection: Connection, _: Site) -> Finding:
    """Nothing is granted to everybody."""
    found = _names(
        connection,
        """SELECT what FROM (
             SELECT '数据库' AS what, acl FROM pg_database,
                    aclexplode(coalesce(datacl, acldefault('d', datdba))) acl WHERE datname = current_database()
             UNION ALL SELECT '模式 ' || nspname, acl FROM pg_namespace,
                    aclexplode(coalesce(nspacl, acldefault('n', nspowner))) acl WHERE nspname IN ('pd', 'public')
             UNION ALL SELECT relname, acl FROM pg_class, aclexplode(relacl) acl WHERE relnamespace = 'pd'::regnamespace
             UNION ALL SELECT c.relname || '.' || attname, acl FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid,
                    aclexplode(attacl) acl WHERE c.relnamespace = 'pd'::regnamespace
             UNION ALL SELECT proname || '()', acl FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) acl
                    WHERE pronamespace = 'pd'::regnamespace
           ) granted WHERE (acl).grantee = 0 GROUP BY what ORDER BY what""",
    )
    return (
        failed(f"授给了所有人（PUBLIC）：{named(found)}") if found else fine("没有授给所有人（PUBLIC）的权限")
    )


def entry(connection: Connection, _: Site) -> Finding:
    """Each person may connect, nobody else."""
    allowed = (
        "SELECT a.grantee FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a"
        " WHERE datname = current_database() AND a.privilege_type = 'CONNECT'"
    )
    missing = _names(
        connection,
        "SELECT u.login FROM pd.app_user u JOIN pg_roles r ON r.rolname = u.login"
        f" WHERE u.active AND r.oid NOT IN ({allowed}) ORDER BY 1",
    )
    if missing:
        return failed(f"在用人员没有连接本库的权限：{named(missing)}；请运行 server upgrade --renew")
    strangers = _names(
        connection,
        f"SELECT r.rolname FROM pg_roles r WHERE r.oid IN ({allowed}) AND NOT r.rolsuper AND r.rolname <> 'pd_owner'"
        " AND NOT EXISTS (SELECT FROM pd.app_user u WHERE u.login = r.rolname) ORDER BY 1",
    )
    if strangers:
        return warning(f"不在名录里的账号可以连接本库：{named(strangers)}")
    return fine("只有名录里的人员可以连接本库")


def code(connection: Connection, site: Site) -> Finding:
    """Every table, function, policy and grant is what this program would make in a new database."""
    if connection.scalar(text("SELECT pg_is_in_recovery()")):
        return warning("备机上不能比对，请在主机上检查")
    if found := differences(connection, site):
        return failed(f"与本程序新建的库不同：{named(found)}；如非有意，请运行 server upgrade --renew")
    return fine("表、函数、策略、授权与本程序新建的库相同")


def audit_chain(connection: Connection, site: Site) -> Finding:
    """The last links hold, none is missing, no event stands beside the chain. The whole: `verify-audit`."""
    count, newest, listed, events = connection.execute(text(_TOTALS)).one()
    verdict = audit.verify(site.administration, newest=_LAST_LINKS)
    if verdict.broken is not None:
        return failed(f"审计链不完整：{verdict.broken.why}；请运行 verify-audit")
    if count != newest:
        return failed(f"审计链有 {count} 环，末环却是第 {newest} 环；请运行 verify-audit")
    if listed != events:
        return failed(f"事件有 {events} 条，审计链里列了 {listed} 条；请运行 verify-audit")
    return fine(f"{count} 环，末尾 {verdict.links} 环已核验，链头 {verdict.head}")


def backup(connection: Connection, _: Site) -> Finding:
    """There is a backup, and it is not old."""
    row = connection.execute(
        text(
            "SELECT extract(day FROM pd.now() - max(at))::int, to_char(max(at) AT TIME ZONE 'Asia/Shanghai',"
            " 'YYYY-MM-DD HH24:MI') FROM pd.event WHERE action = 'backup'"
        )
    ).one()
    if row[0] is None:
        return warning("还没有用 server backup 备份过")
    if row[0] >= _DAYS_WITHOUT_BACKUP:
        return warning(f"最近一次备份在 {row[1]}，已过 {row[0]} 天")
    return fine(f"最近一次备份在 {row[1]}")
