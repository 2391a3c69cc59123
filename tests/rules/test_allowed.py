"""Which acts are offered on a ticket and why the others are greyed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from app.clock import SHANGHAI
from app.tickets.allowed import judge
from app.tickets.rows import TicketRow
from models.rules.lifecycle import TRANSITIONS, Action, State, target
from models.rules.people import Group

ROW = TicketRow(
    id=1,
    number=None,
    case_number="LJ-1",
    state=State.PENDING,
    declined=False,
    version=1,
    agency="市公安局",
    rated_agency="市公安局",
    co_agencies=(),
    item=None,
    platform=None,
    level=1,
    labels=(),
    counter=None,
    staff=None,
    rated_at=None,
    opened_at=datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI),
    received_on=None,
    due_on=None,
    rework_due_on=None,
    report_due_on=None,
    runs_until=None,
    provisional=False,
    days_left=None,
)


@pytest.mark.parametrize("leads", [True, False], ids=["lead", "not lead"])
@pytest.mark.parametrize("declined", [True, False], ids=["declined", "not declined"])
@pytest.mark.parametrize("group", Group)
@pytest.mark.parametrize("state", State)
def test_every_act_of_the_group_is_offered_or_greyed_with_a_sentence(
    state: State, group: Group, declined: bool, leads: bool
) -> None:
    allowed, refused = judge(replace(ROW, state=state, declined=declined), group, leads)
    greyed = [action for action, _ in refused]
    assert {*allowed, *greyed} == {t.action for t in TRANSITIONS if t.group is group}
    assert len({*allowed, *greyed}) == len(allowed) + len(greyed)
    assert all(target(action, state, group) is not None for action in allowed)
    for action, why in refused:
        assert len(why) >= 7, why
        assert action.value not in why
        assert state.value not in why


def test_a_greyed_act_tells_when_it_could_be_taken() -> None:
    _, refused = judge(ROW, Group.OFFICER, leads=False)
    assert dict(refused)[Action.APPROVE] == "工单现为“待核实”，审核通过须在“待审核”时进行"
    assert dict(refused)[Action.REDISPATCH] == "工单现为“待核实”，改派须在“待签收、整改中”时进行"


def test_only_a_declined_ticket_can_be_insisted_on() -> None:
    declined, _ = judge(replace(ROW, declined=True), Group.OFFICER, leads=False)
    _, refused = judge(ROW, Group.OFFICER, leads=False)
    assert Action.INSIST in declined
    assert dict(refused)[Action.INSIST] == "只有被退单的工单才能维持转办"


def test_what_an_appeal_took_out_is_not_restored() -> None:
    rejected = replace(ROW, state=State.REJECTED)
    allowed, _ = judge(rejected, Group.OFFICER, leads=False)
    assert Action.RESTORE in allowed
    allowed, refused = judge(replace(rejected, withdrawn=True), Group.OFFICER, leads=False)
    assert Action.RESTORE not in allowed
    assert dict(refused)[Action.RESTORE] == "工单因申诉成立而撤销，不能恢复"


def test_a_co_agency_may_annotate_and_leaves_the_rest_to_the_lead() -> None:
    dispatched = replace(ROW, state=State.DISPATCHED)
    allowed, refused = judge(dispatched, Group.LIAISON, leads=False)
    assert allowed == (Action.ANNOTATE,)
    assert dict(refused)[Action.ACKNOWLEDGE] == "由主办单位办理"
    lead, _ = judge(dispatched, Group.LIAISON, leads=True)
    assert set(lead) == {Action.ACKNOWLEDGE, Action.DECLINE, Action.ANNOTATE}
