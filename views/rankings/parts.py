"""The parts of the composite score in words (Art. 22)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from models.rules.intervals import half_width
from models.rules.ratings import Platform
from models.rules.rulesets import RuleSet
from models.rules.scoring import Score, shown
from models.rules.whatif import PartName
from views import dates

#: Field of the score and short name, in the order of the bars.
PARTS = (
    ("quality", "服务质量"),
    ("handling", "工单处理"),
    ("hall_adoption", "大厅推广"),
    ("coverage", "评价覆盖"),
)
#: The parts' full names.
NAMES = {part.value: part.label for part in PartName}
ARTICLE = "依据：细则第二十二条"
GROUPS = {"township": "镇（街）", "department": "市直部门"}


def value_text(value: Decimal | None) -> str:
    """98.93, — where the part does not apply."""
    return "—" if value is None else f"{value:.2f}"


def change_of(row: Any) -> int | None:
    """Ranks gained (positive) or lost since the period before; None where there was none."""
    return None if row.previous_rank is None else row.previous_rank - row.rank


def change_text(row: Any) -> str:
    """↑4, ↓1, 持平; nothing where there was no period before."""
    change = change_of(row)
    if change is None:
        return ""
    return f"↑{change}" if change > 0 else f"↓{-change}" if change < 0 else "—"


def change_words(row: Any) -> str:
    """The change as a sentence."""
    change = change_of(row)
    if change is None:
        return "没有上期名次"
    moved = "与上期持平" if change == 0 else f"比上期{'升' if change > 0 else '降'} {abs(change)} 名"
    return f"{moved}（上期第 {row.previous_rank} 名）"


def tied(rows: tuple[Any, ...]) -> frozenset[int]:
    """Ranks that several share."""
    return frozenset(rank for rank, count in Counter(row.rank for row in rows).items() if count > 1)


def counted(score: Any, part: str) -> str:
    """The numerator and denominator of a part, in words."""
    shown_part = getattr(score, part)
    number = f"{shown_part.numerator.normalize():,f}"
    if part == "quality":
        return f"{shown_part.denominator:,} 条评价，共 {number} 分"
    if part == "handling":
        if shown_part.denominator:
            return f"{number} / {shown_part.denominator} 件"
        return "没有工单，不计此项" if shown_part.exact is None else "没有工单，计满分"
    if part == "hall_adoption":
        return (
            f"{number} / {shown_part.denominator} 个大厅" if shown_part.denominator else "没有大厅，不计此项"
        )
    return f"{number} / {shown_part.denominator:,} 件办件"


def weighed(score: Any, part: str) -> str:
    """× 30% = 29.68; nothing where the part does not apply."""
    shown_part = getattr(score, part)
    if shown_part.value is None:
        return ""
    return f"× {weight_text(shown_part.share)} = {shown_part.contribution:.2f}"


def weight_text(share: Fraction) -> str:
    """30%, 37.5%, 33.33%."""
    return f"{shown(share * 100).normalize():f}%"


def shown_share(number: int, of: int) -> str:
    """50.00%, half up."""
    return f"{shown(Fraction(100 * number, of))}%"


def explained(score: Any, part: str) -> str:
    """A part in three lines: value and weight, what was counted, the article."""
    value = value_text(getattr(score, part).value)
    return f"{NAMES[part]} {value} {weighed(score, part)}\n{counted(score, part)}\n依据：{PartName(part).article}"


def counted_lines(score: Any) -> tuple[str, ...]:
    """Each part with its value and what was counted, then the article."""
    lines = (
        f"{name} {value_text(getattr(score, part).value)}：{counted(score, part)}" for part, name in PARTS
    )
    return (*lines, ARTICLE)


def month_lines(agency: str, month: date, cell: Any, *, closed: bool = False) -> str:
    """How an agency stood in a month, on hover: rank and score, then what each part counted, and the article."""
    head = f"{agency}　{dates.month(month)}{'（已封账）' if closed else ''}"
    if cell is None:
        return f"{head}\n未参加排名"
    small = "，小样本，名次仅供参考" if cell.small_sample else ""
    stood = f"第 {cell.rank} 名　{cell.composite:.2f} 分{small}"
    return "\n".join((head, stood, *counted_lines(cell.score)))


def channel_lines(score: Any) -> tuple[tuple[str, int, int], ...]:
    """Coverage by channel: name, cases rated, cases."""
    return tuple((Platform(p).label, rated, cases) for p, (rated, cases) in score.channels.items())


def tickets_of(score: Any) -> int:
    """Tickets that count for the agency in the period."""
    return sum(group.count for group in score.facts.tickets)


def interval_text(score: Score, rules: RuleSet) -> str:
    """The quality with the interval of its mean; why there is none, where there is none. Only for the pooled mean."""
    if rules.quality_mean != "pooled":
        return ""
    counts: Counter[int] = Counter()
    for platform in rules.quality_platforms:
        counts.update(score.facts.levels.get(platform, {}))
    half = half_width(counts, rules.points)
    if half is None:
        return "评价太少，不能估计误差" if sum(counts.values()) < 2 else "全部评价同一等次，不能估计误差"
    return f"{score.quality.value:.2f} ± {shown(Fraction(half) * 10)}（平均值 95% 置信区间）"
