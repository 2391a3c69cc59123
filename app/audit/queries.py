"""What is shown of the log, newest first. Only auditors may read it whole; the database's policies decide."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, text

from app.audit import words
from app.audit.rows import (
    EventDetail,
    EventFilter,
    EventPage,
    EventRow,
    LinkRow,
    Particular,
    Somebody,
    Standing,
)
from app.audit.verifying import standing, verify, verify_file
from app.audit.words import Names
from app.errors import UserError
from app.registry import queries as registry
from models.rules import events

__all__ = [
    "EventDetail",
    "EventFilter",
    "EventPage",
    "EventRow",
    "LinkRow",
    "Particular",
    "Somebody",
    "Standing",
    "count",
    "event",
    "page",
    "people",
    "standing",
    "verify",
    "verify_file",
]

#: Links are found by their time, which is that of their events: both are the transaction's.
_PAGE = """
WITH chosen AS MATERIALIZED (SELECT * FROM event e{where} ORDER BY e.id DESC LIMIT :limit),
linked AS MATERIALIZED (SELECT l.no, x.id FROM event_link l CROSS JOIN LATERAL unnest(l.events) AS x(id)
           WHERE l.at IN (SELECT at FROM chosen))
SELECT c.id, c.at, c.actor, c.action, c.ticket_id, c.source, c.target, c.facts,
       (SELECT min(k.no) FROM linked k WHERE k.id = c.id) AS link,
       (SELECT w.text FROM event_text w WHERE w.event_id = c.id) AS words
FROM chosen c ORDER BY c.id DESC
"""
_LINK = "SELECT no, at, cardinality(events), encode(digest, 'hex'), encode(hash, 'hex') FROM event_link"
#: Whom a word may mean.
_MEANT = "SELECT login FROM app_user WHERE position(:{word} in name) > 0 OR login = :{word}"


def page(
    connection: Connection, wanted: EventFilter, *, after: int | None = None, limit: int = 100
) -> EventPage:
    """One page by key."""
    conditions, values = _conditions(connection, wanted)
    if after is not None:
        conditions.append("e.id < :after")
        values["after"] = after
    statement = text(_PAGE.format(where=_where(conditions)))
    found = connection.execute(statement, values | {"limit": limit + 1}).all()
    names = _names(connection, found[:limit])
    rows = tuple(_row(r, names) for r in found[:limit])
    return EventPage(rows, rows[-1].id if len(found) > limit else None)


def count(connection: Connection, wanted: EventFilter) -> int:
    """How many events match."""
    conditions, values = _conditions(connection, wanted)
    statement = text(f"SELECT count(*) FROM event e{_where(conditions)}")
    return int(connection.execute(statement, values).scalar_one())


def event(connection: Connection, event_id: int) -> EventDetail:
    """One event with all its facts and its link; raises UserError where there is none to be seen."""
    found = connection.execute(
        text("""
            SELECT e.id, e.at, e.actor, e.action, e.ticket_id, e.source, e.target, e.facts, NULL AS link,
                   (SELECT w.text FROM event_text w WHERE w.event_id = e.id) AS words
            FROM event e WHERE e.id = :id"""),
        {"id": event_id},
    ).first()
    if found is None:
        raise UserError("没有这条记录，或您无权查看。", code="not_found")
    names = _names(connection, [found])
    said = words.particulars(found.source, found.target, found.facts, names)
    link = _link_of(connection, found)
    return EventDetail(
        _row(found, names, link.no if link else None), said, found.words, _words_hold(found), link
    )


def people(connection: Connection) -> tuple[Somebody, ...]:
    """Whoever may stand in the log, disabled people included."""
    rows = connection.execute(text("SELECT login, name FROM app_user ORDER BY active DESC, name, login"))
    return tuple(Somebody(*row) for row in rows)


def _row(found: Any, names: Names, link: int | None = None) -> EventRow:
    return EventRow(
        id=found.id,
        at=found.at,
        actor=found.actor,
        name=names.people.get(found.actor, found.actor),
        action=found.action,
        what=events.label(found.action),
        ticket=found.ticket_id,
        subject=words.subject(found.action, found.ticket_id, found.facts, names),
        particulars="；".join(
            part for part in (words.line(found.source, found.target, found.facts, names), found.words) if part
        ),
        link=link if link is not None else found.link,
    )


def _link_of(connection: Connection, found: Any) -> LinkRow | None:
    """By its time; a link that took up older events has another, and is looked for everywhere."""
    for condition in ("at = :at AND :id = ANY (events)", ":id = ANY (events)"):
        statement = text(f"{_LINK} WHERE {condition} ORDER BY no LIMIT 1")
        if (link := connection.execute(statement, {"at": found.at, "id": found.id}).first()) is not None:
            return LinkRow(*link)
    return None


def _words_hold(found: Any) -> bool | None:
    if found.words is None:
        return None
    return bool(sha256(found.words.encode()).hexdigest() == found.facts.get("text_hash"))


# --- what ids stand for -------------------------------------------------------------------------------


def _names(connection: Connection, found: Any) -> Names:
    tickets = sorted({r.ticket_id for r in found if r.ticket_id is not None})
    batches = sorted({r.facts["batch"] for r in found if isinstance(r.facts.get("batch"), int)})
    files = connection.execute(
        text("SELECT id, file_name FROM import_batch WHERE id = ANY (:ids)"), {"ids": batches}
    )
    return Names(
        people={somebody.login: somebody.name for somebody in people(connection)},
        agencies={agency.id: agency.name for agency in registry.agencies(connection)},
        files={row.id: row.file_name for row in files},
        tickets=_numbers(connection, tickets),
    )


def _numbers(connection: Connection, tickets: list[int]) -> dict[int, str]:
    """The province's numbers of tickets, where this person may read them at all."""
    if not tickets or not _sees_numbers(connection):
        return {}
    statement = text("SELECT id, number FROM ticket WHERE id = ANY (:ids) AND number IS NOT NULL")
    return {row.id: row.number for row in connection.execute(statement, {"ids": tickets})}


def _sees_numbers(connection: Connection) -> bool:
    statement = text("SELECT has_column_privilege('pd.ticket', 'number', 'SELECT')")
    return bool(connection.execute(statement).scalar_one())


# --- filters ------------------------------------------------------------------------------------------


def _conditions(connection: Connection, wanted: EventFilter) -> tuple[list[str], dict[str, Any]]:
    conditions: list[str] = []
    values: dict[str, Any] = {}

    def hold(condition: str, **given: Any) -> None:
        conditions.append(condition)
        values.update(given)

    if wanted.matter is not None:
        hold("e.action = ANY (:matter)", matter=list(wanted.matter.actions))
    if wanted.action is not None:
        hold("e.action = :action", action=wanted.action)
    if wanted.actor is not None:
        hold("e.actor = :actor", actor=wanted.actor)
    if wanted.since is not None:
        hold("e.at >= pd.local_midnight(:since)", since=wanted.since)
    if wanted.until is not None and wanted.until < date.max:
        hold("e.at < pd.local_midnight(:past)", past=wanted.until + timedelta(days=1))
    if wanted.ticket is not None:
        hold("e.ticket_id = :ticket", ticket=wanted.ticket)
    for number, word in enumerate(wanted.search.split()):
        hold(*_search(connection, f"word{number}"), **_typed(f"word{number}", word))
    return conditions, values


def _search(connection: Connection, word: str) -> tuple[str]:
    """Where a word may stand: who, whom, what was done, a ticket's number, the facts themselves."""
    meant = _MEANT.format(word=word)
    places = [
        f"e.actor IN ({meant})",
        f"e.facts ->> 'login' IN ({meant})",
        f"e.action = ANY (:{word}_actions)",
        f"position(:{word} in e.facts::text) > 0",
        f"e.ticket_id = :{word}_id",
    ]
    if _sees_numbers(connection):
        places.append(f"e.ticket_id IN (SELECT id FROM ticket WHERE number = upper(:{word}))")
    return (f"({' OR '.join(places)})",)


def _typed(name: str, word: str) -> dict[str, Any]:
    number = int(word) if word.isascii() and word.isdecimal() and len(word) < 18 else None
    return {name: word, f"{name}_actions": list(events.named_like(word)), f"{name}_id": number}


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""
