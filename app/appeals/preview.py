"""What a correction does to the figures, before it is made: the decision itself is taken, counted, and taken back.

Nothing is reckoned a second way: before and after come from the one function that the ranking shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, text

from app.appeals import commands
from app.rankings.queries import Period, history
from models.rules.appeals import Effect, Step
from models.rules.rulesets import RuleSet
from models.rules.scoring import AgencyFacts, Score, mean_points, shown

#: What a trial decision says; nobody reads it.
_WORDS = "试算"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an agency stands in a month: parts and composite as shown, None where they do not apply or it is not ranked."""

    ratings: int
    mean: Decimal | None
    rank: int | None
    parts: Mapping[str, Decimal | None]
    composite: Decimal | None


@dataclass(frozen=True, slots=True)
class StaffStanding:
    """A staff member's ratings in the month: how many, and their mean 0–10."""

    ratings: int
    mean: Decimal | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What comes of a correction. `closed`: the month stays as it was closed, the change shows as an adjustment;
    `counted`: whether the month counts single ratings, or the province's summary, which no correction changes."""

    agency: str
    month: date
    effect: Effect
    level: int | None
    closed: bool
    counted: bool
    before: Standing
    after: Standing
    staff: tuple[StaffStanding, StaffStanding] | None

    @property
    def changes(self) -> bool:
        """Whether any figure is another one afterwards."""
        return self.before != self.after or (self.staff is not None and self.staff[0] != self.staff[1])


def preview(
    connection: Connection, appeal_id: int, version: int, *, level: int | None, withdraw_ticket: bool
) -> Preview:
    """The figures before and after; writes nothing. Needs a connection that may write; raises UserError as the decision would."""
    rating = connection.execute(_RATING, {"id": appeal_id}).one()
    before = _standings(connection, rating)
    trial = connection.begin_nested()
    try:
        done = commands.act(
            connection,
            appeal_id,
            version,
            Step.CORRECT,
            command_id=uuid4(),
            words=_WORDS,
            level=level,
            withdraw_ticket=withdraw_ticket,
        )
        after = _standings(connection, rating)
        kept = connection.execute(_CORRECTION, {"id": appeal_id}).scalar()
    finally:
        trial.rollback()
    assert done.effect is not None
    return Preview(
        rating.agency,
        rating.month,
        done.effect,
        kept,
        rating.closed,
        rating.counted,
        before[0],
        after[0],
        None if before[1] is None or after[1] is None else (before[1], after[1]),
    )


_RATING = text("""
    SELECT g.name AS agency, g.kind, pd.month_of(r.rated_at) AS month, CASE WHEN r.target = 'staff' THEN r.staff_id END AS staff_id,
           EXISTS (SELECT FROM month_close k WHERE k.month = pd.month_of(r.rated_at) AND k.reopened_at IS NULL) AS closed,
           EXISTS (SELECT FROM rating_cover v WHERE v.month = pd.month_of(r.rated_at) AND v.agency_id = r.agency_id) AS counted
    FROM appeal a JOIN rating r ON r.id = a.rating_id JOIN agency g ON g.id = r.agency_id WHERE a.id = :id""")
_CORRECTION = text("SELECT level FROM correction WHERE appeal_id = :id")
_STAFF = text("""
    SELECT sum(level_5), sum(level_4), sum(level_3), sum(level_2), sum(level_1) FROM tally_staff
    WHERE staff_id = :id AND day >= :month AND day < CAST(:month AS date) + INTERVAL '1 month'""")


def _standings(connection: Connection, rating: Any) -> tuple[Standing, StaffStanding | None]:
    """The month counted live, also where it is closed: what an adjustment would be reckoned from."""
    period = Period.month(rating.month)
    view = history(connection, period, live=True).ranking(period, rating.kind, compare=False)
    facts = next((f for f in view.facts if f.agency == rating.agency), None)
    placed = next((r for r in view.rows if r.score.facts.agency == rating.agency), None)
    standing = Standing(
        facts.ratings if facts else 0,
        _mean(facts, view.rules) if facts else None,
        placed.rank if placed else None,
        _parts(placed.score) if placed else {},
        placed.score.composite if placed else None,
    )
    return standing, _staff(connection, rating, view.rules)


def _mean(facts: AgencyFacts, rules: RuleSet) -> Decimal | None:
    pooled = sum((Counter(by_level) for by_level in facts.levels.values()), Counter[int]())
    return _mean_of(pooled, rules)


def _mean_of(levels: Mapping[int, int], rules: RuleSet) -> Decimal | None:
    points, number = mean_points(levels, rules)
    return shown(Fraction(points) / number) if number else None


def _parts(score: Score) -> dict[str, Decimal | None]:
    return {
        "quality": score.quality.value,
        "handling": score.handling.value,
        "hall_adoption": score.hall_adoption.value,
        "coverage": score.coverage.value,
    }


def _staff(connection: Connection, rating: Any, rules: RuleSet) -> StaffStanding | None:
    if rating.staff_id is None:
        return None
    found = connection.execute(_STAFF, {"id": rating.staff_id, "month": rating.month}).one()
    levels = {level: int(number or 0) for level, number in zip((5, 4, 3, 2, 1), found, strict=True)}
    return StaffStanding(sum(levels.values()), _mean_of(levels, rules))
