"""Working days and deadlines (Art. 23, 25).

The start day is day 0; day 1 is the next working day; a deadline is the end (24:00, Asia/Shanghai) of
the Nth working day. Days whose year's notice is not published, and the days from 24 December before
such a year, are *unpublished*: weekdays are assumed and a deadline that touches one is provisional (暂定).
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

#: The first day the calendar knows; notices of earlier years are not at hand.
FIRST_DAY = date(2004, 1, 1)
#: The last day the calendar reaches, far past every clock.
LAST_DAY = date(2060, 12, 31)
#: From this day of December on, the next year's notice may still move a day.
UNSETTLED_FROM = (12, 24)

_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day: whether work is done, why, and whether a published notice says so."""

    day: date
    working: bool
    why: str
    published: bool


@dataclass(frozen=True, slots=True)
class ExplainedDay:
    """A line of a deadline's explanation; `number` is the working day's count, None where it is none."""

    day: date
    counts: bool
    why: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of `due` (24:00, Asia/Shanghai); `provisional` while a year's notice is missing."""

    due: date
    provisional: bool


class OutOfCalendar(ValueError):
    """A day before the calendar's first or past its last one."""


def ordinary(day: date) -> tuple[bool, str]:
    """What a day is when no notice says otherwise: (working, why)."""
    if day.weekday() < 5:
        return True, f"周{_WEEKDAYS[day.weekday()]}，工作日"
    return False, f"周{_WEEKDAYS[day.weekday()]}，休息日"


class Calendar:
    """Consecutive days with the running number of working days, the same that the database keeps."""

    def __init__(self, days: Sequence[CalendarDay]) -> None:
        """`days` follow each other without a gap; raises ValueError otherwise."""
        if not days or any((b.day - a.day).days != 1 for a, b in itertools.pairwise(days)):
            raise ValueError("calendar days must follow each other without a gap")
        self._days = days
        self._first = days[0].day
        self._numbers: list[int] = []
        self._unpublished: list[int] = [0]
        number = 0
        for day in days:
            number += day.working
            self._numbers.append(number)
            self._unpublished.append(self._unpublished[-1] + (not day.published))

    def __getitem__(self, day: date) -> CalendarDay:
        """The day; raises OutOfCalendar."""
        return self._days[self._index(day)]

    def deadline(self, start: date, days: int) -> Deadline:
        """The end of the `days`th working day after `start` (0: the day itself); raises OutOfCalendar."""
        if days < 0:
            raise ValueError("days must not be negative")
        begin = self._index(start)
        end = begin if days == 0 else self._nth_after(begin, days)
        touched = self._unpublished[end + 1] - self._unpublished[min(begin + 1, end)]
        return Deadline(self._days[end].day, touched > 0)

    def explain(self, start: date, days: int) -> tuple[ExplainedDay, ...]:
        """Every day from `start` to the due day, with why it counts or does not."""
        begin, end = self._index(start), self._index(self.deadline(start, days).due)
        lines = [ExplainedDay(start, False, f"起算日，不计入（{self._why(begin)}）", None)]
        for i in range(begin + 1, end + 1):
            day = self._days[i]
            number = self._numbers[i] - self._numbers[begin] if day.working else None
            lines.append(ExplainedDay(day.day, day.working, self._why(i), number))
        return tuple(lines)

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` lies before `start`."""
        return self._numbers[self._index(end)] - self._numbers[self._index(start)]

    def numbered(self) -> Iterator[tuple[int, CalendarDay]]:
        """Each day with the running number of working days up to and with it."""
        return zip(self._numbers, self._days, strict=True)

    def is_working(self, day: date) -> bool:
        """Whether work is done that day."""
        return self[day].working

    def _why(self, index: int) -> str:
        day = self._days[index]
        return day.why if day.published else f"{day.why}（放假安排未公布，暂定）"

    def _index(self, day: date) -> int:
        index = (day - self._first).days
        if not 0 <= index < len(self._days):
            raise OutOfCalendar(
                f"{day.isoformat()} 不在工作日历内（{self._first.isoformat()} 至 {self._days[-1].day.isoformat()}）"
            )
        return index

    def _nth_after(self, begin: int, days: int) -> int:
        end = bisect_left(self._numbers, self._numbers[begin] + days)
        if end >= len(self._days):
            raise OutOfCalendar(f"期限超出工作日历的最后一天 {self._days[-1].day.isoformat()}")
        return end


def build(exceptions: Iterable[CalendarDay], published_years: Iterable[int]) -> Calendar:
    """A calendar from what the notices say (`exceptions`) over ordinary weeks.

    A day is published when its year is, and, from 24 December on, when the following year is too.
    """
    noticed = {e.day: e for e in exceptions}
    published = frozenset(published_years)
    days: list[CalendarDay] = []
    day = FIRST_DAY
    while day <= LAST_DAY:
        said = noticed.get(day)
        working, why = (said.working, said.why) if said else ordinary(day)
        days.append(CalendarDay(day, working, why, is_published(day, published)))
        day += timedelta(days=1)
    return Calendar(days)


def is_published(day: date, published_years: frozenset[int]) -> bool:
    """Whether a notice has settled that day."""
    if day.year not in published_years:
        return False
    return (day.month, day.day) < UNSETTLED_FROM or day.year + 1 in published_years
