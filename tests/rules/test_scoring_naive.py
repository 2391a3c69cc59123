"""The score held against a second, plain reading of the rules: row by row, and nothing shared with the first.

Each rating, case, ticket and hall is one row; the second reading walks through them, computes with `Fraction` and
rounds with `Decimal`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.ratings import Platform
from models.rules.rulesets import RuleSet, Weights
from models.rules.scoring import AgencyFacts, Score, TicketGroup, rank, shown

# --- months and rule sets -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Month:
    """An agency's rows of a month."""

    agency: str
    ratings: tuple[tuple[str, int], ...]  # platform, level
    cases: tuple[tuple[str, bool], ...]  # platform, actively rated
    tickets: tuple[tuple[bool, bool, bool], ...]  # rectified, submitted, due
    halls: tuple[bool, ...]  # with an active rating
    loaded: bool

    def facts(self, order: int) -> AgencyFacts:
        """As the tally counts them."""
        levels: dict[Platform, Counter[int]] = {}
        for platform, level in self.ratings:
            levels.setdefault(Platform(platform), Counter())[level] += 1
        cases: dict[Platform, tuple[int, int]] = {}
        for platform, rated in self.cases:
            before = cases.get(Platform(platform), (0, 0))
            cases[Platform(platform)] = (before[0] + rated, before[1] + 1)
        tickets = tuple(TicketGroup(n, *alike) for alike, n in Counter(self.tickets).items())
        halls = (sum(self.halls), len(self.halls))
        return AgencyFacts(self.agency, order, levels, cases, halls, tickets, self.loaded)


_PLATFORMS = [p.value for p in Platform]
#: A rectified ticket was submitted before.
_STAGES = ((False, False), (False, True), (True, True))


def a_month(dice: Random) -> Month:
    """Some of everything, and often nothing: small numbers tie, and run into every edge."""
    kinds = [(dice.choice(_PLATFORMS), dice.randint(1, 5)) for _ in range(dice.randint(0, 5))]
    served = [(dice.choice(_PLATFORMS), dice.random() < 0.5) for _ in range(dice.randint(0, 5))]
    return Month(
        agency="镇",
        ratings=tuple(kind for kind in kinds for _ in range(dice.randint(1, 12))),
        cases=tuple(case for case in served for _ in range(dice.randint(1, 15))),
        tickets=tuple((*dice.choice(_STAGES), dice.random() < 0.5) for _ in range(dice.randint(0, 5))),
        halls=tuple(dice.random() < 0.5 for _ in range(dice.randint(0, 4))),
        loaded=dice.random() < 0.5,
    )


def a_group(seed: int) -> list[Month]:
    """Eight agencies, of which some did exactly alike."""
    dice = Random(seed)
    group: list[Month] = []
    for _ in range(8):
        group.append(dice.choice(group) if group and dice.random() < 0.2 else a_month(dice))
    return group


groups = st.builds(a_group, st.integers(0, 2**32))


@st.composite
def _weights(draw: st.DrawFn) -> Weights:
    """Any weights in whole percents that sum to 1."""
    cuts = sorted(draw(st.tuples(*[st.integers(0, 100)] * 3)))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    if parts[0] + parts[3] == 0:
        parts = [30, 20, 20, 30]
    return Weights(*(Decimal(p) / 100 for p in parts))


_some = st.lists(st.sampled_from(list(Platform)), min_size=1, max_size=5, unique=True).map(tuple)
_points = st.tuples(*[st.decimals(0, 10, places=1)] * 5).map(lambda p: dict(enumerate(p, 1)))
rule_sets = st.one_of(
    st.builds(RuleSet, quality_mean=st.sampled_from(["pooled", "by_platform"])),
    st.builds(
        RuleSet,
        name=st.just("random"),
        effective_from=st.just(date(2021, 1, 1)),
        points=_points,
        quality_platforms=_some,
        coverage_channels=_some,
        with_hall=_weights(),
        without_hall=_weights(),
        quality_mean=st.sampled_from(["pooled", "by_platform"]),
        handled_means=st.sampled_from(["rectified", "submitted"]),
        ticket_denominator=st.sampled_from(["all", "due_or_handled"]),
        no_ticket=st.sampled_from(["full", "leave_out"]),
        small_sample=st.integers(0, 40),
    ),
)

# --- the second reading -------------------------------------------------------------------------------

_EXACT = Context(prec=80)


def rounded(value: Fraction) -> Decimal:
    """Two decimals, half up, by the decimal module at a precision that no month reaches."""
    exact = _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP, context=_EXACT)


def mean(values: list[Fraction]) -> Fraction | None:
    total = Fraction(0)
    for value in values:
        total += value
    return total / len(values) if values else None


def naive_quality(month: Month, rules: RuleSet) -> Fraction | None:
    means, pooled = [], []
    for platform in rules.quality_platforms:
        worth = [Fraction(rules.points[level]) for where, level in month.ratings if where == platform.value]
        pooled += worth
        means += [mean(worth)] if worth else []
    found = mean(means if rules.quality_mean == "by_platform" else pooled)
    return None if found is None else 10 * found


def naive_handling(month: Month, rules: RuleSet) -> Fraction | None:
    asked, done = 0, 0
    for rectified, submitted, due in month.tickets:
        handled = submitted if rules.handled_means == "submitted" else rectified
        if rules.ticket_denominator == "due_or_handled" and not (due or handled):
            continue
        asked += 1
        done += handled
    if asked:
        return Fraction(done, asked) * 100
    return Fraction(100) if rules.no_ticket == "full" else None


def naive_coverage(month: Month, rules: RuleSet) -> Fraction | None:
    rates = []
    for channel in rules.coverage_channels:
        there = [rated for where, rated in month.cases if where == channel.value]
        if there:
            rates.append(Fraction(sum(there), len(there)))
    found = mean(rates)
    return None if found is None else 100 * found


def naive_parts(month: Month, rules: RuleSet) -> dict[str, tuple[Fraction | None, Fraction]]:
    """Part → (value 0–100, weight)."""
    weights = rules.with_hall if month.halls else rules.without_hall
    values = {
        "quality": naive_quality(month, rules),
        "handling": naive_handling(month, rules),
        "hall_adoption": Fraction(sum(month.halls), len(month.halls)) * 100 if month.halls else None,
        "coverage": naive_coverage(month, rules),
    }
    return {name: (value, Fraction(getattr(weights, name))) for name, value in values.items()}


def naive_composite(parts: dict[str, tuple[Fraction | None, Fraction]]) -> Decimal | None:
    """None where there was no rating on a counted platform, or no case in a counted channel."""
    if parts["quality"][0] is None or parts["coverage"][0] is None:
        return None
    total, weight = Fraction(0), Fraction(0)
    for value, share in parts.values():
        if value is not None:
            total += value * share
            weight += share
    return rounded(total / weight)


# --- the two together ---------------------------------------------------------------------------------


@settings(max_examples=500, deadline=None)
@given(groups, rule_sets)
def test_scores_and_ranks_agree_with_the_second_reading(group: list[Month], rules: RuleSet) -> None:
    """4,000 months in 500 groups."""
    ranking = rank([month.facts(order) for order, month in enumerate(group)], rules)
    composites = [naive_composite(naive_parts(month, rules)) for month in group]
    expected, apart = [], []
    for order, (own, month) in enumerate(zip(composites, group, strict=True)):
        if own is None:
            apart.append((order, "无办件" if month.loaded else "缺办件数据"))
            continue
        ahead = 0
        for other in composites:
            ahead += other is not None and other > own
        expected.append((1 + ahead, order, own))
    found = [(r.rank, r.score.facts.order, r.score.composite) for r in ranking.rows]
    assert found == sorted(expected)
    assert [(u.facts.order, u.reason) for u in ranking.unranked] == apart
    for row in ranking.rows:
        agrees(row.score, group[row.score.facts.order], rules)


def agrees(score: Score, month: Month, rules: RuleSet) -> None:
    """Every part: value, points in the composite; and the marks."""
    parts = naive_parts(month, rules)
    applying = sum(weight for value, weight in parts.values() if value is not None)
    for name, (value, weight) in parts.items():
        part = getattr(score, name)
        assert part.exact == value, name
        assert part.value == (None if value is None else rounded(value)), name
        assert part.contribution == (0 if value is None else rounded(value * weight / applying)), name
    assert score.has_hall == bool(month.halls)
    assert score.small_sample == (len(month.ratings) < rules.small_sample)


@given(st.fractions(0, 100, max_denominator=10**9))
def test_rounding_agrees_with_the_decimal_module(value: Fraction) -> None:
    assert shown(value) == rounded(value)
