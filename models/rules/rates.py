"""The five rates of Guide 7.1.1 and participation (Art. 3), from counts; each carries what it was divided from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from models.rules.ratings import is_bad
from models.rules.scoring import shown

#: Rate → name, what is counted, of what, article, and what is said where there is nothing to divide by.
_WORDS: Mapping[str, tuple[str, str, str, str, str]] = {
    "good": ("好评率", "好评", "全部评价", "指南第7.1.1条", "没有评价"),
    "default_good": ("超时默认好评率", "默认好评", "全部好评", "指南第7.1.1条", "没有好评"),
    "answered": ("差评回复率", "已回复的差评工单", "差评工单", "指南第7.1.1条", "没有差评工单"),
    "rectified": ("差评整改率", "已整改的差评工单", "差评工单", "指南第7.1.1条", "没有差评工单"),
    "satisfied": ("差评整改回访满意率", "回访满意的差评", "已整改的差评", "指南第7.1.1条", "尚无回访记录"),
    "called": ("差评整改回访率", "已回访的差评", "已整改的差评", "指南第7.1.1条", "没有已整改的差评"),
    "participation": ("参评率", "有主动评价的办件", "办件", "细则第三条", "没有办件数据"),
}
#: In the Guide's order.
FIVE = ("good", "default_good", "answered", "rectified", "satisfied")


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate; `code` names it, the words go with the code."""

    code: str
    numerator: int
    denominator: int

    @property
    def exact(self) -> Fraction | None:
        """0–100, None where there is nothing to divide by."""
        return Fraction(100 * self.numerator, self.denominator) if self.denominator else None

    @property
    def percent(self) -> Decimal | None:
        """As shown, to two decimals."""
        return None if self.exact is None else shown(self.exact)

    @property
    def name(self) -> str:
        """The Chinese name."""
        return _WORDS[self.code][0]

    @property
    def article(self) -> str:
        """What it carries out."""
        return _WORDS[self.code][3]

    @property
    def text(self) -> str:
        """99.53%, or why there is none."""
        return _WORDS[self.code][4] if self.percent is None else f"{self.percent}%"

    @property
    def counted(self) -> str:
        """好评 5,980 / 全部评价 6,000; empty where nothing is counted."""
        _, above, below, _, _ = _WORDS[self.code]
        return f"{above} {self.numerator:,} / {below} {self.denominator:,}" if self.denominator else ""


@dataclass(frozen=True, slots=True)
class RateCounts:
    """What the rates are divided from: item ratings, tickets, cases.

    `rectified`: approved or later; `answered`: handed in or rectified; `called`: of the rectified, those whose people
    were called to an end, whatever came of it. Where nobody was, the rate of the satisfied has no value.
    """

    ratings: int = 0
    good: int = 0
    defaults: int = 0
    tickets: int = 0
    answered: int = 0
    rectified: int = 0
    called: int = 0
    satisfied: int = 0
    cases: int = 0
    cases_rated: int = 0

    def __add__(self, other: RateCounts) -> RateCounts:
        """Both pooled: rates of a whole are never means of rates."""
        return RateCounts(
            self.ratings + other.ratings,
            self.good + other.good,
            self.defaults + other.defaults,
            self.tickets + other.tickets,
            self.answered + other.answered,
            self.rectified + other.rectified,
            self.called + other.called,
            self.satisfied + other.satisfied,
            self.cases + other.cases,
            self.cases_rated + other.cases_rated,
        )

    @property
    def active(self) -> int:
        """Ratings that a person gave."""
        return self.ratings - self.defaults

    @property
    def bad(self) -> int:
        """Ratings of level 1 and 2."""
        return self.ratings - self.good

    def rate(self, code: str) -> Rate:
        """One of the rates by its code."""
        above, below = {
            "good": (self.good, self.ratings),
            "default_good": (self.defaults, self.good),
            "answered": (self.answered, self.tickets),
            "rectified": (self.rectified, self.tickets),
            "satisfied": (self.satisfied, self.rectified if self.called else 0),
            "called": (self.called, self.rectified),
            "participation": (self.cases_rated, self.cases),
        }[code]
        return Rate(code, above, below)

    def five(self) -> tuple[Rate, ...]:
        """The five, in the Guide's order."""
        return tuple(self.rate(code) for code in FIVE)


def of_levels(levels: Mapping[int, int], defaults: int = 0) -> RateCounts:
    """The counts of ratings by level; default ratings are good (Art. 20)."""
    good = sum(number for level, number in levels.items() if not is_bad(level))
    return RateCounts(ratings=sum(levels.values()), good=good, defaults=defaults)


@dataclass(frozen=True, slots=True)
class Slice:
    """One of several things that were counted. `share`, `cumulative`: of all counts, 0–100, unrounded."""

    key: str
    name: str
    number: int
    share: Fraction
    cumulative: Fraction

    @property
    def share_shown(self) -> Decimal:
        """The share as shown."""
        return shown(self.share)

    @property
    def cumulative_shown(self) -> Decimal:
        """The share together with all larger ones, as shown."""
        return shown(self.cumulative)


def pareto(counts: Mapping[str, int], names: Mapping[str, str]) -> tuple[Slice, ...]:
    """Largest first, with their shares and what these add up to (Guide 8.1.2)."""
    whole, done, made = sum(counts.values()), 0, list[Slice]()
    for key, number in sorted(counts.items(), key=lambda pair: (-pair[1], names.get(pair[0], pair[0]))):
        done += number
        share, cumulative = Fraction(100 * number, whole), Fraction(100 * done, whole)
        made.append(Slice(key, names.get(key, key), number, share, cumulative))
    return tuple(made)
