"""What a figure counted, row by row: the rows add up to the figure, for everybody who may read them.

Ratings come from the files where those are on file in full, else as lines of the province's summary; a closed month
comes as its close kept it. Who may not read the rows learns how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from app.clock import SHANGHAI, next_month
from app.rankings import counts
from app.rankings.queries import Period
from models.rules.ratings import Satisfaction, is_bad

#: Where a page ended: time, source and number of the last row.
Key = tuple[datetime, str, str]

#: What a row is.
SOURCES = {
    "rating": "评价",
    "shared": "批量或一件事，随同计入",
    "default": "期满未评，按默认好评计",
    "summary": "省汇总表的一行",
    "closed": "封账时的计数",
}
#: The levels of a bad rating (Art. 23).
BAD_LEVELS = tuple(level.value for level in Satisfaction if is_bad(level))


@dataclass(frozen=True, slots=True)
class Figure:
    """Item ratings in a period, of one agency by name or of all, of a group where one is given (Art. 6, 22).

    `platforms`, `levels`: those that were counted; none given: all.
    """

    agency: str | None
    period: Period
    platforms: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    group: str | None = None


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row that a figure counted. `number`: as how many; lines of counts stand for several; `words`: as they were written."""

    at: datetime
    source: str
    ref: str
    number: int
    level: int
    platform: str
    is_default: bool
    case_number: str | None
    item: str | None
    hall: str | None
    ticket_id: int | None
    state: str | None
    counter: str | None = None
    staff: str | None = None
    labels: Sequence[str] = ()
    words: str | None = None
    agency: str | None = None

    @property
    def id(self) -> tuple[str, str]:
        """By what the row is known."""
        return self.source, self.ref


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and the key after which the next page begins, None at the end."""

    rows: Sequence[FigureRow]
    next: Key | None


@dataclass(frozen=True, slots=True)
class Counted:
    """The figure, and how much of it the reader's rows add up to. `closed`: months that came as they were closed."""

    count: int
    visible: int
    closed: tuple[date, ...]

    @property
    def hidden(self) -> int:
        """How many the reader may not see."""
        return self.count - self.visible


def rows(connection: Connection, figure: Figure, *, after: Key | None = None, limit: int = 100) -> Page:
    """One page, by time."""
    values = _values(connection, figure)
    before = "" if after is None else "AND (x.at, x.source, x.ref) > (:at, :source, :ref)"
    if after is not None:
        values |= dict(zip(("at", "source", "ref"), after, strict=True))
    group = _group(connection)
    chosen = f"SELECT x.* FROM ({_union(group)}) x WHERE {_LEVEL} {before} ORDER BY x.at, x.source, x.ref LIMIT :limit"
    said, ratings = (
        (_SAID, "LEFT JOIN rating r ON r.id = x.rating_id") if _DETAIL.get(group) else (_UNSAID, "")
    )
    found = connection.execute(
        text(f"""
            SELECT x.at, x.source, x.ref, x.number, x.level, x.platform, x.is_default, x.case_number, i.name, h.name, x.ticket_id, x.state,
                   {said}, a.name
            FROM ({chosen}) x JOIN agency a ON a.id = x.agency_id LEFT JOIN service_item i ON i.id = x.item_id LEFT JOIN hall h ON h.id = x.hall_id {ratings}
            ORDER BY x.at, x.source, x.ref"""),
        values | {"limit": limit + 1},
    ).all()
    page = tuple(FigureRow(*row) for row in found[:limit])
    last = page[-1] if len(found) > limit else None
    return Page(page, (last.at, last.source, last.ref) if last else None)


def counted(connection: Connection, figure: Figure) -> Counted:
    """The figure from the counts that everybody reads, beside the sum of the rows that the reader sees."""
    period = figure.period
    now: datetime = connection.execute(text("SELECT pd.now()")).scalar_one()
    read = counts.read(connection, period.first, period.last, now.astimezone(SHANGHAI))
    agencies = set(agency_ids(connection, figure.agency, figure.group))
    number = sum(
        number
        for (_, owner), month in read.months.items()
        if owner in agencies
        for platform, levels in month.levels.items()
        if not figure.platforms or platform.value in figure.platforms
        for level, number in levels.items()
        if not figure.levels or level in figure.levels
    )
    visible = connection.scalar(
        text(f"SELECT sum(x.number) FROM ({_union(_group(connection))}) x WHERE {_LEVEL}"),
        _values(connection, figure),
    )
    return Counted(number, int(visible or 0), tuple(sorted(read.closed)))


def agency_id(connection: Connection, name: str) -> int | None:
    """By what the counts know an agency; by the name it had when a month was closed, where none has it now."""
    found: int | None = connection.scalar(
        text("""
            SELECT id FROM (SELECT id, 0 AS place FROM agency WHERE name = :name
                            UNION ALL SELECT agency_id, 1 FROM closed_agency WHERE name = :name) AS a
            ORDER BY place LIMIT 1"""),
        {"name": name},
    )
    return found


def agency_ids(connection: Connection, name: str | None, group: str | None = None) -> list[int]:
    """One agency by name, else all, or all that are now of a group."""
    if name is not None:
        found = agency_id(connection, name)
        return [] if found is None else [found]
    every = text("SELECT id FROM agency WHERE CAST(:kind AS text) IS NULL OR kind = :kind")
    return list(connection.execute(every, {"kind": group}).scalars())


def standing(connection: Connection, agency: str | None, period: Period) -> dict[str, Any]:
    """The values of the statements: the agency, the months that are open, and the closes of the others."""
    first, last = period.first, period.last
    closes = {
        row.month: row.id
        for row in connection.execute(
            text(
                "SELECT month, id FROM month_close WHERE reopened_at IS NULL AND month BETWEEN :first AND :last"
            ),
            {"first": first, "last": last},
        )
    }
    months = []
    while first <= last:
        months.append(first)
        first = next_month(first)
    return {
        "agency": None if agency is None else agency_id(connection, agency),
        "months": [month for month in months if month not in closes],
        "closes": list(closes.values()),
        "last_close": closes.get(last),
    }


def _values(connection: Connection, figure: Figure) -> dict[str, Any]:
    chosen = {
        "all": not figure.platforms,
        "platforms": list(figure.platforms),
        "every": not figure.levels,
        "levels": list(figure.levels),
        "agencies": agency_ids(connection, figure.agency, figure.group),
    }
    return standing(connection, figure.agency, figure.period) | chosen


def _group(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT pd.my_group()")))


def _union(group: str) -> str:
    """The rows of the sources that a group may read."""
    return " UNION ALL ".join((*_DETAIL.get(group, ()), _SUMMARY, _CLOSED))


# The months that are open: their bounds, up to the end of today, are reckoned once and not row by row. `whole`: ratings of
# themed services, which stand for their cases and not for themselves (Art. 19).
_OPEN = """
    FROM (SELECT m.month, m.past, pd.local_midnight(m.month) AS starts, m.latest,
                 least(pd.local_midnight(m.past), pd.local_midnight(pd.local_day(pd.now()) + 1)) AS ends,
                 ARRAY(SELECT w.rating_id FROM pd.whole_ratings(pd.local_midnight(m.month), pd.local_midnight(m.past), m.latest) w) AS whole
          FROM (SELECT month, (month + INTERVAL '1 month')::date AS past,
                       coalesce((SELECT parameters ->> 'follow_up_effect' = 'latest' FROM rule_set
                                 WHERE effective_from <= month ORDER BY effective_from DESC LIMIT 1), false) AS latest
                FROM unnest(CAST(:months AS date[])) AS month) m
          OFFSET 0) o"""
_COVERED = "JOIN rating_cover v ON v.month = o.month AND v.agency_id = ANY (:agencies)"
_PLATFORM = "(:all OR {}.platform = ANY (:platforms))"
_LEVEL = "(:every OR x.level = ANY (:levels))"
_TODAY = "pd.local_day(pd.now())"

# A follow-up within 60 days takes the place of the first rating where the rules say so (Art. 21).
_RATINGS = f"""
    SELECT r.rated_at AS at, 'rating' AS source, r.id::text AS ref, 1 AS number, coalesce(f.level, r.level) AS level, r.platform,
           r.is_default AND f.id IS NULL AS is_default, r.case_number, r.item_id, r.hall_id, t.id AS ticket_id, t.state,
           coalesce(f.id, r.id) AS rating_id, r.agency_id
    {_OPEN} {_COVERED}
    JOIN counted_rating r ON r.agency_id = v.agency_id AND r.target = 'item' AND r.rating_number = 1
        AND r.rated_at >= o.starts AND r.rated_at < o.ends
    LEFT JOIN counted_rating f ON o.latest AND f.area_code = r.area_code AND f.case_number = r.case_number AND f.target = 'item'
        AND f.service_number = r.service_number AND f.rating_number = 2
        AND pd.local_day(f.rated_at) <= pd.local_day(r.rated_at) + 60
    LEFT JOIN ticket t ON t.id = r.ticket_id
    WHERE {_PLATFORM.format("r")} AND r.id <> ALL (o.whole)"""

_SHARED = f"""
    SELECT x.rated_at, 'shared', x.area_code || ' ' || x.case_number, 1, x.level, x.platform, x.is_default, x.case_number,
           c.item_id, x.hall_id, NULL, NULL, NULL, x.agency_id
    {_OPEN} {_COVERED}
    JOIN LATERAL pd.shared_ratings(pd.local_midnight(o.month), pd.local_midnight(o.past), o.latest) x ON x.agency_id = v.agency_id
    JOIN service_case c USING (case_number, area_code)
    WHERE pd.local_day(x.rated_at) <= {_TODAY} AND {_PLATFORM.format("x")}"""

_DEFAULTS = f"""
    SELECT pd.local_midnight(x.day), 'default', x.area_code || ' ' || x.case_number, 1, 5, x.platform, true, x.case_number,
           c.item_id, x.hall_id, NULL, NULL, NULL, x.agency_id
    {_OPEN} JOIN LATERAL pd.default_ratings(o.month, o.past) x ON x.agency_id = ANY (:agencies)
    JOIN service_case c USING (case_number, area_code)
    WHERE x.day <= {_TODAY} AND {_PLATFORM.format("x")}"""

_LEVELS = "CROSS JOIN LATERAL (VALUES (5, {0}.level_5), (4, {0}.level_4), (3, {0}.level_3), (2, {0}.level_2), (1, {0}.level_1)) AS l(level, number)"

_SUMMARY = f"""
    SELECT pd.local_midnight(y.day) AS at, 'summary' AS source, concat_ws(' ', y.day, y.agency_id, y.platform, y.hall_id, l.level) AS ref,
           l.number, l.level, y.platform, false AS is_default, NULL AS case_number, NULL::bigint AS item_id, y.hall_id,
           NULL::bigint AS ticket_id, NULL AS state, NULL::bigint AS rating_id, y.agency_id
    {_OPEN} JOIN tally y ON y.monthly AND y.day = o.month AND y.agency_id = ANY (:agencies) {_LEVELS.format("y")}
    WHERE l.number > 0 AND {_PLATFORM.format("y")}"""

_CLOSED = f"""
    SELECT pd.local_midnight(m.month), 'closed', concat_ws(' ', m.month, y.agency_id, y.platform, y.hall_id, l.level), l.number, l.level,
           y.platform, false, NULL, NULL, y.hall_id, NULL, NULL, NULL, y.agency_id
    FROM month_close m JOIN closed_tally y ON y.close_id = m.id AND y.agency_id = ANY (:agencies) {_LEVELS.format("y")}
    WHERE m.id = ANY (:closes) AND l.number > 0 AND {_PLATFORM.format("y")}"""

#: Detail is for those who work with it; only they read what was said.
_DETAIL = {"officer": (_RATINGS, _SHARED, _DEFAULTS), "liaison": (_RATINGS,)}
_UNSAID = "NULL, NULL, CAST('{}' AS text[]), NULL"
_SAID = """(SELECT name FROM counter WHERE id = r.counter_id), (SELECT name FROM staff_member WHERE id = r.staff_id),
    ARRAY(SELECT coalesce(c.text, given.code) FROM unnest(r.labels) WITH ORDINALITY AS given (code, place)
          LEFT JOIN label_code c USING (code) ORDER BY given.place), r.reason"""
