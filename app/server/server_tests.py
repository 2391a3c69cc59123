"""What is checked of the server: version, passwords, TLS, who may come in, durability, standby, archive."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from app.server.findings import Finding, State, failed, fine, named, warning
from app.server.site import OLDEST_SERVER, Site, server_major

#: Connections that one client holds at most.
_PER_PERSON = 3
_LOOPBACK = ("127.0.0.1", "::1", "localhost", "samehost")
_OPEN = {"trust": "不要密码", "password": "密码以明文传送", "ident": "由对方自报身份"}


def _setting(connection: Connection, name: str) -> str:
    return str(connection.scalar(text("SELECT coalesce(current_setting(:name, true), '')"), {"name": name}))


def version(connection: Connection, _: Site) -> Finding:
    """New enough for what the rights rely on."""
    major, full = server_major(connection), _setting(connection, "server_version")
    if major < OLDEST_SERVER:
        return failed(f"PostgreSQL {full}，需要 {OLDEST_SERVER} 或更高版本")
    return fine(f"PostgreSQL {full}")


def encoding(connection: Connection, _: Site) -> Finding:
    """UTF-8, and an order of characters that no system update changes under the indexes."""
    row = connection.execute(
        text(
            "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()"
        )
    ).one()
    if row[0] != "UTF8":
        return failed(f"数据库编码是 {row[0]}，须为 UTF8")
    if row[1] not in ("C", "POSIX"):
        return warning(f"排序规则是 {row[1]}；系统升级后索引可能失效，建议用 C（server init 建的库即是）")
    return fine("UTF8，排序规则 C")


def password_encryption(connection: Connection, _: Site) -> Finding:
    """SCRAM for new passwords, and no old verifier left."""
    old = connection.scalars(
        text("SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'md5%' ORDER BY rolname")
    ).all()
    if old:
        return failed(f"这些账号的密码还是 md5 方式：{named(old)}，请重设")
    found = _setting(connection, "password_encryption")
    return (
        fine("SCRAM-SHA-256")
        if found == "scram-sha-256"
        else failed(f"密码方式是 {found}，须为 scram-sha-256")
    )


def tls(connection: Connection, site: Site) -> Finding:
    """Encrypted wherever the network is listened to."""
    listening = _setting(connection, "listen_addresses")
    abroad = [a for a in (part.strip() for part in listening.split(",")) if a and a not in _LOOPBACK]
    if _setting(connection, "ssl") == "on":
        oldest = _setting(connection, "ssl_min_protocol_version")
        return (
            fine(f"TLS 已启用（最低 {oldest}）")
            if oldest >= "TLSv1.2"
            else failed(f"TLS 最低版本是 {oldest}")
        )
    if site.cluster is not None or not abroad:
        return fine("TLS 未启用，服务器只在本机监听")
    return failed(f"TLS 未启用，而服务器在 {listening} 监听；请设置 ssl = on 和证书")


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of pg_hba.conf; `kind`: local, host, hostssl, …; `address`: empty for local ones."""

    line: int
    kind: str
    address: str
    method: str

    @property
    def local(self) -> bool:
        """Whether it lets nobody in from the network."""
        return self.kind == "local" or self.address in _LOOPBACK


def judged(rule: Rule) -> Finding | None:
    """What is wrong with a line, if anything."""
    where = f"pg_hba.conf 第 {rule.line} 行"
    if rule.method in _OPEN:
        return failed(f"{where}：{rule.method}，{_OPEN[rule.method]}，请改为 scram-sha-256")
    if rule.kind in ("host", "hostnossl") and not rule.local and rule.method != "reject":
        return failed(f"{where}：{rule.kind} 允许不加密的连接，请改为 hostssl")
    if rule.method == "md5":
        return warning(f"{where}：md5，建议改为 scram-sha-256")
    return None


def admission(connection: Connection, site: Site) -> Finding:
    """Every way in asks for a password, and the network's ways are encrypted."""
    if site.cluster is not None:
        return fine("内置数据库：私有套接字文件夹，或本机回环加随机密码")
    rows = connection.execute(
        text(
            # A line for encrypted connections where there are none does no harm; TLS is checked by itself.
            "SELECT line_number, type, coalesce(address, ''), auth_method, error !~ 'because SSL'"
            " FROM pg_hba_file_rules WHERE error !~ 'because SSL'"
            " OR database && ARRAY['all', 'sameuser', 'samerole', 'replication', current_database()::text]"
            " ORDER BY line_number"
        )
    ).all()
    if broken := [str(row[0]) for row in rows if row[4]]:
        return failed(f"pg_hba.conf 第 {named(broken)} 行写法不对，整个文件不会生效")
    rules = [Rule(*row[:4]) for row in rows]
    found = [finding for rule in rules if (finding := judged(rule)) is not None]
    if not found:
        return fine(f"pg_hba.conf 的 {len(rules)} 行都要求密码或证书，网络连接都加密")
    state = State.FAILED if any(f.state is State.FAILED for f in found) else State.WARNING
    return Finding(state, "；".join(f.message for f in found))


def guessing(connection: Connection, site: Site) -> Finding:
    """Wrong passwords cost time."""
    if site.cluster is not None:
        return fine("内置数据库不对外")
    if "auth_delay" in _setting(connection, "shared_preload_libraries"):
        return fine(f"密码错误后延迟 {_setting(connection, 'auth_delay.milliseconds')}")
    return warning("没有启用 auth_delay，猜密码不受限制；建议写入 shared_preload_libraries")


def durability(connection: Connection, _: Site) -> Finding:
    """What was confirmed is on disk."""
    off = [
        name
        for name in ("fsync", "full_page_writes", "synchronous_commit")
        if _setting(connection, name) == "off"
    ]
    return failed(f"{named(off)} 已关闭，断电会丢数据或损坏") if off else fine("确认过的内容都已写盘")


def connections(connection: Connection, site: Site) -> Finding:
    """Enough for everybody at once."""
    if site.cluster is not None:
        return fine("内置数据库只供一台电脑使用")
    row = connection.execute(
        text(
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
            " - coalesce(current_setting('reserved_connections', true)::int, 0),"
            " (SELECT count(*) FROM pd.app_user WHERE active)"
        )
    ).one()
    room, people = int(row[0]), int(row[1])
    words = f"可用连接 {room} 个，在用人员 {people} 人，每人最多 {_PER_PERSON} 个"
    if room < people * _PER_PERSON:
        return warning(f"{words}；若全部同时在线需 {people * _PER_PERSON} 个，请调大 max_connections")
    return fine(words)


def standby(connection: Connection, site: Site) -> Finding:
    """A second server that has everything that was confirmed."""
    if site.cluster is not None:
        return fine("内置数据库没有备机")
    if connection.scalar(text("SELECT pg_is_in_recovery()")):
        return warning("连接的是备机；请在主机上检查")
    wanted = _setting(connection, "synchronous_standby_names")
    rows = connection.execute(
        text("SELECT application_name, sync_state FROM pg_stat_replication WHERE state = 'streaming'")
    ).all()
    names = [f"{row[0]}（{row[1]}）" for row in rows]
    if wanted and not any(row[1] in ("sync", "quorum") for row in rows):
        return failed(f"设了同步备机（{wanted}），但没有一台在同步，所有提交都会等待")
    if not names:
        return warning("没有备机；主机损坏后只能从备份恢复")
    return (
        fine(f"备机：{named(names)}")
        if wanted
        else warning(f"备机 {named(names)} 不是同步的，切换可能丢最后几笔")
    )


def archiving(connection: Connection, site: Site) -> Finding:
    """The write-ahead log is archived without failures, or deliberately not."""
    if site.cluster is not None:
        return fine("内置数据库不归档，请定期 server backup")
    if _setting(connection, "archive_mode") == "off":
        return warning("没有归档预写日志（archive_mode），只能恢复到备份的时刻")
    stuck = connection.scalar(
        text(
            "SELECT last_failed_wal FROM pg_stat_archiver"
            " WHERE last_failed_time > coalesce(last_archived_time, '-infinity')"
        )
    )
    return (
        failed(f"预写日志归档失败（{stuck}），磁盘会写满，请检查 archive_command")
        if stuck
        else fine("预写日志已归档")
    )
