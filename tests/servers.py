"""PostgreSQL servers of the tests' own: over TCP with passwords, with TLS, and a primary with its standby."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from app.database import embedded

SUPERUSER = "postgres"
#: What the superuser of every server types, in this run.
PASSWORD = secrets.token_urlsafe(12)
#: Debian's folders of the versions that a centre may run, the oldest first.
_DEBIAN = [Path(f"/usr/lib/postgresql/{major}/bin") for major in (15, 16, 17, 18)]
_SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = {connections}
shared_buffers = 32MB
max_wal_size = 1GB
password_encryption = scram-sha-256
log_min_messages = fatal
wal_level = replica
fsync = off
full_page_writes = off
"""


@dataclass
class Server:
    """One server of a test's own on 127.0.0.1; SCRAM for everybody, the superuser too.

    `tools`: the folder of its binaries; `account`: the system account that runs it, none for our own;
    `secure`: the connection words that TLS needs.
    """

    tools: Path
    data: Path
    port: int
    account: str | None
    password: str
    secure: dict[str, str] = field(default_factory=dict)

    def conninfo(
        self, login: str = SUPERUSER, password: str | None = None, dbname: str = "postgres", **more: str
    ) -> str:
        """A libpq connection string; the superuser's password is known."""
        known = self.password if login == SUPERUSER else None
        words = {"host": "127.0.0.1", "port": str(self.port), "user": login, "dbname": dbname}
        return make_conninfo("", **{**words, **self.secure, "password": password or known, **more})

    def url(self, dbname: str = "pingdesk") -> str:
        """The superuser's URL."""
        options = "&".join(f"{name}={value}" for name, value in self.secure.items() if name != "host")
        host = self.secure.get("host", "127.0.0.1")
        return (
            f"postgresql://{SUPERUSER}:{self.password}@{host}:{self.port}/{dbname}"
            f"{'?' if options else ''}{options}"
        )

    def rows(self, statement: str, *values: Any, dbname: str = "postgres") -> list[tuple[Any, ...]]:
        """What the superuser gets."""
        with psycopg.connect(self.conninfo(dbname=dbname), autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def configure(self, line: str) -> None:
        """Adds a line to the settings; in force after `restart`, or `reload` where that does."""
        with (self.data / "test.conf").open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def allow(self, *lines: str) -> None:
        """Puts lines at the head of pg_hba.conf and lets the server read it."""
        rules = self.data / "pg_hba.conf"
        rules.write_text("\n".join(lines) + "\n" + rules.read_text(encoding="utf-8"), encoding="utf-8")
        self.reload()

    def reload(self) -> None:
        """Lets the server read its settings again; returns once new connections follow them."""
        before = self.rows("SELECT pg_conf_load_time(), pg_reload_conf()")[0][0]
        for _ in range(200):
            if self.rows("SELECT pg_conf_load_time() FROM pg_sleep(0.02)")[0][0] != before:
                return
        raise AssertionError("the server did not read its settings")

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self._run("pg_ctl", "start", "-D", str(self.data), "-w", "-t", "60", "-l", str(self.data / "log"))

    def stop(self) -> None:
        """Stops it at once, as a power cut would, unless it is gone already."""
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "immediate", "-w", check=False)

    def restart(self) -> None:
        """Stops in good order and starts."""
        self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w")
        self.start()

    def kill9(self) -> None:
        """Kills every process of it, so that nothing is finished any more."""
        pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        postmaster = psutil.Process(pid)
        postmaster.suspend()  # so that it starts no further child meanwhile
        everybody = [*postmaster.children(recursive=True), postmaster]
        for process in everybody:
            with _gone():
                process.kill()
        psutil.wait_procs(everybody, timeout=30)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def promote(self) -> None:
        """Makes a standby the primary and waits until it takes writes."""
        self._run("pg_ctl", "promote", "-D", str(self.data), "-w", "-t", "60")

    def _run(self, tool: str, *arguments: str, check: bool = True) -> None:
        run(self.tools, self.account, self.data.parent, tool, *arguments, check=check)


@contextmanager
def _gone() -> Iterator[None]:
    try:
        yield
    except psutil.NoSuchProcess:
        return


def run(
    tools: Path, account: str | None, place: Path, tool: str, *arguments: str, check: bool = True
) -> None:
    """Runs a tool of PostgreSQL as the server's account; a failure shows what it said."""
    options: dict[str, Any] = {"cwd": str(place)}
    if account:
        options |= {"user": account, "group": embedded._gid(account), "extra_groups": []}
    with tempfile.TemporaryFile() as output:  # a pipe would stay open in the server
        done = subprocess.run(
            [str(tools / tool), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            **options,
        )
        output.seek(0)
        assert not check or done.returncode == 0, output.read().decode("utf-8", "replace")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _place(prefix: str) -> Iterator[Path]:
    """A folder that the server's account owns and reaches; pytest's own are closed to other accounts."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp" if os.name == "posix" else None))
    account = embedded._account()
    try:
        if account:
            folder.chmod(0o755)
            shutil.chown(folder, account)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def pip_tools() -> Path:
    """The folder of the PostgreSQL that comes with the program, where the server's account reaches it."""
    return embedded._binary("postgres", embedded._account()).parent


def debian_tools() -> Path | None:
    """The folder of Debian's PostgreSQL, which knows TLS; none where it is not installed."""
    return next((folder for folder in _DEBIAN if (folder / "postgres").exists()), None)


@contextmanager
def new_server(
    *,
    tools: Path | None = None,
    tls: Authority | None = None,
    connections: int = 60,
    extra: str = "",
    image: Path | None = None,
) -> Iterator[Server]:
    """A running server that is gone afterwards; `extra`: further settings, `image`: a stopped one it begins as."""
    with _place("pingdesk-server-") as folder:
        account = embedded._account()
        server = Server(tools or pip_tools(), folder / "data", free_port(), account, PASSWORD)
        copy_cluster(image or _image(server.tools), server.data)
        settings = _SETTINGS.format(port=server.port, connections=connections) + extra
        kind = "host"
        if tls is not None:
            settings += tls.serve(server)
            kind = "hostssl"
        (server.data / "test.conf").write_text(settings, encoding="utf-8")
        (server.data / "pg_hba.conf").write_text(
            f"{kind} all all 127.0.0.1/32 scram-sha-256\n{kind} replication all 127.0.0.1/32 scram-sha-256\n"
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()


def copy_cluster(source: Path, target: Path) -> None:
    """Copies a stopped server's folder with its owners and modes."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


@lru_cache(maxsize=4)
def _image(tools: Path) -> Path:
    """The folder of a new server whose superuser has PASSWORD, made once and copied for each: initdb takes a second."""
    folder = Path(tempfile.mkdtemp(prefix="pingdesk-image-", dir="/tmp" if os.name == "posix" else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    account = embedded._account()
    password = folder / "password"
    password.write_text(PASSWORD + "\n")
    if account:
        folder.chmod(0o755)
        shutil.chown(folder, account)
        shutil.chown(password, account)
    arguments = ["-D", str(folder / "data"), "--locale=C", "-E", "UTF8", "-U", SUPERUSER, "--no-sync"]
    arguments += ["-A", "scram-sha-256", f"--pwfile={password}"]
    run(tools, account, folder, "initdb", *arguments)
    main = folder / "data" / "postgresql.conf"
    main.write_text(main.read_text(encoding="utf-8") + "\ninclude 'test.conf'\n", encoding="utf-8")
    return folder / "data"


# --- TLS ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Authority:
    """A certificate authority of a test's own, made with the openssl program."""

    folder: Path

    @property
    def root(self) -> Path:
        """Its certificate, which a client trusts."""
        return self.folder / "ca.crt"

    @classmethod
    def make(cls, folder: Path, name: str = "Test CA") -> Authority:
        folder.mkdir(parents=True, exist_ok=True)
        key, root = folder / "ca.key", folder / "ca.crt"
        _openssl(
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"),
            *("-keyout", str(key), "-out", str(root)),
        )
        return cls(folder)

    def serve(self, server: Server, host: str = "localhost") -> str:
        """Gives a server a certificate for a host; returns the settings that use it."""
        request, key, made = (self.folder / f"{host}.{end}" for end in ("csr", "key", "crt"))
        _openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={host}", "-keyout", str(key), "-out", str(request))  # fmt: skip
        names = self.folder / f"{host}.ext"
        names.write_text(f"subjectAltName=DNS:{host}\n")
        _openssl(
            *("x509", "-req", "-in", str(request), "-days", "2", "-CAcreateserial", "-out", str(made)),
            *("-CA", str(self.root), "-CAkey", str(self.folder / "ca.key"), "-extfile", str(names)),
        )
        for source, name in ((key, "server.key"), (made, "server.crt")):
            shutil.copyfile(source, server.data / name)
            (server.data / name).chmod(0o600)
            if server.account:
                shutil.chown(server.data / name, server.account)
        server.secure = {"host": host, "sslmode": "verify-full", "sslrootcert": str(self.root)}
        return "ssl = on\nssl_cert_file = 'server.crt'\nssl_key_file = 'server.key'\n"


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


# --- a primary and its standby -----------------------------------------------------------------------


@dataclass
class Pair:
    """A primary that confirms nothing before its standby has it."""

    primary: Server
    standby: Server

    def conninfo(self, login: str = SUPERUSER, password: str | None = None, dbname: str = "postgres") -> str:
        """The connection string with both hosts; whichever takes writes answers."""
        one = self.primary.conninfo(login, password, dbname)
        return make_conninfo(
            one,
            host="127.0.0.1,127.0.0.1",
            port=f"{self.primary.port},{self.standby.port}",
            target_session_attrs="read-write",
        )

    def kill9(self) -> None:
        """The primary is lost, in the middle of whatever it does."""
        self.primary.kill9()

    def promote(self) -> None:
        """The standby takes over; it waits for no other."""
        self.standby.promote()


@contextmanager
def new_pair(*, connections: int = 60) -> Iterator[Pair]:
    """A primary and a synchronous standby made by pg_basebackup, both over TCP with passwords."""
    with new_server(connections=connections) as primary, _place("pingdesk-standby-") as folder:
        standby = Server(primary.tools, folder / "data", free_port(), primary.account, primary.password)
        source = primary.conninfo(application_name="standby")
        run(
            primary.tools, primary.account, folder, "pg_basebackup", "-D", str(standby.data), "-R", "-X", "stream",
            "--no-sync", "-c", "fast", "-d", source,
        )  # fmt: skip
        settings = _SETTINGS.format(port=standby.port, connections=connections)
        (standby.data / "test.conf").write_text(settings, encoding="utf-8")
        standby.start()
        primary.configure("synchronous_standby_names = 'standby'")
        primary.reload()
        try:
            _wait_until_synchronous(primary)
            yield Pair(primary, standby)
        finally:
            standby.stop()


def _wait_until_synchronous(primary: Server) -> None:
    with psycopg.connect(primary.conninfo(), autocommit=True) as connection:
        for _ in range(600):
            state = connection.execute(
                "SELECT sync_state FROM pg_sleep(0.05) LEFT JOIN pg_stat_replication ON true"
            ).fetchone()
            if state and state[0] == "sync":
                return
            connection.execute("SELECT pg_stat_clear_snapshot()")
    raise AssertionError("the standby did not become synchronous")


# --- fixtures ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def tcp_server() -> Iterator[Server]:
    """The PostgreSQL of the program over TCP with SCRAM; shared: use a database and logins of your own."""
    with new_server() as server:
        yield server


@pytest.fixture(scope="session")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Debian's PostgreSQL with TLS for `localhost`, by a CA of its own; shared like `tcp_server`."""
    tools = debian_tools()
    if tools is None:
        pytest.skip("needs a PostgreSQL with TLS: apt-get install postgresql-15")
    if shutil.which("openssl") is None:
        pytest.skip("needs the program openssl to make certificates")
    authority = Authority.make(tmp_path_factory.mktemp("ca"))
    with new_server(tools=tools, tls=authority) as server:
        yield server


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A primary with its synchronous standby, for one test."""
    with new_pair() as made:
        yield made
