"""Where lines of Chinese end: 禁则, numbers that stay whole, marks that hang over by their empty half."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.breaking import CLOSING, OPENING, break_lines


def width(unit: str) -> float:
    """Ten to a character, five to a letter or digit."""
    return sum(5.0 if ch.isascii() else 10.0 for ch in unit)


def lines(text: str, first: float, rest: float | None = None) -> list[str]:
    return [line.text for line in break_lines(text, width, first, rest or first)]


def test_the_first_line_is_shorter_by_its_indent() -> None:
    assert lines("一二三四五六七", 30, 50) == ["一二三", "四五六七"]


def test_no_line_begins_with_a_closing_mark_nor_ends_with_an_opening_one() -> None:
    assert (
        lines("一二三四）五六", 40) == ["一二三", "四）五六"]
        or lines("一二三四）五六", 40)[0] == "一二三四）"
    )
    assert lines("一二三（四五六", 40) == ["一二三", "（四五六"]


def test_a_full_stop_hangs_over_by_its_empty_half_only() -> None:
    assert lines("一二三四。五六", 45) == ["一二三四。", "五六"]
    assert lines("一二三四。五六", 40) == ["一二三", "四。五六"]


def test_numbers_stay_whole_where_a_line_can_hold_them() -> None:
    assert lines("到2026年11月", 30) == ["到2026", "年11月"]
    assert lines("编号20261102号", 35) == ["编号202", "61102号"]


def test_typed_breaks_begin_lines_and_nothing_gives_one_empty_line() -> None:
    assert lines("一\r\n二\n\n三", 40) == ["一", "二", "", "三"]
    assert lines("", 40) == [""]


@pytest.mark.parametrize("text", ["，，，，，，，，", "（（（（（（", "……————……"])
def test_text_that_allows_no_break_is_broken_all_the_same(text: str) -> None:
    assert "".join(lines(text, 30)) == text


def may_break(before: str, after: str) -> bool:
    in_word = before.isascii() and after.isascii()
    return after not in CLOSING and before not in OPENING and not in_word


@given(st.text(alphabet="工单见页，。、（）《》“”abc123", max_size=120), st.integers(4, 20))
def test_nothing_is_lost_and_marks_keep_to_the_rule(text: str, characters: int) -> None:
    made = lines(text, characters * 10.0)
    assert "".join(made) == text
    assert all(width(line) <= characters * 10 + 5 for line in made)
    for before, after in zip(made, made[1:], strict=False):
        torn = after[:1] in CLOSING or before[-1:] in OPENING
        assert not torn or not any(may_break(a, b) for a, b in itertools.pairwise(before))
