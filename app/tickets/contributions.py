"""协办意见: what each co-agency of a round said, and the files it brought; the latest word of an agency counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from app.tickets.attachments import AttachmentRow


@dataclass(frozen=True, slots=True)
class Contribution:
    """A co-agency's part in a round. `id`: the event of its latest word, None where it has said nothing yet;
    `current`: whether the round runs; `files`: what it brought, as far as the reader may see it."""

    round: int
    agency: str
    current: bool
    id: int | None = None
    text: str = ""
    at: datetime | None = None
    by: str | None = None
    files: tuple[AttachmentRow, ...] = ()

    @property
    def given(self) -> bool:
        """Whether the agency has said something."""
        return self.id is not None


def of_ticket(
    connection: Connection, ticket_id: int, files: tuple[AttachmentRow, ...]
) -> tuple[Contribution, ...]:
    """Every co-agency of the round that runs, and those of earlier rounds that took part; the latest round first.

    Which agencies helped is read from the dispatches: of assignments a liaison sees only the own one.
    """
    rows = connection.execute(
        text("""
            WITH co AS (
                SELECT DISTINCT (e.facts ->> 'round')::integer AS round, x.id::bigint AS agency_id
                FROM event e, jsonb_array_elements_text(e.facts -> 'co') AS x (id)
                WHERE e.ticket_id = :id AND e.action IN ('verify_and_dispatch', 'redispatch', 'reopen')),
            said AS (
                SELECT DISTINCT ON (1, 2) (e.facts ->> 'round')::integer AS round,
                       (e.facts ->> 'agency')::bigint AS agency_id, e.id, e.at, e.actor
                FROM event e WHERE e.ticket_id = :id AND e.action = 'contribute' ORDER BY 1, 2, e.id DESC)
            SELECT co.round, g.name AS agency, co.round = t.round AND g.id = ANY (t.co_ids) AS current,
                   s.id, coalesce(w.text, '') AS text, s.at, coalesce(u.name, s.actor) AS by
            FROM co LEFT JOIN said s USING (round, agency_id) JOIN ticket t ON t.id = :id
            JOIN agency g ON g.id = co.agency_id LEFT JOIN event_text w ON w.event_id = s.id
            LEFT JOIN app_user u ON u.login = s.actor
            ORDER BY co.round DESC, g.standing"""),
        {"id": ticket_id},
    )
    known = (Contribution(**r._mapping, files=_brought(files, r.round, r.agency)) for r in rows)
    return tuple(c for c in known if c.current or c.given or c.files)


def _brought(files: tuple[AttachmentRow, ...], round_: int, agency: str) -> tuple[AttachmentRow, ...]:
    return tuple(f for f in files if (f.round, f.agency) == (round_, agency))


def said_count(contributions: tuple[Contribution, ...]) -> str:
    """1/2: how many of the co-agencies of the running round have said something; empty without any."""
    asked = [c for c in contributions if c.current]
    return f"{sum(c.given for c in asked)}/{len(asked)}" if asked else ""


def still_silent(contributions: tuple[Contribution, ...]) -> tuple[str, ...]:
    """The co-agencies of the running round that have said nothing yet."""
    return tuple(c.agency for c in contributions if c.current and not c.given)
