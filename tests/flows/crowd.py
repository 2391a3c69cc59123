"""Fifty people of a county at work: who they are, and what each of them does all day, in no order."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from app import workspace
from app.audit import queries as audit
from app.audit.rows import EventFilter
from app.clock import SHANGHAI
from app.database import embedded, schema
from app.database.engine import Store
from app.desk import queries as desk
from app.errors import UserError
from app.intake import commands as intake
from app.rankings import queries as rankings
from app.registry import administering, own_password, people, seeding
from app.registry.administering import Order
from app.registry.people import PersonRow
from app.tickets import contacts, queries
from app.tickets.queries import TicketFilter, Waiting
from app.workspace import Workspace
from models.rules.administration import PersonAction
from models.rules.people import Group
from tests.databases import Database
from tests.flows import clients
from tests.flows.clients import Client, Report
from tests.intake import files

#: Beside those of a sample county: two officers more, so that there are fifty, and somebody who confirms.
HIRED = (
    ("officer-3", Group.OFFICER),
    ("officer-4", Group.OFFICER),
    ("admin-2", Group.ADMIN),
)
#: Searches as people type them.
WORDS = ("社会保障卡", "失业 登记", "HCP1", "卡")
#: Rows of a page.
PAGE = 50
_numbers = count(1)

Task = Callable[[Client], object]


@contextmanager
def new_county(*, fast: bool = True) -> Iterator[Database]:
    """The sample county's people on an embedded server of their own, reached over loopback."""
    with (
        tempfile.TemporaryDirectory(prefix="pingdesk-county-") as made,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("PINGDESK_LOOPBACK", "1")
        workspace.initialise(Path(made), sample=True, fast=fast)
        cluster = embedded.start(Path(made))
        database = Database(cluster, embedded.DATABASE, Store(cluster.conninfo("officer")))
        try:
            yield database
        finally:
            database.store.close()
            embedded.stop_if_unused(cluster)


def at_work(county: Database, tickets: int, going_on: Callable[[Client], bool]) -> Report:
    """Everybody works, each listening to what the others do, until it is over; then all of it is checked."""
    people = [Client(county, login) for login in gather(county)]
    assert len(people) == 50
    officer = next(client for client in people if client.login == "officer")
    clients.dispatch(officer, clients.open_tickets(county, tickets)[tickets // 5 :])
    for client in people:
        client.listen()
    report = clients.at_once(people, lambda client: keep_busy(client, going_on))
    for client in people:
        client.close()
    clients.check(county, report, [client.login for client in people])
    return report


def gather(database: Database) -> tuple[str, ...]:
    """The logins of everybody, those who are missing hired."""
    with schema.administration(database.conninfo(embedded.SUPERUSER)) as connection:
        for login, group in HIRED:
            seeding.add_person(connection, login, "某人", group, secret=database.cluster.secret)
    return tuple(login for (login,) in database.rows("SELECT login FROM pd.app_user ORDER BY login"))


def tasks_of(client: Client) -> Sequence[Task]:
    """What somebody does, as often as it stands there."""
    # Two of the officers load what comes from outside.
    if client.login == "officer-3":
        return (bring_notice, *TASKS[Group.OFFICER])
    if client.login == "officer-4":
        return (load_file, *TASKS[Group.OFFICER][:4])
    return TASKS[client.person.group]


def keep_busy(client: Client, going_on: Callable[[Client], bool]) -> None:
    """Works until it is over: everything once, then what comes."""
    tasks = list(tasks_of(client))
    client.chance.shuffle(tasks)
    for turn in count():
        if not going_on(client):
            return
        client.attempt(tasks[turn] if turn < len(tasks) else client.chance.choice(tasks))


# --- reading -----------------------------------------------------------------------------------------


def look_through(client: Client) -> None:
    """Two pages of a list and its count."""
    chosen = client.chance.choice((None, *Waiting))
    order = client.chance.choice(tuple(queries.Order))
    wanted = TicketFilter(waiting=chosen)
    page = client.read(lambda c: queries.page(c, wanted, person=client.person, order=order, limit=PAGE))
    client.read(lambda c: queries.count(c, wanted, person=client.person))
    if page.next is not None:
        client.read(
            lambda c: queries.page(c, wanted, person=client.person, order=order, after=page.next, limit=PAGE)
        )


def look_at_the_desk(client: Client) -> None:
    """The numbers of the desk, each compared with its list, of one moment."""
    client.read(lambda c: clients.compare_badges(c, client))


def search(client: Client) -> None:
    """What the search box asks."""
    wanted = TicketFilter(search=client.chance.choice(WORDS))
    client.read(lambda c: queries.page(c, wanted, person=client.person, limit=PAGE))


def rank(client: Client) -> None:
    """The ranking of the latest month, and the desk's strip of it."""
    group = client.chance.choice(tuple(rankings.GROUPS))

    def read(connection: Any) -> None:
        month = desk.latest_month(connection)
        if month is not None:
            rankings.ranking(connection, rankings.Period.month(month), group=group)
            desk.month_strip(connection, month)

    client.read(read)


def read_the_log(client: Client) -> None:
    """The auditor's page, its count, and the head of the chain."""

    def read(connection: Any) -> None:
        audit.page(connection, EventFilter(), limit=PAGE)
        audit.count(connection, EventFilter(action="reveal_contact"))
        audit.standing(connection)

    client.read(read)


# --- tickets and files -------------------------------------------------------------------------------


def look_at_contact(client: Client) -> None:
    """The telephone of a person who rated, in two steps."""
    detail = clients.open_one(client)
    if detail is not None and detail.contact_phone:
        number = client.write(lambda c: contacts.record(c, detail.row.id, "回访评价人"))
        client.read(lambda c: contacts.contact(c, number))


def load_file(client: Client) -> None:
    """A small workbook: ratings with a bad one among them, then the province's ticket for it."""
    number = next(_numbers)
    at = datetime.now(SHANGHAI) - timedelta(days=client.chance.randrange(1, 60))
    cases = [f"44088120261{number:06d}{i}X" for i in range(3)]
    stamp = at.strftime("%Y-%m-%d %H:%M:%S")
    rows = [
        files.rating(case, 评价时间=stamp, 满意度=level) for case, level in zip(cases, _LEVELS, strict=True)
    ]
    ticket = files.ticket(f"SW{number}", cases[0], 评价时间=stamp, 工单生成时间=stamp)
    with tempfile.TemporaryDirectory(prefix="pingdesk-crowd-") as folder:
        intake.load(client.workspace, files.ratings_book(Path(folder) / "ratings.xlsx", rows))
        tickets = files.workbook(Path(folder) / "tickets.xlsx", 工单=files.sheet([ticket]))
        intake.load(client.workspace, tickets)


def bring_notice(client: Client) -> None:
    """A Saturday of the next weeks is worked, or is not after all: deadlines move."""
    today = client.workspace.today()
    saturday = today + timedelta(days=(5 - today.weekday()) % 7 + client.chance.choice((0, 7)))
    rows = [["日期", "安排", "说明"], [saturday, client.chance.choice("休班"), "调休"]]
    with tempfile.TemporaryDirectory(prefix="pingdesk-crowd-") as folder:
        book = files.workbook(Path(folder) / "放假安排.xlsx", 一=rows)
        client.patiently(lambda: intake.load(client.workspace, book))


_LEVELS = ("不满意", "非常满意", "满意")


# --- people ------------------------------------------------------------------------------------------


def administer(client: Client) -> None:
    """Decides what another asked for, or else makes or changes somebody of one's own making.

    Nobody else is changed: who is disabled is cut off in the middle of work, as it should be.
    """
    page = client.read(lambda c: people.listed(c, Group.ADMIN))
    passing = [person for person in page.everybody if person.login.startswith(_stem(client))]
    with suppress(_Faster):
        if page.requests and client.chance.random() < 0.7:
            request = client.chance.choice(page.requests)
            _decide(client, request.id, accept=request.asked_by != client.login)
        elif len(passing) < 8 or client.chance.random() < 0.3:
            _engage(client)
        else:
            _change(client, client.chance.choice(passing))


class _Faster(Exception):
    """The other administrator was."""


def _stem(client: Client) -> str:
    return f"p.{client.login}."


def _decide(client: Client, request: int, *, accept: bool) -> None:
    _unless_faster(lambda: administering.decide(client.workspace, request, accept=accept))


def _engage(client: Client) -> None:
    """A new liaison, who logs in and changes the password; or an officer, who waits for a confirmation."""
    agency = client.read(lambda c: client.chance.choice(clients.agencies(c)))
    login = f"{_stem(client)}{next(_numbers)}"
    if client.chance.random() < 0.3:
        order = Order(PersonAction.CREATE, login, name="新人", group=Group.OFFICER)
    else:
        order = Order(PersonAction.CREATE, login, name="新人", group=Group.LIAISON, agency=agency)
    made = _unless_faster(lambda: administering.administer(client.workspace, order))
    if made.done:
        _log_in_first(client, login, made.password)


def _log_in_first(client: Client, login: str, password: str) -> None:
    url = client.place.conninfo(login)
    with (
        closing(Workspace.open_server(url, password)) as first,
        closing(own_password.change(first, f"{password}x")) as second,
        second.read() as connection,
    ):
        queries.count(connection, TicketFilter(), person=second.person)


def _change(client: Client, person: PersonRow) -> None:
    """Whatever may be done to somebody as they stand."""
    orders = [Order(PersonAction.RENAME, person.login, name=f"新人{next(_numbers)}")]
    orders.append(Order(PersonAction.DISABLE if person.active else PersonAction.ENABLE, person.login))
    if person.group is Group.LIAISON:
        agency = client.read(lambda c: client.chance.choice(clients.agencies(c)))
        orders.append(Order(PersonAction.MOVE, person.login, agency=agency))
    else:
        orders.append(Order(PersonAction.SET_HEAD, person.login, is_head=not person.is_head))
    order = client.chance.choice(orders)
    _unless_faster(lambda: administering.administer(client.workspace, order))


def _unless_faster(work: Callable[[], Any]) -> Any:
    """Two administrators choose from the same list: what one did the other is refused, in a sentence."""
    try:
        return work()
    except UserError as error:
        if error.code != "refused":
            raise
        raise _Faster from error


TASKS: Mapping[Group, Sequence[Task]] = {
    Group.OFFICER: (
        clients.handle_something,
        clients.handle_something,
        look_through,
        rank,
        clients.handle_something,
        clients.handle_something,
        look_at_the_desk,
        look_at_contact,
        search,
        clients.open_one,
    ),
    Group.LIAISON: (
        clients.handle_something,
        clients.handle_something,
        clients.handle_something,
        look_through,
        look_at_the_desk,
        look_at_contact,
        search,
        clients.open_one,
        rank,
    ),
    Group.BUREAU: (rank,),
    Group.AUDITOR: (read_the_log, rank),
    Group.ADMIN: (administer,),
}
