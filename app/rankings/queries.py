"""The ranking of a period. Reads tallies, halls and rule sets, nothing else: the same for every role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from app.clock import SHANGHAI, next_month
from app.errors import UserError
from app.rankings import counts
from app.rankings.counts import MonthCounts as MonthCounts
from app.rankings.periods import period_text as period_text
from app.registry.queries import rule_sets
from models.rules.rulesets import SHIPPED, RuleSet, in_force
from models.rules.scoring import AgencyFacts, Score, rank

#: The groups that are ranked apart.
GROUPS = {"township": "镇（街道）", "department": "市直部门"}

#: Ratings of staff per level from `:first` up to `:past`; months that were closed as they were closed.
STAFF_COUNTS = """
    SELECT t.staff_id, t.level_5, t.level_4, t.level_3, t.level_2, t.level_1 FROM tally_staff t
    WHERE t.day >= :first AND t.day < :past AND NOT EXISTS (
        SELECT FROM month_close c WHERE c.reopened_at IS NULL AND c.month = date_trunc('month', t.day)::date)
    UNION ALL
    SELECT k.staff_id, k.level_5, k.level_4, k.level_3, k.level_2, k.level_1
    FROM closed_staff k JOIN month_close c ON c.id = k.close_id
    WHERE c.reopened_at IS NULL AND c.month >= :first AND c.month < :past"""


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
    def length(self) -> int:
        """How many months."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def before(self) -> Period:
        """The period of the same length just before."""
        return Period(_back(self.first, self.length), _back(self.first, 1))

    @property
    def after(self) -> Period:
        """The period of the same length just after."""
        return Period(self.end, _back(self.last, -self.length))


@dataclass(frozen=True, slots=True)
class RankedRow:
    """One ranked agency. `previous_rank`: its rank in the period before, None where it had none."""

    rank: int
    previous_rank: int | None
    score: Score


@dataclass(frozen=True, slots=True)
class RankingView:
    """A ranking with what it was computed from.

    `unranked`: (agency, reason), listed apart; `closed`: the months of it that were closed, whose counts are those of
    their close, and `closed_at`, when the latest of them was; `facts`: of all agencies of the group, under `rules`.
    """

    period: Period
    group: str
    rule_set: str
    cutoff: datetime
    rows: tuple[RankedRow, ...]
    unranked: tuple[tuple[str, str], ...]
    closed: tuple[date, ...] = ()
    closed_at: datetime | None = None
    facts: tuple[AgencyFacts, ...] = ()
    rules: RuleSet = SHIPPED


@dataclass(frozen=True, slots=True)
class History:
    """The counts of a span of months with their rules: any period within is ranked without another read.

    `complete`: outside the span nothing was counted.
    """

    span: Period
    cutoff: datetime
    counted: counts.Counts
    rule_sets: tuple[RuleSet, ...]
    complete: bool = False

    def covers(self, period: Period) -> bool:
        """Whether a period and the one before it lie within."""
        return self.complete or (self.span.first <= period.before.first and period.last <= self.span.last)

    def rules(self, month: date) -> RuleSet | None:
        """The rules of a month: those of its close, else those in force; None before the first."""
        closed = self.counted.closed.get(month)
        return in_force(self.rule_sets, month) if closed is None else closed.rules

    def ranking(self, period: Period, group: str, *, compare: bool = True) -> RankingView:
        """The ranking of a group in a period within the span; raises UserError where there are no rules for it."""
        rules = self._rules(period)
        facts = tuple(self.counted.facts(period.first, period.last, group))
        now = rank(facts, rules)
        previous = self._ranks(period.before, group) if compare else {}
        closed = sorted(m for m in self.counted.closed if period.first <= m <= period.last)
        return RankingView(
            period=period,
            group=group,
            rule_set=rules.name,
            cutoff=self.cutoff,
            rows=tuple(RankedRow(r.rank, previous.get(r.score.facts.agency), r.score) for r in now.rows),
            unranked=tuple((u.facts.agency, u.reason) for u in now.unranked),
            closed=tuple(closed),
            closed_at=max((self.counted.closed[month].closed_at for month in closed), default=None),
            facts=facts,
            rules=rules,
        )

    def _ranks(self, period: Period, group: str) -> dict[str, int]:
        rules = self.rules(period.last)
        if rules is None or self.rules(period.first) is None:
            return {}
        found = rank(self.counted.facts(period.first, period.last, group), rules)
        return {row.score.facts.agency: row.rank for row in found.rows}

    def _rules(self, period: Period) -> RuleSet:
        if period.last < period.first:
            raise UserError("起始月份晚于截止月份。", code="bad_period")
        if self.rules(period.first) is None:
            raise UserError(
                f"{period.first.year}年{period.first.month}月早于第一个规则集，不能评分。", code="no_rule_set"
            )
        found = self.rules(period.last)
        assert found is not None  # in force at the start, so also later
        return found


def history(
    connection: Connection, span: Period, *, as_of: date | None = None, live: bool = False
) -> History:
    """What was counted in some months; the cut-off is the end of `as_of`, by default now.

    Months that were closed come out as they stood then, unless a cut-off is asked for, or the counts as they are now (`live`).
    """
    cutoff = _cutoff(connection, as_of)
    counted = counts.read(connection, span.first, span.last, cutoff, closed=as_of is None and not live)
    return History(span, cutoff, counted, rule_sets(connection))


def ranking(
    connection: Connection, period: Period, *, group: str, as_of: date | None = None, compare: bool = True
) -> RankingView:
    """The ranking of a group of agencies in a period.

    Raises UserError for a month before the first rule set, or a period turned round.
    """
    span = Period(period.before.first if compare else period.first, period.last)
    return history(connection, span, as_of=as_of).ranking(period, group, compare=compare)


def months(connection: Connection) -> tuple[date, ...]:
    """Months with figures, newest first."""
    # One look at each month's first row: the tally of a city holds hundreds of thousands.
    rows = connection.execute(
        text("""
            WITH RECURSIVE counted(day) AS (
                SELECT min(d) FROM (SELECT min(day) AS d FROM tally UNION ALL SELECT min(day) FROM tally_ticket
                                    UNION ALL SELECT min(day) FROM tally_case) x
                UNION ALL
                SELECT (SELECT min(d) FROM (
                            SELECT min(t.day) AS d FROM tally t WHERE t.day >= date_trunc('month', c.day) + INTERVAL '1 month'
                            UNION ALL
                            SELECT min(t.day) FROM tally_ticket t WHERE t.day >= date_trunc('month', c.day) + INTERVAL '1 month'
                            UNION ALL
                            SELECT min(t.day) FROM tally_case t WHERE t.day >= date_trunc('month', c.day) + INTERVAL '1 month') x)
                FROM counted c WHERE c.day IS NOT NULL)
            SELECT date_trunc('month', day)::date FROM counted WHERE day IS NOT NULL ORDER BY 1 DESC""")
    )
    return tuple(row[0] for row in rows)


def _cutoff(connection: Connection, as_of: date | None) -> datetime:
    now: datetime = connection.execute(text("SELECT pd.now()")).scalar_one()
    return now.astimezone(SHANGHAI) if as_of is None else counts.end_of(as_of)


def _back(month: date, months: int) -> date:
    index = month.year * 12 + month.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
