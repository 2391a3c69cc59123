"""The work calendar in words and tones."""

from __future__ import annotations

from datetime import date

from app.registry.calendar_days import CalendarChange, DayKind, DayRow, LogLine, YearView
from views import dates

#: The tone of each kind of day; days of the ordinary week have none.
TONES = {DayKind.HOLIDAY: "green", DayKind.MAKE_UP: "amber", DayKind.LOCAL: "accent"}
_OPS = {"notice": "导入放假安排", "local": "本地安排", "taken_back": "撤回本地安排"}


def arranged(working: bool) -> str:
    """上班 or 放假."""
    return "上班" if working else "放假"


def kind(row: DayRow) -> str:
    """The kind of a day; a local one says which way."""
    return f"本地{arranged(row.working)}" if row.local is not None else row.kind.label


def hint(row: DayRow) -> str:
    """The day, what it is and why, and whether that is settled."""
    unsure = "" if row.published else "\n暂定：放假安排未公布，按平常的周末推算"
    return f"{dates.exact_day(row.day)}\n{'计入期限' if row.working else '不计入期限'}：{row.why}{unsure}"


def year_facts(view: YearView) -> str:
    """The year in one line: working days, and where its notice comes from."""
    told = f"{view.year}年 {view.working_days} 个工作日"
    if view.source is None:
        return f"{told}，放假安排未导入，全年暂定"
    open_end = "，12月24日起暂定" if not view.days[-1].published else ""
    return f"{told}{open_end}"


def comes_to(change: CalendarChange) -> str:
    """What a change comes to, in a sentence."""
    if not change.days:
        return "和现在的工作日历一样，什么都不会改变。"
    moved = f"{len(change.moved)} 件在办工单的期限改变" if change.moved else "没有工单的期限改变"
    return f"{len(change.days)} 天改变，{moved}。"


def log_title(line: LogLine) -> str:
    """What was done, to which days."""
    if line.first is None or line.last is None:
        return f"{_OPS.get(line.op, line.op)}，没有改变"
    span = said_day(line.first) + (f"至{said_day(line.last)}" if line.last != line.first else "")
    return f"{_OPS.get(line.op, line.op)}：{span}，{line.days} 天"


def log_facts(line: LogLine, today: date) -> str:
    """Who, when, what moved, why."""
    moved = f"，{line.moved} 件期限改变" if line.moved else ""
    why = f"\n理由：{line.reason}" if line.reason else ""
    return f"{dates.moment(line.at, today)} · {line.person}{moved}{why}"


def said_day(day: date) -> str:
    """2026年12月3日."""
    return f"{day.year}年{day.month}月{day.day}日"
