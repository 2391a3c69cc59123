"""What the first column of a ticket list says: which clock runs and how much of it is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from models.rules.lifecycle import WITH_AGENCY, State

#: Up to this many working days left is due soon.
SOON = 2
#: What a ticket is marked with whose person has to be called (Art. 15).
CALL_BACK = "须回访"
WHY_CALL_BACK = "12345热线的差评，应当人工回访（细则第十五条）"


@dataclass(frozen=True, slots=True)
class ChipText:
    """A word and its tone."""

    text: str
    tone: str


class HasDeadline(Protocol):
    """The part of a ticket row a chip is made of."""

    state: State
    declined: bool
    rework_due_on: date | None
    report_due_on: date | None
    runs_until: date | None
    provisional: bool
    days_left: int | None


_STATE_TONES = {
    State.PENDING: "accent",
    State.CLOSED: "green",
    State.APPROVED: "accent",
    State.SUBMITTED: "accent",
}


def state_chip(row: HasDeadline) -> ChipText:
    """The state as a chip; a declined ticket says so."""
    if row.state is State.PENDING and row.declined:
        return ChipText("退单待核实", "amber")
    return ChipText(row.state.label, _STATE_TONES.get(row.state, "grey"))


def time_left(left: int, *, brief: bool = False) -> ChipText:
    """超期 3 个工作日, 今日到期, 剩 2 个工作日, and the tone everywhere; `brief` says 天 instead of 个工作日."""
    unit = "天" if brief else "个工作日"
    if left < 0:
        return ChipText(f"超期 {-left} {unit}", "red")
    if left == 0:
        return ChipText("今日到期", "amber")
    return ChipText(f"剩 {left} {unit}", "amber" if left <= SOON else "grey")


def deadline_chip(row: HasDeadline) -> ChipText:
    """超期 3 天, 今日到期, 剩 2 个工作日, 暂定 1月4日; the state where no clock runs."""
    if row.days_left is None or row.runs_until is None:
        return state_chip(row)
    return clock_chip(row.days_left, row.runs_until, provisional=row.provisional, clock=_clock(row))


def clock_chip(left: int, until: date, *, provisional: bool, clock: str = "") -> ChipText:
    """What is left of a clock that runs, `clock` its name where there are several; the day while it may move."""
    if left > SOON and provisional:
        return ChipText(f"{clock}暂定 {until.month}月{until.day}日", "grey")
    said = time_left(left, brief=bool(clock) or left < 0)
    return ChipText(f"{clock}{said.text}", said.tone)


def _clock(row: HasDeadline) -> str:
    """Which clock, where it is not the rectification's own ten days."""
    if row.state not in WITH_AGENCY and row.report_due_on is not None and row.runs_until == row.report_due_on:
        return "报送"
    if row.rework_due_on is not None and row.runs_until == row.rework_due_on:
        return "重办"
    return ""


def level_tone(level: int | None) -> str:
    """Red for 非常不满意, amber for 不满意, green for good ones."""
    if level is None:
        return "grey"
    return {1: "red", 2: "amber"}.get(level, "green")
