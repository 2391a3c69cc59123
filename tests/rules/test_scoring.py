"""Composite score and ranking (Art. 6, 22): rounding, worked examples, ties, who is listed apart."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.ratings import Platform
from models.rules.rulesets import RuleSet
from models.rules.scoring import (
    NO_CASE_DATA,
    NO_CASES,
    AgencyFacts,
    Ranking,
    Score,
    TicketGroup,
    composite,
    mean_points,
    rank,
    shown,
)

SHIPPED = RuleSet()

# --- rounding -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (F(0), "0.00"),
        (F(1, 200), "0.01"),
        (F(3, 200), "0.02"),
        (F(1, 3), "0.33"),
        (F(2, 3), "0.67"),
        (F(88_125, 1000), "88.13"),
        (F(87_885, 1000), "87.89"),
        (F(87_884_999, 1_000_000), "87.88"),
        (F(99_995, 1000), "100.00"),
        (F(99_994, 1000), "99.99"),
        (F(100), "100.00"),
    ],
)
def test_scores_are_shown_to_two_decimals_half_up(value: F, text: str) -> None:
    assert str(shown(value)) == text


@given(st.integers(0, 10_000))
def test_every_exact_half_goes_up(hundredths: int) -> None:
    assert shown(F(2 * hundredths + 1, 200)) == Decimal(hundredths + 1).scaleb(-2)


# --- worked examples ----------------------------------------------------------------------------------


def an_agency(name: str = "甲", order: int = 1, **facts: object) -> AgencyFacts:
    """Full marks everywhere, without a hall or a ticket."""
    full = AgencyFacts(
        name,
        order,
        levels={Platform.PORTAL: {5: 30}},
        cases={Platform.PORTAL: (30, 30)},
        cases_loaded=True,
    )
    return replace(full, **facts)  # type: ignore[arg-type]


def scored(facts: AgencyFacts, rules: RuleSet = SHIPPED) -> Score:
    score = composite(facts, rules)
    assert score is not None
    return score


def test_points_sum_over_all_ratings() -> None:
    assert mean_points({5: 2, 4: 1, 3: 1, 2: 1, 1: 5}, SHIPPED) == (Decimal(37), 10)
    assert mean_points({}, SHIPPED) == (Decimal(0), 0)


def test_an_agency_without_a_hall_weighs_30_30_40_and_has_no_adoption() -> None:
    score = scored(
        an_agency(
            levels={Platform.PORTAL: {4: 30}},
            cases={Platform.PORTAL: (15, 30)},
            tickets=(TicketGroup(1, True, True, True), TicketGroup(3, False, False, True)),
        )
    )
    assert score.hall_adoption.value is None
    assert score.hall_adoption.contribution == Decimal("0.00")
    parts = (score.quality, score.handling, score.coverage)
    assert [p.weight for p in parts] == [Decimal("0.3"), Decimal("0.3"), Decimal("0.4")]
    assert [str(p.contribution) for p in parts] == ["24.00", "7.50", "20.00"]
    assert str(score.composite) == "51.50"


def test_an_agency_with_a_hall_weighs_30_20_20_30() -> None:
    score = scored(
        an_agency(
            levels={Platform.PORTAL: {4: 30}},
            cases={Platform.PORTAL: (15, 30)},
            halls=(1, 2),
            tickets=(TicketGroup(1, True, True, True), TicketGroup(3, False, False, True)),
        )
    )
    parts = (score.quality, score.handling, score.hall_adoption, score.coverage)
    assert [str(p.contribution) for p in parts] == ["24.00", "5.00", "10.00", "15.00"]
    assert str(score.composite) == "54.00"


def test_every_part_carries_its_numerator_and_denominator() -> None:
    score = scored(an_agency(halls=(1, 2), tickets=(TicketGroup(2, True, True, True),)))
    parts = (score.quality, score.handling, score.hall_adoption, score.coverage)
    assert [(p.numerator, p.denominator) for p in parts] == [(300, 30), (2, 2), (1, 2), (30, 30)]
    assert score.channels == {Platform.PORTAL: (30, 30)}


def test_without_a_ticket_handling_is_full_or_left_out_with_the_rest_re_weighted() -> None:
    facts = an_agency(cases={Platform.PORTAL: (0, 30)})
    full, left_out = scored(facts), scored(facts, replace(SHIPPED, no_ticket="leave_out"))
    assert (full.handling.value, str(full.composite)) == (Decimal(100), "60.00")
    # 0.30 · 100 / (0.30 + 0.40)
    assert (left_out.handling.value, str(left_out.composite)) == (None, "42.86")
    assert str(left_out.quality.contribution) == "42.86"
    assert left_out.handling.weight == 0


def test_pooled_and_by_platform_means_differ_where_platforms_do() -> None:
    facts = an_agency(levels={Platform.PORTAL: {5: 9}, Platform.HALL: {1: 1}})
    assert scored(facts).quality.value == Decimal(90)
    assert scored(facts, replace(SHIPPED, quality_mean="by_platform")).quality.value == Decimal(50)


def test_ratings_on_other_platforms_leave_quality_alone() -> None:
    kiosk = an_agency(levels={Platform.PORTAL: {5: 9}, Platform.KIOSK: {1: 99}, Platform.HOTLINE: {1: 99}})
    assert scored(kiosk).quality.value == Decimal(100)


@pytest.mark.parametrize(
    ("handled", "denominator", "value"),
    [
        ("rectified", "all", "25.00"),
        ("rectified", "due_or_handled", "33.33"),
        ("submitted", "all", "50.00"),
        ("submitted", "due_or_handled", "66.67"),
    ],
)
def test_what_handled_means_and_which_tickets_are_asked_for(
    handled: str, denominator: str, value: str
) -> None:
    tickets = (
        TicketGroup(1, rectified=True, submitted=True, due=False),
        TicketGroup(1, rectified=False, submitted=True, due=True),
        TicketGroup(1, rectified=False, submitted=False, due=True),
        TicketGroup(1, rectified=False, submitted=False, due=False),
    )
    rules = replace(SHIPPED, handled_means=handled, ticket_denominator=denominator)
    assert str(scored(an_agency(tickets=tickets), rules).handling.value) == value


def test_a_span_of_months_pools_the_facts_and_never_averages_months() -> None:
    january = an_agency(levels={Platform.PORTAL: {5: 10}}, cases={Platform.PORTAL: (10, 10)})
    february = an_agency(levels={Platform.PORTAL: {1: 90}}, cases={Platform.PORTAL: (0, 90)})
    both = an_agency(levels={Platform.PORTAL: {5: 10, 1: 90}}, cases={Platform.PORTAL: (10, 100)})
    average = (scored(january).composite + scored(february).composite) / 2
    assert (average, scored(both).composite) == (Decimal(65), Decimal(37))


@pytest.mark.parametrize(("ratings", "marked"), [(29, True), (30, False)])
def test_fewer_than_30_ratings_are_ranked_and_marked(ratings: int, marked: bool) -> None:
    ranking = rank([an_agency(levels={Platform.PORTAL: {5: ratings}})], SHIPPED)
    assert [(r.rank, r.score.small_sample) for r in ranking.rows] == [(1, marked)]


# --- ranking ------------------------------------------------------------------------------------------


def ranks(ranking: Ranking) -> list[tuple[int, str]]:
    return [(row.rank, row.score.facts.agency) for row in ranking.rows]


def covered(name: str, order: int, rated: int, cases: int = 100) -> AgencyFacts:
    return an_agency(name, order, cases={Platform.PORTAL: (rated, cases)})


def test_equal_scores_share_a_rank_and_stand_in_the_agencies_order() -> None:
    agencies = [covered("丁", 1, 10), covered("丙", 3, 50), covered("乙", 2, 50), covered("甲", 4, 90)]
    assert ranks(rank(agencies, SHIPPED)) == [(1, "甲"), (2, "乙"), (2, "丙"), (4, "丁")]


def test_scores_that_differ_only_past_what_is_shown_are_equal() -> None:
    # Coverage 50 % and 50.001 %: 80.00 and 80.0004.
    agencies = [covered("乙", 2, 50_001, 100_000), covered("甲", 1, 50_000, 100_000)]
    assert ranks(rank(agencies, SHIPPED)) == [(1, "甲"), (1, "乙")]


@pytest.mark.parametrize(("loaded", "reason"), [(True, NO_CASES), (False, NO_CASE_DATA)])
@pytest.mark.parametrize(
    "missing",
    [
        {"levels": {}},
        {"levels": {Platform.KIOSK: {5: 40}}},
        {"levels": {Platform.PORTAL: {5: 0}}},
        {"cases": {}},
        {"cases": {Platform.PORTAL: (0, 0)}},
        {"cases": {Platform.KIOSK: (3, 5)}},
    ],
    ids=["no rating", "uncounted platform", "0 ratings", "no case", "0 cases", "uncounted channel"],
)
def test_0_of_0_is_listed_apart_with_its_reason(
    missing: dict[str, object], loaded: bool, reason: str
) -> None:
    ranking = rank([an_agency(cases_loaded=loaded, **missing), an_agency("乙", 2)], SHIPPED)
    assert ranks(ranking) == [(1, "乙")]
    assert [(u.facts.agency, u.reason) for u in ranking.unranked] == [("甲", reason)]


def test_the_reasons_are_those_that_the_circular_prints() -> None:
    assert (NO_CASES, NO_CASE_DATA) == ("无办件", "缺办件数据")


def test_nobody_is_ranked_where_nobody_is() -> None:
    assert rank([], SHIPPED) == Ranking((), ())


def test_the_points_in_force_are_those_of_the_rule_set() -> None:
    generous = replace(SHIPPED, points={**SHIPPED.points, 2: Decimal("3.5")})
    facts = an_agency(levels={Platform.PORTAL: {2: 30}})
    assert (scored(facts).quality.value, scored(facts, generous).quality.value) == (Decimal(30), Decimal(35))
