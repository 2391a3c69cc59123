"""The cases behind 评价覆盖 (Art. 22 ③) and whether each was rated by the cut-off.

Cases come one by one where the case detail is on file in full, else as lines of the province's summary; a closed month
comes as its close kept it. Who may not read the cases learns how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from app.clock import SHANGHAI
from app.rankings import counts
from app.rankings.figures import agency_id, standing
from app.rankings.queries import Period

#: Where a page ended: time, source and number of the last row.
Key = tuple[datetime, str, str]

#: What a row is.
SOURCES = {"case": "办件", "summary": "省汇总表的一行", "closed": "封账时的计数"}


@dataclass(frozen=True, slots=True)
class CaseFigure:
    """Cases of an agency that were finished in a period, of the given channels."""

    agency: str
    period: Period
    platforms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case that was counted. `number`: as how many, `rated` of them actively; lines of counts stand for several.

    `rated_on`: the day of the first rating that a person gave, None while there is none or where only counts are at hand.
    """

    at: datetime
    source: str
    ref: str
    number: int
    rated: int
    platform: str
    case_number: str | None
    item: str | None
    hall: str | None
    rated_on: date | None

    @property
    def id(self) -> tuple[str, str]:
        """By what the row is known."""
        return self.source, self.ref


@dataclass(frozen=True, slots=True)
class CasePage:
    """Rows and the key after which the next page begins, None at the end."""

    rows: Sequence[CaseRow]
    next: Key | None


@dataclass(frozen=True, slots=True)
class CaseCount:
    """Cases, those actively rated, and how many cases the reader's rows add up to. `closed`: months as closed."""

    count: int
    rated: int
    visible: int
    closed: tuple[date, ...]

    @property
    def hidden(self) -> int:
        """How many the reader may not see."""
        return self.count - self.visible


def rows(
    connection: Connection, figure: CaseFigure, *, after: Key | None = None, limit: int = 100
) -> CasePage:
    """One page, by the time that the cases were finished."""
    values = _values(connection, figure)
    before = "" if after is None else "WHERE (x.at, x.source, x.ref) > (:at, :source, :ref)"
    if after is not None:
        values |= dict(zip(("at", "source", "ref"), after, strict=True))
    rated, joined = _RATED if _sees_cases(connection) else ("NULL::date", "")
    found = connection.execute(
        text(f"""
            SELECT p.at, p.source, p.ref, p.number, coalesce(p.rated, ({rated} IS NOT NULL)::integer), p.platform,
                   p.case_number, i.name, h.name, {rated}
            FROM (SELECT x.* FROM ({_union(connection)}) x {before} ORDER BY x.at, x.source, x.ref LIMIT :limit) p
            LEFT JOIN service_item i ON i.id = p.item_id LEFT JOIN hall h ON h.id = p.hall_id
            {joined}
            ORDER BY p.at, p.source, p.ref"""),
        values | {"limit": limit + 1},
    ).all()
    page = tuple(CaseRow(*row) for row in found[:limit])
    last = page[-1] if len(found) > limit else None
    return CasePage(page, (last.at, last.source, last.ref) if last else None)


def counted(connection: Connection, figure: CaseFigure) -> CaseCount:
    """The figure from the counts that everybody reads, beside the sum of the rows that the reader sees."""
    period = figure.period
    now: datetime = connection.execute(text("SELECT pd.now()")).scalar_one()
    read = counts.read(connection, period.first, period.last, now.astimezone(SHANGHAI))
    agency = agency_id(connection, figure.agency)
    found = [
        month.cases.get(platform, (0, 0))
        for (_, owner), month in read.months.items()
        if owner == agency
        for platform in month.cases
        if platform.value in figure.platforms
    ]
    visible = connection.scalar(
        text(f"SELECT sum(x.number) FROM ({_union(connection)}) x"), _values(connection, figure)
    )
    rated, number = (sum(pair[i] for pair in found) for i in (0, 1))
    return CaseCount(number, rated, int(visible or 0), tuple(sorted(read.closed)))


def _values(connection: Connection, figure: CaseFigure) -> dict[str, Any]:
    return standing(connection, figure.agency, figure.period) | {"platforms": list(figure.platforms)}


def _sees_cases(connection: Connection) -> bool:
    return connection.scalar(text("SELECT pd.my_group()")) in ("officer", "liaison")


def _union(connection: Connection) -> str:
    """The rows of the sources that the reader's group may read."""
    own = (_CASES,) if _sees_cases(connection) else ()
    return " UNION ALL ".join((*own, _SUMMARY, _CLOSED))


# Asked of the rows of a page alone: it looks at a case's batch and its theme.
_RATED = ("v.rated_on", "LEFT JOIN LATERAL pd.case_rated_on(p.case_number, p.area_code) v(rated_on) ON true")

# The bounds are reckoned once a month, and not once a row that the reader might not see.
_CASES = """
    SELECT c.finished_at AS at, 'case' AS source, c.area_code || ' ' || c.case_number AS ref, 1 AS number, NULL::integer AS rated,
           c.platform, c.case_number, c.area_code, c.item_id, c.hall_id
    FROM (SELECT m.month, pd.local_midnight(m.month) AS starts,
                 least(pd.local_midnight((m.month + INTERVAL '1 month')::date), pd.local_midnight(pd.local_day(pd.now()) + 1)) AS ends
          FROM unnest(CAST(:months AS date[])) AS m(month) OFFSET 0) o
    JOIN case_cover v ON v.month = o.month AND v.agency_id = :agency
    JOIN counted_case c ON c.agency_id = :agency AND c.finished_at >= o.starts AND c.finished_at < o.ends
    WHERE c.platform = ANY (:platforms)"""

_SUMMARY = """
    SELECT pd.local_midnight(y.day) AS at, 'summary' AS source, concat_ws(' ', y.day, y.platform, y.hall_id) AS ref,
           y.cases AS number, y.cases_rated AS rated, y.platform, NULL AS case_number, NULL AS area_code,
           NULL::bigint AS item_id, y.hall_id
    FROM unnest(CAST(:months AS date[])) AS m(month) JOIN tally y ON y.monthly AND y.day = m.month AND y.agency_id = :agency
    WHERE y.cases > 0 AND y.platform = ANY (:platforms)"""

_CLOSED = """
    SELECT pd.local_midnight(m.month), 'closed', concat_ws(' ', m.month, y.platform, y.hall_id), y.cases, y.cases_rated,
           y.platform, NULL, NULL, NULL, y.hall_id
    FROM month_close m JOIN closed_tally y ON y.close_id = m.id AND y.agency_id = :agency
    WHERE m.id = ANY (:closes) AND y.cases > 0 AND y.platform = ANY (:platforms)"""
