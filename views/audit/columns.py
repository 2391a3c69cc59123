"""The columns of the log."""

from __future__ import annotations

from typing import Any

from models.rules.events import Matter
from views import dates
from views.tables.chips import ChipText
from views.tables.model import Column

_TONES = {
    Matter.CONTACT: "amber",
    Matter.EXPORTS: "amber",
    Matter.PEOPLE: "accent",
    Matter.CONFIGURATION: "accent",
}
_TONE_OF = {action: tone for matter, tone in _TONES.items() for action in matter.actions}


def what_chip(row: Any) -> ChipText:
    """What was done; personal data, people and configuration stand out."""
    return ChipText(row.what, _TONE_OF.get(row.action, "grey"))


def person_of(row: Any) -> str:
    """姓名（账号）; the login alone of the server's administrator, who is nobody here."""
    return row.actor if row.name == row.actor else f"{row.name}（{row.actor}）"


def _link(row: Any) -> str:
    return "—" if row.link is None else f"{row.link:,}"


def _link_hint(row: Any) -> str:
    return "所在的环：选中这一行，在右边查看" if row.link is None else f"在审计链的第 {row.link:,} 环"


COLUMNS = (
    Column("at", "时间", 136, lambda r: dates.log_moment(r.at), lambda r: dates.exact(r.at), quiet=True),
    Column("name", "人员", 88, lambda r: r.name, person_of),
    Column("what", "事项", 136, lambda r: r.what, kind="chip", chip=what_chip),
    Column("subject", "对象", 146, lambda r: r.subject),
    Column("particulars", "内容", 170, lambda r: r.particulars or "—", quiet=True, stretch=True),
    Column("link", "环", 64, _link, _link_hint, right=True, quiet=True),
)  # fmt: skip
