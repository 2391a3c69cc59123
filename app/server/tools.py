"""PostgreSQL's own programs for saving and restoring: found, fitted to the server, run.

The program of the server's own major version is taken first, a newer one otherwise, an older one never:
it does not know what it reads.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.database import embedded
from app.errors import EnvironmentProblem

_NEEDED = ("pg_dump", "pg_restore", "psql")
#: Where systems put the versions they have installed side by side.
_PLACES = {
    "linux": ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"),
    "darwin": ("/opt/homebrew/opt/postgresql@*/bin", "/Library/PostgreSQL/*/bin"),
    "win32": ("C:/Program Files/PostgreSQL/*/bin",),
}
#: A setting that programs from 17 on write into every script; older servers do not know it.
_UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;"
_HEAD_LINES = 60
#: Words of a connection that programs before 16 do not know; ours was made with them already.
_WORDS_SINCE_16 = ("require_auth",)


@dataclass(frozen=True, slots=True)
class Tools:
    """A folder of programs of one major version."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        """A program's path."""
        return str(self.folder / (f"{name}.exe" if sys.platform == "win32" else name))


def find(server: int, *, tls: bool) -> Tools:
    """Programs that fit a server's major version; `tls`: the connection is encrypted, which the
    embedded server's own programs cannot. Raises EnvironmentProblem with what to install."""
    folders = [*_installed(), *([] if tls else [embedded.tool("pg_dump").parent])]
    fitting = [tools for tools in _known(folders) if tools.major >= server]
    if not fitting:
        raise EnvironmentProblem(
            f"找不到 PostgreSQL {server} 的 pg_dump、pg_restore 和 psql，请在本机安装其客户端"
            f"（Debian、Ubuntu：apt-get install postgresql-client-{server}）后重试。",
            code="no_tools",
        )
    return min(fitting, key=lambda tools: tools.major)


def _installed() -> Iterator[Path]:
    on_path = shutil.which("pg_dump")
    if on_path:
        yield Path(on_path).resolve().parent
    for pattern in _PLACES.get(sys.platform, ()):
        root = Path(Path(pattern).anchor)
        yield from sorted(root.glob(str(Path(pattern).relative_to(root))))


def _known(folders: Iterable[Path]) -> Iterator[Tools]:
    for folder in dict.fromkeys(folders):
        tools = Tools(folder, 0)
        if all(Path(tools.path(name)).exists() for name in _NEEDED):
            major = _major(tools.path("pg_dump"))
            if major:
                yield Tools(folder, major)


def _major(program: str) -> int:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0


def dump(tools: Tools, conninfo: str, snapshot: str, target: Path) -> None:
    """Writes the whole database as a snapshot sees it; staging and the change feed without their rows."""
    where, environment = _apart(conninfo, tools)
    command = [tools.path("pg_dump"), "-Fc", "--no-password", f"--snapshot={snapshot}", f"--file={target}"]
    command += ["--no-unlogged-table-data", "--exclude-table-data=pd.change", f"--dbname={where}"]
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stderr=said, check=False)
        _check("pg_dump", done.returncode, said)


def restore(tools: Tools, conninfo: str, source: Path, *, server: int) -> None:
    """Puts a dump into an empty database, everything or nothing, without its owners and grants.

    By way of a script, so that what a newer program writes for a newer server can be left out.
    """
    where, environment = _apart(conninfo, tools)
    reading = [tools.path("pg_restore"), "--no-owner", "--no-acl", "--file=-", str(source)]
    writing = [tools.path("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--no-password"]
    writing += ["--set=ON_ERROR_STOP=1", "--output", os.devnull, f"--dbname={where}"]
    with tempfile.TemporaryFile() as read_said, tempfile.TemporaryFile() as write_said:
        with (
            subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=read_said) as reader,
            subprocess.Popen(writing, env=environment, stdin=subprocess.PIPE, stderr=write_said) as writer,
        ):
            assert reader.stdout is not None and writer.stdin is not None
            _pour(reader.stdout, writer.stdin, skip=_UNKNOWN_BEFORE_17 if server < 17 else None)
        _check("psql", writer.returncode, write_said)
        _check("pg_restore", reader.returncode, read_said)


def _pour(source: IO[bytes], target: IO[bytes], *, skip: bytes | None) -> None:
    try:
        for _ in range(_HEAD_LINES):
            line = source.readline()
            if line.rstrip() != skip:
                target.write(line)
        shutil.copyfileobj(source, target, 1 << 20)
        target.close()
    except BrokenPipeError:
        return  # psql has stopped and says why


def _apart(conninfo: str, tools: Tools) -> tuple[str, dict[str, str]]:
    """The connection string without its password, and the environment with it: others may list processes."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    words = conninfo_to_dict(conninfo)
    password = words.pop("password", None)
    for word in _WORDS_SINCE_16 if tools.major < 16 else ():
        words.pop(word, None)
    environment = dict(os.environ, PGCLIENTENCODING="UTF8", LC_ALL="C")
    if password:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo("", **words), environment


def _check(tool: str, code: int, said: IO[bytes]) -> None:
    if code:
        said.seek(0)
        lines = said.read().decode("utf-8", "replace").strip().splitlines()
        raise EnvironmentProblem(f"{tool} 没有成功：{' '.join(lines[-3:])}", code="tool_failed")
