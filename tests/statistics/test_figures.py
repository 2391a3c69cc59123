"""Every number of tickets equals the list that it opens, for every side, scope and role; rates are equal for all."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection

from app.clock import SHANGHAI
from app.documents.model import Chart
from app.errors import UserError
from app.rankings.queries import Period
from app.statistics import queries
from app.statistics.briefing import briefing, document
from app.statistics.rows import TROUBLES, Figures, Scope
from app.tickets import queries as tickets
from app.tickets.rows import Side
from app.workspace import Person
from models.rules.people import Group
from models.rules.ratings import Platform
from tests.databases import MONDAY, Database
from tests.store import loads

OCTOBER = Period.month(date(2026, 10, 1))
OFFICER = Person("officer", "李伟", Group.OFFICER, None, None, is_head=False)
LIAISON = replace(OFFICER, login="liaison-01", group=Group.LIAISON, agency="甲镇")


def county(database: Database, seed: int = 7) -> None:
    """Three agencies with tickets of four months in every condition, many with a rating on file."""
    chance = random.Random(seed)
    database.freeze(MONDAY)
    database.liaison("liaison-01", "甲镇")
    database.agency("市局", "department")
    for _ in range(70):
        opened = datetime(
            2026,
            chance.choice([7, 8, 9, 10, 10, 10]),
            chance.randint(1, 28),
            chance.randint(0, 23),
            tzinfo=SHANGHAI,
        )
        ticket = database.ticket(
            chance.choice(["甲镇", "乙镇", "市局"]), opened=opened, item=f"事项{chance.randint(1, 6)}"
        )
        _condition(database, chance, ticket, opened)
    database.rows(
        "SELECT pd.refresh_tally(ARRAY[DATE '2026-07-01', '2026-08-01', '2026-09-01', '2026-10-01'])"
    )


def _condition(database: Database, chance: random.Random, ticket: int, opened: datetime) -> None:
    labels = chance.sample(["108", "109", "207", "210"], chance.randint(0, 3))
    received, taken, sent = opened.date() + timedelta(1), chance.randint(0, 4), chance.randint(3, 20)
    state = chance.choice(["pending", "rectifying", "closed", "rejected", "approved"])
    handed = received + timedelta(sent) if state in ("closed", "approved") else None
    database.rows(
        """UPDATE pd.ticket SET labels = %s, platform = %s, state = %s, received_on = %s, due_on = %s, submitted_on = %s, round = 1,
                  handled_on = %s WHERE id = %s""",
        labels, chance.choice(["hall", "portal", "app"]), state, received, received + timedelta(14), handed, handed, ticket,
    )  # fmt: skip
    database.rows(
        """INSERT INTO pd.assignment (ticket_id, round, agency_id, part, opened_at, created_at, received_on, due_on, provisional,
                  acknowledged_at, submitted_on)
           SELECT id, 1, agency_id, 'lead', opened_at, opened_at, received_on, due_on, false, %s, submitted_on
           FROM pd.ticket WHERE id = %s""",
        opened + timedelta(1 + taken), ticket,
    )  # fmt: skip
    for action in chance.sample(["return_for_rework", "decline"], chance.randint(0, 2)):
        database.rows(
            "INSERT INTO pd.event (at, actor, action, ticket_id) VALUES (%s, 'officer', %s, %s)",
            opened,
            action,
            ticket,
        )


@contextmanager
def reading(database: Database, login: str) -> Iterator[Connection]:
    """A connection of somebody's own."""
    with closing(database.person(login)) as store, store.read() as connection:
        yield connection


def figures(connection: Connection, person: Person, scope: Scope = Scope(OCTOBER)) -> Figures:  # noqa: B008
    return queries.figures(connection, scope, person)


def counted(connection: Connection, person: Person, wanted: tickets.TicketFilter) -> int:
    """How many the list shows, which is what stands above it."""
    rows = tickets.page(connection, wanted, person=person, limit=1000).rows
    assert len(rows) == tickets.count(connection, wanted, person=person)
    return len(rows)


@pytest.mark.parametrize("person", [OFFICER, LIAISON], ids=["officer", "liaison"])
def test_every_number_equals_its_list(database: Database, person: Person) -> None:
    county(database)
    every = Scope(OCTOBER)
    with reading(database, person.login) as connection:
        for scope in (
            every, replace(every, group="township"), replace(every, agency="甲镇"), replace(every, platform=Platform.HALL),
            Scope(Period(date(2026, 9, 1), date(2026, 10, 1)), group="department", platform=Platform.APP),
        ):  # fmt: skip
            _same(connection, person, scope)


def _same(connection: Connection, person: Person, scope: Scope) -> None:
    found = figures(connection, person, scope).tickets
    assert found is not None
    assert found.number == counted(connection, person, scope.tickets())
    assert found.before == counted(connection, person, scope.tickets(period=scope.period.before))
    for side, slices in found.sides.items():
        for one in slices:
            assert one.number == counted(connection, person, scope.of(side, one.key, one.name)), (side, one)
    for side in TROUBLES:
        assert found.troubles[side] == counted(connection, person, scope.troubled(side)), side
    for one in found.repeated:
        period, numbers = scope.period, (one.number, *one.before)
        for number in numbers:
            wanted = replace(scope, period=period).of(Side.ITEM, one.key, one.name)
            assert number == counted(connection, person, wanted)
            period = period.before


def test_the_numbers_are_those_of_a_plain_count(database: Database) -> None:
    county(database)
    mine = database.rows(
        "SELECT labels, due_on < coalesce(submitted_on, '2026-11-02') FROM pd.ticket WHERE state <> 'rejected'"
        " AND opened_at >= '2026-10-01 00:00+08' AND opened_at < '2026-11-01 00:00+08'"
    )
    with database.store.read() as connection:
        found = figures(connection, OFFICER).tickets
    assert found is not None
    assert found.number == len(mine) > 10
    assert {s.key: s.number for s in found.slices(Side.LABEL)} == Counter(
        code for labels, _ in mine for code in labels
    )
    assert found.troubles[Side.OVERDUE] == sum(bool(late) for _, late in mine) > 0
    assert found.times.sign is not None
    assert found.times.rectify is not None
    assert found.times.report is None


@pytest.mark.parametrize(
    ("first", "last", "rework", "late"),
    [
        (
            "2026-10-14",
            "2026-10-19",
            "2026-10-20",
            0,
        ),  # reworked within its own date: the first one stopped the clock
        ("2026-10-14", "2026-10-22", "2026-10-20", 1),  # the rework was late: the last one counts
        ("2026-10-16", "2026-10-16", None, 1),
        ("2026-10-15", "2026-10-15", None, 0),
        (None, None, None, 1),
    ],
)
def test_rework_within_its_own_date_makes_nothing_overdue(
    database: Database, first: str | None, last: str | None, rework: str | None, late: int
) -> None:
    database.freeze(MONDAY)
    ticket = database.ticket(opened=datetime(2026, 10, 1, 9, tzinfo=SHANGHAI))
    database.rows(
        "UPDATE pd.ticket SET round = 1, state = 'submitted', due_on = '2026-10-15', submitted_on = %s, rework_due_on = %s WHERE id = %s",
        last, rework, ticket,
    )  # fmt: skip
    database.rows(
        """INSERT INTO pd.assignment (ticket_id, round, agency_id, part, opened_at, created_at, received_on, due_on, provisional,
                  submitted_on) SELECT id, 1, agency_id, 'lead', opened_at, opened_at, '2026-10-01', due_on, false, %s
           FROM pd.ticket WHERE id = %s""",
        first, ticket,
    )  # fmt: skip
    with database.store.read() as connection:
        found = figures(connection, OFFICER).tickets
    assert found is not None
    assert found.troubles[Side.OVERDUE] == late


def test_working_days_leave_out_the_holiday(database: Database) -> None:
    """Received before the holiday of October and signed after it: one working day."""
    database.freeze(MONDAY)
    ticket = database.ticket(opened=datetime(2026, 10, 1, 9, tzinfo=SHANGHAI))
    days = database.one(
        "SELECT z.working_no - a.working_no FROM pd.calendar_day a, pd.calendar_day z"
        " WHERE a.day = '2026-09-30' AND z.day = '2026-10-09'"
    )
    database.rows(
        """INSERT INTO pd.assignment (ticket_id, round, agency_id, part, opened_at, created_at, received_on, due_on, provisional,
                  acknowledged_at) SELECT id, 1, agency_id, 'lead', opened_at, opened_at, '2026-09-30', '2026-10-20', false,
                  '2026-10-09 10:00+08' FROM pd.ticket WHERE id = %s""",
        ticket,
    )
    with database.store.read() as connection:
        found = figures(connection, OFFICER).tickets
    assert found is not None
    assert found.times.sign is not None
    assert (found.times.sign.median, found.times.sign.longest) == (days, days)
    assert days < 5


def test_rates_are_the_same_for_every_role_and_tickets_only_for_who_may_read_them(database: Database) -> None:
    county(database)
    people = {
        "officer": OFFICER,
        "liaison-01": LIAISON,
        "bureau": replace(OFFICER, login="bureau", group=Group.BUREAU),
    }
    said = {}
    for login, person in people.items():
        with reading(database, login) as connection:
            said[login] = figures(connection, person)
    assert len({(f.total, f.agencies, f.platforms, f.quiet) for f in said.values()}) == 1
    assert said["officer"].total.tickets == sum(one.counts.tickets for one in said["officer"].agencies) > 0
    assert said["bureau"].tickets is None
    own = said["liaison-01"].tickets
    assert own is not None
    assert own.number == next(one.counts.tickets for one in said["bureau"].agencies if one.agency == "甲镇")
    assert not own.whole


def test_what_is_not_known_is_refused(database: Database) -> None:
    with database.store.read() as connection:
        with pytest.raises(UserError, match="丙镇"):
            figures(connection, OFFICER, Scope(OCTOBER, agency="丙镇"))
        with pytest.raises(UserError, match="晚于"):
            figures(connection, OFFICER, Scope(Period(date(2026, 10, 1), date(2026, 9, 1))))


def test_the_briefing_says_what_was_counted_and_nothing_else(database: Database) -> None:
    county(database)
    with loads.connect(database) as connection:
        loads.summary(connection, *(
            {"agency": "甲镇", "month": date(2026, month, 1), "cases": 90, "cases_rated": 60, "level_5": 60 - month, "level_2": month}
            for month in (8, 9, 10)))  # fmt: skip
    with database.store.read() as connection:
        found = figures(connection, OFFICER)
        nothing = figures(connection, OFFICER, Scope(Period.month(date(2025, 1, 1))))
        trend = queries.trend(connection, found.scope)
        months = {
            one.month: figures(connection, OFFICER, Scope(Period.month(one.month))).total for one in trend
        }
    assert len(trend) > 1 and {one.month: one.counts for one in trend} == months
    said = briefing(found)
    assert [section.title for section in said.sections][:3] == [
        "评价总体情况",
        "差评办理情况",
        "群众反映的主要问题",
    ]
    assert f"本期差评工单{found.total.tickets}件" in said.text
    assert "0.00个百分点" not in said.text
    paper = document(found, "中心", date(2026, 11, 2), trend=trend)
    assert paper.title == said.title
    drawn = {
        annex.title: chart for annex in paper.annexes for chart in annex.blocks if isinstance(chart, Chart)
    }
    assert [bar.number for bar in drawn["逐月评价情况"].bars] == [one.counts.bad for one in trend]
    labels = found.tickets.slices(Side.LABEL)
    assert drawn["差评标签"].bars[-1].share == 100 and drawn["差评标签"].bars[0].number == labels[0].number
    assert "没有政务服务评价" in briefing(nothing).text
    assert "%" not in briefing(nothing).text
