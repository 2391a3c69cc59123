"""Verbs about the database itself: making it, keeping it running, reaching it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import workspace
from app.errors import UserError
from app.intake import queries as intake
from app.registry import queries as registry
from app.workspace import Workspace
from views.console.answer import Answer


def folder(options: argparse.Namespace) -> Path:
    """The embedded database's folder."""
    given: Path | None = options.data
    return given.expanduser().absolute() if given else workspace.default_folder()


@contextmanager
def opened(options: argparse.Namespace, *, default: str = "officer") -> Iterator[Workspace]:
    """The database of the command line, as the person of the command line, or `default` in an embedded one."""
    if options.database:
        space = Workspace.open_server(options.database)
        if space.warning:
            print(f"注意：{space.warning}", file=sys.stderr)
    else:
        space = Workspace.open_embedded(folder(options), options.login or default)
    try:
        if space.person.must_change_password:
            raise UserError("首次登录请先在窗口里改成自己的密码，再用命令行。", code="must_change_password")
        yield space
    finally:
        space.close()


def init(options: argparse.Namespace) -> Answer:
    """Creates the database; again = no change."""
    _embedded_only(options)
    place = folder(options)
    workspace.initialise(place, sample=options.place == "sample")
    with _as_officer(options) as space, space.read() as connection:
        agencies, halls, people = registry.counts(connection)
    return Answer(
        {"agencies": agencies, "halls": halls, "people": people},
        [f"数据库已就绪（{place}）：机构 {agencies} 个，大厅 {halls} 个，人员 {people} 人。"],
    )


def demo(options: argparse.Namespace) -> Answer:
    """The sample county with its sample month; again = no change."""
    _embedded_only(options)
    workspace.demo(folder(options), lambda line: print(line, file=sys.stderr))
    with _as_officer(options) as space, space.read() as connection:
        agencies = registry.counts(connection)[0]
        ratings, tickets = intake.contents(connection)
    return Answer(
        {"agencies": agencies, "ratings": ratings, "tickets": tickets},
        [f"示例数据已就绪：机构 {agencies} 个，评价 {ratings} 条，差评工单 {tickets} 件。"],
    )


def serve(options: argparse.Namespace) -> Answer:
    """Holds the embedded server until stdin closes."""
    _embedded_only(options)
    workspace.initialise(folder(options))
    with opened(options) as space, space.read():  # the open connection keeps others from stopping it
        cluster = space.cluster
        assert cluster is not None
        facts = {"host": cluster.host, "port": cluster.port, "dbname": workspace.DATABASE}
        print(
            json.dumps(facts) if options.json else f"内置数据库已启动：{facts}。关闭标准输入即停止。",
            flush=True,
        )
        sys.stdin.read()
    return Answer(None)


def connection_of(options: argparse.Namespace) -> Answer:
    """How a person reaches the database that `serve` or a window keeps running."""
    _embedded_only(options)
    conninfo = workspace.running_conninfo(folder(options), options.login or "officer")
    return Answer({"conninfo": conninfo}, [conninfo])


@contextmanager
def _as_officer(options: argparse.Namespace) -> Iterator[Workspace]:
    """Whoever asks: the counts are the whole database's."""
    space = Workspace.open_embedded(folder(options))
    try:
        yield space
    finally:
        space.close()


def _embedded_only(options: argparse.Namespace) -> None:
    if options.database:
        raise UserError("这项操作只用于内置数据库，不能与 --database 同用。", code="embedded_only")
