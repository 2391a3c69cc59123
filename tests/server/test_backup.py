"""Backup, everything dropped, restored: rows, ranking, chain and passwords are as they were."""

from __future__ import annotations

import io
import json
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import psycopg
import pytest

import resources
from app.audit import queries as audit
from app.database import embedded, schema
from app.errors import EnvironmentProblem, UserError
from app.intake import commands as intake
from app.rankings import queries as rankings
from app.rankings.queries import Period
from app.registry import seeding
from app.server import backup, checking, manifest, provisioning, restoring, tools
from app.server.findings import State
from app.server.manifest import Manifest
from app.server.provisioning import Named
from app.server.site import own
from app.server.tools import Tools
from app.workspace import Workspace, initialise
from tests.server.conftest import Centre, beside_others, new_centre
from tests.servers import Server, debian_tools, new_server

OCTOBER = Period.month(date(2026, 10, 1))


def composites(workspace: Workspace) -> list[tuple[object, ...]]:
    with workspace.read() as connection:
        view = rankings.ranking(connection, OCTOBER, group="township")
    return [(row.rank, row.score.facts.agency, row.score.composite) for row in view.rows]


def test_everything_comes_back(centre: Centre, tmp_path: Path) -> None:
    centre.init(sample=True)
    officer, admin = centre.settle("officer"), centre.settle("zhang")
    for name in ("好差评评价明细_2026-10.xlsx", "差评工单_2026-10.xlsx", "办件评价汇总_2026-10.xlsx"):
        intake.load(officer, resources.path("sample", name))
    centre.rows("SELECT pd.apply_administration('disable', 'bureau', '{}', NULL)")
    ranking, old = composites(officer), dict(centre.passwords)
    officer.close()
    admin.close()

    saved = backup.save(centre.site, tmp_path / "saved")
    counts = manifest_counts(centre)
    assert saved.manifest.counts | {"event": 0, "event_link": 0} == counts | {"event": 0, "event_link": 0}
    assert (saved.without_password, saved.manifest.counts["rating"]) == (0, 6000)
    centre.drop_everything()

    done = restoring.restore(centre.site, tmp_path / "saved")
    assert (done.people, done.kept, done.without_password, done.audit.ok) == (47, 0, 0, True)
    assert manifest_counts(centre) == saved.manifest.counts
    assert str(done.audit.head) == str(saved.manifest.head)
    assert audit.verify(centre.site.administration, heads=(saved.manifest.head,)).ok
    centre.passwords = old
    restored = Workspace.open_server(centre.conninfo("officer"))
    assert composites(restored) == ranking
    restored.close()
    assert centre.group_of("zhang") == "admin"
    assert centre.group_of("liaison-41") is None  # the first password is still to be changed
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        centre.group_of("bureau")
    assert centre.rows("SELECT count(*) FROM pd.change") == [(0,)]
    with pytest.raises(UserError, match="不是空的"):
        restoring.restore(centre.site, tmp_path / "saved")
    # Work goes on, and is logged behind what was saved.
    provisioning.add_admin(centre.site, Named("wang", "王五"), centre.receive)
    assert audit.verify(centre.site.administration, heads=(saved.manifest.head,)).ok


def manifest_counts(centre: Centre) -> dict[str, int]:
    with centre.site.administration() as connection:
        return manifest.counts(connection)


@pytest.fixture
def saved(centre: Centre, tmp_path: Path) -> Path:
    """A backup of a small centre."""
    centre.init()
    return backup.save(centre.site, tmp_path / "saved").folder


def test_a_backup_is_for_its_maker_alone_and_is_logged(centre: Centre, saved: Path) -> None:
    assert saved.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in saved.iterdir())
    assert "SCRAM-SHA-256$" in (saved / "roles.sql").read_text(encoding="utf-8")
    ((actor, facts),) = centre.rows("SELECT actor, facts FROM pd.event WHERE action = 'backup'")
    made = Manifest.read(saved)
    assert (actor, facts["rows"], facts["link"]) == ("postgres", made.rows, made.head.no)
    assert facts["hash"] == manifest.sha256(saved / "manifest.json")
    with pytest.raises(UserError, match="不是空文件夹"):
        backup.save(centre.site, saved)
    empty = saved.with_name("empty")
    empty.mkdir()
    assert backup.save(centre.site, empty).folder == empty
    assert sorted(path.name for path in saved.parent.iterdir()) == ["empty", "saved"]


def test_logins_that_stand_keep_their_passwords(centre: Centre, saved: Path) -> None:
    centre.settle("zhang").close()
    centre.site.drop()
    done = restoring.restore(centre.site, saved)
    assert done.kept == 2
    with psycopg.connect(centre.conninfo("zhang")):
        pass


def test_somebody_else_is_not_taken_for_a_person(centre: Centre, saved: Path) -> None:
    centre.drop_everything()
    centre.server.rows("CREATE ROLE zhang LOGIN SUPERUSER")
    with pytest.raises(UserError, match="账号“zhang”，但不是备份中的那个人"):
        restoring.restore(centre.site, saved)
    assert not centre.site.exists()
    assert centre.server.rows("SELECT 1 FROM pg_roles WHERE rolname = 'li.si'") == []


def test_a_damaged_backup_is_refused(centre: Centre, saved: Path) -> None:
    for name in ("pingdesk.dump", "roles.sql", "manifest.json"):
        content = (saved / name).read_bytes()
        (saved / name).write_bytes(content[:-9])
        with pytest.raises(UserError, match=r"不能用来恢复|已损坏"):
            restoring.restore(centre.site, saved)
        (saved / name).unlink()
        with pytest.raises(UserError):
            restoring.restore(centre.site, saved)
        (saved / name).write_bytes(content)


def test_rows_that_differ_from_the_list_end_the_restore(centre: Centre, saved: Path) -> None:
    facts = json.loads((saved / "manifest.json").read_text(encoding="utf-8"))
    for change, words in (
        ({"counts": facts["counts"] | {"label_code": 1}}, "label_code"),
        ({"head": f"9:{'0' * 64}"}, "审计链头"),
    ):
        (saved / "manifest.json").write_text(json.dumps(facts | change), encoding="utf-8")
        centre.site.drop()
        with pytest.raises(EnvironmentProblem, match=words):
            restoring.restore(centre.site, saved)
        assert not centre.site.exists()
        centre.site.create()  # an empty one that stood before is empty again
        with pytest.raises(EnvironmentProblem, match=words):
            restoring.restore(centre.site, saved)
        assert centre.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'pd'") == []


def test_a_backup_from_a_newer_world_is_refused(centre: Centre, saved: Path) -> None:
    facts = json.loads((saved / "manifest.json").read_text(encoding="utf-8"))
    for change, words in (({"schema": "9999"}, "请先升级程序"), ({"server": 99}, "不能恢复到更旧的")):
        (saved / "manifest.json").write_text(json.dumps(facts | change), encoding="utf-8")
        with pytest.raises(EnvironmentProblem, match=words):
            restoring.restore(centre.site, saved)


def test_a_broken_chain_comes_back_broken_and_says_so(centre: Centre, tmp_path: Path) -> None:
    centre.init()
    centre.rows("UPDATE pd.event SET actor = 'somebody' WHERE id = 1")
    saved = backup.save(centre.site, tmp_path / "saved")
    centre.site.drop()
    done = restoring.restore(centre.site, saved.folder)
    assert done.audit.broken is not None and done.audit.broken.no == 1


def test_rights_come_from_the_program_and_not_from_the_dump(centre: Centre, tmp_path: Path) -> None:
    centre.init()
    centre.rows("CREATE ROLE monitor")
    centre.rows("GRANT SELECT ON pd.rater TO monitor")
    centre.rows("GRANT UPDATE ON pd.ticket TO pd_officer")
    saved = backup.save(centre.site, tmp_path / "saved")
    centre.drop_everything()
    restoring.restore(centre.site, saved.folder)
    states = {check.name: check.state for check in checking.check(centre.site)}
    assert {states[name] for name in ("code", "owner", "people", "connect", "public_grants")} == {State.OK}
    assert centre.rows("SELECT count(*) FROM pd.event WHERE action = 'upgraded'") == [(1,)]


def test_the_first_releases_database_is_saved_before_its_upgrade(old: Centre, tmp_path: Path) -> None:
    saved = backup.save(old.site, tmp_path / "saved")
    assert (saved.manifest.schema, saved.manifest.head.no) == ("0001", 0)
    old.drop_everything()
    done = restoring.restore(old.site, saved.folder)
    assert done.audit.ok and done.people == saved.manifest.counts["app_user"]
    assert old.rows("SELECT version_num FROM pd.alembic_version") == [(schema.HEAD,)]


def test_a_backup_can_be_restored_by_hand(centre: Centre, saved: Path) -> None:
    centre.drop_everything()
    centre.site.create()
    run = partial(subprocess.run, check=True, capture_output=True)
    found, target = tools.find(16, tls=False), f"--dbname={centre.site.conninfo}"
    run([found.path("psql"), "-X", "-v", "ON_ERROR_STOP=1", target, f"--file={saved / 'roles.sql'}"])
    run([found.path("pg_restore"), "--exit-on-error", target, saved / "pingdesk.dump"])
    assert provisioning.upgrade(centre.site, renew=True).changed
    assert {c.name for c in checking.check(centre.site) if not c.ok} == {"durability"}
    assert centre.group_of("zhang") is None


def test_debians_backup_goes_to_a_newer_server_and_back_to_its_own(
    tls_server: Server, tmp_path: Path
) -> None:
    with beside_others(tls_server, "moving") as centre:
        centre.init()
        saved = backup.save(centre.site, tmp_path / "saved")
        assert saved.manifest.tool == saved.manifest.server
        with new_server() as newer, new_centre(newer) as other:
            other.passwords = dict(centre.passwords)
            done = restoring.restore(other.site, saved.folder)
            assert (done.people, done.audit.ok) == (2, True)
            assert other.group_of("moving.zhang") is None
        # The newer program's dump suits the older server too: what that does not know is left out.
        centre.site.drop()
        assert restoring.restore(centre.site, saved.folder).people == 2


def test_the_programs_own_tools_take_no_encrypted_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "_installed", lambda: iter(()))
    assert tools.find(15, tls=False).folder == embedded.tool("pg_dump").parent
    with pytest.raises(EnvironmentProblem, match="postgresql-client-15"):
        tools.find(15, tls=True)
    with pytest.raises(EnvironmentProblem, match="postgresql-client-99"):
        tools.find(99, tls=False)


def test_an_installed_program_of_the_servers_version_is_taken_first() -> None:
    folder = debian_tools()
    if folder is None:
        pytest.skip("needs an installed PostgreSQL")
    major = tools._major(str(folder / "pg_dump"))
    assert tools.find(major, tls=True) == Tools(folder, major)


def test_what_a_program_says_is_passed_on(tmp_path: Path) -> None:
    found = tools.find(15, tls=False)
    with pytest.raises(EnvironmentProblem, match="pg_dump 没有成功"):
        tools.dump(found, "host=/nowhere", "x", tmp_path / "dump")
    (tmp_path / "dump").write_text("no dump")
    with pytest.raises(EnvironmentProblem, match="没有成功"):
        tools.restore(found, "host=/nowhere dbname=x", tmp_path / "dump", server=15)


def test_what_an_older_server_does_not_know_is_left_out() -> None:
    class Kept(io.BytesIO):
        def close(self) -> None:
            """Stays readable."""

    line = b"SET transaction_timeout = 0;"
    script, full, lean = b"SET lock_timeout = 0;\n%s\nCOPY t;\n" % line, Kept(), Kept()
    tools._pour(io.BytesIO(script), full, skip=None)
    tools._pour(io.BytesIO(script), lean, skip=line)
    assert (full.getvalue(), lean.getvalue()) == (script, b"SET lock_timeout = 0;\nCOPY t;\n")


@pytest.fixture
def folder() -> Iterator[Path]:
    """The folder of an embedded database."""
    with tempfile.TemporaryDirectory(prefix="pingdesk-own-") as made:
        initialise(Path(made) / "data", fast=True)
        yield Path(made) / "data"


@pytest.mark.parametrize("loopback", [False, True])
def test_an_embedded_database_moves_to_another_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loopback: bool
) -> None:
    with own(folder) as site:
        provisioning.add_admin(site, Named("wang", "王五"), print)
        with pytest.raises(UserError, match="不用密码"):
            provisioning.reset_admin(site, "wang", print)
        backup.save(site, tmp_path / "saved")
    if loopback:
        monkeypatch.setenv("PINGDESK_LOOPBACK", "1")
    elsewhere = folder.with_name("elsewhere")
    with own(elsewhere, create=True) as site:
        done = restoring.restore(site, tmp_path / "saved")
    assert done.people == len(seeding.PEOPLE) + 1
    workspace = Workspace.open_embedded(elsewhere, "wang")
    assert len(workspace.people()) == done.people
    workspace.close()
