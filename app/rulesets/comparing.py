"""Two rule sets on the same month, before one is put in force: pure over counts that were read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.rankings.queries import History
from models.rules.rulesets import RuleSet
from models.rules.scoring import Ranked, rank
from models.rules.whatif import PartName


@dataclass(frozen=True, slots=True)
class Side:
    """How an agency stands by one of the two sets."""

    rank: int
    composite: Decimal
    parts: tuple[tuple[PartName, Decimal], ...]

    @classmethod
    def of(cls, row: Ranked) -> Side:
        """From a ranking."""
        parts = tuple((name, name.of(row.score).contribution) for name in PartName)
        return cls(row.rank, row.score.composite, parts)


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """An agency by both sets; a side is None where it is not ranked by that set."""

    agency: str
    before: Side | None
    after: Side | None

    @property
    def moved(self) -> int:
        """Places won, negative for lost ones; 0 where one side has no rank."""
        return self.before.rank - self.after.rank if self.before and self.after else 0

    @property
    def change(self) -> Decimal | None:
        """Points won or lost in the composite, as shown."""
        return self.after.composite - self.before.composite if self.before and self.after else None

    @property
    def parts(self) -> tuple[tuple[PartName, Decimal], ...]:
        """What each part adds to the composite more than before, as shown."""
        if self.before is None or self.after is None:
            return ()
        pairs = zip(self.before.parts, self.after.parts, strict=True)
        return tuple((name, new - old) for (name, old), (_, new) in pairs)

    @property
    def id(self) -> str:
        """Its name."""
        return self.agency


@dataclass(frozen=True, slots=True)
class Comparison:
    """`rows`: by the rank after, then before; those ranked by neither set are left out.

    `counts_differ`: one set counts follow-ups and the other first ratings, which counts already made cannot show.
    """

    month: date
    group: str
    before: RuleSet
    after: RuleSet
    rows: tuple[ComparedRow, ...]
    counts_differ: bool

    @property
    def moved(self) -> int:
        """How many agencies have another rank, or one by one of the sets only."""
        return sum(1 for row in self.rows if row.moved or (row.before is None) != (row.after is None))


def compare(history: History, month: date, group: str, before: RuleSet, after: RuleSet) -> Comparison:
    """A month of the history ranked by two sets."""
    facts = history.counted.facts(month, month, group)
    sides = [{r.score.facts.agency: Side.of(r) for r in rank(facts, rules).rows} for rules in (before, after)]
    rows = [
        ComparedRow(f.agency, sides[0].get(f.agency), sides[1].get(f.agency))
        for f in facts
        if f.agency in sides[0] or f.agency in sides[1]
    ]
    rows.sort(key=lambda row: row.after.rank if row.after else len(facts) + 1)
    differ = before.follow_up_effect != after.follow_up_effect
    return Comparison(month, group, before, after, tuple(rows), differ)
