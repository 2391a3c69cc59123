"""Profiles: how a source spells levels and types of cases. One is chosen by the headings or by name.

A code that two sources use with two meanings is never guessed row by row: the key pad's and the
evaluator's codes, points, and the other way round of 办件类型 are profiles of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.errors import UserError
from app.intake.headings import Heading

_TEXTS = {
    "非常满意": 5,
    "很满意": 5,
    "十分满意": 5,
    "满意": 4,
    "比较满意": 4,
    "基本满意": 3,
    "一般": 3,
    "不满意": 2,
    "较不满意": 2,
    "非常不满意": 1,
    "很不满意": 1,
    "十分不满意": 1,
}
_CODES = {str(n): n for n in range(1, 6)}
#: Art. 6: the points of the five levels.
POINTS = {"10": 5, "8": 4, "6": 3, "3": 2, "0": 1}
_INSTANT_FIRST = {"1": 1, "2": 2, "即办": 1, "即办件": 1, "承诺": 2, "承诺件": 2}
_PROMISE_FIRST = {**_INSTANT_FIRST, "1": 2, "2": 1}


@dataclass(frozen=True, slots=True)
class Profile:
    """`levels`: spelling → level 1–5. `case_types`: spelling → 1 即办 / 2 承诺.

    `points_by_column`: whether a column of nothing but points (10, 8, 6, 3, 0) is read as points.
    """

    name: str
    label: str
    levels: Mapping[str, int]
    case_types: Mapping[str, int] = field(default_factory=lambda: _INSTANT_FIRST)
    points_by_column: bool = False


PROFILES = (
    Profile("county", "县级导出", {**_CODES, **_TEXTS}, points_by_column=True),
    Profile("national", "国家标准字段", {**_CODES, **_TEXTS}, points_by_column=True),
    Profile(
        "national-reversed",
        "国家标准字段（承诺件为1）",
        {**_CODES, **_TEXTS},
        _PROMISE_FIRST,
        points_by_column=True,
    ),
    Profile("points", "按分值", {**POINTS, **_TEXTS}),
    Profile("keypad", "窗口按键评价器", {"3": 5, "2": 4, "1": 3, "0": 2, "5": 1, **_TEXTS}),
    Profile("evaluator", "评价器0最好", {"0": 5, "1": 4, "2": 3, "3": 2, "4": 1, **_TEXTS}),
)


def named(name: str) -> Profile:
    """The profile of that name, short or Chinese; UserError lists them all."""
    for profile in PROFILES:
        if name in (profile.name, profile.label):
            return profile
    names = "、".join(f"{p.name}（{p.label}）" for p in PROFILES)
    raise UserError(f"没有名为“{name}”的识别方案。可用的有：{names}。", code="unknown_profile")


def chosen(headings: Iterable[Heading]) -> Profile:
    """National where most known headings are its field names, else county."""
    texts = [h.texts[column] for h in headings for column in h.columns.values()]
    national = sum(text.isascii() for text in texts)
    return named("national" if national * 2 > len(texts) else "county")


def level_table(profile: Profile, found: Iterable[str]) -> Mapping[str, int]:
    """The profile's levels; as points where the column's spellings hold 10, 8 or 6 and none of 5, 4, 2, 1."""
    spellings = set(found)
    is_points = bool(spellings & {"10", "8", "6"}) and not spellings & {"5", "4", "2", "1"}
    return {**POINTS, **_TEXTS} if profile.points_by_column and is_points else profile.levels
