"""限期整改 (Guide 8.1.2): a demand to an agency that rests on figures; its few states, and what it changed.

The database carries the same moves in `pd.act_improvement`; a test holds both together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from models.rules.people import Group
from models.rules.scoring import shown

#: Characters of the subject, and of what is demanded, answered or given as a reason.
SHORT, LONGEST = 60, 3000
#: Working days that an order may give, and those proposed (ours).
FEWEST_DAYS, MOST_DAYS, USUAL_DAYS = 1, 60, 10


class State(StrEnum):
    """Where an order stands."""

    ISSUED = "issued"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _STATE_LABELS[self.value]


_STATE_LABELS = {"issued": "待整改", "answered": "待核查", "accepted": "已完成", "cancelled": "已撤销"}


class Step(StrEnum):
    """What can be done with an order."""

    ANSWER = "answer"
    ACCEPT = "accept"
    RETURN = "return"
    CANCEL = "cancel"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _STEP_LABELS[self.value]

    @property
    def event(self) -> str:
        """The action of its event in the log."""
        return f"improvement_{self.value}"


_STEP_LABELS = {
    "answer": "报告整改情况",
    "accept": "核查通过",
    "return": "退回继续整改",
    "cancel": "撤销通知",
}


@dataclass(frozen=True, slots=True)
class Move:
    """`step` takes an order from `source` to `target`, by a member of `group`; `text`: words are needed."""

    step: Step
    source: State
    target: State
    group: Group
    text: bool = True


MOVES: tuple[Move, ...] = (
    Move(Step.ANSWER, State.ISSUED, State.ANSWERED, Group.LIAISON),
    Move(Step.ACCEPT, State.ANSWERED, State.ACCEPTED, Group.OFFICER, text=False),
    Move(Step.RETURN, State.ANSWERED, State.ISSUED, Group.OFFICER),
    Move(Step.CANCEL, State.ISSUED, State.CANCELLED, Group.OFFICER),
)


def allowed(state: State, group: Group) -> tuple[Step, ...]:
    """The steps a member of `group` may take in `state`, in the table's order."""
    return tuple(m.step for m in MOVES if m.source is state and m.group is group)


def needs_text(step: Step) -> bool:
    """Whether the step is taken with words: a reason, or the answer."""
    return any(m.text for m in MOVES if m.step is step)


@dataclass(frozen=True, slots=True)
class Figures:
    """What whole months counted for an agency or one item there: item ratings, bad ones, tickets by label code.

    `labels`: the most frequent first; a ticket with two labels counts under both.
    """

    first: date
    last: date
    ratings: int
    bad: int
    tickets: int
    labels: tuple[tuple[str, int], ...] = ()

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Figures | None:
        """As the database keeps them; None where an order has none."""
        if not {"first", "last", "ratings", "bad", "tickets"} <= facts.keys():
            return None
        counted = sorted(facts.get("labels", {}).items(), key=lambda pair: (-pair[1], pair[0]))
        first, last = date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"])
        return cls(first, last, facts["ratings"], facts["bad"], facts["tickets"], tuple(counted))

    @property
    def bad_rate(self) -> Decimal | None:
        """差评率 in percent, as shown; None without ratings."""
        return shown(Fraction(100 * self.bad, self.ratings)) if self.ratings else None


def following(first: date, last: date) -> tuple[date, date]:
    """The months of the same length just after, by which an order is measured."""
    length = (last.year - first.year) * 12 + last.month - first.month + 1
    return _moved(first, length), _moved(last, length)


def _moved(month: date, by: int) -> date:
    index = month.year * 12 + month.month - 1 + by
    return date(index // 12, index % 12 + 1, 1)
