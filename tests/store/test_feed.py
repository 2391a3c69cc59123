"""The feed of changes: what one does, the others hear who may see it; nothing is lost, floods are borne."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from uuid import uuid4

import psycopg
import pytest

from app.changes import EVERYTHING, FEW, Changes, Kind
from app.database import feed, schema
from app.database.embedded import SUPERUSER
from app.database.feed import BACK_OFF, Feed
from app.tickets import commands
from models.rules.lifecycle import Action
from tests.databases import Database
from tests.servers import Server
from tests.store.acting import act

#: Seconds after which a test gives up; a change takes a fraction of one.
SOON = 15


class Heard:
    """What a feed told, and the feed itself."""

    def __init__(self, conninfo: str, **options: object) -> None:
        self.changes: list[Changes] = []
        self.states: list[bool] = []
        self.pauses: list[float] = []
        self._told = threading.Condition()
        self.feed = Feed(conninfo, changed=self._changed, connected=self._connected, **options)

    def _changed(self, changes: Changes) -> None:
        with self._told:
            self.changes.append(changes)
            self._told.notify_all()

    def _connected(self, stands: bool) -> None:
        with self._told:
            self.states.append(stands)
            self._told.notify_all()

    def until(self, come: Callable[[], bool]) -> None:
        with self._told:
            assert self._told.wait_for(come, SOON), (self.changes, self.states)

    @property
    def sum(self) -> Changes:
        joined = Changes()
        for changes in self.changes:
            joined = joined | changes
        return joined

    def until_ticket(self, ticket: int) -> None:
        self.until(lambda: any(ticket in c.tickets for c in self.changes))


@pytest.fixture
def listening(database: Database) -> Iterator[Callable[..., Heard]]:
    """Feeds that stand from now on; closed at the end."""
    made: list[Heard] = []

    def listen(login: str, **options: object) -> Heard:
        heard = Heard(database.conninfo(login), **{"mark": mark(database), **options})
        made.append(heard)
        heard.feed.start()
        heard.until(lambda: bool(heard.states))
        return heard

    yield listen
    for heard in made:
        heard.feed.close()


def mark(database: Database) -> str:
    return str(database.one(feed.MARK))


def change(connection: psycopg.Connection, kind: str, ticket: int | None = None) -> None:
    connection.execute("SELECT pd.tell(%s, %s)", [kind, ticket])


def administrator(database: Database) -> psycopg.Connection:
    return psycopg.connect(database.conninfo(SUPERUSER))


# --- who hears what -----------------------------------------------------------------------------------


def test_an_act_by_one_is_heard_by_the_others_who_may_see_it(database: Database, listening) -> None:
    database.freeze(database.one("SELECT now()"))
    mine, other = database.liaison("feed-a", "甲镇"), database.liaison("feed-b", "乙镇")
    ticket = database.ticket("甲镇")
    officer, lead, stranger = listening("officer"), listening(mine), listening(other)
    act(database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    officer.until_ticket(ticket)
    lead.until_ticket(ticket)
    assert officer.sum == Changes(Kind.TICKETS | Kind.TALLY, frozenset({ticket}))
    database.rows("SELECT pd.tell('registry', NULL)")
    stranger.until(lambda: bool(stranger.sum.kinds & Kind.REGISTRY))
    assert stranger.sum == Changes(Kind.REGISTRY | Kind.TALLY)


def test_who_loses_a_ticket_hears_of_it_and_everybody_hears_of_the_counts(
    database: Database, listening
) -> None:
    database.liaison("liaison-01", "甲镇")
    database.liaison("liaison-02", "乙镇")
    ticket = database.ticket("甲镇")
    act(database, ticket, Action.VERIFY_AND_DISPATCH, lead="甲镇")
    loser, bureau = listening("liaison-01"), listening("bureau")
    act(database, ticket, Action.REDISPATCH, lead="乙镇", reason="不属于甲镇")
    loser.until(lambda: bool(loser.sum.kinds & Kind.TICKETS))
    bureau.until(lambda: bool(bureau.sum.kinds & Kind.TALLY))
    assert ticket not in loser.sum.tickets | bureau.sum.tickets


@pytest.mark.parametrize(
    ("kind", "touched"),
    [
        ("ratings", Kind.RATINGS | Kind.TALLY),
        ("summary", Kind.TALLY),
        ("calendar", Kind.CALENDAR | Kind.TICKETS),
        ("imports", Kind.IMPORTS),
        ("people", Kind.PEOPLE),
        ("of-a-newer-database", Kind.NONE),
    ],
)
def test_each_kind_means_the_pages_that_show_it(database: Database, kind: str, touched: Kind) -> None:
    begin = mark(database)
    database.rows("SELECT pd.tell(%s, NULL)", kind)
    with psycopg.connect(database.conninfo("officer")) as connection:
        assert feed.read(connection, begin)[0] == Changes(touched)


def test_tickets_are_named_while_they_are_few(database: Database) -> None:
    begin = mark(database)
    database.rows("SELECT pd.tell('tickets', n) FROM generate_series(1, %s) AS n", FEW)
    with psycopg.connect(database.conninfo("officer"), autocommit=True) as connection:
        assert feed.read(connection, begin)[0].tickets == frozenset(range(1, FEW + 1))
        database.rows("SELECT pd.tell('tickets', %s)", FEW + 1)
        changes, now = feed.read(connection, begin)
        assert changes == Changes(Kind.TICKETS | Kind.TALLY)
        assert feed.read(connection, now)[0] == Changes()


# --- nothing is lost, nothing told twice --------------------------------------------------------------


def test_changes_that_commit_out_of_the_order_of_their_numbers_are_all_heard_once(
    database: Database, listening
) -> None:
    heard = listening("officer")
    with administrator(database) as slow, administrator(database) as quick:
        change(slow, "tickets", 1)
        change(quick, "tickets", 2)
        quick.commit()
        heard.until_ticket(2)
        change(quick, "tickets", 3)
        quick.commit()
        heard.until_ticket(3)
        slow.commit()
        heard.until_ticket(1)
    assert [sorted(c.tickets) for c in heard.changes] == [[2], [3], [1]]


def test_what_is_taken_back_is_never_heard(database: Database) -> None:
    begin = mark(database)
    with administrator(database) as connection, psycopg.connect(database.conninfo("officer")) as reader:
        change(connection, "tickets", 1)
        connection.rollback()
        change(connection, "tickets", 2)
        connection.commit()
        assert feed.read(reader, begin)[0].tickets == {2}


def test_what_was_changed_before_the_feed_stood_is_heard_from_the_mark_on(
    database: Database, listening
) -> None:
    begin = mark(database)
    database.rows("SELECT pd.tell('tickets', 7)")
    heard = listening("officer", mark=begin)
    heard.until_ticket(7)


def test_without_a_mark_everything_counts_as_changed(listening) -> None:
    heard = listening("officer", mark=None)
    heard.until(lambda: heard.changes == [EVERYTHING])


def test_a_knock_during_a_reading_is_not_forgotten(database: Database, listening) -> None:
    """It comes in with the answer to a statement that did not see the change yet."""
    heard = listening("officer")
    with psycopg.connect(database.conninfo("officer"), autocommit=True) as connection:
        heard.feed._knocked = False
        connection.add_notify_handler(heard.feed._remember_knock)
        connection.execute("LISTEN pd_change")
        database.rows("NOTIFY pd_change")
        connection.execute("SELECT 1")
        assert heard.feed._take_knocks(connection)
        assert not heard.feed._take_knocks(connection)


# --- a flood ------------------------------------------------------------------------------------------


def test_a_flood_of_knocks_makes_the_feed_read_once_a_pause(
    database: Database, listening, monkeypatch
) -> None:
    """Any login may knock; each reading stands between two pauses, however many knocks came."""
    readings, real = [], feed.read

    def counted(connection: psycopg.Connection, begin: str) -> tuple[Changes, str]:
        readings.append(1)
        return real(connection, begin)

    monkeypatch.setattr(feed, "read", counted)
    gate, pauses = threading.Semaphore(0), []

    def pause(seconds: float) -> bool:
        pauses.append(seconds)
        gate.acquire(timeout=SOON)
        return heard.feed._stopped.is_set()

    heard = Heard(database.conninfo("officer"), mark=mark(database), pause=pause)
    heard.feed.start()
    heard.until(lambda: heard.states == [True])
    liaison = database.liaison("flood", "甲镇")
    with psycopg.connect(database.conninfo(liaison), autocommit=True) as knocking:
        for number in range(3000):
            knocking.execute(f"NOTIFY pd_change, '{number}'")
    database.rows("SELECT pd.tell('tickets', 1)")
    gate.release()
    heard.until_ticket(1)
    assert len(readings) <= 2 + len(pauses) // 2
    assert set(pauses) <= {feed.SETTLE, feed.PAUSE}
    heard.feed.stop()
    gate.release(100)
    heard.feed.close()


# --- a lost server ------------------------------------------------------------------------------------


def kick(database: Database) -> None:
    database.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'pingdesk feed' AND datname = current_database()"
    )


def test_a_lost_connection_is_told_and_then_everything_is_read_anew(database: Database, listening) -> None:
    pauses: list[float] = []

    def pause(seconds: float) -> bool:
        pauses.append(seconds)
        return heard.feed._stopped.is_set()

    heard = Heard(database.conninfo("officer"), mark=mark(database), pause=pause, chance=lambda: 0.5)
    with closing(heard.feed):
        heard.feed.start()
        heard.until(lambda: heard.states == [True])
        kick(database)
        heard.until(lambda: heard.states == [True, False, True])
        heard.until(lambda: EVERYTHING in heard.changes)
        assert BACK_OFF[0] + 0.5 in pauses
        database.rows("SELECT pd.tell('tickets', 5)")
        heard.until_ticket(5)


def test_attempts_to_come_back_grow_rarer(tmp_path) -> None:
    pauses: list[float] = []

    def pause(seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) == 8

    heard = Heard(f"host={tmp_path} dbname=none user=nobody", pause=pause, chance=lambda: 0)
    with closing(heard.feed):
        heard.feed.start()
        heard.feed._thread.join(SOON)
    assert pauses == [*BACK_OFF, 15, 15, 15]
    assert heard.states == [False]


def test_a_mistake_of_ours_is_logged_and_the_feed_comes_back(
    database: Database, listening, monkeypatch, caplog
) -> None:
    real, broken = feed.read, threading.Event()

    def failing(connection: psycopg.Connection, begin: str) -> tuple[Changes, str]:
        if not broken.is_set():
            broken.set()
            raise ZeroDivisionError
        return real(connection, begin)

    monkeypatch.setattr(feed, "read", failing)
    heard = listening("officer", pause=lambda _seconds: False)
    heard.until(lambda: heard.states[-1] and EVERYTHING in heard.changes)
    assert "the feed of changes failed" in caplog.text
    caplog.clear()


# --- the end ------------------------------------------------------------------------------------------


def test_closing_ends_the_thread_and_gives_the_connection_back(database: Database, listening) -> None:
    heard = listening("officer")
    heard.feed.close()
    assert not heard.feed._thread.is_alive()
    database.rows("SELECT pd.tell('tickets', 5)")
    assert heard.changes == []


def test_a_feed_that_never_began_closes(database: Database) -> None:
    Heard(database.conninfo("officer")).feed.close()


def test_a_client_holds_at_most_three_connections(database: Database, listening) -> None:
    """Two that read, one that writes, at the same time and again and again, as a window does; and the feed."""
    heard = listening("officer")
    tickets = [database.ticket("甲镇") for _ in range(3)]
    most, errors = [], []
    together = threading.Barrier(3, timeout=SOON)

    def reading() -> None:
        together.wait()
        for _ in range(20):
            with database.store.read() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM ticket")
                held = database.one(
                    "SELECT count(*) FROM pg_stat_activity WHERE usename = 'officer'"
                    " AND datname = current_database()"
                )
                most.append(held)

    def writing() -> None:
        together.wait()
        for ticket in tickets:
            with database.store.write() as connection:
                commands.act(
                    connection, ticket, 1, Action.VERIFY_AND_DISPATCH, command_id=uuid4(), lead="甲镇"
                )

    def kept(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=kept, args=[work]) for work in (reading, reading, writing)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)
    assert not errors
    assert max(most) <= 3
    heard.until(lambda: heard.sum.tickets == set(tickets))


def test_an_encrypted_line_to_an_older_server_hears_as_soon(tls_server: Server) -> None:
    """What TLS has read ahead makes no socket readable: knocks that came in are looked for first."""
    tls_server.rows("CREATE DATABASE feed")
    conninfo = tls_server.conninfo(dbname="feed")
    with schema.administration(conninfo) as connection:
        schema.migrate(connection)
        begin = str(connection.exec_driver_sql(feed.MARK).scalar_one())
    heard = Heard(conninfo, mark=begin)
    with closing(heard.feed):
        heard.feed.start()
        heard.until(lambda: heard.states == [True])
        for ticket in range(1, 6):
            tls_server.rows("SELECT pd.tell('tickets', %s)", ticket, dbname="feed")
            heard.until_ticket(ticket)
