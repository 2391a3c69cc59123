"""备案 (Art. 3, 25): corrections and rectification results sent to the bureau, and its answer; the life as data.

The database carries the same moves in `pd.act_filing`; a test holds both together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.rules.people import Group

#: Characters of a note, a remark or an answer.
LONGEST = 2000


class Kind(StrEnum):
    """What is filed."""

    CORRECTIONS = "corrections"
    RECTIFICATIONS = "rectifications"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"corrections": "评价修正", "rectifications": "差评整改结果"}[self.value]

    @property
    def article(self) -> str:
        """What it carries out."""
        return {"corrections": "细则第二十五条", "rectifications": "细则第三条"}[self.value]


class State(StrEnum):
    """Where a filing stands."""

    FILED = "filed"
    RECEIVED = "received"
    RETURNED = "returned"
    ANSWERED = "answered"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _STATE_LABELS[self.value]


_STATE_LABELS = {
    "filed": "已报送",
    "received": "已接收",
    "returned": "已退回",
    "answered": "已备案",
    "cancelled": "已撤销",
}


class Step(StrEnum):
    """What can be done with a filing; the values are the actions of their events."""

    RECEIVE = "filing_receive"
    ANSWER = "filing_answer"
    RETURN = "filing_return"
    RESUBMIT = "filing_resubmit"
    CANCEL = "filing_cancel"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _STEP_LABELS[self.value]


_STEP_LABELS = {
    "filing_receive": "接收",
    "filing_answer": "准予备案",
    "filing_return": "退回",
    "filing_resubmit": "说明后重报",
    "filing_cancel": "撤销报送",
}

MADE_EVENT = "filing_made"


@dataclass(frozen=True, slots=True)
class Move:
    """`step` takes a filing from `source` to `target`, by a member of `group`; `text`: words are needed."""

    step: Step
    source: State
    target: State
    group: Group
    text: bool = True


MOVES: tuple[Move, ...] = (
    Move(Step.RECEIVE, State.FILED, State.RECEIVED, Group.BUREAU, text=False),
    Move(Step.ANSWER, State.RECEIVED, State.ANSWERED, Group.BUREAU, text=False),
    Move(Step.RETURN, State.FILED, State.RETURNED, Group.BUREAU),
    Move(Step.RETURN, State.RECEIVED, State.RETURNED, Group.BUREAU),
    Move(Step.RESUBMIT, State.RETURNED, State.FILED, Group.OFFICER),
    Move(Step.CANCEL, State.FILED, State.CANCELLED, Group.OFFICER),
    Move(Step.CANCEL, State.RETURNED, State.CANCELLED, Group.OFFICER),
)

#: With which filings a group has something to do.
WAITING = {Group.OFFICER: (State.RETURNED,), Group.BUREAU: (State.FILED, State.RECEIVED)}


def allowed(state: State, group: Group) -> tuple[Step, ...]:
    """The steps a member of `group` may take in `state`, in the table's order."""
    return tuple(m.step for m in MOVES if m.source is state and m.group is group)


def needs_text(step: Step) -> bool:
    """Whether the step is taken with words."""
    return any(m.text for m in MOVES if m.step is step)
