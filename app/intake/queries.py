"""What was imported, and where the province's summary and its detail differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from app.intake.kinds import Kind
from app.intake.loading import hash_of


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One import. `loaded_by`: the person's name, or login where nobody bears it any more."""

    id: int
    kind: Kind
    file_name: str
    loaded_at: datetime
    loaded_by: str
    complete: bool
    months: tuple[date, ...]
    rows: int
    inserted: int
    updated: int
    unchanged: int
    repeated: int
    refused: int
    tickets_opened: int
    tickets_joined: int

    @property
    def kind_label(self) -> str:
        """The kind's Chinese name."""
        return self.kind.label


_BATCHES = text("""
    SELECT b.id, b.kind, b.file_name, b.loaded_at, coalesce(u.name, b.loaded_by) AS loaded_by, b.complete,
           b.months, b.counts
    FROM pd.import_batch b LEFT JOIN pd.app_user u ON u.login = b.loaded_by
    ORDER BY b.id DESC LIMIT :limit
""")

_COUNTS = (
    "rows",
    "inserted",
    "updated",
    "unchanged",
    "repeated",
    "refused",
    "tickets_opened",
    "tickets_joined",
)


def batches(connection: Connection, limit: int = 50) -> tuple[BatchRow, ...]:
    """The latest imports, newest first."""
    return tuple(
        BatchRow(
            r.id,
            Kind(r.kind),
            r.file_name,
            r.loaded_at,
            r.loaded_by,
            r.complete,
            tuple(r.months),
            *(int(r.counts.get(name, 0)) for name in _COUNTS),
        )
        for r in connection.execute(_BATCHES, {"limit": limit})
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """Item ratings per level and defaults among them."""

    level_5: int
    level_4: int
    level_3: int
    level_2: int
    level_1: int
    defaults: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Where detail and summary of a month, agency, platform and hall (None: no hall) disagree."""

    agency: str
    platform: str
    hall: str | None
    detail: Counts
    summary: Counts


_DIFFERENCES = text("""
    WITH detail AS (
        SELECT r.agency_id, r.platform, coalesce(r.hall_id, 0) AS hall_id,
               count(*) FILTER (WHERE r.level = 5) AS l5, count(*) FILTER (WHERE r.level = 4) AS l4,
               count(*) FILTER (WHERE r.level = 3) AS l3, count(*) FILTER (WHERE r.level = 2) AS l2,
               count(*) FILTER (WHERE r.level = 1) AS l1, count(*) FILTER (WHERE r.is_default) AS ld
        FROM pd.rating r
        WHERE r.target = 'item' AND r.rating_number = 1
          AND r.rated_at >= pd.local_midnight(CAST(:month AS date))
          AND r.rated_at < pd.local_midnight(CAST(CAST(:month AS date) + INTERVAL '1 month' AS date))
        GROUP BY 1, 2, 3),
    summary AS (
        SELECT s.agency_id, s.platform, s.hall_id, s.level_5 AS l5, s.level_4 AS l4, s.level_3 AS l3,
               s.level_2 AS l2, s.level_1 AS l1, s.defaults AS ld
        FROM pd.summary_count s WHERE s.month = :month)
    SELECT a.name, b.platform, h.name, b.d5, b.d4, b.d3, b.d2, b.d1, b.dd, b.s5, b.s4, b.s3, b.s2, b.s1, b.sd
    FROM (
        SELECT agency_id, platform, hall_id,
               coalesce(d.l5, 0) AS d5, coalesce(d.l4, 0) AS d4, coalesce(d.l3, 0) AS d3,
               coalesce(d.l2, 0) AS d2, coalesce(d.l1, 0) AS d1, coalesce(d.ld, 0) AS dd,
               coalesce(s.l5, 0) AS s5, coalesce(s.l4, 0) AS s4, coalesce(s.l3, 0) AS s3,
               coalesce(s.l2, 0) AS s2, coalesce(s.l1, 0) AS s1, coalesce(s.ld, 0) AS sd
        FROM detail d FULL JOIN summary s USING (agency_id, platform, hall_id)) b
    JOIN pd.rating_cover v ON v.agency_id = b.agency_id AND v.month = :month
    JOIN pd.agency a ON a.id = b.agency_id
    LEFT JOIN pd.hall h ON h.id = b.hall_id
    WHERE EXISTS (SELECT FROM summary)
      AND (b.d5, b.d4, b.d3, b.d2, b.d1, b.dd) <> (b.s5, b.s4, b.s3, b.s2, b.s1, b.sd)
    ORDER BY a.standing, a.id, b.platform, h.name
""")


def differences(connection: Connection, month: date) -> tuple[Difference, ...]:
    """A month's rows on which complete detail and summary disagree; empty where one of them is not loaded."""
    found = connection.execute(_DIFFERENCES, {"month": month.replace(day=1)})
    return tuple(Difference(r[0], r[1], r[2], Counts(*r[3:9]), Counts(*r[9:15])) for r in found)


def is_loaded(connection: Connection, path: Path) -> bool:
    """Whether this very file (by its hash) has been accepted before."""
    found = connection.execute(
        text("SELECT 1 FROM pd.import_batch WHERE file_hash = :hash LIMIT 1"), {"hash": hash_of(path)}
    )
    return found.scalar() is not None


def contents(connection: Connection) -> tuple[int, int]:
    """How many ratings and tickets there are: all that the reader may see."""
    row = connection.execute(
        text("SELECT (SELECT count(*) FROM pd.rating), (SELECT count(*) FROM pd.ticket)")
    ).one()
    return row[0], row[1]
