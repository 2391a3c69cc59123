"""A sample is the same wherever it is drawn, and a callback ends as the rules say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.callbacks import NO_ANSWER, Decision, Kind, Outcome, Stand, Step, after_call, stand, steps
from models.rules.lifecycle import State
from models.rules.people import Group
from models.rules.sampling import draw, size_of

STOCKS = st.sets(st.integers(1, 10**12), max_size=60)
SEEDS = st.text("0123456789abcdefXYZ-", min_size=1, max_size=40)


@given(STOCKS, SEEDS, st.integers(0, 80), st.integers(0, 80), st.randoms())
def test_a_sample_is_the_same_in_any_order_and_a_larger_one_holds_the_smaller(
    stock, seed, one, other, dice
) -> None:
    shuffled = sorted(stock, key=lambda _: dice.random())
    small, large = sorted((one, other))
    assert draw(stock, large, seed) == draw(shuffled, large, seed)
    assert draw(stock, large, seed)[:small] == draw(stock, small, seed)
    assert set(draw(stock, large, seed)) <= stock and len(draw(stock, large, seed)) == min(large, len(stock))


@given(STOCKS, SEEDS, st.integers(1, 20), st.integers(1, 10**12))
def test_a_ticket_that_joins_the_stock_moves_no_other(stock, seed, number, joins) -> None:
    before = [ticket for ticket in draw(stock, len(stock), seed) if ticket != joins]
    after = [ticket for ticket in draw(stock | {joins}, len(stock) + 1, seed) if ticket != joins]
    assert before == after


@given(st.integers(0, 10_000), st.integers(1, 10_000), st.decimals("0.0001", "1", places=4))
def test_never_more_than_there_are_and_a_share_is_rounded_up(stock, size, share) -> None:
    assert size_of(stock, size=size) == min(size, stock)
    number = size_of(stock, share=share)
    assert number <= stock and number >= stock * share and (number - 1 < stock * share or not stock)


def test_a_sample_is_asked_for_by_size_or_by_share() -> None:
    for asked in ({}, {"size": 1, "share": Decimal("0.5")}):
        with pytest.raises(ValueError, match="size or a share"):
            size_of(3, **asked)


def test_the_third_call_that_reaches_nobody_ends_it() -> None:
    assert [after_call(tries, NO_ANSWER) for tries in range(3)] == [None, None, Outcome.UNREACHABLE]
    assert after_call(0, "declined") is Outcome.DECLINED


def test_who_can_do_what_where_a_callback_stands() -> None:
    assert stand(None, None) is Stand.DUE and stand(Outcome.UNSATISFIED, Decision.LEAVE) is Stand.DECIDED
    assert steps(Stand.DUE, Group.OFFICER, Kind.HOTLINE, State.PENDING) == (Step.CALL,)
    assert steps(Stand.DUE, Group.OFFICER, Kind.AGENCY, State.SUBMITTED) == ()
    assert steps(Stand.DUE, Group.LIAISON, Kind.AGENCY, State.SUBMITTED) == (Step.CALL,)
    assert steps(Stand.UNDECIDED, Group.LIAISON, Kind.AGENCY, State.CLOSED) == ()
    assert steps(Stand.UNDECIDED, Group.OFFICER, Kind.AGENCY, State.CLOSED) == (Step.REOPEN, Step.LEAVE)
    assert steps(Stand.UNDECIDED, Group.OFFICER, Kind.HOTLINE, State.REPORTED) == (Step.LEAVE,)
