"""The people as they are shown, and what waits for a second administrator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from app.registry.spelling import spelling
from models.rules.administration import PersonAction
from models.rules.people import Group


class Standing(StrEnum):
    """How a person stands."""

    ACTIVE = "active"
    WAITING = "waiting"
    MUST_CHANGE = "must_change"
    DISABLED = "disabled"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return _STANDINGS[self.value]


_STANDINGS = {"active": "在用", "waiting": "待确认", "must_change": "须改密码", "disabled": "已停用"}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of the registry; `waiting`: a request about them is open, as far as the reader may know."""

    login: str
    name: str
    group: Group
    agency: str | None
    is_head: bool
    active: bool
    must_change_password: bool
    created_at: datetime
    disabled_at: datetime | None
    waiting: bool = False

    @property
    def id(self) -> str:
        """What a table knows the row by."""
        return self.login

    @property
    def standing(self) -> Standing:
        """What is most worth knowing about the person now."""
        if self.waiting:
            return Standing.WAITING
        if not self.active:
            return Standing.DISABLED
        return Standing.MUST_CHANGE if self.must_change_password else Standing.ACTIVE


@dataclass(frozen=True, slots=True)
class RequestRow:
    """What one administrator asked for and another has to confirm. Group, agency and head: the wanted ones."""

    id: int
    action: PersonAction
    login: str
    name: str
    group: Group | None
    agency: str | None
    is_head: bool | None
    asked_by: str
    asked_by_name: str
    asked_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people are wanted; `search`: in name, login and agency, or the beginning of pinyin."""

    search: str = ""
    group: Group | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """The people that match, all of them, and how many each group and standing has."""

    rows: tuple[PersonRow, ...]
    everybody: tuple[PersonRow, ...]
    requests: tuple[RequestRow, ...]
    groups: Mapping[Group, int] = field(default_factory=dict)
    standings: Mapping[Standing, int] = field(default_factory=dict)
    next: None = None


_PEOPLE = """
SELECT u.login, u.name, u.group_name AS "group", a.name AS agency, u.is_head, u.active, u.must_change_password,
       u.created_at, u.disabled_at
FROM app_user u LEFT JOIN agency a ON a.id = u.agency_id
ORDER BY array_position(ARRAY['officer','liaison','bureau','admin','auditor'], u.group_name),
         a.standing, NOT u.is_head, u.login
"""
_REQUESTS = """
SELECT r.id, r.action, r.login, coalesce(r.facts ->> 'name', u.name, r.login) AS name, r.facts ->> 'group' AS "group",
       a.name AS agency, (r.facts ->> 'is_head')::boolean AS is_head, r.requested_by AS asked_by,
       coalesce(asker.name, r.requested_by) AS asked_by_name, r.requested_at AS asked_at, r.expires_at
FROM person_request r
LEFT JOIN app_user u ON u.login = r.login
LEFT JOIN app_user asker ON asker.login = r.requested_by
LEFT JOIN agency a ON a.id = (r.facts ->> 'agency')::bigint
WHERE r.outcome IS NULL AND r.expires_at > pd.now()
ORDER BY r.id
"""


def listed(connection: Connection, reader: Group, wanted: PeopleFilter | None = None) -> PeoplePage:
    """The people and, for those who may know, the open requests; a county has some hundreds, so all at once."""
    requests = open_requests(connection) if may_see_requests(reader) else ()
    asked = {request.login for request in requests}
    everybody = tuple(_person(row, asked) for row in connection.execute(text(_PEOPLE)))
    return PeoplePage(
        rows=tuple(person for person in everybody if matches(person, wanted or PeopleFilter())),
        everybody=everybody,
        requests=requests,
        groups=Counter(person.group for person in everybody),
        standings=Counter(person.standing for person in everybody),
    )


def open_requests(connection: Connection) -> tuple[RequestRow, ...]:
    """What waits for a second administrator, the oldest first; administrators and auditors."""
    return tuple(_request(row) for row in connection.execute(text(_REQUESTS)))


def may_see_requests(group: Group) -> bool:
    """Whether a group reads requests."""
    return group in (Group.ADMIN, Group.AUDITOR)


def matches(person: PersonRow, wanted: PeopleFilter) -> bool:
    """Whether a person is wanted."""
    if wanted.group is not None and person.group is not wanted.group:
        return False
    if wanted.standing is not None and person.standing is not wanted.standing:
        return False
    return not wanted.search.strip() or _found(person, wanted.search.strip().lower())


def others_of_agency(person: PersonRow, everybody: Sequence[PersonRow]) -> int:
    """How many other active people the person's agency has."""
    if person.agency is None:
        return 0
    return sum(p.active and p.agency == person.agency and p.login != person.login for p in everybody)


def other_admins(login: str, everybody: Sequence[PersonRow]) -> int:
    """How many active administrators there are beside this one: whether anybody could confirm."""
    return sum(p.active and p.group is Group.ADMIN and p.login != login for p in everybody)


def _found(person: PersonRow, needle: str) -> bool:
    said = " ".join((person.name, person.login, person.agency or "")).lower()
    spelled = spelling(person.name)
    return needle in said or spelled.full.startswith(needle) or spelled.initials.startswith(needle)


def _person(row: Any, asked: set[str]) -> PersonRow:
    facts = dict(row._mapping)
    return PersonRow(**facts | {"group": Group(row.group), "waiting": row.login in asked})


def _request(row: Any) -> RequestRow:
    facts = dict(row._mapping)
    group = Group(row.group) if row.group else None
    return RequestRow(**facts | {"action": PersonAction(row.action), "group": group})
