"""What was counted becomes words: key → figure as it stands in a circular. What was not counted has no key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from app.statistics.rows import Figures
from app.statistics.wording import listed
from app.tickets.rows import Side
from models.rules.appeals import State as AppealState
from models.rules.circulars import UNCHANGED, change
from models.rules.rates import Slice
from models.rules.ratings import Satisfaction, is_bad
from models.rules.rulesets import RuleSet
from models.rules.scoring import AgencyFacts, mean_points, shown

#: How many of a kind a sentence names.
NAMED = 3
_SIDES = ((Side.LABEL, "labels", "次"), (Side.ITEM, "items", "件"), (Side.PLATFORM, "platforms", "件"))
_TROUBLES = ((Side.OVERDUE, "overdue"), (Side.RETURNED, "returned"), (Side.DECLINED, "declined"))
_CORRECTED = (AppealState.CORRECTED, AppealState.RECORDED)
_DISMISSED = (AppealState.DISMISSED, AppealState.DISMISSED_BY_AGENCY)


@dataclass(frozen=True, slots=True)
class Pooled:
    """All agencies of a period together."""

    levels: Mapping[int, int] = field(default_factory=dict)
    cases: int = 0
    cases_rated: int = 0
    tickets: int = 0
    rectified: int = 0

    @property
    def ratings(self) -> int:
        """All item ratings."""
        return sum(self.levels.values())

    @property
    def bad(self) -> int:
        """Ratings of level 1 and 2."""
        return sum(number for level, number in self.levels.items() if is_bad(level))

    def mean(self, rules: RuleSet) -> Fraction:
        """Mean points 0–10 (Art. 6); there must be ratings."""
        points, number = mean_points(self.levels, rules)
        return Fraction(points) / number


@dataclass(frozen=True, slots=True)
class Counted:
    """What a circular stands on. `before`: the period before, called `than`; `year_before`: the same month of the last
    year, empty where it is not compared; `calls`: outcome → number; `appeals`: of ratings of the period, by state."""

    figures: Figures
    now: Pooled
    before: Pooled
    year_before: Pooled
    rules: RuleSet
    than: str
    calls: Mapping[str, int]
    appeals: Mapping[AppealState, int]


def pooled(facts: Iterable[AgencyFacts]) -> Pooled:
    """Agencies put together."""
    levels, cases, rated, tickets, rectified = Counter[int](), 0, 0, 0, 0
    for one in facts:
        for by_level in one.levels.values():
            levels.update(by_level)
        cases += sum(number for _, number in one.cases.values())
        rated += sum(number for number, _ in one.cases.values())
        tickets += sum(group.count for group in one.tickets)
        rectified += sum(group.count for group in one.tickets if group.rectified)
    return Pooled(levels, cases, rated, tickets, rectified)


def shown_of(counted: Counted) -> Mapping[str, str]:
    """Key → as it stands in the text."""
    return _Collector(counted).everything()


class _Collector:
    """Fills `shown` with what was counted; of few, no percentage is said."""

    def __init__(self, counted: Counted) -> None:
        self.counted, self.figures = counted, counted.figures
        self.now, self.before, self.small = counted.now, counted.before, counted.rules.small_sample
        self.shown: dict[str, str] = {}

    def everything(self) -> Mapping[str, str]:
        """All of it."""
        self._cases()
        if self.now.ratings:
            self._ratings()
        self._levels()
        self._tickets()
        self._calls()
        self._appeals()
        self._bad()
        self._problems()
        return self.shown

    def _count(self, key: str, number: int) -> None:
        self.shown[key] = f"{number:,}"

    def _rate(self, key: str, number: int, whole: int) -> None:
        if whole >= max(self.small, 1):
            self.shown[key] = f"{shown(_share(number, whole))}%"

    def _compare(
        self, key: str, now: int | Fraction, before: int | Fraction, unit: str, than: str | None = None
    ) -> None:
        said, than = change(now, before, unit), than or self.counted.than
        self.shown[f"change.{key}"] = f"与{than}{said}" if said == UNCHANGED else f"比{than}{said}"

    def _cases(self) -> None:
        now, before = self.now, self.before
        if not now.cases:
            return
        self._count("total.cases", now.cases)
        self._count("total.cases_rated", now.cases_rated)
        self._rate("total.participation", now.cases_rated, now.cases)
        if before.cases:
            self._compare("cases", now.cases, before.cases, "件")
        if min(now.cases, before.cases) >= max(self.small, 1):
            shares = _share(now.cases_rated, now.cases), _share(before.cases_rated, before.cases)
            self._compare("participation", *shares, "个百分点")

    def _ratings(self) -> None:
        now, before, rules = self.now, self.before, self.counted.rules
        self._count("total.active", self.figures.total.active)
        self._count("total.defaults", self.figures.total.defaults)
        self.shown["total.mean"] = str(shown(now.mean(rules)))
        if before.ratings:
            self._compare("ratings", now.ratings, before.ratings, "条")
            self._compare("bad", now.bad, before.bad, "条")
            self._compare("mean", now.mean(rules), before.mean(rules), "分")
        if (year := self.counted.year_before).ratings:
            self._compare("year", now.mean(rules), year.mean(rules), "分", "上年同期")

    def _levels(self) -> None:
        now = self.now
        self._count("total.ratings", now.ratings)
        for level in Satisfaction:
            self._count(f"level.{level.value}", now.levels.get(level.value, 0))
        self._count("total.bad", now.bad)
        self._count("total.good", now.ratings - now.bad)
        self._rate("total.good_rate", now.ratings - now.bad, now.ratings)

    def _tickets(self) -> None:
        now, found = self.now, self.figures.tickets
        self._count("tickets.number", now.tickets)
        self._count("tickets.rectified", now.rectified)
        self._rate("tickets.rectified_rate", now.rectified, now.tickets)
        if self.before.tickets or self.before.ratings:
            self._compare("tickets", now.tickets, self.before.tickets, "件")
        if found is not None and found.whole:
            for side, key in _TROUBLES:
                self._count(f"tickets.{key}", found.troubles.get(side, 0))

    def _calls(self) -> None:
        for outcome, number in self.counted.calls.items():
            if number:
                self._count(f"calls.{outcome}", number)
        if self.figures.total.called:
            self._count("calls.called", self.figures.total.called)

    def _appeals(self) -> None:
        found = self.counted.appeals
        if number := sum(found.values()):
            corrected = sum(found.get(state, 0) for state in _CORRECTED)
            dismissed = sum(found.get(state, 0) for state in _DISMISSED)
            self._count("appeals.number", number)
            self._count("appeals.corrected", corrected)
            self._count("appeals.dismissed", dismissed)
            if rest := number - corrected - dismissed - found.get(AppealState.WITHDRAWN, 0):
                self._count("appeals.open", rest)
            if withdrawn := found.get(AppealState.WITHDRAWN, 0):
                self._count("appeals.withdrawn", withdrawn)

    def _bad(self) -> None:
        found = self.figures.tickets
        if found is None or not found.whole:
            return
        shares = found.number >= self.small
        for side, key, unit in _SIDES:
            if slices := _most(found.slices(side)):
                self.shown[f"bad.{key}"] = listed(slices, unit, shares=shares)

    def _problems(self) -> None:
        if quiet := self.figures.quiet[:NAMED]:
            self.shown["problems.quiet"] = "、".join(
                f"{one.agency}（{one.platform.label}，{one.rate.text}）" for one in quiet
            )
        waiting = [(one.counts.tickets - one.counts.rectified, one.agency) for one in self.figures.agencies]
        waiting = sorted((pair for pair in waiting if pair[0]), key=lambda pair: -pair[0])
        if waiting:
            named = "、".join(f"{agency}{number}件" for number, agency in waiting[:NAMED])
            self.shown["problems.waiting"] = named + (f"等{len(waiting)}个单位" if waiting[NAMED:] else "")


def _most(slices: Sequence[Slice]) -> Sequence[Slice]:
    """The few that stand out; what came once does not."""
    return [one for one in slices[:NAMED] if one.number > 1]


def _share(number: int, whole: int) -> Fraction:
    return Fraction(100 * number, whole)
