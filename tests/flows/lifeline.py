"""What must come of acts on a ticket, by the rules alone: no database, no clock of its own (rules of Art. 23–24).

A `Life` is one ticket. `act` says how an act ends (an SQLSTATE where it is refused) and takes the life along.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from models.rules import lifecycle
from models.rules.lifecycle import NEEDS_LEAD, NEEDS_REASON, OPEN, Action, State
from models.rules.people import Group
from models.rules.worktime import Calendar

REFUSED, STALE, FORBIDDEN = "PD001", "PD002", "PD003"
#: Working days of each clock, as the shipped rule set says.
RECTIFICATION, REWORK, REPORT = 10, 3, 5
_MOVES = {(t.action, t.source, t.group): t for t in lifecycle.TRANSITIONS}


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who acts; `group` is none of the two that handle tickets for everybody else."""

    login: str
    group: Group
    agency: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands: the columns of its row that acts change, but version and round."""

    state: State
    holder: int
    co: tuple[int, ...] = ()
    declined: bool = False
    received_on: date | None = None
    due_on: date | None = None
    rework_due_on: date | None = None
    report_due_on: date | None = None
    submitted_on: date | None = None
    handled_on: date | None = None

    @property
    def runs_until(self) -> date | None:
        """The end of the clock that runs."""
        if self.state in lifecycle.WITH_AGENCY:
            return self.rework_due_on or self.due_on
        if self.state is State.PENDING:
            return self.due_on
        return self.report_due_on if self.state in (State.SUBMITTED, State.APPROVED) else None


@dataclass(slots=True)
class Part:
    """One agency's part in a round; `stopped_on`: the submission with which its clock stopped."""

    round: int
    agency: int
    lead: bool
    received_on: date
    due_on: date
    current: bool = True
    stopped_on: date | None = None
    ended_by: str | None = None
    used: int | None = None


@dataclass(slots=True)
class Life:
    """One ticket; `agency` was rated. `returned_on`: when the last rework began."""

    agency: int
    stands: Standing
    version: int = 1
    round: int = 0
    parts: list[Part] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    returned_on: date | None = None
    withdrawn: bool = False
    #: What stood before the act that the key undoes: the standing, and its parts that ran.
    before: dict[Action, tuple[Standing, int, list[Part]]] = field(default_factory=dict)

    @classmethod
    def opened(cls, agency: int) -> Life:
        """A ticket of an agency that nobody has looked at."""
        return cls(agency, Standing(State.PENDING, agency))

    def running(self) -> list[Part]:
        """The parts of the round that runs."""
        return [part for part in self.parts if part.current]

    def sees(self, who: Somebody) -> bool:
        """Whether somebody handles this ticket at all."""
        held = any(part.agency == who.agency for part in self.running())
        return who.group is Group.OFFICER or (who.group is Group.LIAISON and held)

    def may(self, who: Somebody) -> tuple[Action, ...]:
        """What somebody may do now."""
        if not self.sees(who):
            return ()
        return tuple(
            a for a in lifecycle.allowed(self.stands.state, who.group) if self._why_not(a, who) is None
        )

    def _why_not(self, action: Action, who: Somebody) -> str | None:
        move = _MOVES.get((action, self.stands.state, who.group))
        if move is None:
            return REFUSED
        leads = any(part.agency == who.agency and part.lead for part in self.running())
        if move.lead_only and not leads:
            return FORBIDDEN
        refused = (
            (move.co_only and leads)
            or (action is Action.INSIST and not self.stands.declined)
            or (action is Action.RESTORE and self.withdrawn)
        )
        return REFUSED if refused else None

    def act(
        self, action: Action, who: Somebody, today: date, given: Mapping[str, Any], calendar: Calendar,
        agencies: Collection[int], *, version: int,
    ) -> str | None:  # fmt: skip
        """How it ends: None where it is done, else the SQLSTATE of its refusal."""
        if not self.sees(who):
            return FORBIDDEN
        if version != self.version:
            return STALE
        if (why := self._why_not(action, who)) is not None:
            return why
        if (action in NEEDS_REASON and not given.get("reason", "").strip()) or _incomplete(
            action, given, today, agencies
        ):
            return REFUSED
        target = lifecycle.target(action, self.stands.state, who.group)
        assert target is not None
        self._done(action, target, today, given, calendar)
        return None

    def withdraw(self, today: date, calendar: Calendar) -> str | None:
        """An appeal's decision takes the ticket out."""
        if self.stands.state not in OPEN:
            return REFUSED
        self._done(Action.WITHDRAW, State.REJECTED, today, {}, calendar)
        self.withdrawn = True
        return None

    def _done(
        self, action: Action, target: State, today: date, given: Mapping[str, Any], calendar: Calendar
    ) -> None:
        earlier = (self.stands, self.round)
        self.stands = replace(self._carried_out(action, today, given, calendar), state=target)
        self.version += (self.stands, self.round) != earlier
        self.events.append(action.value)

    def _carried_out(
        self, action: Action, today: date, given: Mapping[str, Any], calendar: Calendar
    ) -> Standing:
        stands = self.stands
        if action in NEEDS_LEAD:
            return self._dispatched(action, today, given, calendar)
        if action is Action.REJECT:
            self._remember(Action.RESTORE)
            return self._taken_back("reject", today, calendar)
        if action is Action.RECALL:
            back = self._taken_back("recall", today, calendar)
            return self._put_back(Action.RECALL, calendar) or back
        if action is Action.WITHDRAW:
            if stands.state is State.APPROVED:
                self._stop_clock()
            return self._taken_back("withdraw", today, calendar)
        if action is Action.RESTORE:
            return self._put_back(Action.RESTORE, calendar) or stands
        if action in (Action.DECLINE, Action.INSIST):
            return replace(stands, declined=action is Action.DECLINE)
        if action is Action.SUBMIT:
            for part in self.running():
                part.stopped_on = part.stopped_on or today
            due = calendar.deadline(today, REPORT).due
            return replace(stands, submitted_on=today, report_due_on=due)
        if action in (Action.RETURN_FOR_REWORK, Action.REPORT_REFUSED):
            self.returned_on = today
            due = calendar.deadline(today, REWORK).due
            return replace(stands, rework_due_on=due, report_due_on=None, handled_on=None)
        if action is Action.APPROVE:
            return replace(stands, handled_on=today)
        if action is Action.UNAPPROVE:
            return replace(stands, handled_on=None)
        if action is Action.REPORT:
            self._stop_clock()
        return stands

    def _dispatched(
        self, action: Action, today: date, given: Mapping[str, Any], calendar: Calendar
    ) -> Standing:
        self.before.pop(Action.RECALL, None)
        if action is Action.VERIFY_AND_DISPATCH:
            self._remember(Action.RECALL)
        self._end("decline" if self.stands.declined else action.value, today, calendar)
        self.round = 1 + max([self.round, *(part.round for part in self.parts)])
        due = calendar.deadline(today, RECTIFICATION).due
        lead, co = given["lead"], tuple(given["co"])
        self.parts += [Part(self.round, agency, agency == lead, today, due) for agency in (lead, *co)]
        return Standing(self.stands.state, lead, co, received_on=today, due_on=due)

    def _taken_back(self, how: str, today: date, calendar: Calendar) -> Standing:
        self._end(how, today, calendar)
        return Standing(self.stands.state, self.agency)

    def _end(self, how: str, today: date, calendar: Calendar) -> None:
        for part in self.running():
            used = calendar.working_days_between(part.received_on, part.stopped_on or today)
            part.current, part.ended_by, part.used = False, how, max(0, used)

    def _remember(self, undo: Action) -> None:
        self.before[undo] = (self.stands, self.round, deepcopy(self.running()))

    def _put_back(self, undo: Action, calendar: Calendar) -> Standing | None:
        """Everything as it stood before the act that is undone; nothing where none is to be undone."""
        if undo not in self.before:
            return None
        stands, number, parts = self.before.pop(undo)
        if not parts:
            return stands
        self.round = number
        self.parts = [
            p for p in self.parts if (p.round, p.agency) not in {(o.round, o.agency) for o in parts}
        ] + parts
        assert stands.received_on is not None
        due = calendar.deadline(stands.received_on, RECTIFICATION).due  # a notice may have come in meanwhile
        for part in parts:
            part.due_on = due
        return replace(stands, due_on=due)

    def _stop_clock(self) -> None:
        stands = self.stands
        if stands.rework_due_on and stands.submitted_on and stands.submitted_on > stands.rework_due_on:
            for part in self.running():
                part.stopped_on = stands.submitted_on

    def reckon(self, calendar: Calendar) -> None:
        """The calendar has changed: every deadline that may still run is computed again."""
        stands = self.stands
        if stands.received_on is None or stands.state not in OPEN:
            return
        due = calendar.deadline(stands.received_on, RECTIFICATION).due
        fresh = replace(stands, due_on=due)
        if stands.rework_due_on and self.returned_on:
            fresh = replace(fresh, rework_due_on=calendar.deadline(self.returned_on, REWORK).due)
        if stands.report_due_on and stands.submitted_on:
            fresh = replace(fresh, report_due_on=calendar.deadline(stands.submitted_on, REPORT).due)
        if fresh != stands:
            self.events.append("deadline_moved")
        self.stands = fresh
        for part in self.running():
            part.due_on = due

    def provisional(self, calendar: Calendar) -> bool | None:
        """Whether the clock that runs ends on a day that is not settled; None where none runs."""
        stands = self.stands
        if stands.runs_until is None:
            return None
        if stands.state in (State.SUBMITTED, State.APPROVED):
            start, days = stands.submitted_on, REPORT
        elif stands.rework_due_on is not None:
            start, days = self.returned_on, REWORK
        else:
            start, days = stands.received_on, RECTIFICATION
        assert start is not None
        return calendar.deadline(start, days).provisional


def _incomplete(action: Action, given: Mapping[str, Any], today: date, agencies: Collection[int]) -> bool:
    """Whether what was filled in does not do."""
    if action in NEEDS_LEAD:
        named = [given.get("lead"), *given.get("co", ())]
        return len(set(named)) < len(named) or not set(named) <= set(agencies)
    if action is Action.REJECT:
        return given.get("reason_code") not in lifecycle.REJECT_REASONS
    if action is Action.SUBMIT:
        return not given.get("measures")
    if action is Action.CONFIRM_CLOSED:
        return not given.get("receipt") or date.fromisoformat(given["closed_on"]) > today
    return False
