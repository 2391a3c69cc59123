"""Rule sets: the shipped numbers, which one is in force, and how the database keeps them (Art. 5, 22)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.ratings import Platform
from models.rules.rulesets import FIRST_MONTH, SHIPPED, RuleSet, Weights, in_force


def between(cuts: list[int]) -> tuple[Decimal, ...]:
    """Four weights: the pieces into which three cuts divide 100 hundredths."""
    ends = [0, *sorted(cuts), 100]
    return tuple(Decimal(b - a) / 100 for a, b in pairwise(ends))


cut = st.lists(st.integers(0, 100), min_size=3, max_size=3).map(between)
weights = cut.filter(lambda parts: parts[0] + parts[3] > 0).map(lambda parts: Weights(*parts))
platforms = st.lists(st.sampled_from(Platform), unique=True, max_size=5).map(tuple)
rule_sets = st.builds(
    RuleSet,
    name=st.text(max_size=8),
    effective_from=st.dates(),
    points=st.fixed_dictionaries({level: st.decimals(0, 10, places=1) for level in range(1, 6)}),
    quality_platforms=platforms,
    quality_mean=st.sampled_from(["pooled", "by_platform"]),
    coverage_channels=platforms,
    with_hall=weights,
    without_hall=weights,
    handled_means=st.sampled_from(["rectified", "submitted"]),
    ticket_denominator=st.sampled_from(["all", "due_or_handled"]),
    no_ticket=st.sampled_from(["full", "leave_out"]),
    small_sample=st.integers(0, 100),
    follow_up_effect=st.sampled_from(["first", "latest"]),
    rectification_days=st.integers(1, 30),
    rework_days=st.integers(1, 30),
    report_days=st.integers(1, 30),
    appeal_days=st.integers(1, 30),
    due_soon_days=st.integers(1, 30),
)


@given(rule_sets)
def test_a_rule_set_survives_the_database(rules: RuleSet) -> None:
    kept = json.loads(json.dumps(rules.to_json()))
    assert RuleSet.from_json(rules.name, rules.effective_from, kept) == rules


# What older closes were made without has the meaning that it had then.
@pytest.mark.parametrize("missing", sorted(SHIPPED.to_json().keys() - {"mistaken_effect"}))
def test_a_missing_parameter_is_an_error_and_no_default(missing: str) -> None:
    kept = {name: value for name, value in SHIPPED.to_json().items() if name != missing}
    with pytest.raises(KeyError, match=missing):
        RuleSet.from_json("2020-12", FIRST_MONTH, kept)


@pytest.mark.parametrize("part", ["quality", "handling", "hall_adoption", "coverage"])
def test_a_missing_weight_is_an_error(part: str) -> None:
    kept = SHIPPED.to_json()
    del kept["with_hall"][part]
    with pytest.raises(KeyError, match=part):
        RuleSet.from_json("2020-12", FIRST_MONTH, kept)


@pytest.mark.parametrize(
    "parts",
    [
        ("0.3", "0.2", "0.2", "0.2"),
        ("0.6", "0.6", "-0.5", "0.3"),
        ("0", "0.5", "0.5", "0"),
        ("0", "1", "0", "0"),
    ],
    ids=["do not sum to 1", "less than nothing", "only parts that may not apply", "only the tickets"],
)
def test_weights_that_make_no_score_are_refused(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="these weights make no score"):
        Weights(*map(Decimal, parts))


def test_no_rule_set_is_in_force_before_the_first() -> None:
    assert FIRST_MONTH == date(2020, 12, 1)
    assert in_force([SHIPPED], date(2020, 11, 1)) is None
    assert in_force([SHIPPED], date(2020, 12, 1)) is SHIPPED
    assert in_force([], date(2026, 1, 1)) is None


def test_a_month_is_computed_with_the_rules_of_its_time_in_whatever_order_they_lie() -> None:
    newer = replace(SHIPPED, name="2025-07", effective_from=date(2025, 7, 1))
    for known in ([SHIPPED, newer], [newer, SHIPPED]):
        assert in_force(known, date(2025, 6, 1)) is SHIPPED
        assert in_force(known, date(2025, 7, 1)) is newer
        assert in_force(known, date(2026, 11, 1)) is newer


def test_the_shipped_weights_are_those_of_article_22_and_sum_to_1() -> None:
    with_hall = Weights(Decimal("0.30"), Decimal("0.20"), Decimal("0.20"), Decimal("0.30"))
    without = Weights(Decimal("0.30"), Decimal("0.30"), Decimal(0), Decimal("0.40"))
    assert (SHIPPED.with_hall, SHIPPED.without_hall) == (with_hall, without)
    for w in (with_hall, without):
        assert w.quality + w.handling + w.hall_adoption + w.coverage == 1


def test_the_shipped_clocks_are_those_of_articles_23_and_25() -> None:
    assert (SHIPPED.rectification_days, SHIPPED.report_days, SHIPPED.appeal_days) == (10, 5, 5)
    assert SHIPPED.rework_days == 3


def test_two_rule_sets_do_not_share_their_points() -> None:
    assert RuleSet().points == RuleSet().points
    assert RuleSet().points is not RuleSet().points
