"""The Guide's tree, weights and totals: weights sum to 1, comparisons become weights, what is missing is named."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import indicators
from models.rules.indicators import ASSESSED, INDICATORS, PARENTS, RATES, ROOT, Value, children

EVEN = {code: weight for parent in PARENTS for code, weight in indicators.equal(parent).items()}
LEAVES = (*RATES, *ASSESSED)
some_values = st.dictionaries(
    st.sampled_from([one.code for one in LEAVES]), st.fractions(0, 100, max_denominator=999).map(Value)
)


def random_weights(draw: st.DrawFn) -> dict[str, Decimal]:
    made: dict[str, Decimal] = {}
    for parent in PARENTS:
        rest = 10_000
        *first, last = (one.code for one in children(parent))
        for code in first:
            part = draw(st.integers(0, rest))
            made[code], rest = part * indicators.STEP, rest - part
        made[last] = rest * indicators.STEP
    return made


all_weights = st.composite(random_weights)()


def test_the_tree_has_two_modules_five_rates_and_nineteen_in_four_groups() -> None:
    assert (len(children(ROOT)), len(RATES), len(ASSESSED), len(INDICATORS)) == (2, 5, 19, 30)
    assert [len(children(group)) for group in "1234"] == [5, 5, 6, 3]
    assert [one.code for one in ASSESSED if one.counts] == ["3.2", "3.3", "3.5", "3.6", "4.3"]
    assert [one.code for one in LEAVES if one.lower] == ["default_good"]


@pytest.mark.parametrize("parent", PARENTS)
def test_even_weights_sum_to_one(parent: str) -> None:
    weights = indicators.equal(parent)
    assert sum(weights.values()) == 1 and max(weights.values()) - min(weights.values()) <= indicators.STEP


def test_what_is_wrong_with_weights_is_said() -> None:
    assert indicators.weights_problem(EVEN) is None
    for change, said in (
        ({"1.1": Decimal("0.3")}, "“1 服务体系”下各项权重合计应为1，多出 0.1。"),
        ({"rates": Decimal("0.4")}, "“两个模块”下各项权重合计应为1，还差 0.1。"),
        ({"good": Decimal("0.20001")}, "“好评率”的权重应在0到1之间，至多四位小数。"),
        ({"good": Decimal("-0.2"), "answered": Decimal("0.6")}, "“好评率”的权重应在0到1之间，至多四位小数。"),
    ):
        assert indicators.weights_problem({**EVEN, **change}) == said


def test_comparisons_without_contradiction_give_their_weights_back() -> None:
    pairs = {("4.1", "4.2"): Fraction(2), ("4.1", "4.3"): Fraction(6), ("4.2", "4.3"): Fraction(3)}
    found = indicators.judged("4", pairs)
    assert found.weights == {"4.1": Decimal("0.6"), "4.2": Decimal("0.3"), "4.3": Decimal("0.1")}
    assert found.ratio == 0 and "前后一致" in found.said


def test_a_textbook_example_of_comparisons() -> None:
    """A 3 against B, 5 against C; B 3 against C: 0.637, 0.258, 0.105 with a ratio of 0.033."""
    pairs = {("4.1", "4.2"): Fraction(3), ("4.1", "4.3"): Fraction(5), ("4.2", "4.3"): Fraction(3)}
    found = indicators.judged("4", pairs)
    assert [round(weight, 3) for weight in found.weights.values()] == [
        Decimal("0.637"),
        Decimal("0.258"),
        Decimal("0.105"),
    ]
    assert found.ratio.quantize(Decimal("0.001")) == Decimal("0.033")
    round_about = indicators.judged("4", {**pairs, ("4.1", "4.3"): Fraction(1, 5)})
    assert not round_about.consistent and "互相矛盾" in round_about.said


@given(st.data(), st.sampled_from(PARENTS))
def test_any_comparisons_give_weights(data: st.DataObject, parent: str) -> None:
    scale = st.sampled_from([Fraction(n) for n in (1, 3, 5, 7, 9)] + [Fraction(1, n) for n in (3, 5, 7, 9)])
    pairs = {pair: data.draw(scale) for pair in indicators.pairs_of(parent)}
    found = indicators.judged(parent, pairs)
    assert sum(found.weights.values()) == 1 and min(found.weights.values()) > 0


def naive(code: str, values: dict[str, Value], weights: dict[str, Decimal]) -> Fraction | None:
    """The total once more, written from the sentence in the decision."""
    if code in values:
        return values[code].exact
    below = [(Fraction(weights[c.code]), naive(c.code, values, weights)) for c in children(code)]
    there = [(weight, value) for weight, value in below if value is not None and weight]
    if not there:
        return None
    return sum(weight * value for weight, value in there) / sum(weight for weight, _ in there)


@given(some_values, all_weights)
def test_the_total_equals_a_second_reckoning_and_its_build_up(values, weights) -> None:
    found = indicators.evaluate(values, weights)
    assert found.exact == naive(ROOT, values, weights)
    leaves = [found.nodes[one.code] for one in LEAVES]
    if found.exact is not None:
        assert sum(node.exact * node.share for node in leaves if node.exact is not None) == found.exact
        assert sum(node.share for node in leaves) == 1
    assert not {one.code for one in found.missing} & values.keys()


def test_what_is_missing_leaves_its_weight_to_its_siblings_and_is_named() -> None:
    values = {"good": Value(Fraction(100)), "rectified": Value(Fraction(50))}
    found = indicators.evaluate(values, EVEN)
    assert found.total == 75 and not found.whole
    assert found.nodes["good"].share == Fraction(1, 2)
    assert {one.code for one in found.missing} == {one.code for one in LEAVES} - values.keys()
    assert indicators.evaluate({}, EVEN).total is None
    assert indicators.evaluate({**values, "1.1": Value(Fraction(80))}, EVEN).whole


def test_where_less_is_better_the_value_is_turned() -> None:
    assert indicators.rate(INDICATORS["default_good"], 30, 100) == Value(Fraction(70), 30, 100)
    assert indicators.rate(INDICATORS["good"], 1, 3) == Value(Fraction(100, 3), 1, 3)
    assert indicators.rate(INDICATORS["satisfied"], 0, 0) is None
