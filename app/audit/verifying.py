"""Walks the chain of a database or of an exported file to its first broken link.

The database is asked for the links and the lines of their events, and for nothing else: what they should be
is computed here. It is read in many short transactions, so that a long chain holds up nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app.audit.rows import Progress, Standing
from app.errors import UserError
from models.rules.audit import GENESIS, Broken, Fault, Head, Link, Verdict, walk, walk_export

#: How to begin a short reading transaction.
Read = Callable[[], AbstractContextManager[Connection]]
Tell = Callable[[Progress], None]
#: Links of one transaction, and rows fetched at once: one link may hold a whole import.
_LINKS, _ROWS = 1_000, 100

_CHAIN = text("""
    SELECT l.no, (extract(epoch FROM l.at) * 1000000)::bigint AS at_us, l.events, encode(l.digest, 'hex') AS digest,
           encode(l.hash, 'hex') AS hash,
           ARRAY(SELECT pd.event_line(e) FROM event e WHERE e.id = ANY (l.events) ORDER BY e.id) AS lines
    FROM event_link l WHERE l.no > :after AND l.no <= :until ORDER BY l.no LIMIT :limit
""").execution_options(stream_results=True, yield_per=_ROWS)
_FIRST = text("SELECT encode(hash, 'hex') FROM event_link ORDER BY no LIMIT 1")
_UNLINKED = text("""
    SELECT e.id FROM event e LEFT JOIN (SELECT unnest(events) AS id FROM event_link) x ON x.id = e.id
    WHERE x.id IS NULL ORDER BY e.id LIMIT 1
""")
_TWICE = text("""
    SELECT x.id FROM (SELECT unnest(events) AS id FROM event_link) x
    GROUP BY x.id HAVING count(*) > 1 ORDER BY x.id LIMIT 1
""")
#: Words are kept apart, where they can be erased; those that are there must be those of the event's hash.
_WORDS = text("""
    SELECT w.event_id FROM event_text w JOIN event e ON e.id = w.event_id
    WHERE encode(sha256(convert_to(w.text, 'UTF8')), 'hex') IS DISTINCT FROM e.facts ->> 'text_hash'
    ORDER BY w.event_id LIMIT 1
""")


def standing(connection: Connection) -> Standing:
    """Where the chain stands. Everybody may know its head, and who reads the log, its first link."""
    head = connection.execute(text("SELECT pd.audit_head()")).scalar_one()
    seen = connection.execute(text("SELECT has_table_privilege('pd.event_link', 'SELECT')")).scalar_one()
    first = connection.execute(_FIRST).scalar() if seen else None
    return Standing(Head(head["no"], head["hash"]), first)


def verify(
    read: Read,
    *,
    heads: Sequence[Head] = (),
    newest: int | None = None,
    progress: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Verdict:
    """Walks the database's chain, then looks for events that are in no link or in two, and for changed words.

    `newest`: only so many links at the end, trusting the one before. Raises UserError where this person may
    not read the log, or when cancelled.
    """
    with read() as connection:
        start, head = _ends(connection, newest)
    with closing(links(read, start, head, progress=progress, cancelled=cancelled)) as chain:
        verdict = walk(chain, start=start, heads=heads)
    if verdict.broken is not None or newest is not None:
        return verdict
    with read() as connection:
        broken = _beside_the_chain(connection)
    return Verdict(verdict.links, verdict.events, verdict.head, broken)


def verify_file(
    path: Path,
    *,
    heads: Sequence[Head] = (),
    progress: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Verdict:
    """Walks the chain of an exported file; needs no database. Raises UserError where it cannot be read."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            lines = _watched(file, "正在核验文件", size, progress, cancelled, weigh=len)
            return walk_export(lines, heads=heads)
    except OSError as error:
        raise UserError(f"读不出“{path}”：{error.strerror}。", code="unreadable") from error


def links(
    read: Read,
    start: Head,
    head: Head,
    *,
    progress: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Generator[Link, None, None]:
    """The links after `start` up to `head`, as they stand in the database."""
    with closing(_kept(read, start.no, head.no)) as kept:
        yield from _watched(kept, "正在核验", head.no - start.no, progress, cancelled)


def _kept(read: Read, after: int, until: int) -> Generator[Link, None, None]:
    while True:
        got = 0
        wanted = {"after": after, "until": until, "limit": _LINKS}
        with read() as connection, connection.execute(_CHAIN, wanted) as rows:
            for row in rows:
                got, after = got + 1, row.no
                yield Link(row.no, row.at_us, tuple(row.events), tuple(row.lines), row.digest, row.hash)
        if got < _LINKS:
            return


def _watched(
    things: Iterable[Any],
    stage: str,
    total: int,
    progress: Tell | None,
    cancelled: Callable[[], bool] | None,
    *,
    weigh: Callable[[Any], int] = lambda _: 1,
) -> Iterator[Any]:
    done = 0
    for thing in things:
        if cancelled is not None and cancelled():
            raise UserError("已取消。", code="cancelled")
        yield thing
        done += weigh(thing)
        if progress is not None:
            progress(Progress(stage, done, total))


def _ends(connection: Connection, newest: int | None) -> tuple[Head, Head]:
    head = standing(connection).head
    if newest is None or head.no <= newest:
        return GENESIS, head
    statement = text("SELECT no, encode(hash, 'hex') FROM event_link WHERE no = :no")
    before = connection.execute(statement, {"no": head.no - newest}).first()
    return (Head(*before) if before is not None else GENESIS), head


def _beside_the_chain(connection: Connection) -> Broken | None:
    if (event := connection.execute(_UNLINKED).scalar()) is not None:
        return Broken(
            None, Fault.UNLINKED, f"事件 {event} 不在任何一环里：绕过规定的操作写入，或所在的环被截去"
        )
    if (event := connection.execute(_TWICE).scalar()) is not None:
        return Broken(None, Fault.TWICE, f"事件 {event} 在链上出现两次")
    if (event := connection.execute(_WORDS).scalar()) is not None:
        return Broken(None, Fault.WORDS, f"事件 {event} 的文字与入链时不同")
    return None
