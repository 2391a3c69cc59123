"""The check finds what an administrator's hand, or somebody else's, has loosened; and names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.database.embedded import Cluster
from app.server import backup, checking, provisioning, server_tests
from app.server.findings import Check, State
from app.server.server_tests import Rule, judged
from app.server.site import Site
from tests.server.conftest import Centre, beside_others, new_centre
from tests.servers import Pair, Server, new_server

#: What the tests' servers do without: they are fast, alone, and gone in a moment.
WITHOUT = {"durability", "auth_delay", "standby", "archiving", "backup"}


def found(site: Site) -> dict[str, Check]:
    return {check.name: check for check in checking.check(site)}


@pytest.fixture(scope="module")
def sound() -> Iterator[Centre]:
    """A centre that nobody has touched; who damages it mends it."""
    with new_server() as server, new_centre(server) as centre:
        centre.init()
        yield centre
        # What each test damaged it has mended.
        checks = found(centre.site)
        assert all(
            checks[name].state is not State.FAILED
            for name in ("owner", "groups", "people", "public_grants", "code")
        )


def test_a_new_database_is_sound(sound: Centre) -> None:
    checks = found(sound.site)
    assert {name for name, check in checks.items() if check.state is not State.OK} == WITHOUT
    assert checks["backup"].message == "还没有用 server backup 备份过"
    assert not checks["durability"].ok and checks["standby"].ok
    assert sound.server.rows("SELECT count(*) FROM pg_database WHERE datname LIKE '%check%'") == [(0,)]


DAMAGE = [
    ("owner", "intruder", "GRANT pd_owner TO intruder", "REVOKE pd_owner FROM intruder"),
    ("owner", "可以登录", "ALTER ROLE pd_owner LOGIN", "ALTER ROLE pd_owner NOLOGIN"),
    ("owner", "hall", "ALTER TABLE pd.hall OWNER TO postgres", "ALTER TABLE pd.hall OWNER TO pd_owner"),
    ("groups", "pd_bureau", "ALTER ROLE pd_bureau CREATEDB", "ALTER ROLE pd_bureau NOCREATEDB"),
    ("people", "zhang", "GRANT pd_officer TO zhang", "REVOKE pd_officer FROM zhang"),
    ("people", "zhang", "ALTER ROLE zhang BYPASSRLS", "ALTER ROLE zhang NOBYPASSRLS"),
    ("people", "zhang", "ALTER ROLE zhang NOLOGIN", "ALTER ROLE zhang LOGIN"),
    ("admins", "只有 1 名", "UPDATE pd.app_user SET active = false WHERE login = 'zhang'",
     "UPDATE pd.app_user SET active = true WHERE login = 'zhang'"),
    ("row_security", "rater", "ALTER TABLE pd.rater DISABLE ROW LEVEL SECURITY",
     "ALTER TABLE pd.rater ENABLE ROW LEVEL SECURITY"),
    ("public_grants", "tally", "GRANT SELECT ON pd.tally TO PUBLIC", "REVOKE SELECT ON pd.tally FROM PUBLIC"),
    ("public_grants", "数据库", "GRANT TEMPORARY ON DATABASE pingdesk TO PUBLIC",
     "REVOKE TEMPORARY ON DATABASE pingdesk FROM PUBLIC"),
    ("connect", "zhang", "SET ROLE pd_owner; REVOKE CONNECT ON DATABASE pingdesk FROM zhang; RESET ROLE",
     "SET ROLE pd_owner; GRANT CONNECT ON DATABASE pingdesk TO zhang; RESET ROLE"),
    ("code", "多出 授权 ticket UPDATE → pd_officer", "GRANT UPDATE ON pd.ticket TO pd_officer",
     "REVOKE UPDATE ON pd.ticket FROM pd_officer"),
    ("code", "多出 授权 rater.phone SELECT → pd_officer", "GRANT SELECT (phone) ON pd.rater TO pd_officer",
     "REVOKE SELECT (phone) ON pd.rater FROM pd_officer"),
    ("code", "改动过 触发器 event.queue_events", "ALTER TABLE pd.event DISABLE TRIGGER queue_events",
     "ALTER TABLE pd.event ENABLE TRIGGER queue_events"),
    ("code", "改动过 策略 ticket.officer", "ALTER POLICY officer ON pd.ticket USING (id > 0)",
     "ALTER POLICY officer ON pd.ticket USING (true)"),
    ("code", "多出 对象 mine", "CREATE TABLE public.mine ()", "DROP TABLE public.mine"),
    ("code", "多出 授权 系统函数", "GRANT EXECUTE ON FUNCTION pg_advisory_lock(bigint) TO PUBLIC",
     "REVOKE EXECUTE ON FUNCTION pg_advisory_lock(bigint) FROM PUBLIC"),
    ("audit_chain", "第 2 环", "UPDATE pd.event SET actor = 'x' WHERE id = 2",
     "UPDATE pd.event SET actor = 'postgres' WHERE id = 2"),
    ("instance", "测试用", "UPDATE pd.instance SET test = true", "UPDATE pd.instance SET test = false"),
    ("schema", "server upgrade", "UPDATE pd.instance SET code = 'x' || code", "UPDATE pd.instance SET code = substr(code, 2)"),
    ("password_encryption", "zhang", "UPDATE pg_authid SET rolpassword = 'md5x' || rolpassword WHERE rolname = 'zhang'",
     "UPDATE pg_authid SET rolpassword = substr(rolpassword, 5) WHERE rolname = 'zhang'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "word", "damage", "mend"), DAMAGE, ids=[f"{n}-{d[0]}" for n, d in enumerate(DAMAGE)]
)
def test_damage_is_found_and_named(sound: Centre, name: str, word: str, damage: str, mend: str) -> None:
    if "intruder" in damage and not sound.rows("SELECT 1 FROM pg_roles WHERE rolname = 'intruder'"):
        sound.rows("CREATE ROLE intruder")
    sound.rows(damage)
    try:
        check = found(sound.site)[name]
        assert check.state is State.FAILED
        assert word in check.message
    finally:
        sound.rows(mend)


WARNINGS = [
    ("people", "zhang", "UPDATE pd.app_user SET active = false WHERE login = 'zhang'",
     "UPDATE pd.app_user SET active = true WHERE login = 'zhang'"),
    ("connect", "guest", "CREATE ROLE guest; GRANT CONNECT ON DATABASE pingdesk TO guest",
     "DROP OWNED BY guest; DROP ROLE guest"),
    ("connections", "max_connections", "INSERT INTO pd.app_user (login, name, group_name) SELECT 'p' || n, 'p', 'bureau'"
     " FROM generate_series(1, 30) n", "DELETE FROM pd.app_user WHERE group_name = 'bureau'"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "word", "cause", "end"), WARNINGS, ids=[w[0] for w in WARNINGS])
def test_what_somebody_should_decide_is_a_warning(
    sound: Centre, name: str, word: str, cause: str, end: str
) -> None:
    sound.rows(cause)
    try:
        check = found(sound.site)[name]
        assert (check.state, word in check.message) == (State.WARNING, True)
    finally:
        sound.rows(end)


def test_a_backup_is_known_by_its_age(sound: Centre, tmp_path_factory: pytest.TempPathFactory) -> None:
    backup.save(sound.site, tmp_path_factory.mktemp("backup") / "saved")
    assert found(sound.site)["backup"].state is State.OK
    check = "SELECT at - interval '9 days' FROM pd.event WHERE action = 'backup'"
    sound.rows(f"UPDATE pd.event SET at = ({check}) WHERE action = 'backup'")
    old = found(sound.site)
    assert (old["backup"].state, old["audit_chain"].state) == (State.WARNING, State.FAILED)


def test_another_schema_is_said_and_not_looked_into(tcp_server: Server) -> None:
    tcp_server.rows("CREATE DATABASE bare TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    with beside_others(tcp_server, "bare") as centre:
        checks = found(centre.site)
    assert "请运行 server init" in checks["schema"].message and "owner" not in checks


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        (Rule(1, "local", "", "peer"), None),
        (Rule(1, "local", "", "trust"), State.FAILED),
        (Rule(1, "host", "127.0.0.1", "scram-sha-256"), None),
        (Rule(1, "host", "127.0.0.1", "trust"), State.FAILED),
        (Rule(1, "hostssl", "10.0.0.0", "scram-sha-256"), None),
        (Rule(1, "hostssl", "10.0.0.0", "cert"), None),
        (Rule(1, "hostssl", "10.0.0.0", "md5"), State.WARNING),
        (Rule(1, "hostssl", "10.0.0.0", "password"), State.FAILED),
        (Rule(1, "host", "10.0.0.0", "scram-sha-256"), State.FAILED),
        (Rule(1, "hostnossl", "all", "scram-sha-256"), State.FAILED),
        (Rule(1, "host", "all", "reject"), None),
    ],
)
def test_lines_of_pg_hba_are_judged(rule: Rule, state: State | None) -> None:
    finding = judged(rule)
    assert (finding.state if finding else None) == state


def test_a_line_without_a_password_and_one_that_is_broken(centre: Centre) -> None:
    centre.init()
    centre.server.allow("host all all 10.0.0.0/8 trust")
    check = found(centre.site)["pg_hba"]
    assert (check.state, "第 1 行：trust" in check.message) == (State.FAILED, True)
    centre.server.allow("host somebody_else all 10.0.0.0/8 trust", "hostssl all all 10.0.0.0/8 md5")
    assert "第 3 行：trust" in found(centre.site)["pg_hba"].message
    rules = centre.server.data / "pg_hba.conf"
    rules.write_text(rules.read_text().replace("10.0.0.0/8 trust", "10.0.0.0/8 trsut"))
    assert "第 1、3 行写法不对" in found(centre.site)["pg_hba"].message


def test_settings_of_a_careful_server(centre: Centre) -> None:
    centre.init()
    for line in ("fsync = on", "full_page_writes = on", "archive_mode = on", "archive_command = '/bin/true'"):
        centre.server.configure(line)
    centre.server.configure("password_encryption = md5")
    centre.server.restart()
    checks = found(centre.site)
    assert checks["durability"].state is checks["archiving"].state is State.OK
    assert "md5" in checks["password_encryption"].message


def test_encryption_and_the_network(tls_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with beside_others(tls_server, "checked") as centre:
        centre.init()
        checks = found(centre.site)
        assert checks["tls"].message.startswith("TLS 已启用")
        assert checks["pg_hba"].state is checks["code"].state is State.OK
        known = {"listen_addresses": "*", "ssl": "off"}
        monkeypatch.setattr(server_tests, "_setting", lambda _, name: known[name])
        with centre.site.administration() as connection:
            assert server_tests.tls(connection, centre.site).state is State.FAILED


def test_a_standby_is_seen_and_missed(pair: Pair) -> None:
    with new_centre(pair.primary) as centre:
        centre.init()
        assert found(centre.site)["standby"].message == "备机：standby（sync）"
        standby = replace(centre.site, conninfo=pair.standby.conninfo(dbname=centre.site.name))
        checks = found(standby)
        assert checks["standby"].state is checks["code"].state is State.WARNING
        assert checks["owner"].state is State.OK
        pair.standby.stop()
        with centre.site.administration() as connection:
            connection.exec_driver_sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_replication")
        assert found(centre.site)["standby"].state is State.FAILED


def test_an_embedded_database_is_checked_as_one(server: Cluster) -> None:
    site = Site(server.conninfo("postgres"), "pingdesk", server)
    checks = found(site)
    assert {name for name, check in checks.items() if not check.ok} <= {"durability"}
    assert not provisioning.upgrade(site).changed
