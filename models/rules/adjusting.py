"""What was changed after a close (rules §3): closed facts + adjustment = live facts, count by count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from models.rules.ratings import Platform
from models.rules.scoring import AgencyFacts, TicketGroup

K = TypeVar("K", bound=Hashable)
#: How tickets stand: handled, handed in, past the due date.
Alike = tuple[bool, bool, bool]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What has to be added to the facts of a close, negative where something is gone; nothing is listed as 0."""

    levels: Mapping[tuple[Platform, int], int]
    cases: Mapping[Platform, int]
    rated: Mapping[Platform, int]
    tickets: Mapping[Alike, int]
    halls: tuple[int, int]
    cases_loaded: bool

    def __bool__(self) -> bool:
        """Whether anything was changed."""
        return bool(
            self.levels or self.cases or self.rated or self.tickets or any(self.halls) or self.cases_loaded
        )

    def added_to(self, closed: AgencyFacts) -> AgencyFacts:
        """The facts as they stand now; name and order stay those of the close."""
        levels: dict[Platform, Counter[int]] = {}
        for (platform, level), number in _sum(_levels(closed), self.levels).items():
            levels.setdefault(platform, Counter())[level] = number
        cases, rated = _sum(_cases(closed, 1), self.cases), _sum(_cases(closed, 0), self.rated)
        tickets = _sum(_tickets(closed), self.tickets)
        return AgencyFacts(
            closed.agency,
            closed.order,
            levels,
            {p: (rated.get(p, 0), cases.get(p, 0)) for p in {*cases, *rated}},
            (closed.halls[0] + self.halls[0], closed.halls[1] + self.halls[1]),
            tuple(TicketGroup(number, *alike) for alike, number in sorted(tickets.items())),
            closed.cases_loaded != self.cases_loaded,
        )


def adjustment(closed: AgencyFacts, live: AgencyFacts) -> Adjustment:
    """What was changed between the close and now."""
    return Adjustment(
        levels=_difference(_levels(closed), _levels(live)),
        cases=_difference(_cases(closed, 1), _cases(live, 1)),
        rated=_difference(_cases(closed, 0), _cases(live, 0)),
        tickets=_difference(_tickets(closed), _tickets(live)),
        halls=(live.halls[0] - closed.halls[0], live.halls[1] - closed.halls[1]),
        cases_loaded=closed.cases_loaded != live.cases_loaded,
    )


def _levels(facts: AgencyFacts) -> dict[tuple[Platform, int], int]:
    return {(p, level): n for p, by_level in facts.levels.items() for level, n in by_level.items()}


def _cases(facts: AgencyFacts, which: int) -> dict[Platform, int]:
    return {p: pair[which] for p, pair in facts.cases.items()}


def _tickets(facts: AgencyFacts) -> Counter[Alike]:
    found: Counter[Alike] = Counter()
    for group in facts.tickets:
        found[group.rectified, group.submitted, group.due] += group.count
    return found


def _difference(before: Mapping[K, int], after: Mapping[K, int]) -> dict[K, int]:
    found = {key: after.get(key, 0) - before.get(key, 0) for key in {*before, *after}}
    return {key: number for key, number in found.items() if number}


def _sum(before: Mapping[K, int], change: Mapping[K, int]) -> dict[K, int]:
    found = {key: before.get(key, 0) + change.get(key, 0) for key in {*before, *change}}
    return {key: number for key, number in found.items() if number}
