"""Working days and deadlines (Art. 23, 25), held against an independent calendar."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

import pytest
from chinese_calendar import is_workday
from hypothesis import given
from hypothesis import strategies as st

from app.registry.calendars import shipped
from models.rules.worktime import (
    FIRST_DAY,
    LAST_DAY,
    Calendar,
    CalendarDay,
    Deadline,
    OutOfCalendar,
    build,
    is_published,
)

ONE_DAY = timedelta(days=1)
#: From here on the notice for 2027 may still move a day.
UNSETTLED = date(2026, 12, 24)
LONGEST = 15


def days_from(first: date, last: date) -> list[date]:
    return [first + ONE_DAY * i for i in range((last - first).days + 1)]


@cache
def works(day: date) -> bool:
    """What the other calendar says; past its last notice, weekdays."""
    return is_workday(day) if day.year <= 2026 else day.weekday() < 5


def due_days(start: date) -> list[date]:
    """The 1st to 15th working day after `start`, by counting day after day."""
    found, day = [], start
    while len(found) < LONGEST:
        day += ONE_DAY
        if works(day):
            found.append(day)
    return found


def test_every_deadline_since_2018_agrees_with_the_other_calendar() -> None:
    calendar, compared = shipped(), 0
    for start in days_from(date(2018, 1, 1), date(2026, 12, 23)):
        for number, due in enumerate(due_days(start), start=1):
            if due < UNSETTLED:
                assert calendar.deadline(start, number) == Deadline(due, provisional=False), (start, number)
                compared += 1
    assert compared > 48_000


def test_every_day_of_the_published_years_works_or_rests_as_in_the_other_calendar() -> None:
    calendar = shipped()
    differing = [d for d in days_from(FIRST_DAY, date(2026, 12, 31)) if calendar.is_working(d) != works(d)]
    assert not differing


def test_a_deadline_is_provisional_exactly_where_its_days_touch_an_unpublished_one() -> None:
    calendar = shipped()
    for start in days_from(date(2026, 11, 20), date(2027, 2, 28)):
        for number, due in enumerate(due_days(start), start=1):
            touches = any(day >= UNSETTLED for day in days_from(start + ONE_DAY, due))
            assert calendar.deadline(start, number) == Deadline(due, provisional=touches), (start, number)


@pytest.mark.parametrize(
    ("start", "days", "due", "provisional"),
    [
        (date(2026, 12, 22), 1, date(2026, 12, 23), False),
        (date(2026, 12, 23), 1, date(2026, 12, 24), True),
        (date(2026, 12, 9), 10, date(2026, 12, 23), False),
        (date(2026, 12, 10), 10, date(2026, 12, 24), True),
        (date(2026, 12, 31), 1, date(2027, 1, 1), True),
        (date(2025, 12, 31), 1, date(2026, 1, 4), False),
    ],
)
def test_the_turn_of_the_year(start: date, days: int, due: date, provisional: bool) -> None:
    assert shipped().deadline(start, days) == Deadline(due, provisional)


def test_the_start_is_day_0_wherever_it_falls() -> None:
    friday, saturday, sunday, monday = days_from(date(2026, 11, 6), date(2026, 11, 9))
    assert {shipped().deadline(start, 1).due for start in (friday, saturday, sunday)} == {monday}
    assert shipped().deadline(monday, 1).due == date(2026, 11, 10)


def test_ten_working_days_from_a_monday_end_on_the_monday_after_next() -> None:
    assert shipped().deadline(date(2026, 11, 2), 10).due == date(2026, 11, 16)


def test_a_make_up_saturday_is_a_working_day_and_counts() -> None:
    saturday = date(2026, 10, 10)
    assert shipped().is_working(saturday)
    assert shipped().deadline(date(2026, 10, 9), 1).due == saturday


@pytest.mark.parametrize("day", [date(2026, 11, 7), date(2026, 11, 9), date(2026, 10, 1)])
def test_0_days_are_the_day_itself(day: date) -> None:
    assert shipped().deadline(day, 0) == Deadline(day, provisional=False)


def test_0_days_on_an_unpublished_day_are_provisional() -> None:
    assert shipped().deadline(UNSETTLED, 0) == Deadline(UNSETTLED, provisional=True)
    assert shipped().deadline(UNSETTLED - ONE_DAY, 0) == Deadline(UNSETTLED - ONE_DAY, provisional=False)


@given(
    start=st.dates(date(2004, 1, 1), date(2030, 12, 31)),
    days=st.integers(0, 40),
)
def test_an_explanation_tells_every_day_and_ends_on_the_due_one(start: date, days: int) -> None:
    deadline, lines = shipped().deadline(start, days), shipped().explain(start, days)
    assert [line.day for line in lines] == days_from(start, deadline.due)
    assert [line.number for line in lines if line.counts] == list(range(1, days + 1))
    assert all(line.number is None for line in lines if not line.counts)
    assert lines[0].why.startswith("起算日，不计入")
    assert not lines[0].counts
    assert days == 0 or lines[-1].counts
    assert [line.counts for line in lines[1:]] == [works(line.day) for line in lines[1:]]


def test_an_explanation_names_holidays_and_make_up_days_in_chinese() -> None:
    seen = set()
    for start in days_from(date(2024, 1, 1), date(2026, 12, 1)):
        for line in shipped().explain(start, 2)[1:]:
            assert not re.search("[A-Za-z]", line.why), line
            if works(line.day) and line.day.weekday() >= 5:
                assert line.why.endswith("调休上班"), line
            elif not works(line.day) and line.day.weekday() < 5:
                assert line.why.endswith("假期"), line
            seen.add(line.why)
    assert {"国庆节假期", "国庆节调休上班", "春节假期", "周六，休息日", "周一，工作日"} <= seen


def test_an_explanation_marks_the_days_that_no_notice_has_settled() -> None:
    for line in shipped().explain(date(2026, 12, 21), 15):
        assert ("暂定" in line.why) == (line.day >= UNSETTLED), line


@pytest.mark.parametrize(
    ("start", "days"),
    [
        (FIRST_DAY - ONE_DAY, 1),
        (date(1999, 12, 31), 0),
        (LAST_DAY + ONE_DAY, 1),
        (LAST_DAY, 1),
        (LAST_DAY - ONE_DAY * 7, 10),
    ],
)
def test_days_outside_the_calendar_are_refused(start: date, days: int) -> None:
    with pytest.raises(OutOfCalendar, match="工作日历"):
        shipped().deadline(start, days)


def test_the_first_and_the_last_day_are_inside() -> None:
    assert shipped().deadline(FIRST_DAY, 0).due == FIRST_DAY
    assert shipped().deadline(LAST_DAY, 0).due == LAST_DAY
    with pytest.raises(OutOfCalendar):
        shipped()[LAST_DAY + ONE_DAY]


def test_negative_days_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        shipped().deadline(date(2026, 11, 2), -1)


def ordinary_day(day: date) -> CalendarDay:
    return CalendarDay(day, day.weekday() < 5, "平日", published=True)


@pytest.mark.parametrize(
    "days",
    [
        (),
        (date(2026, 1, 1), date(2026, 1, 3)),
        (date(2026, 1, 2), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2026, 1, 1)),
    ],
    ids=["no day", "a gap", "backwards", "twice"],
)
def test_calendar_days_must_follow_each_other(days: tuple[date, ...]) -> None:
    with pytest.raises(ValueError, match="gap"):
        Calendar([ordinary_day(day) for day in days])


@pytest.mark.parametrize(
    ("day", "years", "published"),
    [
        (date(2026, 6, 1), {2026}, True),
        (date(2026, 12, 23), {2026}, True),
        (date(2026, 12, 24), {2026}, False),
        (date(2026, 12, 31), {2026}, False),
        (date(2026, 12, 24), {2026, 2027}, True),
        (date(2027, 1, 1), {2026}, False),
        (date(2026, 12, 31), {2027}, False),
    ],
)
def test_a_day_is_published_with_its_year_and_late_december_with_the_next(
    day: date, years: set[int], published: bool
) -> None:
    assert is_published(day, frozenset(years)) is published


def test_an_unpublished_start_alone_leaves_a_deadline_certain() -> None:
    """Day 0 is not counted, so that it cannot move the due day."""
    assert build([], [2027]).deadline(date(2026, 12, 31), 1) == Deadline(date(2027, 1, 1), provisional=False)


def test_a_new_notice_moves_a_deadline_and_settles_it() -> None:
    before = build([], [2026])
    after = build([CalendarDay(date(2027, 1, 1), False, "元旦假期", published=True)], [2026, 2027])
    assert before.deadline(date(2026, 12, 31), 1) == Deadline(date(2027, 1, 1), provisional=True)
    assert after.deadline(date(2026, 12, 31), 1) == Deadline(date(2027, 1, 4), provisional=False)


def test_each_day_carries_the_running_number_of_working_days() -> None:
    number, days = 0, []
    for kept, day in shipped().numbered():
        number += day.working
        assert kept == number
        days.append(day.day)
    assert days == days_from(FIRST_DAY, LAST_DAY)


@given(
    start=st.dates(date(2018, 1, 1), date(2026, 12, 1)),
    span=st.integers(0, 60),
)
def test_working_days_between_count_after_the_start_up_to_the_end(start: date, span: int) -> None:
    end = start + ONE_DAY * span
    expected = sum(works(day) for day in days_from(start + ONE_DAY, end))
    assert shipped().working_days_between(start, end) == expected
    assert shipped().working_days_between(end, start) == -expected


def test_a_day_that_no_notice_names_is_an_ordinary_one_of_its_week() -> None:
    calendar = build([], [])
    week = [calendar[day] for day in days_from(date(2026, 11, 2), date(2026, 11, 8))]
    assert [day.working for day in week] == [True] * 5 + [False] * 2
    assert [day.why for day in week] == [
        *(f"周{name}，工作日" for name in "一二三四五"),
        "周六，休息日",
        "周日，休息日",
    ]
