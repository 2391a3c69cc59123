"""The composite score as a spreadsheet reckons it: what is counted, and the formulas over it, under one rule set.

Only what every spreadsheet of the last twenty years knows: IF, OR, SUM, ROUND, RANK, COUNTIF. A formula follows
`models.rules.scoring` step by step; a test recalculates them and holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from models.rules.ratings import Platform
from models.rules.rulesets import RuleSet
from models.rules.scoring import AgencyFacts
from models.rules.whatif import PartName, handled

#: Names of the sheets that formulas point to.
COUNTS, WORK, RULES = "计数", "计算", "规则"
#: The levels as the columns stand, best first.
LEVELS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
#: First line of agencies on the sheets of counts and of reckoning, counted from 1.
FIRST = 5


@dataclass(frozen=True, slots=True)
class Count:
    """A column of counts: what it belongs to, its heading, and the number of an agency."""

    key: str
    over: str
    heading: str
    of: Callable[[AgencyFacts], int]


@dataclass(frozen=True, slots=True)
class Step:
    """A column of the reckoning: its heading and the formula of an agency's line."""

    key: str
    heading: str
    formula: Callable[[int], str]


def letter(column: int) -> str:
    """0 → A, 26 → AA."""
    return (letter(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def counts(rules: RuleSet) -> tuple[Count, ...]:
    """What the score is reckoned from, in the order of the columns after the agency's name."""
    return (
        Count("halls", "政务服务大厅", "大厅", lambda f: f.halls[1]),
        Count("active", "政务服务大厅", "有主动评价", lambda f: f.halls[0]),
        Count("tickets", "差评工单", "工单", lambda f: handled(f, rules)[1]),
        Count("handled", "差评工单", "已处理", lambda f: handled(f, rules)[0]),
        Count("waiting", "差评工单", "未到期未处理", lambda f: _waiting(f, rules)),
        *(_level(p, level) for p in rules.quality_platforms for level in LEVELS),
        Count("others", "其他平台", "评价", lambda f: f.ratings - sum(_counted(f, rules))),
        *(column for channel in rules.coverage_channels for column in _channel(channel)),
    )


def _waiting(facts: AgencyFacts, rules: RuleSet) -> int:
    """Tickets neither due nor handled."""
    early = replace(facts, tickets=tuple(g for g in facts.tickets if not g.due))
    done, tickets = handled(early, rules)
    return tickets - done


def _level(platform: Platform, level: int) -> Count:
    return Count(
        f"{platform.value}.{level}",
        f"{platform.label}的评价",
        LEVELS[level],
        lambda f: f.levels.get(platform, {}).get(level, 0),
    )


def _channel(channel: Platform) -> tuple[Count, Count]:
    over = f"{channel.label}的办件"
    return (
        Count(f"{channel.value}.cases", over, "办件", lambda f: f.cases.get(channel, (0, 0))[1]),
        Count(f"{channel.value}.rated", over, "已主动评价", lambda f: f.cases.get(channel, (0, 0))[0]),
    )


def _counted(facts: AgencyFacts, rules: RuleSet) -> Iterator[int]:
    return (sum(facts.levels.get(p, {}).values()) for p in rules.quality_platforms)


@dataclass(frozen=True, slots=True)
class Places:
    """Where things stand: columns of the counts, and cells of the rules, `weight.with.quality`, `points.5`, …"""

    counts: tuple[str, ...]
    rules: dict[str, str]

    def count(self, key: str, line: int) -> str:
        """The cell of a count."""
        return f"{COUNTS}!{letter(self.counts.index(key) + 1)}{line}"

    def rule(self, key: str) -> str:
        """The cell of a rule."""
        return f"{RULES}!{self.rules[key]}"


def steps(rules: RuleSet, places: Places) -> tuple[Step, ...]:
    """The reckoning column by column, after the agency's name; unrounded."""
    names = [*_sums(rules, places)]
    at = {step.key: letter(number) for number, step in enumerate(names, 1)}
    made = [*names]

    def add(key: str, heading: str, formula: Callable[[int], str]) -> None:
        made.append(Step(key, heading, formula))
        at[key] = letter(len(made))

    add("quality", PartName.QUALITY.short, lambda n: _quality(rules, at, n))
    add("handling", PartName.HANDLING.short, lambda n: _handling(rules, places, n))
    add("hall_adoption", PartName.HALL_ADOPTION.short, lambda n: _adoption(places, n))
    add("coverage", PartName.COVERAGE.short, lambda n: _coverage(rules, places, n))
    for part in PartName:
        add(f"{part}.weight", f"{part.short}的权重", _weight(part, places, at))
    add("weights", "适用权重之和", lambda n: "=" + _sum(f"{at[f'{p}.weight']}{n}" for p in PartName))
    for part in PartName:
        add(f"{part}.points", f"{part.short}折算分", _points(part, at))
    add("composite", "综合评分", lambda n: _composite(at, n))
    return tuple(made)


def rounded(cell: str, empty: str = "") -> str:
    """Two decimals, half up, or `empty` where there is no value.

    First to ten, so that a half that binary arithmetic misses by a hair goes up too.
    """
    return f'=IF({cell}="","{empty}",ROUND(ROUND({cell},10),2))'


def _sums(rules: RuleSet, places: Places) -> Iterator[Step]:
    """Points and ratings of each platform that counts for the quality."""
    for platform in rules.quality_platforms:
        yield Step(
            f"{platform.value}.points", f"{platform.label}分数之和", _platform_points(platform, places)
        )
        yield Step(f"{platform.value}.ratings", f"{platform.label}评价", _platform_ratings(platform, places))


def _platform_points(platform: Platform, places: Places) -> Callable[[int], str]:
    return lambda n: (
        "="
        + _sum(
            f"{places.count(f'{platform.value}.{level}', n)}*{places.rule(f'points.{level}')}"
            for level in LEVELS
        )
    )


def _platform_ratings(platform: Platform, places: Places) -> Callable[[int], str]:
    return lambda n: "=" + _sum(places.count(f"{platform.value}.{level}", n) for level in LEVELS)


def _quality(rules: RuleSet, at: dict[str, str], n: int) -> str:
    pairs = [
        (f"{at[f'{p.value}.points']}{n}", f"{at[f'{p.value}.ratings']}{n}") for p in rules.quality_platforms
    ]
    if rules.quality_mean == "by_platform":
        return _mean_of(pairs, 10)
    points, ratings = _sum(p for p, _ in pairs), _sum(r for _, r in pairs)
    return f'=IF(({ratings})=0,"",({points})/({ratings})*10)'


def _handling(rules: RuleSet, places: Places, n: int) -> str:
    done, tickets = places.count("handled", n), places.count("tickets", n)
    if rules.ticket_denominator != "all":
        tickets = f"({tickets}-{places.count('waiting', n)})"
    return _share(done, tickets, '""' if rules.no_ticket == "leave_out" else "100")


def _adoption(places: Places, n: int) -> str:
    return _share(places.count("active", n), places.count("halls", n))


def _coverage(rules: RuleSet, places: Places, n: int) -> str:
    pairs = [
        (places.count(f"{c.value}.rated", n), places.count(f"{c.value}.cases", n))
        for c in rules.coverage_channels
    ]
    return _mean_of(pairs, 100)


def _share(part: str, whole: str, empty: str = '""') -> str:
    return f"=IF({whole}=0,{empty},{part}/{whole}*100)"


def _mean_of(pairs: Sequence[tuple[str, str]], times: int) -> str:
    """The mean of quotients, over those whose denominator is not 0."""
    there = _sum(f"IF({whole}=0,0,1)" for _, whole in pairs)
    quotients = _sum(f"IF({whole}=0,0,{part}/{whole})" for part, whole in pairs)
    return f'=IF(({there})=0,"",({quotients})/({there})*{times})'


def _weight(part: PartName, places: Places, at: dict[str, str]) -> Callable[[int], str]:
    with_hall, without = places.rule(f"weight.with.{part}"), places.rule(f"weight.without.{part}")
    return lambda n: f'=IF({at[part]}{n}="",0,IF({places.count("halls", n)}=0,{without},{with_hall}))'


def _points(part: PartName, at: dict[str, str]) -> Callable[[int], str]:
    return lambda n: f'=IF({at[part]}{n}="",0,{at[part]}{n}*{at[f"{part}.weight"]}{n}/{at["weights"]}{n})'


def _composite(at: dict[str, str], n: int) -> str:
    points = _sum(f"{at[f'{part}.points']}{n}" for part in PartName)
    return f'=IF(OR({at["quality"]}{n}="",{at["coverage"]}{n}=""),"",{points})'


def _sum(terms: Iterator[str] | Sequence[str]) -> str:
    return "+".join(terms) or "0"
