"""The list of people: who is found, how they stand, what waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from app.clock import SHANGHAI
from app.registry import people
from app.registry.people import PeopleFilter, PersonRow, Standing
from models.rules.administration import PersonAction
from models.rules.people import Group
from tests.databases import Database
from tests.registry.desks import FIRST, Centre, centre_of, new_login

SINCE = datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def centre(database: Database) -> Iterator[Centre]:
    with centre_of(database) as made:
        yield made


def row(**over: object) -> PersonRow:
    """A liaison of 罗州街道."""
    made: dict[str, object] = dict(
        login="luomin", name="罗敏", group=Group.LIAISON, agency="罗州街道", is_head=False, active=True,
        must_change_password=False, created_at=SINCE, disabled_at=None,
    )  # fmt: skip
    return PersonRow(**{**made, **over})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("over", "standing"),
    [
        ({}, Standing.ACTIVE),
        ({"must_change_password": True}, Standing.MUST_CHANGE),
        ({"active": False, "must_change_password": True}, Standing.DISABLED),
        ({"active": False, "waiting": True}, Standing.WAITING),
    ],
)
def test_a_standing_says_what_is_most_worth_knowing(over: dict[str, object], standing: Standing) -> None:
    assert row(**over).standing is standing
    assert standing.label


@pytest.mark.parametrize("search", ["罗", "luomin", "LUO", "街道", "lm", "luom", " 罗敏 ", ""])
def test_people_are_found_by_name_login_agency_and_pinyin(search: str) -> None:
    assert people.matches(row(login="liaison-01" if search == "luom" else "luomin"), PeopleFilter(search))


@pytest.mark.parametrize(
    "wanted",
    [PeopleFilter("王"), PeopleFilter(group=Group.OFFICER), PeopleFilter(standing=Standing.DISABLED)],
)
def test_others_are_not(wanted: PeopleFilter) -> None:
    assert not people.matches(row(), wanted)


def test_who_else_could_act_is_counted_among_the_active() -> None:
    everybody = [
        row(), row(login="b"), row(login="c", active=False),
        row(login="admin", group=Group.ADMIN, agency=None), row(login="admin-2", group=Group.ADMIN, agency=None),
    ]  # fmt: skip
    assert people.others_of_agency(row(), everybody) == 1
    assert people.others_of_agency(row(agency=None), everybody) == 0
    assert people.other_admins("admin", everybody) == 1


@pytest.mark.parametrize("reader", list(Group))
def test_everybody_reads_the_people_and_few_the_requests(centre: Centre, reader: Group) -> None:
    login = centre.somebody(Group.LIAISON)
    centre.order(FIRST, PersonAction.REGROUP, login, group=Group.OFFICER)
    desk = centre.desk("admin" if reader is Group.ADMIN else centre.somebody(reader))
    with desk.store.read() as connection:
        page = people.listed(connection, reader, PeopleFilter(group=Group.LIAISON))
    assert login in {person.login for person in page.rows}
    assert page.groups[Group.ADMIN] == 2 and len(page.everybody) > len(page.rows)
    assert page.standings[Standing.WAITING] == len(page.requests) == people.may_see_requests(reader)


def test_a_request_says_who_asked_for_what(centre: Centre) -> None:
    login = new_login()
    centre.order(FIRST, PersonAction.CREATE, login, name="王芳", group=Group.OFFICER, is_head=True)
    (asked,) = centre.requests()
    assert (asked.action, asked.login, asked.name, asked.group, asked.agency, asked.is_head) == (
        PersonAction.CREATE,
        login,
        "王芳",
        Group.OFFICER,
        None,
        True,
    )
    assert (asked.asked_by, asked.asked_by_name) == (FIRST, "系统管理员")
    assert (asked.expires_at - asked.asked_at).days == 7


def test_a_request_names_the_agency_and_whom_it_is_about(centre: Centre) -> None:
    login = centre.somebody(Group.BUREAU)
    centre.order(FIRST, PersonAction.REGROUP, login, group=Group.LIAISON, agency="乙镇")
    (asked,) = centre.requests()
    assert (asked.name, asked.agency, asked.is_head) == ("某人", "乙镇", None)
