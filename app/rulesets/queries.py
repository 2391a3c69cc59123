"""The rule sets with who, why and which closed months they scored; what a new one would come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from app.clock import next_month
from app.rankings.queries import months as counted_months
from app.registry.queries import rule_sets
from models.rules.rulesets import RuleSet, in_force, until


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule set. `until`: the month from which another is in force; `put_by`: none for the shipped one;
    `closed`: the months that were closed with it, which freeze it."""

    rules: RuleSet
    until: date | None
    reason: str | None
    put_by: str | None
    put_at: datetime | None
    closed: tuple[date, ...]

    @property
    def id(self) -> date:
        """The month from which it is in force."""
        return self.rules.effective_from

    @property
    def is_frozen(self) -> bool:
        """Whether a closed month was scored by it."""
        return bool(self.closed)


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline of new tickets: what it is called, when it starts, and its last day before and after."""

    name: str
    start: date
    before: date
    after: date


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a rule set would concern: from its month `until` the next set.

    `months`: with figures, newest first; `closed`: those of them that forbid it; `replaces`: the set of the same
    month that it would stand in place of; `before`: the set in force now in its first month.
    """

    until: date | None
    months: tuple[date, ...]
    closed: tuple[date, ...]
    before: RuleSet
    replaces: bool
    deadlines: tuple[Moved, ...]


_ENTRIES = text("""
    SELECT r.name, r.effective_from, r.parameters, r.reason, coalesce(u.name, r.put_by), r.put_at,
           ARRAY(SELECT c.month FROM month_close c WHERE c.rule_set = r.effective_from AND c.reopened_at IS NULL ORDER BY c.month)
    FROM rule_set r LEFT JOIN app_user u ON u.login = r.put_by ORDER BY r.effective_from""")


def entries(connection: Connection) -> tuple[Entry, ...]:
    """All rule sets, the earliest first."""
    rows = connection.execute(_ENTRIES).all()
    sets = [RuleSet.from_json(*row[:3]) for row in rows]
    return tuple(
        Entry(rules, until(sets, rules.effective_from), reason, by, at, tuple(closed))
        for rules, (_n, _f, _p, reason, by, at, closed) in zip(sets, rows, strict=True)
    )


def consequences(connection: Connection, candidate: RuleSet) -> Consequences:
    """What putting a rule set in force would concern; nothing is changed."""
    sets = rule_sets(connection)
    first, past = candidate.effective_from, until(sets, candidate.effective_from)
    concerned = tuple(m for m in counted_months(connection) if first <= m and (past is None or m < past))
    closed = connection.scalars(
        text("SELECT month FROM month_close WHERE reopened_at IS NULL AND month >= :first ORDER BY month"),
        {"first": first},
    )
    before = in_force(sets, first)
    assert before is not None  # a month before the first set is refused by the form
    return Consequences(
        until=past,
        months=concerned,
        closed=tuple(m for m in closed if past is None or m < past),
        before=before,
        replaces=before.effective_from == first,
        deadlines=_deadlines(connection, before, candidate),
    )


#: The clocks by which tickets run, with the word for what starts each.
_CLOCKS = (
    ("整改期限（转办之日起）", "rectification_days"),
    ("重办期限（退回之日起）", "rework_days"),
    ("报送期限（提交之日起）", "report_days"),
)


def _deadlines(connection: Connection, before: RuleSet, after: RuleSet) -> tuple[Moved, ...]:
    """The clocks that become longer or shorter, from the first day on which they would."""
    today: date = connection.execute(text("SELECT pd.today()")).scalar_one()
    start = max(after.effective_from, today)
    found = []
    for name, parameter in _CLOCKS:
        days = getattr(before, parameter), getattr(after, parameter)
        if days[0] != days[1]:
            due = connection.execute(
                text("SELECT pd.due(:start, :a), pd.due(:start, :b)"),
                {"start": start, "a": days[0], "b": days[1]},
            ).one()
            found.append(Moved(name, start, due[0], due[1]))
    return tuple(found)


def comparable_months(connection: Connection) -> tuple[date, ...]:
    """Months on which sets can be compared: with figures and a rule set, newest first."""
    sets = rule_sets(connection)
    return tuple(m for m in counted_months(connection) if in_force(sets, m) is not None)


def first_month(entries_: tuple[Entry, ...]) -> date:
    """The earliest month from which a further set can be in force."""
    return next_month(entries_[0].rules.effective_from)
