"""申诉 (Art. 25): the life of an appeal as data, its window, and what a finding does to the rating.

The database carries the same moves in `pd.appeal_transition`; a test holds both together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.rules.people import Group

#: Characters of a statement, a finding, a decision or a reason.
LONGEST = 3000
#: Files of evidence at most.
MOST_FILES = 20


class State(StrEnum):
    """Where an appeal stands."""

    FILED = "filed"
    RETURNED = "returned"
    UPHELD_BY_AGENCY = "upheld_by_agency"
    DISMISSED_BY_AGENCY = "dismissed_by_agency"
    CORRECTED = "corrected"
    DISMISSED = "dismissed"
    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _STATE_LABELS[self.value]


_STATE_LABELS = {
    "filed": "待单位核实",
    "returned": "待补正",
    "upheld_by_agency": "待中心决定",
    "dismissed_by_agency": "单位维持",
    "corrected": "已修正",
    "dismissed": "中心维持",
    "recorded": "已备案",
    "withdrawn": "已撤回",
}

#: States in which somebody still has something to do.
OPEN = (State.FILED, State.RETURNED, State.UPHELD_BY_AGENCY)


class Step(StrEnum):
    """What can be done with an appeal; the values are the actions of their events."""

    RETURN = "appeal_return"
    SUPPLEMENT = "appeal_supplement"
    WITHDRAW = "appeal_withdraw"
    UPHOLD = "appeal_uphold"
    DISMISS_BY_AGENCY = "appeal_dismiss_by_agency"
    CORRECT = "appeal_correct"
    DISMISS = "appeal_dismiss"
    RECORD = "appeal_record"
    UNRECORD = "appeal_unrecord"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _STEP_LABELS[self.value]


_STEP_LABELS = {
    "appeal_return": "退回补正",
    "appeal_supplement": "补正后提交",
    "appeal_withdraw": "撤回申诉",
    "appeal_uphold": "认定申诉成立",
    "appeal_dismiss_by_agency": "单位维持评价",
    "appeal_correct": "修正评价",
    "appeal_dismiss": "中心维持评价",
    "appeal_record": "备案",
    "appeal_unrecord": "撤销备案",
}

#: Events of an appeal that are no step: filing, leave to file late, files.
FILED_EVENT, ADMITTED_EVENT = "appeal_filed", "appeal_admitted"
FILE_EVENTS = {"appeal_file_added": "添加申诉证据", "appeal_file_removed": "移除申诉证据"}
DEADLINE_EVENT = "appeal_deadline"


class Finding(StrEnum):
    """What the agency found (Art. 25)."""

    MISTAKEN = "mistaken"
    MALICIOUS = "malicious"
    UPHELD = "upheld"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"mistaken": "误评", "malicious": "恶意评价", "upheld": "维持"}[self.value]


class Effect(StrEnum):
    """What a correction does to a rating: leaves it out of numerators and denominators, or another level counts."""

    EXCLUDE = "exclude"
    REPLACE = "replace"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"exclude": "不计入", "replace": "按确认的等级计"}[self.value]


@dataclass(frozen=True, slots=True)
class Move:
    """`step` takes an appeal from `source` to `target`, by a member of `group`; `text`: words are needed.

    `group` is None where no person acts by hand: a filing with the bureau records what was corrected.
    """

    step: Step
    source: State
    target: State
    group: Group | None
    text: bool = True


MOVES: tuple[Move, ...] = (
    Move(Step.RETURN, State.FILED, State.RETURNED, Group.LIAISON),
    Move(Step.RETURN, State.FILED, State.RETURNED, Group.OFFICER),
    Move(Step.RETURN, State.UPHELD_BY_AGENCY, State.RETURNED, Group.OFFICER),
    Move(Step.SUPPLEMENT, State.RETURNED, State.FILED, Group.LIAISON),
    Move(Step.SUPPLEMENT, State.RETURNED, State.FILED, Group.OFFICER),
    *(
        Move(Step.WITHDRAW, state, State.WITHDRAWN, group)
        for state in OPEN
        for group in (Group.LIAISON, Group.OFFICER)
    ),
    Move(Step.UPHOLD, State.FILED, State.UPHELD_BY_AGENCY, Group.LIAISON),
    Move(Step.DISMISS_BY_AGENCY, State.FILED, State.DISMISSED_BY_AGENCY, Group.LIAISON),
    Move(Step.CORRECT, State.UPHELD_BY_AGENCY, State.CORRECTED, Group.OFFICER),
    Move(Step.DISMISS, State.UPHELD_BY_AGENCY, State.DISMISSED, Group.OFFICER),
    Move(Step.RECORD, State.CORRECTED, State.RECORDED, None, text=False),
    Move(Step.UNRECORD, State.RECORDED, State.CORRECTED, None, text=False),
)


def allowed(state: State, group: Group) -> tuple[Step, ...]:
    """The steps a member of `group` may take in `state`, in the table's order."""
    return tuple(m.step for m in MOVES if m.source is state and m.group is group)


@dataclass(frozen=True, slots=True)
class Window:
    """The time for filing: from `start` for `days` working days, until the end of `due`; `basis`: what it runs from."""

    start: date
    basis: str
    due: date

    @property
    def why(self) -> str:
        """What the time runs from, in words."""
        return {
            "told": "自工作人员获知评价之日起",
            "dispatched": "未记录获知日期，自工单转办之日起",
            "rated": "未记录获知日期、也未转办，自评价之日起",
        }[self.basis]

    def is_over(self, today: date) -> bool:
        """Whether filing today is late."""
        return today > self.due


def window(told: date | None, dispatched: date | None, rated: date, due: Callable[[date], date]) -> Window:
    """The window of a rating (Art. 25): from the day the person was told, else of dispatch, else of the rating.

    `due` gives the last day of the window that begins on a day.
    """
    for basis, start in (("told", told), ("dispatched", dispatched), ("rated", rated)):
        if start is not None:
            return Window(start, basis, due(start))
    raise AssertionError("a rating has a day")


def effect_of(
    finding: Finding, confirmed: int | None, mistaken: str = "replace", malicious: str = "exclude"
) -> Effect | None:
    """What a finding does to the rating; `mistaken`, `malicious`: the rule set's choices. None where nothing changes.

    误评 counts with the level that the person confirmed, and not at all where it cannot be confirmed (`confirmed` None).
    """
    if finding is Finding.UPHELD:
        return None
    if finding is Finding.MALICIOUS:
        return Effect(malicious) if malicious == "exclude" or confirmed is not None else Effect.EXCLUDE
    return Effect.REPLACE if mistaken == "replace" and confirmed is not None else Effect.EXCLUDE


def why_not_decide(person: str, login: str, appellant: str, found_by: str | None) -> str | None:
    """Why somebody may not find or decide on an appeal; None where they may.

    Nobody decides on a rating of themselves, and who found does not decide. Namesakes are taken for one person.
    """
    if "".join(person.split()) == "".join(appellant.split()):
        return "不能核实或决定对自己的评价，请由别人办理。"
    if found_by is not None and login == found_by:
        return "核实和决定应由不同的人办理。"
    return None
