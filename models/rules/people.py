"""The groups of people; each is a group role of the database and decides what its members may do."""

from __future__ import annotations

from enum import StrEnum


class Group(StrEnum):
    """One person is in exactly one group."""

    OFFICER = "officer"
    LIAISON = "liaison"
    BUREAU = "bureau"
    ADMIN = "admin"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """The group's Chinese name."""
        return _LABELS[self.value]

    @property
    def role(self) -> str:
        """The database group role."""
        return f"pd_{self.value}"


_LABELS = {
    "officer": "中心责任人",
    "liaison": "单位责任人",
    "bureau": "数据管理局",
    "admin": "系统管理员",
    "auditor": "审计员",
}
