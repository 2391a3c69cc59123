"""How a central server is reached: the words libpq is given, and what they leave unprotected.

A connection that leaves this machine is encrypted and the server's certificate and name are checked, unless
the profile, the URL or `PGSSLMODE` says otherwise; then there is a sentence to show.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from app.database import guard, unreachable
from app.errors import EnvironmentProblem, UserError
from app.settings import Profile, Tls

#: Seconds for each host to answer at first.
PATIENCE = 5
PORT = 5432
#: A server that is gone is noticed within some ten seconds, also between two statements.
_ALIVE = {
    "keepalives": "1",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
#: The files in which systems keep the certificates they trust; libpq's own idea of the place is its builder's.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
_WARNINGS = {
    "verify-ca": "连接已加密，也核对了证书，但没有核对服务器名称。",
    "require": "连接已加密，但没有核对服务器证书，不能确认对方就是中心的服务器。",
    "disable": "连接没有加密，工单内容和群众信息会以明文经过网络。",
}
#: `prefer` and `allow`: whoever stands between decides whether there is encryption at all.
_UNSURE = "连接不一定加密，也没有核对服务器证书，不能确认对方就是中心的服务器。"


@dataclass(frozen=True, slots=True)
class Target:
    """A server and who logs in there. `conninfo`: every word libpq needs; `warning`: what is not protected."""

    conninfo: str
    login: str
    label: str
    warning: str | None = None


def to_profile(profile: Profile, login: str, password: str | None = None) -> Target:
    """The server of a profile; raises UserError for hosts that cannot be read."""
    hosts = parse_hosts(profile.hosts)
    words = {
        "host": ",".join(host for host, _ in hosts),
        "port": ",".join(str(port) for _, port in hosts),
        "dbname": profile.database,
        "user": login,
    }
    if password is not None:
        words["password"] = password
    if (mode := _mode_of(profile)) != "prefer":
        words["sslmode"] = mode
    if profile.root_certificate:
        words["sslrootcert"] = profile.root_certificate
    return _target(words, profile.name)


def warning_of(profile: Profile) -> str | None:
    """What a profile's connection leaves unprotected; raises UserError for hosts that cannot be read."""
    return None if stays_here(profile) else _warning(_mode_of(profile))


def to_url(url: str, password: str | None = None) -> Target:
    """The server of a URL or of libpq's own words; raises EnvironmentProblem for what is neither."""
    words = _words(url)
    if password is not None:
        words["password"] = password
    return _target(words, words.get("host") or "中心数据库")


def profile_of(url: str) -> Profile:
    """The profile that a URL stands for, without its password."""
    words = _words(url)
    hosts, ports = words.get("host", "localhost").split(","), words.get("port", "").split(",")
    named = ",".join(
        _joined(host, ports[min(number, len(ports) - 1)] or str(PORT)) for number, host in enumerate(hosts)
    )
    mode = words.get("sslmode") or os.environ.get("PGSSLMODE") or Tls.FULL
    tls = {"disable": Tls.OFF, "allow": Tls.OFF, "prefer": Tls.REQUIRE}.get(mode) or Tls(mode)
    database = words.get("dbname") or "pingdesk"
    return Profile(hosts[0], named, database, words.get("user", ""), tls, words.get("sslrootcert"))


def parse_hosts(text: str) -> tuple[tuple[str, int], ...]:
    """``a:5432, b, [::1]:5433`` → hosts with their ports; raises UserError."""
    found = tuple(_host(part.strip()) for part in text.replace("，", ",").replace("：", ":").split(","))
    if not all(host for host, _ in found):
        raise UserError(
            "请填写服务器地址，如 10.1.2.3 或 db.example.gov.cn:5432；多台用逗号隔开。", code="bad_hosts"
        )
    return found


def check_password(conninfo: str, password: str) -> None:
    """Logs in once more with a password and leaves; raises as `connect` does."""
    from psycopg.conninfo import make_conninfo

    connect(make_conninfo(conninfo, password=password)).close()


def connect(conninfo: str) -> Any:
    """A connection, or the sentence why not: UserError or EnvironmentProblem."""
    import psycopg

    guard.check()
    try:
        return psycopg.connect(conninfo)
    except psycopg.OperationalError as error:
        raise unreachable.problem(str(error)) from error


def with_password(conninfo: str, password: str) -> str:
    """The same way with another password."""
    from psycopg.conninfo import make_conninfo

    return make_conninfo(conninfo, password=password)


def password_of(conninfo: str) -> str | None:
    """The password in libpq's words; none where libpq finds it elsewhere."""
    return _words(conninfo).get("password")


def place_of(conninfo: str) -> str:
    """Which database it is, by its first server: the same whoever logs in and however many stand by."""
    words = _words(conninfo)
    host, port = (words.get(key, "").split(",")[0] for key in ("host", "port"))
    return f"{host}:{port}/{words.get('dbname', '')}"


def system_roots() -> str:
    """The certificates the system trusts, as a file libpq reads; ``system`` where none is known."""
    for bundle in (os.environ.get("SSL_CERT_FILE", ""), *_BUNDLES):
        if bundle and Path(bundle).is_file():
            return bundle
    return _exported_roots() if sys.platform == "win32" else "system"


# --- words -------------------------------------------------------------------------------------------


def _words(url: str) -> dict[str, str]:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        return {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError as error:
        raise EnvironmentProblem(
            "数据库地址写法不对，应为 postgresql://账号@服务器/库名，或 host=… dbname=… user=…。",
            code="bad_url",
        ) from error


def _target(words: dict[str, str], label: str) -> Target:
    from psycopg.conninfo import make_conninfo

    local = _stays_here(words)
    mode = _said(words, "sslmode", "PGSSLMODE") or ("prefer" if local else Tls.FULL.value)
    login = _said(words, "user", "PGUSER") or os.environ.get("USER") or os.environ.get("USERNAME") or ""
    complete = {**_cautious(words, mode, local=local), **_steady(words), **words, "sslmode": mode}
    return Target(make_conninfo("", **complete), login, label, None if local else _warning(mode))


def _cautious(words: Mapping[str, str], mode: str, *, local: bool) -> dict[str, str]:
    """What keeps a connection from being less than `mode` promises."""
    if mode not in ("verify-full", "verify-ca"):
        # Whoever poses as the server must not be handed the password itself.
        return {} if local or os.environ.get("PGREQUIREAUTH") else {"require_auth": "scram-sha-256"}
    # A GSS connection would pass by the certificate.
    found = {"gssencmode": "disable"}
    if (
        mode == "verify-full"
        and not _said(words, "sslrootcert", "PGSSLROOTCERT")
        and not _own_root().exists()
    ):
        found["sslrootcert"] = system_roots()
    return found


def _steady(words: Mapping[str, str]) -> dict[str, str]:
    """What notices a dead server soon, and finds the one of several that takes writes."""
    found = dict(_ALIVE)
    if not os.environ.get("PGCONNECT_TIMEOUT"):
        found["connect_timeout"] = str(PATIENCE)
    if "," in _said(words, "host", "PGHOST") + words.get("hostaddr", ""):
        found["target_session_attrs"] = "read-write"
    return found


def _warning(mode: str) -> str | None:
    return None if mode == Tls.FULL else _WARNINGS.get(mode, _UNSURE)


def _mode_of(profile: Profile) -> str:
    """Libpq's word; what stays on this machine is encrypted where the server can, unless more is asked for."""
    if profile.tls is Tls.FULL and profile.root_certificate is None and stays_here(profile):
        return "prefer"
    return "disable" if profile.tls is Tls.OFF else profile.tls.value


def stays_here(profile: Profile) -> bool:
    """Whether a profile's connection never leaves this machine."""
    return all(_is_here(host) for host, _ in parse_hosts(profile.hosts))


def _stays_here(words: Mapping[str, str]) -> bool:
    """Whether a connection never leaves this machine: a socket folder, or loopback."""
    named = _said(words, "hostaddr", "PGHOSTADDR") or _said(words, "host", "PGHOST")
    if not named and _said(words, "service", "PGSERVICE"):
        return False  # a service file may name any host
    return all(_is_here(host) for host in named.split(","))


def _is_here(host: str) -> bool:
    if not host or host.startswith(("/", "@")) or host[1:3] in (":\\", ":/") or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _said(words: Mapping[str, str], name: str, variable: str) -> str:
    return words.get(name) or os.environ.get(variable) or ""


def _host(text: str) -> tuple[str, int]:
    """One host with its port; an IPv6 address with a port stands in brackets."""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":")
    elif text.count(":") > 1:
        host, port = text, ""
    else:
        host, _, port = text.partition(":")
    if port and not (port.isascii() and port.isdecimal() and 0 < int(port) < 65_536):
        raise UserError(f"“{port}”不是端口号，端口为 1 到 65535 的整数，通常是 5432。", code="bad_hosts")
    return host.strip(), int(port or PORT)


def _joined(host: str, port: str) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _own_root() -> Path:
    """Where libpq looks for a root certificate by itself."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", "")) / "postgresql" / "root.crt"
    return Path.home() / ".postgresql" / "root.crt"


def _exported_roots() -> str:
    """Windows keeps its certificates in a store that libpq cannot read: they are written out."""
    import ssl

    from platformdirs import user_cache_path

    trusted = ssl.create_default_context().get_ca_certs(binary_form=True)
    path = user_cache_path("pingdesk", appauthor=False, ensure_exists=True) / "roots.pem"
    path.write_text("".join(map(ssl.DER_cert_to_PEM_cert, trusted)), encoding="ascii")
    return str(path)
