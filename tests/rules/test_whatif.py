"""Why a rank, and what would change it: every answer is what the one score function says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from models.rules.ratings import Platform
from models.rules.rulesets import SHIPPED
from models.rules.scoring import AgencyFacts, TicketGroup, composite, rank
from models.rules.whatif import (
    Change,
    Lever,
    PartName,
    bad_ratings,
    best_rank,
    changed,
    handled,
    losses,
    moves,
    steps,
    with_changes,
)


def _agency(
    name: str, *, handled: int = 8, unhandled: int = 2, halls: tuple[int, int] = (1, 2), rated: int = 50
) -> AgencyFacts:
    groups = (TicketGroup(handled, True, True, True), TicketGroup(unhandled, False, False, False))
    return AgencyFacts(
        agency=name,
        order=0,
        levels={Platform.HALL: {5: 95, 1: 5}},
        cases={Platform.HALL: (rated, 100)},
        halls=halls,
        tickets=tuple(g for g in groups if g.count),
        cases_loaded=True,
    )


def test_losses_add_up_to_what_full_marks_are_away() -> None:
    score = composite(_agency("甲镇"), SHIPPED)
    assert score is not None
    lost = {loss.part: loss.lost for loss in losses(score, None)}
    assert lost == {
        PartName.QUALITY: Decimal("1.50"),
        PartName.HANDLING: Decimal("4.00"),
        PartName.HALL_ADOPTION: Decimal("10.00"),
        PartName.COVERAGE: Decimal("15.00"),
    }
    assert score.composite + sum(lost.values()) == 100


def test_a_part_is_held_against_the_agency_above() -> None:
    mine, above = composite(_agency("甲镇"), SHIPPED), composite(_agency("乙镇", unhandled=0), SHIPPED)
    assert mine and above
    behind = {loss.part: loss.behind for loss in losses(mine, above)}
    assert behind[PartName.HANDLING] == Decimal("4.00")
    assert behind[PartName.COVERAGE] == 0
    assert all(loss.behind is None for loss in losses(mine, None))


def test_a_part_that_only_the_one_above_has_is_named_too() -> None:
    mine, above = composite(_agency("甲镇", halls=(0, 0)), SHIPPED), composite(_agency("乙镇"), SHIPPED)
    assert mine and above
    adoption = next(loss for loss in losses(mine, above) if loss.part is PartName.HALL_ADOPTION)
    assert (adoption.lost, adoption.behind) == (0, Decimal("10.00"))
    # So that what is said part by part is what lies between the two.
    behind = [loss.behind for loss in losses(mine, above) if loss.behind is not None]
    assert sum(behind) == above.composite - mine.composite
    assert PartName.HALL_ADOPTION not in {loss.part for loss in losses(mine, None)}


def test_two_tickets_win_a_rank() -> None:
    facts = [_agency("甲镇"), _agency("乙镇", unhandled=0, handled=10)]
    (tickets, *_) = [s for s in steps(facts, "甲镇", SHIPPED) if s.lever is Lever.TICKETS]
    assert (tickets.amount, tickets.possible, tickets.rank, tickets.best) == (2, 2, 1, 1)
    after = with_changes(facts, {"甲镇": Change(handled=2)}, SHIPPED)
    first = after.rows[0]
    assert (first.rank, first.score.facts.agency, first.score.composite) == (1, "甲镇", tickets.composite)


def test_the_first_needs_nothing_and_the_unranked_get_no_advice() -> None:
    facts = [_agency("甲镇", unhandled=0), replace(_agency("乙镇"), levels={})]
    assert steps(facts, "甲镇", SHIPPED) == ()
    assert steps(facts, "乙镇", SHIPPED) == ()
    assert steps(facts, "丙镇", SHIPPED) == ()
    assert [best_rank(facts, name, SHIPPED) for name in ("甲镇", "乙镇", "丙镇")] == [1, None, None]


def test_moves_tell_rank_and_score_before_and_after() -> None:
    facts = [_agency("甲镇", rated=10), _agency("乙镇"), replace(_agency("丙镇"), levels={})]
    after = with_changes(facts, {"甲镇": Change(rated={Platform.HALL: 80})}, SHIPPED)
    first, second = moves(rank(facts, SHIPPED), after)
    assert (first.agency, first.gained, second.agency, second.gained) == ("甲镇", 1, "乙镇", -1)
    assert first.before and first.after and first.after[1] > first.before[1]
    (_, gone) = moves(rank(facts, SHIPPED), rank(facts[1:], SHIPPED))
    assert (gone.agency, gone.after, gone.gained) == ("甲镇", None, 0)


def test_bad_ratings_improved_or_excluded_by_hand() -> None:
    """Ten points for each good one, none and three for the bad: (95 × 10 + 2 × 3) / 102, and so on."""
    levels = {Platform.HALL: {5: 95, 2: 2, 1: 5}, Platform.HOTLINE: {1: 9}}
    facts = replace(_agency("甲镇"), levels=levels)
    assert bad_ratings(facts, SHIPPED) == 7  # the hotline's do not count for the quality (Art. 22 ①)
    by_hand = [
        (Change(), Fraction(95 * 10 + 2 * 3, 102)),
        (Change(improved=2), Fraction(97 * 10 + 2 * 3, 102)),
        (Change(excluded=6), Fraction(95 * 10 + 3, 96)),  # the five worst, then one of level 2
        (Change(improved=5, excluded=1), Fraction(100 * 10 + 3, 101)),
        (Change(improved=70, excluded=70), Fraction(10)),
        (Change(excluded=70), Fraction(10)),
        (Change(improved=-3), Fraction(95 * 10 + 2 * 3, 102)),
    ]
    for change, mean in by_hand:
        after = changed(facts, change, SHIPPED)
        score = composite(after, SHIPPED)
        assert score is not None and score.quality.exact == mean * 10
        assert (after.cases, set(after.tickets), after.levels[Platform.HOTLINE]) == (
            facts.cases,
            set(facts.tickets),
            {1: 9},
        )
    assert composite(
        changed(facts, Change(excluded=1), SHIPPED), replace(SHIPPED, quality_mean="by_platform")
    )


_counts = st.integers(0, 30)


@given(st.lists(st.tuples(_counts, _counts, st.integers(0, 3), st.integers(0, 100)), min_size=2, max_size=6))
def test_a_step_wins_a_rank_and_one_less_does_not(drawn: list[tuple[int, int, int, int]]) -> None:
    facts = [
        _agency(f"{n}镇", handled=h, unhandled=u, halls=(min(a, 3), 3), rated=r)
        for n, (h, u, a, r) in enumerate(drawn)
    ]
    for agency in facts:
        now = {row.score.facts.agency: row.rank for row in rank(facts, SHIPPED).rows}[agency.agency]
        for step in steps(facts, agency.agency, SHIPPED):
            assert _rank_after(facts, agency.agency, step.lever, step.channel, step.amount) == step.rank < now
            assert _rank_after(facts, agency.agency, step.lever, step.channel, step.amount - 1) == now


def _rank_after(
    facts: list[AgencyFacts], agency: str, lever: Lever, channel: Platform | None, amount: int
) -> int:
    change = {
        Lever.TICKETS: Change(handled=amount),
        Lever.HALLS: Change(halls=amount),
        Lever.RATED: Change(rated={channel: amount} if channel else {}),
    }[lever]
    return {r.score.facts.agency: r.rank for r in with_changes(facts, {agency: change}, SHIPPED).rows}[agency]


@given(
    st.integers(-12, 12),
    st.sampled_from(["rectified", "submitted"]),
    st.sampled_from(["all", "due_or_handled"]),
)
def test_what_is_asked_for_comes_out_as_far_as_there_is(more: int, means: str, asked: str) -> None:
    rules = replace(SHIPPED, handled_means=means, ticket_denominator=asked)
    facts = replace(_agency("甲镇"), tickets=tuple(
        TicketGroup(n, n > 2, n > 1, due) for n in (1, 2, 3) for due in (True, False)
    ))  # fmt: skip
    done, tickets = handled(facts, rules)
    assert handled(changed(facts, Change(handled=more), rules), rules) == (
        max(0, min(done + more, tickets)),
        tickets,
    )


def test_no_more_is_handled_than_there_is() -> None:
    facts = changed(
        _agency("甲镇"), Change(handled=50, halls=50, rated={Platform.HALL: 5000, Platform.APP: 3}), SHIPPED
    )
    assert sum(g.count for g in facts.tickets if g.rectified) == 10
    assert facts.halls == (2, 2)
    assert facts.cases == {Platform.HALL: (100, 100)}
