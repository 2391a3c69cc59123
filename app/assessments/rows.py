"""What the other parts of the program see of assessments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from app.rankings.queries import Period
from models.rules.indicators import INDICATORS, Evaluation, Source, Value

#: Parent → its comparisons by pairs.
PairSets = Mapping[str, Mapping[tuple[str, str], Fraction]]


@dataclass(frozen=True, slots=True)
class Entry:
    """An assessed value as it was entered. `counts`: the latest of its source that was not withdrawn."""

    id: int
    agency: str
    indicator: str
    source: Source
    value: Decimal
    numerator: int | None
    denominator: int | None
    evidence: str
    assessor: str
    entered_by: str
    entered_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdraw_reason: str | None
    counts: bool

    @property
    def exact(self) -> Fraction:
        """The value, of its counts where it has some."""
        if self.numerator is None or not self.denominator:
            return Fraction(self.value)
        return Fraction(100 * self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class WeightSet:
    """Weights in force from the 1st of a month, with who put them and why."""

    effective_from: date
    weights: Mapping[str, Decimal]
    pairs: PairSets
    reason: str
    put_by: str | None
    put_at: datetime


@dataclass(frozen=True, slots=True)
class AgencyTotal:
    """One agency's total. `id`: the agency's; `rank`: None where it is not ranked; `counted`: the entries behind it."""

    id: int
    agency: str
    rank: int | None
    values: Mapping[str, Value]
    evaluation: Evaluation
    counted: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of a group in a period, ranked first, the others after them in standing order.

    `ranked`: whether all of the group are at hand; a liaison sees only the own agency.
    """

    period: Period
    group: str
    weights: WeightSet
    cutoff: datetime
    rows: tuple[AgencyTotal, ...]
    ranked: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A value to be entered: the value itself, or for a ratio numerator and denominator."""

    agency_id: int
    period: Period
    indicator: str
    source: Source
    evidence: str
    assessor: str
    value: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None

    def problem(self) -> str | None:
        """What is missing or wrong, as a sentence; None where it can be entered."""
        counts = (self.numerator, self.denominator)
        if counts != (None, None):
            wrong = _counts_problem(self.indicator, *counts)
        else:
            wrong = _value_problem(self.value)
        if wrong:
            return wrong
        if not self.evidence.strip() or len(self.evidence) > 1000:
            return "请写明评价依据（至多1000字）。"
        if not self.assessor.strip() or len(self.assessor) > 60:
            return "请写明评价人或机构（至多60字）。"
        return None


def _counts_problem(indicator: str, numerator: int | None, denominator: int | None) -> str | None:
    if INDICATORS[indicator].counts is None:
        return "只有比例类指标可以填分子、分母。"
    if numerator is None or denominator is None:
        return "分子、分母要一起填。"
    if denominator > 2_000_000_000:
        return "分母太大。"
    return None if 0 <= numerator <= denominator and denominator else "分子应不大于分母，分母应大于0。"


def _value_problem(value: Decimal | None) -> str | None:
    if value is None:
        return "请填写评价值。"
    fits = 0 <= value <= 100 and value == value.quantize(Decimal("0.01"))
    return None if fits else "评价值应在0到100之间，至多两位小数。"


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line of a third party's file: what it would enter, or why it cannot be taken. `id`: its row in the sheet."""

    id: int
    agency: str
    indicator: str
    period: str
    value: str
    draft: Draft | None
    problem: str | None


def drafts(lines: Sequence[FileLine]) -> tuple[Draft, ...]:
    """What the lines come to; those with a problem are left out."""
    return tuple(line.draft for line in lines if line.draft is not None)
