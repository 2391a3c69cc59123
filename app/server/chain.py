"""A short look at the audit chain: its last links, its numbers, events beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection, text

from models.rules.audit import GENESIS, Broken, Fault, Head, Link, Verdict, walk

#: Links that are computed again.
_LAST = 500
_LINKS = """
SELECT l.no, (extract(epoch FROM l.at) * 1000000)::bigint, l.events,
       ARRAY(SELECT pd.event_line(e) FROM pd.event e WHERE e.id = ANY (l.events) ORDER BY e.id),
       encode(l.digest, 'hex'), encode(l.hash, 'hex')
FROM pd.event_link l WHERE l.no > :after ORDER BY l.no
"""
_TOTALS = """
SELECT count(*), coalesce(max(no), 0), coalesce(sum(cardinality(events)), 0), (SELECT count(*) FROM pd.event)
FROM pd.event_link
"""


def look(connection: Connection) -> Verdict:
    """What the last links and the totals say; the whole chain is walked elsewhere."""
    count, newest, listed, events = connection.execute(text(_TOTALS)).one()
    start = _start(connection, max(newest - _LAST, 0))
    if start is None or count != newest:
        why = f"有 {count} 环，末环却是第 {newest} 环"
        return Verdict(0, 0, GENESIS, Broken(None, Fault.NUMBER, why))
    verdict = walk(_links(connection, start), start=start)
    if verdict.ok and listed != events:
        why = f"事件有 {events} 条，链里列了 {listed} 条"
        return replace(verdict, broken=Broken(None, Fault.UNLINKED, why))
    return verdict


def _start(connection: Connection, no: int) -> Head | None:
    if no == 0:
        return GENESIS
    found = connection.scalar(
        text("SELECT encode(hash, 'hex') FROM pd.event_link WHERE no = :no"), {"no": no}
    )
    return None if found is None else Head(no, found)


def _links(connection: Connection, start: Head) -> Iterator[Link]:
    for no, at, events, lines, digest, own in connection.execute(text(_LINKS), {"after": start.no}):
        yield Link(no, at, tuple(events), tuple(lines), digest, own)
