"""How figures become sentences: honest about small numbers, silent where nothing can be compared."""

from __future__ import annotations

from collections.abc import Sequence

from app.rankings.queries import GROUPS, Period
from app.statistics.rows import Scope
from models.rules.durations import Spread
from models.rules.rates import Rate, Slice

#: Whole periods that people call by a name of their own.
_NAMES = {1: "上月", 3: "上季度", 12: "上年"}


def place(scope: Scope) -> str:
    """Whose figures: 全市, 全市镇（街道）, or the agency; and on which platform."""
    whose = scope.agency or f"全市{GROUPS[scope.group].removeprefix('市') if scope.group else ''}"
    return f"{whose}（{scope.platform.label}）" if scope.platform else whose


def before_name(period: Period) -> str:
    """What the period before is called."""
    whole = period.length in _NAMES and (period.first.month - 1) % period.length == 0
    return _NAMES[period.length] if whole else "上期"


def percent(rate: Rate, small: int) -> str:
    """99.68%; of few, only how many."""
    if rate.percent is None:
        return rate.text
    if rate.denominator < small:
        return f"{rate.denominator}件中{rate.numerator}件"
    return f"{rate.percent}%"


def named(rate: Rate, small: int) -> str:
    """好评率99.68%; of few 好评率不计（12件中11件）: a percentage of few says more than is known."""
    if rate.percent is None:
        return f"{rate.name}不计（{rate.text}）"
    if rate.denominator < small:
        return f"{rate.name}不计百分比（基数不足{small}，{rate.denominator:,}中{rate.numerator:,}）"
    return f"{rate.name}{rate.percent}%"


def change(now: Rate, before: Rate | None, small: int, than: str) -> str:
    """，比上月上升0.12个百分点; empty where one of both rests on few."""
    if before is None or min(now.denominator, before.denominator) < max(small, 1):
        return ""
    assert now.percent is not None and before.percent is not None  # both have a denominator
    difference = now.percent - before.percent
    if difference:
        return f"，比{than}{'上升' if difference > 0 else '下降'}{abs(difference)}个百分点"
    return f"，与{than}{'持平' if now.exact == before.exact else '基本持平'}"


def count_change(now: int, before: int, unit: str, than: str) -> str:
    """，比上月增加12条."""
    if now == before:
        return f"，与{than}持平"
    return f"，比{than}{'增加' if now > before else '减少'}{abs(now - before):,}{unit}"


def listed(slices: Sequence[Slice], unit: str, *, shares: bool) -> str:
    """“甲”6次（22.22%）、“乙”4次（14.81%）."""
    return "、".join(
        f"“{one.name}”{one.number}{unit}" + (f"（{one.share_shown}%）" if shares else "") for one in slices
    )


def lasted(name: str, times: Spread) -> str:
    """签收中位数1个工作日、九成在2个工作日内、最长5个工作日（20件）."""
    if times.count == 1:
        return f"{name}{times.longest}个工作日（仅1件）"
    if times.longest == 0:
        return f"{name}均在当日完成（{times.count:,}件）"
    return (
        f"{name}中位数{times.median_shown:f}个工作日、九成在{times.ninetieth}个工作日内、"
        f"最长{times.longest}个工作日（{times.count:,}件）"
    )
