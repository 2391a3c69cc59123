"""Rows of the registry that other rooms use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_PHONE = 40, 100, 30
_PHONE = re.compile(rf"[0-9 +()（）-]{{0,{LONGEST_PHONE}}}")


class BodyKind(StrEnum):
    """Which body."""

    CENTRE = "centre"
    BUREAU = "bureau"
    HOTLINE = "hotline"

    @property
    def label(self) -> str:
        """The Chinese name of what it is."""
        return {"centre": "中心", "bureau": "市政务服务数据管理局", "hotline": "12345热线"}[self.value]


@dataclass(frozen=True, slots=True)
class Body:
    """A body as papers name it."""

    kind: BodyKind
    name: str
    address: str
    phone: str

    def problem(self) -> str | None:
        """What is missing or wrong, as a sentence."""
        if not self.name.strip():
            return "请填写单位名称。"
        if not _PHONE.fullmatch(self.phone):
            return "电话只能用数字、空格、加号、短横线和括号。"
        return None
