"""The ranking of a period. Reads tallies, halls and rule sets, nothing else: the same for every role."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, text

from app.clock import SHANGHAI, next_month
from app.errors import UserError
from app.registry.queries import rule_set
from models.rules.ratings import Platform
from models.rules.rulesets import RuleSet
from models.rules.scoring import AgencyFacts, Ranking, Score, TicketGroup, rank

#: The groups that are ranked apart.
GROUPS = {"township": "镇（街道）", "department": "市直部门"}


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months; `first` and `last` are the 1sts of the first and the last one."""

    first: date
    last: date

    @classmethod
    def month(cls, month: date) -> Period:
        """One month."""
        return cls(month, month)

    @property
    def end(self) -> date:
        """The 1st after the period."""
        return next_month(self.last)

    @property
    def before(self) -> Period:
        """The period of the same length just before."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return Period(_back(self.first, months), _back(self.first, 1))


@dataclass(frozen=True, slots=True)
class RankedRow:
    """One ranked agency. `previous_rank`: its rank in the period before, None where it had none."""

    rank: int
    previous_rank: int | None
    score: Score


@dataclass(frozen=True, slots=True)
class RankingView:
    """A ranking with what it was computed from. `unranked`: (agency, reason), listed apart."""

    period: Period
    group: str
    rule_set: str
    cutoff: datetime
    rows: tuple[RankedRow, ...]
    unranked: tuple[tuple[str, str], ...]


def ranking(
    connection: Connection, period: Period, *, group: str, as_of: date | None = None, compare: bool = True
) -> RankingView:
    """The ranking of a group of agencies; the cut-off is the end of `as_of`, by default now.

    Raises UserError for a month before the first rule set, or a period turned round.
    """
    rules = _rules(connection, period)
    cutoff = _cutoff(connection, as_of)
    now = _computed(connection, period, group, cutoff, rules)
    previous: dict[str, int] = {}
    if compare and rule_set(connection, period.before.first) is not None:
        before = _computed(connection, period.before, group, cutoff, _rules(connection, period.before))
        previous = {row.score.facts.agency: row.rank for row in before.rows}
    rows = tuple(RankedRow(r.rank, previous.get(r.score.facts.agency), r.score) for r in now.rows)
    return RankingView(
        period, group, rules.name, cutoff, rows, tuple((u.facts.agency, u.reason) for u in now.unranked)
    )


def months(connection: Connection) -> tuple[date, ...]:
    """Months with figures, newest first."""
    rows = connection.execute(
        text("""
            SELECT DISTINCT date_trunc('month', day)::date AS month FROM tally
            UNION SELECT DISTINCT date_trunc('month', day)::date FROM tally_ticket ORDER BY month DESC""")
    )
    return tuple(row[0] for row in rows)


def _rules(connection: Connection, period: Period) -> RuleSet:
    if period.last < period.first:
        raise UserError("起始月份晚于截止月份。", code="bad_period")
    if rule_set(connection, period.first) is None:
        raise UserError(
            f"{period.first.year}年{period.first.month}月早于第一个规则集，不能评分。", code="no_rule_set"
        )
    found = rule_set(connection, period.last)
    assert found is not None  # in force at the start, so also later
    return found


def _cutoff(connection: Connection, as_of: date | None) -> datetime:
    now: datetime = connection.execute(text("SELECT pd.now()")).scalar_one()
    if as_of is None:
        return now.astimezone(SHANGHAI)
    return datetime.combine(as_of + timedelta(days=1), time(), SHANGHAI) - timedelta(seconds=1)


def _computed(
    connection: Connection, period: Period, group: str, cutoff: datetime, rules: RuleSet
) -> Ranking:
    return rank(facts(connection, period, group, cutoff), rules)


def facts(connection: Connection, period: Period, group: str, cutoff: datetime) -> list[AgencyFacts]:
    """What the period counted for each agency of a group, up to the cut-off; pooled over its months."""
    day = cutoff.astimezone(SHANGHAI).date()
    bounds = {"first": period.first, "end": period.end, "cutoff": day}
    levels, cases, active = _counted(connection, bounds)
    tickets = _tickets(connection, bounds)
    halls = _halls(connection)
    agencies = connection.execute(
        text("SELECT id, name FROM agency WHERE kind = :group ORDER BY standing, id"), {"group": group}
    )
    return [
        AgencyFacts(
            agency=name,
            order=order,
            levels=levels[agency_id],
            cases=cases.get(agency_id, {}),
            halls=(len(halls[agency_id] & active[agency_id]), len(halls[agency_id])),
            tickets=tuple(tickets[agency_id]),
            cases_loaded=agency_id in cases,
        )
        for order, (agency_id, name) in enumerate(agencies.all())
    ]


def _counted(
    connection: Connection, bounds: dict[str, Any]
) -> tuple[dict[int, Any], dict[int, Any], dict[int, set[int]]]:
    """Levels and cases by agency and platform, and the halls with an active rating by agency."""
    rows = connection.execute(
        text("""
            SELECT agency_id, platform, hall_id, sum(level_5), sum(level_4), sum(level_3), sum(level_2), sum(level_1),
                   sum(cases_rated), sum(cases), sum(active), bool_or(monthly)
            FROM tally WHERE day >= :first AND day < :end AND day <= :cutoff GROUP BY agency_id, platform, hall_id"""),
        bounds,
    )
    levels: dict[int, Any] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    cases: dict[int, Any] = defaultdict(dict)
    active: dict[int, set[int]] = defaultdict(set)
    for agency_id, platform, hall_id, *counts, rated, all_cases, ratings, monthly in rows:
        for level, number in zip((5, 4, 3, 2, 1), counts, strict=True):
            if number:
                levels[agency_id][Platform(platform)][level] += number
        if monthly:
            before = cases[agency_id].get(Platform(platform), (0, 0))
            cases[agency_id][Platform(platform)] = (before[0] + rated, before[1] + all_cases)
        if hall_id and ratings:
            active[agency_id].add(hall_id)
    return levels, cases, active


def _tickets(connection: Connection, bounds: dict[str, Any]) -> dict[int, list[TicketGroup]]:
    rows = connection.execute(
        text("""
            SELECT agency_id, handled_on <= :cutoff, submitted_on <= :cutoff, due_on < :cutoff, sum(tickets)
            FROM tally_ticket WHERE day >= :first AND day < :end AND day <= :cutoff GROUP BY 1, 2, 3, 4"""),
        bounds,
    )
    groups: dict[int, list[TicketGroup]] = defaultdict(list)
    for agency_id, handled, submitted, due, number in rows:
        groups[agency_id].append(TicketGroup(int(number), bool(handled), bool(submitted), bool(due)))
    return groups


def _halls(connection: Connection) -> dict[int, set[int]]:
    halls: dict[int, set[int]] = defaultdict(set)
    for agency_id, hall_id in connection.execute(text("SELECT agency_id, id FROM hall WHERE registered")):
        halls[agency_id].add(hall_id)
    return halls


def _back(month: date, months: int) -> date:
    index = month.year * 12 + month.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
