"""The composite score and the ranking (Art. 6, 22).

Parts are computed exactly (fractions), shown to two decimals, half up; agencies are ranked by the shown
score so that the printed table agrees with itself. Every part carries its numerator and denominator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from models.rules.ratings import Platform
from models.rules.rulesets import RuleSet, Weights

#: Why an agency is listed apart, not ranked.
NO_CASES = "无办件"
NO_CASE_DATA = "缺办件数据"


@dataclass(frozen=True, slots=True)
class TicketGroup:
    """Tickets of one agency that stand alike at the cut-off."""

    count: int
    rectified: bool
    submitted: bool
    due: bool


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """What a period counted for one agency; counts are integers, pooled over the period.

    `levels`: item ratings by platform and level (defaults included); `cases`: (actively rated, all) by
    platform; `halls`: (with an active rating, all); `cases_loaded`: whether case counts are at hand.
    """

    agency: str
    order: int
    levels: Mapping[Platform, Mapping[int, int]] = field(default_factory=dict)
    cases: Mapping[Platform, tuple[int, int]] = field(default_factory=dict)
    halls: tuple[int, int] = (0, 0)
    tickets: tuple[TicketGroup, ...] = ()
    cases_loaded: bool = False

    @property
    def ratings(self) -> int:
        """All item ratings of the agency, on every platform."""
        return sum(sum(by_level.values()) for by_level in self.levels.values())


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the composite: `value` 0–100 shown to two decimals, None where it does not apply.

    `share`: its weight among the parts that apply, 0–1; 0 where it does not.
    """

    numerator: Decimal
    denominator: int
    exact: Fraction | None
    share: Fraction

    @property
    def weight(self) -> Decimal:
        """The share as a decimal, for the screen."""
        return Decimal(self.share.numerator) / self.share.denominator

    @property
    def value(self) -> Decimal | None:
        """The part as shown."""
        return None if self.exact is None else shown(self.exact)

    @property
    def contribution(self) -> Decimal:
        """What the part adds to the composite, 0–100, as shown."""
        return Decimal("0.00") if self.exact is None else shown(self.exact * self.share)


@dataclass(frozen=True, slots=True)
class Score:
    """An agency's score with everything it was computed from."""

    facts: AgencyFacts
    quality: Part
    handling: Part
    hall_adoption: Part
    coverage: Part
    channels: Mapping[Platform, tuple[int, int]]
    composite: Decimal
    small_sample: bool

    @property
    def has_hall(self) -> bool:
        """Whether the agency has a hall, which decides the weights."""
        return self.facts.halls[1] > 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A score with its rank; equal scores share one (1, 2, 2, 4)."""

    rank: int
    score: Score


@dataclass(frozen=True, slots=True)
class Unranked:
    """An agency listed apart, with the reason."""

    facts: AgencyFacts
    reason: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """The ranked, in order of rank and then standing order, and those listed apart."""

    rows: tuple[Ranked, ...]
    unranked: tuple[Unranked, ...]


def shown(value: Fraction) -> Decimal:
    """Two decimals, half up (values are never negative)."""
    return (Decimal((value * 200 + 1).__floor__() // 2) / 100).quantize(Decimal("0.01"))


def mean_points(levels: Mapping[int, int], rules: RuleSet) -> tuple[Decimal, int]:
    """Sum of points and number of ratings, whose quotient is the mean of Art. 6 (0–10)."""
    points = sum((rules.points[level] * count for level, count in levels.items()), Decimal(0))
    return points, sum(levels.values())


def rank(facts: Iterable[AgencyFacts], rules: RuleSet) -> Ranking:
    """Ranks one group of agencies (townships or departments, never both)."""
    scored: list[Score] = []
    apart: list[Unranked] = []
    for agency in facts:
        score = composite(agency, rules)
        if score is None:
            apart.append(Unranked(agency, NO_CASES if agency.cases_loaded else NO_CASE_DATA))
        else:
            scored.append(score)
    scored.sort(key=lambda s: (-s.composite, s.facts.order))
    better = {s.composite: sum(o.composite > s.composite for o in scored) for s in scored}
    rows = tuple(Ranked(better[s.composite] + 1, s) for s in scored)
    return Ranking(rows, tuple(sorted(apart, key=lambda u: u.facts.order)))


def composite(facts: AgencyFacts, rules: RuleSet) -> Score | None:
    """The agency's score, or None where no counted rating or no counted case is at hand."""
    weights = rules.with_hall if facts.halls[1] else rules.without_hall
    quality = _quality(facts, rules, Fraction(weights.quality))
    coverage, channels = _coverage(facts, rules, Fraction(weights.coverage))
    if quality.exact is None or coverage.exact is None:
        return None
    handling = _handling(facts, rules, Fraction(weights.handling))
    adoption = _hall_adoption(facts, weights)
    quality, handling, adoption, coverage = parts = _reweighted(quality, handling, adoption, coverage)
    total = sum((p.exact * p.share for p in parts if p.exact is not None), Fraction(0))
    return Score(
        facts,
        quality,
        handling,
        adoption,
        coverage,
        channels=channels,
        composite=shown(total),
        small_sample=facts.ratings < rules.small_sample,
    )


def _reweighted(*parts: Part) -> tuple[Part, ...]:
    """The parts with their shares among those that apply, so that contributions make up the composite."""
    applying = sum((p.share for p in parts if p.exact is not None), Fraction(0))
    return tuple(replace(p, share=Fraction(0) if p.exact is None else p.share / applying) for p in parts)


def _quality(facts: AgencyFacts, rules: RuleSet, share: Fraction) -> Part:
    """政务服务质量 (Art. 22 ①): mean points over the counted platforms, × 10."""
    counted = [facts.levels.get(p, {}) for p in rules.quality_platforms]
    sums = [mean_points(levels, rules) for levels in counted]
    points, ratings = sum((s[0] for s in sums), Decimal(0)), sum(s[1] for s in sums)
    if not ratings:
        return Part(points, 0, None, share)
    if rules.quality_mean == "by_platform":
        means = [Fraction(p) / n for p, n in sums if n]
        mean = sum(means, Fraction(0)) / len(means)
    else:
        mean = Fraction(points) / ratings
    return Part(points, ratings, mean * 10, share)


def _handling(facts: AgencyFacts, rules: RuleSet, share: Fraction) -> Part:
    """差评工单处理率 (Art. 22 ④); without a ticket full marks, or left out, as the rule set says."""
    handled = denominator = 0
    for group in facts.tickets:
        done = group.submitted if rules.handled_means == "submitted" else group.rectified
        handled += group.count if done else 0
        if done or group.due or rules.ticket_denominator == "all":
            denominator += group.count
    if denominator:
        return Part(Decimal(handled), denominator, Fraction(100 * handled, denominator), share)
    full = None if rules.no_ticket == "leave_out" else Fraction(100)
    return Part(Decimal(0), 0, full, share)


def _hall_adoption(facts: AgencyFacts, weights: Weights) -> Part:
    """大厅推广度 (Art. 22 ②): halls with an active rating / halls."""
    active, halls = facts.halls
    exact = Fraction(100 * active, halls) if halls else None
    return Part(Decimal(active), halls, exact, Fraction(weights.hall_adoption))


def _coverage(
    facts: AgencyFacts, rules: RuleSet, share: Fraction
) -> tuple[Part, Mapping[Platform, tuple[int, int]]]:
    """办事评价覆盖度 (Art. 22 ③): mean over the channels that had cases of rated cases / cases."""
    channels = {c: facts.cases[c] for c in rules.coverage_channels if facts.cases.get(c, (0, 0))[1]}
    rated, cases = (sum(pair[i] for pair in channels.values()) for i in (0, 1))
    if not channels:
        return Part(Decimal(0), 0, None, share), channels
    mean = sum((Fraction(r, n) for r, n in channels.values()), Fraction(0)) / len(channels)
    return Part(Decimal(rated), cases, mean * 100, share), channels
