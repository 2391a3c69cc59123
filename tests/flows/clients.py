"""People at work, many at once: each a login with a connection of its own, doing what window and console do.

What somebody is told goes into their report: acts that were confirmed, refusals, and whatever else should
never reach anybody. `check` then compares the database with the reports.
"""

from __future__ import annotations

import random
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import Connection

from app.audit import queries as audit
from app.audit import verifying
from app.changes import Changes
from app.database import retry
from app.database.feed import Feed
from app.desk import queries as desk
from app.errors import EnvironmentProblem, UserError
from app.rankings import commands as figures
from app.registry import queries as registry
from app.tickets import commands, queries
from app.tickets.queries import TicketFilter
from app.workspace import Workspace
from models.rules.audit import Head
from models.rules.lifecycle import NEEDS_LEAD, Action
from models.rules.people import Group
from tests.databases import Database
from tests.store.acting import MATERIAL

T = TypeVar("T")

#: More than anybody's list is long.
ALL_ROWS = 100_000
#: Whoever has lists of tickets at all.
HOLDERS = (Group.OFFICER, Group.LIAISON)
#: What somebody may be told while others work: they were faster, or the ticket went elsewhere.
FASTER = frozenset({"stale", "not_found", "forbidden"})


@dataclass(frozen=True, slots=True)
class Act:
    """An act on a version of a ticket; `after`: the version it came to, once it is confirmed."""

    ticket: int
    command: UUID
    version: int
    action: Action
    given: Mapping[str, Any] = field(default_factory=dict)
    after: int = 0

    def carry_out(self, connection: Connection) -> int:
        done = commands.act(
            connection,
            self.ticket,
            self.version,
            self.action,
            command_id=self.command,
            reason=str(self.command),
            **self.given,
        )
        return done.version


@dataclass
class Report:
    """What somebody has seen. `again`: units of work that had to be done once more; `surprises`: with where;
    `took`: seconds of each piece of work."""

    acts: list[Act] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)
    took: list[tuple[str, float]] = field(default_factory=list)

    def __add__(self, other: Report) -> Report:
        return Report(
            self.acts + other.acts,
            self.done + other.done,
            self.told + other.told,
            self.again + other.again,
            self.surprises + other.surprises,
            self.took + other.took,
        )


class Client:
    """Somebody at a desk. `wait(seconds)`: between attempts while the server is away."""

    def __init__(
        self,
        database: Database,
        login: str,
        *,
        seed: int = 0,
        patience: Sequence[float] = retry.PAUSES,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self.login, self.report, self.place = login, Report(), database
        self.workspace = Workspace.open_server(database.conninfo(login))
        self.chance = random.Random(f"{login} {seed}")
        self._patience, self._wait = patience, wait
        self._feed: Feed | None = None
        self.turns = 0

    @property
    def person(self) -> Any:
        return self.workspace.person

    def listen(self) -> None:
        """Follows what others do, as a window does."""
        self._feed = Feed(
            self.workspace.conninfo,
            changed=self._heard,
            connected=lambda stands: None,
            mark=self.workspace.mark(),
        )
        self._feed.start()

    def _heard(self, _changes: Changes) -> None:
        self.report.done["heard"] += 1

    def close(self) -> None:
        if self._feed is not None:
            self._feed.close()
        self.workspace.close()

    def read(self, query: Callable[[Connection], T]) -> T:
        def once() -> T:
            with self.workspace.read() as connection:
                return query(connection)

        return self.patiently(once)

    def write(self, command: Callable[[Connection], T]) -> T:
        """A unit of work that is not done again by itself."""
        with self.workspace.write() as connection:
            return command(connection)

    def patiently(self, work: Callable[[], T]) -> T:
        """The work as the window does it: again while the server is away."""

        def counted() -> T:
            try:
                return work()
            except EnvironmentProblem as problem:
                self.report.again[problem.code] += 1
                raise

        return retry.again(counted, patience=self._patience, wait=self._wait)

    def act(
        self,
        ticket: int,
        version: int,
        action: Action,
        *,
        before_commit: Callable[[], object] = lambda: None,
        **given: Any,
    ) -> Act:
        """An act whose reason is its command's id, by which its event is found."""
        made = Act(ticket, uuid4(), version, action, given)

        def once() -> int:
            with self.workspace.write() as connection:
                after = made.carry_out(connection)
                before_commit()
                return after

        confirmed = replace(made, after=self.patiently(once))
        self.report.acts.append(confirmed)
        return confirmed

    def repeat(self, act: Act) -> int:
        """The same command once more, as after a lost answer; returns the version it tells."""
        return self.write(act.carry_out)

    def handle(self, detail: queries.TicketDetail, action: Action) -> Act:
        """One of the actions that the panel offers, with what its form asks for."""
        given: dict[str, Any] = {}
        if action in NEEDS_LEAD:
            names = self.read(agencies)
            given["lead"], *given["co"] = self.chance.sample(names, self.chance.choice((1, 1, 1, 2)))
        elif action is Action.REJECT:
            given["reason_code"] = "other"
        elif action is Action.SUBMIT:
            given["payload"] = MATERIAL
        elif action is Action.CONFIRM_CLOSED:
            given["payload"] = {"receipt": "ZJ12345-01", "closed_on": str(self.workspace.today())}
        return self.act(detail.row.id, detail.row.version, action, **given)

    def attempt(self, task: Callable[[Client], object]) -> None:
        """One piece of work; what comes of it goes into the report."""
        self.turns += 1
        name = getattr(task, "__name__", type(task).__name__)
        begin = time.monotonic()
        try:
            task(self)
        except UserError as error:
            self.report.told[f"{error.code} {error.message}"] += 1
            if error.code not in FASTER:
                self.report.surprises.append(f"{self.login} {name}: {error.code} {error.message}")
        except Exception:
            self.report.surprises.append(f"{self.login} {name}: {traceback.format_exc()}")
        else:
            self.report.done[name] += 1
            self.report.took.append((name, time.monotonic() - begin))


def at_once(clients: Sequence[Client], work: Callable[[Client], object]) -> Report:
    """Everybody works on a thread of their own, beginning together; returns all reports as one."""
    gate = threading.Barrier(len(clients))

    def run(client: Client) -> None:
        gate.wait(60)
        work(client)

    with ThreadPoolExecutor(len(clients), thread_name_prefix="client") as threads:
        for finished in [threads.submit(run, client) for client in clients]:
            finished.result()
    return sum((client.report for client in clients), Report())


@contextmanager
def in_background(work: Callable[[], T]) -> Iterator[Future[T]]:
    """Work on a thread, whose result is waited for at the end of the block at the latest."""
    with ThreadPoolExecutor(1, thread_name_prefix="beside") as thread:
        yield thread.submit(work)


def until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    """Waits for something that others bring about."""
    last = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < last, "it did not come about"
        pause.wait(0.02)


# --- what people do ----------------------------------------------------------------------------------


def open_one(client: Client) -> queries.TicketDetail | None:
    """Opens a ticket from the first page of one's list, as the panel shows it."""
    order = client.chance.choice(tuple(queries.Order))
    rows = client.read(
        lambda c: queries.page(c, TicketFilter(), person=client.person, order=order, limit=20)
    ).rows
    if not rows:
        return None
    chosen = client.chance.choice(rows).id
    return client.read(lambda c: queries.ticket(c, chosen))


def handle_something(client: Client) -> None:
    """Opens a ticket and does one of the things that are offered there."""
    detail = open_one(client)
    if detail is not None and detail.allowed:
        client.handle(detail, client.chance.choice(detail.allowed))


def dispatch(client: Client, tickets: Sequence[int]) -> None:
    """An officer sends tickets to the agencies that were rated."""
    for ticket in tickets:
        lead = client.read(lambda c, ticket=ticket: queries.ticket(c, ticket).row.rated_agency)
        client.act(ticket, 1, Action.VERIFY_AND_DISPATCH, lead=lead)


def agencies(connection: Connection) -> list[str]:
    """Names to choose from."""
    return [agency.name for agency in registry.agencies(connection)]


# --- what the database must hold afterwards ----------------------------------------------------------


def check(database: Database, report: Report, logins: Sequence[str]) -> None:
    """Nobody saw what nobody should; nothing confirmed is lost or twice; counts and the chain hold."""
    assert not report.surprises, "\n".join(report.surprises)
    check_acts(database, report.acts)
    check_figures(database)
    check_clocks(database)
    for login in logins:
        check_badges(database, login)
    check_chain(database)


def check_acts(database: Database, acts: Sequence[Act]) -> None:
    """Each confirmed act has one event, and each event of an act was confirmed; versions tell of no lost update."""
    written = Counter(
        text for (text,) in database.rows("""
            SELECT w.text FROM pd.event e LEFT JOIN pd.event_text w ON w.event_id = e.id
            WHERE e.ticket_id IS NOT NULL AND e.action IN (SELECT action FROM pd.ticket_transition)""")
    )  # fmt: skip
    assert written == Counter(str(act.command) for act in acts)
    steps = Counter((act.ticket, act.after) for act in acts if act.after != act.version)
    assert not [step for step, times in steps.items() if times > 1], "two acts came to the same version"
    changes = Counter(ticket for ticket, _ in steps)
    stands = database.rows("""
        SELECT t.id, t.version - 1 - count(e.id) FROM pd.ticket t
        LEFT JOIN pd.event e ON e.ticket_id = t.id AND e.action IN ('revised', 'joined', 'deadline_moved') GROUP BY t.id""")
    assert {ticket: version for ticket, version in stands if version} == dict(changes)


def check_figures(database: Database) -> None:
    """The kept tally is the one that counting gives."""
    with database.store.write() as connection:
        _, differed = figures.rebuild_tally(connection)
    assert differed == 0


def check_clocks(database: Database) -> None:
    """Every deadline is what the calendar now gives, also where a notice came in meanwhile."""
    wrong = database.rows("""
        SELECT t.id FROM pd.ticket t WHERE t.received_on IS NOT NULL AND t.state NOT IN ('closed', 'rejected')
        AND t.due_on <> pd.due(t.received_on, pd.rule_number('rectification_days', t.received_on))""")
    assert wrong == []


def check_badges(database: Database, login: str) -> None:
    """Each number on somebody's desk is the length of the list it opens."""
    client = Client(database, login)
    try:
        client.read(lambda connection: compare_badges(connection, client))
    finally:
        client.close()


def compare_badges(connection: Connection, client: Client) -> None:
    for line in desk.waiting(connection, person=client.person):
        page = queries.page(connection, line.filter, person=client.person, limit=ALL_ROWS)
        assert len(page.rows) == line.count, (client.login, line)
    if client.person.group in HOLDERS:
        everything = queries.page(connection, TicketFilter(), person=client.person, limit=ALL_ROWS)
        assert len(everything.rows) == queries.count(connection, TicketFilter(), person=client.person)


def check_chain(database: Database, *, heads: Sequence[Head] = ()) -> None:
    """The chain of the log is whole, goes through the heads, and every event is in it once."""
    auditor = database.person("auditor")
    try:
        verdict = verifying.verify(auditor.read, heads=heads)
    finally:
        auditor.close()
    assert verdict.ok, verdict.broken
    assert verdict.events == database.one("SELECT count(*) FROM pd.event")


def head_of(database: Database) -> Head:
    """The head of the chain now, as it would be printed."""
    auditor = database.person("auditor")
    try:
        with auditor.read() as connection:
            return audit.standing(connection).head
    finally:
        auditor.close()


def open_tickets(database: Database, number: int) -> list[int]:
    """Pending tickets of the last sixty days, spread over the agencies; each rater left a telephone."""
    database.rows("INSERT INTO pd.service_item (name) VALUES ('失业登记') ON CONFLICT DO NOTHING")
    made = database.rows(
        """
        INSERT INTO pd.ticket (number, case_number, agency_id, holder_id, item_id, platform, level, labels, reason,
            contact_name, contact_phone, rated_at, opened_at, search, grams, batch_id)
        SELECT 'HCP' || n, 'C' || n, a.id, a.id, (SELECT min(id) FROM pd.service_item), 'hall', 1 + n %% 2, '{108}',
               '材料反复要', '杨**', '133****2025', at, at, s, pd.grams(s), %s
        FROM generate_series(1, %s) AS n
        JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS agencies FROM pd.agency) a
            ON a.place = n %% a.agencies,
        LATERAL (SELECT pd.now() - (n %% 60) * INTERVAL '1 day' AS at,
                        'hcp' || n || ' 失业登记 社会保障卡' AS s) x
        RETURNING id""",
        database.batch(), number,
    )  # fmt: skip
    ids = [ticket for (ticket,) in made]
    database.rows(
        "INSERT INTO pd.rater (ticket_id, name, phone) SELECT unnest(%s::bigint[]), '杨秀敏', '13384382025'",
        ids,
    )
    database.rows(
        "SELECT pd.refresh_tally(ARRAY(SELECT pd.month_of(opened_at) FROM pd.ticket WHERE id = ANY (%s)))",
        ids,
    )
    return ids
