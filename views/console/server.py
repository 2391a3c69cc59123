"""The verbs `server …`: a centre's own server, as its superuser; some also for the embedded one."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.errors import UserError
from app.server import backup as saving
from app.server import checking, printing, provisioning, restoring
from app.server.findings import Check, State
from app.server.provisioning import NewPassword
from app.server.site import Site, central, own
from views.console.answer import Answer, table
from views.console.places import folder

_SIGNS = {State.OK: "✓", State.WARNING: "!", State.FAILED: "✗"}


def init(options: argparse.Namespace) -> Answer:
    """Makes the database with its first two admins; again = no change."""
    if not options.database:
        raise UserError("请用 --database 写明中心服务器上要建的库；内置数据库用 init。", code="central_only")
    with _site(options) as site:
        if options.print_sql:
            return Answer(None, [printing.init_script(site, options.admin)])
        made = provisioning.init(
            site, options.admin, _Delivery(options.passwords), sample=options.place == "sample"
        )
    facts = {
        "database": made.database,
        "created": made.created,
        "changed": made.changed,
        "agencies": made.agencies,
        "halls": made.halls,
        "people": made.people,
    }
    head = f"数据库“{made.database}”已就绪" if made.changed else f"数据库“{made.database}”早已建好，没有改动"
    return Answer(facts, [f"{head}：机构 {made.agencies} 个，大厅 {made.halls} 个，人员 {made.people} 人。"])


def upgrade(options: argparse.Namespace) -> Answer:
    """Brings the database to this program's schema and code."""
    with _site(options) as site:
        if options.print_sql:
            return Answer(None, [printing.upgrade_script(site, renew=options.renew)])
        done = provisioning.upgrade(site, renew=options.renew)
    facts = {"from": done.before, "to": done.after, "changed": done.changed}
    if not done.changed:
        return Answer(facts, [f"数据库已是版本 {done.after}，没有改动。"])
    if done.before == done.after:
        return Answer(facts, [f"数据库仍是版本 {done.after}，函数、策略和授权已更新。"])
    return Answer(facts, [f"数据库已从版本 {done.before} 升级到 {done.after}。"])


def check(options: argparse.Namespace) -> Answer:
    """Every check; exit code 3 where one fails."""
    with _site(options) as site:
        checks = checking.check(site)
    ok = all(c.ok for c in checks)
    facts = {"ok": ok, "checks": [_check(c) for c in checks]}
    lines = [f"{_SIGNS[c.state]} {c.title}：{c.message}" for c in checks]
    return Answer(facts, lines, exit_code=0 if ok else 3)


def _check(check: Check) -> dict[str, object]:
    return {"name": check.name, "ok": check.ok, "state": check.state.value, "message": check.message}


def admin(options: argparse.Namespace) -> Answer:
    """A further admin, or a new temporary password for one."""
    deliver = _Delivery(options.passwords)
    with _site(options) as site:
        if options.reset:
            provisioning.reset_admin(site, options.person, deliver)
        else:
            provisioning.add_admin(site, provisioning.Named(options.person, options.name), deliver)
    done = "已重置管理员的密码" if options.reset else "已增加管理员"
    return Answer({"login": options.person, "reset": options.reset}, [f"{done}：{options.person}。"])


def backup(options: argparse.Namespace) -> Answer:
    """Saves the database and its people into a new folder."""
    target: Path = options.folder.expanduser().absolute()
    with _site(options) as site:
        saved = saving.save(site, target)
    facts = {
        "folder": str(saved.folder),
        "schema": saved.manifest.schema,
        "rows": saved.manifest.rows,
        "head": str(saved.manifest.head),
        "without_password": saved.without_password,
    }
    lines = [
        f"已备份到“{saved.folder}”：{len(saved.manifest.counts)} 张表，{saved.manifest.rows} 行。",
        f"审计链头（请抄录）：{saved.manifest.head}",
    ]
    if saved.without_password and options.database:
        lines.append(f"{saved.without_password} 名在用人员没有密码，从这份备份恢复后也不能登录。")
    return Answer(facts, lines)


def restore(options: argparse.Namespace) -> Answer:
    """Restores a backup into a database that is missing or empty; exit code 1 where its chain is broken."""
    source: Path = options.folder.expanduser().absolute()
    restoring.require_backup(source)
    with _site(options, create=True) as site:
        done = restoring.restore(site, source)
    broken = done.audit.broken
    facts = {
        "database": site.name,
        "rows": done.manifest.rows,
        "head": str(done.manifest.head),
        "people": done.people,
        "kept": done.kept,
        "without_password": done.without_password,
        "audit": {"ok": done.audit.ok, "broken": None if broken is None else broken.why},
    }
    return Answer(facts, list(_restored(site, done)), exit_code=0 if done.audit.ok else 1)


def _restored(site: Site, done: restoring.Restored) -> Iterator[str]:
    yield (
        f"已恢复到“{site.name}”：{len(done.manifest.counts)} 张表，{done.manifest.rows} 行，与备份清单一致；"
        f"在用人员 {done.people} 人。"
    )
    yield f"审计链头：{done.manifest.head}"
    if done.audit.broken is not None:
        yield f"审计链在备份之前就已断：{done.audit.broken.why}。"
    if done.kept:
        yield f"{done.kept} 个账号在服务器上已经存在，保持现在的密码。"
    if done.without_password and site.cluster is None:
        yield f"{done.without_password} 名在用人员没有密码，请由管理员重置后登录。"


@contextmanager
def _site(options: argparse.Namespace, *, create: bool = False) -> Iterator[Site]:
    """The database of the command line, as its superuser."""
    if not options.database:
        with own(folder(options), create=create) as site:
            yield site
        return
    site = central(options.database)
    if site.warning:
        print(f"提醒：{site.warning}", file=sys.stderr)
    yield site


class _Delivery:
    """Hands temporary passwords over once: into a new file that only its owner reads, or on standard error."""

    def __init__(self, file: Path | None) -> None:
        self._file, self._made = file, False
        if file is not None and file.exists():
            raise UserError(f"“{file}”已经存在，请换一个文件。", code="exists")

    def __call__(self, new: Sequence[NewPassword]) -> None:
        """Writes them; raises UserError where the file cannot be written."""
        if not new:
            return
        lines = table(("账号", "姓名", "一次性密码"), [(p.login, p.name, p.password) for p in new])
        if self._file is None:
            print("请交给本人，首次登录须修改：", *lines, sep="\n", file=sys.stderr, flush=True)
        else:
            self._write(self._file, lines)

    def _write(self, file: Path, lines: list[str]) -> None:
        flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if self._made else os.O_EXCL)
        try:
            with os.fdopen(os.open(file, flags, 0o600), "w", encoding="utf-8") as target:
                target.write("\n".join(lines) + "\n")
        except OSError as error:
            raise UserError(f"密码文件“{file}”不能写：{error.strerror or error}。", code="file") from error
        self._made = True
