"""Month by month what was counted for the staff: the one reading that the list and a person's page stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from app.clock import next_month
from app.errors import UserError
from app.rankings.queries import Period
from app.registry.queries import rule_sets, today
from models.rules.rulesets import RuleSet, in_force
from models.rules.staffing import Tallied, at_bottom, pooled, ranks, runs, tallied

#: So many months back a row of months at the bottom is followed, and shown.
LOOKED_BACK = 12


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff."""

    id: int
    name: str
    agency: str
    standing: int


@dataclass(frozen=True)
class Counted:
    """Counts by agency, month and person over a span; those of closed months are their close's."""

    span: Period
    period: Period
    today: date
    rules: RuleSet
    members: Mapping[int, Member]
    months: Mapping[str, Mapping[date, Mapping[int, Mapping[int, int]]]]
    closed: frozenset[date]

    def month(self, month: date, agency: str) -> dict[int, Tallied]:
        """An agency's people in a month."""
        counted = self.months.get(agency, {}).get(month, {})
        return {who: tallied(levels, self.rules) for who, levels in counted.items()}

    def of_period(self, agency: str) -> dict[int, Tallied]:
        """An agency's people in the period: its months pooled."""
        months = self.months.get(agency, {})
        kept = [one for month, one in months.items() if self.period.first <= month <= self.period.last]
        people = {who for one in kept for who in one}
        return {
            who: tallied(pooled([one[who] for one in kept if who in one]), self.rules)
            for who in sorted(people)
        }

    def runs(self, agency: str) -> dict[int, int]:
        """Person → months in a row at the bottom, up to the last one of the period that has ended."""
        return runs(at_bottom(self.month(month, agency)) for month in reversed(self.ended()))

    def ended(self) -> list[date]:
        """The months of the span that are over, the earliest first."""
        return [month for month in self._span_months() if next_month(month) <= self.today]

    def _span_months(self) -> list[date]:
        found, month = [], self.span.first
        while month <= self.span.last:
            found.append(month)
            month = next_month(month)
        return found

    def shown_months(self) -> list[date]:
        """The months of the span in which anybody was rated, the earliest first."""
        rated = {month for months in self.months.values() for month in months}
        return [month for month in self._span_months() if month in rated]

    def ranked(self, people: Mapping[int, Tallied]) -> dict[int, int]:
        """Their ranks within the agency."""
        return ranks(people)


def rated_months(connection: Connection) -> tuple[date, ...]:
    """Months in which staff were rated, the newest first."""
    # One look at each month's first row: the tally of a city holds hundreds of thousands.
    rows = connection.execute(
        text("""
            WITH RECURSIVE counted(day) AS (
                SELECT min(day) FROM tally_staff
                UNION ALL
                SELECT (SELECT min(t.day) FROM tally_staff t WHERE t.day >= date_trunc('month', c.day::timestamp) + INTERVAL '1 month')
                FROM counted c WHERE c.day IS NOT NULL)
            SELECT date_trunc('month', day::timestamp)::date FROM counted WHERE day IS NOT NULL
            UNION SELECT c.month FROM month_close c WHERE c.reopened_at IS NULL
                AND EXISTS (SELECT FROM closed_staff k WHERE k.close_id = c.id)
            ORDER BY 1 DESC""")
    )
    return tuple(rows.scalars())


def agencies(connection: Connection) -> tuple[str, ...]:
    """Agencies with staff on file, in standing order."""
    rows = connection.execute(
        text("""SELECT a.name FROM agency a WHERE EXISTS (SELECT FROM staff_member m WHERE m.agency_id = a.id)
                ORDER BY a.standing""")
    )
    return tuple(rows.scalars())


def count(connection: Connection, period: Period, agency: str | None) -> Counted:
    """What was counted for an agency, or for all that this person may read. Raises UserError without a rule set."""
    first = _back(period.last, LOOKED_BACK - 1)
    span = Period(min(first, period.first), period.last)
    rules = in_force(rule_sets(connection), period.last)
    if rules is None:
        raise UserError("这一时段早于第一个规则集，不能评分。", code="no_rule_set")
    members: dict[int, Member] = {}
    months: dict[str, dict[date, dict[int, Mapping[int, int]]]] = {}
    for row in connection.execute(_BY_MONTH, {"first": span.first, "past": span.end, "agency": agency}):
        members[row.id] = Member(row.id, row.name, row.agency, row.standing)
        months.setdefault(row.agency, {}).setdefault(row.month, {})[row.id] = {
            5: row.l5,
            4: row.l4,
            3: row.l3,
            2: row.l2,
            1: row.l1,
        }
    closed = connection.execute(
        text("SELECT month FROM month_close WHERE reopened_at IS NULL AND month BETWEEN :first AND :last"),
        {"first": span.first, "last": span.last},
    )
    return Counted(span, period, today(connection), rules, members, months, frozenset(closed.scalars()))


_BY_MONTH = text("""
    SELECT m.id, m.name, a.name AS agency, a.standing, x.month, sum(x.level_5)::integer AS l5, sum(x.level_4)::integer AS l4,
           sum(x.level_3)::integer AS l3, sum(x.level_2)::integer AS l2, sum(x.level_1)::integer AS l1
    FROM (SELECT t.staff_id, date_trunc('month', t.day::timestamp)::date AS month,
                 t.level_5, t.level_4, t.level_3, t.level_2, t.level_1
          FROM tally_staff t WHERE t.day >= :first AND t.day < :past AND NOT EXISTS (
              SELECT FROM month_close c WHERE c.reopened_at IS NULL AND c.month = date_trunc('month', t.day::timestamp)::date)
          UNION ALL
          SELECT k.staff_id, c.month, k.level_5, k.level_4, k.level_3, k.level_2, k.level_1
          FROM closed_staff k JOIN month_close c ON c.id = k.close_id
          WHERE c.reopened_at IS NULL AND c.month >= :first AND c.month < :past) x
    JOIN staff_member m ON m.id = x.staff_id JOIN agency a ON a.id = m.agency_id
    WHERE CAST(:agency AS text) IS NULL OR a.name = :agency
    GROUP BY m.id, m.name, a.name, a.standing, x.month
    HAVING sum(x.level_5 + x.level_4 + x.level_3 + x.level_2 + x.level_1) > 0""")


def _back(month: date, months: int) -> date:
    index = month.year * 12 + month.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
