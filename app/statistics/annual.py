"""年度考核表 (Art. 26): a year of an agency for the assessment office, and its staff for its own assessment.

The year pools the facts of its months and averages none; months that were closed come out as they were closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, text

from app.callbacks.queries import outcomes
from app.clock import local_day, next_month
from app.errors import UserError
from app.rankings.queries import STAFF_COUNTS, History, Period, RankingView, history, months
from app.statistics.tallied import Called, heard
from app.workspace import Person
from models.rules.people import Group
from models.rules.rates import RateCounts, of_levels
from models.rules.ratings import is_bad
from models.rules.rulesets import RuleSet
from models.rules.scoring import AgencyFacts, Score, mean_points, shown

NO_RULES, NO_DATA, NOT_YET = "没有规则集", "没有数据", "尚未到"


@dataclass(frozen=True, slots=True)
class MonthScore:
    """How an agency stood in a month: rank and composite as shown."""

    rank: int
    composite: Decimal


@dataclass(frozen=True, slots=True)
class AnnualRow:
    """A year of one agency. `score`, `rank`: of the pooled year, None where it is not ranked, with the `reason`.

    `months`: how it stood, by month; `overdue`: tickets past their due day and not handed in at the cut-off;
    `returned`: tickets returned for rework, None where this person may not know.
    """

    agency: str
    months: Mapping[date, MonthScore]
    rank: int | None
    score: Score | None
    reason: str
    counts: RateCounts
    overdue: int
    returned: int | None


@dataclass(frozen=True, slots=True)
class AnnualSheet:
    """A group's year. `absent`: month → why there are no figures for it; `view`: the ranking of the pooled year."""

    year: int
    group: str
    view: RankingView
    months: tuple[date, ...]
    absent: Mapping[date, str]
    rows: tuple[AnnualRow, ...]


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A staff member's ratings of a year, by level."""

    name: str
    levels: Mapping[int, int]
    points: Decimal

    @property
    def ratings(self) -> int:
        """All of them."""
        return sum(self.levels.values())

    @property
    def bad(self) -> int:
        """不满意 and 非常不满意."""
        return sum(number for level, number in self.levels.items() if is_bad(level))

    @property
    def mean(self) -> Decimal | None:
        """Mean points 0–10 (Art. 6), as shown."""
        return shown(Fraction(self.points) / self.ratings) if self.ratings else None

    @property
    def bad_rate(self) -> Decimal | None:
        """差评率 in percent, as shown."""
        return shown(Fraction(100 * self.bad, self.ratings)) if self.ratings else None


@dataclass(frozen=True, slots=True)
class StaffSheet:
    """An agency's staff in a year; the months that were closed are as they were closed."""

    agency: str
    year: int
    rules: RuleSet
    rows: tuple[StaffRow, ...]


def years(connection: Connection) -> tuple[int, ...]:
    """Years with figures, the latest first."""
    return tuple(dict.fromkeys(month.year for month in months(connection)))


def sheet(connection: Connection, year: int, group: str, *, person: Person) -> AnnualSheet:
    """The year of a group of agencies. Raises UserError for a year without a rule set or not yet begun."""
    period, absent = _span(connection, year)
    read = history(connection, period)
    counted = {month for month, _ in read.counted.months}
    kept = tuple(_months(period.first, period.last))
    absent |= {month: NO_DATA for month in kept if month not in counted}
    view = read.ranking(period, group, compare=False)
    called = outcomes(connection, period.first, period.end)
    by_month = {m: read.ranking(Period.month(m), group, compare=False) for m in kept if m in counted}
    return AnnualSheet(
        year, group, view, tuple(by_month), dict(sorted(absent.items())),
        _Rows(read, view, by_month, called, _returned(connection, period, person), person.agency).all(),
    )  # fmt: skip


def _span(connection: Connection, year: int) -> tuple[Period, dict[date, str]]:
    """The months of a year that can be scored, and why the others cannot."""
    now, begins = connection.execute(
        text("SELECT pd.now(), (SELECT min(effective_from) FROM rule_set)")
    ).one()
    this = local_day(now).replace(day=1)
    first, last = max(date(year, 1, 1), begins or this), min(date(year, 12, 1), this)
    if begins is None or first > last:
        raise UserError(f"{year}年还没有可以考核的月份：尚未开始，或没有规则集。", code="no_rule_set")
    absent = {month: NO_RULES for month in _months(date(year, 1, 1), date(year, 12, 1)) if month < first}
    absent |= dict.fromkeys(_months(next_month(last), date(year, 12, 1)), NOT_YET)
    return Period(first, last), absent


def _months(first: date, last: date) -> list[date]:
    found = []
    while first <= last:
        found.append(first)
        first = next_month(first)
    return found


@dataclass(frozen=True)
class _Rows:
    """Puts a year's rows together from what was counted."""

    history: History
    view: RankingView
    by_month: Mapping[date, RankingView]
    called: Called
    returned: Mapping[str, int] | None
    own: str | None

    def all(self) -> tuple[AnnualRow, ...]:
        """The ranked in their order, then those listed apart."""
        facts = {one.agency: one for one in self.view.facts}
        ranked = [self._row(facts[r.score.facts.agency], r.rank, r.score, "") for r in self.view.rows]
        return (*ranked, *(self._row(facts[name], None, None, why) for name, why in self.view.unranked))

    def _row(self, facts: AgencyFacts, rank: int | None, score: Score | None, reason: str) -> AnnualRow:
        scored = {
            month: MonthScore(row.rank, row.score.composite)
            for month, view in self.by_month.items()
            for row in view.rows
            if row.score.facts.agency == facts.agency
        }
        overdue = sum(group.count for group in facts.tickets if group.due and not group.submitted)
        known = self.own is None or facts.agency == self.own
        returned = self.returned.get(facts.agency, 0) if known and self.returned is not None else None
        return AnnualRow(facts.agency, scored, rank, score, reason, self._counts(facts), overdue, returned)

    def _counts(self, facts: AgencyFacts) -> RateCounts:
        ratings = of_levels(_pooled(facts), self._defaults.get(facts.agency, 0))
        cases = [facts.cases[platform] for platform in facts.cases]
        return (
            ratings
            + self._heard.get(facts.agency, RateCounts())
            + RateCounts(
                tickets=sum(g.count for g in facts.tickets),
                answered=sum(g.count for g in facts.tickets if g.submitted or g.rectified),
                rectified=sum(g.count for g in facts.tickets if g.rectified),
                cases=sum(number for _, number in cases),
                cases_rated=sum(rated for rated, _ in cases),
            )
        )

    @cached_property
    def _names(self) -> dict[int, str]:
        return {a[0]: a[1] for agencies in self.history.counted.agencies.values() for a in agencies}

    @cached_property
    def _heard(self) -> dict[str, RateCounts]:
        found: dict[str, RateCounts] = {}
        for (_, agency), one in self.called.items():
            name = self._names[agency]
            found[name] = found.get(name, RateCounts()) + heard(one)
        return found

    @cached_property
    def _defaults(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for (_, agency), counted in self.history.counted.months.items():
            name = self._names[agency]
            found[name] = found.get(name, 0) + sum(counted.defaults.values())
        return found


def _pooled(facts: AgencyFacts) -> dict[int, int]:
    pooled: dict[int, int] = {}
    for levels in facts.levels.values():
        for level, number in levels.items():
            pooled[level] = pooled.get(level, 0) + number
    return pooled


def _returned(connection: Connection, period: Period, person: Person) -> Mapping[str, int] | None:
    """Agency → its tickets of the period that were returned for rework; None for who reads no tickets."""
    if person.group not in (Group.OFFICER, Group.LIAISON):
        return None
    rows = connection.execute(
        text("""
            SELECT a.name, count(DISTINCT t.id)
            FROM event e JOIN ticket t ON t.id = e.ticket_id JOIN agency a ON a.id = t.holder_id
            WHERE e.action IN ('return_for_rework', 'report_refused') AND t.state <> 'rejected'
              AND t.opened_at >= pd.local_midnight(:first) AND t.opened_at < pd.local_midnight(:past)
            GROUP BY a.name"""),
        {"first": period.first, "past": period.end},
    )
    return {name: int(number) for name, number in rows}


def staff(connection: Connection, year: int, agency: str, *, person: Person) -> StaffSheet:
    """An agency's staff in a year, the worst share of bad ratings first. Raises UserError for another agency's."""
    if not may_read_staff(person, agency):
        raise UserError("只能看本单位窗口人员的评价。", code="no_right")
    period, _ = _span(connection, year)
    rules = history(connection, Period.month(period.last)).rules(period.last)
    assert rules is not None  # the span begins with the first rule set
    rows = connection.execute(_STAFF, {"agency": agency, "first": period.first, "past": period.end})
    made = [_staff_row(row, rules) for row in rows]
    made.sort(key=lambda one: (-Fraction(one.bad, one.ratings), -one.bad, one.name))
    return StaffSheet(agency, year, rules, tuple(made))


def may_read_staff(person: Person, agency: str) -> bool:
    """Officers read any agency's staff, a liaison the own one's (Art. 26)."""
    return person.group is Group.OFFICER or (person.group is Group.LIAISON and person.agency == agency)


_STAFF = text(f"""
    SELECT m.name, sum(s.level_5) AS l5, sum(s.level_4) AS l4, sum(s.level_3) AS l3, sum(s.level_2) AS l2, sum(s.level_1) AS l1
    FROM ({STAFF_COUNTS}) s
    JOIN staff_member m ON m.id = s.staff_id JOIN agency a ON a.id = m.agency_id
    WHERE a.name = :agency GROUP BY m.id, m.name
    HAVING sum(s.level_5 + s.level_4 + s.level_3 + s.level_2 + s.level_1) > 0""")


def _staff_row(row: Any, rules: RuleSet) -> StaffRow:
    levels = {level: int(getattr(row, f"l{level}")) for level in (5, 4, 3, 2, 1)}
    return StaffRow(row.name, levels, mean_points(levels, rules)[0])
