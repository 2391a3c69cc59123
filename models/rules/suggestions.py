"""意见建议 (Art. 16): what was put into boxes, books and mailboxes; its few states as data.

The database carries the same moves in `pd.suggestion_transition`; a test holds both together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.rules.people import Group


class Source(StrEnum):
    """Where it was left (Art. 16, Guide 5.1)."""

    BOX = "box"
    BOOK = "book"
    MAIL = "mail"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _SOURCE_LABELS[self.value]


_SOURCE_LABELS = {"box": "意见箱", "book": "意见簿", "mail": "邮箱"}


class Topic(StrEnum):
    """What it is about (ours: the texts ask to sort and name no sorts)."""

    ATTITUDE = "attitude"
    EFFICIENCY = "efficiency"
    PROCEDURE = "procedure"
    PLACE = "place"
    SYSTEM = "system"
    PRAISE = "praise"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _TOPIC_LABELS[self.value]


_TOPIC_LABELS = {
    "attitude": "服务态度",
    "efficiency": "办事效率",
    "procedure": "办事流程和材料",
    "place": "场所和设施",
    "system": "网上办事和设备",
    "praise": "表扬",
    "other": "其他",
}


class State(StrEnum):
    """Where a suggestion stands."""

    RECORDED = "recorded"
    DISPATCHED = "dispatched"
    ANSWERED = "answered"
    CLOSED = "closed"
    NOT_FOR_US = "not_for_us"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _STATE_LABELS[self.value]


_STATE_LABELS = {
    "recorded": "已登记",
    "dispatched": "已转",
    "answered": "已答复",
    "closed": "已办结",
    "not_for_us": "不属本中心",
}


class Step(StrEnum):
    """What can be done with a suggestion."""

    DISPATCH = "suggestion_dispatch"
    RECALL = "suggestion_recall"
    HAND_BACK = "suggestion_hand_back"
    ANSWER = "suggestion_answer"
    RETURN = "suggestion_return"
    CLOSE = "suggestion_close"
    REOPEN = "suggestion_reopen"
    SET_ASIDE = "suggestion_set_aside"
    RESTORE = "suggestion_restore"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _STEP_LABELS[self.value]


_STEP_LABELS = {
    "suggestion_dispatch": "转办意见",
    "suggestion_recall": "撤回意见",
    "suggestion_hand_back": "退回中心",
    "suggestion_answer": "答复意见",
    "suggestion_return": "退回重新答复",
    "suggestion_close": "意见办结",
    "suggestion_reopen": "意见重新办理",
    "suggestion_set_aside": "不属本中心",
    "suggestion_restore": "恢复意见",
}


@dataclass(frozen=True, slots=True)
class Move:
    """`step` takes a suggestion from `source` to `target`, by a member of `group`; `text`: words are needed."""

    step: Step
    source: State
    target: State
    group: Group
    text: bool = False


MOVES: tuple[Move, ...] = (
    Move(Step.DISPATCH, State.RECORDED, State.DISPATCHED, Group.OFFICER),
    Move(Step.RECALL, State.DISPATCHED, State.RECORDED, Group.OFFICER),
    Move(Step.HAND_BACK, State.DISPATCHED, State.RECORDED, Group.LIAISON, text=True),
    Move(Step.ANSWER, State.DISPATCHED, State.ANSWERED, Group.LIAISON, text=True),
    Move(Step.RETURN, State.ANSWERED, State.DISPATCHED, Group.OFFICER, text=True),
    Move(Step.CLOSE, State.ANSWERED, State.CLOSED, Group.OFFICER),
    Move(Step.REOPEN, State.CLOSED, State.ANSWERED, Group.OFFICER, text=True),
    Move(Step.SET_ASIDE, State.RECORDED, State.NOT_FOR_US, Group.OFFICER, text=True),
    Move(Step.RESTORE, State.NOT_FOR_US, State.RECORDED, Group.OFFICER, text=True),
)

#: Events of suggestions beside the steps.
RECORDED_EVENT, REVEALED_EVENT = "suggestion_recorded", "suggestion_contact"


def allowed(state: State, group: Group) -> tuple[Step, ...]:
    """The steps a member of `group` may take in `state`, in the table's order."""
    return tuple(m.step for m in MOVES if m.source is state and m.group is group)


def needs_text(step: Step) -> bool:
    """Whether the step is taken with words: a reason, or the answer."""
    return any(m.text for m in MOVES if m.step is step)
