"""The figures of a circular, each under a key, as they stand in its text: from the ranking and the statistics, and nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection, text

from app.circulars.tables import bad_table, label_table, ranking_table
from app.documents.model import Table
from app.rankings.queries import GROUPS, Period, RankingView, history
from app.registry.queries import BodyKind, body
from app.statistics import queries as statistics
from app.statistics.rows import Figures, Scope
from app.statistics.wording import before_name, listed
from app.tickets.rows import Side
from app.workspace import Person
from models.rules.appeals import State as AppealState
from models.rules.circulars import Kind, change
from models.rules.rates import Slice
from models.rules.ratings import Satisfaction, is_bad
from models.rules.rulesets import RuleSet
from models.rules.scoring import AgencyFacts, mean_points, shown

#: How many of a kind a sentence names.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What a circular may say of its months.

    `shown`: key → as it stands in the text; a key that is missing was not counted, and nothing is said of it. `tables`: by
    key; `closed`: whether every month is closed; `views`: the rankings by group; `small`: of fewer, shares say little.
    """

    kind: Kind
    period: Period
    closed: bool
    shown: Mapping[str, str]
    tables: Mapping[str, Table]
    views: Mapping[str, RankingView]
    figures: Figures
    centre: str
    bureau: str
    phone: str
    cutoff: date
    apart: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pooled:
    """All agencies of a period together."""

    levels: Mapping[int, int]
    cases: int
    cases_rated: int
    tickets: int
    rectified: int

    @property
    def ratings(self) -> int:
        """All item ratings."""
        return sum(self.levels.values())

    @property
    def bad(self) -> int:
        """Ratings of level 1 and 2."""
        return sum(number for level, number in self.levels.items() if is_bad(level))

    def mean(self, rules: RuleSet) -> Fraction | None:
        """Mean points 0–10 (Art. 6)."""
        points, number = mean_points(self.levels, rules)
        return Fraction(points) / number if number else None


def read(connection: Connection, kind: Kind, period: Period, person: Person) -> Facts:
    """Everything of a period. Raises UserError where no rule set is in force for it."""
    read_all = history(connection, Period(period.before.first, period.last))
    views = {group: read_all.ranking(period, group) for group in GROUPS}
    before = {group: _facts_before(read_all, period.before, group) for group in GROUPS}
    figures = statistics.figures(connection, Scope(period), person)
    centre, bureau = body(connection, BodyKind.CENTRE), body(connection, BodyKind.BUREAU)
    now, then = (
        pooled(f for v in views.values() for f in v.facts),
        pooled(f for fs in before.values() for f in fs),
    )
    rules = views["township"].rules
    collected = _Collector(figures, now, then, rules, before_name(period))
    collected.everything()
    collected.appeals(connection, period)
    return Facts(
        kind=kind,
        period=period,
        closed=all(len(view.closed) == period.length for view in views.values()),
        shown=collected.shown,
        tables={
            **{f"ranking.{group}": ranking_table(view) for group, view in views.items()},
            "labels": label_table(figures),
            "bad": bad_table(figures),
        },
        views=views,
        figures=figures,
        centre=centre.name,
        bureau=bureau.name,
        phone=centre.phone,
        cutoff=_cut(views["township"]),
        apart={group: [f"{name}（{why}）" for name, why in view.unranked] for group, view in views.items()},
    )


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


def _facts_before(read_all: object, period: Period, group: str) -> Sequence[AgencyFacts]:
    return read_all.counted.facts(period.first, period.last, group)  # type: ignore[attr-defined,no-any-return]


def _cut(view: RankingView) -> date:
    when = view.closed_at or view.cutoff
    return when.date()


class _Collector:
    """Fills `shown` with what was counted."""

    def __init__(self, figures: Figures, now: Pooled, before: Pooled, rules: RuleSet, than: str) -> None:
        self.figures, self.now, self.before, self.rules, self.than = figures, now, before, rules, than
        self.shown: dict[str, str] = {}

    def everything(self) -> None:
        """All sections."""
        self.shown["than"] = self.than
        self._overall()
        self._levels()
        self._tickets()
        self._problems()

    def _put(self, key: str, value: str) -> None:
        self.shown[key] = value

    def _compared(
        self, key: str, now: int | Decimal | Fraction, before: int | Decimal | Fraction, unit: str
    ) -> None:
        said = change(now, before, unit)
        self._put(key, f"与{self.than}持平" if said == "持平" else f"比{self.than}{said}")

    def _overall(self) -> None:
        now, before, total = self.now, self.before, self.figures.total
        if now.cases:
            self._put("total.cases", f"{now.cases:,}")
            self._put("total.cases_rated", f"{now.cases_rated:,}")
            self._put("total.participation", _percent(now.cases_rated, now.cases))
            if before.cases:
                self._compared(
                    "change.participation",
                    _share(now.cases_rated, now.cases),
                    _share(before.cases_rated, before.cases),
                    "个百分点",
                )
        self._put("total.ratings", f"{now.ratings:,}")
        if not now.ratings:
            return
        self._put("total.active", f"{total.active:,}")
        self._put("total.defaults", f"{total.defaults:,}")
        mean = now.mean(self.rules)
        assert mean is not None
        self._put("total.mean", str(shown(mean)))
        if before.ratings:
            self._compared("change.ratings", now.ratings, before.ratings, "条")
            was = before.mean(self.rules)
            assert was is not None
            self._compared("change.mean", mean, was, "分")

    def _levels(self) -> None:
        now = self.now
        for level in Satisfaction:
            self._put(f"level.{level.value}", f"{now.levels.get(level.value, 0):,}")
        self._put("total.bad", f"{now.bad:,}")
        self._put("total.good", f"{now.ratings - now.bad:,}")
        if now.ratings:
            self._put("total.good_rate", _percent(now.ratings - now.bad, now.ratings))
            self._put("total.bad_rate", _percent(now.bad, now.ratings))
        if self.before.ratings:
            self._compared("change.bad", now.bad, self.before.bad, "条")

    def _tickets(self) -> None:
        now, found = self.now, self.figures.tickets
        self._put("tickets.number", f"{now.tickets:,}")
        self._put("tickets.rectified", f"{now.rectified:,}")
        if now.tickets:
            self._put("tickets.rectified_rate", _percent(now.rectified, now.tickets))
        if self.before.tickets or self.before.ratings:
            self._compared("change.tickets", now.tickets, self.before.tickets, "件")
        if found is not None:
            for side, key in (
                (Side.OVERDUE, "overdue"),
                (Side.RETURNED, "returned"),
                (Side.DECLINED, "declined"),
            ):
                self._put(f"tickets.{key}", f"{found.troubles.get(side, 0):,}")
        total = self.figures.total
        if total.called:
            self._put("calls.called", f"{total.called:,}")
            self._put("calls.satisfied", f"{total.satisfied:,}")

    def _problems(self) -> None:
        found = self.figures.tickets
        if found is None or not found.number:
            return
        shares = found.number >= self.figures.small
        for side, key, unit in (
            (Side.LABEL, "labels", "次"),
            (Side.ITEM, "items", "件"),
            (Side.PLATFORM, "platforms", "件"),
        ):
            if slices := _most(found.slices(side)):
                self._put(f"bad.{key}", listed(slices, unit, shares=shares))

    def appeals(self, connection: Connection, period: Period) -> None:
        """Appeals against ratings of the period, by where they stand."""
        found = {
            AppealState(state): int(number)
            for state, number in connection.execute(_APPEALS, {"first": period.first, "past": period.end})
        }
        number = sum(found.values())
        self._put("appeals.number", f"{number:,}")
        if number:
            corrected = found.get(AppealState.CORRECTED, 0) + found.get(AppealState.RECORDED, 0)
            upheld = found.get(AppealState.DISMISSED, 0) + found.get(AppealState.DISMISSED_BY_AGENCY, 0)
            self._put("appeals.corrected", f"{corrected:,}")
            self._put("appeals.dismissed", f"{upheld:,}")


_APPEALS = text("""
    SELECT state, count(*) FROM appeal
    WHERE rated_at >= pd.local_midnight(:first) AND rated_at < pd.local_midnight(:past) GROUP BY state""")


def _most(slices: Sequence[Slice]) -> Sequence[Slice]:
    """The few that stand out; where all are alike, none does."""
    return [one for one in slices[:NAMED] if one.number > 1]


def _share(number: int, whole: int) -> Fraction:
    return Fraction(100 * number, whole)


def _percent(number: int, whole: int) -> str:
    return f"{shown(_share(number, whole))}%"
