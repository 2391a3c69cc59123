"""Ranks within an agency, the bottom of a month, and months in a row there (Guide 8.2 a)."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from models.rules.rulesets import SHIPPED
from models.rules.staffing import (
    LEAST_PEOPLE,
    LEAST_RATINGS,
    Tallied,
    at_bottom,
    pooled,
    ranks,
    runs,
    tallied,
)


def rated(good: int, bad: int = 0) -> Tallied:
    return tallied({5: good, 2: bad}, SHIPPED)


def test_a_mean_is_shown_half_up_and_nobody_without_ratings_has_one() -> None:
    assert rated(2, 1).mean == Decimal("7.67")
    assert rated(2, 1).bad_rate == Decimal("33.33")
    assert rated(0).mean is None
    assert rated(0).bad_rate is None


def test_equal_means_share_a_rank() -> None:
    people = {1: rated(9, 1), 2: rated(10), 3: rated(18, 2), 4: rated(5, 5), 5: rated(0)}
    assert ranks(people) == {2: 1, 1: 2, 3: 2, 4: 4}


def test_the_bottom_is_shared_and_takes_enough_people_with_enough_ratings() -> None:
    people = {1: rated(10), 2: rated(8, 2), 3: rated(16, 4)}
    assert at_bottom(people) == {2, 3}
    assert at_bottom(people | {4: rated(LEAST_RATINGS - 2, 1)}) == {2, 3}  # too few to be the last
    assert at_bottom({1: rated(10), 2: rated(8, 2)}) == frozenset()
    assert at_bottom(dict.fromkeys(range(LEAST_PEOPLE), rated(10))) == frozenset()  # nobody is behind


def test_a_month_elsewhere_breaks_the_row() -> None:
    one, both = frozenset({1}), frozenset({1, 2})
    assert runs([both, one, one]) == {1: 3, 2: 1}
    assert runs([both, frozenset(), both]) == {1: 1, 2: 1}
    assert runs([frozenset(), one]) == {}
    assert runs([]) == {}


@given(st.dictionaries(st.integers(1, 8), st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8))
def test_who_is_last_has_the_last_rank_of_those_compared(counts: dict[int, tuple[int, int]]) -> None:
    people = {who: rated(*n) for who, n in counts.items()}
    compared = {who: one for who, one in people.items() if one.ratings >= LEAST_RATINGS}
    places, last = ranks(compared), at_bottom(people)
    assert all(places[who] == max(places.values()) for who in last)
    assert pooled([one.levels for one in people.values()])[5] == sum(good for good, _ in counts.values())
