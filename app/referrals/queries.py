"""What is shown of referrals: what the database's own door gives this person, and nothing besides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from app.documents.numerals import paper_number
from app.errors import UserError
from models.rules.people import Group
from models.rules.referrals import State, Step


@dataclass(frozen=True, slots=True)
class ReferralFilter:
    """All given conditions hold at once."""

    state: State | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """The ticket or the appeal that a referral is to come from, and how it is called."""

    reference: str
    ticket: int | None = None
    appeal: int | None = None


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One line of the list; exactly one of `ticket_id` and `appeal_id` is there. `people`: logins."""

    id: int
    year: int
    sequence: int
    ticket_id: int | None
    appeal_id: int | None
    reference: str
    department: str
    subject: str
    hint: str
    people: tuple[str, ...]
    state: State
    version: int
    made_on: date
    made_by: str
    made_by_name: str

    @property
    def number(self) -> str:
        """线索〔2026〕4821号; drawn by lot."""
        return paper_number("线索", self.year, self.sequence)

    def is_found(self, sought: str) -> bool:
        """Whether its number or one of its words contains what was typed."""
        words = (self.number, self.reference, self.department, self.subject, self.hint)
        return any(sought in word for word in words)


@dataclass(frozen=True, slots=True)
class Page:
    """All that fit: there are few, and they are read whole."""

    rows: tuple[ReferralRow, ...]
    next: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many in each state."""

    matching: int
    states: dict[State, int]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One thing that was done, in words for the screen."""

    at: datetime
    actor_name: str
    action: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may be named."""

    login: str
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class ReferralDetail:
    """Everything about one. `named`: those named in it; `days`: none, it has no deadline."""

    row: ReferralRow
    named: tuple[Colleague, ...]
    steps: tuple[StepLine, ...]
    allowed: tuple[Step, ...]
    days: tuple[Any, ...] = ()


def concerns(connection: Connection) -> bool:
    """Whether the page is this person's: a head, or somebody who may see at least one."""
    return bool(
        connection.scalar(
            text("""SELECT EXISTS (SELECT FROM pd.referrals())
                    OR EXISTS (SELECT FROM app_user u WHERE u.login = session_user AND u.active AND u.is_head)""")
        )
    )


def page(connection: Connection, wanted: ReferralFilter) -> Page:
    """Those that fit, the newest first."""
    rows = (row for row in _all(connection) if wanted.state in (None, row.state))
    return Page(tuple(row for row in rows if row.is_found(wanted.search.strip())))


def counts(connection: Connection, wanted: ReferralFilter) -> Counts:
    """The counts behind the chips."""
    rows = _all(connection)
    states = {state: sum(row.state is state for row in rows) for state in State}
    return Counts(len(page(connection, wanted).rows), states)


def referral(connection: Connection, number: int) -> ReferralDetail:
    """One with all about it; raises UserError where there is none for this person."""
    row = next((one for one in _all(connection) if one.id == number), None)
    if row is None:
        raise UserError("没有这件线索移送。", code="not_found")
    mine = connection.execute(
        text("SELECT u.login, u.is_head FROM app_user u WHERE u.login = session_user")
    ).one()
    decides = mine.is_head or row.made_by == mine.login
    people = {one.login: one for one in colleagues(connection)}
    named = tuple(people.get(login, Colleague(login, login, "")) for login in row.people)
    return ReferralDetail(row, named, _steps(connection, number), _allowed(row.state, decides))


def _allowed(state: State, decides: bool) -> tuple[Step, ...]:
    open_steps = (Step.NOTE, Step.NAME, Step.CLOSE) if decides else (Step.NOTE,)
    return open_steps if state is State.MADE else (Step.NAME,) if decides else ()


def _all(connection: Connection) -> tuple[ReferralRow, ...]:
    rows = connection.execute(
        text("""
            SELECT r.id, r.year, r.number AS sequence, r.ticket_id, r.appeal_id, r.reference, r.department, r.subject, r.hint,
                   r.people, r.state, r.version, r.made_on, r.made_by, coalesce(u.name, r.made_by) AS made_by_name
            FROM pd.referrals() WITH ORDINALITY AS r (id, year, number, ticket_id, appeal_id, reference, department, subject, hint,
                 people, state, version, made_on, made_at, made_by, place)
            LEFT JOIN app_user u ON u.login = r.made_by ORDER BY r.place""")
    )
    return tuple(_row(dict(found._mapping)) for found in rows)


def _row(facts: dict[str, Any]) -> ReferralRow:
    return ReferralRow(**facts | {"people": tuple(facts["people"]), "state": State(facts["state"])})


def _steps(connection: Connection, number: int) -> tuple[StepLine, ...]:
    names = {one.login: one.name for one in colleagues(connection, all_of_them=True)}
    rows = connection.execute(
        text("SELECT at, actor, action, said FROM pd.referral_steps(:id)"), {"id": number}
    )
    return tuple(
        StepLine(r.at, names.get(r.actor, r.actor), _label(r.action), _said(r.action, r.said, names))
        for r in rows
    )


def _label(action: str) -> str:
    return "移送线索" if action == "made" else Step(action).label


def _said(action: str, said: str | None, names: dict[str, str]) -> str | None:
    """Who was named stands there by login."""
    if action != Step.NAME.value or not said:
        return said
    return "、".join(names.get(login, login) for login in said.split("、"))


def colleagues(connection: Connection, *, all_of_them: bool = False) -> tuple[Colleague, ...]:
    """Who works here and can be named, officers first; `all_of_them`: also those who left."""
    rows = connection.execute(
        text("""
            SELECT u.login, u.name, coalesce(a.name, '') AS agency, u.group_name FROM app_user u LEFT JOIN agency a ON a.id = u.agency_id
            WHERE u.active OR :all ORDER BY array_position(ARRAY['officer','bureau','auditor','admin','liaison'], u.group_name::text), a.standing, u.login"""),
        {"all": all_of_them},
    )
    return tuple(Colleague(r.login, r.name, r.agency or Group(r.group_name).label) for r in rows)
