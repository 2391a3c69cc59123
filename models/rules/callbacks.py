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

#: States in which an agency calls on its own ticket: it works on it, or has just handed it in.
AGENCY_CALLS = (State.RECTIFYING, State.SUBMITTED, State.APPROVED, State.REPORTED, State.CLOSED)


class Decision(StrEnum):
    """What an officer does about somebody who is not satisfied (Art. 24)."""

    REOPEN = "reopen"
    LEAVE = "leave"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"reopen": "重新办理", "leave": "不再办理"}[self.value]


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
