"""Histories at random through the one door, many tickets at once, held against the rules alone.

Hypothesis draws worlds of tickets that are walked in turn, over days and months, while holidays move. Each act ends
as `lifeline` says, refusals included. At the end of a world: no event is lost, figures equal lists for everybody,
the kept tally is the one that counting gives. A world is one transaction that is taken back.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app.database import embedded
from app.database.engine import Store
from app.desk import queries as desk
from app.registry import calendars
from app.tickets import queries, saved
from app.tickets.allowed import judge
from app.tickets.queries import Order, TicketFilter, Waiting
from app.workspace import Person
from models.rules.lifecycle import OPEN, Action, State
from models.rules.people import Group
from models.rules.worktime import Calendar, CalendarDay, is_published
from tests.databases import Database
from tests.flows.lifeline import FORBIDDEN, REFUSED, Life, Somebody
from tests.store.acting import MATERIAL

#: Tickets of a world, each with a history of its own.
TICKETS = 20
#: Steps of a world.
STEPS = (150, 190)
BEGIN = datetime.fromisoformat("2026-11-02T09:00+08:00")
AGENCIES = ("甲镇", "乙镇", "丙镇", "丁镇")
#: What moves nothing: whoever may only do this has nothing to do.
BESIDE = frozenset({Action.ANNOTATE, Action.REMIND, Action.SUPERVISE, Action.CONTRIBUTE})
#: The way of most tickets; histories that only turn round at its beginning would tell little.
AHEAD = frozenset(
    {Action.VERIFY_AND_DISPATCH, Action.RESTORE, Action.ACKNOWLEDGE, Action.SUBMIT, Action.APPROVE, Action.REPORT,
     Action.CONFIRM_CLOSED, Action.INSIST}
)  # fmt: skip
#: The notice of 2027, shorter than life's.
NOTICE = {date(2027, 1, 1): False, date(2027, 1, 2): False, date(2027, 1, 3): False, date(2027, 1, 9): True}

_WALK = """
CREATE FUNCTION public.walk(steps jsonb) RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
DECLARE
    step jsonb;
    answer jsonb;
    refused text;
    stands integer;
BEGIN
    FOR step IN SELECT jsonb_array_elements(steps) LOOP
        UPDATE pd.instance SET frozen_at = (step ->> 'at')::timestamptz;
        answer := NULL;
        refused := NULL;
        stands := (SELECT t.version FROM pd.ticket t WHERE t.id = (step ->> 'ticket')::bigint);
        BEGIN
            PERFORM set_config('session_authorization', step ->> 'login', false);
            CASE step ->> 'kind'
                WHEN 'act' THEN
                    answer := pd.act((step ->> 'ticket')::bigint, stands - (step ->> 'behind')::integer,
                                     step ->> 'action', step -> 'payload', (step ->> 'command')::uuid);
                WHEN 'withdraw' THEN PERFORM pd.withdraw_ticket((step ->> 'ticket')::bigint, '申诉成立');
                WHEN 'local' THEN PERFORM pd.set_local_day((step ->> 'day')::date, (step ->> 'working')::boolean, '防汛');
                WHEN 'back' THEN PERFORM pd.take_back_local_day((step ->> 'day')::date);
                WHEN 'notice' THEN PERFORM pd.import_notice(step -> 'days', '通知');
            END CASE;
        EXCEPTION WHEN OTHERS THEN
            refused := SQLSTATE || ' ' || SQLERRM;
        END;
        PERFORM set_config('session_authorization', 'postgres', false);
        RETURN NEXT jsonb_build_object('refused', refused, 'answer', answer, 'rows', (
            SELECT jsonb_object_agg(t.id, to_jsonb(t) - '{search,grams}'::text[]) FROM pd.ticket t
            WHERE t.id = (step ->> 'ticket')::bigint OR refused IS NULL AND step ->> 'ticket' IS NULL));
    END LOOP;
END $$"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What hypothesis chose for one step; what it means depends on where things stand."""

    ticket: int
    kind: int
    choice: int
    days: int
    twist: int


DRAWN = st.builds(
    Drawn,
    ticket=st.integers(0, TICKETS - 1),
    kind=st.integers(0, 31),
    choice=st.integers(0, 2**16),
    days=st.sampled_from((0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 4)),
    twist=st.integers(0, 15),
)


class Days:
    """The calendar as a database keeps it: what notices say, and the county's own days over it."""

    def __init__(self, days: list[CalendarDay], years: set[int]) -> None:
        self._noticed = {day.day: day.working for day in days}
        self._local: dict[date, bool] = {}
        self._years = years
        self.calendar = self._built()

    def _built(self) -> Calendar:
        years = frozenset(self._years)
        said = self._noticed | self._local
        self.calendar = Calendar([CalendarDay(d, w, "", is_published(d, years)) for d, w in said.items()])
        return self.calendar

    def local(self, day: date, *, working: bool) -> str | None:
        """A day of the county's own."""
        if day in self._local or self._noticed[day] == working:
            return REFUSED
        self._local[day] = working
        self._built()
        return None

    def back(self, day: date) -> str | None:
        """The day is what the notices say."""
        if self._local.pop(day, None) is None:
            return REFUSED
        self._built()
        return None

    def notice(self) -> str | None:
        """The notice of 2027 comes in; more than once, if they like."""
        self._noticed |= NOTICE
        self._years.add(2027)
        self._built()
        return None


@dataclass(frozen=True, slots=True)
class Place:
    """What every world begins with: tickets by id with the agency rated and their day, people, agencies' names."""

    store: Store
    tickets: dict[int, tuple[int, date]]
    people: tuple[Somebody, ...]
    names: dict[int, str]
    days: list[CalendarDay]
    hotline: frozenset[int]

    def person(self, who: Somebody) -> Person:
        return Person(who.login, who.login, who.group, who.agency, self.names.get(who.agency or 0), False)


@dataclass(slots=True)
class Step:
    """One try, as the database is told of it, and what must come of it."""

    told: dict[str, Any]
    refused: str | None
    rows: dict[int, dict[str, Any]]


@dataclass
class World:
    """Tickets of a place walked in turn; what the rules say of each step, before the database is asked."""

    place: Place
    today: datetime = BEGIN
    steps: list[Step] = field(default_factory=list)
    confirmed: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.days = Days(self.place.days, {2025, 2026})
        self.lives = {ticket: Life.opened(agency) for ticket, (agency, _) in self.place.tickets.items()}
        self.ids = list(self.lives)

    def go(self, drawn: Drawn) -> None:
        """One step further."""
        self.today += timedelta(days=drawn.days, minutes=1)
        ticket = self.ids[drawn.ticket]
        if drawn.kind == 31:
            self._change_calendar(drawn)
        elif drawn.kind == 30 and drawn.twist < 3:
            refused = self.lives[ticket].withdraw(self.today.date(), self.days.calendar)
            self._tell({"kind": "withdraw", "login": embedded.SUPERUSER, "ticket": ticket}, refused, ticket)
        elif drawn.kind == 29 and self.confirmed:
            again = self.confirmed[drawn.choice % len(self.confirmed)]
            self._tell(again, None, again["ticket"])
        else:
            self._act(ticket, drawn)

    def _act(self, ticket: int, drawn: Drawn) -> None:
        who, action = self._chosen(self.lives[ticket], drawn)
        payload = self._filled_in(action, drawn)
        behind = int(drawn.kind == 28)
        life = self.lives[ticket]
        refused = life.act(
            action, who, self.today.date(), payload, self.days.calendar, self.place.names,
            version=life.version - behind,
        )  # fmt: skip
        told = {
            "kind": "act", "login": who.login, "ticket": ticket, "action": action.value, "payload": payload,
            "behind": behind, "command": str(UUID(int=len(self.steps) + 1)),
        }  # fmt: skip
        if refused is None:
            self.confirmed.append(told)
        self._tell(told, refused, ticket)

    def _chosen(self, life: Life, drawn: Drawn) -> tuple[Somebody, Action]:
        """Mostly what leads on; now and then anything by anybody."""
        everything = [(who, action) for who in self.place.people for action in life.may(who)]
        leading_on = [one for one in everything if one[1] not in BESIDE]
        # No state without an owner: in an open one somebody can do something that leads on.
        assert (leading_on and life.stands.holder) or life.stands.state not in OPEN, life
        if drawn.kind > 23 or not everything:
            actions = list(Action)
            people = self.place.people
            return people[drawn.choice % len(people)], actions[drawn.choice // len(people) % len(actions)]
        ahead = [one for one in leading_on if one[1] in AHEAD]
        offered = (
            everything
            if drawn.kind > 20
            else ahead
            if ahead and drawn.kind < 13
            else leading_on or everything
        )
        return offered[drawn.choice % len(offered)]

    def _filled_in(self, action: Action, drawn: Drawn) -> dict[str, Any]:
        """What the forms ask for; with a twist of 0 something is missing."""
        agencies = list(self.place.names)
        lead = agencies[drawn.choice % len(agencies)]
        co = [a for a in agencies if a != lead][: drawn.twist % 3]
        missing = drawn.twist == 0
        return MATERIAL | {
            "lead": 0 if missing else lead, "co": co, "reason": "　" if missing else "理由",
            "reason_code": "dislike" if missing else "other", "receipt": "" if missing else "ZJ12345-01",
            "measures": "" if missing else "已补充材料清单", "closed_on": self.today.date().isoformat(),
        }  # fmt: skip

    def _change_calendar(self, drawn: Drawn) -> None:
        """An officer or the administrator moves a day near today, or the notice of next year comes in."""
        day = self.today.date() + timedelta(days=drawn.choice % 40 - 12)
        login = "admin" if drawn.twist % 2 else "officer"
        if drawn.twist < 3:
            said = [{"day": str(d), "working": w, "why": ""} for d, w in NOTICE.items()]
            told, refused = {"kind": "notice", "days": said}, self.days.notice()
        elif drawn.twist < 6:
            told, refused = {"kind": "back", "day": str(day)}, self.days.back(day)
        else:
            working = drawn.twist > 12
            told = {"kind": "local", "day": str(day), "working": working}
            refused = self.days.local(day, working=working)
        if refused is None:
            for life in self.lives.values():
                life.reckon(self.days.calendar)
        self._tell(told | {"login": login, "ticket": None}, refused, *self.lives)

    def _tell(self, told: dict[str, Any], refused: str | None, *touched: int) -> None:
        rows = {ticket: row_of(self.lives[ticket], self.days.calendar) for ticket in touched}
        self.steps.append(Step(told | {"at": self.today.isoformat()}, refused, rows))


def row_of(life: Life, calendar: Calendar) -> dict[str, Any]:
    """A ticket's row as the rules have it; `provisional` is not said where no clock runs."""
    stands = life.stands
    days = (
        "received_on",
        "due_on",
        "rework_due_on",
        "report_due_on",
        "submitted_on",
        "handled_on",
        "runs_until",
    )
    row: dict[str, Any] = {name: str(getattr(stands, name) or "") or None for name in days}
    row |= {"state": stands.state.value, "holder_id": stands.holder, "co_ids": list(stands.co)}
    row |= {"declined": stands.declined, "round": life.round}
    return row if stands.runs_until is None else row | {"provisional": life.provisional(calendar)}


# asking the database ---------------------------------------------------------------------------------


def compare(world: World, connection: Connection) -> None:
    """Every step ended as the rules have it, and a version moved just where its row did."""
    told = json.dumps([step.told for step in world.steps], ensure_ascii=False)
    ends = (
        connection.execute(text("SELECT public.walk(CAST(:steps AS jsonb))"), {"steps": told}).scalars().all()
    )
    before: dict[int, dict[str, Any]] = {}
    for number, (step, end) in enumerate(zip(world.steps, ends, strict=True)):
        assert _code(step, end["refused"]) == step.refused, (end["refused"], _history(world, number))
        for key, row in (end["rows"] or {}).items():
            ticket = int(key)
            wanted = step.rows[ticket]
            assert {name: row[name] for name in wanted} == wanted, _history(world, number, ticket)
            last = before.get(ticket, row)
            moved = row["version"] - last["version"]
            assert moved == (row | {"version": 0} != last | {"version": 0}), _history(world, number, ticket)
            before[ticket] = row
        if end["answer"] is not None:
            assert end["answer"]["ticket"] == step.told["ticket"]


def _history(world: World, number: int, ticket: int | None = None) -> str:
    """What was done to a ticket up to a step, and what moved the calendar; for whoever has to mend it."""
    ticket = ticket or world.steps[number].told["ticket"]
    steps = (step.told for step in world.steps[: number + 1] if step.told["ticket"] in (ticket, None))
    words = ("at", "login", "kind", "action", "day", "working", "behind")
    return "\n".join(" ".join(str(told[word]) for word in words if word in told) for told in steps)


def _code(step: Step, refused: str | None) -> str | None:
    code = refused.split()[0] if refused else None
    outsider = step.told["login"] in ("admin", "auditor", "bureau")
    return FORBIDDEN if code == "42501" and outsider else code


def check_records(world: World, connection: Connection) -> None:
    """One event for each confirmed act, in order, each in the chain; each part of each round on record."""
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    ids = {"ids": world.ids}
    events = connection.execute(
        text(
            "SELECT ticket_id, array_agg(action ORDER BY id) FROM event WHERE ticket_id = ANY (:ids) GROUP BY 1"
        ),
        ids,
    )
    assert {t: list(a) for t, a in events} == {
        t: life.events for t, life in world.lives.items() if life.events
    }
    assert connection.exec_driver_sql(
        "SELECT (SELECT array_agg(id ORDER BY id) FROM event)"
        " = (SELECT array_agg(id ORDER BY id) FROM event_link, unnest(events) AS id)"
    ).scalar_one()
    parts = connection.execute(
        text("""
            SELECT ticket_id, round, agency_id, part = 'lead', received_on, due_on, current, submitted_on, ended_by,
                   used_days FROM assignment WHERE ticket_id = ANY (:ids) ORDER BY 1, 2, 3"""),
        ids,
    )
    assert [tuple(part) for part in parts] == sorted(
        (t, p.round, p.agency, p.lead, p.received_on, p.due_on, p.current, p.stopped_on, p.ended_by, p.used)
        for t, life in world.lives.items() for p in life.parts
    )  # fmt: skip


def check_tally(world: World, connection: Connection) -> None:
    """What is kept is what counting gives, and what the rules give."""
    never = date(9999, 12, 31)
    counted = Counter(
        (world.place.tickets[t][1], s.holder, s.submitted_on or never, s.handled_on or never, s.due_on or never)
        for t, s in ((t, life.stands) for t, life in world.lives.items()) if s.state is not State.REJECTED
    )  # fmt: skip
    kept = connection.exec_driver_sql(
        "SELECT day, agency_id, submitted_on, handled_on, due_on, tickets FROM tally_ticket"
    )
    assert {tuple(row[:5]): row[5] for row in kept} == counted
    connection.exec_driver_sql("SET SESSION AUTHORIZATION officer")
    assert connection.exec_driver_sql("SELECT pd.rebuild_tally()").scalar_one()["changed"] == 0


def check_lists(world: World, connection: Connection, who: Somebody) -> None:
    """Each count on somebody's desk, and of the filter that all share, is that of the list it opens."""
    connection.exec_driver_sql(f'SET SESSION AUTHORIZATION "{who.login}"')
    person = world.place.person(who)
    lines = [(line.filter, line.count) for line in desk.waiting(connection, person=person)]
    lines += [
        (kept.filter, queries.count(connection, kept.filter, person=person))
        for kept in saved.saved_filters(connection)
    ]
    lines += [(TicketFilter(), queries.count(connection, TicketFilter(), person=person))]
    for wanted, count in lines:
        rows = queries.page(connection, wanted, person=person, limit=10 * TICKETS).rows
        assert len(rows) == count, (who, wanted)
        assert {row.id for row in rows} == expected(world, who, wanted), (who, wanted)
    for row in rows:  # of everything: what is offered is what may be done
        leads = row.agency == person.agency
        assert judge(row, who.group, leads)[0] == world.lives[row.id].may(who), (who, row)


def expected(world: World, who: Somebody, wanted: TicketFilter) -> set[int]:
    """The tickets that a filter of the desk lists for somebody."""
    today = world.today.date()
    soon = world.days.calendar.deadline(today, 2).due
    tests: dict[Waiting | None, Callable[[int, Life], bool]] = {
        None: lambda _t, _life: True,
        Waiting.OVERDUE: lambda _t, life: (life.stands.runs_until or today) < today,
        Waiting.TODAY: lambda _t, life: life.stands.runs_until == today,
        Waiting.DUE_SOON: lambda _t, life: today <= (life.stands.runs_until or date.min) <= soon,
        Waiting.VERIFY: lambda _t, life: life.stands.state is State.PENDING,
        Waiting.SIGN: lambda _t, life: life.stands.state is State.DISPATCHED,
        Waiting.RECTIFY: lambda _t, life: life.stands.state is State.RECTIFYING,
        Waiting.REVIEW: lambda _t, life: life.stands.state is State.SUBMITTED,
        Waiting.REPORT: lambda _t, life: life.stands.state is State.APPROVED,
        Waiting.CALL_BACK: lambda t, life: (
            t in world.place.hotline and life.stands.state is not State.REJECTED
        ),
    }
    return {
        ticket for ticket, life in world.lives.items()
        if life.sees(who) and tests[wanted.waiting](ticket, life)
        and (not wanted.states or life.stands.state in wanted.states)
    }  # fmt: skip


# the place -------------------------------------------------------------------------------------------


class TakenBack(Exception):
    """Ends a world."""


@pytest.fixture
def place(database: Database) -> Place:
    """Twenty tickets of a quarter among four agencies, some by telephone; a calendar of two years."""
    database.freeze(BEGIN)
    names = {database.agency(name): name for name in AGENCIES}
    for number, name in enumerate(AGENCIES, start=1):
        database.liaison(f"liaison-{number:02}", name)
    agencies = list(names)
    tickets = {}
    for number in range(TICKETS):
        opened = BEGIN - timedelta(days=number * 4)
        ticket = database.ticket(AGENCIES[number % 4], opened=opened)
        tickets[ticket] = (agencies[number % 4], opened.date())
    hotline = frozenset(list(tickets)[::5])
    database.rows("UPDATE pd.ticket SET platform = 'hotline' WHERE id = ANY (%s)", list(hotline))
    # A whole calendar is 20,000 days, and numbering them anew a quarter of a second.
    database.rows("DELETE FROM pd.calendar_day WHERE day NOT BETWEEN '2026-06-01' AND '2028-06-30'")
    database.rows(_WALK)
    with database.store.write() as connection:
        wanted = TicketFilter(states=frozenset({State.RECTIFYING, State.SUBMITTED}))
        saved.save(connection, "办理中", wanted, Order.NEWEST)
        days = list(calendars.kept(connection)._days)
    database.rows("UPDATE pd.saved_filter SET shared = true")
    groups = {"officer": Group.OFFICER, "head": Group.OFFICER, "admin": Group.ADMIN, "auditor": Group.AUDITOR,
              "bureau": Group.BUREAU}  # fmt: skip
    people = [Somebody(login, group) for login, group in groups.items()]
    people += [Somebody(f"liaison-{n:02}", Group.LIAISON, a) for n, a in enumerate(agencies, start=1)]
    store = Store(database.conninfo(embedded.SUPERUSER))
    return Place(store, tickets, tuple(people), names, days, hotline)


def test_every_history_ends_as_the_rules_have_it(place: Place, pytestconfig: pytest.Config) -> None:
    done: Counter[str] = Counter()

    @settings(
        max_examples=-(-pytestconfig.getoption("--histories") // TICKETS), deadline=None,
        suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )  # fmt: skip
    @given(st.lists(DRAWN, min_size=STEPS[0], max_size=STEPS[1]))
    def walk(drawn: list[Drawn]) -> None:
        world = World(place)
        for one in drawn:
            world.go(one)
        with suppress(TakenBack), place.store.write() as connection:
            compare(world, connection)
            check_records(world, connection)
            check_tally(world, connection)
            for login in ("officer", f"liaison-{1 + done['worlds'] % 4:02}"):
                check_lists(world, connection, next(p for p in place.people if p.login == login))
            raise TakenBack
        done.update(worlds=1, histories=TICKETS, tries=len(world.steps), acts=len(world.confirmed))
        done.update(
            step.told.get("action", step.told["kind"]) for step in world.steps if step.refused is None
        )

    try:
        walk()
    finally:
        place.store.close()
    print(dict(done))
