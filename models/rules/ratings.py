"""Ratings: levels, points, platforms, channels and when a rating is valid (Art. 5–7, 17–23)."""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum, StrEnum


class Satisfaction(IntEnum):
    """The five levels of Art. 6, best first by value."""

    VERY_SATISFIED = 5
    SATISFIED = 4
    BASICALLY_SATISFIED = 3
    DISSATISFIED = 2
    VERY_DISSATISFIED = 1

    @property
    def label(self) -> str:
        """The level as it is written on screen and paper."""
        return _LEVEL_LABELS[self.value]


_LEVEL_LABELS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}

#: Art. 6, the shipped rule set's points per level; the numbers in force are rows of the rule set.
POINTS = {5: Decimal(10), 4: Decimal(8), 3: Decimal(6), 2: Decimal(3), 1: Decimal(0)}


class Platform(StrEnum):
    """Where the case was handled (业务平台; Art. 8–15, 22)."""

    PORTAL = "portal"
    YUESHENGSHI = "yueshengshi"
    YUESHANGTONG = "yueshangtong"
    APP = "app"
    HALL = "hall"
    KIOSK = "kiosk"
    HOTLINE = "hotline"
    AGENCY_SYSTEM = "agency_system"
    MINI_PROGRAM = "mini_program"
    PAPER = "paper"
    SUGGESTION = "suggestion"

    @property
    def label(self) -> str:
        """The platform's Chinese name."""
        return _PLATFORM_LABELS[self.value]


_PLATFORM_LABELS = {
    "portal": "政务服务网",
    "yueshengshi": "粤省事",
    "yueshangtong": "粤商通",
    "app": "政务APP",
    "hall": "实体大厅",
    "kiosk": "自助终端",
    "hotline": "12345热线",
    "agency_system": "自建系统",
    "mini_program": "政务服务小程序",
    "paper": "书面评价表",
    "suggestion": "意见箱/簿/邮箱",
}

#: 评价渠道 (national field ``pf``).
CHANNELS = {
    1: "pc端",
    2: "移动端",
    3: "二维码",
    4: "政务大厅平板",
    5: "政务大厅其他终端",
    6: "短信",
    7: "系统默认",
}


def is_bad(level: int) -> bool:
    """Whether a level is 差评: 不满意 or 非常不满意 (Art. 23)."""
    return level <= Satisfaction.DISSATISFIED


def is_called_back(platform: str | None, level: int | None) -> bool:
    """Whether a person has to call back: a bad rating that came by 12345 (Art. 15)."""
    return platform == Platform.HOTLINE and level is not None and is_bad(level)


def lacks_reason(level: int, *, labels: bool, reason: bool) -> bool:
    """Whether a bad rating carries neither label nor written reason and so does not stand (Art. 7)."""
    return is_bad(level) and not labels and not reason


def label_level(code: str) -> int | None:
    """The level a label code belongs to, by its first digit; None where it is no label code."""
    if len(code) == 3 and code.isdigit() and code[0] in "12345":
        return int(code[0])
    return None
