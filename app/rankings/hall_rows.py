"""The halls behind 大厅推广 (Art. 22 ②), each with the active ratings that it had in the period.

Halls and their counts name nobody: everyone sees all of them. They are those registered now, or, where the last month
is closed, those that its close kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from app.clock import SHANGHAI
from app.rankings import counts
from app.rankings.figures import agency_id, standing
from app.rankings.queries import Period

#: Where a page ended: name and number of the last hall.
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class HallFigure:
    """Registered halls of an agency, and those among them that had an active rating in the period."""

    agency: str
    period: Period


@dataclass(frozen=True, slots=True)
class HallRow:
    """A hall that was counted. `ratings`: how many active ones it had, of items or of staff."""

    id: int
    name: str
    ratings: int

    @property
    def active(self) -> bool:
        """Whether the hall counts as one that asks for ratings."""
        return self.ratings > 0


@dataclass(frozen=True, slots=True)
class HallPage:
    """Halls and the key after which the next page begins, None at the end."""

    rows: Sequence[HallRow]
    next: Key | None


@dataclass(frozen=True, slots=True)
class HallCount:
    """Halls, and those with an active rating. `closed`: months that came as they were closed."""

    count: int
    active: int
    closed: tuple[date, ...]

    @property
    def hidden(self) -> int:
        """Nobody is kept from a hall."""
        return 0


def rows(
    connection: Connection, figure: HallFigure, *, after: Key | None = None, limit: int = 100
) -> HallPage:
    """One page, by name."""
    values = standing(connection, figure.agency, figure.period)
    name, number = after or ("", 0)
    found = connection.execute(
        _HALLS, values | {"name": name, "number": number, "start": after is None, "limit": limit + 1}
    ).all()
    page = tuple(HallRow(*row) for row in found[:limit])
    last = page[-1] if len(found) > limit else None
    return HallPage(page, (last.name, last.id) if last else None)


def counted(connection: Connection, figure: HallFigure) -> HallCount:
    """The figure as the ranking counts it."""
    period = figure.period
    now: datetime = connection.execute(text("SELECT pd.now()")).scalar_one()
    read = counts.read(connection, period.first, period.last, now.astimezone(SHANGHAI))
    agency = agency_id(connection, figure.agency)
    if agency is None:
        return HallCount(0, 0, ())
    halls = read.halls.get((period.last if period.last in read.closed else None, agency), set())
    active = set[int]().union(*(month.active for (_, owner), month in read.months.items() if owner == agency))
    return HallCount(len(halls), len(active & halls), tuple(sorted(read.closed)))


_HALLS = text("""
    WITH counted AS (
        SELECT h.id, h.name FROM hall h
        WHERE CASE WHEN CAST(:last_close AS bigint) IS NULL THEN h.agency_id = :agency AND h.registered
                   ELSE h.id = ANY (ARRAY(SELECT unnest(c.halls) FROM closed_agency c
                                          WHERE c.close_id = :last_close AND c.agency_id = :agency)) END),
    given AS (
        SELECT t.hall_id, t.active FROM unnest(CAST(:months AS date[])) AS m(month)
        JOIN tally t ON t.agency_id = :agency AND t.day >= m.month AND t.day < (m.month + INTERVAL '1 month')::date
                    AND t.day <= pd.local_day(pd.now())
        UNION ALL
        SELECT c.hall_id, c.active FROM closed_tally c WHERE c.close_id = ANY (:closes) AND c.agency_id = :agency)
    SELECT h.id, h.name, coalesce((SELECT sum(g.active) FROM given g WHERE g.hall_id = h.id), 0)::integer
    FROM counted h WHERE :start OR (h.name, h.id) > (:name, :number)
    ORDER BY h.name, h.id LIMIT :limit""")
