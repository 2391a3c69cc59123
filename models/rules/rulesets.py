"""The numbers and choices that the texts leave open or change (Art. 5, 22): rows of the database, in
force from the 1st of a month, so that last year's circular can be recomputed with last year's rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from models.rules.ratings import POINTS, Platform

#: The month from which the shipped rule set is in force (ours: the texts give no date).
FIRST_MONTH = date(2020, 12, 1)


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the composite score's parts (Art. 22), each 0–1, summing to 1; raises ValueError otherwise.

    Quality and coverage are the parts that every ranked agency has, so one of them weighs something.
    """

    quality: Decimal
    handling: Decimal
    hall_adoption: Decimal
    coverage: Decimal

    def __post_init__(self) -> None:
        parts = (self.quality, self.handling, self.hall_adoption, self.coverage)
        if min(parts) < 0 or sum(parts) != 1 or not self.quality + self.coverage:
            raise ValueError(f"these weights make no score: {', '.join(map(str, parts))}")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One rule set; the defaults are those of rules in the texts and, where marked, ours."""

    name: str = "2020-12"
    effective_from: date = FIRST_MONTH
    points: Mapping[int, Decimal] = field(default_factory=lambda: dict(POINTS))
    quality_platforms: tuple[Platform, ...] = (
        Platform.YUESHENGSHI,
        Platform.YUESHANGTONG,
        Platform.APP,
        Platform.PORTAL,
        Platform.HALL,
    )
    quality_mean: str = "pooled"  # or "by_platform"
    coverage_channels: tuple[Platform, ...] = (Platform.PORTAL, Platform.HALL, Platform.APP)
    with_hall: Weights = Weights(Decimal("0.30"), Decimal("0.20"), Decimal("0.20"), Decimal("0.30"))
    without_hall: Weights = Weights(Decimal("0.30"), Decimal("0.30"), Decimal("0"), Decimal("0.40"))
    handled_means: str = "rectified"  # or "submitted"
    ticket_denominator: str = "all"  # or "due_or_handled"
    no_ticket: str = "full"  # or "leave_out"
    small_sample: int = 30
    follow_up_effect: str = "first"  # or "latest"
    mistaken_effect: str = "replace"  # or "exclude": what 误评 does to a rating (Art. 25)
    rectification_days: int = 10
    rework_days: int = 3
    report_days: int = 5
    appeal_days: int = 5
    due_soon_days: int = 2

    def to_json(self) -> dict[str, Any]:
        """The parameters as the database keeps them, without name and date."""
        return {
            "points": {str(k): str(v) for k, v in self.points.items()},
            "quality_platforms": [p.value for p in self.quality_platforms],
            "quality_mean": self.quality_mean,
            "coverage_channels": [p.value for p in self.coverage_channels],
            "with_hall": _weights_json(self.with_hall),
            "without_hall": _weights_json(self.without_hall),
            **{name: getattr(self, name) for name in _CHOICES + _NUMBERS},
        }

    @classmethod
    def from_json(cls, name: str, effective_from: date, parameters: Mapping[str, Any]) -> RuleSet:
        """The rule set that `parameters` describe; raises KeyError where one is missing."""
        return cls(
            name=name,
            effective_from=effective_from,
            points={int(k): Decimal(v) for k, v in parameters["points"].items()},
            quality_platforms=tuple(Platform(p) for p in parameters["quality_platforms"]),
            coverage_channels=tuple(Platform(p) for p in parameters["coverage_channels"]),
            with_hall=_weights(parameters["with_hall"]),
            without_hall=_weights(parameters["without_hall"]),
            quality_mean=str(parameters["quality_mean"]),
            handled_means=str(parameters["handled_means"]),
            ticket_denominator=str(parameters["ticket_denominator"]),
            no_ticket=str(parameters["no_ticket"]),
            follow_up_effect=str(parameters["follow_up_effect"]),
            mistaken_effect=str(parameters.get("mistaken_effect", "replace")),
            small_sample=int(parameters["small_sample"]),
            rectification_days=int(parameters["rectification_days"]),
            rework_days=int(parameters["rework_days"]),
            report_days=int(parameters["report_days"]),
            appeal_days=int(parameters["appeal_days"]),
            due_soon_days=int(parameters["due_soon_days"]),
        )


#: What each choice may be, the texts' own reading first.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "quality_mean": ("pooled", "by_platform"),
    "handled_means": ("rectified", "submitted"),
    "ticket_denominator": ("all", "due_or_handled"),
    "no_ticket": ("full", "leave_out"),
    "follow_up_effect": ("first", "latest"),
    "mistaken_effect": ("replace", "exclude"),
}
#: The least and the most of each number.
RANGES: Mapping[str, tuple[int, int]] = {
    "small_sample": (0, 100_000),
    "rectification_days": (1, 120),
    "rework_days": (1, 60),
    "report_days": (1, 60),
    "appeal_days": (1, 60),
    "due_soon_days": (0, 30),
}
_CHOICES, _NUMBERS = tuple(CHOICES), tuple(RANGES)
_PLATFORMS = ("quality_platforms", "coverage_channels")
_WEIGHTS = ("with_hall", "without_hall")
_WEIGHT = re.compile(r"[01](\.[0-9]{1,4})?")
_POINTS = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2})?")
_PARTS = ("quality", "handling", "hall_adoption", "coverage")

#: The shipped rule set.
SHIPPED = RuleSet()


def in_force(rule_sets: Sequence[RuleSet], month: date) -> RuleSet | None:
    """The rule set in force in `month` (its 1st), or None before the first one."""
    past = [r for r in rule_sets if r.effective_from <= month]
    return max(past, key=lambda r: r.effective_from) if past else None


def until(rule_sets: Sequence[RuleSet], month: date) -> date | None:
    """The month from which the next rule set is in force, None where there is none after `month`."""
    return min((r.effective_from for r in rule_sets if r.effective_from > month), default=None)


def problem(parameters: Mapping[str, Any]) -> str | None:
    """Why parameters make no rule set; None where they do. pd.rule_problem demands the same, in the same order."""
    if set(parameters) - {"points", *_PLATFORMS, *_WEIGHTS, *CHOICES, *RANGES}:
        return "规则里有不认得的项目"
    if any(parameters.get(name) not in values for name, values in CHOICES.items()):
        return "规则里的选项不对"
    if not all(_is_within(parameters.get(name), *ends) for name, ends in RANGES.items()):
        return "天数或件数不在允许的范围内"
    for name in _PLATFORMS:
        if (sentence := _platforms_problem(parameters.get(name))) is not None:
            return sentence
    if not all(are_weights(parameters.get(name)) for name in _WEIGHTS) or Decimal(
        parameters["without_hall"]["hall_adoption"]
    ):
        return "四项权重应各在0到1之间、合计为1，没有大厅的单位不计大厅推广度"
    return None if _are_points(parameters.get("points")) else "五个等级的分值应各在0到10之间"


def are_weights(parts: Any) -> bool:
    """Whether these are four weights, as decimals in words, that make a score."""
    if not isinstance(parts, Mapping) or set(parts) != set(_PARTS):
        return False
    if not all(isinstance(v, str) and _WEIGHT.fullmatch(v) for v in parts.values()):
        return False
    numbers = {name: Decimal(v) for name, v in parts.items()}
    return sum(numbers.values()) == 1 and numbers["quality"] + numbers["coverage"] > 0


def _is_within(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _platforms_problem(names: Any) -> str | None:
    known = {p.value for p in Platform}
    if not isinstance(names, list) or not names or not all(isinstance(n, str) and n in known for n in names):
        return "计分平台或办件渠道不对"
    return "计分平台或办件渠道有重复" if len(set(names)) < len(names) else None


def _are_points(points: Any) -> bool:
    if not isinstance(points, Mapping) or set(points) != set("12345"):
        return False
    return all(isinstance(v, str) and _POINTS.fullmatch(v) and Decimal(v) <= 10 for v in points.values())


def _weights(parts: Mapping[str, str]) -> Weights:
    return Weights(*(Decimal(parts[p]) for p in _PARTS))


def _weights_json(weights: Weights) -> dict[str, str]:
    return {p: str(getattr(weights, p)) for p in _PARTS}
