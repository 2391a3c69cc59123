"""Guide 8.2: hints of misconduct handed to a department that may look into them, and people held to account."""

from __future__ import annotations

from enum import StrEnum

#: Characters of a subject or a department's name, and of a hint, a note or a reason.
SHORT, LONGEST = 60, 3000


class State(StrEnum):
    """Where a referral stands."""

    MADE = "made"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"made": "已移送", "closed": "已办结"}[self.value]


class Step(StrEnum):
    """What can be done with a referral: by a head or who made it, `NOTE` by everybody named."""

    NOTE = "note"
    NAME = "name"
    CLOSE = "close"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"note": "补充情况", "name": "增加知情人", "close": "办结"}[self.value]


class Ground(StrEnum):
    """Why somebody is held to account (Guide 8.2 b)."""

    REPEATED = "repeated"
    OBSTRUCTION = "obstruction"
    RETALIATION = "retaliation"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"repeated": "反复被差评、投诉", "obstruction": "故意刁难", "retaliation": "打击报复"}[
            self.value
        ]


#: The events of accountability records; referrals leave none in the common log.
EVENTS = {"accountability_recorded": "登记追责", "accountability_withdrawn": "撤回追责记录"}
