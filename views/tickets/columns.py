"""The columns of the ticket list."""

from __future__ import annotations

from typing import Any

from models.rules.ratings import Platform, Satisfaction
from views import dates
from views.tables.chips import CALL_BACK, WHY_CALL_BACK, deadline_chip, state_chip
from views.tables.model import Column


def _until(row: Any) -> str:
    if row.runs_until is None:
        return row.state.label
    unsure = "（暂定：次年放假安排未公布）" if row.provisional else ""
    return f"到期：{dates.exact_day(row.runs_until)} 24:00{unsure}"


def place(row: Any) -> str:
    """Counter and person, else the platform: where it happened."""
    named = [part for part in (row.counter, row.staff) if part]
    if named:
        return " · ".join(named)
    return Platform(row.platform).label if row.platform else "—"


def _rated(row: Any) -> str:
    return dates.short_moment(row.rated_at)


def _rated_exactly(row: Any) -> str:
    return dates.exact(row.rated_at)


def _agency(row: Any) -> str:
    return f"{row.agency} +{len(row.co_agencies)}" if row.co_agencies else row.agency


def _agencies(row: Any) -> str:
    lines = [f"主办：{row.agency}"] if row.runs_until else [f"被评单位：{row.rated_agency}"]
    return "\n".join(lines + [f"协办：{co}" for co in row.co_agencies])


def _level(row: Any) -> str:
    word = Satisfaction(row.level).label if row.level else "—"
    return f"{word}（{CALL_BACK}）" if row.is_called_back else word


def _why_called(row: Any) -> str:
    return f"{_level(row)}\n{WHY_CALL_BACK}" if row.is_called_back else _level(row)


def _called_back(row: Any) -> str | None:
    return "call" if row.is_called_back else None


COLUMNS = (
    Column("deadline", "期限", 108, lambda r: deadline_chip(r).text, _until, kind="chip", chip=deadline_chip),
    Column("number", "工单编号", 126, lambda r: r.number or "—", lambda r: f"办件 {r.case_number or '不明'}"),
    Column("rated_at", "评价时间", 88, _rated, _rated_exactly, quiet=True),
    Column("level", "等级", 96, _level, _why_called, kind="level", mark=_called_back),
    Column("item", "事项", 112, lambda r: r.item or "事项不明", stretch=True),
    Column("agency", "单位", 120, _agency, _agencies),
    Column("place", "窗口 · 人员", 130, place, quiet=True, needs=860),
    Column("state", "状态", 92, lambda r: state_chip(r).text, quiet=True),
)  # fmt: skip
