"""The life of a 差评工单 as data (Art. 23–24, Guide 8.3.2): states, actions, who may take which.

The database carries the same rows in `pd.ticket_transition`; a test holds both together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.rules.people import Group


class State(StrEnum):
    """Where a ticket stands."""

    PENDING = "pending"
    DISPATCHED = "dispatched"
    RECTIFYING = "rectifying"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REPORTED = "reported"
    CLOSED = "closed"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        """The state's Chinese name."""
        return _STATE_LABELS[self.value]


_STATE_LABELS = {
    "pending": "待核实",
    "dispatched": "待签收",
    "rectifying": "整改中",
    "submitted": "待审核",
    "approved": "待报送",
    "reported": "待12345办结",
    "closed": "已办结",
    "rejected": "不予转办",
}


class Action(StrEnum):
    """What can be done to a ticket."""

    VERIFY_AND_DISPATCH = "verify_and_dispatch"
    REJECT = "reject"
    RESTORE = "restore"
    RECALL = "recall"
    ACKNOWLEDGE = "acknowledge"
    DECLINE = "decline"
    INSIST = "insist"
    REDISPATCH = "redispatch"
    CONTRIBUTE = "contribute"
    SUBMIT = "submit"
    RETURN_FOR_REWORK = "return_for_rework"
    APPROVE = "approve"
    UNAPPROVE = "unapprove"
    REPORT = "report"
    CONFIRM_CLOSED = "confirm_closed"
    REPORT_REFUSED = "report_refused"
    REOPEN = "reopen"
    REMIND = "remind"
    SUPERVISE = "supervise"
    ANNOTATE = "annotate"
    WITHDRAW = "withdraw"

    @property
    def label(self) -> str:
        """The action's Chinese name."""
        return _ACTION_LABELS[self.value]


_ACTION_LABELS = {
    "verify_and_dispatch": "核实转办",
    "reject": "不予转办",
    "restore": "恢复",
    "recall": "撤回",
    "acknowledge": "签收",
    "decline": "退单",
    "insist": "维持转办",
    "redispatch": "改派",
    "contribute": "提供协办意见",
    "submit": "提交整改",
    "return_for_rework": "退回重办",
    "approve": "审核通过",
    "unapprove": "撤回审核",
    "report": "报送",
    "confirm_closed": "办结",
    "report_refused": "12345退回",
    "reopen": "重新办理",
    "remind": "催办",
    "supervise": "督办",
    "annotate": "批注",
    "withdraw": "申诉撤销",
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed act: `action` takes a ticket from `source` to `target`, by a member of `group`.

    `lead_only`: a liaison acts for the lead agency (主办) only. `group` is None where no person acts by
    hand: an appeal's decision takes the ticket out of the count (Art. 25).
    """

    action: Action
    source: State
    target: State
    group: Group | None

    @property
    def lead_only(self) -> bool:
        """Whether only the lead agency's liaison may act."""
        return self.group is Group.LIAISON and self.action not in (Action.ANNOTATE, Action.CONTRIBUTE)

    @property
    def co_only(self) -> bool:
        """Whether only a co-agency's liaison may act: the lead says the same in its own material."""
        return self.action is Action.CONTRIBUTE


def _officer(action: Action, *moves: tuple[State, State]) -> tuple[Transition, ...]:
    return tuple(Transition(action, source, target, Group.OFFICER) for source, target in moves)


def _liaison(action: Action, *moves: tuple[State, State]) -> tuple[Transition, ...]:
    return tuple(Transition(action, source, target, Group.LIAISON) for source, target in moves)


#: States in which a ticket is open: not closed, not rejected.
OPEN = tuple(s for s in State if s not in (State.CLOSED, State.REJECTED))
#: States in which the agency still has something to do.
WITH_AGENCY = (State.DISPATCHED, State.RECTIFYING)
#: States that count as rectified (rules §5): approved, reported or closed.
RECTIFIED = (State.APPROVED, State.REPORTED, State.CLOSED)

TRANSITIONS: tuple[Transition, ...] = (
    *_officer(Action.VERIFY_AND_DISPATCH, (State.PENDING, State.DISPATCHED)),
    *_officer(Action.REJECT, (State.PENDING, State.REJECTED)),
    *_officer(Action.RESTORE, (State.REJECTED, State.PENDING)),
    *_officer(Action.RECALL, (State.DISPATCHED, State.PENDING)),
    *_liaison(Action.ACKNOWLEDGE, (State.DISPATCHED, State.RECTIFYING)),
    *_liaison(Action.DECLINE, (State.DISPATCHED, State.PENDING)),
    *_officer(Action.INSIST, (State.PENDING, State.DISPATCHED)),
    *_officer(Action.REDISPATCH, (State.DISPATCHED, State.DISPATCHED), (State.RECTIFYING, State.DISPATCHED)),
    *_liaison(Action.CONTRIBUTE, (State.RECTIFYING, State.RECTIFYING)),
    *_liaison(Action.SUBMIT, (State.RECTIFYING, State.SUBMITTED)),
    *_officer(Action.RETURN_FOR_REWORK, (State.SUBMITTED, State.RECTIFYING)),
    *_officer(Action.APPROVE, (State.SUBMITTED, State.APPROVED)),
    *_officer(Action.UNAPPROVE, (State.APPROVED, State.SUBMITTED)),
    *_officer(Action.REPORT, (State.APPROVED, State.REPORTED)),
    *_officer(Action.CONFIRM_CLOSED, (State.REPORTED, State.CLOSED)),
    *_officer(Action.REPORT_REFUSED, (State.REPORTED, State.RECTIFYING)),
    *_officer(Action.REOPEN, (State.CLOSED, State.DISPATCHED)),
    *_officer(Action.REMIND, *((s, s) for s in WITH_AGENCY)),
    *_officer(Action.SUPERVISE, *((s, s) for s in WITH_AGENCY)),
    *_officer(Action.ANNOTATE, *((s, s) for s in State)),
    *_liaison(Action.ANNOTATE, *((s, s) for s in (State.DISPATCHED, State.RECTIFYING, State.SUBMITTED))),
    *(Transition(Action.WITHDRAW, state, State.REJECTED, None) for state in OPEN),
)

#: Actions that a person takes by hand.
BY_HAND = tuple(dict.fromkeys(t.action for t in TRANSITIONS if t.group is not None))

#: Reasons an officer may choose for 不予转办, code → text.
REJECT_REASONS = {
    "duplicate": "重复",
    "not_local": "非本地",
    "unverifiable": "信息无法核实",
    "test": "系统测试数据",
    "other": "其他",
}

#: Actions that need a written reason.
NEEDS_REASON = frozenset(
    {
        Action.REJECT,
        Action.RESTORE,
        Action.DECLINE,
        Action.INSIST,
        Action.REDISPATCH,
        Action.RETURN_FOR_REWORK,
        Action.UNAPPROVE,
        Action.REPORT_REFUSED,
        Action.REOPEN,
        Action.SUPERVISE,
        Action.ANNOTATE,
        Action.CONTRIBUTE,
        Action.WITHDRAW,
    }
)

#: Actions that name a lead agency and start a new assignment with its own clock.
NEEDS_LEAD = frozenset({Action.VERIFY_AND_DISPATCH, Action.REDISPATCH, Action.REOPEN})


def allowed(state: State, group: Group) -> tuple[Action, ...]:
    """The actions a member of `group` may take on a ticket in `state`, in the table's order."""
    return tuple(t.action for t in TRANSITIONS if t.source is state and t.group is group)


def target(action: Action, state: State, group: Group) -> State | None:
    """The state `action` leads to, or None where it is not allowed."""
    for t in TRANSITIONS:
        if t.action is action and t.source is state and t.group is group:
            return t.target
    return None
