"""Words and figures that the parts of the page share."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from models.rules import indicators
from models.rules.indicators import INDICATORS, RATES, Node
from models.rules.rates import RateCounts
from models.rules.scoring import shown

#: Said wherever a total is shown.
RULE = f"依据：{indicators.ARTICLE}。缺评价值的指标把权重让给同级其他指标；两个模块都有评价值的才排名。"


def figure(value: Decimal | None) -> str:
    """Two decimals, or — where there is none."""
    return "—" if value is None else f"{value:.2f}"


def percent(share: Fraction) -> str:
    """A share of the total."""
    return f"{shown(share * 100)}%"


def explained(node: Node, row: Any) -> str:
    """Where a node's value comes from and what it adds, in a sentence or two."""
    one = node.indicator
    if node.exact is None:
        why = RateCounts().rate(one.code).text if is_rate(one.code) else "没有评价值"
        return f"{one.title}：{why}，权重 {indicators.plain(node.weight)} 让给同级其他指标。"
    return f"{one.title}：{_basis(node, row)}{_product(node)}"


def _basis(node: Node, row: Any) -> str:
    value = row.values.get(node.indicator.code)
    if value is None:
        return "下级各项的加权平均；"
    if value.denominator:
        count, all_ = node.indicator.counts or ("", "")
        turned = "，低为好，按 100 减" if node.indicator.lower else ""
        return f"{count} {value.numerator:,} ÷ {all_} {value.denominator:,}{turned}；"
    sources = [entry.source.label for entry in row.counted if entry.indicator == node.indicator.code]
    return f"{'、'.join(sources)}{'的平均' if len(sources) > 1 else ''}；"


def _product(node: Node) -> str:
    return f"{figure(node.value)} × {percent(node.share)} = {figure(node.points)} 分"


def is_rate(code: str) -> bool:
    """Whether it is one of the five that are computed."""
    return INDICATORS[code] in RATES


def missing_words(row: Any) -> str:
    """How many indicators have no value."""
    missing = row.evaluation.missing
    return "齐全" if not missing else f"缺 {len(missing)} 项"
