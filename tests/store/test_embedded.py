"""The embedded server survives what desktops do to it."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from app.clock import local_day
from app.database import embedded, guard
from app.database.engine import Store
from app.errors import EnvironmentProblem, UserError
from app.workspace import Workspace, demo, initialise, running_conninfo


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pingdesk-embedded-") as made:
        initialise(Path(made), fast=True)
        yield Path(made)
        embedded.stop_if_unused(embedded._read_marker(Path(made)))


def _pid(cluster: embedded.Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def test_a_second_start_changes_nothing_and_the_last_one_out_stops_it(folder: Path) -> None:
    cluster = embedded.start(folder)
    first, second = Workspace.open_embedded(folder), Workspace.open_embedded(folder, "head")
    pid = _pid(cluster)
    with second.read():
        first.close()
        assert psutil.pid_exists(pid)
    second.close()
    assert not (cluster.data / "postmaster.pid").exists()
    with pytest.raises(EnvironmentProblem, match="没有在运行"):
        running_conninfo(folder, "officer")


def test_a_killed_server_starts_again_with_what_was_committed(folder: Path) -> None:
    cluster = embedded.start(folder)
    os.kill(_pid(cluster), signal.SIGKILL)
    workspace = Workspace.open_embedded(folder)
    assert {p.login for p in workspace.people()} == {"officer", "head", "admin", "auditor", "bureau"}
    workspace.close()


def test_a_pid_file_whose_number_is_another_program_is_stale(folder: Path) -> None:
    cluster = embedded.start(folder)
    embedded.stop_if_unused(cluster)
    (cluster.data / "postmaster.pid").write_text(
        f"{os.getpid()}\n{cluster.data}\n0\n5432\n{cluster.host}\n\n"
    )
    Workspace.open_embedded(folder).close()


def test_a_start_that_was_cut_off_leaves_no_half_database(folder: Path) -> None:
    cluster = embedded.start(folder)
    embedded.stop_if_unused(cluster)
    (folder / "pingdesk.json").unlink()
    assert not embedded.exists(folder)
    initialise(folder, fast=True)
    Workspace.open_embedded(folder).close()


def test_a_folder_without_a_database_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="init 或 demo"):
        Workspace.open_embedded(tmp_path / "nothing")
    with pytest.raises(EnvironmentProblem, match="init 或 demo"):
        running_conninfo(tmp_path / "nothing", "officer")
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentProblem, match="无法使用"):
        embedded.start(tmp_path / "file" / "below", create=True)


def test_a_stranger_is_refused_and_the_server_is_not_left_running(folder: Path) -> None:
    with pytest.raises(UserError, match="没有“stranger”"):
        Workspace.open_embedded(folder, "stranger")
    with pytest.raises(EnvironmentProblem):
        running_conninfo(folder, "officer")


def test_without_sockets_a_random_password_guards_the_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINGDESK_LOOPBACK", "1")
    with tempfile.TemporaryDirectory(prefix="pingdesk-loopback-") as made:
        initialise(Path(made), fast=True)
        cluster = embedded.start(Path(made))
        assert cluster.host == "127.0.0.1" and cluster.secret
        workspace = Workspace.open_embedded(Path(made), "head")
        assert workspace.person.is_head
        open_door = workspace.conninfo.replace(cluster.secret, "guess")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(open_door).close()
        assert (Path(made) / "pingdesk.json").stat().st_mode & 0o077 == 0
        workspace.close()
        # Another program took the port meanwhile: the server moves.
        import socket

        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", cluster.port))
            taken.listen()
            moved = Workspace.open_embedded(Path(made))
            assert moved.cluster is not None and moved.cluster.port != cluster.port
            moved.close()


def test_demo_twice_is_demo_once(sample_folder: Path) -> None:
    said: list[str] = []
    demo(sample_folder, said.append)
    workspace = Workspace.open_embedded(sample_folder)
    with workspace.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM import_batch").scalar() == 4
    assert len(workspace.people()) == 47
    liaison = workspace.become("liaison-41")
    assert liaison.person.agency == "市不动产登记中心"
    liaison.close(stop=False)
    workspace.close(stop=False)


def test_a_central_url_is_opened_by_its_own_login(sample: Workspace) -> None:
    central = Workspace.open_server(sample.conninfo)
    assert (central.person.login, central.embedded) == ("officer", False)
    with pytest.raises(UserError, match="本人账号"):
        central.become("head")
    central.close()
    with pytest.raises(EnvironmentProblem, match="写法不对"):
        Workspace.open_server("nonsense=1")
    with pytest.raises(EnvironmentProblem, match="请核对地址和端口"):
        Workspace.open_server("host=127.0.0.1 port=1 user=officer dbname=x")


def test_a_cut_connection_is_the_surroundings_and_the_next_one_works(sample: Workspace) -> None:
    with pytest.raises(EnvironmentProblem, match="没有丢失"), sample.read() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        assert sample.cluster is not None
        with psycopg.connect(sample.cluster.conninfo(embedded.SUPERUSER), autocommit=True) as administrator:
            administrator.execute("SELECT pg_terminate_backend(%s)", [pid])
        connection.exec_driver_sql("SELECT 1")
    before, today, after = sample.now(), sample.today(), sample.now()
    assert local_day(before) <= today <= local_day(after)


def test_a_statement_on_the_gui_thread_is_an_error(sample: Workspace) -> None:
    guard.forbid_this_thread()
    try:
        with pytest.raises(AssertionError, match="GUI thread"):
            sample.today()
    finally:
        guard.allow_every_thread()
    assert sample.today()


def test_a_release_logs_it(sample: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    guard.forbid_this_thread(strict=False)
    try:
        assert sample.today()
    finally:
        guard.allow_every_thread()
    assert "GUI thread" in caplog.text
    caplog.clear()


def test_a_read_cannot_write(sample: Workspace) -> None:
    from sqlalchemy.exc import InternalError

    with pytest.raises((InternalError, UserError)), sample.read() as connection:
        connection.exec_driver_sql("SELECT pd.rebuild_tally()")


def test_a_busy_pool_is_a_sentence(sample: Workspace) -> None:
    store = Store(sample.conninfo)
    store._slots._patience = 0.01
    with store.read(), store.read(), pytest.raises(EnvironmentProblem, match="正忙"), store.read():
        raise AssertionError("a third connection")
    store.close()
