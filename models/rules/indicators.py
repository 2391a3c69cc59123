"""The Guide's evaluation (GB/T 39735 §7, annex A): the tree of indicators, subjective weights, and the total.

Two modules: five rates computed from ratings and tickets; nineteen assessed indicators in four groups. Siblings'
weights sum to 1. An indicator without a value leaves its weight to its siblings and is named (ours).
The database carries the same tree in `pd.indicators()`; a test holds both together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from itertools import combinations

from models.rules.scoring import shown

#: Where it all comes from.
ARTICLE = "指南第7.2条、附录A"
#: Weights are kept to four decimals.
STEP = Decimal("0.0001")
#: Above this the comparisons contradict each other (Saaty's measure for comparison by pairs).
CONSISTENT = Decimal("0.10")
_RANDOM = {3: Decimal("0.58"), 4: Decimal("0.90"), 5: Decimal("1.12"), 6: Decimal("1.24")}
ROOT = ""


class Source(StrEnum):
    """Who assessed (Guide 7.1.2)."""

    REVIEW = "review"
    INSPECTION = "inspection"
    THIRD = "third"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"review": "综合点评", "inspection": "监督查评", "third": "第三方"}[self.value]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One node of the tree. `counts`: what numerator and denominator count, for ratios; `lower`: less is better."""

    code: str
    parent: str
    name: str
    counts: tuple[str, str] | None = None
    lower: bool = False

    @property
    def number(self) -> str:
        """1.1 and the like, empty for modules and rates."""
        return self.code if self.code[0].isdigit() else ""

    @property
    def title(self) -> str:
        """Number and name."""
        return f"{self.number} {self.name}".strip()


_TREE = (
    Indicator("rates", ROOT, "一事一评五率"),
    Indicator("assessed", ROOT, "综合点评和监督查评"),
    Indicator("good", "rates", "好评率", ("好评", "全部评价")),
    Indicator("default_good", "rates", "超时默认好评率", ("默认好评", "全部好评"), lower=True),
    Indicator("answered", "rates", "差评回复率", ("已回复的差评工单", "差评工单")),
    Indicator("rectified", "rates", "差评整改率", ("已整改的差评工单", "差评工单")),
    Indicator("satisfied", "rates", "差评整改回访满意率", ("回访满意的差评", "已整改的差评")),
    Indicator("1", "assessed", "服务体系"),
    Indicator("2", "assessed", "政策公开"),
    Indicator("3", "assessed", "办事便利"),
    Indicator("4", "assessed", "办事体验"),
    Indicator("1.1", "1", "大厅覆盖和可及"),
    Indicator("1.2", "1", "网上平台覆盖和可及"),
    Indicator("1.3", "1", "线上线下融合"),
    Indicator("1.4", "1", "评价制度和推进"),
    Indicator("1.5", "1", "改革和创新"),
    Indicator("2.1", "2", "咨询渠道齐全"),
    Indicator("2.2", "2", "咨询应答及时"),
    Indicator("2.3", "2", "事项清单规范"),
    Indicator("2.4", "2", "办事指南准确"),
    Indicator("2.5", "2", "公开及时、好查"),
    Indicator("3.1", "3", "四减落实"),
    Indicator("3.2", "3", "即办件占比", ("即办件", "全部办件")),
    Indicator("3.3", "3", "在线办理占比", ("可在线办理的事项", "依申请事项")),
    Indicator("3.4", "3", "一件事实现"),
    Indicator("3.5", "3", "重点事项精简占比", ("容缺或承诺办理的事项", "进驻事项")),
    Indicator("3.6", "3", "就近和异地可办占比", ("有服务点的村居", "全部村居")),
    Indicator("4.1", "4", "大厅布局和设施"),
    Indicator("4.2", "4", "人员技能和态度"),
    Indicator("4.3", "4", "诉求按时回应占比", ("按时办结的诉求", "全部诉求")),
)
#: Code → indicator, each parent before its children.
INDICATORS: Mapping[str, Indicator] = {one.code: one for one in _TREE}
#: The five rates, computed; and the nineteen that are assessed.
RATES = tuple(one for one in _TREE if one.parent == "rates")
ASSESSED = tuple(one for one in _TREE if "." in one.code)
#: What has children, the root first.
PARENTS = (ROOT, "rates", "assessed", "1", "2", "3", "4")

Weights = Mapping[str, Decimal]
#: (left, right) → how many times the left one matters more than the right: 9 … 1 … 1/9.
Pairs = Mapping[tuple[str, str], Fraction]


def children(parent: str) -> tuple[Indicator, ...]:
    """The indicators right below one."""
    return tuple(one for one in _TREE if one.parent == parent)


def parent_name(parent: str) -> str:
    """How the siblings below a parent are called together."""
    return INDICATORS[parent].title if parent else "两个模块"


# weights --------------------------------------------------------------------------------------------------


def left(weights: Weights, parent: str) -> Decimal:
    """What the siblings below a parent still have to give; negative where they gave too much."""
    return 1 - sum((weights.get(one.code, Decimal(0)) for one in children(parent)), Decimal(0))


def weights_problem(weights: Weights) -> str | None:
    """Why these are no weights, as a sentence; None where they are."""
    for one in _TREE:
        weight = weights.get(one.code)
        if weight is None or not 0 <= weight <= 1 or weight != weight.quantize(STEP):
            return f"“{one.title}”的权重应在0到1之间，至多四位小数。"
    for parent in PARENTS:
        rest = left(weights, parent)
        if rest:
            way = f"还差 {plain(rest)}" if rest > 0 else f"多出 {plain(-rest)}"
            return f"“{parent_name(parent)}”下各项权重合计应为1，{way}。"
    return None


def plain(value: Decimal) -> str:
    """A weight without zeros at its end."""
    return f"{value.quantize(STEP):f}".rstrip("0").rstrip(".") or "0"


def equal(parent: str) -> dict[str, Decimal]:
    """The siblings below a parent with the same weight; what does not divide goes to the first ones."""
    return _rounded({one.code: Fraction(1) for one in children(parent)})


def _rounded(parts: Mapping[str, Fraction]) -> dict[str, Decimal]:
    """Shares of 1 to four decimals that sum to 1: the largest remainders are rounded up, earlier ones first."""
    total = sum(parts.values(), Fraction(0))
    exact = {code: part / total * 10_000 for code, part in parts.items()}
    units = {code: share.__floor__() for code, share in exact.items()}
    short = 10_000 - sum(units.values())
    for code in sorted(exact, key=lambda c: units[c] - exact[c])[:short]:
        units[code] += 1
    return {code: units[code] * STEP for code in parts}


@dataclass(frozen=True, slots=True)
class Judged:
    """Weights from comparisons by pairs. `ratio`: the consistency ratio, 0 for fewer than three siblings."""

    weights: Mapping[str, Decimal]
    ratio: Decimal

    @property
    def consistent(self) -> bool:
        """Whether the comparisons agree well enough to rest weights on."""
        return self.ratio <= CONSISTENT

    @property
    def said(self) -> str:
        """The same in words."""
        number = f"一致性比率 {self.ratio.quantize(Decimal('0.01'))}"
        if self.consistent:
            return f"各项比较前后一致（{number}，不超过 0.10）。"
        return f"各项比较互相矛盾（{number}，超过 0.10），请再看一遍。"


def pairs_of(parent: str) -> tuple[tuple[str, str], ...]:
    """The comparisons to be made among siblings."""
    return tuple(combinations([one.code for one in children(parent)], 2))


def judged(parent: str, pairs: Pairs) -> Judged:
    """Weights of siblings as geometric means of the rows of their comparisons; a pair not compared is even."""
    codes = [one.code for one in children(parent)]
    matrix = _matrix(codes, pairs)
    with localcontext() as context:
        context.prec = 34
        rows = [_geometric_mean(row) for row in matrix]
        total = sum(rows, Decimal(0))
        exact = [row / total for row in rows]
        ratio = _inconsistency(matrix, exact)
    weights = _rounded({code: Fraction(weight) for code, weight in zip(codes, exact, strict=True)})
    return Judged(weights, ratio)


def _matrix(codes: Sequence[str], pairs: Pairs) -> list[list[Fraction]]:
    """How many times each matters more than each."""

    def between(one: str, other: str) -> Fraction:
        if (one, other) in pairs:
            return pairs[one, other]
        return 1 / pairs[other, one] if (other, one) in pairs else Fraction(1)

    return [[between(one, other) for other in codes] for one in codes]


def _geometric_mean(row: Sequence[Fraction]) -> Decimal:
    product = Fraction(1)
    for factor in row:
        product *= factor
    number = Decimal(product.numerator) / product.denominator
    return (number.ln() / len(row)).exp()


def _inconsistency(matrix: Sequence[Sequence[Fraction]], weights: Sequence[Decimal]) -> Decimal:
    """How far the largest eigenvalue lies above that of comparisons without contradiction, by Saaty's index."""
    size = len(weights)
    if size not in _RANDOM:
        return Decimal(0)
    largest = Decimal(0)
    for row, own in zip(matrix, weights, strict=True):
        weighed = sum(
            (Decimal(a.numerator) / a.denominator * w for a, w in zip(row, weights, strict=True)), Decimal(0)
        )
        largest += weighed / own / size
    index = max((largest - size) / (size - 1), Decimal(0))
    return (index / _RANDOM[size]).quantize(STEP)


# values and total -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Value:
    """What an indicator came to: `exact` 0–100, already turned where less is better; of which counts, if any."""

    exact: Fraction
    numerator: int | None = None
    denominator: int | None = None


def rate(indicator: Indicator, numerator: int, denominator: int) -> Value | None:
    """The value of a rate or ratio; None where there is nothing to count."""
    if not denominator:
        return None
    part = Fraction(100 * numerator, denominator)
    return Value(100 - part if indicator.lower else part, numerator, denominator)


def mean(values: Iterable[Fraction]) -> Fraction | None:
    """The value of an indicator assessed by several sources; None without any."""
    found = tuple(values)
    return sum(found, Fraction(0)) / len(found) if found else None


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the build-up. `share`: what it weighs in the total, 0–1, 0 where it has no value."""

    indicator: Indicator
    weight: Decimal
    share: Fraction
    exact: Fraction | None

    @property
    def value(self) -> Decimal | None:
        """0–100 as shown, None where it is missing."""
        return None if self.exact is None else shown(self.exact)

    @property
    def points(self) -> Decimal | None:
        """What it adds to the total, as shown."""
        return None if self.exact is None else shown(self.exact * self.share)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A total with its build-up: code → node; `missing`: leaves without value that carry a weight."""

    nodes: Mapping[str, Node]
    exact: Fraction | None
    missing: tuple[Indicator, ...]

    @property
    def total(self) -> Decimal | None:
        """0–100 as shown, None without any value."""
        return None if self.exact is None else shown(self.exact)

    @property
    def whole(self) -> bool:
        """Whether both modules have a value; only such totals are ranked (ours)."""
        return all(
            self.nodes[one.code].exact is not None or not self.nodes[one.code].weight
            for one in children(ROOT)
        )


def evaluate(values: Mapping[str, Value], weights: Weights) -> Evaluation:
    """The total of one agency: the weighted sum, an indicator without value leaving its weight to its siblings."""
    exact = {code: value.exact for code, value in values.items()}
    total = _pooled(ROOT, exact, weights)
    nodes: dict[str, Node] = {}
    _share(ROOT, Fraction(1), exact, weights, nodes)
    leaves = (*RATES, *ASSESSED)
    missing = tuple(one for one in leaves if one.code not in values and _counts(one, weights))
    return Evaluation(nodes, total, missing)


def _pooled(parent: str, exact: dict[str, Fraction], weights: Weights) -> Fraction | None:
    """The value of a parent from those below; puts what it finds into `exact`."""
    points = present = Fraction(0)
    for one in children(parent):
        if one.code not in exact:
            _pooled(one.code, exact, weights)
        if one.code in exact and weights[one.code]:
            weight = Fraction(weights[one.code])
            points, present = points + weight * exact[one.code], present + weight
    if not present:
        return None
    if parent:
        exact[parent] = points / present
    return points / present


def _share(
    parent: str, share: Fraction, exact: Mapping[str, Fraction], weights: Weights, nodes: dict[str, Node]
) -> None:
    """Hands a parent's share on to those below that have a value."""
    below = children(parent)
    present = sum((Fraction(weights[one.code]) for one in below if one.code in exact), Fraction(0))
    for one in below:
        counted = one.code in exact and present > 0
        part = share * Fraction(weights[one.code]) / present if counted else Fraction(0)
        nodes[one.code] = Node(one, weights[one.code], part, exact.get(one.code))
        _share(one.code, part, exact, weights, nodes)


def _counts(one: Indicator, weights: Weights) -> bool:
    """Whether an indicator and all above it carry a weight."""
    return bool(weights[one.code]) and (not one.parent or _counts(INDICATORS[one.parent], weights))
