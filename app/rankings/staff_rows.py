"""The ratings behind a staff member's figures (Art. 5): each by its row, a closed month as its close counted it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from app.rankings.figures import Counted, FigureRow, Key, Page, standing
from app.rankings.queries import STAFF_COUNTS, Period


@dataclass(frozen=True, slots=True)
class StaffFigure:
    """Ratings of one staff member of an agency in a period, apart from the items'."""

    agency: str
    staff: str
    period: Period


def rows(connection: Connection, figure: StaffFigure, *, after: Key | None = None, limit: int = 100) -> Page:
    """One page, by time; of ratings those that the reader may see."""
    values = standing(connection, figure.agency, figure.period) | {"staff": figure.staff}
    at, source, ref = after or (None, "", "")
    found = connection.execute(
        text(f"""
            SELECT * FROM ({_ROWS}) AS x
            WHERE CAST(:at AS timestamptz) IS NULL OR (x.at, x.source, x.ref) > (CAST(:at AS timestamptz), :source, :ref)
            ORDER BY x.at, x.source, x.ref LIMIT :limit"""),
        values | {"at": at, "source": source, "ref": ref, "limit": limit + 1},
    ).all()
    page = tuple(FigureRow(*row) for row in found[:limit])
    last = page[-1] if len(found) > limit else None
    return Page(page, (last.at, last.source, last.ref) if last else None)


def counted(connection: Connection, figure: StaffFigure) -> Counted:
    """The figure from the counts, beside the sum of the rows that the reader sees."""
    values = standing(connection, figure.agency, figure.period) | {"staff": figure.staff}
    count = connection.scalar(_COUNT, values | {"first": figure.period.first, "past": figure.period.end})
    visible = connection.scalar(text(f"SELECT sum(x.number) FROM ({_ROWS}) AS x"), values)
    return Counted(int(count or 0), int(visible or 0), _closed(connection, figure.period))


def _closed(connection: Connection, period: Period) -> tuple[date, ...]:
    found = connection.execute(
        text(
            "SELECT month FROM month_close WHERE reopened_at IS NULL AND month BETWEEN :first AND :last ORDER BY month"
        ),
        {"first": period.first, "last": period.last},
    )
    return tuple(found.scalars())


_COUNT = text(f"""
    SELECT sum(s.level_5 + s.level_4 + s.level_3 + s.level_2 + s.level_1) FROM ({STAFF_COUNTS}) AS s
    JOIN staff_member m ON m.id = s.staff_id WHERE m.agency_id = :agency AND m.name = :staff""")

# In the order of a FigureRow's fields. Staff are rated at counters: the platform says nothing.
_ROWS = """
    SELECT r.rated_at AS at, 'rating' AS source, r.id::text AS ref, 1 AS number, r.level::integer, r.platform, r.is_default,
           r.case_number, i.name AS item, h.name AS hall, t.id AS ticket_id, t.state, c.name AS counter, m.name AS staff,
           ARRAY(SELECT coalesce(l.text, given.code) FROM unnest(r.labels) WITH ORDINALITY AS given (code, place)
                 LEFT JOIN label_code l USING (code) ORDER BY given.place) AS labels, r.reason
    FROM (SELECT month, pd.local_midnight(month) AS starts, pd.local_midnight((month + INTERVAL '1 month')::date) AS ends
          FROM unnest(CAST(:months AS date[])) AS month OFFSET 0) o
    JOIN staff_member m ON m.agency_id = :agency AND m.name = :staff
    JOIN counted_rating r ON r.staff_id = m.id AND r.target = 'staff' AND r.rating_number = 1
        AND r.rated_at >= o.starts AND r.rated_at < o.ends
    LEFT JOIN service_item i ON i.id = r.item_id LEFT JOIN hall h ON h.id = r.hall_id
    LEFT JOIN counter c ON c.id = r.counter_id LEFT JOIN ticket t ON t.id = r.ticket_id
    UNION ALL
    SELECT pd.local_midnight(k.month), 'closed', concat_ws(' ', k.month, l.level), l.number, l.level, 'hall', false,
           NULL, NULL, NULL, NULL, NULL, NULL, m.name, '{}', NULL
    FROM month_close k JOIN closed_staff s ON s.close_id = k.id
    JOIN staff_member m ON m.id = s.staff_id AND m.agency_id = :agency AND m.name = :staff
    CROSS JOIN LATERAL (VALUES (5, s.level_5), (4, s.level_4), (3, s.level_3), (2, s.level_2), (1, s.level_1)) AS l(level, number)
    WHERE k.id = ANY (:closes) AND l.number > 0"""
