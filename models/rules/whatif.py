"""Why an agency stands where it stands, and what would change it: pure reckoning over the facts of a ranking.

Nothing here changes data. Every answer is computed by `models.rules.scoring`, the one function of the score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from models.rules.ratings import Platform, Satisfaction, is_bad
from models.rules.rulesets import RuleSet
from models.rules.scoring import AgencyFacts, Part, Ranking, Score, TicketGroup, composite, rank, shown

#: Ratings by platform and level.
Levels = Mapping[Platform, Mapping[int, int]]


class PartName(StrEnum):
    """The four parts of the composite (Art. 22), in the order in which they are shown."""

    QUALITY = "quality"
    HANDLING = "handling"
    HALL_ADOPTION = "hall_adoption"
    COVERAGE = "coverage"

    @property
    def label(self) -> str:
        """The part's Chinese name."""
        return _PART_LABELS[self.value]

    @property
    def short(self) -> str:
        """The name where there is little room."""
        return _SHORT[self.value]

    @property
    def article(self) -> str:
        """Where it comes from."""
        return _ARTICLES[self.value]

    def of(self, score: Score) -> Part:
        """The part of a score."""
        part: Part = getattr(score, self.value)
        return part


_PART_LABELS = {
    "quality": "政务服务质量",
    "handling": "差评工单处理率",
    "hall_adoption": "大厅推广度",
    "coverage": "办事评价覆盖度",
}
_SHORT = {
    "quality": "服务质量",
    "handling": "工单处理",
    "hall_adoption": "大厅推广",
    "coverage": "评价覆盖",
}
_ARTICLES = {
    "quality": "细则第六条、第二十二条①",
    "handling": "细则第二十二条④",
    "hall_adoption": "细则第二十二条②",
    "coverage": "细则第二十二条③",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """What a part costs, in points of the composite: against full marks, and against the agency ranked just above
    (negative where this one is better there; None for the first).

    A part that does not apply costs nothing, but the one above may have points there.
    """

    part: PartName
    lost: Decimal
    behind: Decimal | None


@dataclass(frozen=True, slots=True)
class Change:
    """What if: so many more tickets handled, halls with an active rating, and cases actively rated by channel; fewer
    where negative. What further ratings would say is not known; of the bad ones that count for the quality so many
    may be `improved` to the best level, or `excluded` (Art. 25), those of the lowest level first."""

    handled: int = 0
    halls: int = 0
    rated: Mapping[Platform, int] = field(default_factory=dict)
    improved: int = 0
    excluded: int = 0


class Lever(StrEnum):
    """What an agency can still do something about."""

    TICKETS = "tickets"
    HALLS = "halls"
    RATED = "rated"


@dataclass(frozen=True, slots=True)
class Step:
    """The fewest units of one lever that win a rank, out of so many possible, and what comes out; `best`: the rank
    that all of them would win."""

    lever: Lever
    channel: Platform | None
    amount: int
    possible: int
    composite: Decimal
    rank: int
    best: int


@dataclass(frozen=True, slots=True)
class Move:
    """An agency in two rankings: rank and composite before and after, None where it is not ranked."""

    agency: str
    before: tuple[int, Decimal] | None
    after: tuple[int, Decimal] | None

    @property
    def gained(self) -> int:
        """Ranks gained, negative where lost; 0 where one of the two is missing."""
        return self.before[0] - self.after[0] if self.before and self.after else 0


def losses(score: Score, above: Score | None) -> tuple[Loss, ...]:
    """Points lost by part, in the order in which the parts are shown; parts that apply to neither are left out."""
    found = []
    for name in PartName:
        part, theirs = name.of(score), None if above is None else name.of(above)
        if part.exact is None and (theirs is None or theirs.exact is None):
            continue
        lost = Decimal("0.00") if part.exact is None else shown((100 - part.exact) * part.share)
        found.append(Loss(name, lost, None if theirs is None else theirs.contribution - part.contribution))
    return tuple(found)


def changed(facts: AgencyFacts, change: Change, rules: RuleSet) -> AgencyFacts:
    """The facts as they would be; never more than there is (tickets, halls, cases), never fewer than none."""
    cases = {
        platform: (_within(rated + change.rated.get(platform, 0), number), number)
        for platform, (rated, number) in facts.cases.items()
    }
    halls = (_within(facts.halls[0] + change.halls, facts.halls[1]), facts.halls[1])
    return replace(
        facts,
        levels=_better(facts.levels, change, rules),
        tickets=_handled(facts.tickets, change.handled, rules),
        halls=halls,
        cases=cases,
    )


def _better(levels: Levels, change: Change, rules: RuleSet) -> Levels:
    """The levels with bad ratings improved and then excluded, never more than there are.

    The cases stay as they are: an excluded rating leaves the quality, the case was rated all the same.
    """
    found = {platform: dict(by_level) for platform, by_level in levels.items()}
    for amount, kept in ((change.improved, True), (change.excluded, False)):
        for platform, level in _worst(found, rules):
            moved = min(max(0, amount), found[platform][level])
            amount -= moved
            found[platform][level] -= moved
            if moved and kept:
                best = max(Satisfaction)
                found[platform][best] = found[platform].get(best, 0) + moved
    return found


def _worst(levels: Levels, rules: RuleSet) -> list[tuple[Platform, int]]:
    """Where the bad ratings are that count for the quality, the lowest level first."""
    return [
        (platform, level)
        for level in sorted(filter(is_bad, Satisfaction))
        for platform in rules.quality_platforms
        if levels.get(platform, {}).get(level)
    ]


def bad_ratings(facts: AgencyFacts, rules: RuleSet) -> int:
    """Bad ratings that count for the quality: what may be improved or excluded."""
    return sum(facts.levels[platform][level] for platform, level in _worst(facts.levels, rules))


def _within(number: int, most: int) -> int:
    return max(0, min(number, most))


def _handled(tickets: Sequence[TicketGroup], amount: int, rules: RuleSet) -> tuple[TicketGroup, ...]:
    """Tickets of which `amount` more are handled, those that are due first; fewer where negative, these last."""
    more, left = amount > 0, abs(amount)
    found: list[TicketGroup] = []
    for group in sorted(tickets, key=lambda g: not g.due if more else g.due):
        moved = 0 if _is_handled(group, rules) is more else min(left, group.count)
        left -= moved
        if moved:
            found.append(replace(group, count=moved, rectified=more, submitted=more))
        if group.count > moved:
            found.append(replace(group, count=group.count - moved))
    return tuple(found)


def handled(facts: AgencyFacts, rules: RuleSet) -> tuple[int, int]:
    """Tickets handled, and all: what a change of the handled may reach."""
    done = sum(g.count for g in facts.tickets if _is_handled(g, rules))
    return done, sum(g.count for g in facts.tickets)


def _is_handled(group: TicketGroup, rules: RuleSet) -> bool:
    return group.submitted if rules.handled_means == "submitted" else group.rectified


def with_changes(facts: Sequence[AgencyFacts], changes: Mapping[str, Change], rules: RuleSet) -> Ranking:
    """The ranking of all, had the facts of some agencies changed."""
    return rank((changed(f, changes[f.agency], rules) if f.agency in changes else f for f in facts), rules)


def moves(before: Ranking, after: Ranking) -> tuple[Move, ...]:
    """Every agency that is ranked in one of the two, in the order of the second; who left it stands last."""
    old, new = _places(before), _places(after)
    return tuple(Move(name, old.get(name), new.get(name)) for name in {**new, **old})


def _places(ranking: Ranking) -> dict[str, tuple[int, Decimal]]:
    return {row.score.facts.agency: (row.rank, row.score.composite) for row in ranking.rows}


def best_rank(facts: Sequence[AgencyFacts], agency: str, rules: RuleSet) -> int | None:
    """The rank that doing everything that is still open would win; None for who is not ranked."""
    mine = next((f for f in facts if f.agency == agency), None)
    if mine is None:
        return None
    done, tickets = handled(mine, rules)
    rated = {channel: number for channel, (_, number) in mine.cases.items()}
    full = Change(tickets - done, mine.halls[1], rated)
    place = _places(with_changes(facts, {agency: full}, rules)).get(agency)
    return None if place is None else place[0]


def steps(facts: Sequence[AgencyFacts], agency: str, rules: RuleSet) -> tuple[Step, ...]:
    """For each lever the least that wins a rank, the least work first; none for the first, or who is not ranked."""
    mine = next((f for f in facts if f.agency == agency), None)
    others = [s.composite for f in facts if f.agency != agency and (s := composite(f, rules)) is not None]
    if mine is None or composite(mine, rules) is None:
        return ()
    found = [
        step
        for lever, channel, possible in _levers(mine, rules)
        if (step := _least(mine, others, lever, channel, possible, rules)) is not None
    ]
    return tuple(sorted(found, key=lambda s: (s.amount / s.possible, s.amount)))


def _levers(facts: AgencyFacts, rules: RuleSet) -> list[tuple[Lever, Platform | None, int]]:
    done, tickets = handled(facts, rules)
    levers: list[tuple[Lever, Platform | None, int]] = [
        (Lever.TICKETS, None, tickets - done),
        (Lever.HALLS, None, facts.halls[1] - facts.halls[0]),
    ]
    for channel in rules.coverage_channels:
        rated, number = facts.cases.get(channel, (0, 0))
        levers.append((Lever.RATED, channel, number - rated))
    return [lever for lever in levers if lever[2] > 0]


def _least(
    facts: AgencyFacts,
    others: Sequence[Decimal],
    lever: Lever,
    channel: Platform | None,
    possible: int,
    rules: RuleSet,
) -> Step | None:
    """More of a lever never lowers the score, so that the least is found by halving."""

    def outcome(amount: int) -> tuple[Decimal, int]:
        score = composite(changed(facts, _change(lever, channel, amount), rules), rules)
        assert score is not None  # it had one before
        return score.composite, 1 + sum(other > score.composite for other in others)

    now, best = outcome(0)[1], outcome(possible)[1]
    if best >= now:
        return None
    low, high = 0, possible
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if outcome(middle)[1] < now else (middle, high)
    value, place = outcome(high)
    return Step(lever, channel, high, possible, value, place, best)


def _change(lever: Lever, channel: Platform | None, amount: int) -> Change:
    if lever is Lever.TICKETS:
        return Change(handled=amount)
    if lever is Lever.HALLS:
        return Change(halls=amount)
    assert channel is not None
    return Change(rated={channel: amount})
