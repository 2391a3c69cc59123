"""The ranking of a period. Reads tallies, halls and rule sets, nothing else: the same for every role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from app.clock import SHANGHAI, next_month
from app.errors import UserError
from app.rankings import counts
from app.registry.queries import rule_set
from models.rules.rulesets import RuleSet
from models.rules.scoring import Ranking, Score, rank

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
    """A ranking with what it was computed from. `unranked`: (agency, reason), listed apart; `closed`: the months of
    it that were closed, whose counts are those of their close."""

    period: Period
    group: str
    rule_set: str
    cutoff: datetime
    rows: tuple[RankedRow, ...]
    unranked: tuple[tuple[str, str], ...]
    closed: tuple[date, ...] = ()


def ranking(
    connection: Connection, period: Period, *, group: str, as_of: date | None = None, compare: bool = True
) -> RankingView:
    """The ranking of a group of agencies; the cut-off is the end of `as_of`, by default now.

    Months that were closed come out as they stood then, unless a cut-off is asked for.

    Raises UserError for a month before the first rule set, or a period turned round.
    """
    rules = _rules(connection, period)
    cutoff = _cutoff(connection, as_of)
    compare = compare and rule_set(connection, period.before.first) is not None
    first = period.before.first if compare else period.first
    counted = counts.read(connection, first, period.last, cutoff, closed=as_of is None)
    now = rank(counted.facts(period.first, period.last, group), rules)
    previous: dict[str, int] = {}
    if compare:
        before = _ranked(connection, counted, period.before, group)
        previous = {row.score.facts.agency: row.rank for row in before.rows}
    return RankingView(
        period=period,
        group=group,
        rule_set=rules.name,
        cutoff=cutoff,
        rows=tuple(RankedRow(r.rank, previous.get(r.score.facts.agency), r.score) for r in now.rows),
        unranked=tuple((u.facts.agency, u.reason) for u in now.unranked),
        closed=tuple(sorted(month for month in counted.closed if period.first <= month)),
    )


def _ranked(connection: Connection, counted: counts.Counts, period: Period, group: str) -> Ranking:
    return rank(counted.facts(period.first, period.last, group), _rules(connection, period))


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
    return now.astimezone(SHANGHAI) if as_of is None else counts.end_of(as_of)


def _back(month: date, months: int) -> date:
    index = month.year * 12 + month.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
