"""The life of a ticket (Art. 23–24): the table as written, and random walks over it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.lifecycle import (
    NEEDS_LEAD,
    NEEDS_REASON,
    OPEN,
    RECTIFIED,
    REJECT_REASONS,
    TRANSITIONS,
    WITH_AGENCY,
    Action,
    State,
    allowed,
    target,
)
from models.rules.people import Group

S, A = State, Action

#: The acts that move a ticket, as the rules list them: who, act, from, to.
MOVES = {
    (Group.OFFICER, A.VERIFY_AND_DISPATCH, S.PENDING, S.DISPATCHED),
    (Group.OFFICER, A.REJECT, S.PENDING, S.REJECTED),
    (Group.OFFICER, A.RESTORE, S.REJECTED, S.PENDING),
    (Group.OFFICER, A.RECALL, S.DISPATCHED, S.PENDING),
    (Group.LIAISON, A.ACKNOWLEDGE, S.DISPATCHED, S.RECTIFYING),
    (Group.LIAISON, A.DECLINE, S.DISPATCHED, S.PENDING),
    (Group.OFFICER, A.INSIST, S.PENDING, S.DISPATCHED),
    (Group.OFFICER, A.REDISPATCH, S.DISPATCHED, S.DISPATCHED),
    (Group.OFFICER, A.REDISPATCH, S.RECTIFYING, S.DISPATCHED),
    (Group.LIAISON, A.CONTRIBUTE, S.RECTIFYING, S.RECTIFYING),
    (Group.LIAISON, A.SUBMIT, S.RECTIFYING, S.SUBMITTED),
    (Group.OFFICER, A.RETURN_FOR_REWORK, S.SUBMITTED, S.RECTIFYING),
    (Group.OFFICER, A.APPROVE, S.SUBMITTED, S.APPROVED),
    (Group.OFFICER, A.UNAPPROVE, S.APPROVED, S.SUBMITTED),
    (Group.OFFICER, A.REPORT, S.APPROVED, S.REPORTED),
    (Group.OFFICER, A.CONFIRM_CLOSED, S.REPORTED, S.CLOSED),
    (Group.OFFICER, A.REPORT_REFUSED, S.REPORTED, S.RECTIFYING),
    (Group.OFFICER, A.REOPEN, S.CLOSED, S.DISPATCHED),
    *((None, A.WITHDRAW, s, S.REJECTED) for s in S if s not in (S.CLOSED, S.REJECTED)),
}
#: Acts that leave the state as it is.
STANDING = {A.REMIND, A.SUPERVISE, A.ANNOTATE}

walks = st.lists(st.tuples(st.sampled_from([Group.OFFICER, Group.LIAISON]), st.integers(0, 20)), max_size=40)


def walk(steps: list[tuple[Group, int]]) -> list[tuple[State, Group, Action, State]]:
    """A life from `pending` on: at each step a group takes one of the acts it may take, if any."""
    state, lived = State.PENDING, []
    for group, choice in steps:
        acts = allowed(state, group)
        if acts:
            action = acts[choice % len(acts)]
            after = target(action, state, group)
            assert after is not None
            lived.append((state, group, action, after))
            state = after
    return lived


def test_the_table_holds_the_acts_that_the_rules_list_and_no_other() -> None:
    moves = {(t.group, t.action, t.source, t.target) for t in TRANSITIONS if t.action not in STANDING}
    assert moves == MOVES


def test_the_table_says_nothing_twice() -> None:
    acts = [(t.action, t.source, t.group) for t in TRANSITIONS]
    assert len(acts) == len(set(acts))


def test_remind_supervise_and_annotate_leave_the_state_alone() -> None:
    assert all(t.source is t.target for t in TRANSITIONS if t.action in STANDING)
    assert {t.source for t in TRANSITIONS if t.action is A.REMIND} == set(WITH_AGENCY)
    assert {t.source for t in TRANSITIONS if t.action is A.SUPERVISE} == set(WITH_AGENCY)


@pytest.mark.parametrize("state", State)
def test_an_officer_may_annotate_in_every_state(state: State) -> None:
    assert target(A.ANNOTATE, state, Group.OFFICER) is state


def test_every_state_is_reached_from_pending() -> None:
    reached, new = set(), {State.PENDING}
    while new:
        reached |= new
        new = {t.target for t in TRANSITIONS if t.source in reached} - reached
    assert reached == set(State)


def test_every_state_has_a_way_out() -> None:
    assert {t.source for t in TRANSITIONS if t.source is not t.target} == set(State)


@given(walks)
def test_a_life_is_a_chain_of_acts_of_the_table(steps: list[tuple[Group, int]]) -> None:
    lived = walk(steps)
    assert all(before[3] is after[0] for before, after in zip(lived, lived[1:], strict=False))
    for state, group, action, after in lived:
        assert (group, action, state, after) in MOVES or (action in STANDING and state is after)


@given(walks)
def test_nothing_is_closed_that_was_not_submitted_approved_and_reported(
    steps: list[tuple[Group, int]],
) -> None:
    acts = [action for _, _, action, _ in walk(steps)]
    if A.CONFIRM_CLOSED in acts:
        before = acts[: acts.index(A.CONFIRM_CLOSED)]
        firsts = [before.index(a) for a in (A.ACKNOWLEDGE, A.SUBMIT, A.APPROVE, A.REPORT)]
        assert firsts == sorted(firsts)


@given(walks)
def test_a_rejected_ticket_is_only_restored(steps: list[tuple[Group, int]]) -> None:
    for state, group, action, after in walk(steps):
        if state is State.REJECTED and action is not A.ANNOTATE:
            assert (group, action, after) == (Group.OFFICER, A.RESTORE, State.PENDING)
        if after is State.REJECTED and state is not State.REJECTED:
            assert (state, action) == (State.PENDING, A.REJECT)


@pytest.mark.parametrize("group", Group)
@pytest.mark.parametrize("state", State)
def test_an_act_is_allowed_exactly_where_it_leads_somewhere(state: State, group: Group) -> None:
    assert set(allowed(state, group)) == {a for a in Action if target(a, state, group) is not None}


def test_officers_and_liaisons_take_different_acts() -> None:
    of_officers = {t.action for t in TRANSITIONS if t.group is Group.OFFICER}
    of_liaisons = {t.action for t in TRANSITIONS if t.group is Group.LIAISON}
    assert of_officers & of_liaisons == {A.ANNOTATE}
    assert of_officers | of_liaisons == set(Action) - {A.WITHDRAW}


def test_an_appeal_withdraws_an_open_ticket_and_no_person_does() -> None:
    assert {t.source for t in TRANSITIONS if t.action is A.WITHDRAW} == set(OPEN)
    assert not any(A.WITHDRAW in allowed(state, group) for state in State for group in Group)


@pytest.mark.parametrize("group", [Group.BUREAU, Group.ADMIN, Group.AUDITOR])
def test_the_other_groups_look_on(group: Group) -> None:
    assert not any(allowed(state, group) for state in State)


def test_a_liaison_acts_for_the_lead_agency_and_may_annotate_for_any() -> None:
    for t in TRANSITIONS:
        assert t.lead_only == (t.group is Group.LIAISON and t.action not in (A.ANNOTATE, A.CONTRIBUTE))


def test_a_recall_is_too_late_once_the_lead_has_signed() -> None:
    assert target(A.RECALL, State.DISPATCHED, Group.OFFICER) is State.PENDING
    assert target(A.RECALL, State.RECTIFYING, Group.OFFICER) is None
    assert target(A.DECLINE, State.RECTIFYING, Group.LIAISON) is None


def test_rectified_is_approved_reported_or_closed() -> None:
    assert RECTIFIED == (State.APPROVED, State.REPORTED, State.CLOSED)


def test_a_new_assignment_names_its_lead() -> None:
    assert {A.VERIFY_AND_DISPATCH, A.REDISPATCH, A.REOPEN} == NEEDS_LEAD


def test_acts_that_refuse_or_turn_back_need_a_reason_and_plain_steps_do_not() -> None:
    turning_back = {A.REJECT, A.DECLINE, A.REDISPATCH, A.RETURN_FOR_REWORK, A.REPORT_REFUSED, A.REOPEN}
    assert turning_back <= NEEDS_REASON
    assert not {A.VERIFY_AND_DISPATCH, A.ACKNOWLEDGE, A.APPROVE, A.REPORT, A.CONFIRM_CLOSED} & NEEDS_REASON


@pytest.mark.parametrize("kind", [State, Action])
def test_every_state_and_act_has_a_chinese_name_of_its_own(kind: type[State] | type[Action]) -> None:
    labels = [member.label for member in kind]
    assert len(set(labels)) == len(labels)
    assert all(any("一" <= c <= "鿿" for c in label) for label in labels)


def test_malice_is_no_reason_for_rejecting() -> None:
    assert {"重复", "非本地", "信息无法核实"} <= set(REJECT_REASONS.values())
    assert not any("恶意" in text for text in REJECT_REASONS.values())
