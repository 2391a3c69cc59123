"""Reaching a central server: protected unless told otherwise, and one clear sentence for each way it fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import text

from app.database import connecting, guard, retry, unreachable
from app.database.engine import Store
from app.errors import EnvironmentProblem, PingdeskError, UserError
from app.settings import Profile, Tls
from tests.servers import Authority, Pair, Server

LOGIN, PASSWORD = "lin", "Yunshan2026"


@pytest.fixture(autouse=True)
def no_words_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PGHOST", "PGSSLMODE", "PGSSLROOTCERT", "PGUSER", "PGPASSWORD", "PGREQUIREAUTH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def words(target: connecting.Target) -> dict[str, Any]:
    return conninfo_to_dict(target.conninfo)


# --- which words ------------------------------------------------------------------------------------


def test_a_server_elsewhere_is_verified_by_default() -> None:
    target = connecting.to_url("postgresql://lin@db.example.cn/pingdesk")
    assert words(target)["sslmode"] == "verify-full"
    assert words(target)["sslrootcert"] == connecting.system_roots()
    assert words(target)["gssencmode"] == "disable"
    assert target.warning is None
    assert (target.login, target.label) == ("lin", "db.example.cn")


@pytest.mark.parametrize(
    "host", ["", "/run/postgresql", "localhost", "127.0.0.1", "127.8.8.8", "::1", "@abstract", "C:/sockets"]
)
def test_what_never_leaves_the_machine_needs_no_certificate(host: str) -> None:
    target = connecting.to_url(f"host={host} user=lin dbname=pingdesk" if host else "user=lin")
    assert words(target)["sslmode"] == "prefer"
    assert "sslrootcert" not in words(target)
    assert target.warning is None


@pytest.mark.parametrize(
    "host", ["10.1.2.3", "localhost.example.cn", "127.0.0.1,10.1.2.3", "::ffff:10.1.2.3"]
)
def test_one_host_elsewhere_is_enough_for_verification(host: str) -> None:
    assert words(connecting.to_url(f"host={host} user=lin"))["sslmode"] == "verify-full"


def test_a_service_may_lead_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert words(connecting.to_url("service=centre"))["sslmode"] == "verify-full"
    monkeypatch.setenv("PGSERVICE", "centre")
    assert words(connecting.to_url("user=lin"))["sslmode"] == "verify-full"


def test_the_address_behind_a_name_decides() -> None:
    target = connecting.to_url("host=localhost hostaddr=10.1.2.3 user=lin")
    assert words(target)["sslmode"] == "verify-full"


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("verify-ca", "没有核对服务器名称"),
        ("require", "没有核对服务器证书"),
        ("prefer", "不一定加密"),
        ("disable", "没有加密"),
    ],
)
def test_less_than_verification_is_warned_of(mode: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = connecting.to_url(f"postgresql://lin@db.example.cn/pingdesk?sslmode={mode}")
    assert words(asked)["sslmode"] == mode
    assert said in (asked.warning or "")
    monkeypatch.setenv("PGSSLMODE", mode)
    assert connecting.to_url("postgresql://lin@db.example.cn/pingdesk").warning == asked.warning


def test_an_unverified_server_is_never_handed_the_password_itself() -> None:
    for mode in ("require", "disable"):
        target = connecting.to_url(f"postgresql://lin@db.example.cn/pingdesk?sslmode={mode}")
        assert words(target)["require_auth"] == "scram-sha-256"


def test_a_root_certificate_of_ones_own_is_used(tmp_path: Path) -> None:
    named = connecting.to_url("postgresql://lin@db.example.cn/p?sslrootcert=/etc/ours.crt")
    assert words(named)["sslrootcert"] == "/etc/ours.crt"
    (tmp_path / ".postgresql").mkdir()
    (tmp_path / ".postgresql" / "root.crt").write_text("")
    assert "sslrootcert" not in words(connecting.to_url("postgresql://lin@db.example.cn/p"))


def test_several_hosts_lead_to_the_one_that_takes_writes() -> None:
    target = connecting.to_profile(Profile("中心", "a.example.cn, b.example.cn:5433"), "lin", "x")
    assert words(target)["host"] == "a.example.cn,b.example.cn"
    assert words(target)["port"] == "5432,5433"
    assert words(target)["target_session_attrs"] == "read-write"
    assert words(target)["connect_timeout"] == "5"
    assert words(target)["keepalives_idle"] == "5"
    assert target.label == "中心"
    assert "target_session_attrs" not in words(connecting.to_url("host=a user=lin"))


@pytest.mark.parametrize(
    ("tls", "root", "mode"),
    [
        (Tls.FULL, None, "verify-full"),
        (Tls.CA, "/ca.crt", "verify-ca"),
        (Tls.REQUIRE, None, "require"),
        (Tls.OFF, None, "disable"),
    ],
)
def test_a_profile_says_how_it_is_protected(tls: Tls, root: str | None, mode: str) -> None:
    target = connecting.to_profile(Profile("中心", "a.example.cn", tls=tls, root_certificate=root), "lin")
    assert words(target)["sslmode"] == mode
    assert words(target).get("sslrootcert") == (
        root or (connecting.system_roots() if tls is Tls.FULL else None)
    )
    assert (target.warning is None) is (tls is Tls.FULL)
    assert (
        connecting.warning_of(Profile("中心", "a.example.cn", tls=tls, root_certificate=root))
        == target.warning
    )


def test_a_profile_is_not_weakened_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "disable")
    assert words(connecting.to_profile(Profile("中心", "a.example.cn"), "lin"))["sslmode"] == "verify-full"


def test_a_profile_on_this_machine_needs_no_certificate() -> None:
    here = Profile("本机", "127.0.0.1:5433")
    assert words(connecting.to_profile(here, "lin"))["sslmode"] == "prefer"
    assert connecting.warning_of(Profile("本机", "localhost", tls=Tls.OFF)) is None


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("a", (("a", 5432),)),
        ("a:1, b", (("a", 1), ("b", 5432))),
        ("a：5433，b：5434", (("a", 5433), ("b", 5434))),
        ("[::1]:5433", (("::1", 5433),)),
        ("fe80::1", (("fe80::1", 5432),)),
    ],
)
def test_hosts_are_read_as_people_type_them(text: str, hosts: tuple[tuple[str, int], ...]) -> None:
    assert connecting.parse_hosts(text) == hosts


@pytest.mark.parametrize("text", ["", " ", "a,,b", "a:x", "a:0", "a:99999", ":5432"])
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        connecting.parse_hosts(text)


@pytest.mark.parametrize("url", ["postgresql://a b", "nonsense=1", "http://"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(EnvironmentProblem) as refused:
        connecting.to_url(url)
    assert refused.value.code == "bad_url"


def test_a_url_becomes_a_profile_without_its_password() -> None:
    url = "postgresql://lin:geheim@a.example.cn:5433,b.example.cn/desk?sslmode=require&sslrootcert=/ca.crt"
    profile = connecting.profile_of(url)
    assert profile == Profile(
        "a.example.cn", "a.example.cn:5433,b.example.cn:5432", "desk", "lin", Tls.REQUIRE, "/ca.crt"
    )
    assert "geheim" not in repr(profile)
    assert connecting.profile_of("host=::1 port=5444").hosts == "[::1]:5444"


# --- what went wrong: the words ----------------------------------------------------------------------

#: As servers say it in Chinese, word for word.
CHINESE = {
    '致命错误:  用户 "lin" Password 认证失败': "bad_password",
    '致命错误:  不允许角色"lin" 进行登录': "disabled",
    '致命错误:  角色 "lin" 不存在': "unknown_person",
    '致命错误:  数据库 "desk" 不存在': "no_database",
    '致命错误:  访问数据库"desk"的权限不够': "no_right_to_connect",
    '致命错误:  没有用于主机 "10.0.0.1", 用户 "lin", 数据库 "desk", no encryption 的 pg_hba.conf 记录': "no_right_to_connect",
    "致命错误:  对不起, 已经有太多的客户": "too_many",
    '致命错误:  由角色"lin"发起的连接太多了': "too_many",
    "致命错误:  已保留的连接位置为执行非复制请求的超级用户预留": "too_many",
    "致命错误:  数据库系统启动中": "starting",
    "致命错误:  数据库系统在恢复模式中": "starting",
    "致命错误:  数据库系统停止中": "stopping",
    "会话是只读的": "standby",
    '"a.example.cn"的服务器证书与主机名不匹配"b"': "certificate",
    "服务器不支持 SSL, 但是要求使用 SSL": "certificate",
    '无法解释主机名 "a" 到地址: 未知的名称或服务': "unreachable",
    "超时满": "unreachable",
    "由于目标计算机积极拒绝，无法连接。 (0x0000274D/10061)": "unreachable",
}
ENGLISH = {
    "FATAL:  sorry, too many clients already": "too_many",
    "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute": "too_many",
    "FATAL:  the database system is starting up": "starting",
    "FATAL:  the database system is not yet accepting connections": "starting",
    "FATAL:  the database system is in recovery mode": "starting",
    "FATAL:  the database system is shutting down": "stopping",
    "SSL error: certificate verify failed": "certificate",
    'root certificate file "/ca.crt" does not exist': "certificate",
    "connection timeout expired": "unreachable",
    "No route to host": "unreachable",
    "received invalid response to SSL negotiation: H": "unreachable",
    "session is read-only\n- host: 'a': connection refused": "standby",
    "connection refused\n- host: 'b': FATAL: password authentication failed for user": "bad_password",
}


@pytest.mark.parametrize(("said", "code"), [*CHINESE.items(), *ENGLISH.items()])
def test_what_servers_say_is_sorted(said: str, code: str) -> None:
    found = unreachable.problem(f"connection to server failed: {said}")
    assert found.code == code
    assert found.message.endswith("。")


def test_what_is_no_database_is_told_so() -> None:
    assert "不是数据库" in unreachable.problem("received invalid response to SSL negotiation: H").message


def test_what_nobody_knows_gets_the_general_sentence() -> None:
    assert unreachable.problem("something else").code == "unreachable"


# --- what went wrong: real servers -------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tcp_server: Server) -> Iterator[Server]:
    """A database and a login of this file's own."""
    statements = (
        "DROP DATABASE IF EXISTS reach",
        "DROP ROLE IF EXISTS lin, gone, single",
        "CREATE DATABASE reach",
        "REVOKE CONNECT ON DATABASE reach FROM PUBLIC",
        f"CREATE ROLE lin LOGIN PASSWORD '{PASSWORD}'",
        f"CREATE ROLE single LOGIN PASSWORD '{PASSWORD}' CONNECTION LIMIT 1",
        f"CREATE ROLE gone NOLOGIN PASSWORD '{PASSWORD}'",
        "GRANT CONNECT ON DATABASE reach TO lin",
    )
    for statement in statements:
        tcp_server.rows(statement)
    yield tcp_server
    tcp_server.rows("DROP DATABASE reach WITH (FORCE)")
    tcp_server.rows("DROP ROLE lin, gone, single")


def refused(conninfo: str) -> PingdeskError:
    with pytest.raises(PingdeskError) as problem:
        connecting.connect(conninfo)
    return problem.value


@pytest.mark.parametrize(
    ("login", "password", "dbname", "code"),
    [
        ("lin", "wrong", "reach", "bad_password"),
        ("nobody", "wrong", "reach", "bad_password"),
        ("lin", None, "reach", "no_password"),
        ("gone", PASSWORD, "reach", "disabled"),
        ("lin", PASSWORD, "absent", "no_database"),
        ("single", PASSWORD, "reach", "no_right_to_connect"),
    ],
)
def test_refusals_of_a_server(
    served: Server, login: str, password: str | None, dbname: str, code: str
) -> None:
    assert refused(served.conninfo(login, password, dbname)).code == code


def test_a_person_with_too_many_connections(served: Server) -> None:
    with psycopg.connect(served.conninfo("single", PASSWORD)):
        assert refused(served.conninfo("single", PASSWORD)).code == "too_many"


def test_a_server_without_encryption_is_told_from_a_missing_one(served: Server) -> None:
    conninfo = served.conninfo(
        "lin", PASSWORD, "reach", sslmode="verify-full", sslrootcert=connecting.system_roots()
    )
    assert "没有启用加密" in refused(conninfo).message
    assert refused(make_conninfo(conninfo, port=1)).code == "unreachable"
    assert "找不到" in refused("host=nosuch.invalid user=lin").message
    assert refused("host=/nonexistent user=lin").code == "unreachable"


def test_a_password_is_checked_by_logging_in(served: Server) -> None:
    conninfo = served.conninfo("lin", PASSWORD, "reach")
    connecting.check_password(conninfo, PASSWORD)
    with pytest.raises(UserError):
        connecting.check_password(conninfo, "wrong")
    assert conninfo_to_dict(connecting.with_password(conninfo, "new"))["password"] == "new"


def test_no_connection_is_made_on_the_gui_thread(served: Server) -> None:
    guard.forbid_this_thread()
    try:
        with pytest.raises(AssertionError):
            connecting.connect(served.conninfo("lin", PASSWORD, "reach"))
    finally:
        guard.allow_every_thread()


def test_the_sentence_comes_through_the_store_too(served: Server) -> None:
    store = Store(served.conninfo("lin", "wrong", "reach"))
    with pytest.raises(UserError) as problem, store.read():
        raise AssertionError("logged in with a wrong password")
    assert problem.value.code == "bad_password"
    store.close()


# --- TLS ----------------------------------------------------------------------------------------------


def profile(server: Server, **more: Any) -> Profile:
    root = server.secure["sslrootcert"]
    return Profile("中心", f"localhost:{server.port}", "postgres", **{"root_certificate": root, **more})


def as_superuser(server: Server, one: Profile) -> str:
    return connecting.to_profile(one, "postgres", server.password).conninfo


def test_a_certificate_of_the_own_authority_is_accepted(tls_server: Server) -> None:
    with connecting.connect(as_superuser(tls_server, profile(tls_server))) as connection:
        assert connection.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()[0]


def test_another_authority_is_refused(tls_server: Server, tmp_path: Path) -> None:
    other = Authority.make(tmp_path / "other", "Other CA")
    problem = refused(as_superuser(tls_server, profile(tls_server, root_certificate=str(other.root))))
    assert problem.code == "certificate"
    assert "不受信任" in problem.message


def test_another_host_name_is_refused(tls_server: Server) -> None:
    one = Profile("中心", f"127.0.0.1:{tls_server.port}", "postgres",
                  root_certificate=tls_server.secure["sslrootcert"])  # fmt: skip
    problem = refused(as_superuser(tls_server, one))
    assert problem.code == "certificate"
    assert "名称" in problem.message


def test_the_systems_certificates_do_not_know_a_test_authority(tls_server: Server) -> None:
    root = connecting.system_roots()
    assert refused(as_superuser(tls_server, profile(tls_server, root_certificate=root))).code == "certificate"
    missing = str(Path(root).with_name("absent.crt"))
    problem = refused(as_superuser(tls_server, profile(tls_server, root_certificate=missing)))
    assert "读不到根证书" in problem.message


def test_a_server_that_wants_encryption_refuses_to_go_without(tls_server: Server) -> None:
    one = profile(tls_server, root_certificate=None, tls=Tls.OFF)
    assert refused(as_superuser(tls_server, one)).code == "no_right_to_connect"


# --- two servers --------------------------------------------------------------------------------------


def test_of_two_servers_the_one_that_takes_writes_is_found(pair: Pair) -> None:
    hosts = f"127.0.0.1:{pair.standby.port},127.0.0.1:{pair.primary.port}"
    both = connecting.to_profile(Profile("中心", hosts, "postgres"), "postgres", pair.primary.password)
    with connecting.connect(both.conninfo) as connection:
        assert connection.info.port == pair.primary.port
    store = Store(both.conninfo)
    pair.kill9()
    assert refused(both.conninfo).code == "standby"
    with pytest.raises(EnvironmentProblem) as problem, store.read():
        raise AssertionError("read from nowhere")
    assert problem.value.code in retry.PASSING
    pair.promote()
    with store.write() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    store.close()


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("57P01", "stopping"), ("57P03", "starting"), ("57P05", "disconnected"), ("25006", "standby"),
        ("40P01", "busy"), ("40001", "busy"), ("53300", "too_many"), ("08006", "disconnected"), ("55P03", "busy"),
    ],
)  # fmt: skip
def test_what_passes_may_be_tried_again(served: Server, state: str, code: str) -> None:
    store = Store(served.conninfo())
    raising = f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"
    with pytest.raises(EnvironmentProblem) as problem, store.write() as connection:
        connection.execute(text(raising))
    assert problem.value.code == code
    assert problem.value.code in retry.PASSING
    assert "没有丢失" in problem.value.message
    store.close()


def test_a_place_is_the_same_for_everybody_and_with_more_servers() -> None:
    alone = "host=a.gov port=5432 dbname=pingdesk user=liaison-01 password=x"
    pair = "host=a.gov,b.gov port=5432,5432 dbname=pingdesk user=officer"
    assert connecting.place_of(alone) == connecting.place_of(pair) == "a.gov:5432/pingdesk"
    assert connecting.place_of("host=b.gov port=5432 dbname=pingdesk") != connecting.place_of(alone)
