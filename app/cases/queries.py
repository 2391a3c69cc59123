"""What is shown of cases. The database decides which: an officer sees all, a liaison those of the own agency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from models.rules.ratings import Platform

#: Up to this many hours left a reminder is urgent.
URGENT_HOURS = 24

#: Where a page ended: time of finish, case number, area.
Key = tuple[datetime, str, str]


@dataclass(frozen=True, slots=True)
class ReminderFilter:
    """All given conditions hold at once; `urgent`: the default rating is less than a day away."""

    urgent: bool = False
    search: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A case finished over 24 hours ago that nobody rated; `hours_left`: whole hours until the default rating."""

    case_number: str
    area_code: str
    agency: str
    item: str | None
    platform: str
    hall: str | None
    finished_at: datetime
    default_at: datetime
    hours_left: int

    @property
    def id(self) -> tuple[str, str]:
        """By what the row is known."""
        return self.case_number, self.area_code


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and the key after which the next page begins, None at the end."""

    rows: Sequence[Reminder]
    next: Key | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many match, how many of all are urgent, and up to which day ratings are on file."""

    matching: int
    urgent: int
    rated_until: date | None


_FROM = """
    FROM pd.cases_to_remind() c JOIN agency a ON a.id = c.agency_id
    LEFT JOIN service_item i ON i.id = c.item_id LEFT JOIN hall h ON h.id = c.hall_id"""
_DEFAULT_AT = "pd.local_midnight(pd.local_day(c.finished_at) + 8)"
_HOURS = f"floor(extract(epoch FROM {_DEFAULT_AT} - pd.now()) / 3600)::integer"


def reminders(
    connection: Connection, wanted: ReminderFilter, *, after: Key | None = None, limit: int = 100
) -> Page:
    """One page, what runs out first at the top (Art. 20)."""
    where, values = _conditions(wanted)
    if after is not None:
        where.append("(c.finished_at, c.case_number, c.area_code) > (:done, :case, :area)")
        values |= dict(zip(("done", "case", "area"), after, strict=True))
    found = connection.execute(
        text(f"""
            SELECT c.case_number, c.area_code, a.name AS agency, i.name AS item, c.platform, h.name AS hall, c.finished_at,
                   {_DEFAULT_AT} AS default_at, {_HOURS} AS hours_left {_FROM}{_where(where)}
            ORDER BY c.finished_at, c.case_number, c.area_code LIMIT :limit"""),
        values | {"limit": limit + 1},
    ).all()
    rows = tuple(Reminder(*row) for row in found[:limit])
    last = rows[-1] if len(found) > limit else None
    return Page(rows, (last.finished_at, last.case_number, last.area_code) if last else None)


def counts(connection: Connection, wanted: ReminderFilter) -> Counts:
    """The counts beside the list."""
    where, values = _conditions(wanted)
    matching = connection.scalar(text(f"SELECT count(*){_FROM}{_where(where)}"), values)
    urgent = connection.scalar(text(f"SELECT count(*){_FROM}{_where([_URGENT])}"))
    until = connection.scalar(text("SELECT max(day) FROM tally WHERE NOT monthly AND active > 0"))
    return Counts(int(matching or 0), int(urgent or 0), until)


_URGENT = f"{_HOURS} < {URGENT_HOURS}"
_WORDS = "lower(concat_ws(' ', c.case_number, a.name, a.initials, i.name, h.name))"


def _conditions(wanted: ReminderFilter) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    values: dict[str, Any] = {}
    if wanted.urgent:
        where.append(_URGENT)
    if sought := wanted.search.strip().lower():
        where.append(f"position(:search IN {_WORDS}) > 0")
        values["search"] = sought
    return where, values


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


_COUNTED_TOO = text("""
    WITH given AS (
        SELECT r.id, r.case_number, r.area_code, r.rated_at FROM ticket t JOIN rating r ON r.id = t.rating_id
        WHERE t.id = :ticket AND r.target = 'item' AND r.rating_number = 1),
    alike AS (
        SELECT c.case_number, c.area_code FROM given g JOIN service_case c ON c.theme_number = g.case_number AND c.area_code = g.area_code
        UNION
        SELECT c.case_number, c.area_code FROM given g JOIN service_case b USING (case_number, area_code)
        JOIN service_case c USING (batch_number, agency_id, area_code)
        WHERE NOT EXISTS (
            SELECT FROM service_case k JOIN rating e USING (case_number, area_code)
            WHERE k.batch_number = b.batch_number AND k.agency_id = b.agency_id AND k.area_code = b.area_code
              AND e.target = 'item' AND e.rating_number = 1 AND (e.rated_at, e.id) < (g.rated_at, g.id)))
    SELECT a.case_number FROM alike a
    WHERE NOT EXISTS (SELECT FROM rating r WHERE r.case_number = a.case_number AND r.area_code = a.area_code
                                             AND r.target = 'item' AND r.rating_number = 1)
    ORDER BY a.case_number""")


def counted_too(connection: Connection, ticket_id: int) -> tuple[str, ...]:
    """Cases of the same batch or themed service for which a ticket's rating counts as well (Art. 18, 19)."""
    return tuple(connection.execute(_COUNTED_TOO, {"ticket": ticket_id}).scalars())


@dataclass(frozen=True, slots=True)
class CaseDifference:
    """An agency's cases of a month on a platform, of which detail and summary tell different numbers."""

    month: date
    agency: str
    platform: str
    detail_cases: int
    detail_rated: int
    summary_cases: int
    summary_rated: int

    @property
    def said(self) -> str:
        """Both, in words."""
        return (
            f"{self.agency}·{Platform(self.platform).label}（{self.month.year}年{self.month.month}月）："
            f"明细 {self.detail_cases:,} 件、参评 {self.detail_rated:,}，汇总 {self.summary_cases:,} 件、参评 {self.summary_rated:,}"
        )


_DIFFERENCES = text("""
    WITH detail AS (
        SELECT date_trunc('month', t.day)::date AS month, t.agency_id, t.platform, sum(t.cases)::integer AS cases,
               coalesce(sum(t.cases) FILTER (WHERE t.rated_on <= pd.today()), 0)::integer AS rated
        FROM unnest(CAST(:months AS date[])) AS m(month)
        JOIN tally_case t ON t.day >= m.month AND t.day < m.month + INTERVAL '1 month'
        GROUP BY 1, 2, 3),
    summary AS (
        SELECT s.month, s.agency_id, s.platform, sum(s.cases)::integer AS cases, sum(s.cases_rated)::integer AS rated
        FROM summary_count s WHERE s.month = ANY (:months) GROUP BY 1, 2, 3)
    SELECT month, a.name, platform, coalesce(d.cases, 0), coalesce(d.rated, 0), coalesce(s.cases, 0), coalesce(s.rated, 0)
    FROM detail d FULL JOIN summary s USING (month, agency_id, platform)
    JOIN case_cover v USING (month, agency_id)
    JOIN agency a ON a.id = agency_id
    WHERE (coalesce(d.cases, 0), coalesce(d.rated, 0)) <> (coalesce(s.cases, 0), coalesce(s.rated, 0))
      AND EXISTS (SELECT FROM summary_count k WHERE k.month = v.month AND k.agency_id = v.agency_id)
    ORDER BY month, a.standing, a.id, platform""")


def differences(connection: Connection, months: Sequence[date]) -> tuple[CaseDifference, ...]:
    """Where complete case detail and the province's summary disagree; empty where one of them is not loaded."""
    rows = connection.execute(_DIFFERENCES, {"months": list(months)})
    return tuple(CaseDifference(*row) for row in rows)
