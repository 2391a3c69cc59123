"""The primary is lost in the middle of work: what was confirmed is there once, and nothing typed is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from app.database import embedded, guard, retry, schema
from app.database.engine import Store
from app.registry import seeding
from app.tickets.queries import TicketFilter
from app.workspace import Workspace
from models.rules.audit import Head
from models.rules.lifecycle import Action
from tests.databases import MONDAY, Database
from tests.flows import clients, crowd
from tests.flows.clients import Client
from tests.servers import SUPERUSER, Pair, new_pair
from views.shell.opening import Opened
from views.shell.window import Window

#: Acts confirmed before the primary is lost, and after it.
BEFORE, AFTER = 50, 50
#: So many attempts, a quarter of a second apart or at once when the standby has taken over.
PATIENCE = (0.25,) * 120
LOGINS = ("officer", "head", "liaison-01", "liaison-02", "liaison-03")


@dataclass(frozen=True)
class Hosts:
    """How people reach a pair: by the names of both, whichever takes writes."""

    pair: Pair
    secret: str

    def conninfo(self, login: str, database: str = embedded.DATABASE) -> str:
        return self.pair.conninfo(login, None if login == SUPERUSER else self.secret, database)


@pytest.fixture
def hosts() -> Iterator[Database]:
    """A pair of servers whose database has an officer, a head and three liaisons."""
    with new_pair() as pair:
        reached = Hosts(pair, "Yunshan-2026")
        pair.primary.rows(f"CREATE DATABASE {embedded.DATABASE}")
        with schema.administration(reached.conninfo(SUPERUSER)) as connection:
            schema.migrate(connection)
            seeding.seed(connection)
            seeding.add_people(connection, secret=reached.secret)
        database = Database(reached, embedded.DATABASE, Store(reached.conninfo("officer")))
        database.freeze(MONDAY)
        for number, agency in enumerate(("甲镇", "乙镇", "丙镇"), start=1):
            database.liaison(f"liaison-{number:02}", agency)
        yield database
        database.store.close()


@dataclass
class Course:
    """What has happened so far: the primary is lost, the standby has taken over, everybody may go home."""

    lost: threading.Event = field(default_factory=threading.Event)
    promoted: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)


def test_everything_confirmed_is_there_once_after_the_primary_is_lost(hosts: Database) -> None:
    course = Course()
    clients.open_tickets(hosts, 30)
    everybody = [
        Client(hosts, login, patience=PATIENCE, wait=course.promoted.wait) for login in (*LOGINS, "officer")
    ]
    *people, caught = everybody
    with clients.in_background(lambda: clients.at_once(people, lambda c: _work(c, course))) as working:
        with clients.in_background(lambda: _act_in_the_middle(caught, hosts, course)):
            head = _lose_the_primary(hosts, course, everybody)
        report = working.result(60)
    _say_again(people)
    caught.attempt(crowd.load_file)  # staging is not replicated, and must be there all the same
    clients.check(hosts, report + caught.report, LOGINS)
    clients.check_chain(hosts, heads=[head])
    for client in everybody:
        client.close()
    _the_old_one_confirms_nothing(hosts)


def _lose_the_primary(hosts: Database, course: Course, everybody: list[Client]) -> Head:
    """Kills it in the middle of work, promotes the standby when all have noticed; returns a head from before."""

    def confirmed() -> int:
        return sum(len(client.report.acts) for client in everybody)

    try:
        clients.until(lambda: confirmed() >= BEFORE)
        head = clients.head_of(hosts)
        hosts.cluster.pair.kill9()
        course.lost.set()
        clients.until(lambda: all(client.report.again for client in everybody))
        hosts.cluster.pair.promote()
        enough = confirmed() + AFTER
        course.promoted.set()
        clients.until(lambda: confirmed() >= enough)
        return head
    finally:
        for event in (course.lost, course.promoted, course.over):
            event.set()


def _work(client: Client, course: Course) -> None:
    while not course.over.is_set():
        client.attempt(clients.handle_something)


def _act_in_the_middle(client: Client, hosts: Database, course: Course) -> None:
    """An act that is done but not committed when the primary goes."""
    ticket = hosts.ticket("乙镇")
    client.act(ticket, 1, Action.VERIFY_AND_DISPATCH, lead="乙镇", before_commit=course.lost.wait)


def _the_old_one_confirms_nothing(hosts: Database) -> None:
    """Whoever reaches the old primary once it is up again waits for its standby, and hears nothing."""
    old = hosts.cluster.pair.primary
    old.start()
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    work = "SELECT pd.note('backup', '{}')"
    with clients.in_background(lambda: old.rows(work, dbname=embedded.DATABASE)) as told:
        clients.until(lambda: old.rows(waiting) == [(1,)])
        old.kill9()
        with pytest.raises(psycopg.OperationalError):
            told.result(60)


def _say_again(people: list[Client]) -> None:
    """Whoever asks again for what was confirmed, since the answer was lost, gets the same answer."""
    for client in people:
        for act in client.report.acts:
            assert client.repeat(act) == act.after


# --- in the window -----------------------------------------------------------------------------------

WORDS = "已电话核实：群众反映的窗口排队属实，当日值班人员缺岗"


@pytest.fixture
def window(qtbot, hosts: Database) -> Iterator[Window]:
    """The officer's window on both hosts; statements on the GUI thread are errors."""
    workspace = Workspace.open_server(hosts.conninfo("officer"))
    opened = Opened(workspace, workspace.today(), workspace.mark())
    guard.forbid_this_thread()
    made = Window(login="officer")
    made.show()
    made._take(opened)
    yield made
    made.close()
    made.deleteLater()
    guard.allow_every_thread()


def _settle(qtbot, window: Window) -> None:
    qtbot.waitUntil(lambda: window.operations.running == 0, timeout=20_000)


def _write_a_note(qtbot, window: Window, ticket: int) -> Any:
    window.show_page("tickets", TicketFilter())
    panel = window.pages["tickets"].panel
    _settle(qtbot, window)
    panel.load(ticket)
    qtbot.waitUntil(lambda: panel.detail is not None and panel.detail.row.id == ticket, timeout=20_000)
    _settle(qtbot, window)
    panel.begin(Action.ANNOTATE)
    panel._form.text.setPlainText(WORDS)
    return panel


def test_what_is_typed_outlives_the_primary_and_is_done_once(
    qtbot, hosts: Database, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = hosts.ticket()
    panel = _write_a_note(qtbot, window, ticket)
    hosts.cluster.pair.kill9()

    monkeypatch.setattr(retry, "PAUSES", (0.1,))
    panel._pressed(Action.ANNOTATE)
    _settle(qtbot, window)
    assert "只读的备用服务器" in window.notices.text.text()
    window.reload()
    _settle(qtbot, window)
    assert panel._form.text.toPlainText() == WORDS

    monkeypatch.setattr(retry, "PAUSES", PATIENCE)
    panel._pressed(Action.ANNOTATE)
    qtbot.waitUntil(lambda: "正在自动重试" in window.notices.text.text(), timeout=20_000)
    assert panel._form.text.toPlainText() == WORDS
    hosts.cluster.pair.promote()
    qtbot.waitUntil(lambda: not panel.acting.busy, timeout=30_000)
    _settle(qtbot, window)
    assert hosts.rows("SELECT ticket_id, text FROM pd.event_text") == [(ticket, WORDS)]
    assert "已批注" in window.notices.text.text()
    foot = window.navigation.foot  # what others do is followed again too
    qtbot.waitUntil(lambda: "已连接" in foot.accessibleName(), timeout=30_000)
    guard.allow_every_thread()
    clients.check_chain(hosts)
