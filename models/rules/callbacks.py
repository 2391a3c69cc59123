"""回访 (Art. 3, 15, 24; Guide 7.1.1): who is called, what can come of it, and the rate of the satisfied."""

from __future__ import annotations

from enum import StrEnum

from models.rules.lifecycle import State
from models.rules.people import Group

#: Calls that reach nobody, after which a person counts as unreachable.
TRIES = 3
#: Characters of what the person said, or of a reason.
LONGEST = 2000


class Kind(StrEnum):
    """Why somebody is called."""

    HOTLINE = "hotline"
    AGENCY = "agency"
    SPOT_CHECK = "spot_check"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"hotline": "热线差评回访", "agency": "单位回访", "spot_check": "抽查回访"}[self.value]

    @property
    def short(self) -> str:
        """The same where 回访 is understood."""
        return {"hotline": "热线差评", "agency": "单位回访", "spot_check": "抽查"}[self.value]

    @property
    def article(self) -> str:
        """What it carries out."""
        return {"hotline": "细则第十五条", "agency": "细则第三条", "spot_check": "细则第二十四条"}[self.value]

    @property
    def group(self) -> Group:
        """Who calls."""
        return Group.LIAISON if self is Kind.AGENCY else Group.OFFICER


class Outcome(StrEnum):
    """What came of a callback."""

    SATISFIED = "satisfied"
    UNSATISFIED = "unsatisfied"
    UNREACHABLE = "unreachable"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _OUTCOMES[self.value]


_OUTCOMES = {"satisfied": "满意", "unsatisfied": "不满意", "unreachable": "联系不上", "declined": "拒绝回访"}

#: What one call can come to: nobody answered, or an outcome given by the person.
NO_ANSWER = "no_answer"
ANSWERS = (Outcome.SATISFIED, Outcome.UNSATISFIED, Outcome.DECLINED)

#: States in which an agency may call on its own ticket: it works on it, or has handed it in.
AGENCY_CALLS = (State.RECTIFYING, State.SUBMITTED, State.APPROVED, State.REPORTED, State.CLOSED)
#: States in which the agency's call is due: handed in, and not yet closed by 12345 (ours; Art. 3 names no day).
AGENCY_DUE = (State.SUBMITTED, State.APPROVED, State.REPORTED)
#: States from which an unsatisfied person's ticket can go back: begun anew, or for rework.
REOPENED_FROM = (State.SUBMITTED, State.APPROVED, State.CLOSED)


class Decision(StrEnum):
    """What an officer does about somebody who is not satisfied (Art. 24)."""

    REOPEN = "reopen"
    LEAVE = "leave"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"reopen": "重新办理", "leave": "不再办理"}[self.value]


class Stand(StrEnum):
    """Where a callback stands, for lists: due, or what came of it."""

    DUE = "due"
    UNDECIDED = "undecided"
    SATISFIED = "satisfied"
    DECIDED = "decided"
    UNREACHABLE = "unreachable"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _STANDS[self.value]


_STANDS = {
    "due": "待回访", "undecided": "不满意待处理", "satisfied": "满意", "decided": "不满意已处理", "unreachable": "联系不上",
    "declined": "拒绝回访",
}  # fmt: skip
#: The stands of what was called.
SETTLED = tuple(stand for stand in Stand if stand is not Stand.DUE)


def stand(outcome: Outcome | None, decision: Decision | None) -> Stand:
    """Where a callback stands by its outcome and the officer's decision."""
    if outcome is None:
        return Stand.DUE
    if outcome is Outcome.UNSATISFIED:
        return Stand.DECIDED if decision else Stand.UNDECIDED
    return Stand(outcome.value)


class Step(StrEnum):
    """What is done with a callback."""

    CALL = "callback_call"
    REOPEN = "callback_reopen"
    LEAVE = "callback_leave"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"callback_call": "记录回访", "callback_reopen": "重新办理", "callback_leave": "不再办理"}[
            self.value
        ]

    @property
    def groups(self) -> frozenset[Group]:
        """Who takes it."""
        return frozenset({Group.OFFICER, Group.LIAISON} if self is Step.CALL else {Group.OFFICER})


def steps(standing: Stand, group: Group, kind: Kind, state: State) -> tuple[Step, ...]:
    """What a group can do now with a callback of a ticket in a state."""
    if standing is Stand.DUE:
        return (Step.CALL,) if group is kind.group else ()
    if standing is not Stand.UNDECIDED or group is not Group.OFFICER:
        return ()
    return (Step.REOPEN, Step.LEAVE) if state in REOPENED_FROM else (Step.LEAVE,)


def why_not_reopened(state: State) -> str:
    """Why an unsatisfied person's ticket cannot go back now."""
    if state is State.REPORTED:
        return "已报送，等12345办结以后再重新办理"
    return "工单正在办理，由单位继续整改"


def script(caller: str, kind: Kind, *, day: str, agency: str, item: str, level: str) -> str:
    """What is said to the person on the telephone: one wording for everybody."""
    rated = f"您{day}对{agency}办理的“{item}”作了“{level}”的评价"
    asks = {
        Kind.HOTLINE: "想了解您不满意的原因，反映的问题有没有得到处理",
        Kind.AGENCY: "我们已按您反映的问题作了整改，想听听您是否满意",
        Kind.SPOT_CHECK: "承办单位报告已经整改，想向您核实问题有没有解决",
    }[kind]
    return f"您好，这里是{caller}。{rated}，{asks}。请问您对办理结果是满意还是不满意？还有什么意见？您的信息只用于这次回访。"


#: The events of callbacks.
EVENTS = {
    "callback_drawn": "抽取回访样本",
    "callback_try": "回访未接通",
    "callback_made": "回访",
    "callback_decided": "回访不满意的处理",
}


def after_call(tries: int, came_to: str) -> Outcome | None:
    """The outcome after one more call that came to `came_to`; None while there is a call left to make."""
    if came_to != NO_ANSWER:
        return Outcome(came_to)
    return Outcome.UNREACHABLE if tries + 1 >= TRIES else None
