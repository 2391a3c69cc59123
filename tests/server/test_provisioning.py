"""A centre's database is made once, by two admins, entirely or not at all; and older ones are brought up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest

from app.audit import queries as audit
from app.database import schema
from app.errors import EnvironmentProblem, UserError
from app.server import checking, provisioning
from app.server.provisioning import Named, NewPassword
from app.server.site import central
from app.workspace import Workspace
from models.rules.people import Group
from tests.server.conftest import ADMINS, Centre, beside_others
from tests.servers import Authority, Server


def test_init_makes_a_database_with_two_admins_who_must_choose_their_passwords(centre: Centre) -> None:
    made = centre.init()
    assert (made.created, made.changed, made.people) == (True, True, 2)
    assert list(centre.passwords) == ["zhang", "li.si"]
    assert centre.group_of("zhang") is None
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(centre.server.conninfo("zhang", "guess-guess-2", "pingdesk"))
    admin = centre.settle("zhang")
    assert admin.person.group is Group.ADMIN
    admin.close()
    again = centre.init()
    assert (again.created, again.changed) == (False, False)
    assert centre.group_of("zhang") == "admin"
    logged = centre.rows("SELECT facts ->> 'login' FROM pd.event WHERE action = 'person_changed' ORDER BY id")
    assert logged == [("zhang",), ("li.si",)]


def test_the_sample_county_comes_with_its_people(centre: Centre) -> None:
    made = centre.init()
    assert made.agencies == 0
    made = centre.init(sample=True)
    assert (made.created, made.changed, made.agencies, made.people) == (False, True, 41, 48)
    assert not centre.init(sample=True).changed
    assert {"officer", "auditor", "liaison-41"} < set(centre.passwords)
    assert centre.rows("SELECT count(*) FROM pd.app_user WHERE NOT must_change_password") == [(0,)]
    assert centre.rows("SELECT actor FROM pd.event WHERE action = 'import'") == [("officer",)]
    officer = centre.settle("officer")
    with officer.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM agency").scalar() == 41
    officer.close()


@pytest.mark.parametrize("admins", [ADMINS[:1], (ADMINS[0], ADMINS[0]), (*ADMINS, Named("wang", "王五"))])
def test_two_different_admins_are_named(tcp_server: Server, admins: Sequence[Named]) -> None:
    with pytest.raises(UserError, match="恰好两名管理员"):
        provisioning.init(central(tcp_server.url("two_admins")), admins, print)


def test_what_fails_leaves_nothing(centre: Centre) -> None:
    def full(_: Sequence[NewPassword]) -> None:
        raise UserError("磁盘已满。")

    with pytest.raises(UserError, match="磁盘已满"):
        provisioning.init(centre.site, ADMINS, full)
    assert not centre.site.exists()
    assert centre.server.rows("SELECT 1 FROM pg_roles WHERE rolname IN ('zhang', 'pd_owner')") == []
    with pytest.raises(UserError, match="账号由小写字母开头"):
        provisioning.init(centre.site, (ADMINS[0], Named("Zhang San", "张三")), print)
    assert not centre.site.exists()


def test_somebody_elses_database_is_left_alone(tcp_server: Server) -> None:
    tcp_server.rows("CREATE DATABASE somebody")
    tcp_server.rows("CREATE TABLE theirs (number integer)", dbname="somebody")
    with pytest.raises(UserError, match=r"已有别的内容（public\.theirs 等）"):
        provisioning.init(central(tcp_server.url("somebody")), ADMINS, print)
    assert tcp_server.rows("SELECT count(*) FROM theirs", dbname="somebody") == [(0,)]
    with pytest.raises(EnvironmentProblem, match="请先运行 server init"):
        provisioning.upgrade(central(tcp_server.url("somebody")))


def test_another_encoding_is_refused(tcp_server: Server) -> None:
    tcp_server.rows("CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    with pytest.raises(UserError, match="编码是 SQL_ASCII"):
        provisioning.init(central(tcp_server.url("ascii")), ADMINS, print)


def test_only_a_superuser_may(tcp_server: Server) -> None:
    tcp_server.rows("CREATE ROLE builder LOGIN CREATEDB CREATEROLE PASSWORD 'builder-2026'")
    with pytest.raises(UserError, match="超级用户"):
        provisioning.init(central(tcp_server.conninfo("builder", "builder-2026", "built")), ADMINS, print)


@pytest.mark.parametrize("url", ["postgresql://postgres@127.0.0.1/postgres", "host=127.0.0.1 user=postgres"])
def test_a_database_of_its_own_is_named(url: str) -> None:
    with pytest.raises(UserError, match="写明好差评工作台的库名"):
        central(url)


def test_a_further_admin_and_a_forgotten_password(centre: Centre) -> None:
    centre.init(sample=True)
    provisioning.add_admin(centre.site, Named("wang", "王五"), centre.receive)
    admin = centre.settle("wang")
    admin.close()
    with pytest.raises(UserError, match="已经是本系统的人员"):
        provisioning.add_admin(centre.site, Named("wang", "王五"), centre.receive)
    provisioning.reset_admin(centre.site, "wang", centre.receive)
    assert centre.group_of("wang") is None
    assert centre.rows("SELECT actor FROM pd.event WHERE action = 'password_reset'") == [("postgres",)]
    for login in ("officer", "nobody"):
        with pytest.raises(UserError, match="不是在用的系统管理员"):
            provisioning.reset_admin(centre.site, login, centre.receive)


def test_the_first_releases_database_is_brought_up(old: Centre) -> None:
    with pytest.raises(EnvironmentProblem, match="server upgrade"):
        provisioning.init(old.site, ADMINS, print)
    with pytest.raises(EnvironmentProblem, match="server upgrade"):
        provisioning.add_admin(old.site, Named("wang", "王五"), print)
    before = old.rows("SELECT id, state, version, due_on FROM pd.ticket ORDER BY id")
    done = provisioning.upgrade(old.site)
    assert (done.before, done.after, done.changed) == ("0001", schema.HEAD, True)
    assert not provisioning.upgrade(old.site).changed
    assert old.rows("SELECT id, state, version, due_on FROM pd.ticket ORDER BY id") == before
    verdict = audit.verify(old.site.administration)
    assert verdict.ok and verdict.events > 20
    provisioning.add_admin(old.site, Named("wang", "王五"), old.receive)
    old.settle("wang").close()


def test_rights_are_renewed_where_a_hand_was_in_them(centre: Centre) -> None:
    centre.init()
    for damage in (
        "GRANT UPDATE ON pd.ticket TO pd_officer",
        "GRANT SELECT (phone) ON pd.rater TO pd_auditor",
        "GRANT SELECT ON pd.tally TO PUBLIC",
        "ALTER TABLE pd.rater DISABLE ROW LEVEL SECURITY",
        "DROP POLICY officer ON pd.ticket",
        "ALTER TABLE pd.event DISABLE TRIGGER USER",
        "CREATE FUNCTION pd.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "ALTER FUNCTION pd.mine() OWNER TO pd_owner",
        "SET ROLE pd_owner; REVOKE CONNECT ON DATABASE pingdesk FROM zhang; RESET ROLE",
    ):
        centre.rows(damage)
    assert not provisioning.upgrade(centre.site).changed
    assert {c.name for c in checking.check(centre.site) if not c.ok} >= {"code", "connect", "row_security"}
    assert provisioning.upgrade(centre.site, renew=True).changed
    assert {c.name for c in checking.check(centre.site) if not c.ok} == {"durability"}


def test_what_the_guide_says_removes_everything(centre: Centre) -> None:
    centre.init()
    people = centre.rows("SELECT format('DROP ROLE %I', login) FROM pd.app_user")
    centre.server.rows("DROP DATABASE pingdesk")
    for (statement,) in people:
        centre.server.rows(statement)
    centre.server.rows("DROP OWNED BY pd_owner CASCADE")
    centre.server.rows("DROP ROLE pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor, pd_owner")
    assert centre.server.rows("SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'") == [("postgres",)]


def test_a_newer_database_is_left_alone(centre: Centre) -> None:
    centre.init()
    centre.rows("UPDATE pd.alembic_version SET version_num = '9999'")
    for step in (provisioning.upgrade, lambda site: provisioning.init(site, ADMINS, print)):
        with pytest.raises(EnvironmentProblem, match="请先升级程序"):
            step(centre.site)


def test_people_log_in_over_verified_tls(tls_server: Server, tmp_path: Path) -> None:
    with beside_others(tls_server, "tls") as centre:
        assert centre.init().created
        admin = centre.settle("tls.zhang")
        assert admin.person.name == "张三" and admin.warning is None
        admin.close()
        stranger = Authority.make(tmp_path / "ca", "Somebody Else")
        elsewhere = psycopg.conninfo.make_conninfo(
            centre.conninfo("tls.zhang"), sslrootcert=str(stranger.root)
        )
        with pytest.raises(EnvironmentProblem, match="证书"):
            Workspace.open_server(elsewhere)
