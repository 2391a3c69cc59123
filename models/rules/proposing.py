"""Which agency should put a bad rating right: what speaks for each, in points that anyone can add up (Art. 3, 23).

The rules, in their order, each with its points:

1. History: tickets of the same item and the same agency rated that an agency took and kept: 3, and 1 more for each
   of them up to 3. Whoever gave back or lost at least as many as they kept loses 4 instead: sending them another one
   would only be declined again.
2. The counter: whose hall the person was served in: 3.
3. The agency rated: 2. The province attributes a rating to whoever served the person.
4. The item: whom the registry names as in charge of it: 1. That is one department for the whole county, also where
   a township's counter served; so it decides only where the rest does not speak, and is offered beside it.

The most points come first; with equal points, the one that the earlier rule names.
"""

from __future__ import annotations

from dataclasses import dataclass

#: What each rule is worth.
KEPT, KEPT_MORE_AT_MOST, GIVEN_BACK, COUNTER, RATED, ITEM = 3, 3, -4, 3, 2, 1


@dataclass(frozen=True, slots=True)
class History:
    """How many tickets of this kind an agency kept, and how many it declined or lost to another."""

    agency: str
    kept: int
    given_back: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a ticket: the agency rated, the counter's agency, the item's, and what became of others like it."""

    rated: str
    counter: str | None = None
    item: str | None = None
    history: tuple[History, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agency with its points and what they come of, in sentences for people."""

    agency: str
    points: int
    reasons: tuple[str, ...]

    @property
    def why(self) -> str:
        """The reasons as one line."""
        return "；".join(self.reasons)


def candidates(facts: Facts) -> tuple[Candidate, ...]:
    """The agencies that something speaks for, the best first; never empty."""
    found: dict[str, list[tuple[int, str]]] = {}
    for agency, points, reason in _said(facts):
        found.setdefault(agency, []).append((points, reason))
    ranked = [
        Candidate(agency, sum(p for p, _ in said), tuple(reason for _, reason in said))
        for agency, said in found.items()
    ]
    ranked.sort(key=lambda c: -c.points)
    return tuple(c for c in ranked if c.points > 0) or tuple(ranked[:1])


def _said(facts: Facts) -> tuple[tuple[str, int, str], ...]:
    """(agency, points, reason) by every rule, in their order."""
    found = [_of_history(h) for h in facts.history]
    found.sort(key=lambda said: -said[1])
    if facts.counter:
        found.append((facts.counter, COUNTER, "评价窗口属于该单位"))
    found.append((facts.rated, RATED, "被评价单位"))
    if facts.item:
        found.append((facts.item, ITEM, "事项主管部门"))
    return tuple(found)


def _of_history(history: History) -> tuple[str, int, str]:
    if history.given_back >= history.kept:
        return history.agency, GIVEN_BACK, f"同类工单曾退单或改派 {history.given_back} 件"
    points = KEPT + min(history.kept, KEPT_MORE_AT_MOST)
    back = f"，退单或改派 {history.given_back} 件" if history.given_back else ""
    return history.agency, points, f"同类工单 {history.kept} 件由其承办{back}"
